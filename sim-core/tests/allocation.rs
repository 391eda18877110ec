//! The simulation does not allocate once it is in its steady state. A binary of its own, with one test: what is
//! counted is the allocator of the whole process.

use std::alloc::System;
use std::ops::ControlFlow;

use fabricsim_core::{
    AllocatorKind, Candidate, Candidates, Census, Cycle, Draw, Execution, FlitTime, LongStages, MeasurePlan,
    Packet, Place, Purpose, Routing, Setup, Source, Stream, SwitchConfig, Switching, VcReallocation, Verdict,
    Window, simulate, stream,
};
use rand::RngExt;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[path = "engine/torus.rs"]
mod torus;

use torus::TERMINAL;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Side of the torus.
const SIDE: u32 = 8;

/// Cycles before allocations count.
const WARMUP: Cycle = 30_720;

/// The engine looks for heads that stand still, and for a deadlock if there are any, at multiples of this. The search
/// allocates, and is not part of the steady state: heads of a fabric far from saturation do not stand still for so long.
const WATCHDOG: Cycle = 1_024;

/// What `simulate` allocates between two calls of `progress` without it being part of the simulation: debug builds
/// check that flits and credits are conserved, and add them up in vectors.
const ALLOCATIONS_OF_CHECKS: usize = if cfg!(debug_assertions) { 2 } else { 0 };

/// Dimension order on a torus, both ways round, upper half of the virtual channels from the dateline on.
struct Torus {
    vcs: u8,
}

/// Coordinate of a switch in a dimension.
fn coordinate(switch: u32, dimension: u8) -> u32 {
    torus::coordinate(switch, dimension, SIDE)
}

impl Routing for Torus {
    fn route(&self, at: Place, dest: u32, _: &mut u32, _: &mut impl Draw, out: &mut Candidates) {
        let differs = |&d: &u8| coordinate(at.switch, d) != coordinate(dest, d);
        let Some(dimension) = (0..2).find(differs) else {
            return out.push(Candidate::new(TERMINAL, 0, self.vcs));
        };
        let (here, there) = (coordinate(at.switch, dimension), coordinate(dest, dimension));
        let onward = (there + SIDE - here) % SIDE <= SIDE / 2;
        let last = if onward { SIDE - 1 } else { 0 };
        let half = self.vcs / 2;
        let same_ring = at.in_port / 2 == dimension;
        let crossed = here == last || same_ring && at.in_vc >= half;
        let port = 2 * dimension + u8::from(!onward);
        out.push(Candidate::new(port, if crossed { half } else { 0 }, half));
    }

    fn max_candidates(&self) -> usize {
        1
    }
}

/// Packets of one length for terminals drawn at random, in every cycle with the same probability.
#[derive(Clone)]
struct Uniform {
    random: Stream,
    /// In 2^32nds.
    probability: u32,
    flits: u16,
    next: Cycle,
    made: u64,
}

impl Uniform {
    /// One for each terminal; `load` in flits a cycle.
    fn everywhere(load: f64, flits: u16) -> Vec<Self> {
        let source = |terminal| {
            let mut source = Self {
                random: stream(1, terminal, Purpose::Arrivals(0)),
                probability: (load / f64::from(flits) * f64::from(u32::MAX)) as u32,
                flits,
                next: 0,
                made: 0,
            };
            source.draw_gap();
            source
        };
        (0..SIDE * SIDE).map(source).collect()
    }

    fn draw_gap(&mut self) {
        self.next += 1;
        while self.random.random::<u32>() > self.probability {
            self.next += 1;
        }
    }
}

impl Source for Uniform {
    fn next_creation(&self) -> Cycle {
        self.next
    }

    fn create(&mut self) -> Packet {
        let packet = Packet {
            dest: self.random.random_range(0..SIDE * SIDE),
            flits: self.flits,
            class: 0,
        };
        self.draw_gap();
        self.made += 1;
        packet
    }

    fn created_before(&mut self, end: Cycle) -> Census {
        let mut ahead = self.clone();
        while ahead.next < end {
            ahead.create();
        }
        Census {
            packets: ahead.made,
            flits: ahead.made * u64::from(self.flits),
        }
    }
}

struct Case {
    name: &'static str,
    switch: SwitchConfig,
    /// In flits a terminal and cycle.
    load: f64,
    packet_flits: u16,
    /// Of the links, in cycles.
    latency: u32,
    /// Cycles in which allocations count. A saturated fabric has a window so short that `progress` is called more often
    /// than the watchdog looks: what follows a look does not count.
    window: Cycle,
    saturated: bool,
}

