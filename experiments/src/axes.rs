//! The values of a point on the axes of sweeps, in tables and in words.

use crate::experiment::{AxisKind, Plan, Point, PointSpec, Topology};
use crate::tables::AXES;

/// The cells of `points.csv`: all axes, whether the sweep varies them or not.
///
/// A mixture of flows has all its patterns, joined by `+`, and a packet length only where they agree.
pub fn cells(point: &Point) -> [String; AXES.len()] {
    let spec = &point.spec;
    let fabric = &spec.fabric;
    [
        spec.offered().to_string(),
        point
            .physical
            .map_or_else(String::new, |physical| physical.offered.to_string()),
        fabric.routing.to_string(),
        pattern(spec),
        topology(&fabric.topology),
        fabric.switch.virtual_channels.to_string(),
        fabric.switch.buffer_flits.to_string(),
        packet_flits(spec).map_or_else(String::new, |flits| flits.to_string()),
        spec.seed.to_string(),
    ]
}

/// The patterns of all flows, each once.
fn pattern(spec: &PointSpec) -> String {
    let mut patterns: Vec<String> = Vec::new();
    for flow in &spec.traffic {
        let written = flow.pattern.to_string();
        if !patterns.contains(&written) {
            patterns.push(written);
        }
    }
    patterns.join("+")
}

/// The length of all packets, if it is the same.
pub fn packet_flits(spec: &PointSpec) -> Option<u16> {
    let first = spec.traffic.first()?.packet_flits;
    spec.traffic
        .iter()
        .all(|flow| flow.packet_flits == first)
        .then_some(first)
}

/// A topology as experiments write it, defaults left out: `Torus(sides: [8, 8])`.
fn topology(topology: &Topology) -> String {
    let (grid, name) = match topology {
        Topology::Torus(grid) => (grid, "Torus"),
        Topology::Mesh(grid) => (grid, "Mesh"),
        Topology::Graph(graph) => return graph.expression.clone(),
    };
    let mut text = format!("{name}(sides: {:?}", grid.sides());
    if matches!(topology, Topology::Torus(_)) && grid.wrap().contains(&false) {
        text.push_str(&format!(", wrap: {:?}", grid.wrap()));
    }
    if grid.concentration() != 1 {
        text.push_str(&format!(", terminals_per_switch: {}", grid.concentration()));
    }
    text.push(')');
    text
}

/// A point in words, by the experiment and what it varies: `torus-8x8, load 0.3, seed 2`.
pub fn title(plan: &Plan, point: &Point) -> String {
    let mut parts = vec![plan.name.clone()];
    parts.extend(label(plan, point, &[]));
    parts.join(", ")
}

/// The value of a point on one axis in words: `load 0.3`, `8x8 torus`, `4 VCs`.
pub fn in_words(kind: AxisKind, point: &Point) -> String {
    let spec = &point.spec;
    let switch = &spec.fabric.switch;
    match kind {
        AxisKind::Rate => rate(offered(point)),
        AxisKind::Load => format!("load {}", spec.offered()),
        AxisKind::Routing => spec.fabric.routing.to_string(),
        AxisKind::Pattern => pattern(spec),
        AxisKind::Topology => spec.fabric.topology.to_string(),
        AxisKind::VirtualChannels => format!("{} VCs", switch.virtual_channels),
        AxisKind::BufferFlits => format!("{}-flit buffers", switch.buffer_flits),
        AxisKind::PacketFlits => match packet_flits(spec) {
            Some(flits) => format!("{flits}-flit packets"),
            None => "mixed packets".to_owned(),
        },
        AxisKind::Seed => format!("seed {}", spec.seed),
    }
}

/// `0.50 Gb/s`; the columns of 10.00 and 0.125 are the same.
fn rate(gbps: f64) -> String {
    let decimals = gbps
        .to_string()
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len());
    format!("{gbps:>5.0$} Gb/s", decimals.max(2))
}

/// What a point offers in the unit of its fabric: Gb/s a terminal of payload, or flits/terminal/cycle.
pub fn offered(point: &Point) -> f64 {
    let load = || point.spec.offered();
    point.physical.map_or_else(load, |physical| physical.offered)
}

/// The same in words: `load 0.3`, `0.50 Gb/s`.
pub fn offered_in_words(point: &Point) -> String {
    let is_physical = point.physical.is_some();
    in_words(
        if is_physical {
            AxisKind::Rate
        } else {
            AxisKind::Load
        },
        point,
    )
}

/// What tells a point from those that are not `ignored`ly different: its values on the other axes of the sweep, in words
/// and in order.
pub fn label(plan: &Plan, point: &Point, ignored: &[AxisKind]) -> Vec<String> {
    let kinds = plan.axes.iter().map(|axis| axis.kind);
    kinds
        .filter(|kind| !ignored.contains(kind))
        .map(|kind| in_words(kind, point))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::parse;

    fn plan(topology: &str, traffic: &str) -> Plan {
        let text = format!(
            "Experiment(name: \"x\", fabric: Fabric(topology: {topology}, routing: DimensionOrder), traffic: [{traffic}])"
        );
        parse("x.ron", &text).unwrap()
    }

    #[test]
    fn every_axis_has_a_cell() {
        let plan = plan(
            "Torus(sides: [8, 8])",
            "Traffic(pattern: Tornado, packet: Flits(4), load: 0.3)",
        );
        assert_eq!(
            cells(&plan.points[0]),
            [
                "0.3",
                "",
                "DimensionOrder",
                "Tornado",
                "Torus(sides: [8, 8])",
                "8",
                "8",
                "4",
                "1"
            ]
        );
    }

    #[test]
    fn mixtures_show_what_they_have_in_common() {
        let plan = plan(
            "Mesh(sides: [4, 4, 2], terminals_per_switch: 2)",
            "Traffic(pattern: Uniform, load: 0.25), Traffic(pattern: Neighbor, packet: Flits(4), load: 0.25), \
             Traffic(pattern: Uniform, load: 0.125), Traffic(pattern: Adversarial(offset: 3), load: 0.125)",
        );
        let cells = cells(&plan.points[0]);
        assert_eq!(
            (&*cells[0], &*cells[3], &*cells[7]),
            ("0.75", "Uniform+Neighbor+Adversarial(offset: 3)", "")
        );
        assert_eq!(cells[4], "Mesh(sides: [4, 4, 2], terminals_per_switch: 2)");
    }

    #[test]
    fn a_topology_cell_is_what_experiments_write() {
        for text in [
            "Torus(sides: [4, 2])",
            "Torus(sides: [4, 2], wrap: [true, false], terminals_per_switch: 3)",
        ] {
            assert_eq!(
                topology(
                    &plan(text, "Traffic(pattern: Uniform, load: 0.1)").points[0]
                        .spec
                        .fabric
                        .topology
                ),
                text
            );
        }
    }
}
