//! What is written is read back the same, as far as the format carries it; what is wrong is told with its place.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::graph::*;

/// Names that have to be quoted somewhere, and one that looks like a keyword.
const NAMES: [&str; 8] = ["a", "(0,1)", "b \"c\"", "d<e>&f", "graph", "é;--", "1", "\\g#"];

/// A port drawn for a link or a terminal: its switch, and how far its number is above the one before.
fn end() -> impl Strategy<Value = (usize, u32)> {
    (0..NAMES.len(), 1_u32..4)
}

fn decimal() -> impl Strategy<Value = f64> {
    prop_oneof![Just(1.0), Just(40.0), 0.001_f64..1e6]
}

fn location() -> impl Strategy<Value = Option<Location>> {
    prop_oneof![
        Just(None),
        (0_u32..9).prop_map(|number| Some(Location::TopOfRack(number))),
        prop::collection::vec(0_u32..9, 1..4).prop_map(|at| Some(Location::Grid(at))),
        (0_u32..9, 0_u32..9).prop_map(|(level, index)| Some(Location::Level { level, index })),
    ]
}

/// Small fabrics of any form: parallel links, parts, ports with gaps, several terminals or none on a switch.
fn graphs() -> impl Strategy<Value = FabricGraph> {
    let links = prop::collection::vec((end(), end(), decimal(), decimal()), 0..12);
    let units = prop_oneof![Just(Units::Abstract), Just(Units::Physical)];
    (
        prop::collection::vec(location(), NAMES.len()),
        links,
        prop::collection::vec(end(), 1..8),
        prop::collection::vec(end(), 0..4),
        units,
    )
        .prop_map(|(locations, links, terminals, uplinks, units)| {
            let mut builder = GraphBuilder::new(units);
            for (name, location) in NAMES.iter().zip(locations) {
                builder.switch(*name, location).unwrap();
            }
            let mut last = [0_u32; NAMES.len()];
            let mut port = |(switch, gap): (usize, u32)| {
                last[switch] += gap;
                End {
                    switch: switch as u32,
                    port: last[switch] - 1,
                }
            };
            for (a, b, latency, rate) in links {
                if a.0 != b.0 {
                    let ends = [port(a), port(b)];
                    builder.link(Link { ends, latency, rate }).unwrap();
                }
            }
            for end in terminals {
                builder.terminal(port(end)).unwrap();
            }
            for end in uplinks {
                builder.uplink(port(end)).unwrap();
            }
            builder.build().unwrap()
        })
}

fn round_trip(format: Format, graph: &FabricGraph) -> FabricGraph {
    let text = format.write(graph).unwrap();
    format
        .read(&text)
        .unwrap_or_else(|mistake| panic!("{mistake:?} in\n{text}"))
}

/// A fabric by the names of its switches, without their locations; those without a port left out.
type ByName = (Vec<(String, u32)>, Vec<(String, u32)>, Vec<String>);

fn by_name(graph: &FabricGraph) -> ByName {
    let name = |end: &End| (graph.switch(end.switch).name.clone(), end.port);
    let links = graph.links().map(|link| {
        let [a, b] = link.ends.each_ref().map(name);
        format!("{a:?} {b:?} {} {}", link.latency, link.rate)
    });
    (
        graph.terminals().iter().map(name).collect(),
        graph.uplinks().iter().map(name).collect(),
        links.collect(),
    )
}

