//! Fabrics as graphs: any wiring, from a family or a file, with what can be counted on it.
//!
//! A [`FabricGraph`] has switches, terminals, uplinks and full-duplex links, each link with its port at either end.
//! A [`Family`] makes one from a few parameters, and knows in closed form what [`FabricGraph`] counts; the registry
//! [`FAMILIES`](crate::FAMILIES) has all of them, each with its paper.
//!
//! ```
//! use fabricsim_topologies::graph::{Family, Hypercube};
//!
//! let cube = Hypercube::new(4, 1)?;
//! let graph = cube.graph()?;
//! assert_eq!(graph.links().count(), 32);
//! assert_eq!(graph.distances()?.diameter, 4);
//! assert_eq!(cube.closed_forms().diameter.unwrap().value, 4);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod any_family;
mod betweenness;
mod bisection;
mod builder;
mod calxeda;
mod closed_forms;
mod disjoint_ways;
mod distances;
mod fabric_graph;
mod families;
mod family;
mod formats;
mod layout;
mod location;
mod placement;
mod routing;
#[cfg(test)]
pub(crate) mod samples;
mod summary;
mod wired;

pub use any_family::AnyFamily;
pub use betweenness::Betweenness;
pub use bisection::MOST_SWITCHES_BISECTED;
pub use builder::{GraphBuilder, GraphError};
pub use calxeda::*;
pub use closed_forms::{ClosedForms, Form};
pub use distances::{Distances, NotCounted};
pub use fabric_graph::{CableKind, End, FabricGraph, Link, Switch, Units};
pub use families::*;
pub use family::{Family, FamilyEntry, Impossible, MOST_LINKS, MOST_SWITCHES};
pub use formats::{CanNotCarry, FileMistake, Format, Span, read_link_maps, shortened, write_link_maps};
pub use layout::{Area, At, Layout, Shape, TooMany, Wire};
pub use location::Location;
pub use placement::{CableRun, Lengths, Placement};
pub use routing::*;
pub use summary::Summary;
pub use wired::WiredGraph;

/// The parameter that most families share.
const TERMINALS: fabricsim_core::Parameter = crate::registry::CONCENTRATION;
