//! Values out of range.

use super::*;

#[test]
fn values_out_of_range_show_the_range() {
    check(&[
        Mistake::new(
            fabric("switch: Switch(virtual_channels: ⟦0⟧),"),
            "`virtual_channels` is 0, but must be 1 to 64",
            "1 to 64",
        ),
        Mistake::new(
            fabric("switch: Switch(virtual_channels: ⟦-3⟧),"),
            "`virtual_channels` is -3, but must be 1 to 64",
            "1 to 64",
        ),
        Mistake::new(
            fabric("switch: Switch(buffer_flits: ⟦0⟧),"),
            "`buffer_flits` is 0, but must be 1 to 32767",
            "1 to 32767",
        ),
        Mistake::new(
            fabric("switch: Switch(vc_alloc_delay: ⟦0⟧),"),
            "`vc_alloc_delay` is 0, but must be 1 to 255",
            "1 to 255",
        ),
        Mistake::new(
            fabric("switch: Switch(st_final_delay: ⟦0⟧),"),
            "`st_final_delay` is 0, but must be at least 1 together with `st_prepare_delay`",
            "`st_prepare_delay`",
        ),
        Mistake::new(
            fabric("switch: Switch(internal_speedup: ⟦0⟧),"),
            "`internal_speedup` is 0, but must be 1 to 64",
            "1 to 64",
        ),
        Mistake::new(
            fabric("switch: Switch(sw_allocator: Islip(iterations: ⟦0⟧)),"),
            "`iterations` is 0, but must be 1 to 255",
            "1 to 255",
        ),
        Mistake::new(
            fabric("link: Link(latency: ⟦Cycles(0)⟧),"),
            "`latency` is 0, but must be at least 1",
            "at least 1",
        ),
        Mistake::new(
            fabric("link: Link(bandwidth: ⟦FlitsPerCycle(2)⟧),"),
            "`bandwidth` is 2, but must be above 0 and at most 1 flit a cycle",
            "at most 1",
        ),
        Mistake::new(
            fabric("link: Link(bandwidth: ⟦FlitsPerCycle(0.33333333333)⟧),"),
            "`bandwidth` is 0.33333333333, but must be a decimal of at most 9 places",
            "9 places",
        ),
        Mistake::new(
            traffic("Traffic(pattern: Uniform, load: ⟦0⟧)"),
            "`load` is 0, but must be above 0 and at most 1",
            "above 0",
        ),
        Mistake::new(
            traffic("Traffic(pattern: Uniform, load: ⟦1.5⟧)"),
            "`load` is 1.5, but must be above 0 and at most 1",
            "at most 1",
        ),
        Mistake::new(
            traffic("Traffic(pattern: Uniform, load: ⟦NaN⟧)"),
            "`load` is NaN, but must be above 0 and at most 1",
            "above 0",
        ),
        Mistake::new(
            traffic("Traffic(pattern: Uniform, load: ⟦inf⟧)"),
            "`load` is inf, but must be above 0 and at most 1",
            "at most 1",
        ),
        Mistake::new(
            traffic("Traffic(pattern: Uniform, packet: ⟦Flits(70000)⟧, load: 0.1)"),
            "`packet` is 70000, but must be 1 to 65535",
            "1 to 65535",
        ),
        Mistake::new(
            traffic("").replace("[]", "⟦[]⟧"),
            "`traffic` has no entry",
            "Traffic(pattern",
        ),
        Mistake::new(
            rest("measure: Measure(precision: ⟦0⟧),"),
            "`precision` is 0, but must be above 0 and below 1",
            "above 0",
        ),
        Mistake::new(
            rest("measure: Measure(precision: ⟦1.0⟧),"),
            "`precision` is 1, but must be above 0 and below 1",
            "below 1",
        ),
        Mistake::new(
            rest("measure: Measure(cycles: ⟦Cycles(0)⟧),"),
            "`cycles` is 0, but must be at least 1",
            "at least 1",
        ),
        Mistake::new(
            rest("measure: Measure(warmup: Cycles(10), cycles: Cycles(10), max_cycles: ⟦Cycles(15)⟧),"),
            "the run ends at 15 cycles, before the 20 of warm-up and window are over",
            "needs `max_cycles: Cycles(20)` or more",
        ),
        Mistake::new(
            rest("measure: Measure(warmup: ⟦Cycles(1000000)⟧),"),
            "the run ends at 1000000 cycles, before the 1000001 of warm-up and window are over",
            "needs `max_cycles: Cycles(1000001)` or more",
        ),
    ]);
}