proptest! {
    #[test]
    fn graphml_and_dot_carry_all(graph in graphs()) {
        for format in [Format::GraphMl, Format::Dot] {
            prop_assert_eq!(&round_trip(format, &graph), &graph);
        }
    }

    #[test]
    fn an_edge_list_lacks_but_places(graph in graphs()) {
        let back = round_trip(Format::EdgeList, &graph);
        prop_assert_eq!(by_name(&back), by_name(&graph));
        prop_assert!(graph.links().len() == 0 || back.units() == graph.units());
        prop_assert!(back.switches().all(|switch| switch.location.is_none()));
    }

    /// Whatever is read, nothing panics, and a mistake is somewhere in the text.
    #[test]
    fn broken_files_are_told(graph in graphs(), cut in 0.0_f64..1.0, sign in "[\\[\\]{}<>\"=;,:0-9a-z -]{0,3}") {
        for format in [Format::GraphMl, Format::Dot, Format::EdgeList] {
            let text = format.write(&graph).unwrap();
            let cut = text.floor_char_boundary((cut * text.len() as f64) as usize);
            let rest = text.ceil_char_boundary((cut + 1).min(text.len()));
            let broken = format!("{}{sign}{}", &text[..cut], &text[rest..]);
            if let Err(mistake) = format.read(&broken) {
                prop_assert!(mistake.span.start <= broken.len(), "{mistake:?}");
                prop_assert!(mistake.span.start < mistake.span.end, "{mistake:?}");
                prop_assert!(!mistake.message.is_empty());
            }
        }
    }
}

/// Every family, small.
fn fabrics() -> Vec<FabricGraph> {
    let torus = GridFabric::new(vec![4, 3], vec![true, true], 2).unwrap();
    let families: Vec<Box<dyn Family>> = vec![
        Box::new(torus),
        Box::new(Ring::new(5, 1).unwrap()),
        Box::new(Hypercube::new(3, 1).unwrap()),
        Box::new(CompleteGraph::new(5, 2).unwrap()),
        Box::new(KAryNTree::new(2, 3).unwrap()),
        Box::new(Dragonfly::new(2, 4, 2, None, Arrangement::Absolute).unwrap()),
        Box::new(FlattenedButterfly::new(3, 3).unwrap()),
        Box::new(CardGrid::product(Product::Viridis)),
        Box::new(CalxedaRack::new(2, Product::Viridis, 2).unwrap()),
    ];
    families.iter().map(|family| family.graph().unwrap()).collect()
}

#[test]
fn families_survive_every_format_as_far_as_it_goes() {
    for graph in fabrics() {
        for format in [Format::GraphMl, Format::Dot] {
            assert_eq!(round_trip(format, &graph), graph);
        }
        assert_eq!(by_name(&round_trip(Format::EdgeList, &graph)), by_name(&graph));
        let back = round_trip(Format::AnyNet, &graph);
        let joints = |graph: &FabricGraph| -> BTreeSet<[u32; 2]> {
            let pairs = graph.links().map(|link| link.ends.map(|end| end.switch));
            pairs.map(|[a, b]| [a.min(b), a.max(b)]).collect()
        };
        assert_eq!(joints(&back), joints(&graph));
        let homes =
            |graph: &FabricGraph| -> Vec<u32> { graph.terminals().iter().map(|end| end.switch).collect() };
        assert_eq!(homes(&back), homes(&graph));
        assert!(
            back.links()
                .map(|link| link.latency)
                .eq(back.links().map(|_| graph.links().next().unwrap().latency))
        );
    }
}

/// The links of Calxeda nodes, by (node, link).
fn links_of_nodes(graph: &FabricGraph) -> BTreeMap<End, End> {
    let pairs = graph.links().flat_map(|link| {
        let [a, b] = link.ends;
        [(a, b), (b, a)]
    });
    pairs.collect()
}

#[test]
fn link_maps_survive_as_one_file_and_as_many() {
    let chain = CardChain::new(4).unwrap().graph().unwrap();
    let viridis = CardGrid::product(Product::Viridis).graph().unwrap();
    for graph in [EnergyCard.graph().unwrap(), chain, viridis] {
        let maps = write_link_maps(&graph).unwrap();
        assert_eq!(maps.len(), graph.switch_count() as usize);
        for back in [
            round_trip(Format::LinkMap, &graph),
            read_link_maps(&maps).unwrap(),
        ] {
            assert_eq!(links_of_nodes(&back), links_of_nodes(&graph));
            assert_eq!(back.terminals(), graph.terminals());
            assert_eq!((back.units(), back.uplinks().len()), (Units::Physical, 0));
        }
    }
}

