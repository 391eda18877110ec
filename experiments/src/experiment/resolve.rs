//! From the file as written to the values meant: defaults and presets filled in, every value checked by itself.
//!
//! What depends on several values, or on the point of the sweep, is checked by
//! [`combination`](super::combination).

use std::ops::RangeInclusive;

use fabricsim_core::{Cycle, FlitTime, PortBuffers, SwitchConfig};

use super::checker::Checker;
use super::components::{VIRTUAL_CHANNELS, switch};
use super::exceptions::{self, LinksRule, Misplaced, PortsRule, place_links, place_ports};
use super::file;
use super::graph_links::{self, place_graph_links};
use super::names::{Dateline, HalfWay, Preset, Queueing, Routing, Selection, Spread};
use super::preset::Defaults;
use super::quantities::{self, Field, cycles, flit_time};
use super::queueing;
use super::spec::{FabricSpec, LinkExceptions, LinkSpec, MeasureSpec, PointSpec};
use super::topology::Topology;
use super::traffic::{Flow, Offered, loads, traffic, written_rate};
use super::units::{PhysicalPoint, Units};

/// Simulated time has an end: sums of it can't overflow.
const CYCLES: RangeInclusive<Cycle> = 1..=1_000_000_000_000;
/// Time of flight on a link \[cycles\].
pub(super) const LINK_LATENCY: RangeInclusive<u32> = 1..=1_000_000;
/// Length of a packet \[flits\].
pub(super) const PACKET_FLITS: RangeInclusive<u16> = 1..=u16::MAX;

/// What `measure` need not say.
pub(super) const PRECISION: f64 = 0.01;
pub(super) const MAX_CYCLES: u32 = 1_000_000;

/// A value, and whether the file gives it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Choice<T> {
    pub value: T,
    pub is_written: bool,
}

impl<T> Choice<T> {
    pub(super) fn new(written: Option<T>, default: T) -> Self {
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
    pub spread: Choice<Spread>,
    pub message_classes: u8,
    pub allow_deadlock: bool,
    pub switch: SwitchConfig,
    pub queueing: Queueing,
    pub ports: Vec<PortsRule>,
    pub link: LinkSpec,
    /// Whether the file, or its preset, says what links are like: where a fabric's own file says it, too, that is for the
    /// experiment to decide.
    pub is_link_written: bool,
    pub links: Vec<LinksRule>,
    /// \[cycles\].
    pub terminal_latency: u32,
    pub traffic: Vec<Flow>,
    /// What all entries of `traffic` together offer, where an axis says it.
    pub total: Option<Offered>,
    pub measure: MeasureSpec,
    pub seed: u64,
    /// `None` of an abstract fabric.
    pub units: Option<Units>,
}

impl Base {
    /// Resolves all but the sweep; `None` where a value that nothing can stand in for is wrong.
    pub(super) fn resolve(
        file: &file::Experiment,
        units: Option<Units>,
        checker: &mut Checker,
    ) -> Option<Self> {
        check_name(&file.name, checker);
        let fabric = filled_in(&file.fabric);
        let default = Defaults::of(fabric.preset);
        let link = link(&fabric, units.as_ref(), checker);
        let written_switch = fabric.switch.clone().unwrap_or_default();
        let queueing = written_switch.queueing.unwrap_or(Queueing::VirtualChannels);
        queueing::check(&written_switch, queueing, checker);
        let preset_switch = default.switch_in(units.as_ref(), checker);
        let default_switch = queueing::default_switch(queueing, preset_switch);
        let topology = fabric.topology.resolve("fabric.topology", checker);
        let base = Self {
            preset: fabric.preset,
            routing: fabric.routing,
            half_way: Choice::new(fabric.half_way, HalfWay::Random),
            dateline: Choice::new(fabric.dateline, default.dateline),
            selection: Choice::new(fabric.selection, Selection::MostCredits),
            spread: Choice::new(fabric.spread, Spread::Packet),
            message_classes: message_classes(&fabric, checker),
            allow_deadlock: fabric.allow_deadlock.unwrap_or(false),
            ports: exceptions::ports(&written_switch.ports, checker),
            switch: switch(&written_switch, default_switch, checker),
            queueing,
            links: exceptions::links(&fabric.links, link, units.as_ref(), checker),
            link,
            is_link_written: file.fabric.link.is_some(),
            terminal_latency: terminal_latency(&fabric, units.as_ref(), checker),
            traffic: traffic(&file.traffic, units.as_ref(), checker),
            total: None,
            measure: measure(&file.measure.unwrap_or_default(), units.as_ref(), checker),
            seed: file.seed.unwrap_or(1),
            units,
            topology: topology?,
        };
        Some(base)
    }

