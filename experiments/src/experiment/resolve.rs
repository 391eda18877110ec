//! From the file as written to the values meant: defaults and presets filled in, every value checked by itself.
//!
//! What depends on several values, or on the point of the sweep, is checked by
//! [`combination`](super::combination).

use std::ops::RangeInclusive;

use fabricsim_core::{AllocatorKind, Cycle, FlitTime, SwitchConfig};
use fabricsim_topologies::{Grid, GridError};

use super::checker::Checker;
use super::file;
use super::names::{Dateline, HalfWay, Injection, Pattern, Preset, Routing, VcReallocation};
use super::spec::{FabricSpec, FlowSpec, LinkSpec, MeasureSpec, PointSpec, Topology};

/// Simulated time has an end: sums of it can't overflow.
const CYCLES: RangeInclusive<Cycle> = 1..=1_000_000_000_000;
/// Time of flight on a link \[cycles\].
const LINK_LATENCY: RangeInclusive<u32> = 1..=1_000_000;
/// Length of a packet \[flits\].
pub(super) const PACKET_FLITS: RangeInclusive<u16> = 1..=u16::MAX;
/// See [`SwitchConfig::validate`].
pub(super) const VIRTUAL_CHANNELS: RangeInclusive<u8> = 1..=64;
/// See [`SwitchConfig::validate`].
pub(super) const BUFFER_FLITS: RangeInclusive<u16> = 1..=32_767;

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
    pub load: f64,
}

impl Base {
    /// Resolves all but the sweep; `None` where a value that nothing can stand in for is wrong.
    pub(super) fn resolve(file: &file::Experiment, checker: &mut Checker) -> Option<Self> {
        check_name(&file.name, checker);
        let fabric = &file.fabric;
        let link = fabric.link.clone().unwrap_or_default();
        let bandwidth = link.bandwidth.map_or(1.0, |file::Bandwidth::FlitsPerCycle(rate)| rate);
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
        let has_classes = has_ring && self.switch.virtual_channels > 1;
        PointSpec {
            fabric: FabricSpec {
                topology: self.topology.clone(),
                routing: self.routing,
                half_way: has_ring.then_some(self.half_way.value),
                dateline: has_classes.then_some(self.dateline.value),
                switch: self.switch,
                link: self.link,
            },
            traffic: self.traffic.iter().map(Flow::spec).collect(),
            measure: self.measure,
            seed: self.seed,
        }
    }

    /// Total offered load \[flits/terminal/cycle\].
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
            load,
            ..
        } = *self;
        FlowSpec {
            pattern,
            include_self: (pattern == Pattern::Uniform).then_some(self.include_self.value),
            injection,
            packet_flits,
            load,
        }
    }
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

/// A topology at `path`, an axis item's too; `None` where there is no such grid.
pub(super) fn topology(topology: &file::Topology, path: &str, checker: &mut Checker) -> Option<Topology> {
    let (sides, wrap, terminals) = match topology {
        file::Topology::Torus {
            sides,
            wrap,
            terminals_per_switch,
        } => {
            let wrap = wrap.clone().unwrap_or_else(|| vec![true; sides.len()]);
            (sides, wrap, terminals_per_switch)
        }
        file::Topology::Mesh {
            sides,
            terminals_per_switch,
        } => (sides, vec![false; sides.len()], terminals_per_switch),
    };
    let sides = sides.iter().enumerate().map(|(i, &side)| {
        checker.whole(&format!("{path}.sides[{i}]"), "sides", side, 1..=u32::MAX)
    });
    let sides = sides.collect();
    let terminals = terminals.map_or(1, |count| {
        checker.whole(&format!("{path}.terminals_per_switch"), "terminals_per_switch", count, 1..=u32::MAX)
    });
    let grid = Grid::new(sides, wrap, terminals).map_err(|error| {
        let field = match error {
            GridError::WrapLength { .. } => "wrap",
            GridError::NoTerminal => "terminals_per_switch",
            GridError::TooManyPorts { concentration, .. } if concentration > 1 => "terminals_per_switch",
            _ => "sides",
        };
        checker.add(checker.source.at(&format!("{path}.{field}"), error.to_string()));
    });
    let grid = grid.ok()?;
    Some(match topology {
        file::Topology::Torus { .. } => Topology::Torus(grid),
        file::Topology::Mesh { .. } => Topology::Mesh(grid),
    })
}

