//! Proofs of routings on fabrics of any graph: the proved never deadlock in the engine, those shown to deadlock do where the
//! packets are sent that were named, and what is saved of asking everywhere changes nothing.

mod sample_routings;
mod support;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use fabricsim_core::{
    Candidates, Execution, FlitTime, MeasurePlan, Outcomes, Packet, Place, PortBuffers, PortRef, Routing,
    Setup, SwitchConfig, VcReallocation, Verdict, Window, simulate,
};
use fabricsim_topologies::graph::{
    Arrangement, CardGrid, Dragonfly, DragonflyMinimal, DragonflyUgalL, DragonflyValiant, End, Family,
    GraphBuilder, GridFabric, HyperX, HyperXDimensionOrder, KAryNTree, Link, NearestCommonAncestor, Ring,
    ShortestPath, Spread, Units, Up, UpDown, WeightedTables, WiredGraph,
};
use fabricsim_topologies::{ChannelDependencyGraph, Proof, Provable, prove_every_route, prove_with_escape};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use sample_routings::{Kind, TestRouting};
use support::Script;

/// Cycles in which terminals send all that they can.
const SENDING: u64 = 3_000;

/// Long enough for all that was sent to arrive.
const LONG: u64 = 100_000;

fn wired(fabric: &impl Family) -> WiredGraph {
    let graph = fabric.graph().expect("a family makes a fabric");
    WiredGraph::new(graph, 1, |_, _| (1, FlitTime::ONE)).expect("an ordinary fabric")
}

/// A connected graph of a few switches with one or two terminals each: a tree, and more links.
fn graphs() -> impl Strategy<Value = WiredGraph> {
    let switches = (3_u32..=9).prop_flat_map(|switches| {
        let node = 0..switches;
        (
            prop::collection::vec(any::<u32>(), switches as usize - 1),
            prop::collection::vec((node.clone(), node), 0..=8),
            prop::collection::vec(1_u32..=2, switches as usize),
        )
    });
    switches.prop_map(|(parents, more, terminals)| {
        let mut builder = GraphBuilder::new(Units::Abstract);
        let mut ports = vec![0; terminals.len()];
        let mut port = |switch: u32| {
            let port = &mut ports[switch as usize];
            *port += 1;
            End { switch, port: *port }
        };
        for switch in 0..terminals.len() {
            builder.switch(format!("s{switch}"), None).expect("names differ");
        }
        let tree = (1_u32..)
            .zip(parents)
            .map(|(switch, parent)| (switch, parent % switch));
        for (a, b) in tree.chain(more).filter(|(a, b)| a != b) {
            let link = Link {
                ends: [port(a), port(b)],
                latency: 1.0,
                rate: 1.0,
            };
            builder.link(link).expect("ports are free");
        }
        for (switch, count) in (0..).zip(terminals) {
            for _ in 0..count {
                builder.terminal(port(switch)).expect("ports are free");
            }
        }
        let graph = builder.build().expect("a fabric");
        WiredGraph::new(graph, 1, |_, _| (1, FlitTime::ONE)).expect("an ordinary fabric")
    })
}

fn prove(wired: &WiredGraph, routing: &TestRouting, vcs: u8) -> Proof {
    match routing.kind.has_escape() {
        true => prove_with_escape(wired, routing, vcs),
        false => prove_every_route(wired, routing, vcs),
    }
}

fn is_proved(proof: &Proof) -> bool {
    matches!(proof, Proof::Proved { .. })
}

/// How a fabric is put under stress.
#[derive(Clone, Copy, Debug)]
struct Stress {
    packet_flits: u16,
    buffer_flits: u16,
    vc_reallocation: VcReallocation,
    seed: u64,
}