#[test]
fn what_a_format_can_not_have_is_refused() {
    let ring = GridFabric::new(vec![2], vec![true], 1).unwrap().graph().unwrap();
    let refused = Format::AnyNet.write(&ring).unwrap_err();
    assert!(refused.to_string().contains("no parallel links"));
    assert!(Format::LinkMap.write(&ring).is_err());
    let mut builder = GraphBuilder::new(Units::Abstract);
    builder.switch("terminal", None).unwrap();
    assert!(Format::EdgeList.write(&builder.build().unwrap()).is_err());
}

/// The only mistake of a text: its message, and the text that it is at.
fn mistake(format: Format, text: &str) -> (String, String) {
    let mistake = match format.read(text) {
        Ok(graph) => panic!("nothing is wrong with\n{text}\n{graph:?}"),
        Err(mistake) => mistake,
    };
    let place = text.get(mistake.span.clone()).unwrap_or_default().to_owned();
    (mistake.message, place)
}

#[test]
fn mistakes_are_told_with_their_place() {
    use Format::*;
    for (format, text, message, place) in [
        (GraphMl, "", "not XML", ""),
        (GraphMl, "<graphml><graph></graphml>", "not XML", "<"),
        (GraphMl, "<svg/>", "its root is `svg`", "<svg"),
        (GraphMl, "<graphml/>", "there is no `graph`", "<graphml"),
        (
            GraphMl,
            "<graphml><graph edgedefault=\"directed\"/></graphml>",
            "directed",
            "<graph",
        ),
        (
            GraphMl,
            "<graphml><graph><node/></graph></graphml>",
            "has no `id`",
            "<node",
        ),
        (
            GraphMl,
            "<graphml><graph><node id=\"a\"/><edge source=\"a\" target=\"b\"/></graph></graphml>",
            "there is no node `b`",
            "b",
        ),
        (GraphMl, "<graphml><graph/></graphml>", "there is no switch", "<"),
        (
            GraphMl,
            "<graphml><graph/><graph/></graphml>",
            "a second graph",
            "<graph",
        ),
        (
            GraphMl,
            "<graphml><graph><hyperedge/></graph></graphml>",
            "is not read",
            "<hyperedge",
        ),
        (Dot, "", "expected `graph`, found the end", ""),
        (Dot, "digraph { a -> b }", "directed", "digraph"),
        (Dot, "graph { a -- }", "expected a node, found `}`", "}"),
        (Dot, "graph { a -> b }", "expected `--`, found `->`", "->"),
        (Dot, "graph { a -- b", "expected a node, found the end", ""),
        (Dot, "graph { a -- b [latency=x] }", "`latency` is `x`", "x"),
        (Dot, "graph { a -- b [latency=-1] }", "a latency is -1", "a -- b"),
        (
            Dot,
            "graph { a -- b [ports=\"1\"] }",
            "`ports` are those at both ends",
            "\"1\"",
        ),
        (Dot, "graph { a -- a }", "`a` is linked to itself", "a -- a"),
        (
            Dot,
            "graph { a [location=\"moon 1\"] }",
            "this is no location",
            "\"moon 1\"",
        ),
        (
            Dot,
            "graph { subgraph x { a } }",
            "subgraphs are not read",
            "subgraph",
        ),
        (Dot, "graph { \"a }", "the text is never closed", "\""),
        (
            Dot,
            "graph { edge [rate=2]; a -- b }",
            "as the default of every edge is not read",
            "2",
        ),
        (EdgeList, "", "the file is empty", ""),
        (EdgeList, "from,too\n", "unknown column `too`", "too"),
        (EdgeList, "from,to_port\n", "there is no column `to`", "from"),
        (EdgeList, "from,to\na\n", "1 values for 2 columns", "a"),
        (EdgeList, "from,to,from_port\na,b,x\n", "the port is `x`", "x"),
        (
            EdgeList,
            "from,to,latency_ns,rate_flits_per_cycle\n",
            "in one table",
            "rate_flits_per_cycle",
        ),
        (EdgeList, "from,to\n\"a,b\n", "the text is never closed", "\""),
        (
            EdgeList,
            "from,from_port,to,to_port\na,0,b,0\na,0,b,1\n",
            "port 0 of `a` is used twice",
            "a,0,b,1",
        ),
        (AnyNet, "switch 0\n", "found `switch`", "switch"),
        (AnyNet, "router 0 node\n", "`node` without a number", "node"),
        (
            AnyNet,
            "router 0 router x\n",
            "the number of a router is `x`",
            "x",
        ),
        (
            AnyNet,
            "router 0 router 99999999999\n",
            "must be at most 4294967295",
            "99999999999",
        ),
        (AnyNet, "router 0 router 2\n", "router 1 is missing", "router 2"),
        (AnyNet, "node 0 node 1\n", "joined to a node", "node 1"),
        (
            AnyNet,
            "router 0 node 0 router 1\nnode 0 router 1\n",
            "node 0 is at router 0",
            "router 1",
        ),
        (
            AnyNet,
            "router 0 router 1 3\nrouter 1 router 0 4\n",
            "the latency is 4 this way",
            "router 0",
        ),
        (AnyNet, "router 0 router 1 router 1\n", "joined twice", "router 1"),
        (
            LinkMap,
            "Link 1: Node 2\n",
            "a link before the first node",
            "Link 1: Node 2",
        ),
        (
            AnyNet,
            "router 0 node 0 router 1 15\nrouter 1 node 1\n",
            "the latency is 15 from router 0 to router 1, but 1 back",
            "router 1",
        ),
        (
            LinkMap,
            "Node 0\nLink 7: Node 2\n",
            "there is no link 7",
            "Link 7: Node 2",
        ),
        (
            LinkMap,
            "Node 0\nlink 1\n",
            "`link 1` is no line of a link map",
            "link 1",
        ),
        (
            LinkMap,
            "Node 0\nLink 1: Node 2\n",
            "no link map of node 2",
            "Link 1: Node 2",
        ),
        (
            LinkMap,
            "Node 0\nLink 1: Node 2\nNode 2\n",
            "but not node 2 to node 0",
            "Link 1: Node 2",
        ),
    ] {
        let (found, at) = mistake(format, text);
        assert!(found.contains(message), "{found}\n{text}");
        assert_eq!(at, place, "{found}\n{text}");
    }
}

