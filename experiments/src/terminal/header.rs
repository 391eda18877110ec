//! The head of a run: what is simulated, and what is known of it beforehand.

use std::sync::Arc;

use fabricsim_topologies::Proof;

use super::count;
use crate::analysis::Bound;
use crate::axes;
use crate::experiment::{AxisKind, FabricSpec, Plan, Point, Preset, Queueing, Rounding};
use crate::prepare::{Prepared, PreparedPoint};
use crate::units;

/// Variants of fabric and traffic beyond this many are not listed.
const MOST_VARIANTS: usize = 12;

/// The lines above the points.
pub fn header(prepared: &Prepared) -> String {
    let plan = &prepared.plan;
    let mut text = format!("{}   {}\n", plan.name, contents(plan));
    if let Some(about) = &plan.about {
        text.push_str(&format!("  {about}\n"));
    }
    let variants = variants(prepared);
    let several = variants.len() > 1;
    for &number in variants.iter().take(MOST_VARIANTS) {
        let (point, prepared) = (&plan.points[number], &prepared.points[number]);
        let ignored = [AxisKind::Load, AxisKind::Rate, AxisKind::Seed];
        let label = axes::label(plan, point, &ignored).join(", ");
        let label = if several {
            format!("{label}: ")
        } else {
            String::new()
        };
        text.push_str(&format!("  {label}{}\n", known(point, prepared)));
    }
    if variants.len() > MOST_VARIANTS {
        text.push_str(&format!("  … and {} more\n", variants.len() - MOST_VARIANTS));
    }
    let roundings: Vec<String> = plan.roundings.iter().map(Rounding::to_string).collect();
    if !roundings.is_empty() {
        text.push_str(&format!("  rounded   {}\n", roundings.join("; ")));
    }
    text
}

