//! Random switches of every kind on a small torus, with random traffic.

use std::ops::ControlFlow;

use fabricsim_core::{
    AllocatorKind, Candidate, Candidates, Census, Cycle, Draw, Execution, FlitTime, LongStages, Network,
    Outcome, Packet, Place, Purpose, Routing, Selection, Setup, Source, Stream, SwitchConfig, Switching,
    VcReallocation, simulate, stream,
};
use rand::RngExt;

use crate::support::fixed;
use crate::torus::{self, TERMINAL};

/// Side of the torus.
const SIDE: u32 = 4;

/// Switches of each kind.
pub const CASES: u32 = 16;

#[derive(Clone, Copy, PartialEq)]
enum Algorithm {
    /// Dimension order, upper half of the virtual channels from the dateline on.
    Dateline,
    /// The same in the lower half, as an escape from all shortest ways in the upper half.
    Adaptive,
    /// Dimension order, in which a packet leaves a bubble behind where it enters a ring.
    Bubble,
}

struct Torus {
    vcs: u8,
    algorithm: Algorithm,
    selection: Selection,
}

/// Coordinate of a switch in a dimension.
fn coordinate(switch: u32, dimension: u8) -> u32 {
    torus::coordinate(switch, dimension, SIDE)
}

/// The shorter way round in a dimension.
fn shortest(here: u32, there: u32, dimension: u8) -> u8 {
    let distance = (coordinate(there, dimension) + SIDE - coordinate(here, dimension)) % SIDE;
    2 * dimension + u8::from(distance > SIDE / 2)
}

impl Torus {
    /// `port` in the half of the first `vcs` virtual channels that the dateline leaves.
    fn half(at: Place, port: u8, vcs: u8) -> Candidate {
        let last = if port.is_multiple_of(2) { SIDE - 1 } else { 0 };
        let same_ring = at.in_port / 2 == port / 2;
        let crossed_before = same_ring && (vcs / 2..vcs).contains(&at.in_vc);
        let crossed = coordinate(at.switch, port / 2) == last || crossed_before;
        Candidate::new(port, if crossed { vcs / 2 } else { 0 }, vcs / 2)
    }
}

impl Routing for Torus {
    fn route(&self, at: Place, dest: u32, _: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let differs = |&d: &u8| coordinate(at.switch, d) != coordinate(dest, d);
        let mut dimensions = (0..2).filter(differs);
        let Some(first) = dimensions.next() else {
            return out.push(Candidate::new(TERMINAL, 0, self.vcs));
        };
        let port = shortest(at.switch, dest, first);
        match self.algorithm {
            Algorithm::Dateline => out.push(Self::half(at, port, self.vcs)),
            Algorithm::Adaptive => {
                let half = self.vcs / 2;
                out.push(Candidate::new(port, half, half));
                if let Some(second) = dimensions.next() {
                    out.push(Candidate::new(shortest(at.switch, dest, second), half, half));
                    let swapped = draw.draw(2);
                    out.swap(0, swapped as usize);
                }
                out.push(Self::half(at, port, half).escape());
            }
            Algorithm::Bubble => {
                let all = Candidate::new(port, 0, self.vcs);
                let stays = at.in_port / 2 == first;
                out.push(if stays { all } else { all.leaving_bubble() });
            }
        }
    }

    fn max_candidates(&self) -> usize {
        if self.algorithm == Algorithm::Adaptive {
            3
        } else {
            1
        }
    }

    fn selection(&self) -> Selection {
        self.selection
    }
}

/// Packets of random lengths for random terminals, in every cycle with the same probability.
#[derive(Clone)]
struct Uniform {
    random: Stream,
    /// In 2^32nds.
    probability: u32,
    longest: u16,
    next: Cycle,
    made: Census,
}

impl Uniform {
    /// `load` in percent of a flit a cycle.
    fn new(seed: u32, terminal: u32, load: u32, longest: u16) -> Self {
        let packets = f64::from(load) / 100.0 / (f64::from(longest + 1) / 2.0);
        let mut source = Self {
            random: stream(seed.into(), terminal, Purpose::Arrivals(0)),
            probability: (packets * f64::from(u32::MAX)) as u32,
            longest,
            next: 0,
            made: Census::default(),
        };
        source.draw_gap();
        source
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
            flits: self.random.random_range(1..=self.longest),
            class: 0,
        };
        self.draw_gap();
        self.made.packets += 1;
        self.made.flits += u64::from(packet.flits);
        packet
    }

    fn created_before(&mut self, end: Cycle) -> Census {
        let mut ahead = self.clone();
        while ahead.next < end {
            ahead.create();
        }
        ahead.made
    }
}

fn any_allocator(random: &mut Stream) -> AllocatorKind {
    let iterations = random.random_range(1..4_u8);
    match random.random_range(0..7_u8) {
        0 => AllocatorKind::Islip { iterations },
        1 => AllocatorKind::SeparableInputFirst,
        2 => AllocatorKind::SeparableOutputFirst,
        3 => AllocatorKind::Pim { iterations },
        4 => AllocatorKind::Wavefront,
        5 => AllocatorKind::Select { iterations },
        _ => AllocatorKind::Loa,
    }
}

