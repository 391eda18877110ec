//! Values that are right by themselves but impossible together.

use std::collections::HashSet;

use fabricsim_core::Switching;

use super::checker::Checker;
use super::exceptions::Misplaced;
use super::names::{self, Pattern, Routing};
use super::plan::written_path;
use super::resolve::Base;
use super::routing_needs::RoutingNeeds;
use super::spec::{FabricSpec, FlowSpec, PointSpec};
use super::sweep::{Axis, AxisKind};
use super::traffic::{Flow, Offered, SLACK};

/// Fabrics above this are not asked for their permutation, which would be as large: they are refused for their
/// memory, or tell when their traffic is made.
const LARGEST_ASKED: u32 = 1 << 24;

/// Checks each point as it is made, and the experiment at the end.
pub(super) struct Combinations<'a> {
    axes: &'a [Axis],
    has_ring: bool,
    /// Some point has a ring with dateline classes, some an adaptive routing.
    has_dateline: bool,
    is_adaptive: bool,
    /// Some point has a routing that spreads packets.
    spreads: bool,
    /// For each entry of `traffic`, whether some point draws its destinations.
    draws: Vec<bool>,
    /// Entries of `traffic` that have been looked at, each with its items of the pattern and the topology axis.
    seen: HashSet<[usize; 3]>,
}

impl<'a> Combinations<'a> {
    pub(super) fn new(axes: &'a [Axis], flows: usize) -> Self {
        Self {
            axes,
            has_ring: false,
            has_dateline: false,
            is_adaptive: false,
            spreads: false,
            draws: vec![false; flows],
            seen: HashSet::new(),
        }
    }

    /// Checks the point that has item `items[i]` of axis i.
    pub(super) fn point(&mut self, base: &Base, spec: &PointSpec, items: &[usize], checker: &mut Checker) {
        let has_ring = base.topology.has_ring() && !base.routing.takes_any_graph();
        self.has_ring |= has_ring;
        self.check_offered(base, spec, items, checker);
        self.check_whole_packets(spec, items, checker);
        self.has_dateline |= has_ring && base.routing.has_dateline();
        self.is_adaptive |= base.routing.is_adaptive();
        self.spreads |= base.routing.spreads();
        let needs = RoutingNeeds {
            base,
            fabric: &spec.fabric,
            axes: self.axes,
            items,
        };
        needs.check(checker);
        self.check_dateline(base, &spec.fabric, items, checker);
        for (i, flow) in base.traffic.iter().enumerate() {
            self.draws[i] |= flow.pattern == Pattern::Uniform;
            self.check_pattern(base, i, items, checker);
        }
    }

    /// Links, ports or queues that the point's topology does not have.
    pub(super) fn misplaced(
        &self,
        field: &str,
        misplaced: &Misplaced,
        items: &[usize],
        checker: &mut Checker,
    ) {
        let varies = self.axes.iter().any(|axis| axis.kind == AxisKind::Topology);
        let path = match varies {
            true => written_path(self.axes, items, "fabric.topology"),
            false => match misplaced.rule {
                Some(rule) => format!("{field}[{rule}].of"),
                None => field.to_owned(),
            },
        };
        let diagnostic = checker.source.at(&path, &misplaced.message);
        checker.add(diagnostic.label(&misplaced.label));
    }

    /// A rate may be more than a terminal can inject, which depends on its packets.
    fn check_offered(&self, base: &Base, spec: &PointSpec, items: &[usize], checker: &mut Checker) {
        let (Some(physical), load) = (base.physical(), spec.offered()) else {
            return;
        };
        let is_rate = |flow: &Flow| matches!(flow.offered, Offered::Rate(_));
        let is_given = match base.total {
            Some(total) => matches!(total, Offered::Rate(_)),
            None => base.traffic.iter().any(is_rate),
        };
        let fits = load.is_finite() && load <= 1.0 + SLACK;
        if fits || !is_given {
            return;
        }
        let path = match base.traffic.len() {
            1 => "traffic[0].rate",
            _ => "traffic",
        };
        let axis = self.axes.iter().find(|axis| axis.kind == AxisKind::Rate);
        let path = match axis {
            Some(_) => written_path(self.axes, items, "traffic[0].rate"),
            None => path.to_owned(),
        };
        let (offered, most) = (physical.offered, physical.gbps(1.0));
        let source = checker.source;
        if !(most > 0.0 && load.is_finite()) {
            let message =
                "a rate of payload needs packets with payload, but the frame's overhead fills these";
            checker.add(
                source
                    .at(&path, message)
                    .label("give a `load`, or longer packets"),
            );
            return;
        }
        let message = format!(
            "a rate of {offered} Gb/s of payload is more than a terminal can inject: a flit a cycle, {most:.3} Gb/s"
        );
        let label = format!("at most {most:.3} Gb/s");
        checker.add(source.at(&path, message).label(label));
    }

