//! Fabrics of fabricsim: shape and wiring, routing, channel loads, deadlock proof.
//!
//! * a [`Grid`] is the shape of a torus or mesh; it numbers and names switches, ports and terminals, and
//!   [`Grid::network`] wires them for the engine;
//! * [`DimensionOrder`], [`Valiant`], [`Romm`], [`O1Turn`], [`MinimalAdaptive`], [`BubbleDimensionOrder`],
//!   [`AdaptiveBubble`], [`TurnModel`] and [`OddEven`] are the routings of a grid: they implement
//!   [`fabricsim_core::Routing`], which the engine calls for every head flit at every switch, in the virtual channels
//!   that [`GridChannels`] count; [`MessageClasses`] gives each class of messages its own;
//! * a [`graph::FabricGraph`] is any fabric, of a family or from a file, with what can be counted on it; [`FAMILIES`]
//!   are the families;
//! * [`prove`] tells whether packets can deadlock, and by which argument: most by a [`ChannelDependencyGraph`];
//! * [`channel_loads`] and [`distances`] tell what a [`Demand`] makes of it: the bounds on throughput, and
//!   with what the engine says of one packet the mean zero-load latency; [`walked`] tells the same of any oblivious
//!   routing on any [`graph::WiredGraph`], and [`worst_case`] the permutation that it carries worst;
//! * [`FAMILIES`], [`FILE`], [`ROUTINGS`], [`DATELINES`], [`HALF_WAYS`], [`SPREADS`] and [`SELECTIONS`] are what experiments
//!   may name.
//!
//! Proof and loads are made by asking the very routing that runs, at every place and for every outcome of its
//! draws ([`fabricsim_core::Outcomes`]); what symmetry saves of that is argued where it is used, and tested
//! against asking everywhere.
//!
//! ```
//! use fabricsim_core::FlitTime;
//! use fabricsim_topologies::{
//!     Dateline, Demand, DimensionOrder, Grid, GridChannels, HalfWay, Proof, channel_loads, prove,
//! };
//!
//! let grid = Grid::torus(vec![8, 8], 1)?;
//! let channels = GridChannels::alike(&grid, 2);
//! let routing = DimensionOrder::new(&grid, &channels, Some(Dateline::AtDateline), HalfWay::Random);
//! assert!(matches!(prove(&routing), Proof::Proved { .. }));
//! let loads = channel_loads(&routing, &[(1.0, Demand::Uniform { include_self: true })])?;
//! assert_eq!(loads.channel_bound(FlitTime::ONE), Some(1.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bounds;
mod bubble;
mod channel_dependency;
mod channels;
mod compass;
mod dateline;
mod dimension_order;
pub mod graph;
mod grid;
mod half_way;
mod leg;
mod message_classes;
mod minimal_adaptive;
mod o1turn;
mod odd_even;
mod proof;
mod registry;
mod request_sets;
mod romm;
#[cfg(test)]
mod samples;
mod shortest_cycle;
mod tiling;
mod turn_model;
mod two_phases;
mod valiant;
mod virtual_output_queues;
mod walk;

pub use bounds::{
    ChannelLoads, Demand, Legs, NotComputed, Oblivious, Walked, WorstCase, channel_loads, distances, walked,
    walked_distances, walked_loads, worst_case, worst_case_on_grid,
};
pub use bubble::{AdaptiveBubble, BubbleDimensionOrder};
pub use channel_dependency::{Channel, ChannelDependencyGraph};
pub use channels::{ChannelNeeds, GridChannels, TooFewChannels};
pub use dateline::Dateline;
pub use dimension_order::DimensionOrder;
pub use grid::{Grid, GridError};
pub use half_way::HalfWay;
pub use message_classes::MessageClasses;
pub use minimal_adaptive::MinimalAdaptive;
pub use o1turn::O1Turn;
pub use odd_even::OddEven;
pub use proof::{Proof, Provable, Witness, prove, prove_every_route, prove_with_escape};
pub use registry::{DATELINES, FAMILIES, FILE, HALF_WAYS, ROUTINGS, SELECTIONS, SPREADS};
pub use romm::Romm;
pub use turn_model::{TurnModel, Turns};
pub use valiant::Valiant;
pub use virtual_output_queues::VirtualOutputQueues;
