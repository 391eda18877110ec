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
        .tells("cables: 64 along x, 64 along y");
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
    assert!(dragonfly["bisection"]["counted"].is_null());
    assert_eq!(
        dragonfly["bisection"]["reason"],
        "not counted: the fabric is too large"
    );
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
        ("Toru(sides: [8])", "unknown family of fabrics `Toru`"),
        ("Toru(sides: [8])", "did you mean `Torus`?"),
        ("Torus(side: [8])", "unknown field `side` in `Torus`"),
        ("Torus", "expected a fabric, found `Torus` without `(…)`"),
        ("Torus(sides: [-1, 8])", "must not be negative"),
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
fn families_are_listed_and_those_that_run_told_apart() {
    let desk = Desk::new();
    let list = desk.fabricsim(&["topology", "--list"]).ends(0).stdout;
    let (run, described) = list.split_once("\n\n").unwrap();
    assert!(run.contains("  Torus ") && run.contains("  Mesh ") && !run.contains("  Ring "));
    for family in ["Ring", "Dragonfly", "HyperX", "Viridis", "CalxedaRack"] {
        assert!(described.contains(&format!("  {family} ")), "{family}");
    }
    // An experiment that names one is told where it can be looked at.
    desk.file(
        "x.ron",
        &small("x", "").replace("Torus(sides: [4, 4])", "Ring(switches: 4)"),
    );
    desk.fabricsim(&["check", "x.ron"])
        .ends(2)
        .complains("`Ring` is not available yet")
        .complains("`fabricsim topology` describes more");
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
    report("Torus(sides: [4])", &["link-map"])
        .ends(2)
        .complains("`(0)` is no Calxeda node");
}
