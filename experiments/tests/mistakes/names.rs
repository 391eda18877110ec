//! Names that are not, or not yet.

use super::*;

#[test]
fn unknown_fields_and_variants_suggest_the_nearest() {
    check(&[
        Mistake::new(
            fabric("⟦alow_deadlock⟧: true,"),
            "unknown field `alow_deadlock` in `Fabric`",
            "did you mean `allow_deadlock`?",
        ),
        Mistake::new(
            rest("⟦sed⟧: 3,"),
            "unknown field `sed` in `Experiment`",
            "did you mean `seed`?",
        ),
        Mistake::new(
            fabric("switch: Switch(⟦buffer_flit⟧: 4),"),
            "unknown field `buffer_flit` in `Switch`",
            "did you mean `buffer_flits`?",
        ),
        Mistake::new(
            fabric("link: Link(latency: Cycles(2), ⟦colour⟧: 4),"),
            "unknown field `colour` in `Link`",
            "possible: `latency`, `bandwidth`",
        ),
        Mistake::new(
            topology("Torus(sides: [8, 8], ⟦wraps⟧: [true, true])"),
            "unknown field `wraps` in `Torus`",
            "did you mean `wrap`?",
        ),
        Mistake::new(
            rest("sweep: [LoadRange(from: 0.1, ⟦too⟧: 0.2)],"),
            "unknown field `too` in `LoadRange`",
            "did you mean `to`?",
        ),
        Mistake::new(
            topology("⟦Tours⟧(sides: [8, 8])"),
            "unknown topology `Tours`",
            "did you mean `Torus`?",
        ),
        Mistake::new(
            traffic("Traffic(pattern: ⟦uniform⟧, load: 0.1)"),
            "unknown pattern `uniform`",
            "did you mean `Uniform`?",
        ),
        Mistake::new(
            traffic("Traffic(pattern: ⟦Hotspot⟧, load: 0.1)"),
            "unknown pattern `Hotspot`",
            "possible: `Uniform`, `Tornado`",
        ),
        Mistake::new(
            traffic("Traffic(pattern: Uniform, injection: ⟦Bernouli⟧, load: 0.1)"),
            "unknown injection process `Bernouli`",
            "did you mean `Bernoulli`?",
        ),
        Mistake::new(
            rest("sweep: [⟦Laod⟧([0.1])],"),
            "unknown axis `Laod`",
            "did you mean `Load`?",
        ),
        Mistake::new(
            fabric("link: Link(latency: ⟦Cycle⟧(2)),"),
            "unknown unit of time `Cycle`",
            "did you mean `Cycles`?",
        ),
        Mistake::new(
            fabric("preset: ⟦Calxeda⟧,"),
            "unknown preset `Calxeda`",
            "possible: `BookSim`, `CalxedaEcx1000`",
        ),
        Mistake::new(
            physical("cycle: ⟦Cycles⟧(4),", ""),
            "unknown unit of time `Cycles`",
            "possible: `Ns`, `Us`, `Ms`",
        ),
        Mistake::new(
            physical("links: [Links(of: ⟦Dimensions⟧(1))],", ""),
            "unknown class of links `Dimensions`",
            "did you mean `Dimension`?",
        ),
        Mistake::new(
            physical(
                "switch: Switch(ports: [Ports(of: ⟦Between⟧(from: [0, 0], to: [1, 0]))]),",
                "",
            ),
            "unknown class of ports `Between`",
            "possible: `Terminals`, `Dimension`",
        ),
        Mistake::new(
            fabric("switch: ⟦Swich⟧(virtual_channels: 4),"),
            "expected `Switch`, found `Swich`",
            "write `Switch`",
        ),
        Mistake::new(
            "⟦Experimnt⟧(name: \"x\")",
            "expected `Experiment`, found `Experimnt`",
            "write `Experiment`",
        ),
    ]);
}

#[test]
fn names_to_come_are_not_available_yet() {
    let not_yet = |text: String, name: &str, suggestion| {
        let message = format!("`{name}` is not available yet").leak();
        Mistake::new(text, message, suggestion)
    };
    let mut mistakes = vec![not_yet(
        topology("⟦SlimFly⟧(q: 5)"),
        "SlimFly",
        "`fabricsim list topologies`",
    )];
    for routing in ["UgalG", "Ugal"] {
        mistakes.push(not_yet(
            rest(&format!("sweep: [Routing([⟦{routing}⟧])],")),
            routing,
            "`DimensionOrder`",
        ));
    }
    check(&mistakes);
}