    /// Packets that go on only where there is room for all of them have to fit a buffer.
    fn check_whole_packets(&self, spec: &PointSpec, items: &[usize], checker: &mut Checker) {
        let fabric = &spec.fabric;
        let shortest = fabric.shortest_buffer();
        if fabric.switch.switching == Switching::Wormhole {
            return;
        }
        let too_long = |flow: &FlowSpec| flow.packet_flits > shortest;
        let Some(flow) = spec.traffic.iter().position(too_long) else {
            return;
        };
        let path = written_path(self.axes, items, &format!("traffic[{flow}].packet"));
        let message = format!(
            "a packet of {} flits does not fit a buffer of {shortest}, as `{}` needs",
            spec.traffic[flow].packet_flits,
            names::Switching::from(fabric.switch.switching)
        );
        let diagnostic = checker.source.at(&path, message);
        let diagnostic = diagnostic.label(format!("at most {shortest} flits"));
        checker.add(diagnostic.help("longer `buffer_flits`, shorter packets, or `switching: Wormhole`"));
    }

    fn check_dateline(&self, base: &Base, fabric: &FabricSpec, items: &[usize], checker: &mut Checker) {
        // Other routings with a dateline need more than these two.
        let is_about_it = base.routing == Routing::DimensionOrder && base.topology.has_ring();
        if !base.dateline.is_written || fabric.dateline.is_some() || !is_about_it {
            return;
        }
        let is_swept = self
            .axes
            .iter()
            .any(|axis| axis.kind == AxisKind::VirtualChannels);
        let path = match is_swept {
            true => written_path(self.axes, items, "fabric.switch.virtual_channels"),
            false => "fabric.dateline".to_owned(),
        };
        let diagnostic = checker
            .source
            .at(
                &path,
                "two dateline classes need 2 virtual channels, but there is 1",
            )
            .label("not possible with 1 virtual channel")
            .help("`virtual_channels: 2` or more, or leave `dateline` out: with 1 there are no classes");
        checker.add(diagnostic);
    }

    fn check_pattern(&mut self, base: &Base, flow: usize, items: &[usize], checker: &mut Checker) {
        let key = [
            flow,
            self.item(AxisKind::Pattern, items),
            self.item(AxisKind::Topology, items),
        ];
        if !self.seen.insert(key) || base.topology.terminals() > LARGEST_ASKED {
            return;
        }
        let written = base.traffic[flow];
        if let Err(error) = written
            .pattern
            .with_self(written.include_self.value)
            .destinations(base.topology.shape())
        {
            let path = self.place_of_pattern(flow, items);
            let diagnostic = checker.source.at(&path, error.to_string());
            checker.add(diagnostic.label(format!("not possible on the {}", base.topology)));
        }
    }

    /// The item of an axis; 0 where the sweep has no such axis.
    fn item(&self, kind: AxisKind, items: &[usize]) -> usize {
        let axis = self.axes.iter().position(|axis| axis.kind == kind);
        axis.map_or(0, |axis| items[axis])
    }

    /// Of pattern and topology the one that the sweep varies, or else the pattern.
    fn place_of_pattern(&self, flow: usize, items: &[usize]) -> String {
        let varies = |kind| self.axes.iter().any(|axis| axis.kind == kind);
        if varies(AxisKind::Topology) && !varies(AxisKind::Pattern) {
            return written_path(self.axes, items, "fabric.topology");
        }
        written_path(self.axes, items, &format!("traffic[{flow}].pattern"))
    }

    /// What the file gives must mean something at some point: a value without effect is a mistake.
    pub(super) fn experiment(self, base: &Base, checker: &mut Checker) {
        let on_rings = [
            ("half_way", base.half_way.is_written),
            ("dateline", base.dateline.is_written),
        ];
        for (field, is_written) in on_rings {
            if is_written && !self.has_ring {
                let diagnostic = checker
                    .source
                    .at_key(
                        &format!("fabric.{field}"),
                        format!("`{field}` has no meaning in a fabric without rings"),
                    )
                    .label("leave it out");
                checker.add(diagnostic.help("only wrapped dimensions, as of a `Torus`, are rings"));
            }
        }
        if base.dateline.is_written && self.has_ring && !self.has_dateline {
            let message = "`dateline` has no meaning for a routing whose rings have no classes";
            let diagnostic = checker.source.at_key("fabric.dateline", message);
            checker.add(diagnostic.label("leave it out"));
        }
        if base.spread.is_written && !self.spreads {
            let message = "`spread` has no meaning for a routing that chooses its ways in another manner";
            let diagnostic = checker.source.at_key("fabric.spread", message);
            checker.add(diagnostic.label("leave it out, or use `routing: ShortestPath`"));
        }
        if base.selection.is_written && !self.is_adaptive {
            let message = "`selection` has no meaning for a routing that is not adaptive";
            let diagnostic = checker.source.at_key("fabric.selection", message);
            checker.add(diagnostic.label("leave it out, or use `routing: MinimalAdaptive`"));
        }
        for (i, flow) in base.traffic.iter().enumerate() {
            if flow.include_self.is_written && !self.draws[i] {
                let message =
                    "`include_self` has no meaning but for `Uniform`, whose terminals may draw themselves";
                let diagnostic = checker
                    .source
                    .at_key(&format!("traffic[{i}].include_self"), message);
                checker.add(diagnostic.label("leave it out, or use `pattern: Uniform`"));
            }
        }
    }
}