fn switch(written: &file::Switch, preset: Option<Preset>, checker: &mut Checker) -> SwitchConfig {
    let default = SwitchConfig {
        vc_reallocation: match preset {
            Some(Preset::BookSim) => VcReallocation::NonAtomic.into(),
            None => SwitchConfig::default().vc_reallocation,
        },
        ..SwitchConfig::default()
    };
    refuse_held_switch(written, checker);
    let virtual_channels = written.virtual_channels.map(|value| {
        checker.whole(
            "fabric.switch.virtual_channels",
            "virtual_channels",
            value,
            VIRTUAL_CHANNELS,
        )
    });
    let buffer_flits = written
        .buffer_flits
        .map(|value| checker.whole("fabric.switch.buffer_flits", "buffer_flits", value, BUFFER_FLITS));
    let mut small = |name: &str, value: Option<i64>, default: u8, range: RangeInclusive<u8>| {
        value.map_or(default, |value| {
            checker.whole(&format!("fabric.switch.{name}"), name, value, range)
        })
    };
    let delay = 0..=u8::MAX;
    let stage = 1..=u8::MAX;
    let switch = SwitchConfig {
        virtual_channels: virtual_channels.unwrap_or(default.virtual_channels),
        buffer_flits: buffer_flits.unwrap_or(default.buffer_flits),
        routing_delay: small("routing_delay", written.routing_delay, default.routing_delay, delay.clone()),
        vc_alloc_delay: small("vc_alloc_delay", written.vc_alloc_delay, default.vc_alloc_delay, stage.clone()),
        sw_alloc_delay: small("sw_alloc_delay", written.sw_alloc_delay, default.sw_alloc_delay, stage),
        st_prepare_delay: small(
            "st_prepare_delay",
            written.st_prepare_delay,
            default.st_prepare_delay,
            delay.clone(),
        ),
        st_final_delay: small("st_final_delay", written.st_final_delay, default.st_final_delay, delay.clone()),
        credit_delay: small("credit_delay", written.credit_delay, default.credit_delay, delay),
        speculative: written.speculative.unwrap_or(default.speculative),
        internal_speedup: small("internal_speedup", written.internal_speedup, default.internal_speedup, 1..=16),
        vc_reallocation: written
            .vc_reallocation
            .map_or(default.vc_reallocation, VcReallocation::into),
        vc_allocator: allocator("vc_allocator", written.vc_allocator.as_ref(), default.vc_allocator, checker),
        sw_allocator: allocator("sw_allocator", written.sw_allocator.as_ref(), default.sw_allocator, checker),
    };
    if let Err(error) = switch.validate() {
        let path = format!("fabric.switch.{}", error.field);
        checker.out_of_range(&path, error.field, error.value, error.range);
    }
    switch
}

fn refuse_held_switch(written: &file::Switch, checker: &mut Checker) {
    if written.hold_switch_for_packet != Some(true) {
        return;
    }
    let diagnostic = checker
        .source
        .at(
            "fabric.switch.hold_switch_for_packet",
            "`hold_switch_for_packet: true` is not available yet",
        )
        .label("not available yet")
        .help("the switch is allocated flit by flit: leave it out, or write `false`");
    checker.add(diagnostic);
}

fn allocator(
    field: &str,
    written: Option<&file::Allocator>,
    default: AllocatorKind,
    checker: &mut Checker,
) -> AllocatorKind {
    match written {
        None => default,
        Some(file::Allocator::SeparableInputFirst) => AllocatorKind::SeparableInputFirst,
        Some(&file::Allocator::Islip { iterations }) => {
            let path = format!("fabric.switch.{field}.iterations");
            let iterations = checker.whole(&path, "iterations", iterations, 1..=u8::MAX);
            AllocatorKind::Islip { iterations }
        }
    }
}