/// `64 terminals, 8x8 torus, dimension order, uniform 1-flit packets, 5 points, seed 1`; what the sweep varies is counted.
fn contents(plan: &Plan) -> String {
    let spec = &plan.points[0].spec;
    let varied = |kind, noun: &str| {
        let axis = plan.axes.iter().find(|axis| axis.kind == kind)?;
        (axis.values.len() > 1).then(|| count(axis.values.len(), noun))
    };
    let topology = varied(AxisKind::Topology, "topology").map(|text| text.replace("ys", "ies"));
    let fabric = topology.unwrap_or_else(|| {
        let terminals = spec.fabric.topology.terminals() as usize;
        let noun = match plan.preset {
            Some(Preset::CalxedaEcx1000) => "Calxeda ECX-1000 node",
            _ => "terminal",
        };
        format!("{}, {}", count(terminals, noun), spec.fabric.topology)
    });
    let routing =
        varied(AxisKind::Routing, "routing").unwrap_or_else(|| in_words(spec.fabric.routing.name()));
    let traffic = traffic(
        &plan.points[0],
        varied(AxisKind::Pattern, "pattern"),
        varied(AxisKind::PacketFlits, "length"),
    );
    let points = count(plan.points.len(), "point");
    let seed = varied(AxisKind::Seed, "seed").unwrap_or_else(|| format!("seed {}", spec.seed));
    let switch = match spec.fabric.queueing {
        Queueing::VirtualChannels => None,
        queueing => Some(in_words(queueing.name())),
    };
    let parts = [
        Some(fabric),
        switch,
        Some(routing),
        Some(traffic),
        Some(points),
        Some(seed),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// `uniform 1-flit packets`, `uniform 1500 B packets`, for each flow; of several message classes with the class.
fn traffic(point: &Point, patterns: Option<String>, lengths: Option<String>) -> String {
    let flows = point.spec.traffic.iter().enumerate().map(|(i, flow)| {
        let pattern = match &patterns {
            Some(patterns) => format!("{patterns} of"),
            None => in_words(flow.pattern.name()),
        };
        let packets = match &lengths {
            Some(lengths) => format!("{pattern} packets of {lengths}"),
            None => match point.payloads.get(i) {
                Some(payload) => format!("{pattern} {payload} B packets"),
                None => format!("{pattern} {}-flit packets", flow.packet_flits),
            },
        };
        match point.spec.fabric.message_classes {
            1 => packets,
            _ => format!("{packets} in class {}", flow.class),
        }
    });
    let mut flows: Vec<String> = flows.collect();
    flows.dedup();
    flows.join(" + ")
}

/// A name of the format as words: `DimensionOrder` is `dimension order`.
fn in_words(name: &str) -> String {
    let mut words = String::new();
    for (i, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && i > 0 {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// Why the fabrics cannot deadlock, a line each. Where they differ in why, each says whose it is.
pub fn argument(prepared: &Prepared) -> String {
    let arguments = prepared.points.iter().map(|point| match &*point.proof {
        Proof::Proved { argument } => format!("deadlock-free: {argument}\n"),
        Proof::Deadlock { summary, path, .. } => format!("can deadlock: {summary}\n    {path}\n"),
        Proof::NotProved { reason } => format!("not proved free of deadlock: {reason}\n"),
    });
    of_fabrics(&prepared.plan, arguments)
}

/// What is told of the fabric of each point, each text once. Where they differ, each says whose it is.
pub fn of_fabrics(plan: &Plan, told: impl Iterator<Item = String>) -> String {
    let mut different: Vec<(String, Vec<&Point>)> = Vec::new();
    for (point, told) in plan.points.iter().zip(told) {
        match different.iter_mut().find(|(known, _)| *known == told) {
            Some((_, points)) => points.push(point),
            None => different.push((told, vec![point])),
        }
    }
    let several = different.len() > 1;
    let lines = different.iter().take(MOST_VARIANTS).map(|(told, points)| {
        let owner = match several {
            true => format!("{}: ", fabrics(plan, points)),
            false => String::new(),
        };
        format!("  {owner}{told}")
    });
    lines.collect()
}

/// The fabrics of some points of a sweep by what tells them from the fabrics of the others: `Valiant`,
/// `4x4 torus, 2 VCs; 4x4 torus, 4 VCs`.
fn fabrics(plan: &Plan, points: &[&Point]) -> String {
    const OF_FABRICS: [AxisKind; 4] = [
        AxisKind::Routing,
        AxisKind::Topology,
        AxisKind::VirtualChannels,
        AxisKind::BufferFlits,
    ];
    let distinct = |kind, points: &mut dyn Iterator<Item = &Point>| {
        let mut values: Vec<String> = points.map(|point| axes::in_words(kind, point)).collect();
        values.sort_unstable();
        values.dedup();
        values.len()
    };
    // An axis all of whose values are there tells nothing.
    let tells = |kind: &AxisKind| {
        let here = distinct(*kind, &mut points.iter().copied());
        here < distinct(*kind, &mut plan.points.iter())
    };
    let kinds = plan.axes.iter().map(|axis| axis.kind);
    let ignored: Vec<AxisKind> = kinds
        .filter(|kind| !OF_FABRICS.contains(kind) || !tells(kind))
        .collect();
    let mut labels: Vec<String> = Vec::new();
    for point in points {
        let label = axes::label(plan, point, &ignored).join(", ");
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    labels.join("; ")
}

/// What the switch is, in a line, where packets do not wait in virtual channels of its inputs.
pub fn switch(prepared: &Prepared) -> String {
    let text = match prepared.plan.points[0].spec.fabric.queueing {
        Queueing::VirtualChannels => return String::new(),
        Queueing::Fifo => "`Fifo`: one queue at each input, whose head blocks all behind it",
        Queueing::VirtualOutputQueues => "`VirtualOutputQueues`: at each input a queue for every output",
        Queueing::OutputQueues => {
            "`OutputQueues`: inside as much faster than its links as it has ports, so that packets wait at outputs"
        }
    };
    format!("  switch   {text}\n")
}

/// The first point of each fabric and traffic.
fn variants(prepared: &Prepared) -> Vec<usize> {
    let mut variants: Vec<usize> = Vec::new();
    for (number, point) in prepared.points.iter().enumerate() {
        let is_known = |&known: &usize| {
            let known = &prepared.points[known];
            Arc::ptr_eq(&known.proof, &point.proof) && Arc::ptr_eq(&known.analysis, &point.analysis)
        };
        if !variants.iter().any(is_known) {
            variants.push(number);
        }
    }
    variants
}

/// `deadlock-free (dateline, 2 virtual channels)   unloaded 31.0 cycles mean, 55 cycles worst   bound 1 flits/…`.
fn known(point: &Point, prepared: &PreparedPoint) -> String {
    let physical = point.physical.as_ref();
    let analysis = &prepared.analysis;
    let unloaded = format!(
        "unloaded {} mean, {} worst{}",
        units::time(analysis.zero_load_mean, physical),
        units::whole_time(analysis.zero_load_worst, physical),
        if analysis.is_sampled { " of a sample" } else { "" }
    );
    let bound = match analysis.capacity_bound {
        Bound::Rate(rate) => units::bound(rate, physical),
        Bound::NoLinkUsed | Bound::Adaptive => "no bound".to_owned(),
        Bound::NotComputed(why) => format!("bound {why}"),
    };
    format!(
        "{}   {unloaded}   {bound}",
        deadlock(&point.spec.fabric, &prepared.proof)
    )
}

/// Whether a fabric can deadlock, in a few words.
fn deadlock(fabric: &FabricSpec, proof: &Proof) -> String {
    let channels = count(fabric.switch.virtual_channels.into(), "virtual channel");
    match (proof, fabric.dateline) {
        (Proof::Proved { .. }, Some(_)) => format!("deadlock-free (dateline, {channels})"),
        (Proof::Proved { .. }, None) => format!("deadlock-free ({channels})"),
        (Proof::Deadlock { .. }, _) => format!("can deadlock, as allowed ({channels})"),
        (Proof::NotProved { .. }, _) => format!("not proved free of deadlock, as allowed ({channels})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::parse;

    #[test]
    fn names_become_words() {
        assert_eq!(in_words("DimensionOrder"), "dimension order");
        assert_eq!(in_words("Uniform"), "uniform");
    }

    fn prepared(fabric: &str, sweep: &str) -> Prepared {
        let text = format!(
            "Experiment(name: \"x\", fabric: Fabric({fabric}), traffic: [Traffic(pattern: Uniform, load: 0.1)], sweep: [{sweep}])"
        );
        Prepared::new(parse("x.ron", &text).unwrap()).unwrap()
    }

    /// Each argument has the fabrics that it is of in front, by the axes that tell them apart.
    #[test]
    fn arguments_say_whose_they_are() {
        let begins = |sweep: &str| -> Vec<String> {
            let prepared = prepared("topology: Torus(sides: [4, 4]), routing: DimensionOrder", sweep);
            let lines = argument(&prepared);
            lines
                .lines()
                .map(|line| line.split("deadlock").next().unwrap_or_default().to_owned())
                .collect()
        };
        assert_eq!(begins("VirtualChannels([2, 4]), Load([0.1, 0.2])"), ["  "]);
        assert_eq!(
            begins("Routing([DimensionOrder, Valiant]), VirtualChannels([4, 8]), Seed([1, 2])"),
            ["  DimensionOrder: ", "  Valiant: "]
        );
        assert_eq!(
            begins("Topology([Torus(sides: [4, 4]), Mesh(sides: [4, 4]), Mesh(sides: [2, 2])])"),
            ["  4x4 torus: ", "  4x4 mesh: ", "  2x2 mesh: "]
        );
    }

    #[test]
    fn a_switch_that_is_all_queueing_is_told() {
        let of = |queueing: &str| {
            prepared(
                &format!(
                    "topology: Mesh(sides: [1], terminals_per_switch: 4), routing: DimensionOrder, \
                     switch: Switch(queueing: {queueing})"
                ),
                "",
            )
        };
        let fifo = of("Fifo");
        assert!(contents(&fifo.plan).contains(", fifo, dimension order"));
        assert!(switch(&fifo).starts_with("  switch   `Fifo`: one queue at each input"));
        assert!(contents(&of("OutputQueues").plan).contains(", output queues, "));
        assert_eq!(switch(&of("VirtualChannels")), "");
    }

    #[test]
    fn flows_tell_their_message_class() {
        let plan = parse(
            "x.ron",
            "Experiment(name: \"x\", fabric: Fabric(topology: Torus(sides: [8, 8]), routing: DimensionOrder,
             switch: Switch(message_classes: 2)), traffic: [Traffic(pattern: Uniform, class: 0, load: 0.1),
             Traffic(pattern: Uniform, packet: Flits(5), class: 1, load: 0.3)], sweep: [LoadRange(from: 0.1, to: 0.9, steps: 5)])",
        )
        .unwrap();
        assert!(
            contents(&plan).contains("uniform 1-flit packets in class 0 + uniform 5-flit packets in class 1")
        );
        let prepared = Prepared::new(plan).unwrap();
        assert_eq!(
            variants(&prepared).len(),
            1,
            "loads in proportion are no variants"
        );
    }

    #[test]
    fn what_varies_is_counted() {
        let plan = parse(
            "x.ron",
            "Experiment(name: \"x\", fabric: Fabric(topology: Torus(sides: [8, 8]), routing: DimensionOrder),
             traffic: [Traffic(pattern: Uniform, packet: Flits(4), load: 0.1)],
             sweep: [Pattern([Uniform, Tornado]), LoadRange(from: 0.1, to: 0.5, steps: 5), Seed([1, 2, 3])])",
        )
        .unwrap();
        assert_eq!(
            contents(&plan),
            "64 terminals, 8x8 torus, dimension order, 2 patterns of 4-flit packets, 30 points, 3 seeds"
        );
    }
}
