//! The experiment file as it is written: every type strict, every optional field an `Option`.
//!
//! Whole numbers are kept as `i64` and fractions as `f64`, so that a value out of range is told as such, with
//! its range, and not as a parse error. Checks and defaults come after.

mod topology;

use serde::{Deserialize, Serialize};

pub use self::topology::{Arrangement, Product, Topology};
use super::names::{
    Dateline, HalfWay, Injection, LongStages, Pattern, Preset, Queueing, Routing, Selection, Spread,
    Switching, VcReallocation,
};

/// An experiment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// Its name, also that of its folder of results.
    pub name: String,
    /// What it is, in a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// What carries the traffic.
    pub fabric: Fabric,
    /// Who sends what to whom; the entries add up.
    pub traffic: Vec<Traffic>,
    /// What is varied; the first axis is the outermost.
    #[serde(default)]
    pub sweep: Vec<Axis>,
    /// How long to measure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// Keys every random stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

/// Shape, routing, switches and links.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fabric {
    /// Defaults to start from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
    /// Its shape.
    pub topology: Topology,
    /// How packets find their way.
    pub routing: Routing,
    /// Direction at exactly half a ring. Giving it is an error if no point has a ring.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub half_way: Option<HalfWay>,
    /// When a packet changes its class of virtual channels on a ring. Giving it is an error if no point has a ring,
    /// and at a point with one virtual channel, which has no classes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dateline: Option<Dateline>,
    /// Which of several ways on a packet asks for. Giving it is an error if no point has an adaptive routing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selection: Option<Selection>,
    /// What takes one of several ways that are as good. Giving it is an error if no point has such a routing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread: Option<Spread>,
    /// Run even where the routes can deadlock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_deadlock: Option<bool>,
    /// The switch that all share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub switch: Option<Switch>,
    /// The links between switches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    /// Links that differ from `link`; of those that name a link, the last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Links>,
    /// Time of flight between a terminal and its switch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terminal_latency: Option<Time>,
    /// Duration of a cycle; with `flit` it makes the fabric physical.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycle: Option<Duration>,
    /// Size of a flit; with `cycle` it makes the fabric physical.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flit: Option<Size>,
    /// How payload becomes packets on the wire; of physical fabrics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame: Option<Frame>,
}

/// The microarchitecture of a switch; delays in cycles. Names are BookSim2's where it has them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// Virtual channels of every port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub virtual_channels: Option<i64>,
    /// Equal parts of the virtual channels, each for messages of one class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_classes: Option<i64>,
    /// Flits of buffer for each input port and virtual channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buffer_flits: Option<i64>,
    /// Ports that differ from these two; of those that name a port, the last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<Ports>,
    /// Route computation; 0 is lookahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing_delay: Option<i64>,
    /// Virtual-channel allocation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vc_alloc_delay: Option<i64>,
    /// Switch allocation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sw_alloc_delay: Option<i64>,
    /// Switch traversal: preparation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub st_prepare_delay: Option<i64>,
    /// Switch traversal: the crossbar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub st_final_delay: Option<i64>,
    /// From the arrival of a credit to its use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_delay: Option<i64>,
    /// Heads bid for the switch while they bid for a virtual channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speculative: Option<bool>,
    /// Passes through the pipeline in a cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_speedup: Option<i64>,
    /// How stages of several cycles take new flits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub long_stages: Option<LongStages>,
    /// Where packets wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queueing: Option<Queueing>,
    /// When a packet goes on from a switch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub switching: Option<Switching>,
    /// A head bids for the switch and takes a virtual channel when it wins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub combined_allocation: Option<bool>,
    /// A packet keeps its way through the switch until its tail has passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_switch_for_packet: Option<bool>,
    /// When an output virtual channel is free again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vc_reallocation: Option<VcReallocation>,
    /// Matches input with output virtual channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vc_allocator: Option<Allocator>,
    /// Matches input with output ports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sw_allocator: Option<Allocator>,
}

/// How requests are matched with resources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Allocator {
    /// Round-robin grants and accepts (McKeown 1999).
    Islip {
        /// Iterations a cycle.
        iterations: i64,
    },
    /// An arbiter at each input, then one at each output.
    SeparableInputFirst,
    /// An arbiter at each output, then one at each input.
    SeparableOutputFirst,
    /// Random grants and accepts (Anderson et al. 1993).
    Pim {
        /// Iterations a cycle.
        iterations: i64,
    },
    /// Diagonal by diagonal of the request matrix (Tamir & Chi 1993).
    Wavefront,
    /// iSLIP with priorities (McKeown 1999).
    Select {
        /// Iterations a cycle.
        iterations: i64,
    },
    /// Inputs ask for the output that the fewest ask for.
    Loa,
}

/// The buffers of some ports.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ports {
    /// Of which ports.
    pub of: PortClass,
    /// Virtual channels; as the other ports by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub virtual_channels: Option<i64>,
    /// Flits of buffer for each virtual channel; as the other ports by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buffer_flits: Option<i64>,
}

/// Ports with a purpose.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum PortClass {
    /// Those to terminals.
    Terminals,
    /// Those to the neighbours along a dimension, x is 0.
    Dimension(i64),
}

/// The links between switches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Time of flight of a flit, and of a credit the other way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<Time>,
    /// What it carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bandwidth: Option<Bandwidth>,
}

/// Some links between switches, both directions of each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Links {
    /// Which links.
    pub of: LinkClass,
    /// Time of flight; that of `link` by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<Time>,
    /// What each carries; as `link` by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bandwidth: Option<Bandwidth>,
}

