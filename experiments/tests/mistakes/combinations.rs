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
            "`include_self` has no meaning but for `Uniform`, whose terminals may draw themselves",
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

/// Where the fabric is not what a routing needs.
#[test]
fn needs_of_routings_are_told_at_what_would_meet_them() {
    let routed = |routing: &str, fields: &str| fabric(fields).replace("DimensionOrder", routing);
    check(&[
        Mistake::new(
            routed("Valiant", "switch: Switch(virtual_channels: ⟦3⟧),"),
            "`Valiant` needs 4 virtual channels on the rings of x, but there are 3",
            "`virtual_channels` of `Switch`",
        ),
        Mistake::new(
            routed(
                "Romm",
                "switch: Switch(virtual_channels: ⟦6⟧, message_classes: 2),",
            ),
            "`Romm` needs 4 virtual channels on the rings of x, but there are 3 for each message class",
            "`virtual_channels` of `Switch`",
        ),
        Mistake::new(
            rest("sweep: [Routing([DimensionOrder, ⟦MinimalAdaptive⟧])],").replace(
                "DimensionOrder),",
                "DimensionOrder, switch: Switch(virtual_channels: 2)),",
            ),
            "`MinimalAdaptive` needs 3 virtual channels on the rings of x, but there are 2",
            "`virtual_channels` of `Switch`",
        ),
        Mistake::new(
            rest("sweep: [VirtualChannels([⟦2⟧, 4])],").replace("DimensionOrder", "O1Turn"),
            "`O1Turn` needs 4 virtual channels on the rings of x, but there are 2",
            "`virtual_channels` of `Switch`",
        ),
        Mistake::new(
            routed("⟦O1Turn⟧", "").replace("[8, 8]", "[4, 4, 4]"),
            "`O1Turn` routes two dimensions, but the 4x4x4 torus has 3",
            "`Valiant`",
        ),
        Mistake::new(
            routed("⟦OddEven⟧", ""),
            "`OddEven` routes meshes, but the 8x8 torus has rings, whose cycles have no turn to forbid",
            "`MinimalAdaptive`",
        ),
        Mistake::new(
            routed("MinimalAdaptive", "switch: Switch(vc_reallocation: ⟦NonAtomic⟧),"),
            "`MinimalAdaptive` needs buffers that packets enter one by one: under `NonAtomic` a buffer may hold the \
             end of one packet and the head of the next, which cannot reach its escape before the first has moved",
            "`vc_reallocation: WholePacketFits` or `Atomic`",
        ),
        Mistake::new(
            routed("⟦MinimalAdaptive⟧", "preset: BookSim,"),
            "`MinimalAdaptive` needs buffers that packets enter one by one: under `NonAtomic` a buffer may hold the \
             end of one packet and the head of the next, which cannot reach its escape before the first has moved",
            "`vc_reallocation: WholePacketFits` or `Atomic`",
        ),
        Mistake::new(
            routed("⟦BubbleDimensionOrder⟧", ""),
            "`BubbleDimensionOrder` needs a switching that keeps a packet that stands still in one buffer, but \
             `Wormhole` spreads it over several",
            "CutThrough",
        ),
        Mistake::new(
            routed(
                "AdaptiveBubble",
                "switch: Switch(switching: CutThrough, vc_reallocation: ⟦Atomic⟧),",
            ),
            "`AdaptiveBubble` needs `vc_reallocation: WholePacketFits`: only there a hole beside other packets is \
             room for one more",
            "`vc_reallocation: WholePacketFits`",
        ),
        Mistake::new(
            routed(
                "AdaptiveBubble",
                "switch: Switch(switching: CutThrough, buffer_flits: ⟦7⟧),",
            )
            .replace("load", "packet: Flits(4), load"),
            "`AdaptiveBubble` needs buffers of two packets, 8 flits, but they have 7",
            "leaves room for another",
        ),
        Mistake::new(
            routed("AdaptiveBubble", "switch: Switch(switching: CutThrough),").replace(
                "load: 0.1)",
                "load: 0.1), Traffic(pattern: Uniform, packet: ⟦Flits(2)⟧, load: 0.1)",
            ),
            "`AdaptiveBubble` needs packets of one length, but there are 1 and 2 flits: holes of unlike sizes don't \
             add up to room",
            "the same `packet`",
        ),
        Mistake::new(
            fabric("switch: Switch(virtual_channels: 8, message_classes: ⟦3⟧),"),
            "8 virtual channels can't be divided equally among 3 message classes",
            "all classes together",
        ),
        Mistake::new(
            traffic("Traffic(pattern: Uniform, class: ⟦1⟧, load: 0.1)"),
            "there is no message class 1: `message_classes` is 1, and they are numbered from 0",
            "`Switch(message_classes: 2, …)`",
        ),
        Mistake::new(
            routed("MinimalAdaptive", "⟦dateline⟧: OnEntry,"),
            "`dateline` has no meaning for a routing whose rings have no classes",
            "leave it out",
        ),
        Mistake::new(
            fabric("⟦selection⟧: AnyFree,"),
            "`selection` has no meaning for a routing that is not adaptive",
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
