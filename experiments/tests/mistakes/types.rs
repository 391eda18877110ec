//! Values of the wrong type, fields that are missing or given twice.

use super::*;

#[test]
fn wrong_types_show_what_would_do() {
    check(&[
        Mistake::new(
            fabric("switch: Switch(virtual_channels: ⟦\"8\"⟧),"),
            "expected a whole number, found the text \"8\"",
            "for example `virtual_channels: 8`",
        ),
        Mistake::new(
            fabric("switch: Switch(virtual_channels: ⟦4.5⟧, buffer_flits: 2),"),
            "expected a whole number, found `4.5`",
            "for example `virtual_channels: 8`",
        ),
        Mistake::new(
            fabric("switch: Switch(virtual_channels: ⟦many⟧),"),
            "expected a whole number, found `many`",
            "for example `virtual_channels: 8`",
        ),
        Mistake::new(
            fabric("link: Link(latency: Cycles(⟦1.5⟧)),"),
            "expected a whole number, found `1.5`",
            "expected a whole number",
        ),
        Mistake::new(
            fabric("switch: Switch(buffer_flits: ⟦99999999999999999999⟧),"),
            "`99999999999999999999` is out of range",
            "too large",
        ),
        Mistake::new(
            rest("seed: ⟦-1⟧,"),
            "`-1` is out of range",
            "must not be negative",
        ),
        Mistake::new(
            fabric("link: Link(latency: ⟦40⟧),"),
            "`latency` needs a unit",
            "write `Cycles(40)`",
        ),
        Mistake::new(
            fabric("link: Link(bandwidth: ⟦0.5⟧),"),
            "`bandwidth` needs a unit",
            "write `FlitsPerCycle(0.5)`",
        ),
        Mistake::new(
            traffic("Traffic(pattern: Uniform, packet: ⟦4⟧, load: 0.1)"),
            "`packet` needs a unit",
            "write `Flits(4)`",
        ),
        Mistake::new(
            rest("measure: Measure(cycles: ⟦200⟧),"),
            "`cycles` needs a unit",
            "write `Cycles(200)`",
        ),
        Mistake::new(
            fabric("half_way: ⟦\"Random\"⟧,"),
            "expected a half-way rule, found the text \"Random\"",
            "for example `half_way: Random`",
        ),
        Mistake::new(
            fabric("half_way: Random⟦(⟧),"),
            "`Random` takes no fields",
            "write `Random` alone",
        ),
        Mistake::new(
            fabric("allow_deadlock: ⟦yes⟧,"),
            "expected `true` or `false`, found `yes`",
            "for example `allow_deadlock: true`",
        ),
        Mistake::new(
            topology("Torus(sides: ⟦8⟧)"),
            "expected a list in `[ ]`, found `8`",
            "for example `sides: [8, 8]`",
        ),
        Mistake::new(
            topology("⟦Torus⟧"),
            "expected a topology, found `Torus` without `(…)`",
            "for example `topology: Torus(sides: [8, 8])`",
        ),
        Mistake::new(
            fabric("switch: Switch(sw_allocator: ⟦Islip(2)⟧),"),
            "expected an allocator, found `Islip(2)`",
            "`sw_allocator: Islip(iterations: 1)`",
        ),
        Mistake::new(
            fabric("switch: ⟦[4]⟧,"),
            "expected a `Switch`, found a list",
            "for example `switch: Switch(virtual_channels: 8)`",
        ),
        Mistake::new(
            rest("sweep: [Load(⟦0.1⟧)],"),
            "expected a list in `[ ]`, found `0.1`",
            "expected a list in `[ ]`",
        ),
        Mistake::new(
            rest("sweep: [Load([0.1, ⟦\"x\"⟧])],"),
            "expected a number, found the text \"x\"",
            "expected a number",
        ),
        Mistake::new(
            rest("sweep: ⟦Load([0.1])⟧,"),
            "expected a list of axes, found `Load([0.1])`",
            "for example `sweep: [Load([0.1, 0.2])]`",
        ),
        Mistake::new(
            "Experiment(name: ⟦torus⟧)",
            "expected text in quotes, found `torus`",
            "for example `name: \"torus-8x8\"`",
        ),
    ]);
}

/// At the name of the struct that lacks it.
#[test]
fn missing_fields_are_named_with_an_example() {
    check(&[
        Mistake::new(
            "Experiment(\n    name: \"x\",\n    fabric: ⟦Fabric⟧(\n        topology: Torus(sides: [8, 8]),\n    ),\n)",
            "missing field `routing` in `Fabric`",
            "for example `routing: DimensionOrder`",
        ),
        Mistake::new(
            "⟦Experiment⟧(\n    name: \"x\",\n    fabric: Fabric(topology: Torus(sides: [8]), routing: DimensionOrder),\n)",
            "missing field `traffic` in `Experiment`",
            "for example `traffic: [Traffic(pattern: Uniform, load: 0.1)]`",
        ),
        Mistake::new(
            topology("⟦Torus⟧()"),
            "missing field `sides` in `Torus`",
            "for example `sides: [8, 8]`",
        ),
        Mistake::new(
            traffic("Traffic(pattern: Uniform, load: 0.1), ⟦Traffic⟧(pattern: Uniform)"),
            "missing field `load` in `Traffic`",
            "for example `load: 0.1`",
        ),
        Mistake::new(
            traffic("⟦(⟧load: 0.1)"),
            "missing field `pattern` in `Traffic`",
            "for example `pattern: Uniform`",
        ),
        Mistake::new(
            rest("sweep: [⟦LoadRange⟧(from: 0.1, to: 0.2)],"),
            "missing field `steps` in `LoadRange`",
            "for example `steps: 10`",
        ),
        Mistake::new(
            fabric("⟦half_way⟧: ,"),
            "`half_way` has no value",
            "expected a name",
        ),
    ]);
}

#[test]
fn fields_given_twice_show_the_first() {
    check(&[
        Mistake::new(
            fabric("⟦topology⟧: Mesh(sides: [4]),"),
            "field `topology` is given twice in `Fabric`",
            "given on line 5 already",
        ),
        Mistake::new(
            fabric("switch: Switch(buffer_flits: 1,\n ⟦buffer_flits⟧: 2),"),
            "field `buffer_flits` is given twice in `Switch`",
            "given on line 7 already",
        ),
    ]);
}
