//! Routings of graphs in the engine: at full load with little room all packets arrive, and those that avoid queues do so.

#[path = "support/erased.rs"]
mod erased;
mod support;

use std::ops::ControlFlow;
use std::sync::Arc;

use fabricsim_core::{
    Execution, FlitTime, MeasurePlan, Outcome, Packet, Routing, Setup, SwitchConfig, VcReallocation, Verdict,
    Window, simulate,
};
use fabricsim_topologies::graph::{
    Arrangement, CardChain, CardGrid, Dragonfly, DragonflyMinimal, DragonflyUgalL, DragonflyValiant, Family,
    HyperX, HyperXDimensionOrder, Hypercube, KAryNTree, NearestCommonAncestor, Ring, ShortestPath, Spread,
    Up, UpDown, WeightedTables, WiredGraph,
};
use fabricsim_topologies::{Proof, Provable, prove};

use erased::Erased;
use support::Script;

/// Cycles in which terminals send all that they can.
const SENDING: u64 = 2_000;

fn wired(family: &impl Family) -> Arc<WiredGraph> {
    let graph = family.graph().expect("a family wires each port once");
    Arc::new(WiredGraph::new(graph, 1, |_, _| (1, FlitTime::ONE)).expect("a small fabric"))
}

/// Each terminal sends packets of the lengths in turn as fast as it can, the i-th to where `dest` says.
fn sources(terminals: u32, lengths: &[u16], mut dest: impl FnMut(u32) -> u32) -> Vec<Script> {
    let source = |terminal| {
        let (mut script, mut created) = (Script::default(), 0);
        for packet in 0.. {
            let flits = lengths[packet % lengths.len()];
            created += u64::from(flits);
            if created > SENDING {
                return script;
            }
            let dest = dest(terminal);
            let packet = Packet {
                dest,
                flits,
                class: 0,
            };
            script.packets.push((created, packet));
        }
        script
    };
    (0..terminals).map(source).collect()
}

fn run(
    wired: &WiredGraph,
    routing: &impl Routing,
    virtual_channels: u8,
    sources: Vec<Script>,
    window: u64,
) -> Outcome {
    let setup = Setup {
        network: wired.network(),
        switch: SwitchConfig {
            virtual_channels,
            buffer_flits: 4,
            vc_reallocation: VcReallocation::WholePacketFits,
            ..SwitchConfig::default()
        },
        buffers: Vec::new(),
        routing: &Erased::new(routing),
        sources,
        seed: 7,
        execution: Execution::default(),
    };
    let plan = MeasurePlan {
        warmup: 0,
        window: Window::Fixed(window),
        max_cycles: 200_000,
        precision: 0.5,
        is_overloaded: false,
    };
    simulate(setup, &plan, &[], &mut |_| ControlFlow::Continue(())).expect("nobody breaks it off")
}

/// It is proved, and all packets to destinations that look random arrive.
fn flows(wired: &WiredGraph, routing: &(impl Routing + Provable), virtual_channels: u8) {
    let proof = prove(routing);
    assert!(matches!(proof, Proof::Proved { .. }), "{proof:?}");
    let mut state = 1_u64;
    let terminals = wired.terminals();
    let sources = sources(terminals, &[1, 6, 3], |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % u64::from(terminals)) as u32
    });
    let count: usize = sources.iter().map(|script| script.packets.len()).sum();
    // Longer than the sending, so that all packets are waited for.
    let outcome = run(wired, routing, virtual_channels, sources, 20 * SENDING);
    let ended = matches!(outcome.verdict, Verdict::Converged | Verdict::TimeLimit);
    assert!(ended, "{:?}: {}", outcome.verdict, outcome.reason);
    assert_eq!(outcome.packets, count as u64);
}

#[test]
fn any_graph() {
    let fabrics = [
        wired(&Ring::new(9, 1).unwrap()),
        wired(&Hypercube::new(4, 1).unwrap()),
        wired(&CardChain::new(3).unwrap()),
        wired(&KAryNTree::new(2, 4).unwrap()),
        wired(&Dragonfly::new(1, 3, 1, None, Arrangement::Absolute).unwrap()),
    ];
    for fabric in &fabrics {
        for spread in Spread::ALL {
            let vcs = ShortestPath::needs(fabric, Spread::Packet).unwrap();
            flows(
                fabric,
                &ShortestPath::new(Arc::clone(fabric), spread, vcs).unwrap(),
                vcs,
            );
            flows(fabric, &UpDown::new(Arc::clone(fabric), spread, 1).unwrap(), 1);
        }
    }
}

