//! Physical fabrics: Gb/s and ns in all that is said and written.

use crate::desk::{Desk, case};

/// A small fabric with the preset.
fn calxeda(fabric: &str, traffic: &str, sweep: &str) -> String {
    format!(
        "Experiment(
    name: \"c\",
    fabric: Fabric(preset: CalxedaEcx1000, topology: Torus(sides: [4, 4]), routing: DimensionOrder, {fabric}),
    traffic: [Traffic(pattern: Uniform, packet: Bytes(1500), {traffic})],
    sweep: [{sweep}],
    measure: Measure(precision: 0.2),
)"
    )
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_run_speaks_of_gigabits_and_microseconds() {
    let desk = Desk::new();
    let sweep = "RateRange(from: Gbps(1), to: Gbps(8), steps: 2)";
    let slow = "link: Link(bandwidth: Gbps(2.5)),";
    desk.file("c.ron", &calxeda(slow, "rate: Gbps(1)", sweep));
    desk.fabricsim(&["run", "c.ron"])
        .ends(0)
        .tells("c   16 Calxeda ECX-1000 nodes, 4x4 torus, dimension order, uniform 1500 B packets, 2 points, seed 1\n")
        .tells("unloaded 6.30 us mean, 7.00 us worst   bound 4.84 Gb/s a node\n")
        .tells("rounded   packet 1500 B, 1546 B on the wire: 31 flits = 1550 B (+0.26 %)\n")
        .tells("\n   1.00 Gb/s  converged  ")
        .tells("\n   8.00 Gb/s  saturated    accepted ")
        .tells("saturates between 1 and 8 Gb/s a node, 21 to 100 % of the bound\n");
    let column = |name: &str| desk.column("results/c/points.csv", name);
    assert_eq!(column("rate_gbps"), ["1", "8"]);
    assert_eq!(column("offered_gbps"), ["1", "8"]);
    let number = |name: &str, row: usize| column(name)[row].parse::<f64>().unwrap();
    let near = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-9;
    // 31 flits of 40 ns for 12,000 bits.
    assert!(near(
        number("accepted_gbps", 0),
        number("accepted", 0) * 12_000.0 / (31.0 * 40.0)
    ));
    assert!(near(number("offered_wire_gbps", 0), 1546.0 / 1500.0));
    assert!(near(
        number("accepted_wire_gbps", 0),
        number("accepted_gbps", 0) * 1546.0 / 1500.0
    ));
    for (ns, cycles) in [
        ("latency_mean_ns", "latency_mean"),
        ("latency_ci95_ns", "latency_ci95"),
        ("latency_p50_ns", "latency_p50"),
        ("latency_p99_ns", "latency_p99"),
        ("latency_p999_ns", "latency_p999"),
        ("latency_max_ns", "latency_max"),
        ("network_latency_mean_ns", "network_latency_mean"),
    ] {
        assert!(near(number(ns, 0), 40.0 * number(cycles, 0)), "{ns}");
        assert_eq!(column(ns)[1], "", "a saturated point has no latency");
    }
}

#[test]
fn check_gives_both_units_and_the_grades() {
    let desk = Desk::new();
    desk.file("c.ron", &case("calxeda-redstone.ron"));
    desk.fabricsim(&["check", "c.ron"])
        .ends(0)
        .tells("rate: Gbps(1.0)")
        .tells("A  latency: Ns(40)                     hop 200 ns = 160 switch + 40 link: P bound")
        .tells("unloaded 3.10 us mean, 4.80 us worst   bound 4.30 Gb/s a node");
    let checked = json(&desk.fabricsim(&["check", "--json", "c.ron"]).ends(0).stdout);
    let point = &checked["points"][0];
    assert_eq!(point["rate_gbps"], 0.5);
    assert_eq!(point["load"], 0.5 * 31.0 * 40.0 / 12_000.0);
    let (cycles, ns) = (&point["zero_load_latency"], &point["zero_load_latency_ns"]);
    assert!((cycles.as_f64().unwrap() * 40.0 - ns.as_f64().unwrap()).abs() < 1e-6);
    assert_eq!(point["zero_load_worst_ns"], 4800.0);
    assert!((point["capacity_bound_gbps"].as_f64().unwrap() - 4.3).abs() < 0.01);
    assert!(checked["roundings"][0].as_str().unwrap().contains("+0.26 %"));
}

#[test]
fn what_the_file_overrules_is_marked() {
    let desk = Desk::new();
    desk.file("c.ron", &calxeda("link: Link(latency: Ns(80)),", "load: 0.1", ""));
    let said = desk.fabricsim(&["check", "c.ron"]).ends(0).stdout;
    let line = |name: &str| said.lines().find(|line| line.contains(name)).unwrap().to_owned();
    assert!(line("A  latency:").ends_with("(the file says otherwise)"));
    assert!(!line("P  bandwidth:").ends_with("(the file says otherwise)"));
}

/// A result is of cycles and flits: the units that say them do not matter.
#[test]
fn units_are_no_part_of_a_point() {
    let desk = Desk::new();
    let physical = "cycle: Ns(40), flit: Bytes(50), link: Link(latency: Ns(80), bandwidth: Gbps(7.5)),";
    let same = "link: Link(latency: Cycles(2), bandwidth: FlitsPerCycle(0.75)),";
    let text = |fabric: &str, packet: &str| {
        format!(
            "(name: \"u\", fabric: (topology: Torus(sides: [4, 4]), routing: DimensionOrder, {fabric}),
              traffic: [(pattern: Uniform, packet: {packet}, load: 0.1)], measure: (precision: 0.2))"
        )
    };
    desk.file("flits.ron", &text(same, "Flits(4)"))
        .file("bytes.ron", &text(physical, "Bytes(200)"));
    desk.fabricsim(&["run", "flits.ron"]).ends(0);
    desk.fabricsim(&["run", "bytes.ron"])
        .ends(0)
        .tells("1 of 1 points are there from an earlier run");
    assert_eq!(desk.column("results/u/points.csv", "latency_mean_ns").len(), 1);
}

#[test]
fn unlike_links_show_in_links_and_bounds() {
    let desk = Desk::new();
    let slow = "links: [Links(of: Between(from: [0, 0], to: [1, 0]), bandwidth: Gbps(1))],";
    desk.file("c.ron", &calxeda(slow, "rate: Gbps(0.5)", ""));
    let point = json(&desk.fabricsim(&["check", "--json", "c.ron"]).ends(0).stdout)["points"][0].clone();
    // Loads of 1/2 on every link, a tenth of a flit a cycle on one.
    assert!((point["channel_bound"].as_f64().unwrap() - 0.2).abs() < 1e-9);
    desk.fabricsim(&["run", "c.ron"]).ends(0);
    let (flits, utilisation) = (
        desk.column("results/c/links.csv", "flits"),
        desk.column("results/c/links.csv", "utilisation"),
    );
    let share = |row: usize| utilisation[row].parse::<f64>().unwrap() / flits[row].parse::<f64>().unwrap();
    // Link 0 leads from (0,0) to (1,0).
    assert!((share(0) / share(2) - 10.0).abs() < 1e-9);
}

#[test]
fn ports_of_their_own_run() {
    let desk = Desk::new();
    let ports = "switch: Switch(ports: [Ports(of: Terminals, virtual_channels: 3, buffer_flits: 40), Ports(of: Dimension(1), virtual_channels: 4)]),";
    desk.file("c.ron", &calxeda(ports, "rate: Gbps(2)", ""));
    desk.fabricsim(&["run", "c.ron"]).ends(0).tells("converged");
}
