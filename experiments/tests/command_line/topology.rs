//! `fabricsim topology`.

use crate::desk::{Desk, small};

/// The JSON of a fabric.
fn json(desk: &Desk, fabric: &str) -> serde_json::Value {
    let said = desk.fabricsim(&["topology", "--json", fabric]).ends(0);
    serde_json::from_str(&said.stdout).unwrap()
}

/// Words of the line that starts with a name.
fn row<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let line = text.lines().find_map(|line| line.trim_start().strip_prefix(name));
    line.unwrap_or_else(|| panic!("no `{name}` in\n{text}"))
        .split_whitespace()
        .collect()
}

#[test]
fn a_family_is_described_counted_and_in_closed_form() {
    let desk = Desk::new();
    let said = desk
        .fabricsim(&["topology", "Torus(sides: [8, 8])"])
        .ends(0)
        .tells("8x8 torus: a grid of switches")
        .tells("source: Dally")
        .tells("cables: 64 along x, 64 along y")
        .tells("along x                 mean 0.05 m, longest 0.05 m, 3.0 m in all")
        .tells("A  16 cards a chassis");
    assert_eq!(row(&said.stdout, "link betweenness")[..3], ["64", "64", "64"]);
    assert_eq!(
        row(&said.stdout, "switch betweenness")[..3],
        ["96.5", "96.5", "96.5"]
    );
    assert_eq!(row(&said.stdout, "shortest ways")[..3], ["1", "15.619", "280"]);
    assert_eq!(row(&said.stdout, "disjoint ways")[..3], ["4", "4", "4"]);
    assert_eq!(row(&said.stdout, "switches")[..2], ["64", "64"]);
    assert_eq!(row(&said.stdout, "diameter, links")[..2], ["8", "8"]);
    assert_eq!(row(&said.stdout, "mean distance, links")[..2], ["4", "4"]);
    assert_eq!(row(&said.stdout, "without self")[..2], ["4.0635", "4.0635"]);
    assert_eq!(row(&said.stdout, "worst hops, switches")[..2], ["9", "9"]);
    assert_eq!(row(&said.stdout, "bisection, links")[..2], ["-", "16"]);
    let small = desk
        .fabricsim(&["topology", "Torus(sides: [4, 4])"])
        .ends(0)
        .stdout;
    assert_eq!(row(&small, "bisection, links")[..2], ["8", "8"]);
}

#[test]
fn json_says_the_same() {
    let desk = Desk::new();
    let dragonfly = json(&desk, "Dragonfly(p: 4, a: 8, h: 4)");
    for (name, expected) in [
        ("switches", 264),
        ("terminals", 1056),
        ("radix", 15),
        ("diameter", 3),
    ] {
        assert_eq!(dragonfly[name]["counted"], expected, "{name}");
        assert_eq!(dragonfly[name]["closed_form"], expected, "{name}");
    }
    assert_eq!(dragonfly["family"], "Dragonfly");
    assert_eq!(dragonfly["cables"][1]["span"], "between groups");
    assert_eq!(dragonfly["cables"][1]["count"], 33 * 32 / 2);
    assert!(dragonfly["cables"][1]["total_m"].as_f64().unwrap() > 528.0);
    assert_eq!(dragonfly["disjoint_ways"]["least"], 11.0);
    assert_eq!(dragonfly["link_betweenness"]["most_at"], "g0s2 - g21s5");
    assert!(dragonfly["shortest_ways"]["reason"].is_null());
    assert!(dragonfly["bisection"]["counted"].is_null());
    let reason = "not counted: all halves of more than 20 switches would have to be tried";
    assert_eq!(dragonfly["bisection"]["reason"], reason);
    let redstone = json(&desk, "Redstone");
    assert_eq!(redstone["terminals"]["counted"], 288);
    assert_eq!(
        (&redstone["uplinks"], &redstone["latency"][0]),
        (&24.into(), &40.0.into())
    );
}

#[test]
fn the_fabrics_of_an_experiment_are_described_with_its_links() {
    let desk = Desk::new();
    let axes = "Topology([Torus(sides: [4, 4]), Mesh(sides: [4, 2])]), Seed([1, 2])";
    desk.file("two.ron", &small("two", axes));
    let said = desk.fabricsim(&["topology", "two.ron", "--json"]).ends(0);
    assert_eq!(said.stdout.lines().count(), 2);
    desk.fabricsim(&["topology", "two.ron"])
        .ends(0)
        .tells("4x4 torus")
        .tells("4x2 mesh");
    desk.fabricsim(&["topology", "two.ron", "--report", "link-map"])
        .ends(2)
        .complains("`--report` takes one fabric, but the experiment sweeps over 2");
    let slow = small("slow", "").replace(
        "routing: DimensionOrder,",
        "routing: DimensionOrder, link: Link(latency: Cycles(3), bandwidth: FlitsPerCycle(0.5)),",
    );
    desk.file("slow.ron", &slow);
    let slow = json(&desk, "slow.ron");
    assert_eq!(
        (&slow["latency"][1], &slow["rate"][0]),
        (&3.0.into(), &0.5.into())
    );
}