/// Of those with a pipeline of four stages of a cycle.
fn plain_switch(random: &mut Stream) -> SwitchConfig {
    let switching = match random.random_range(0..3_u8) {
        0 => Switching::CutThrough,
        _ => Switching::Wormhole,
    };
    let vc_reallocation = match (random.random_range(0..3_u8), switching) {
        (0, _) => VcReallocation::Atomic,
        (1, Switching::Wormhole) => VcReallocation::NonAtomic,
        _ => VcReallocation::WholePacketFits,
    };
    SwitchConfig {
        // Of five ports: of one word, of two and of more.
        virtual_channels: [4, 8, 12, 20, 28][random.random_range(0..5_usize)],
        buffer_flits: random.random_range(2..12),
        routing_delay: random.random_range(0..2),
        st_prepare_delay: random.random_range(0..3),
        st_final_delay: random.random_range(1..3),
        credit_delay: random.random_range(0..4),
        switching,
        vc_reallocation,
        vc_allocator: any_allocator(random),
        sw_allocator: any_allocator(random),
        ..SwitchConfig::default()
    }
}

/// What makes a switch other than plain.
pub type Change = fn(&mut SwitchConfig, &mut Stream);

fn long_stages(switch: &mut SwitchConfig, random: &mut Stream) {
    switch.routing_delay = random.random_range(2..4);
    switch.vc_alloc_delay = random.random_range(1..4);
    switch.sw_alloc_delay = random.random_range(1..4);
}

/// Without slow links, and with them.
fn network(random: &mut Stream, has_slow_links: bool) -> Network {
    let latency = random.random_range(1..6);
    let slow = FlitTime {
        numerator: 4,
        denominator: 3,
    };
    torus::network(SIDE, latency, || {
        let is_slow = has_slow_links && random.random::<bool>();
        if is_slow { slow } else { FlitTime::ONE }
    })
}

/// What a case of a kind comes to.
pub fn outcome(
    case: u32,
    (_, has_slow_links, change): Kind,
    execution: impl Fn(&Network) -> Execution,
) -> Outcome {
    let random = &mut stream(1, case, Purpose::Destinations(0));
    let mut switch = plain_switch(random);
    let mut algorithm = [Algorithm::Dateline, Algorithm::Adaptive, Algorithm::Bubble][case as usize % 3];
    if switch.vc_reallocation != VcReallocation::WholePacketFits && algorithm == Algorithm::Bubble {
        algorithm = Algorithm::Dateline;
    }
    change(&mut switch, random);
    assert_eq!(switch.validate(), Ok(()));
    // A packet and the bubble that it leaves fit a buffer, and so does a packet that is not passed on flit by flit.
    let longest = match switch.switching {
        Switching::Wormhole if algorithm != Algorithm::Bubble => random.random_range(1..10),
        _ => random.random_range(1..=switch.buffer_flits / 2),
    };
    let load = random.random_range(2..100);
    let selection = match random.random::<bool>() {
        true => Selection::AnyFree,
        false => Selection::MostCredits,
    };
    let network = network(random, has_slow_links);
    let setup = Setup {
        network: &network,
        switch,
        buffers: Vec::new(),
        routing: &Torus {
            vcs: switch.virtual_channels,
            algorithm,
            selection,
        },
        sources: (0..SIDE * SIDE)
            .map(|terminal| Uniform::new(case, terminal, load, longest))
            .collect(),
        seed: case.into(),
        execution: execution(&network),
    };
    let mut plan = fixed(300, 1_200);
    plan.max_cycles = 20_000;
    simulate(setup, &plan, &[], &mut |_| ControlFlow::Continue(())).expect("nobody breaks it off")
}

/// Its name, whether some links are slow, and what is changed of a plain switch.
pub type Kind = (&'static str, bool, Change);

pub const KINDS: [Kind; 11] = [
    ("plain", false, |_, _| {}),
    ("slow links", true, |_, _| {}),
    ("speculative", false, |switch, _| switch.speculative = true),
    ("long stages", false, long_stages),
    ("long stages in batches", false, |switch, random| {
        long_stages(switch, random);
        switch.long_stages = LongStages::Batched;
    }),
    ("speculative with long stages", false, |switch, random| {
        long_stages(switch, random);
        switch.vc_alloc_delay = 3;
        switch.sw_alloc_delay = 1;
        switch.speculative = true;
    }),
    (
        "speculative with long switch allocation",
        false,
        |switch, random| {
            switch.sw_alloc_delay = random.random_range(2..4);
            switch.speculative = true;
        },
    ),
    ("held", true, |switch, _| switch.hold_switch_for_packet = true),
    ("combined", false, |switch, _| switch.combined_allocation = true),
    ("sped up", false, |switch, random| {
        switch.internal_speedup = 2;
        switch.speculative = random.random();
    }),
    ("stored", true, |switch, _| {
        switch.switching = Switching::StoreAndForward;
        switch.vc_reallocation = VcReallocation::WholePacketFits;
    }),
];
