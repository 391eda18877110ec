//! The traffic of fabricsim: who sends what to whom, and when.
//!
//! * a [`Pattern`] says where packets go: on the [`Shape`] of a fabric it becomes [`Destinations`];
//! * an [`Injection`] says when a terminal creates packets;
//! * a [`Flow`] is one entry of an experiment's `traffic`: destinations, injection, packet length, load;
//! * [`sources`] turns the flows into one [`TerminalSource`] a terminal, which the engine runs.
//!
//! Every terminal draws arrivals and destinations from streams of its own for every flow, so that neither
//! depends on the routing, on the other flows or on the other terminals. The arithmetic is integers, the
//! basic operations of IEEE 754 and `libm`: the same seed gives the same packets on every platform.

mod draw;
mod geometric;
mod injection;
mod pattern;
mod registry;
mod source;

pub use injection::Injection;
pub use pattern::{Destinations, Pattern, PatternError, Shape, Sides};
pub use registry::{INJECTIONS, PATTERNS};
pub use source::{Flow, TerminalSource, source_bytes, sources};
