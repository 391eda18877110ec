//! The axes of a sweep: what they vary, with checked values.

use std::fmt;

use super::checker::Checker;
use super::components::{BUFFER_FLITS, VIRTUAL_CHANNELS};
use super::file;
use super::names::{Pattern, Routing};
use super::quantities::{Field, packet_flits, rate};
use super::resolve::Base;
use super::spec::rounded;
use super::topology::Topology;
use super::traffic::Offered;
use super::units::{Packet, Units};

/// More points than this are a mistake in the axes, not a study.
const MOST_POINTS: usize = 100_000;

/// Entries of `traffic` of all points together, which all are held at once.
const MOST_FLOWS: usize = 1_000_000;

/// What an axis varies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AxisKind {
    /// Total offered load.
    Load,
    /// Total offered payload.
    Rate,
    /// `fabric.routing`.
    Routing,
    /// `pattern` of every entry of `traffic`.
    Pattern,
    /// `fabric.topology`.
    Topology,
    /// `fabric.switch.virtual_channels`.
    VirtualChannels,
    /// `fabric.switch.buffer_flits`.
    BufferFlits,
    /// `packet` of every entry of `traffic`.
    PacketFlits,
    /// `seed`.
    Seed,
}

/// One value on an axis.
#[derive(Clone, Debug, PartialEq)]
pub enum AxisValue {
    /// Total offered load \[flits/terminal/cycle\].
    Load(f64),
    /// Total offered payload of a terminal \[Gb/s\].
    Rate(f64),
    /// A routing.
    Routing(Routing),
    /// A pattern.
    Pattern(Pattern),
    /// A shape.
    Topology(Topology),
    /// Virtual channels of every port.
    VirtualChannels(u8),
    /// Flits of buffer for each input port and virtual channel.
    BufferFlits(u16),
    /// Length of packets \[flits\].
    PacketFlits(u16),
    /// A seed.
    Seed(u64),
}

/// An axis of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What it varies.
    pub kind: AxisKind,
    /// Its values in order, at least one.
    pub values: Vec<AxisValue>,
    /// Whether the file gives the values one by one, so that each has a place.
    pub(super) is_list: bool,
}

impl AxisKind {
    /// The column of `points.csv`.
    pub fn column(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Rate => "rate_gbps",
            Self::Routing => "routing",
            Self::Pattern => "pattern",
            Self::Topology => "topology",
            Self::VirtualChannels => "virtual_channels",
            Self::BufferFlits => "buffer_flits",
            Self::PacketFlits => "packet_flits",
            Self::Seed => "seed",
        }
    }

    /// Whether it varies what is offered.
    pub fn is_offered(self) -> bool {
        matches!(self, Self::Load | Self::Rate)
    }

    /// Whether it sets the field at a path such as `traffic[0].load`.
    pub(super) fn sets(self, path: &str) -> bool {
        let flow_field = path
            .strip_prefix("traffic[")
            .and_then(|rest| rest.split_once("]."));
        match self {
            Self::Load | Self::Rate => {
                flow_field.is_some_and(|(_, field)| field == "load" || field == "rate")
            }
            Self::Pattern => flow_field.is_some_and(|(_, field)| field == "pattern"),
            Self::PacketFlits => flow_field.is_some_and(|(_, field)| field == "packet"),
            Self::Routing => path == "fabric.routing",
            Self::Topology => path == "fabric.topology" || path.starts_with("fabric.topology."),
            Self::VirtualChannels => path == "fabric.switch.virtual_channels",
            Self::BufferFlits => path == "fabric.switch.buffer_flits",
            Self::Seed => path == "seed",
        }
    }
}

impl AxisValue {
    /// What it is a value of.
    pub fn kind(&self) -> AxisKind {
        match self {
            Self::Load(_) => AxisKind::Load,
            Self::Rate(_) => AxisKind::Rate,
            Self::Routing(_) => AxisKind::Routing,
            Self::Pattern(_) => AxisKind::Pattern,
            Self::Topology(_) => AxisKind::Topology,
            Self::VirtualChannels(_) => AxisKind::VirtualChannels,
            Self::BufferFlits(_) => AxisKind::BufferFlits,
            Self::PacketFlits(_) => AxisKind::PacketFlits,
            Self::Seed(_) => AxisKind::Seed,
        }
    }