impl Stress {
    fn random(seed: u64) -> impl FnMut(u32) -> u32 {
        let mut state = seed | 1;
        move |n| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) % u64::from(n)) as u32
        }
    }

    /// Packets as fast as they can be sent, from each terminal to destinations by `dest`; `None` sends nothing.
    fn sources(self, terminals: u32, mut dest: impl FnMut(u32) -> Option<u32>) -> Vec<Script> {
        let mut script = |source| {
            let mut script = Script::default();
            for created in (0..SENDING).step_by(self.packet_flits.into()) {
                if let Some(dest) = dest(source) {
                    let flits = self.packet_flits;
                    let packet = Packet {
                        dest,
                        flits,
                        class: 0,
                    };
                    script.packets.push((created, packet));
                }
            }
            script
        };
        (0..terminals).map(&mut script).collect()
    }

    fn uniform(self, terminals: u32) -> Vec<Script> {
        let mut draw = Self::random(self.seed);
        self.sources(terminals, move |_| Some(draw(terminals)))
    }

    /// Each terminal sends to one other only.
    fn permutation(self, terminals: u32) -> Vec<Script> {
        let mut draw = Self::random(self.seed);
        let mut dests: Vec<u32> = (0..terminals).collect();
        for left in (1..terminals).rev() {
            dests.swap(left as usize, draw(left + 1) as usize);
        }
        self.sources(terminals, move |source| Some(dests[source as usize]))
    }

    /// The packets of a deadlock only, each again and again.
    fn of_witnesses(self, terminals: u32, pairs: &[(u32, u32)]) -> Vec<Script> {
        let mut draw = Self::random(self.seed);
        self.sources(terminals, move |from| {
            let own: Vec<u32> = pairs
                .iter()
                .filter(|&&(source, _)| source == from)
                .map(|&(_, dest)| dest)
                .collect();
            (!own.is_empty()).then(|| own[draw(own.len() as u32) as usize])
        })
    }

    fn verdict(self, wired: &WiredGraph, routing: &TestRouting, vcs: u8, sources: Vec<Script>) -> Verdict {
        let network = wired.network();
        let buffers = PortBuffers {
            virtual_channels: vcs,
            buffer_flits: self.buffer_flits,
        };
        let setup = Setup {
            network,
            switch: SwitchConfig {
                virtual_channels: vcs,
                buffer_flits: self.buffer_flits,
                vc_reallocation: self.vc_reallocation,
                ..SwitchConfig::default()
            },
            buffers: vec![buffers; usize::from(network.ports())],
            routing,
            sources,
            seed: self.seed,
            execution: Execution::default(),
        };
        let plan = MeasurePlan {
            warmup: 0,
            // Longer than the sending, so that all packets are waited for.
            window: Window::Fixed(10 * SENDING),
            max_cycles: LONG,
            precision: 0.5,
            is_overloaded: false,
        };
        let outcome = simulate(setup, &plan, &[], &mut |_| ControlFlow::Continue(()));
        outcome.expect("nobody breaks it off").verdict
    }

    fn deadlocks(self, wired: &WiredGraph, routing: &TestRouting, vcs: u8, sources: Vec<Script>) -> bool {
        let verdict = self.verdict(wired, routing, vcs, sources);
        matches!(verdict, Verdict::Deadlocked(_))
    }
}

fn stresses() -> impl Strategy<Value = Stress> {
    let reallocation = prop::sample::select(vec![VcReallocation::WholePacketFits, VcReallocation::Atomic]);
    (1_u16..=12, 1_u16..=4, reallocation, any::<u64>()).prop_map(
        |(packet_flits, buffer_flits, vc_reallocation, seed)| Stress {
            packet_flits,
            buffer_flits,
            vc_reallocation,
            seed,
        },
    )
}

/// What was found of the fabrics of a run.
#[derive(Debug, Default)]
struct Tally {
    proved: u32,
    /// Shown to deadlock, of these found to by the packets that were named, and by others.
    shown: u32,
    by_witnesses: u32,
    by_others: u32,
    not_proved: u32,
}

impl Tally {
    fn add(&mut self, wired: &WiredGraph, routing: &TestRouting, vcs: u8, stress: Stress) {
        let terminals = wired.terminals();
        match prove(wired, routing, vcs) {
            Proof::Proved { argument } => {
                self.proved += 1;
                for sources in [stress.uniform(terminals), stress.permutation(terminals)] {
                    let verdict = stress.verdict(wired, routing, vcs, sources);
                    let flows = matches!(verdict, Verdict::Converged | Verdict::TimeLimit);
                    assert!(
                        flows,
                        "{:?} on {wired:?} with {vcs}: {verdict:?}, but {argument}",
                        routing.kind
                    );
                }
            }
            Proof::Deadlock { packets, cycle, .. } => {
                assert_eq!(packets.len(), cycle.len(), "each channel is held");
                self.shown += 1;
                let pairs: Vec<_> = packets
                    .iter()
                    .map(|packet| (packet.source, packet.dest))
                    .collect();
                // Long packets that hold all that they can, from different beginnings.
                let attempts = |attempt: u64| Stress {
                    packet_flits: 24,
                    buffer_flits: 1,
                    seed: stress.seed.wrapping_add(attempt),
                    ..stress
                };
                let mut tries = (0..8).map(attempts);
                if tries.clone().any(|stress| {
                    stress.deadlocks(wired, routing, vcs, stress.of_witnesses(terminals, &pairs))
                }) {
                    self.by_witnesses += 1;
                } else if tries.any(|stress| {
                    stress.deadlocks(wired, routing, vcs, stress.uniform(terminals))
                        || stress.deadlocks(wired, routing, vcs, stress.permutation(terminals))
                }) {
                    self.by_others += 1;
                }
            }
            Proof::NotProved { .. } => self.not_proved += 1,
        }
    }

