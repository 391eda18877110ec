//! The links of a fabric that is no grid: those of its file, and those that differ.

use std::collections::BTreeMap;

use fabricsim_topologies::graph::{CableKind, FabricGraph, Link, Units as GraphUnits};

use super::checker::Checker;
use super::exceptions::{LinksRule, Misplaced};
use super::file::{Bandwidth, LinkClass, Time};
use super::quantities::{Field, cycles, flit_time};
use super::resolve::LINK_LATENCY;
use super::spec::{LinkExceptions, LinkSpec};
use super::topology::GraphTopology;
use super::units::Units;

/// The links of a graph that differ from `link`.
///
/// # Errors
/// The first rule that names no link.
pub(super) fn place_graph_links(
    rules: &[LinksRule],
    topology: &GraphTopology,
    link: LinkSpec,
) -> Result<LinkExceptions, Misplaced> {
    let graph = &topology.graph;
    let mut differing: BTreeMap<u32, LinkSpec> = BTreeMap::new();
    for (number, rule) in rules.iter().enumerate() {
        let misplaced = |(message, label): (String, String)| Misplaced {
            rule: Some(number),
            message,
            label,
        };
        let meant = meant(&rule.of, graph).map_err(misplaced)?;
        if meant.is_empty() {
            let none = ("no link of the fabric is such".to_owned(), kinds(graph));
            return Err(misplaced(none));
        }
        differing.extend(meant.into_iter().map(|number| (number, rule.link)));
    }
    differing.retain(|_, of| *of != link);
    Ok(LinkExceptions {
        of_graph: differing.into_iter().collect(),
        ..LinkExceptions::default()
    })
}

/// The links of a file as they are there, where they differ from `link`, which the experiment leaves to its default.
pub(super) fn of_file(
    topology: &GraphTopology,
    link: LinkSpec,
    units: Option<&Units>,
    checker: &mut Checker,
) -> LinkExceptions {
    let path = "fabric.topology";
    let mut known: Vec<((f64, f64), LinkSpec)> = Vec::new();
    let mut of_graph = Vec::new();
    for (number, of) in (0..).zip(topology.graph.links()) {
        let written = (of.latency, of.rate);
        let found = known.iter().find(|(other, _)| *other == written);
        let spec = found.map(|&(_, spec)| spec).unwrap_or_else(|| {
            let field = Field {
                path,
                name: "latency",
            };
            let (latency, bandwidth) = quantities(of, topology.graph.units());
            let spec = LinkSpec {
                latency: cycles(latency, units, field, LINK_LATENCY, checker),
                flit_time: flit_time(bandwidth, units, path, checker),
            };
            known.push((written, spec));
            spec
        });
        if spec != link {
            of_graph.push((number, spec));
        }
    }
    LinkExceptions {
        of_graph,
        ..LinkExceptions::default()
    }
}

/// Latencies in cycles are rounded up: the engine has whole ones, of at least one.
fn quantities(link: &Link, units: GraphUnits) -> (Time, Bandwidth) {
    match units {
        GraphUnits::Abstract => (
            Time::Cycles(link.latency.ceil().max(1.0) as i64),
            Bandwidth::FlitsPerCycle(link.rate),
        ),
        GraphUnits::Physical => (Time::Ns(link.latency), Bandwidth::Gbps(link.rate)),
    }
}

/// The numbers of the links that a rule is about.
fn meant(of: &LinkClass, graph: &FabricGraph) -> Result<Vec<u32>, (String, String)> {
    let kind = match of {
        LinkClass::Local => CableKind::Local,
        LinkClass::Global => CableKind::Global,
        &LinkClass::Level(level) => CableKind::Level(u32::try_from(level).unwrap_or(u32::MAX)),
        &LinkClass::Dimension(dimension) => {
            CableKind::Dimension(usize::try_from(dimension).unwrap_or(usize::MAX))
        }
        LinkClass::Joining { from, to } => {
            let (a, b) = (number(from, graph)?, number(to, graph)?);
            return Ok(numbers(graph, |link| {
                let ends = link.ends.map(|end| end.switch);
                ends == [a, b] || ends == [b, a]
            }));
        }
        LinkClass::Between { .. } => {
            return Err((
                "`Between` is of grids, whose switches have coordinates".to_owned(),
                "`Joining(from: \"a\", to: \"b\")` names two switches".to_owned(),
            ));
        }
    };
    Ok(numbers(graph, |link| graph.cable_kind(link) == kind))
}

fn numbers(graph: &FabricGraph, is_meant: impl Fn(&Link) -> bool) -> Vec<u32> {
    let numbered = (0..).zip(graph.links());
    numbered
        .filter(|(_, link)| is_meant(link))
        .map(|(number, _)| number)
        .collect()
}

/// The number of a switch.
fn number(name: &str, graph: &FabricGraph) -> Result<u32, (String, String)> {
    let found = graph.switches().position(|switch| switch.name == name);
    found.map(|number| number as u32).ok_or_else(|| {
        (
            format!("there is no switch `{name}`"),
            format!("the first is `{}`", graph.switch(0).name),
        )
    })
}

/// The kinds of links that a fabric has, in words.
fn kinds(graph: &FabricGraph) -> String {
    let kinds: Vec<String> = graph
        .cables()
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    format!("its links: {}", kinds.join(", "))
}