/// Files of other programs.
#[test]
fn foreign_files_are_read() {
    let networkx = r#"<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <key id="d0" for="edge" attr.name="latency" attr.type="long" />
  <graph edgedefault="undirected">
    <node id="0" /><node id="1" /><node id="2" />
    <edge source="0" target="1"><data key="d0">3</data></edge>
    <edge source="1" target="2" />
  </graph>
</graphml>"#;
    let graph = Format::GraphMl.read(networkx).unwrap();
    let latencies: Vec<f64> = graph.links().map(|link| link.latency).collect();
    assert_eq!((latencies, graph.terminals().len()), (vec![3.0, 1.0], 3));

    let petgraph = petgraph::graph::UnGraph::<&str, u32>::from_edges([(0, 1, 5), (1, 2, 6), (0, 1, 7)]);
    let text = format!("{:?}", petgraph::dot::Dot::new(&petgraph));
    let graph = Format::Dot.read(&text).unwrap();
    assert_eq!((graph.switch_count(), graph.links().len()), (3, 3));

    let booksim2 =
        "router 0 node 0 node 1 router 1 15\nrouter 1 node 2 router 0 15 router 2\nrouter 2 node 3\n";
    let graph = Format::AnyNet.read(booksim2).unwrap();
    let ends: Vec<_> = graph.links().map(|link| link.ends.map(|end| end.port)).collect();
    assert_eq!(ends, [[2, 1], [2, 1]], "nodes have the first ports");
    assert_eq!(
        graph.links().map(|link| link.latency).collect::<Vec<_>>(),
        [15.0, 1.0]
    );
}
