//! Values that are right by themselves but impossible, or without meaning, together.

use super::*;

#[test]
fn impossible_combinations_are_told_at_what_would_change_them() {
    check(&[
        Mistake::new(
            fabric("dateline: ⟦OnEntry⟧, switch: Switch(virtual_channels: 1),"),
            "two dateline classes need 2 virtual channels, but there is 1",
            "`virtual_channels: 2` or more",
        ),
        Mistake::new(
            fabric("dateline: OnEntry,").replace("0.1)],", "0.1)],\n    sweep: [VirtualChannels([2, ⟦1⟧])],"),
            "two dateline classes need 2 virtual channels, but there is 1",
            "`virtual_channels: 2` or more",
        ),
        Mistake::new(
            traffic("Traffic(pattern: ⟦Transpose⟧, load: 0.1)"),
            "`Transpose` needs the same sides in both halves of the dimensions, but 4x8 differs; 4x4 would do",
            "not possible on the 4x8 mesh",
        ),
        Mistake::new(
            traffic("Traffic(pattern: ⟦BitReverse⟧, load: 0.1)").replace("[4, 8]", "[6, 6]"),
            "`BitReverse` needs a power of two of terminals, but the fabric has 36; 32 or 64 would do",
            "not possible on the 6x6 mesh",
        ),
        Mistake::new(
            rest("sweep: [Pattern([Uniform, ⟦Shuffle⟧])],").replace("[4, 4]", "[3, 3]"),
            "`Shuffle` needs a power of two of terminals, but the fabric has 9; 8 or 16 would do",
            "not possible on the 3x3 torus",
        ),
        Mistake::new(
            traffic("Traffic(pattern: Transpose, load: 0.1)").replace(
                "0.1)],",
                "0.1)],\n    sweep: [Topology([Torus(sides: [4, 4]), ⟦Torus(sides: [4, 5])⟧])],",
            ),
            "`Transpose` needs the same sides in both halves of the dimensions, but 4x5 differs; 4x4 would do",
            "not possible on the 4x5 torus",
        ),
        Mistake::new(
            traffic("Traffic(pattern: Tornado, ⟦include_self⟧: false, load: 0.1)"),
            "`include_self` has no meaning for a permutation, whose destinations are fixed",
            "leave it out",
        ),
        Mistake::new(
            fabric("⟦half_way⟧: Plus,").replace("Torus", "Mesh"),
            "`half_way` has no meaning in a fabric without rings",
            "leave it out",
        ),
        Mistake::new(
            fabric("⟦dateline⟧: OnEntry,").replace("[8, 8]", "[8, 8], wrap: [false, false]"),
            "`dateline` has no meaning in a fabric without rings",
            "leave it out",
        ),
    ]);
}

#[test]
fn loads_that_add_up_to_more_than_a_terminal_injects() {
    let text = traffic("Traffic(pattern: Uniform, load: 0.75), Traffic(pattern: Tornado, load: 0.5)");
    let refused = refusal(&text);
    assert_eq!(
        refused.diagnostics()[0].message,
        "the loads of `traffic` add up to 1.25, but a terminal injects at most 1 flit a cycle"
    );
    assert_eq!(
        place(&refused.diagnostics()[0]).map(|(line, column, _)| (line, column)),
        Some((4, 14))
    );
}

/// What means something at some point of a sweep may be written.
#[test]
fn a_sweep_may_have_points_without_rings_or_draws() {
    let text = fabric("half_way: Plus,").replace(
        "load: 0.1)],",
        "include_self: false, load: 0.1)],\n sweep: [Topology([Mesh(sides: [4, 4]), Torus(sides: [4, 4])]), \
         Pattern([Tornado, Uniform])],",
    );
    assert_eq!(
        parse("x.ron", &text)
            .map(|plan| plan.points.len())
            .map_err(|e| e.to_string()),
        Ok(4)
    );
}

#[test]
fn independent_mistakes_are_all_told_in_the_order_of_lines() {
    let text = "Experiment(
    name: \"a/b\",
    fabric: Fabric(
        topology: Torus(sides: [8, 0]),
        routing: DimensionOrder,
        switch: Switch(buffer_flits: 0, virtual_channels: 65),
    ),
    traffic: [Traffic(pattern: Uniform, load: 2)],
    measure: Measure(precision: 5),
)";
    let refused = refusal(text);
    let places: Vec<_> = refused.diagnostics().iter().filter_map(place).collect();
    assert_eq!(
        places,
        [
            (2, 11, 5),
            (4, 36, 1),
            (6, 38, 1),
            (6, 59, 2),
            (8, 47, 1),
            (9, 33, 1)
        ],
        "{refused}"
    );
    assert_eq!(refused.to_string().matches("error: ").count(), 6);
}