#[test]
fn links_of_any_fabric_are_those_of_the_experiment() {
    let desk = Desk::new();
    let links = "routing: ShortestPath, link: Link(latency: Cycles(3)), \
                 links: [Links(of: Joining(from: \"s0\", to: \"s1\"), latency: Cycles(7))],";
    let ring = small("ring", "")
        .replace("Torus(sides: [4, 4])", "Ring(switches: 4)")
        .replace("routing: DimensionOrder,", links);
    desk.file("ring.ron", &ring);
    assert_eq!(json(&desk, "ring.ron")["latency"], serde_json::json!([3.0, 7.0]));
    desk.fabricsim(&["topology", "ring.ron", "--export", "ring.anynet"])
        .ends(0);
    let written = desk.read("ring.anynet");
    assert!(
        written.contains("router 1 7") && written.contains("router 0 7"),
        "from both ends: {written}"
    );
    let physical = small("rack", "")
        .replace("topology:", "preset: CalxedaEcx1000, topology:")
        .replace("load: 0.2", "rate: Gbps(1)")
        .replace("Flits(2)", "Bytes(1500)")
        .replace("switch: Switch(virtual_channels: 2, buffer_flits: 4),", "");
    desk.file("rack.ron", &physical);
    let rack = json(&desk, "rack.ron");
    assert_eq!(
        (&rack["latency"][0], &rack["rate"][0], &rack["rate_unit"]),
        (&40.0.into(), &10.0.into(), &"Gb/s".into())
    );
}

#[test]
fn impossible_fabrics_are_refused_with_the_nearest_possible() {
    let desk = Desk::new();
    for (fabric, reason, nearest) in [
        (
            "Torus(sides: [0, 8])",
            "dimension 0 has side 0; the least is 1",
            "`Torus(sides: [1, 8])`",
        ),
        (
            "Ring(switches: 1)",
            "a ring of 1 is none: it takes at least 3 switches",
            "`Ring(switches: 3)`",
        ),
        (
            "KAryNTree(k: 1, n: 3)",
            "with k = 1 a tree does not branch: k must be at least 2",
            "`KAryNTree(k: 2, n: 3)`",
        ),
        (
            "Dragonfly(p: 2, a: 4, h: 2, groups: 12)",
            "12 groups, but the 8 global ports of a group join it to as many others: at most 9",
            "`Dragonfly(p: 2, a: 4, h: 2, groups: 9)`, `Dragonfly(p: 2, a: 4, h: 3, groups: 12)`",
        ),
        (
            "CardTorus(sides: [6, 6])",
            "cards can't tile a 6x6 torus: one side has to be a multiple of 4, the other even and at least 4",
            "`CardTorus(sides: [4, 6])`, `CardTorus(sides: [6, 4])`",
        ),
        (
            "Torus(sides: [2000, 2000])",
            "4000000 switches; at most 1048576 are possible",
            "`Torus(sides: [1024, 1024])`",
        ),
    ] {
        desk.fabricsim(&["topology", fabric])
            .ends(2)
            .complains(&format!("error: {reason}\n"))
            .complains("╭─[command line:1:")
            .complains(&format!("help: the nearest possible: {nearest}"));
    }
}

#[test]
fn what_is_no_fabric_is_told_with_its_place() {
    let desk = Desk::new();
    for (fabric, message) in [
        ("Toru(sides: [8])", "unknown topology `Toru`"),
        ("Toru(sides: [8])", "did you mean `Torus`?"),
        ("Torus(side: [8])", "unknown field `side` in `Torus`"),
        ("Torus", "expected a fabric, found `Torus` without `(…)`"),
        (
            "Torus(sides: [-1, 8])",
            "`sides[0]` is -1, but must be at least 0",
        ),
        ("Ring(switches: 3) x", "text after the fabric"),
        ("", "no fabric is given"),
        ("nothing.ron", "no such file or folder"),
        ("a/b", "no such file or folder"),
    ] {
        desk.fabricsim(&["topology", fabric]).ends(2).complains(message);
    }
    desk.fabricsim(&["topology"]).ends(2).complains("<FABRIC>");
}

#[test]
fn families_are_listed() {
    let desk = Desk::new();
    let list = desk.fabricsim(&["topology", "--list"]).ends(0).stdout;
    for family in ["Torus", "Ring", "Dragonfly", "HyperX", "Viridis", "CalxedaRack"] {
        assert!(list.contains(&format!("  {family} ")), "{family}");
    }
}

