//! Switches that can't be built.

use super::*;

/// A good file of a single switch with 8 terminals but for the fields of its `Switch`.
fn single(fields: &str) -> String {
    fabric(&format!("switch: Switch({fields}),")).replace(
        "Torus(sides: [8, 8])",
        "Mesh(sides: [1], terminals_per_switch: 8)",
    )
}

/// What `queueing` decides is not free.
#[test]
fn fields_that_the_queueing_sets_are_told() {
    check(&[
        Mistake::new(
            fabric("switch: Switch(queueing: ⟦VirtualOutputQueues⟧),"),
            "`VirtualOutputQueues` is for a single switch",
            "`Mesh(sides: [1], terminals_per_switch: 8)`",
        ),
        Mistake::new(
            single("queueing: VirtualOutputQueues").replace(
                "0.1)],",
                "0.1)],\n    sweep: [Topology([Mesh(sides: [1]), ⟦Mesh(sides: [2])⟧])],",
            ),
            "`VirtualOutputQueues` is for a single switch",
            "`Mesh(sides: [1], terminals_per_switch: 8)`",
        ),
        Mistake::new(
            single("queueing: VirtualOutputQueues, ⟦virtual_channels⟧: 8"),
            "`virtual_channels` is not free: `VirtualOutputQueues` has a virtual channel for each terminal",
            "leave it out",
        ),
        Mistake::new(
            single("queueing: Fifo, ⟦virtual_channels⟧: 2"),
            "`virtual_channels` is not free: a `Fifo` is one virtual channel",
            "leave it out",
        ),
        Mistake::new(
            single("queueing: OutputQueues, ⟦internal_speedup⟧: 2"),
            "`internal_speedup` is not free: `OutputQueues` is as much faster inside as the switch has ports",
            "leave it out",
        ),
        Mistake::new(
            single("queueing: Fifo, ⟦message_classes⟧: 2"),
            "message classes have no virtual channels of their own: a `Fifo` is one virtual channel",
            "leave it out",
        ),
        Mistake::new(
            single("queueing: VirtualOutputQueues, ⟦message_classes⟧: 2"),
            "message classes have no virtual channels of their own: `VirtualOutputQueues` has a virtual channel for \
             each terminal",
            "leave it out",
        ),
        Mistake::new(
            single("queueing: Fifo, ⟦ports⟧: [Ports(of: Terminals, buffer_flits: 4)]"),
            "ports can't differ: a `Fifo` is one virtual channel",
            "leave it out",
        ),
        Mistake::new(
            single("queueing: VirtualOutputQueues, ⟦ports⟧: [Ports(of: Terminals, buffer_flits: 4)]"),
            "ports can't differ: `VirtualOutputQueues` has a virtual channel for each terminal",
            "leave it out",
        ),
    ]);
}

/// Allocation in one stage has no others to be slow, and none to be ahead of.
#[test]
fn stages_that_one_allocation_leaves_no_room_for_are_told() {
    check(&[
        Mistake::new(
            fabric("switch: Switch(combined_allocation: true, speculative: ⟦true⟧),"),
            "`speculative` must be `false` with `combined_allocation`",
            "must be `false`",
        ),
        Mistake::new(
            fabric("switch: Switch(combined_allocation: true, vc_alloc_delay: ⟦2⟧),"),
            "`vc_alloc_delay` is 2, but must be 1 with `combined_allocation`",
            "must be 1",
        ),
        Mistake::new(
            fabric("switch: Switch(combined_allocation: true, sw_alloc_delay: ⟦2⟧),"),
            "`sw_alloc_delay` is 2, but must be 1 with `combined_allocation` or `hold_switch_for_packet`",
            "must be 1",
        ),
        Mistake::new(
            fabric("switch: Switch(hold_switch_for_packet: true, sw_alloc_delay: ⟦3⟧),"),
            "`sw_alloc_delay` is 3, but must be 1 with `combined_allocation` or `hold_switch_for_packet`",
            "must be 1",
        ),
        Mistake::new(
            single("queueing: Fifo, vc_alloc_delay: ⟦2⟧"),
            "`vc_alloc_delay` is 2, but must be 1 with `combined_allocation`",
            "`combined_allocation: false` takes it back",
        ),
        Mistake::new(
            physical("switch: Switch(speculative: ⟦true⟧),", ""),
            "`speculative` must be `false` with `combined_allocation`",
            "`combined_allocation: false` takes it back",
        ),
    ]);
}

#[test]
fn what_is_taken_back_is_free() {
    for fields in [
        "queueing: Fifo, combined_allocation: false, vc_alloc_delay: 2",
        "queueing: OutputQueues, virtual_channels: 2, message_classes: 2, ports: [Ports(of: Terminals, buffer_flits: 4)]",
        "queueing: VirtualOutputQueues, combined_allocation: false, speculative: true",
    ] {
        if let Err(refused) = parse("x.ron", &single(fields)) {
            panic!("{refused}");
        }
    }
}
