//! What an operator of a Calxeda fabric sees.

use fabricsim_topologies::graph::{CalxedaNodes, FabricGraph, Report, UplinkMode};

use super::args::ReportKind;

/// Reports of all nodes of larger fabrics take too long, but for link maps and uplinks.
const MOST_NODES: usize = 1024;

/// Where there are such reports.
const CALXEDA_FABRICS: &str = "`EnergyCard`, `CardChain`, `CardTorus`, `CardMesh`, `Viridis`, `Redstone` and `CalxedaRack` \
                               have such nodes, and so have folders of link maps";

/// A report of one node, or of all, each with its name above it.
///
/// # Errors
/// Why there is none, and where there is one.
pub fn report(
    graph: &FabricGraph,
    kind: ReportKind,
    node: Option<u32>,
    uplink_mode: Option<u8>,
) -> Result<String, String> {
    let nodes = CalxedaNodes::of(graph).map_err(|error| format!("{error}\n  help: {CALXEDA_FABRICS}"))?;
    let numbers = match node {
        None => nodes.numbers(),
        Some(node) => {
            let place = nodes.numbers().binary_search(&node);
            let place = place.map_err(|_| no_such_node(&nodes, node))?;
            &nodes.numbers()[place..=place]
        }
    };
    let report = match kind {
        ReportKind::Uplinks => return uplinks(graph, numbers, uplink_mode.unwrap_or(0)),
        _ if uplink_mode.is_some() => {
            return Err("`--uplink-mode` is of the report `uplinks` alone".to_owned());
        }
        ReportKind::LinkMap => Report::LinkMap,
        ReportKind::RoutingTable => Report::RoutingTable,
        ReportKind::DepthChart => Report::DepthChart,
    };
    if numbers.len() > MOST_NODES && report != Report::LinkMap {
        return Err(format!(
            "the report of all {} nodes would take long: say which with `--node N`",
            numbers.len()
        ));
    }
    let texts = numbers.iter().map(|&number| {
        let text = nodes.report(report, number).unwrap_or_default();
        match node {
            Some(_) => text,
            None => format!("Node {number}\n{text}"),
        }
    });
    Ok(texts.collect())
}

fn uplinks(graph: &FabricGraph, numbers: &[u32], mode: u8) -> Result<String, String> {
    let mode = match mode {
        0 => UplinkMode::Shared,
        1 => UplinkMode::ServersApart,
        _ => UplinkMode::Eth1Apart,
    };
    let ways_out = graph.ways_out();
    let needed = if mode == UplinkMode::Shared { 1 } else { 2 };
    if ways_out < needed {
        return Err(format!(
            "uplinks: {needed} needed in this mode, but the fabric has {ways_out}"
        ));
    }
    Ok(numbers
        .iter()
        .map(|&number| CalxedaNodes::uplink_info(number, mode))
        .collect())
}

fn no_such_node(nodes: &CalxedaNodes, node: u32) -> String {
    match nodes.numbers() {
        [first, .., last] => format!("there is no node {node}: they are {first} to {last}"),
        _ => format!("there is no node {node}"),
    }
}