/// From a family to a file and on to another: what is described stays the same.
#[test]
fn fabrics_go_through_files() {
    let desk = Desk::new();
    let fabric = "KAryNTree(k: 2, n: 3)";
    let counted = |fabric: &str| {
        let json = json(&desk, fabric);
        ["switches", "terminals", "links", "diameter", "mean_distance"]
            .map(|name| json[name]["counted"].clone())
    };
    let expected = counted(fabric);
    for file in [
        "tree.graphml",
        "tree.dot",
        "tree.gv",
        "tree.csv",
        "tree.edges",
        "tree.anynet",
    ] {
        desk.fabricsim(&["topology", fabric, "--export", file])
            .ends(0)
            .tells(&format!("exported {file}"));
        assert_eq!(counted(file), expected, "{file}");
    }
    desk.fabricsim(&["topology", "tree.graphml", "--export", "again.graphml"])
        .ends(0);
    assert_eq!(desk.read("again.graphml"), desk.read("tree.graphml"));
    desk.fabricsim(&["topology", fabric, "--json", "--export", "x.anynet"])
        .ends(0)
        .complains(
            "exported x.anynet, without names and places of switches, ports, rates, units and uplinks",
        );
}

#[test]
fn link_maps_are_a_folder_or_a_file() {
    let desk = Desk::new();
    desk.fabricsim(&["topology", "CardChain(cards: 4)", "--export", "maps"])
        .ends(0)
        .tells("exported maps: 16 link maps");
    assert_eq!(
        desk.read("maps/node-0.linkmap"),
        "Link 1: Node 2\nLink 3: Node 1\nLink 4: Node 3\n"
    );
    desk.fabricsim(&["topology", "maps", "--export", "all.linkmap"])
        .ends(0);
    for fabric in ["maps", "all.linkmap"] {
        assert_eq!(json(&desk, fabric)["diameter"]["counted"], 7);
        desk.fabricsim(&["topology", fabric, "--report", "depth-chart", "--node", "0"])
            .ends(0)
            .tells("Node 15: Shortest Distance 4 hops via neighbor 14: other hops/neighbors - 5/12\n");
    }
    desk.fabricsim(&["topology", "EnergyCard", "--export", "maps"])
        .ends(2)
        .complains("`maps`: the folder is not empty");
    desk.file("maps/node-3.linkmap", "Link 3: Node 0\nLink 9: Node 2\n");
    desk.fabricsim(&["topology", "maps"])
        .ends(2)
        .complains("error: there is no link 9\n   ╭─[maps/node-3.linkmap:2:1]\n 2 │ Link 9: Node 2\n")
        .complains("╰── links are 0 to 4");
    desk.file("maps/about.txt", "");
    desk.fabricsim(&["topology", "maps"])
        .ends(2)
        .complains("the name has no number of a node");
}

#[test]
fn broken_files_are_refused_with_line_column_and_suggestion() {
    let desk = Desk::new();
    for (file, text, place, message, suggestion) in [
        (
            "a.dot",
            "graph {\n  a -- b;\n  b -> c;\n}\n",
            "╭─[a.dot:3:5]",
            "expected `--`, found `->`",
            "links are full duplex: write `--`",
        ),
        (
            "a.graphml",
            "<graphml>\n<graph>\n  <node id=\"a\"/>\n  <edge source=\"a\" target=\"b\"/>\n</graph></graphml>",
            "╭─[a.graphml:4:28]",
            "there is no node `b`",
            "",
        ),
        (
            "b.graphml",
            "<graphml>\n  <graph>\n</graphml>",
            "╭─[b.graphml:3:1]",
            "not XML: expected 'graph' tag, not 'graphml'",
            "",
        ),
        (
            "a.csv",
            "from,to,latency_ns\na,b,40\nb,c,fast\n",
            "╭─[a.csv:3:5]",
            "the latency is `fast`, but must be a number",
            "a number, as `2.5`",
        ),
        (
            "a.anynet",
            "router 0 node 0 router 1\nrouter 1 nod 1\n",
            "╭─[a.anynet:2:10]",
            "expected `router` or `node`, found `nod`",
            "expected `router` or `node`",
        ),
        (
            "a.linkmap",
            "Node 0\nLink 1: Node 1\nNode 1\n",
            "╭─[a.linkmap:2:1]",
            "node 0 has a link to node 1, but not node 1 to node 0",
            "a link is told by both of its nodes",
        ),
        (
            "a.txt",
            "",
            "╭─[a.txt]",
            "the ending of its name is of no format",
            "`.graphml`, `.dot`",
        ),
    ] {
        desk.file(file, text);
        desk.fabricsim(&["topology", file])
            .ends(2)
            .complains(place)
            .complains(message)
            .complains(suggestion);
    }
    desk.fabricsim(&["topology", "Torus(sides: [2])", "--export", "a.anynet"])
        .ends(2)
        .complains("`anynet` has no parallel links");
    desk.fabricsim(&["topology", "Torus(sides: [2])", "--export", "a.svg"])
        .ends(2)
        .complains("the ending is of no format: `.graphml`");
    desk.fabricsim(&["topology", "Torus(sides: [2])", "--export", "nowhere/a.dot"])
        .ends(1)
        .complains("`nowhere/a.dot`: ");
}