    /// The point that this is.
    ///
    /// # Errors
    /// Links, ports or queues that its topology does not have, with the field that names them.
    pub(super) fn spec(&self, checker: &mut Checker) -> Result<PointSpec, (&'static str, Misplaced)> {
        let has_ring = self.topology.has_ring() && !self.routing.takes_any_graph();
        let switch = queueing::on(self.queueing, self.switch, &self.topology)
            .map_err(|misplaced| ("fabric.switch.queueing", misplaced))?;
        let ports = self
            .placed_ports(switch.port_buffers())
            .map_err(|misplaced| ("fabric.switch.ports", misplaced))?;
        let links = self
            .placed_links(checker)
            .map_err(|misplaced| ("fabric.links", misplaced))?;
        let loads = loads(&self.traffic, self.total, self.units.as_ref());
        let mut fabric = FabricSpec {
            topology: self.topology.clone(),
            routing: self.routing,
            half_way: has_ring.then_some(self.half_way.value),
            dateline: None,
            selection: self.routing.is_adaptive().then_some(self.selection.value),
            spread: self.routing.spreads().then_some(self.spread.value),
            message_classes: self.message_classes,
            switch,
            queueing: self.queueing,
            ports,
            link: self.link,
            links,
            terminal_latency: self.terminal_latency,
        };
        let classed = self.topology.grid().and_then(|grid| fabric.class_channels(grid));
        let has_classes = has_ring
            && self.routing.has_dateline()
            && classed.is_some_and(|channels| channels.by_dimension.iter().any(|&count| count > 1));
        fabric.dateline = has_classes.then_some(self.dateline.value);
        Ok(PointSpec {
            fabric,
            traffic: self
                .traffic
                .iter()
                .zip(loads)
                .map(|(flow, load)| flow.spec(load))
                .collect(),
            measure: self.measure,
            seed: self.seed,
        })
    }

    fn placed_ports(&self, other: PortBuffers) -> Result<Vec<PortBuffers>, Misplaced> {
        match self.topology.grid() {
            Some(grid) if !self.routing.takes_any_graph() => place_ports(&self.ports, grid, other),
            _ if self.ports.is_empty() => Ok(Vec::new()),
            _ => Err(Misplaced {
                rule: None,
                message: "ports that differ are those of a grid routed as one".to_owned(),
                label: "leave `ports` out".to_owned(),
            }),
        }
    }

    fn placed_links(&self, checker: &mut Checker) -> Result<LinkExceptions, Misplaced> {
        let units = self.units.as_ref();
        match &self.topology {
            Topology::Torus(grid) | Topology::Mesh(grid) => place_links(&self.links, grid, self.link),
            Topology::Graph(graph)
                if graph.is_of_file() && !self.is_link_written && self.links.is_empty() =>
            {
                Ok(graph_links::of_file(graph, self.link, units, checker))
            }
            Topology::Graph(graph) => place_graph_links(&self.links, graph, self.link),
        }
    }

    /// Payload of the packets of each entry of `traffic` \[B\]; empty in an abstract fabric.
    pub(super) fn payloads(&self) -> Vec<u32> {
        let payloads = self.traffic.iter().map(|flow| flow.packet.payload);
        payloads.filter(|_| self.units.is_some()).collect()
    }

