//! What a simulation is asked for and what it answers.

use std::time::Duration;

use crate::{Cycle, PortRef, WaitingPacket};

/// How long to simulate, and when to stop. All in simulated cycles, never wall time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeasurePlan {
    /// Cycles before the measured window.
    pub warmup: Cycle,
    /// The measured window.
    pub window: Window,
    /// The whole run ends here at the latest.
    pub max_cycles: Cycle,
    /// Relative half-width of the 95 % confidence interval of mean packet latency that is asked for.
    pub precision: f64,
    /// More is offered than some channel can carry: saturated, whatever the window shows of it. One link that few packets
    /// cross hardly shows in what all terminals accept.
    pub is_overloaded: bool,
}

/// The measured window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Exactly this many cycles.
    Fixed(Cycle),
    /// Until the mean latency is precise, or the fabric is seen to be saturated.
    UntilPrecise,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Precise, accepted at least 0.98 of generated over the window, and every measured packet arrived.
    Converged,
    /// Accepted below 0.98 of generated over the window, with the sources' backlog still growing at its end; or more is
    /// offered than some channel can carry.
    Saturated,
    /// The cycles ran out first.
    TimeLimit,
    /// A cycle of waiting packets was found: the shortest.
    Deadlocked(Vec<WaitingPacket>),
    /// Nothing moves, yet no such cycle was found.
    Stalled,
}

/// Latency of the measured packets, in cycles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatencySummary {
    /// Mean packet latency, source queueing included.
    pub mean: f64,
    /// Half-width of its 95 % confidence interval; `None` with too few batches.
    pub ci95: Option<f64>,
    /// Median.
    pub p50: u64,
    /// 99th percentile.
    pub p99: u64,
    /// 99.9th percentile.
    pub p999: u64,
    /// Largest.
    pub max: u64,
    /// Mean from the injection of the head to the arrival of the tail.
    pub network_mean: f64,
    /// Mean number of switches visited.
    pub hops_mean: f64,
}

/// A step of the cumulative distribution of packet latency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LatencyStep {
    /// A latency that occurred, in cycles; above 2,047 to 0.1 %, the largest exact.
    pub latency: Cycle,
    /// Packets that took at most as long.
    pub packets: u64,
}

/// The result of one simulation. Counts are of flits unless named otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// How it ended.
    pub verdict: Verdict,
    /// Why, in words.
    pub reason: String,
    /// Length of the measured window, in cycles.
    pub window: Cycle,
    /// Flits that the sources created in the window.
    pub generated: u64,
    /// Flits ejected in the window.
    pub accepted: u64,
    /// Flits ejected in the window at the terminal that received least.
    pub accepted_min: u64,
    /// Flits more that wait at the sources at the end of the window than in its middle: it goes up with the length of the
    /// window where some link is asked for more than it carries, even if most of the traffic goes elsewhere.
    pub backlog_growth: i64,
    /// Latency; `None` unless every packet created in the window arrived, and there was one.
    pub latency: Option<LatencySummary>,
    /// How it is distributed, in at most 256 rising steps: from the least to the largest, the percentiles of
    /// [`LatencySummary`] and 90 % among them. Empty where `latency` is `None`.
    pub latency_distribution: Vec<LatencyStep>,
    /// Packets created in the window that arrived.
    pub packets: u64,
    /// Cycles simulated: warm-up, window and drain.
    pub cycles: Cycle,
    /// Flits through switches in the whole run.
    pub flit_hops: u64,
    /// Flits on each link in the window, in the order of `Network::links`.
    pub link_flits: Vec<u64>,
    /// The timetable of the watched packets, in order of time.
    pub watched: Vec<WatchEvent>,
}

/// A packet to watch: the `packet`-th (from 0) that `terminal` creates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WatchRequest {
    /// Its source.
    pub terminal: u32,
    /// Its number there.
    pub packet: u64,
}

/// One step of a watched flit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchEvent {
    /// When.
    pub cycle: Cycle,
    /// Whose.
    pub packet: WatchRequest,
    /// Which flit of the packet, from 0.
    pub flit: u16,
    /// What.
    pub stage: WatchStage,
}

/// What a watched flit did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WatchStage {
    /// The packet was created, for this terminal, with this many flits.
    Created {
        /// Destination.
        dest: u32,
        /// Length.
        flits: u16,
    },
    /// Left the terminal, in this virtual channel.
    Injected {
        /// Virtual channel of the injection link.
        vc: u8,
    },
    /// Came into an input buffer.
    Arrived {
        /// Input port.
        at: PortRef,
        /// Virtual channel.
        vc: u8,
    },
    /// The routing was asked (its first candidate is shown).
    Routed {
        /// Output port.
        at: PortRef,
    },
    /// Was given a virtual channel of an output port.
    VcAllocated {
        /// Output port.
        at: PortRef,
        /// Virtual channel.
        vc: u8,
    },
    /// Won the switch, on its way to this output port.
    SwitchAllocated {
        /// Output port.
        at: PortRef,
        /// Virtual channel.
        vc: u8,
    },
    /// Was put on the link behind that output port.
    Departed {
        /// Output port.
        at: PortRef,
    },
    /// Was read by its destination.
    Ejected {
        /// Destination.
        terminal: u32,
    },
}

/// How far a run is; handed to the caller at each epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Cycles simulated so far.
    pub cycle: Cycle,
    /// Cycles that the run is now expected to take.
    pub expected: Cycle,
    /// Flit-hops so far.
    pub flit_hops: u64,
    /// Time that its threads have waited for each other so far, added up.
    pub waited: Duration,
}