    /// Of so many random fabrics, always the same.
    fn of(cases: u32) -> Self {
        let mut runner = TestRunner::new_with_rng(
            Config::with_cases(cases),
            TestRng::deterministic_rng(RngAlgorithm::ChaCha),
        );
        let tally = std::cell::RefCell::new(Self::default());
        let kinds = prop::sample::select(Kind::ALL.to_vec());
        let run = runner.run(
            &(graphs(), kinds, 1_u8..=3, stresses()),
            |(wired, kind, vcs, stress)| {
                let routing = TestRouting::new(&wired, kind, vcs);
                tally.borrow_mut().add(&wired, &routing, vcs, stress);
                Ok(())
            },
        );
        run.expect("the proved flow");
        tally.into_inner()
    }
}

#[test]
fn the_proved_flow_and_those_shown_to_deadlock_do() {
    let tally = Tally::of(100);
    assert!(tally.proved > 20, "{tally:?}");
    assert!(tally.by_witnesses > 5, "{tally:?}");
}

/// `cargo test -p fabricsim-topologies --test graph_proofs -- --ignored --nocapture`
#[test]
#[ignore = "some minutes"]
fn how_many_of_those_shown_to_deadlock_are_found_to() {
    println!("{:?}", Tally::of(5_000));
}

#[test]
fn a_ring_shows_its_cycle_with_its_packets() {
    let wired = wired(&Ring::new(5, 1).expect("a ring"));
    let routing = |vcs| TestRouting::new(&wired, Kind::Shortest, vcs);
    let proof = prove_every_route(&wired, &routing(2), 2);
    let Proof::Deadlock {
        summary,
        cycle,
        path,
        packets,
        help,
    } = proof.clone()
    else {
        panic!("{proof:?}");
    };
    assert_eq!(
        summary,
        "packets can wait for each other around 5 channels, no cycle is shorter"
    );
    assert_eq!(cycle.len(), 5);
    assert_eq!(path, "s0 → s1 → s2 → s3 → s4 → s0");
    assert_eq!(
        packets[0].words,
        "a packet from terminal 0 to terminal 2 holds port 0 of s0 to s1, virtual channels 0 to 1 and waits for port 0 of s1 \
         to s2, virtual channels 0 to 1"
    );
    assert_eq!(help, "`allow_deadlock: true` runs it all the same");

    let Proof::Deadlock { help, .. } = proof.broken_by("2 virtual channels by hop break it") else {
        panic!("still a deadlock");
    };
    assert_eq!(
        help,
        "2 virtual channels by hop break it; `allow_deadlock: true` runs it all the same"
    );
}

/// Packets that come back from the escape lead from down to up: the escapes alone have no cycle, with what lies between
/// them they have.
#[test]
fn indirect_dependencies_count() {
    let wired = wired(&Ring::new(6, 1).expect("a ring"));
    let alone = TestRouting::new(&wired, Kind::UpDown, 1);
    assert!(is_proved(&prove_every_route(&wired, &alone, 1)));
    let stays = TestRouting::new(&wired, Kind::EscapeToStay, 2);
    assert!(is_proved(&prove_with_escape(&wired, &stays, 2)));
    let returns = TestRouting::new(&wired, Kind::EscapeAndReturn, 2);
    let Proof::NotProved { reason } = prove_with_escape(&wired, &returns, 2) else {
        panic!("the extended graph has a cycle");
    };
    assert!(reason.contains("direct or indirect"), "{reason}");
}

/// Where a packet stands, but for its destination.
type Stand = (PortRef, u8);

