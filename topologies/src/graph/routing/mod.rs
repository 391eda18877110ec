//! Routings of graphs: of any, and of families.
//!
//! * [`ShortestPath`] and [`UpDown`] route any connected fabric by tables;
//! * [`WeightedTables`] routes Calxeda nodes by the weights that their own tables have;
//! * [`HyperXDimensionOrder`] is dimension order where all switches of a row are linked: HyperX, flattened butterflies,
//!   hypercubes, complete graphs;
//! * [`NearestCommonAncestor`] is the routing of k-ary n-trees;
//! * [`DragonflyMinimal`], [`DragonflyValiant`] and [`DragonflyUgalL`] are those of dragonflies.
//!
//! All are made for a [`WiredGraph`](super::WiredGraph), the ports of whose switches all have the same number of virtual
//! channels, and offer ports by the engine's numbers. A packet takes any virtual channel of its terminal's port.

mod adjacency;
mod by_class;
mod class_channels;
mod dragonfly;
mod homes;
mod hyperx_dimension_order;
mod nearest_common_ancestor;
mod not_routable;
mod port_table;
mod shortest_path;
mod shortest_ways;
mod spread;
mod up_down;
mod up_down_order;
mod weighted_tables;

pub use dragonfly::{DragonflyMinimal, DragonflyUgalL, DragonflyValiant};
pub use hyperx_dimension_order::HyperXDimensionOrder;
pub use nearest_common_ancestor::{NearestCommonAncestor, Up};
pub use not_routable::NotRoutable;
pub use shortest_path::ShortestPath;
pub use spread::Spread;
pub use up_down::UpDown;
pub use weighted_tables::WeightedTables;