#[test]
fn families() {
    let tree = KAryNTree::new(3, 3).unwrap();
    let fabric = wired(&tree);
    for up in Up::ALL {
        flows(
            &fabric,
            &NearestCommonAncestor::new(Arc::clone(&fabric), &tree, up, 1).unwrap(),
            1,
        );
    }
    let hyperx = HyperX::new(vec![4, 3], Some(vec![1, 2]), 2).unwrap();
    let fabric = wired(&hyperx);
    flows(
        &fabric,
        &HyperXDimensionOrder::new(Arc::clone(&fabric), &hyperx, 1).unwrap(),
        1,
    );
}

#[test]
fn dragonflies() {
    for groups in [None, Some(4)] {
        let dragonfly = Dragonfly::new(2, 4, 2, groups, Arrangement::PalmTree).unwrap();
        let fabric = wired(&dragonfly);
        let graph = || Arc::clone(&fabric);
        flows(
            &fabric,
            &DragonflyMinimal::new(graph(), &dragonfly, 2).unwrap(),
            2,
        );
        flows(
            &fabric,
            &DragonflyValiant::new(graph(), &dragonfly, 3).unwrap(),
            3,
        );
        flows(&fabric, &DragonflyUgalL::new(graph(), &dragonfly, 3).unwrap(), 3);
    }
}

#[test]
fn weighted_tables() {
    for fabric in [
        wired(&CardChain::new(3).unwrap()),
        wired(&CardGrid::torus(&[4, 6], 0).unwrap()),
        wired(&CardGrid::mesh(&[4, 4], 0).unwrap()),
    ] {
        for vcs in [2, 3] {
            flows(
                &fabric,
                &WeightedTables::new(Arc::clone(&fabric), vcs).unwrap(),
                vcs,
            );
        }
    }
}

/// Flits that arrive of a flit a terminal and cycle, all to the next group of a dragonfly.
fn accepted_to_the_next_group(dragonfly: &Dragonfly, fabric: &WiredGraph, routing: &impl Routing) -> f64 {
    let terminals = fabric.terminals();
    let of_group = terminals / dragonfly.groups();
    let sources = sources(terminals, &[1], |terminal| (terminal + of_group) % terminals);
    let outcome = run(fabric, routing, 6, sources, SENDING);
    outcome.accepted as f64 / (SENDING as f64 * f64::from(terminals))
}

/// One link joins two groups: minimally a terminal gets 1 / (a p) of a flit a cycle; Valiant's routing has a bound of
/// 0.4375 here (see Kim et al., ISCA 2008, figure 8). Where the queue of the minimal port is long, UGAL-L does as
/// Valiant's routing; where nobody waits, as the minimal one.
#[test]
fn ugal_goes_round_a_crowded_link() {
    let dragonfly = Dragonfly::new(2, 4, 2, None, Arrangement::PalmTree).unwrap();
    let fabric = wired(&dragonfly);
    let graph = || Arc::clone(&fabric);
    let minimal = DragonflyMinimal::new(graph(), &dragonfly, 6).unwrap();
    let valiant = DragonflyValiant::new(graph(), &dragonfly, 6).unwrap();
    let ugal = DragonflyUgalL::new(graph(), &dragonfly, 6).unwrap();
    let accepted = [
        accepted_to_the_next_group(&dragonfly, &fabric, &minimal),
        accepted_to_the_next_group(&dragonfly, &fabric, &valiant),
        accepted_to_the_next_group(&dragonfly, &fabric, &ugal),
    ];
    let [minimal, valiant, ugal] = accepted;
    assert!(minimal < 0.126, "{accepted:?}");
    assert!(valiant > 0.2 && valiant < 0.4376, "{accepted:?}");
    assert!(ugal > 0.2 && ugal < 0.5, "{accepted:?}");
}