/// The inverse of a rate, exactly as its decimal is written: 0.3 is 10/3 cycles a flit.
fn flit_time(rate: f64, checker: &mut Checker) -> FlitTime {
    const PATH: &str = "fabric.link.bandwidth";
    const DECIMALS: usize = 9;
    if !(rate > 0.0 && rate <= 1.0) {
        checker.out_of_range(PATH, "bandwidth", rate, "above 0 and at most 1 flit a cycle");
        return FlitTime::ONE;
    }
    // `Display` writes the shortest decimal that reads back the same, without an exponent.
    let decimal = rate.to_string();
    let decimals = decimal.split_once('.').map_or("", |(_, decimals)| decimals);
    let (Ok(part), true) = (format!("0{decimals}").parse::<u32>(), decimals.len() <= DECIMALS) else {
        checker.out_of_range(PATH, "bandwidth", rate, "a decimal of at most 9 places");
        return FlitTime::ONE;
    };
    if rate == 1.0 {
        return FlitTime::ONE;
    }
    let whole = 10_u32.pow(decimals.len() as u32);
    let divisor = greatest_common_divisor(whole, part);
    FlitTime {
        numerator: whole / divisor,
        denominator: part / divisor,
    }
}

fn greatest_common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn traffic(written: &[file::Traffic], checker: &mut Checker) -> Vec<Flow> {
    if written.is_empty() {
        let diagnostic = checker.source.at("traffic", "`traffic` has no entry");
        checker.add(diagnostic.label("for example `[Traffic(pattern: Uniform, load: 0.1)]`"));
    }
    if written.len() > usize::from(u16::MAX) {
        let diagnostic = checker.source.at("traffic", "`traffic` has more than 65535 entries");
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
        let message = format!("the loads of `traffic` add up to {offered}, but a terminal injects at most 1 flit a cycle");
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
    let path = written.into_iter().find(|path| checker.source.find(path).is_some());
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

#[cfg(test)]
mod tests {
    use super::super::source::Source;
    use super::*;

    fn time(rate: f64) -> Option<(u32, u32)> {
        let source = Source::new("x.ron", "A()");
        let mut checker = Checker::new(&source);
        let FlitTime {
            numerator,
            denominator,
        } = flit_time(rate, &mut checker);
        checker.is_clean().then_some((numerator, denominator))
    }

    #[test]
    fn bandwidths_are_the_decimals_that_are_written() {
        assert_eq!(time(1.0), Some((1, 1)));
        assert_eq!(time(0.25), Some((4, 1)));
        assert_eq!(time(0.3), Some((10, 3)));
        assert_eq!(time(0.75), Some((4, 3)));
        assert_eq!(time(0.999_999_999), Some((1_000_000_000, 999_999_999)));
        assert_eq!(time(1e-9), Some((1_000_000_000, 1)));
        for wrong in [0.0, -0.5, 1.5, f64::NAN, f64::INFINITY, 1.0 / 3.0, 1e-300] {
            assert_eq!(time(wrong), None, "{wrong}");
        }
    }

    /// The ranges here are those of the engine: nothing that they let pass is refused by it.
    #[test]
    fn the_engine_accepts_the_ends_of_every_range() {
        let ends = |virtual_channels, buffer_flits| SwitchConfig {
            virtual_channels,
            buffer_flits,
            ..SwitchConfig::default()
        };
        assert_eq!(ends(*VIRTUAL_CHANNELS.start(), *BUFFER_FLITS.start()).validate(), Ok(()));
        assert_eq!(ends(*VIRTUAL_CHANNELS.end(), *BUFFER_FLITS.end()).validate(), Ok(()));
        assert!(ends(VIRTUAL_CHANNELS.end() + 1, 1).validate().is_err());
        assert!(ends(1, BUFFER_FLITS.end() + 1).validate().is_err());
    }
}
