//! The 42 published rows, and what is no Calxeda fabric.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::family::Family;
use super::super::{CompleteGraph, End, FabricGraph, GraphBuilder, Units};
use super::*;

fn report(fabric: &dyn Family, report: Report, node: u32) -> String {
    let nodes = CalxedaNodes::of(&fabric.graph().unwrap()).unwrap();
    nodes.report(report, node).unwrap()
}

/// 12 rows.
#[test]
fn routing_tables_of_a_card_are_the_published_ones() {
    let expected = [
        "\
Node 1: rt - 0.0.0.3.0
Node 2: rt - 0.3.0.0.2
Node 3: rt - 0.2.0.0.3
",
        "\
Node 0: rt - 0.0.0.3.0
Node 2: rt - 0.0.0.2.0
Node 3: rt - 0.0.0.2.0
",
        "\
Node 0: rt - 0.0.0.3.2
Node 1: rt - 0.0.0.2.0
Node 3: rt - 0.0.0.2.3
",
        "\
Node 0: rt - 0.0.0.3.2
Node 1: rt - 0.0.0.2.0
Node 2: rt - 0.0.0.2.3
",
    ];
    for (node, expected) in (0..).zip(expected) {
        assert_eq!(report(&EnergyCard, Report::RoutingTable, node), expected);
    }
}

/// 15 rows.
#[test]
fn the_depth_chart_of_four_cards_is_the_published_one() {
    let expected = "\
Node 1: Shortest Distance 0 hops via neighbor 0: other hops/neighbors -
Node 2: Shortest Distance 0 hops via neighbor 0: other hops/neighbors - 1/3
Node 3: Shortest Distance 0 hops via neighbor 0: other hops/neighbors - 1/2
Node 4: Shortest Distance 2 hops via neighbor 6: other hops/neighbors - 3/7
Node 5: Shortest Distance 3 hops via neighbor 4: other hops/neighbors -
Node 6: Shortest Distance 1 hops via neighbor 2: other hops/neighbors -
Node 7: Shortest Distance 2 hops via neighbor 6: other hops/neighbors - 3/4
Node 8: Shortest Distance 3 hops via neighbor 10: other hops/neighbors - 4/11
Node 9: Shortest Distance 4 hops via neighbor 8: other hops/neighbors -
Node 10: Shortest Distance 2 hops via neighbor 6: other hops/neighbors -
Node 11: Shortest Distance 3 hops via neighbor 10: other hops/neighbors - 4/8
Node 12: Shortest Distance 4 hops via neighbor 14: other hops/neighbors - 5/15
Node 13: Shortest Distance 5 hops via neighbor 12: other hops/neighbors -
Node 14: Shortest Distance 3 hops via neighbor 10: other hops/neighbors -
Node 15: Shortest Distance 4 hops via neighbor 14: other hops/neighbors - 5/12
";
    let chain = CardChain::new(4).unwrap();
    assert_eq!(report(&chain, Report::DepthChart, 0), expected);
}

/// 15 rows.
#[test]
fn the_routing_table_of_four_cards_is_the_published_one() {
    let expected = "\
Node 0: rt - 0.0.0.0.2
Node 1: rt - 0.0.0.0.2
Node 2: rt - 0.0.0.0.2
Node 3: rt - 0.0.0.0.2
Node 4: rt - 0.0.0.0.2
Node 5: rt - 0.0.0.0.2
Node 6: rt - 0.0.0.0.2
Node 7: rt - 0.0.0.0.2
Node 8: rt - 0.0.0.0.2
Node 9: rt - 0.0.0.0.2
Node 10: rt - 0.0.0.0.2
Node 11: rt - 0.0.0.0.2
Node 12: rt - 0.0.0.3.2
Node 13: rt - 0.0.0.2.0
Node 14: rt - 0.0.0.2.3
";
    let chain = CardChain::new(4).unwrap();
    assert_eq!(report(&chain, Report::RoutingTable, 15), expected);
}