    /// The point in Gb/s and ns; `None` of an abstract fabric.
    pub(super) fn physical(&self) -> Option<PhysicalPoint> {
        let units = self.units.as_ref()?;
        let loads = loads(&self.traffic, self.total, Some(units));
        let flows: Vec<_> = self.traffic.iter().map(|flow| flow.packet).zip(loads).collect();
        let offered = written_rate(&self.traffic, self.total);
        Some(PhysicalPoint::new(units, &flows, offered))
    }
}

/// What a cycle and a flit are; `None` in an abstract fabric.
pub(super) fn units(written: &file::Fabric, checker: &mut Checker) -> Option<Units> {
    let fabric = filled_in(written);
    let largest_mtu = Defaults::of(fabric.preset).largest_mtu;
    quantities::units(fabric.cycle, fabric.flit, fabric.frame, largest_mtu, checker)
}

/// The fabric with the quantities that its preset, or the lack of one, gives it.
pub(super) fn filled_in(written: &file::Fabric) -> file::Fabric {
    let default = Defaults::of(written.preset);
    let link = written.link.unwrap_or_default();
    let frame = match (written.frame, default.frame) {
        (Some(frame), Some(default)) => Some(file::Frame {
            overhead: frame.overhead.or(default.overhead),
            mtu: frame.mtu.or(default.mtu),
        }),
        (frame, default) => frame.or(default),
    };
    file::Fabric {
        link: Some(file::Link {
            latency: link.latency.or(Some(default.latency)),
            bandwidth: link.bandwidth.or(Some(default.bandwidth)),
        }),
        terminal_latency: written.terminal_latency.or(Some(default.terminal_latency)),
        cycle: written.cycle.or(default.cycle),
        flit: written.flit.or(default.flit),
        frame,
        ..written.clone()
    }
}

fn link(fabric: &file::Fabric, units: Option<&Units>, checker: &mut Checker) -> LinkSpec {
    let link = fabric.link.unwrap_or_default();
    let latency = Field {
        path: "fabric.link.latency",
        name: "latency",
    };
    LinkSpec {
        latency: link
            .latency
            .map_or(1, |time| cycles(time, units, latency, LINK_LATENCY, checker)),
        flit_time: link.bandwidth.map_or(FlitTime::ONE, |bandwidth| {
            flit_time(bandwidth, units, "fabric.link.bandwidth", checker)
        }),
    }
}

fn terminal_latency(fabric: &file::Fabric, units: Option<&Units>, checker: &mut Checker) -> u32 {
    let field = Field {
        path: "fabric.terminal_latency",
        name: "terminal_latency",
    };
    let range = 0..=*LINK_LATENCY.end();
    fabric
        .terminal_latency
        .map_or(1, |time| cycles(time, units, field, range, checker))
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

fn measure(written: &file::Measure, units: Option<&Units>, checker: &mut Checker) -> MeasureSpec {
    let precision = written.precision.unwrap_or(PRECISION);
    if !(precision > 0.0 && precision < 1.0) {
        checker.out_of_range("measure.precision", "precision", precision, "above 0 and below 1");
    }
    let mut in_cycles = |name: &str, time: file::Time, least: Cycle| {
        let path = format!("measure.{name}");
        let field = Field { path: &path, name };
        cycles(time, units, field, least..=*CYCLES.end(), checker)
    };
    let measure = MeasureSpec {
        precision,
        warmup: written
            .warmup
            .and_then(file::Warmup::time)
            .map(|time| in_cycles("warmup", time, 0)),
        cycles: written
            .cycles
            .and_then(file::Window::time)
            .map(|time| in_cycles("cycles", time, *CYCLES.start())),
        max_cycles: written.max_cycles.map_or(MAX_CYCLES.into(), |time| {
            in_cycles("max_cycles", time, *CYCLES.start())
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
