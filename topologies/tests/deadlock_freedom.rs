//! Fabrics at full load, with little room: packets never wait for each other in a cycle, all arrive, and those of minimal
//! routings cross as few links as can be.

#[path = "support/erased.rs"]
mod erased;
mod support;

use std::ops::ControlFlow;

use fabricsim_core::{
    Execution, FlitTime, MeasurePlan, Outcome, Packet, PortBuffers, Routing, Selection, Setup, SwitchConfig,
    Switching, VcReallocation, Verdict, Window, simulate,
};
use fabricsim_topologies::{
    AdaptiveBubble, BubbleDimensionOrder, Dateline, DimensionOrder, Grid, GridChannels, HalfWay,
    MessageClasses, MinimalAdaptive, O1Turn, OddEven, Proof, Provable, Romm, TurnModel, Turns, Valiant,
    prove,
};
use proptest::prelude::*;

use erased::Erased;
use support::Script;

/// Cycles in which terminals send all that they can.
const SENDING: u64 = 1_500;

/// Long enough for all that was sent to arrive.
const LONG: u64 = 200_000;

/// A small fabric, and what is sent over it.
#[derive(Clone, Debug)]
struct Setting {
    grid: Grid,
    switch: SwitchConfig,
    /// Flits of each packet in turn.
    lengths: Vec<u16>,
    half_way: HalfWay,
    dateline: Dateline,
    selection: Selection,
    /// Virtual channels of each dimension above what the routing needs.
    more: Vec<u8>,
    seed: u64,
}

impl Setting {
    /// What a routing needs at least, and more.
    fn channels(&self, needed: fabricsim_topologies::ChannelNeeds) -> GridChannels {
        let of = |(dimension, more): (usize, &u8)| needed.of(&self.grid, dimension) + more;
        GridChannels {
            by_dimension: self.more.iter().enumerate().map(of).collect(),
            terminals: 1 + self.more[0],
        }
    }

    /// Each terminal sends as fast as it can, to destinations that look random; packets are of the classes in turn.
    fn sources(&self, classes: u8) -> Vec<Script> {
        let terminals = self.grid.terminals();
        let mut state = self.seed | 1;
        let mut draw = |n: u32| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) % u64::from(n)) as u32
        };
        let source = |_| {
            let (mut script, mut created) = (Script::default(), 0);
            for packet in 0.. {
                let flits = self.lengths[packet % self.lengths.len()];
                created += u64::from(flits);
                if created > SENDING {
                    return script;
                }
                let class = draw(classes.into()) as u8;
                let dest = draw(terminals);
                script.packets.push((created, Packet { dest, flits, class }));
            }
            script
        };
        (0..terminals).map(source).collect()
    }

    fn run(&self, routing: &impl Routing, channels: &GridChannels, sources: Vec<Script>) -> Outcome {
        self.run_erased(&Erased::new(routing), channels, sources)
    }

    fn run_erased(&self, routing: &Erased, channels: &GridChannels, sources: Vec<Script>) -> Outcome {
        let network = self.grid.network(1, FlitTime::ONE).expect("an ordinary fabric");
        let buffers = channels
            .by_port(&self.grid)
            .into_iter()
            .map(|virtual_channels| PortBuffers {
                virtual_channels,
                buffer_flits: self.switch.buffer_flits,
            });
        let setup = Setup {
            network: &network,
            switch: SwitchConfig {
                virtual_channels: channels.most(),
                ..self.switch
            },
            buffers: buffers.collect(),
            routing,
            sources,
            seed: self.seed,
            execution: Execution::default(),
        };
        let plan = MeasurePlan {
            warmup: 0,
            // Longer than the sending, so that the backlog does not grow at its end and all packets are waited for.
            window: Window::Fixed(20 * SENDING),
            max_cycles: LONG,
            precision: 0.5,
            is_overloaded: false,
        };
        let outcome = simulate(setup, &plan, &[], &mut |_| ControlFlow::Continue(()));
        outcome.expect("nobody breaks it off")
    }

    /// All packets arrive, of a minimal routing by a shortest way.
    fn flows(
        &self,
        routing: &(impl Routing + Provable),
        channels: &GridChannels,
        is_minimal: bool,
    ) -> Result<(), TestCaseError> {
        let proof = prove(routing);
        prop_assert!(matches!(proof, Proof::Proved { .. }), "{proof:?}");
        let sources = self.sources(1);
        let packets = || {
            let numbered = sources.iter().enumerate();
            numbered
                .flat_map(|(source, script)| script.packets.iter().map(move |(_, p)| (source as u32, p.dest)))
        };
        let distance = |(source, dest): (u32, u32)| {
            let home = |terminal| self.grid.home(terminal).switch;
            self.grid.distance(home(source), home(dest))
        };
        let (count, hops) = packets().fold((0_u64, 0_u64), |(count, hops), pair| {
            (count + 1, hops + u64::from(distance(pair)) + 1)
        });
        let outcome = self.run(routing, channels, sources.clone());
        let ended = matches!(outcome.verdict, Verdict::Converged | Verdict::TimeLimit);
        prop_assert!(ended, "{:?}: {}", outcome.verdict, outcome.reason);
        prop_assert_eq!(outcome.packets, count);
        let found = outcome.latency.map_or(0.0, |latency| latency.hops_mean) * count as f64;
        let excess = found - hops as f64;
        prop_assert!(
            excess > -1e-6 && (!is_minimal || excess < 1e-6),
            "{excess} hops too many"
        );
        Ok(())
    }
}