impl Case {
    /// Single-flit packets at a middling load.
    fn new(name: &'static str, switch: SwitchConfig) -> Self {
        Self {
            name,
            switch,
            load: 0.4,
            packet_flits: 1,
            latency: 1,
            window: 20_000,
            saturated: false,
        }
    }

    fn saturated(name: &'static str, switch: SwitchConfig) -> Self {
        Self {
            load: 0.95,
            window: 10_000,
            saturated: true,
            ..Self::new(name, switch)
        }
    }
}

fn cases() -> Vec<Case> {
    let default = SwitchConfig::default();
    let speculative = SwitchConfig {
        speculative: true,
        vc_reallocation: VcReallocation::NonAtomic,
        ..default
    };
    let cut_through = SwitchConfig {
        switching: Switching::CutThrough,
        internal_speedup: 2,
        ..default
    };
    let long_stages = SwitchConfig {
        routing_delay: 2,
        vc_alloc_delay: 2,
        sw_alloc_delay: 2,
        st_final_delay: 2,
        long_stages: LongStages::Batched,
        ..default
    };
    let random = SwitchConfig {
        vc_allocator: AllocatorKind::Pim { iterations: 2 },
        sw_allocator: AllocatorKind::Wavefront,
        ..default
    };
    vec![
        Case::new("default", default),
        Case::new("speculative", speculative),
        Case {
            packet_flits: 4,
            ..Case::new("cut-through, sped up", cut_through)
        },
        Case {
            load: 0.2,
            ..Case::new("long stages in batches", long_stages)
        },
        Case::new("other allocators", random),
        Case {
            packet_flits: 20,
            ..Case::new("long packets", default)
        },
        Case {
            latency: 100,
            load: 0.05,
            ..Case::new("long links", default)
        },
        Case {
            load: 0.01,
            ..Case::new("nearly idle", default)
        },
        Case {
            load: 0.002,
            packet_flits: 4,
            ..Case::new("gaps beyond the wheel", default)
        },
        Case::saturated("saturated", default),
        Case {
            packet_flits: 4,
            ..Case::saturated("saturated, cut-through", cut_through)
        },
    ]
}

/// What happened between two calls of `progress`.
#[derive(Debug)]
struct Stretch {
    from: Cycle,
    to: Cycle,
    allocations: usize,
}

/// A run cut at the calls of `progress`.
fn stretches(case: &Case) -> Vec<Stretch> {
    let network = torus::network(SIDE, case.latency, || FlitTime::ONE);
    let setup = Setup {
        network: &network,
        switch: case.switch,
        buffers: Vec::new(),
        routing: &Torus {
            vcs: case.switch.virtual_channels,
        },
        sources: Uniform::everywhere(case.load, case.packet_flits),
        seed: 1,
        execution: Execution::default(),
    };
    let plan = MeasurePlan {
        warmup: WARMUP,
        window: Window::Fixed(case.window),
        max_cycles: 1_000_000,
        precision: 0.05,
        is_overloaded: false,
    };
    let mut stretches: Vec<Stretch> = Vec::with_capacity(1_000);
    let mut region = Region::new(ALLOCATOR);
    let outcome = simulate(setup, &plan, &[], &mut |progress| {
        let change = region.change_and_reset();
        stretches.push(Stretch {
            from: stretches.last().map_or(0, |before| before.to),
            to: progress.cycle,
            allocations: change.allocations + change.reallocations - ALLOCATIONS_OF_CHECKS,
        });
        ControlFlow::Continue(())
    });
    let verdict = outcome.expect("nobody breaks it off").verdict;
    let saturated = verdict == Verdict::Saturated;
    assert_eq!(saturated, case.saturated, "{}: {verdict:?}", case.name);
    stretches
}

#[test]
fn the_steady_state_does_not_allocate() {
    let mut failures = Vec::new();
    for case in cases() {
        let stretches = stretches(&case);
        let counts = |stretch: &&Stretch| {
            let searched = case.saturated && stretch.from.is_multiple_of(WATCHDOG);
            stretch.from > WARMUP && stretch.to <= WARMUP + case.window && !searched
        };
        let steady: Vec<_> = stretches.iter().filter(counts).collect();
        assert!(steady.len() >= 20, "{}: {stretches:?}", case.name);
        let all: usize = stretches.iter().map(|stretch| stretch.allocations).sum();
        let last = stretches.iter().rfind(|s| s.allocations > 0).map(|s| s.to);
        println!("{}: {all} allocations, the last before {last:?}", case.name);
        let allocating = steady.into_iter().filter(|stretch| stretch.allocations > 0);
        failures.extend(allocating.map(|stretch| format!("{}: {stretch:?}", case.name)));
    }
    assert!(failures.is_empty(), "{failures:#?}");
}
