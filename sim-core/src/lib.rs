//! The engine of fabricsim: a discrete-event, flit-level simulator of fabrics of input-queued
//! virtual-channel switches with credit flow control (Dally & Towles, *Principles and Practices of
//! Interconnection Networks*, chapters 16-19).
//!
//! It knows no topology by name, reads no file and draws nothing. It is given
//!
//! * a [`Network`]: switches with numbered ports, links between ports, terminals on ports;
//! * a [`Routing`]: the output ports and virtual channels that a head flit may take at a switch;
//! * one [`Source`] a terminal: the packets that it creates, lazily and in order of creation;
//! * a [`SwitchConfig`]: the microarchitecture that all switches share;
//! * a [`MeasurePlan`]: how long to warm up and to measure, and when to stop;
//!
//! and [`simulate`] runs them to an [`Outcome`]: a verdict, the reason, and the statistics.
//!
//! Time is whole cycles. Whatever happens in a cycle is ordered by (switch, port, virtual channel) alone and
//! every random number comes from a stream keyed by (seed, terminal or switch, purpose), so that the
//! same inputs give the same bits everywhere.

mod active_set;
mod allocator;
mod blocked_heads;
mod blueprint;
mod conservation;
mod crew;
mod deadlock;
mod engine;
mod event;
pub mod exchange;
mod execution;
mod fetch_ahead;
mod flit;
mod flit_pool;
mod graph_tiling;
mod mask;
mod measure;
mod memory;
mod model;
mod network;
mod occasional;
mod outcome;
mod pace;
mod pipeline;
mod random;
mod registry;
mod routing;
mod simulation;
mod source;
mod stages;
mod switch_config;
mod switches;
mod team;
mod terminals;
#[cfg(test)]
mod test_fabric;
mod tile;
mod tiling;
mod watch;
mod width;
mod wiring;
mod workspace;
mod zero_load;

pub use deadlock::{Blocker, PacketInside, WaitingPacket, Wanted};
pub use event::Wheel;
pub use execution::Execution;
pub use memory::{CutSize, TrafficInside, memory_estimate};
pub use network::{
    Attachment, FlitTime, Link, MAX_PORTS, Network, NetworkBuilder, NetworkError, NetworkSize, PortRef,
};
pub use outcome::{
    LatencyStep, LatencySummary, MeasurePlan, Outcome, Progress, Verdict, WatchEvent, WatchRequest,
    WatchStage, Window,
};
pub use random::{Purpose, Stream, stream};
pub use registry::{Entry, Parameter};
pub use routing::{Candidate, Candidates, Draw, Outcomes, Place, Queue, Routing, Selection};
pub use simulation::{Setup, simulate};
pub use source::{Census, NEVER, Packet, Source};
pub use switch_config::{
    AllocatorKind, LongStages, PortBuffers, SwitchConfig, SwitchConfigError, Switching, VcReallocation,
};
pub use tiling::Tiling;
pub use zero_load::{Path, PathLink, zero_load_latency};

/// A point in simulated time, in cycles from the start of the run.
pub type Cycle = u64;