fn grids() -> impl Strategy<Value = Grid> {
    let dimension = (1_u32..=5, any::<bool>());
    (prop::collection::vec(dimension, 1..=3), 1_u32..=2).prop_filter_map(
        "small",
        |(dimensions, terminals)| {
            let (sides, wrap): (Vec<u32>, Vec<bool>) = dimensions.into_iter().unzip();
            let small = (4..=25).contains(&sides.iter().product::<u32>());
            small.then(|| Grid::new(sides, wrap, terminals).ok()).flatten()
        },
    )
}

fn settings() -> impl Strategy<Value = Setting> {
    let rules = (
        prop::sample::select(HalfWay::ALL.to_vec()),
        prop::sample::select(Dateline::ALL.to_vec()),
        prop::sample::select(vec![Selection::MostCredits, Selection::AnyFree]),
        prop::sample::select(vec![
            VcReallocation::NonAtomic,
            VcReallocation::WholePacketFits,
            VcReallocation::Atomic,
        ]),
    );
    let packets = (prop::collection::vec(1_u16..=6, 1..=3), 1_u16..=6);
    (
        grids(),
        rules,
        packets,
        prop::collection::vec(0_u8..=2, 3),
        any::<u64>(),
    )
        .prop_map(
            |(
                grid,
                (half_way, dateline, selection, vc_reallocation),
                (lengths, buffer_flits),
                more,
                seed,
            )| Setting {
                switch: SwitchConfig {
                    buffer_flits,
                    vc_reallocation,
                    ..SwitchConfig::default()
                },
                more: more[..grid.dimensions()].to_vec(),
                grid,
                lengths,
                half_way,
                dateline,
                selection,
                seed,
            },
        )
}

/// Settings for bubbles: packets of one length, two to a buffer.
fn with_bubbles() -> impl Strategy<Value = Setting> {
    let switching = prop::sample::select(vec![Switching::CutThrough, Switching::StoreAndForward]);
    (settings(), switching, 0_u16..=3).prop_map(|(setting, switching, more)| {
        let length = setting.lengths[0];
        Setting {
            switch: SwitchConfig {
                switching,
                buffer_flits: 2 * length + more,
                vc_reallocation: VcReallocation::WholePacketFits,
                ..setting.switch
            },
            lengths: vec![length],
            ..setting
        }
    })
}

fn is_mesh(grid: &Grid) -> bool {
    (0..grid.dimensions()).all(|dimension| !grid.is_ring(dimension))
}

/// A setting whose grid is a mesh.
fn on_a_mesh(setting: Setting) -> Setting {
    let (sides, terminals) = (setting.grid.sides().to_vec(), setting.grid.concentration());
    let grid = Grid::mesh(sides, terminals).expect("a grid without its rings is a grid");
    debug_assert!(is_mesh(&grid));
    Setting { grid, ..setting }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn oblivious_routings(setting in settings()) {
        let Setting { grid, half_way, dateline, .. } = &setting;
        let (half_way, dateline) = (*half_way, *dateline);
        let channels = setting.channels(Valiant::NEEDS);
        setting.flows(&Valiant::new(grid, &channels, dateline, half_way), &channels, false)?;
        setting.flows(&Romm::new(grid, &channels, dateline, half_way), &channels, true)?;
        if grid.dimensions() == 2 {
            setting.flows(&O1Turn::new(grid, &channels, dateline, half_way), &channels, true)?;
        }
        let two = setting.channels(fabricsim_topologies::ChannelNeeds { ring: 2, line: 1 });
        setting.flows(&DimensionOrder::new(grid, &two, Some(dateline), half_way), &two, true)?;
    }

    #[test]
    fn adaptive_with_an_escape(setting in settings()) {
        let mut setting = setting;
        if setting.switch.vc_reallocation == VcReallocation::NonAtomic {
            setting.switch.vc_reallocation = VcReallocation::WholePacketFits;
        }
        let channels = setting.channels(MinimalAdaptive::NEEDS);
        let routing = MinimalAdaptive::new(&setting.grid, &channels, setting.half_way, setting.selection);
        setting.flows(&routing, &channels, true)?;
    }

    #[test]
    fn bubbles(setting in with_bubbles()) {
        let channels = setting.channels(BubbleDimensionOrder::NEEDS);
        let routing = BubbleDimensionOrder::new(&setting.grid, &channels, setting.half_way);
        setting.flows(&routing, &channels, true)?;
        let channels = setting.channels(AdaptiveBubble::NEEDS);
        let routing = AdaptiveBubble::new(&setting.grid, &channels, setting.half_way, setting.selection);
        setting.flows(&routing, &channels, true)?;
    }

    #[test]
    fn turn_models(setting in settings().prop_map(on_a_mesh)) {
        let Setting { grid, selection, .. } = &setting;
        let channels = setting.channels(fabricsim_topologies::ChannelNeeds { ring: 1, line: 1 });
        for turns in Turns::ALL {
            if grid.dimensions() == 2 || turns == Turns::NegativeFirst {
                setting.flows(&TurnModel::new(grid, &channels, turns, *selection), &channels, true)?;
            }
        }
        if grid.dimensions() == 2 {
            setting.flows(&OddEven::new(grid, &channels, *selection), &channels, true)?;
        }
    }

    #[test]
    fn message_classes_keep_to_their_channels(setting in settings(), classes in 2_u8..=3) {
        let share = setting.channels(Romm::NEEDS);
        let all = GridChannels {
            by_dimension: share.by_dimension.iter().map(|vcs| vcs * classes).collect(),
            terminals: share.terminals * classes,
        };
        prop_assert_eq!(all.divided(classes), Some(share.clone()));
        let romm = Romm::new(&setting.grid, &share, setting.dateline, setting.half_way);
        let routing = MessageClasses::new(romm, classes, share.by_port(&setting.grid));
        let sources = setting.sources(classes);
        let count: usize = sources.iter().map(|script| script.packets.len()).sum();
        let network = setting.grid.network(1, FlitTime::ONE).expect("an ordinary fabric");
        let asked = Watched { routing: &routing, shares: share.by_port(&setting.grid) };
        let outcome = setting.run(&asked, &all, sources);
        prop_assert_eq!(outcome.packets, count as u64);
        prop_assert_eq!(outcome.link_flits.len(), network.links().count());
    }
}

