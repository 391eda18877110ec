//! From the file as written to the values meant: defaults and presets filled in, every value checked by itself.
//!
//! What depends on several values, or on the point of the sweep, is checked by
//! [`combination`](super::combination).

use std::ops::RangeInclusive;

use fabricsim_core::{Cycle, SwitchConfig};

use super::checker::Checker;
use super::components::{VIRTUAL_CHANNELS, flit_time, switch, topology};
use super::file;
use super::names::{Dateline, HalfWay, Injection, Pattern, Preset, Routing, Selection};
use super::spec::{FabricSpec, FlowSpec, LinkSpec, MeasureSpec, PointSpec, Topology};

/// Simulated time has an end: sums of it can't overflow.
const CYCLES: RangeInclusive<Cycle> = 1..=1_000_000_000_000;
/// Time of flight on a link \[cycles\].
const LINK_LATENCY: RangeInclusive<u32> = 1..=1_000_000;
/// Length of a packet \[flits\].
pub(super) const PACKET_FLITS: RangeInclusive<u16> = 1..=u16::MAX;

/// A value, and whether the file gives it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Choice<T> {
    pub value: T,
    pub is_written: bool,
}

impl<T> Choice<T> {
    fn new(written: Option<T>, default: T) -> Self {
        Self {
            is_written: written.is_some(),
            value: written.unwrap_or(default),
        }
    }
}

/// An experiment without its sweep: what a point is made from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Base {
    pub preset: Option<Preset>,
    pub topology: Topology,
    pub routing: Routing,
    pub half_way: Choice<HalfWay>,
    pub dateline: Choice<Dateline>,
    pub selection: Choice<Selection>,
    pub message_classes: u8,
    pub allow_deadlock: bool,
    pub switch: SwitchConfig,
    pub link: LinkSpec,
    /// As written, of which `link.flit_time` is the inverse \[flits/cycle\].
    pub bandwidth: f64,
    pub traffic: Vec<Flow>,
    pub measure: MeasureSpec,
    pub seed: u64,
}

/// An entry of `traffic`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Flow {
    pub pattern: Pattern,
    pub include_self: Choice<bool>,
    pub injection: Injection,
    pub packet_flits: u16,
    pub class: u8,
    pub load: f64,
}

impl Base {
    /// Resolves all but the sweep; `None` where a value that nothing can stand in for is wrong.
    pub(super) fn resolve(file: &file::Experiment, checker: &mut Checker) -> Option<Self> {
        check_name(&file.name, checker);
        let fabric = &file.fabric;
        let link = fabric.link.clone().unwrap_or_default();
        let bandwidth = link
            .bandwidth
            .map_or(1.0, |file::Bandwidth::FlitsPerCycle(rate)| rate);
        let topology = topology(&fabric.topology, "fabric.topology", checker);
        let default_dateline = match fabric.preset {
            Some(Preset::BookSim) => Dateline::OnEntry,
            None => Dateline::AtDateline,
        };
        let base = Self {
            preset: fabric.preset,
            routing: fabric.routing,
            half_way: Choice::new(fabric.half_way, HalfWay::Random),
            dateline: Choice::new(fabric.dateline, default_dateline),
            selection: Choice::new(fabric.selection, Selection::MostCredits),
            message_classes: message_classes(fabric, checker),
            allow_deadlock: fabric.allow_deadlock.unwrap_or(false),
            switch: switch(&fabric.switch.clone().unwrap_or_default(), fabric.preset, checker),
            link: LinkSpec {
                latency: link.latency.map_or(1, |file::Time::Cycles(cycles)| {
                    checker.whole("fabric.link.latency", "latency", cycles, LINK_LATENCY)
                }),
                flit_time: flit_time(bandwidth, checker),
            },
            bandwidth,
            traffic: traffic(&file.traffic, checker),
            measure: measure(&file.measure.clone().unwrap_or_default(), checker),
            seed: file.seed.unwrap_or(1),
            topology: topology?,
        };
        Some(base)
    }

    /// The point that this is.
    pub(super) fn spec(&self) -> PointSpec {
        let has_ring = self.topology.has_ring();
        let has_classes = has_ring && self.routing.has_dateline() && self.class_channels() > 1;
        PointSpec {
            fabric: FabricSpec {
                topology: self.topology.clone(),
                routing: self.routing,
                half_way: has_ring.then_some(self.half_way.value),
                dateline: has_classes.then_some(self.dateline.value),
                selection: self.routing.is_adaptive().then_some(self.selection.value),
                message_classes: self.message_classes,
                switch: self.switch,
                link: self.link,
            },
            traffic: self.traffic.iter().map(Flow::spec).collect(),
            measure: self.measure,
            seed: self.seed,
        }
    }

    /// Virtual channels of each message class.
    pub(super) fn class_channels(&self) -> u8 {
        self.switch.virtual_channels / self.message_classes
    }

    /// Sum of the loads as they are.
    pub(super) fn offered(&self) -> f64 {
        self.traffic.iter().map(|flow| flow.load).sum()
    }
}

impl Flow {
    fn spec(&self) -> FlowSpec {
        let Self {
            pattern,
            injection,
            packet_flits,
            class,
            load,
            ..
        } = *self;
        FlowSpec {
            pattern,
            include_self: (pattern == Pattern::Uniform).then_some(self.include_self.value),
            injection,
            packet_flits,
            class,
            load,
        }
    }
}

