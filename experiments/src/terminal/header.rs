//! The head of a run: what is simulated, and what is known of it beforehand.

use std::sync::Arc;

use fabricsim_topologies::Proof;

use super::count;
use crate::analysis::Bound;
use crate::axes;
use crate::experiment::{AxisKind, FabricSpec, Plan, Point, Preset, Rounding};
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
        let terminals = spec.fabric.topology.grid().terminals() as usize;
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
    [fabric, routing, traffic, points, seed].join(", ")
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

/// Why the fabrics cannot deadlock, a line each.
pub fn argument(prepared: &Prepared) -> String {
    let mut arguments: Vec<String> = Vec::new();
    for point in &prepared.points {
        let argument = match &*point.proof {
            Proof::Proved { argument } => format!("  deadlock-free: {argument}\n"),
            Proof::Deadlock { summary, path, .. } => format!("  can deadlock: {summary}\n    {path}\n"),
            Proof::NotProved { reason } => format!("  not proved free of deadlock: {reason}\n"),
        };
        if !arguments.contains(&argument) {
            arguments.push(argument);
        }
    }
    arguments.truncate(MOST_VARIANTS);
    arguments.concat()
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
        Bound::NoLinkUsed | Bound::Adaptive | Bound::NotComputed(_) => "no bound".to_owned(),
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