    /// Sets it in an experiment.
    pub(super) fn apply(&self, base: &mut Base) {
        match *self {
            Self::Load(total) => base.total = Some(Offered::Load(total)),
            Self::Rate(total) => base.total = Some(Offered::Rate(total)),
            Self::Routing(routing) => base.routing = routing,
            Self::Pattern(pattern) => base.traffic.iter_mut().for_each(|flow| flow.pattern = pattern),
            Self::Topology(ref topology) => base.topology = topology.clone(),
            Self::VirtualChannels(count) => base.switch.virtual_channels = count,
            Self::BufferFlits(flits) => base.switch.buffer_flits = flits,
            Self::PacketFlits(flits) => {
                let abstract_packet = Packet { flits, payload: 0 };
                let packet = base
                    .units
                    .map_or(abstract_packet, |units| units.packet_of_flits(flits));
                base.traffic.iter_mut().for_each(|flow| flow.packet = packet);
            }
            Self::Seed(seed) => base.seed = seed,
        }
    }
}

impl fmt::Display for AxisValue {
    /// As in a cell of `points.csv`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Load(number) | Self::Rate(number) => write!(f, "{number}"),
            Self::Routing(routing) => write!(f, "{routing}"),
            Self::Pattern(pattern) => write!(f, "{pattern}"),
            Self::Topology(topology) => write!(f, "{topology}"),
            Self::VirtualChannels(count) => write!(f, "{count}"),
            Self::BufferFlits(flits) | Self::PacketFlits(flits) => write!(f, "{flits}"),
            Self::Seed(seed) => write!(f, "{seed}"),
        }
    }
}

/// The axes of a file, in its order.
pub(super) fn axes(
    written: &[file::Axis],
    flows: usize,
    units: Option<&Units>,
    checker: &mut Checker,
) -> Vec<Axis> {
    let mut axes: Vec<Axis> = Vec::new();
    for (i, axis) in written.iter().enumerate() {
        let axis = resolve_axis(axis, &format!("sweep[{i}]"), units, checker);
        let is_same =
            |other: &Axis| other.kind == axis.kind || other.kind.is_offered() && axis.kind.is_offered();
        if let Some(first) = axes.iter().position(is_same) {
            repeated(axis.kind, first, i, checker);
        }
        axes.push(axis);
    }
    check_size(&axes, flows, checker);
    axes
}

fn repeated(kind: AxisKind, first: usize, second: usize, checker: &mut Checker) {
    let earlier = checker.source.find(&format!("sweep[{first}]"));
    let line = earlier.map_or(0, |node| checker.source.line_of(node.span.start));
    let diagnostic = checker
        .source
        .at_head(
            &format!("sweep[{second}]"),
            match kind {
                AxisKind::Rate => "two axes vary what is offered".to_owned(),
                kind => format!("two axes vary `{}`", kind.column()),
            },
        )
        .label(format!("varied on line {line} already"));
    checker.add(diagnostic);
}

fn check_size(axes: &[Axis], flows: usize, checker: &mut Checker) {
    let most = MOST_POINTS.min(MOST_FLOWS / flows.max(1));
    let points = axes
        .iter()
        .try_fold(1_usize, |points, axis| points.checked_mul(axis.values.len()));
    if points.is_none_or(|points| points > most) {
        let message = format!("the sweep has more than {most} points");
        checker.add(checker.source.at_key("sweep", message));
    }
}