/// Dependencies of escapes, by following each packet on its own and listing all.
fn extended_has_cycle(wired: &WiredGraph, routing: &TestRouting, vcs: u8) -> bool {
    let network = wired.network();
    let mut edges: BTreeSet<(Stand, Stand)> = BTreeSet::new();
    for dest in 0..wired.terminals() {
        let answers = |(at, vc): Stand| {
            let mut escapes = BTreeSet::new();
            let mut hops = BTreeSet::new();
            let mut outcomes = Outcomes::default();
            while let Some((ways, _)) = outcomes.next(|draw| {
                let place = Place {
                    switch: at.switch,
                    in_port: at.port,
                    in_vc: vc,
                };
                let mut ways = Candidates::new();
                routing.route(place, dest, &mut 0, draw, &mut ways);
                ways
            }) {
                for way in ways {
                    let from = PortRef {
                        switch: at.switch,
                        port: way.port,
                    };
                    let Some(link) = network.link(from) else { continue };
                    let into = if way.rank() > 0 { &mut escapes } else { &mut hops };
                    into.extend((way.first_vc..way.first_vc + way.vcs).map(|vc| (link.to, vc)));
                }
            }
            (escapes, hops)
        };
        let injected = network.terminals().iter();
        let mut pending: Vec<Stand> = injected
            .flat_map(|&at| (0..vcs).map(move |vc| (at, vc)))
            .collect();
        let mut known: BTreeSet<Stand> = pending.iter().copied().collect();
        while let Some(held) = pending.pop() {
            let (mut next, mut after) = (BTreeSet::from([held]), BTreeSet::new());
            let mut found = BTreeSet::new();
            while let Some(stand) = next.pop_first() {
                let (escapes, hops) = answers(stand);
                found.extend(escapes.iter().copied());
                for hop in &hops {
                    if after.insert(*hop) {
                        next.insert(*hop);
                    }
                }
                pending.extend(
                    escapes
                        .into_iter()
                        .chain(hops)
                        .filter(|&stand| known.insert(stand)),
                );
            }
            if held.1 == 0 && !network.terminals().contains(&held.0) {
                edges.extend(found.into_iter().map(|wanted| (held, wanted)));
            }
        }
    }
    // What nothing leads to is no part of a cycle.
    loop {
        let targets: BTreeSet<Stand> = edges.iter().map(|&(_, to)| to).collect();
        let before = edges.len();
        edges.retain(|(from, _)| targets.contains(from));
        if edges.len() == before {
            return !edges.is_empty();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn levels_are_found_where_all_dependencies_have_no_cycle(wired in graphs(), returns: bool, vcs in 1_u8..=3) {
        let kind = if returns { Kind::EscapeAndReturn } else { Kind::EscapeToStay };
        let routing = TestRouting::new(&wired, kind, vcs);
        let proof = prove_with_escape(&wired, &routing, vcs);
        prop_assert_eq!(is_proved(&proof), !extended_has_cycle(&wired, &routing, vcs), "{:?}", proof);
    }

    #[test]
    fn what_is_alike_to_a_routing_need_be_asked_once_only(
        wired in graphs(),
        kind in prop::sample::select(Kind::ALL.to_vec()),
        vcs in 1_u8..=3,
    ) {
        let one = TestRouting::new(&wired, kind, vcs);
        let mut all = TestRouting::new(&wired, kind, vcs);
        all.tells = false;
        let by_port = vec![vcs; usize::from(wired.network().ports())];
        let graph = |routing| format!("{:?}", ChannelDependencyGraph::new(wired.network(), routing, &by_port));
        prop_assert_eq!(graph(&one), graph(&all));
        let by_one = prove(&wired, &one, vcs);
        match prove(&wired, &all, vcs) {
            Proof::Proved { argument } => prop_assert_eq!(
                by_one,
                Proof::Proved { argument: argument.replace(" terminals,", " terminals, those of a switch being alike,") }
            ),
            proof => prop_assert_eq!(is_proved(&by_one), is_proved(&proof)),
        }
    }

    #[test]
    fn threads_change_nothing(wired in graphs(), kind in prop::sample::select(Kind::ALL.to_vec()), vcs in 1_u8..=3) {
        let routing = TestRouting::new(&wired, kind, vcs);
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| prove(&wired, &routing, vcs))
        };
        let one = with(1);
        prop_assert_eq!(&one, &with(2));
        prop_assert_eq!(&one, &with(5));
    }
}

