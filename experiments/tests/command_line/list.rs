//! `fabricsim list`.

use crate::desk::Desk;

#[test]
fn everything_is_listed_with_help_and_example() {
    let desk = Desk::new();
    let all = desk.fabricsim(&["list"]).ends(0).stdout;
    for text in [
        "Torus ",
        "topology: Mesh(sides: [8, 8])",
        "DimensionOrder ",
        "half_way: Random",
        "Tornado ",
        "Poisson ",
        "Islip(iterations: 1)",
        "sweep: [LoadRange(from: 0.1, to: 0.5, steps: 5)]",
        "sweep: [RateRange(from: Gbps(0.5), to: Gbps(5), steps: 10)]",
        "A  latency: Ns(40)                     hop 200 ns = 160 switch + 40 link: P bound",
    ] {
        assert!(all.contains(text), "{text}");
    }
}

#[test]
fn a_part_is_listed_by_its_name() {
    let desk = Desk::new();
    let patterns = desk.fabricsim(&["list", "patterns"]).ends(0).stdout;
    assert!(patterns.contains("Tornado") && !patterns.contains("Torus "));
    desk.fabricsim(&["list", "colours"])
        .ends(2)
        .complains("[possible values: presets, topologies, routings");
}