/// Sees that what a packet is offered is of the class of the virtual channel that it is in.
struct Watched<'a, R> {
    routing: &'a MessageClasses<R>,
    /// Virtual channels of a class, by port.
    shares: Vec<u8>,
}

impl<R: Routing> Routing for Watched<'_, R> {
    fn route(
        &self,
        at: fabricsim_core::Place,
        dest: u32,
        tag: &mut u32,
        draw: &mut impl fabricsim_core::Draw,
        out: &mut fabricsim_core::Candidates,
    ) {
        self.routing.route(at, dest, tag, draw, out);
        let class = at.in_vc / self.shares[usize::from(at.in_port)];
        for way in out {
            let share = self.shares[usize::from(way.port)];
            let (first, last) = (way.first_vc / share, (way.first_vc + way.vcs - 1) / share);
            assert_eq!((first, last), (class, class), "a packet leaves its class");
        }
    }

    fn max_candidates(&self) -> usize {
        self.routing.max_candidates()
    }

    fn injection_vcs(&self, packet: &Packet, all: u8) -> std::ops::Range<u8> {
        let vcs = self.routing.injection_vcs(packet, all);
        let share = self.shares[self.shares.len() - 1];
        assert_eq!(vcs, packet.class * share..(packet.class + 1) * share);
        vcs
    }
}

/// A ring of eight with one virtual channel: with bubbles it flows where dimension order is refused, and deadlocks.
fn ring(vc_reallocation: VcReallocation) -> (Setting, GridChannels) {
    let grid = Grid::torus(vec![8, 8], 1).expect("a torus");
    let channels = GridChannels::alike(&grid, 1);
    let setting = Setting {
        grid,
        switch: SwitchConfig {
            buffer_flits: 8,
            switching: Switching::CutThrough,
            vc_reallocation,
            ..SwitchConfig::default()
        },
        lengths: vec![4],
        half_way: HalfWay::Random,
        dateline: Dateline::AtDateline,
        selection: Selection::MostCredits,
        more: vec![0, 0],
        seed: 7,
    };
    (setting, channels)
}

#[test]
fn bubbles_flow_where_dimension_order_deadlocks() {
    let (setting, channels) = ring(VcReallocation::WholePacketFits);
    let bubble = BubbleDimensionOrder::new(&setting.grid, &channels, setting.half_way);
    setting
        .flows(&bubble, &channels, true)
        .expect("bubbles keep the rings moving");

    let plain = DimensionOrder::new(&setting.grid, &channels, Some(setting.dateline), setting.half_way);
    assert!(matches!(prove(&plain), Proof::Deadlock { .. }));
    let outcome = setting.run(&plain, &channels, setting.sources(1));
    assert!(
        matches!(outcome.verdict, Verdict::Deadlocked(_)),
        "{:?}",
        outcome.verdict
    );
}

/// Why bubbles need `WholePacketFits`: where only an empty buffer takes a packet, the hole beside another is none.
#[test]
fn bubbles_are_worth_nothing_where_buffers_must_be_empty() {
    let (setting, channels) = ring(VcReallocation::Atomic);
    let bubble = BubbleDimensionOrder::new(&setting.grid, &channels, setting.half_way);
    let outcome = setting.run(&bubble, &channels, setting.sources(1));
    assert!(
        matches!(outcome.verdict, Verdict::Deadlocked(_)),
        "{:?}",
        outcome.verdict
    );
}
