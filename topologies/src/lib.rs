//! Fabrics of fabricsim: shape and wiring, routing, channel loads, deadlock proof.
//!
//! * a [`Grid`] is the shape of a torus or mesh; it numbers and names switches, ports and terminals, and
//!   [`Grid::network`] wires them for the engine;
//! * [`DimensionOrder`] is a routing of a grid: it implements [`fabricsim_core::Routing`], which the engine
//!   calls for every head flit at every switch;
//! * [`prove`] tells by a [`ChannelDependencyGraph`] whether packets can deadlock, and shows the ring if so;
//! * [`channel_loads`] and [`distances`] tell what a [`Demand`] makes of it: the bounds on throughput, and
//!   with what the engine says of one packet the mean zero-load latency;
//! * [`TOPOLOGIES`], [`ROUTINGS`], [`DATELINES`] and [`HALF_WAYS`] are what experiments may name.
//!
//! Proof and loads are made by asking the very routing that runs, at every place and for every outcome of its
//! draws ([`fabricsim_core::Outcomes`]); what symmetry saves of that is argued where it is used, and tested
//! against asking everywhere.
//!
//! ```
//! use fabricsim_core::FlitTime;
//! use fabricsim_topologies::{Dateline, Demand, DimensionOrder, Grid, HalfWay, Proof, channel_loads, prove};
//!
//! let grid = Grid::torus(vec![8, 8], 1)?;
//! let routing = DimensionOrder::new(&grid, 2, Some(Dateline::AtDateline), HalfWay::Random);
//! assert!(matches!(prove(&routing), Proof::Proved { .. }));
//! let loads = channel_loads(&routing, &[(1.0, Demand::Uniform { include_self: true })]);
//! assert_eq!(loads.channel_bound(FlitTime::ONE), Some(1.0));
//! # Ok::<(), fabricsim_topologies::GridError>(())
//! ```

mod bounds;
mod channel_dependency;
mod dimension_order;
mod grid;
mod proof;
mod registry;
#[cfg(test)]
mod samples;
mod virtual_output_queues;

pub use bounds::{ChannelLoads, Demand, channel_loads, distances};
pub use channel_dependency::{Channel, ChannelDependencyGraph};
pub use dimension_order::{Dateline, DimensionOrder, HalfWay};
pub use grid::{Grid, GridError};
pub use proof::{Proof, prove};
pub use registry::{DATELINES, HALF_WAYS, ROUTINGS, TOPOLOGIES};
pub use virtual_output_queues::VirtualOutputQueues;