fn message_classes(written: &file::Fabric, checker: &mut Checker) -> u8 {
    let classes = written.switch.as_ref().and_then(|switch| switch.message_classes);
    classes.map_or(1, |classes| {
        checker.whole(
            "fabric.switch.message_classes",
            "message_classes",
            classes,
            VIRTUAL_CHANNELS,
        )
    })
}

/// The name is that of a folder.
fn check_name(name: &str, checker: &mut Checker) {
    let reason = if name.is_empty() {
        "is empty"
    } else if name.contains(['/', '\\']) {
        "has a slash"
    } else if name.starts_with('.') {
        "starts with a dot"
    } else if name.chars().any(char::is_control) || name.trim() != name {
        "has space around it or a control character in it"
    } else if name.len() > 200 {
        "is longer than 200 bytes"
    } else {
        return;
    };
    let diagnostic = checker
        .source
        .at("name", format!("the name {reason}"))
        .label("names the folder of the results");
    checker.add(diagnostic.help("letters, digits, `-`, `_`, `.` and spaces are always possible"));
}

fn traffic(written: &[file::Traffic], checker: &mut Checker) -> Vec<Flow> {
    if written.is_empty() {
        let diagnostic = checker.source.at("traffic", "`traffic` has no entry");
        checker.add(diagnostic.label("for example `[Traffic(pattern: Uniform, load: 0.1)]`"));
    }
    if written.len() > usize::from(u16::MAX) {
        let diagnostic = checker
            .source
            .at("traffic", "`traffic` has more than 65535 entries");
        checker.add(diagnostic);
    }
    let flows: Vec<Flow> = written
        .iter()
        .enumerate()
        .map(|(i, entry)| flow(entry, &format!("traffic[{i}]"), checker))
        .collect();
    let offered: f64 = flows.iter().map(|flow| flow.load).sum();
    // Shares such as 0.7, 0.2 and 0.1 may add up to a little more than 1.
    if checker.is_clean() && offered > 1.0 + 1e-9 {
        let message = format!(
            "the loads of `traffic` add up to {offered}, but a terminal injects at most 1 flit a cycle"
        );
        checker.add(checker.source.at("traffic", message));
    }
    flows
}

fn flow(written: &file::Traffic, path: &str, checker: &mut Checker) -> Flow {
    let load = match written.load {
        Some(load) => checker.load(&format!("{path}.load"), "load", load),
        None => {
            let diagnostic = checker.source.at_head(path, "missing field `load` in `Traffic`");
            checker.add(diagnostic.label("needs `load`, for example `load: 0.1`"));
            1.0
        }
    };
    Flow {
        pattern: written.pattern,
        include_self: Choice::new(written.include_self, true),
        injection: written.injection.unwrap_or(Injection::Bernoulli),
        packet_flits: written.packet.map_or(1, |file::Length::Flits(flits)| {
            checker.whole(&format!("{path}.packet"), "packet", flits, PACKET_FLITS)
        }),
        class: written.class.map_or(0, |class| {
            checker.whole(&format!("{path}.class"), "class", class, 0..=u8::MAX)
        }),
        load,
    }
}

fn measure(written: &file::Measure, checker: &mut Checker) -> MeasureSpec {
    let precision = written.precision.unwrap_or(0.01);
    if !(precision > 0.0 && precision < 1.0) {
        checker.out_of_range("measure.precision", "precision", precision, "above 0 and below 1");
    }
    let mut cycles = |name: &str, value: i64, least: Cycle| {
        checker.whole(&format!("measure.{name}"), name, value, least..=*CYCLES.end())
    };
    let measure = MeasureSpec {
        precision,
        warmup: match written.warmup.unwrap_or(file::Warmup::Automatic) {
            file::Warmup::Automatic => None,
            file::Warmup::Cycles(value) => Some(cycles("warmup", value, 0)),
        },
        cycles: match written.cycles.unwrap_or(file::Window::UntilPrecise) {
            file::Window::UntilPrecise => None,
            file::Window::Cycles(value) => Some(cycles("cycles", value, *CYCLES.start())),
        },
        max_cycles: written.max_cycles.map_or(1_000_000, |file::Time::Cycles(value)| {
            cycles("max_cycles", value, *CYCLES.start())
        }),
    };
    check_that_it_fits(&measure, checker);
    measure
}

/// Warm-up and window have to end before the run does.
fn check_that_it_fits(measure: &MeasureSpec, checker: &mut Checker) {
    let needed = measure.warmup.unwrap_or(0) + measure.cycles.unwrap_or(1);
    if !checker.is_clean() || needed <= measure.max_cycles {
        return;
    }
    let written = ["measure.max_cycles", "measure.cycles", "measure.warmup"];
    let path = written
        .into_iter()
        .find(|path| checker.source.find(path).is_some());
    let message = format!(
        "the run ends at {} cycles, before the {needed} of warm-up and window are over",
        measure.max_cycles
    );
    let diagnostic = checker
        .source
        .at(path.unwrap_or("measure"), message)
        .label(format!("needs `max_cycles: Cycles({needed})` or more"));
    checker.add(diagnostic);
}