#[test]
fn topologies_out_of_range_show_what_is_possible() {
    let bare = |text: &str, message| {
        let (text, marked) = unmarked(&topology(text));
        let refused = refusal(&text);
        assert_eq!(
            refused.diagnostics().iter().map(place).collect::<Vec<_>>(),
            [Some(marked)]
        );
        assert_eq!(refused.diagnostics()[0].message, message);
    };
    check(&[
        Mistake::new(
            topology("Torus(sides: ⟦[]⟧)"),
            "a grid needs at least one dimension",
            "for example `[8, 8]`",
        ),
        Mistake::new(
            topology("Torus(sides: [8, ⟦0⟧])"),
            "`sides[1]` is 0, but must be at least 1",
            "at least 1",
        ),
        Mistake::new(
            topology("Mesh(sides: [8], terminals_per_switch: ⟦0⟧)"),
            "`terminals_per_switch` is 0, but must be at least 1",
            "at least 1",
        ),
        Mistake::new(
            topology("Torus(sides: [8, 8], wrap: ⟦[true]⟧)"),
            "`wrap` has 1 entries for 2 dimensions",
            "needs 2, one a dimension",
        ),
    ]);
    bare(
        "Torus(sides: ⟦[70000, 70000]⟧)",
        "the grid has more terminals than can be numbered (2^32 - 1)",
    );
    bare(
        "Mesh(sides: [8, 8], terminals_per_switch: ⟦61⟧)",
        "2 dimensions and 61 terminals give a switch 65 ports; at most 64 are possible",
    );
}

#[test]
fn axes_are_checked_item_by_item() {
    check(&[
        Mistake::new(
            rest("sweep: [Load([0.1, ⟦2⟧])],"),
            "`load` is 2, but must be above 0 and at most 1",
            "at most 1",
        ),
        Mistake::new(
            rest("sweep: [⟦Load([])⟧],"),
            "this axis has no value",
            "at least one",
        ),
        Mistake::new(
            rest("sweep: [LoadRange(from: 0.1, to: 0.2, steps: ⟦1⟧)],"),
            "`steps` is 1, but must be at least 2",
            "at least 2",
        ),
        Mistake::new(
            rest("sweep: [LoadRange(from: 0.1, to: ⟦0.1⟧, steps: 3)],"),
            "`from` and `to` are the same",
            "two ends",
        ),
        Mistake::new(
            rest("sweep: [LoadRange(from: ⟦0⟧, to: 0.1, steps: 3)],"),
            "`from` is 0, but must be above 0 and at most 1",
            "above 0",
        ),
        Mistake::new(
            rest("sweep: [VirtualChannels([2, ⟦0⟧])],"),
            "`virtual_channels` is 0, but must be 1 to 64",
            "1 to 64",
        ),
        Mistake::new(
            rest("sweep: [BufferFlits([⟦40000⟧])],"),
            "`buffer_flits` is 40000, but must be 1 to 32767",
            "1 to 32767",
        ),
        Mistake::new(
            rest("sweep: [PacketFlits([1,\n        ⟦0⟧])],"),
            "`packet` is 0, but must be 1 to 65535",
            "1 to 65535",
        ),
        Mistake::new(
            rest("sweep: [Topology([Mesh(sides: [4]), Torus(sides: [4, ⟦-4⟧])])],"),
            "`sides[1]` is -4, but must be at least 1",
            "at least 1",
        ),
        Mistake::new(
            rest("sweep: [Load([0.1]),\n        ⟦LoadRange⟧(from: 0.1, to: 0.2, steps: 2)],"),
            "two axes vary `load`",
            "varied on line 5 already",
        ),
    ]);
}

#[test]
fn a_sweep_has_an_end() {
    let range = "LoadRange(from: 0.1, to: 0.2, steps: 1000)";
    let seeds = format!("Seed({:?})", (0..200).collect::<Vec<_>>());
    let (text, marked) = unmarked(&rest(&format!("⟦sweep⟧: [{range}, {seeds}],")));
    let refused = refusal(&text);
    assert_eq!(place(&refused.diagnostics()[0]), Some(marked));
    assert_eq!(
        refused.diagnostics()[0].message,
        "the sweep has more than 100000 points"
    );
}

#[test]
fn a_name_is_fit_for_a_folder() {
    for (name, message) in [
        ("", "the name is empty"),
        ("a/b", "the name has a slash"),
        ("..", "the name starts with a dot"),
        (" x", "the name has space around it or a control character in it"),
    ] {
        let text = rest("").replace("\"x\"", &format!("⟦\"{name}\"⟧"));
        check(&[Mistake::new(text, message, "names the folder of the results")]);
    }
}