/// `cargo test --release -p fabricsim-topologies --test graph_proofs -- --ignored --nocapture large`
#[test]
#[ignore = "prints times"]
fn large_fabrics_are_proved_in_seconds() {
    let torus = wired(&GridFabric::new(vec![64, 64], vec![true, true], 1).expect("a torus"));
    let tree = wired(&KAryNTree::new(16, 3).expect("a tree"));
    let dragonfly = Dragonfly::new(2, 16, 8, None, Arrangement::PalmTree).expect("a dragonfly");
    let dragonfly = wired(&dragonfly);
    let fabrics = [
        ("64x64 torus", &torus, Kind::UpDown, 1),
        ("64x64 torus", &torus, Kind::UpDown, 2),
        ("64x64 torus", &torus, Kind::Shortest, 1),
        ("64x64 torus", &torus, Kind::Adaptive, 1),
        ("64x64 torus", &torus, Kind::EscapeToStay, 2),
        ("64x64 torus", &torus, Kind::EscapeAndReturn, 2),
        ("dragonfly of 4,128 terminals", &dragonfly, Kind::DrawnByHop, 3),
        ("dragonfly of 4,128 terminals", &dragonfly, Kind::EscapeToStay, 2),
        ("16-ary 3-tree", &tree, Kind::DrawnByHop, 1),
        ("16-ary 3-tree", &tree, Kind::UpDown, 1),
    ];
    for (name, wired, kind, vcs) in fabrics {
        let routing = TestRouting::new(wired, kind, vcs);
        timed(&format!("{name}, {kind:?}, {vcs} virtual channels"), || {
            prove(wired, &routing, vcs)
        });
    }
}

/// `cargo test --release -p fabricsim-topologies --test graph_proofs -- --ignored --nocapture routings`
#[test]
#[ignore = "prints times"]
fn the_routings_of_large_fabrics_are_proved_in_seconds() {
    const VCS: u8 = 8;
    let shared = |fabric: &dyn Fn() -> WiredGraph| Arc::new(fabric());
    let torus = shared(&|| wired(&GridFabric::new(vec![64, 64], vec![true, true], 1).expect("a torus")));
    let tree = KAryNTree::new(16, 3).expect("a tree");
    let wired_tree = shared(&|| wired(&tree));
    let hyperx = HyperX::new(vec![16, 16, 16], None, 1).expect("a HyperX");
    let wired_hyperx = shared(&|| wired(&hyperx));
    let dragonfly = Dragonfly::new(2, 16, 8, None, Arrangement::PalmTree).expect("a dragonfly");
    let wired_dragonfly = shared(&|| wired(&dragonfly));
    let cards = shared(&|| wired(&CardGrid::torus(&[64, 64], 0).expect("cards")));

    let up_down = UpDown::new(torus, Spread::Flow, VCS).expect("it is connected");
    timed("64x64 torus, UpDown", || up_down.prove());
    for up in Up::ALL {
        let routing = NearestCommonAncestor::new(Arc::clone(&wired_tree), &tree, up, VCS).expect("its tree");
        timed(&format!("16-ary 3-tree, NearestCommonAncestor {up:?}"), || {
            routing.prove()
        });
    }
    let routing = ShortestPath::new(wired_tree, Spread::Packet, VCS).expect("it is connected");
    timed("16-ary 3-tree, ShortestPath", || routing.prove());
    let routing = HyperXDimensionOrder::new(wired_hyperx, &hyperx, VCS).expect("its HyperX");
    timed("16x16x16 HyperX, DimensionOrder", || routing.prove());
    let of_dragonfly = || Arc::clone(&wired_dragonfly);
    let routing = DragonflyMinimal::new(of_dragonfly(), &dragonfly, VCS).expect("its dragonfly");
    timed("dragonfly of 4,128 terminals, Minimal", || routing.prove());
    let routing = DragonflyValiant::new(of_dragonfly(), &dragonfly, VCS).expect("its dragonfly");
    timed("dragonfly of 4,128 terminals, Valiant", || routing.prove());
    let routing = DragonflyUgalL::new(of_dragonfly(), &dragonfly, VCS).expect("its dragonfly");
    timed("dragonfly of 4,128 terminals, UgalL", || routing.prove());
    let routing = WeightedTables::new(cards, VCS).expect("they are nodes");
    timed("torus of 4,096 Calxeda nodes, WeightedTables", || routing.prove());
}

fn timed(name: &str, prove: impl FnOnce() -> Proof) {
    let start = Instant::now();
    let proof = prove();
    let words = match &proof {
        Proof::Proved { argument } => argument,
        Proof::Deadlock { summary, .. } => summary,
        Proof::NotProved { reason } => reason,
    };
    println!("{name}: {:.2} s, {words}", start.elapsed().as_secs_f64());
}