fn resolve_axis(axis: &file::Axis, path: &str, units: Option<&Units>, checker: &mut Checker) -> Axis {
    let item = |i: usize| format!("{path}[{i}]");
    let (kind, values): (_, Vec<AxisValue>) = match axis {
        &file::Axis::LoadRange { from, to, steps } => {
            let from = checker.load(&format!("{path}.from"), "from", from);
            let to = checker.load(&format!("{path}.to"), "to", to);
            return Axis {
                kind: AxisKind::Load,
                values: range([from, to], steps, AxisValue::Load, path, checker),
                is_list: false,
            };
        }
        &file::Axis::RateRange { from, to, steps } => {
            let mut end = |name, written| {
                let path = format!("{path}.{name}");
                rate(written, units, Field { path: &path, name }, checker)
            };
            let ends = [end("from", from), end("to", to)];
            return Axis {
                kind: AxisKind::Rate,
                values: range(ends, steps, AxisValue::Rate, path, checker),
                is_list: false,
            };
        }
        file::Axis::Rate(rates) => {
            let check = |(i, &written)| {
                let path = item(i);
                let field = Field {
                    path: &path,
                    name: "rate",
                };
                AxisValue::Rate(rate(written, units, field, checker))
            };
            (AxisKind::Rate, rates.iter().enumerate().map(check).collect())
        }
        file::Axis::Load(loads) => {
            let check = |(i, &load)| AxisValue::Load(checker.load(&item(i), "load", load));
            (AxisKind::Load, loads.iter().enumerate().map(check).collect())
        }
        file::Axis::Routing(routings) => {
            let values = routings.iter().map(|&routing| AxisValue::Routing(routing));
            (AxisKind::Routing, values.collect())
        }
        file::Axis::Pattern(patterns) => {
            let values = patterns.iter().map(|&pattern| AxisValue::Pattern(pattern));
            (AxisKind::Pattern, values.collect())
        }
        file::Axis::Topology(topologies) => {
            let check = |(i, topology): (_, &file::Topology)| {
                let topology = topology.resolve(&item(i), checker);
                topology.map(AxisValue::Topology)
            };
            // One that can't be is left out, and told.
            (
                AxisKind::Topology,
                topologies.iter().enumerate().filter_map(check).collect(),
            )
        }
        file::Axis::VirtualChannels(counts) => {
            let check = |(i, &count)| {
                AxisValue::VirtualChannels(checker.whole(
                    &item(i),
                    "virtual_channels",
                    count,
                    VIRTUAL_CHANNELS,
                ))
            };
            (
                AxisKind::VirtualChannels,
                counts.iter().enumerate().map(check).collect(),
            )
        }
        file::Axis::BufferFlits(counts) => {
            let check = |(i, &count)| {
                AxisValue::BufferFlits(checker.whole(&item(i), "buffer_flits", count, BUFFER_FLITS))
            };
            (
                AxisKind::BufferFlits,
                counts.iter().enumerate().map(check).collect(),
            )
        }
        file::Axis::PacketFlits(counts) => {
            let check = |(i, &count)| AxisValue::PacketFlits(packet_flits(count, units, &item(i), checker));
            (
                AxisKind::PacketFlits,
                counts.iter().enumerate().map(check).collect(),
            )
        }
        file::Axis::Seed(seeds) => {
            let values = seeds.iter().map(|&seed| AxisValue::Seed(seed));
            (AxisKind::Seed, values.collect())
        }
    };
    if values.is_empty() && checker.source.find(&item(0)).is_none() {
        let diagnostic = checker.source.at(path, "this axis has no value");
        checker.add(diagnostic.label("needs at least one, or leave the axis out"));
    }
    Axis {
        kind,
        values,
        is_list: true,
    }
}

/// `steps` values from one end to the other.
fn range(
    [from, to]: [f64; 2],
    steps: i64,
    value: fn(f64) -> AxisValue,
    path: &str,
    checker: &mut Checker,
) -> Vec<AxisValue> {
    let steps = checker.whole(&format!("{path}.steps"), "steps", steps, 2..=MOST_POINTS as u32);
    if from == to && checker.is_clean() {
        let diagnostic = checker
            .source
            .at(&format!("{path}.to"), "`from` and `to` are the same");
        checker.add(diagnostic.label("a range needs two ends"));
    }
    (0..steps)
        .map(|step| value(between(from, to, step, steps - 1)))
        .collect()
}

/// `step` / `last` of the way, rounded: 0.05 + 2 x 0.05 is to be 0.15. The ends are exact.
fn between(from: f64, to: f64, step: u32, last: u32) -> f64 {
    if step == 0 {
        return from;
    }
    if step == last {
        return to;
    }
    rounded(from + (to - from) * f64::from(step) / f64::from(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_round_and_end_exactly() {
        let values: Vec<String> = (0..10).map(|i| between(0.05, 0.5, i, 9).to_string()).collect();
        let round = [
            "0.05", "0.1", "0.15", "0.2", "0.25", "0.3", "0.35", "0.4", "0.45", "0.5",
        ];
        assert_eq!(values, round);
        let falling: Vec<String> = (0..4).map(|i| between(0.4, 0.1, i, 3).to_string()).collect();
        assert_eq!(falling, ["0.4", "0.3", "0.2", "0.1"]);
        assert_eq!(between(0.1, 0.123_456_789_012_345, 1, 1), 0.123_456_789_012_345);
    }

    #[test]
    fn axes_know_the_fields_that_they_set() {
        assert!(AxisKind::Load.sets("traffic[3].load"));
        assert!(!AxisKind::Load.sets("traffic[3].packet"));
        assert!(AxisKind::Topology.sets("fabric.topology.sides"));
        assert!(!AxisKind::Seed.sets("fabric.seed"));
    }
}