/// Links by where they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum LinkClass {
    /// Those along a dimension, x is 0.
    Dimension(i64),
    /// Those inside the groups of a dragonfly.
    Local,
    /// Those between the groups of a dragonfly.
    Global,
    /// Those from a level of a tree to the one above; the roots are level 0.
    Level(i64),
    /// Those that join two switches of a fabric that is no grid.
    Joining {
        /// The name of one.
        from: String,
        /// The name of the other.
        to: String,
    },
    /// Those between two neighbours on a grid.
    Between {
        /// Coordinates of one, x first.
        from: Vec<i64>,
        /// Coordinates of the other.
        to: Vec<i64>,
    },
}

/// How payload becomes packets on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// Headers, checksums and gaps of a packet; none by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overhead: Option<Size>,
    /// The most payload of a packet; no limit by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mtu: Option<Size>,
}

/// A span of time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Time {
    /// Cycles of the simulation.
    Cycles(i64),
    /// Nanoseconds.
    Ns(f64),
    /// Microseconds.
    Us(f64),
    /// Milliseconds.
    Ms(f64),
}

/// A span of time in units of the world.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Duration {
    /// Nanoseconds.
    Ns(f64),
    /// Microseconds.
    Us(f64),
    /// Milliseconds.
    Ms(f64),
}

/// An amount of data.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Size {
    /// Bytes.
    Bytes(i64),
}

/// What a link carries.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Bandwidth {
    /// Flits in a cycle, at most 1; taken exactly as the decimal that is written.
    FlitsPerCycle(f64),
    /// Gigabits a second, at most a flit a cycle; likewise.
    Gbps(f64),
}

/// Payload over time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Rate {
    /// Gigabits a second.
    Gbps(f64),
}

/// The length of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Length {
    /// Flits.
    Flits(i64),
    /// Bytes of payload.
    Bytes(i64),
}

/// One flow from every terminal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traffic {
    /// Where its packets go.
    pub pattern: Pattern,
    /// When they are created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub injection: Option<Injection>,
    /// Their length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packet: Option<Length>,
    /// Its message class, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<i64>,
    /// Whether a terminal may draw itself; of `Uniform` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_self: Option<bool>,
    /// Offered load: flits/terminal/cycle, the fraction of a terminal's injection bandwidth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load: Option<f64>,
    /// Offered payload of a terminal; instead of `load`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
}

/// What a sweep varies, with its values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Axis {
    /// Total offered load; the entries of `traffic` keep their shares.
    Load(Vec<f64>),
    /// Evenly spaced offered loads, ends included.
    LoadRange {
        /// The first.
        from: f64,
        /// The last.
        to: f64,
        /// How many, at least 2.
        steps: i64,
    },
    /// Total offered payload of a terminal; the entries of `traffic` keep their shares.
    Rate(Vec<Rate>),
    /// Evenly spaced offered payloads, ends included.
    RateRange {
        /// The first.
        from: Rate,
        /// The last.
        to: Rate,
        /// How many, at least 2.
        steps: i64,
    },
    /// `fabric.routing`.
    Routing(Vec<Routing>),
    /// `pattern` of every entry of `traffic`.
    Pattern(Vec<Pattern>),
    /// `fabric.topology`.
    Topology(Vec<Topology>),
    /// `fabric.switch.virtual_channels`.
    VirtualChannels(Vec<i64>),
    /// `fabric.switch.buffer_flits`.
    BufferFlits(Vec<i64>),
    /// `packet` of every entry of `traffic`, in flits.
    PacketFlits(Vec<i64>),
    /// `seed`.
    Seed(Vec<u64>),
}

/// How long to measure, in simulated time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Relative half-width of the 95 % interval of mean packet latency that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<f64>,
    /// Before the measured window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warmup: Option<Warmup>,
    /// The measured window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycles: Option<Window>,
    /// The whole run ends here at the latest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_cycles: Option<Time>,
}

/// The time before the measured window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Warmup {
    /// Chosen from the zero-load latency of the point.
    Automatic,
    /// Exactly this many cycles.
    Cycles(i64),
    /// Nanoseconds.
    Ns(f64),
    /// Microseconds.
    Us(f64),
    /// Milliseconds.
    Ms(f64),
}

/// The measured window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Window {
    /// Until `precision` is reached, or the fabric is seen to be saturated.
    UntilPrecise,
    /// Exactly this many cycles.
    Cycles(i64),
    /// Nanoseconds.
    Ns(f64),
    /// Microseconds.
    Us(f64),
    /// Milliseconds.
    Ms(f64),
}

impl Warmup {
    /// Its length, if the file gives one.
    pub(super) fn time(self) -> Option<Time> {
        match self {
            Self::Automatic => None,
            Self::Cycles(cycles) => Some(Time::Cycles(cycles)),
            Self::Ns(ns) => Some(Time::Ns(ns)),
            Self::Us(us) => Some(Time::Us(us)),
            Self::Ms(ms) => Some(Time::Ms(ms)),
        }
    }
}

impl Window {
    /// Its length, if the file gives one.
    pub(super) fn time(self) -> Option<Time> {
        match self {
            Self::UntilPrecise => None,
            Self::Cycles(cycles) => Some(Time::Cycles(cycles)),
            Self::Ns(ns) => Some(Time::Ns(ns)),
            Self::Us(us) => Some(Time::Us(us)),
            Self::Ms(ms) => Some(Time::Ms(ms)),
        }
    }
}