#[test]
fn fabrics_are_drawn_as_svg_and_png() {
    let desk = Desk::new();
    for (fabric, title, key) in [
        ("Torus(sides: [4, 4])", "4x4 torus", "16 links along x"),
        (
            "KAryNTree(k: 2, n: 3)",
            "2-ary 3-tree",
            "8 links level 1 to level 0",
        ),
        (
            "Dragonfly(p: 1, a: 2, h: 1)",
            "dragonfly p=1 a=2 h=1",
            "3 links between groups",
        ),
        (
            "CardTorus(sides: [4, 4], uplinks: 1)",
            "4x4 torus of Calxeda nodes",
            "a switch with a link out",
        ),
    ] {
        desk.fabricsim(&["topology", fabric, "--draw", "fabric.svg"])
            .ends(0)
            .tells("drawn fabric.svg");
        let svg = desk.read("fabric.svg");
        assert!(
            svg.starts_with("<svg") && svg.contains(title) && svg.contains(key),
            "{fabric}"
        );
    }
    desk.fabricsim(&["topology", "Viridis", "--draw", "fabric.png"])
        .ends(0);
    let png = std::fs::read(desk.path("fabric.png")).unwrap();
    assert!(png.starts_with(b"\x89PNG"));
    desk.file("pair.dot", "graph { a -- b }");
    desk.fabricsim(&["topology", "pair.dot", "--draw", "pair.svg"])
        .ends(0);
    assert!(desk.read("pair.svg").contains("1 link of unknown length"));
    desk.fabricsim(&["topology", "Viridis", "--draw", "fabric.gif"])
        .ends(2)
        .complains("`fabric.gif`: pictures end in `.svg` or `.png`");
    desk.fabricsim(&["topology", "Hypercube(dimensions: 13)", "--draw", "cube.svg"])
        .ends(2)
        .complains("not drawn: 8192 switches and 53248 links can't be told apart");
}

#[test]
fn operators_see_their_reports() {
    let desk = Desk::new();
    let report = |fabric: &str, arguments: &[&str]| {
        let arguments = [&["topology", fabric, "--report"], arguments].concat();
        desk.fabricsim(&arguments)
    };
    assert_eq!(
        report("EnergyCard", &["link-map", "--node", "0"]).ends(0).stdout,
        "Link 1: Node 2\nLink 3: Node 1\nLink 4: Node 3\n"
    );
    assert_eq!(
        report("EnergyCard", &["routing-table", "--node", "1"])
            .ends(0)
            .stdout,
        "Node 0: rt - 0.0.0.3.0\nNode 2: rt - 0.0.0.2.0\nNode 3: rt - 0.0.0.2.0\n"
    );
    report("CardChain(cards: 4)", &["depth-chart", "--node", "0"])
        .ends(0)
        .tells("Node 4: Shortest Distance 2 hops via neighbor 6: other hops/neighbors - 3/7\n");
    assert_eq!(
        report("Viridis", &["uplinks", "--node", "1"]).ends(0).stdout,
        "Node 1: eth0 0, eth1 0, mgmt 0\n"
    );
    assert_eq!(
        report("Viridis", &["uplinks", "--node", "47", "--uplink-mode", "2"])
            .ends(0)
            .stdout,
        "Node 47: eth0 0, eth1 1, mgmt 0\n"
    );
    let all = report("EnergyCard", &["link-map"]).ends(0).stdout;
    assert!(all.starts_with("Node 0\nLink 1: Node 2\n") && all.contains("Node 1\nLink 3: Node 0\n"));
    report("Viridis", &["link-map", "--node", "48"])
        .ends(2)
        .complains("there is no node 48: they are 0 to 47");
    report("EnergyCard", &["uplinks"])
        .ends(2)
        .complains("1 needed in this mode, but the fabric has 0");
    report("Viridis", &["link-map", "--uplink-mode", "1"])
        .ends(2)
        .complains("`--uplink-mode` is of the report `uplinks` alone");
    report("Viridis", &["link-map", "--draw", "x.svg"])
        .ends(2)
        .complains("cannot be used with");
    report("Torus(sides: [4])", &["link-map"])
        .ends(2)
        .complains("`(0)` is no Calxeda node")
        .complains("`Redstone` and `CalxedaRack` have such nodes");
}