#[test]
fn link_maps_and_uplinks_have_their_forms() {
    assert_eq!(
        report(&EnergyCard, Report::LinkMap, 0),
        "Link 1: Node 2\nLink 3: Node 1\nLink 4: Node 3\n"
    );
    let uplinks = |mode| CalxedaNodes::uplink_info(1, mode);
    assert_eq!(uplinks(UplinkMode::Shared), "Node 1: eth0 0, eth1 0, mgmt 0\n");
    assert_eq!(
        uplinks(UplinkMode::ServersApart),
        "Node 1: eth0 1, eth1 1, mgmt 0\n"
    );
    assert_eq!(uplinks(UplinkMode::Eth1Apart), "Node 1: eth0 0, eth1 1, mgmt 0\n");
}

#[test]
fn reports_are_of_calxeda_nodes_alone() {
    let other = CompleteGraph::new(3, 1).unwrap().graph().unwrap();
    assert!(matches!(CalxedaNodes::of(&other), Err(NotCalxeda::Name { .. })));
    let mut builder = GraphBuilder::new(Units::Physical);
    builder.switch("Node 0", None).unwrap();
    builder.switch("Node 1", None).unwrap();
    let ends = [(0, 0), (1, 5)].map(|(switch, port)| End { switch, port });
    builder.link(card::link(ends[0], ends[1])).unwrap();
    let graph = builder.build().unwrap();
    let wrong_port = NotCalxeda::Port {
        name: "Node 1".to_owned(),
        port: 5,
    };
    assert_eq!(CalxedaNodes::of(&graph).unwrap_err(), wrong_port);
}

/// Nodes with links to others at random, five at most.
fn random_nodes() -> impl Strategy<Value = FabricGraph> {
    let pairs = prop::collection::vec((0_u32..9, 0_u32..9), 0..22);
    pairs.prop_map(|pairs| {
        let mut builder = GraphBuilder::new(Units::Physical);
        for node in 0..9 {
            builder.switch(node_name(node), None).unwrap();
        }
        for (a, b) in pairs.into_iter().filter(|(a, b)| a != b) {
            let ends = [a, b].map(|node| builder.free_port(node).unwrap());
            if ends.iter().all(|end| (end.port as usize) < LINKS) {
                builder.link(card::link(ends[0], ends[1])).unwrap();
            }
        }
        builder.build().unwrap()
    })
}

/// Distances from one node where another can't be passed.
fn distances_without(graph: &FabricGraph, from: u32, avoided: u32) -> Vec<Option<u32>> {
    let neighbours = graph.neighbours();
    let mut distances = vec![None; neighbours.len()];
    distances[from as usize] = Some(0);
    for distance in 0..neighbours.len() as u32 {
        for here in 0..neighbours.len() {
            if distances[here] != Some(distance) {
                continue;
            }
            for (_, there) in &neighbours[here] {
                let there = there.switch;
                if there != avoided && distances[there as usize].is_none() {
                    distances[there as usize] = Some(distance + 1);
                }
            }
        }
    }
    distances
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Searches are not made anew for each destination: depth charts have the distances of searches that are.
    #[test]
    fn depth_charts_have_the_distances_of_one_search_a_destination(graph in random_nodes()) {
        let nodes = CalxedaNodes::of(&graph).unwrap();
        for from in 0..9 {
            let chart = nodes.report(Report::DepthChart, from).unwrap();
            let mut lines = chart.lines();
            for to in (0..9).filter(|&to| to != from) {
                let distances = distances_without(&graph, from, to);
                let neighbours: BTreeSet<u32> = graph.neighbours()[to as usize]
                    .iter()
                    .map(|(_, end)| end.switch)
                    .collect();
                let mut ways: Vec<(u32, u32)> = neighbours
                    .into_iter()
                    .filter_map(|last| Some((distances[last as usize]?, last)))
                    .collect();
                ways.sort_unstable();
                let Some((hops, last)) = ways.first() else {
                    continue;
                };
                let others: String = ways[1..].iter().map(|(hops, last)| format!(" {hops}/{last}")).collect();
                let expected = format!(
                    "Node {to}: Shortest Distance {hops} hops via neighbor {last}: other hops/neighbors -{others}"
                );
                prop_assert_eq!(lines.next(), Some(&*expected));
            }
            prop_assert_eq!(lines.next(), None);
        }
    }
}
