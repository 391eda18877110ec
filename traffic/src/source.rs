//! The packets of a terminal: its flows, merged.

use std::sync::Arc;

use fabricsim_core::{Census, Cycle, Packet, Purpose, Source, Stream, stream};

use crate::injection::{Arrivals, Process};
use crate::{Destinations, Injection};

/// One entry of an experiment's `traffic`: every terminal sends it.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// Where its packets go.
    pub destinations: Destinations,
    /// When they are created.
    pub injection: Injection,
    /// Length of a packet in flits, at least 1.
    pub flits: u16,
    /// Message class of its packets.
    pub class: u8,
    /// Offered load in flits/terminal/cycle, from 0 to 1.
    pub load: f64,
}

/// What all terminals share of a flow.
#[derive(Debug)]
struct SharedFlow {
    /// Its index in `traffic`.
    index: u16,
    flits: u16,
    class: u8,
    process: Process,
    destinations: Destinations,
}

impl SharedFlow {
    fn new(index: u16, flow: &Flow) -> Self {
        assert!(flow.flits > 0, "a packet of no flits");
        assert!((0.0..=1.0).contains(&flow.load), "a load of {}", flow.load);
        Self {
            index,
            flits: flow.flits,
            class: flow.class,
            process: Process::new(flow.injection, flow.flits, flow.load),
            destinations: flow.destinations.clone(),
        }
    }
}

/// How far one terminal is in one flow.
#[derive(Clone, Debug)]
struct FlowState {
    arrivals: Arrivals,
    destinations: Stream,
    /// Packets created so far.
    packets: u64,
    /// How far a census has looked ahead, if the backlog was long.
    ahead: Option<Box<Ahead>>,
    flow: Arc<SharedFlow>,
}

/// Packets of a backlog that is not counted anew each time.
const LONG_BACKLOG: u64 = 32;

/// Where a census of packets that are created but not taken yet ended. The next one goes on from there: a saturated source is
/// counted often, and its backlog is long.
#[derive(Clone, Debug)]
struct Ahead {
    end: Cycle,
    /// From the first packet on that is not counted.
    arrivals: Arrivals,
    /// Packets before that.
    packets: u64,
}

impl FlowState {
    fn new(flow: &Arc<SharedFlow>, terminal: u32, seed: u64) -> Self {
        let arrivals = stream(seed, terminal, Purpose::Arrivals(flow.index));
        Self {
            arrivals: Arrivals::new(&flow.process, arrivals),
            destinations: stream(seed, terminal, Purpose::Destinations(flow.index)),
            packets: 0,
            ahead: None,
            flow: Arc::clone(flow),
        }
    }

    fn create(&mut self, terminal: u32) -> Packet {
        self.packets += 1;
        self.arrivals.advance(&self.flow.process);
        Packet {
            dest: self.flow.destinations.pick(terminal, &mut self.destinations),
            flits: self.flow.flits,
            class: self.flow.class,
        }
    }

    fn created_before(&mut self, end: Cycle) -> Census {
        let packets = self.packets_before(end);
        Census {
            packets,
            flits: packets * u64::from(self.flow.flits),
        }
    }

    fn packets_before(&mut self, end: Cycle) -> u64 {
        if self.arrivals.next() >= end {
            return self.packets;
        }
        let looked = self.ahead.take();
        let from_here = || Ahead {
            end,
            arrivals: self.arrivals.clone(),
            packets: self.packets,
        };
        let mut ahead = looked
            .filter(|ahead| ahead.packets >= self.packets && ahead.end <= end)
            .map_or_else(from_here, |ahead| *ahead);
        ahead.end = end;
        ahead.packets += ahead.arrivals.advance_to(&self.flow.process, end);
        let packets = ahead.packets;
        let is_long = packets - self.packets > LONG_BACKLOG;
        self.ahead = is_long.then(|| Box::new(ahead));
        packets
    }

    /// Order of creation, flow after flow in a cycle.
    fn key(&self) -> (Cycle, u16) {
        (self.arrivals.next(), self.flow.index)
    }
}

/// The traffic of one terminal: the packets of all flows in order of creation, those of a cycle in order of
/// flow.
#[derive(Clone, Debug)]
pub struct TerminalSource {
    /// The flow whose packet comes next.
    first: FlowState,
    /// The other flows, in no order; takes no memory of its own where there is none.
    others: Box<[FlowState]>,
    terminal: u32,
}

impl TerminalSource {
    /// Puts the flow whose packet comes next in front. Linear: an experiment has few flows.
    fn bring_earliest_to_front(&mut self) {
        let earliest = self.others.iter_mut().min_by_key(|state| state.key());
        if let Some(earliest) = earliest.filter(|state| state.key() < self.first.key()) {
            std::mem::swap(&mut self.first, earliest);
        }
    }
}

impl Source for TerminalSource {
    #[inline]
    fn next_creation(&self) -> Cycle {
        self.first.arrivals.next()
    }

    fn create(&mut self) -> Packet {
        let packet = self.first.create(self.terminal);
        self.bring_earliest_to_front();
        packet
    }

    fn created_before(&mut self, end: Cycle) -> Census {
        let mut total = self.first.created_before(end);
        for state in &mut self.others {
            let census = state.created_before(end);
            total.packets += census.packets;
            total.flits += census.flits;
        }
        total
    }
}

/// The sources of all terminals, in order of their numbers. Without any flow they create nothing.
///
/// # Panics
/// If a flow has a load outside 0 to 1 or packets of no flits, or there are more than 65,536 flows: experiments
/// are checked before. `create` panics where a table of destinations is shorter than `terminals`.
pub fn sources(flows: &[Flow], terminals: u32, seed: u64) -> Vec<TerminalSource> {
    let silence = [silent_flow()];
    let flows = if flows.is_empty() { &silence } else { flows };
    let shared = |(index, flow)| {
        let index = u16::try_from(index).expect("more than 65,536 flows");
        Arc::new(SharedFlow::new(index, flow))
    };
    let flows: Vec<_> = flows.iter().enumerate().map(shared).collect();
    (0..terminals)
        .map(|terminal| terminal_source(&flows, terminal, seed))
        .collect()
}

fn silent_flow() -> Flow {
    Flow {
        destinations: Destinations::Uniform {
            terminals: 1,
            include_self: true,
        },
        injection: Injection::Bernoulli,
        flits: 1,
        class: 0,
        load: 0.0,
    }
}

/// A terminal's source; `flows` is not empty.
fn terminal_source(flows: &[Arc<SharedFlow>], terminal: u32, seed: u64) -> TerminalSource {
    let state = |flow| FlowState::new(flow, terminal, seed);
    let mut source = TerminalSource {
        first: state(&flows[0]),
        others: flows[1..].iter().map(state).collect(),
        terminal,
    };
    source.bring_earliest_to_front();
    source
}

/// Bytes that [`sources`] takes for each terminal, its part of the tables of destinations included, and what the census of a
/// backlog takes if there is one.
pub fn source_bytes(flows: &[Flow], is_backlogged: bool) -> usize {
    let ahead = if is_backlogged {
        flows.len() * size_of::<Ahead>()
    } else {
        0
    };
    let others = flows.len().saturating_sub(1);
    let tables = flows
        .iter()
        .filter(|flow| matches!(flow.destinations, Destinations::Table(_)))
        .count();
    size_of::<TerminalSource>() + others * size_of::<FlowState>() + tables * size_of::<u32>() + ahead
}

#[cfg(test)]
mod tests {
    use fabricsim_core::NEVER;
    use proptest::prelude::*;

    use super::*;
    use crate::{Pattern, Shape};

    const SIDES: Shape<'static> = Shape {
        sides: &[8, 8],
        concentration: 1,
        block: 1,
    };

    fn flow(pattern: Pattern, injection: Injection, flits: u16, load: f64) -> Flow {
        Flow {
            destinations: pattern.destinations(SIDES).unwrap(),
            injection,
            flits,
            class: 0,
            load,
        }
    }

    fn uniform(injection: Injection, flits: u16, load: f64) -> Flow {
        flow(Pattern::Uniform { include_self: true }, injection, flits, load)
    }

    fn source_of(flows: &[Flow], terminal: u32) -> TerminalSource {
        sources(flows, 64, 1).swap_remove(terminal as usize)
    }

    /// The packets that a terminal creates before `end`, with their times.
    fn packets(flows: &[Flow], terminal: u32, end: Cycle) -> Vec<(Cycle, Packet)> {
        let mut source = source_of(flows, terminal);
        let mut packets = Vec::new();
        while source.next_creation() < end {
            packets.push((source.next_creation(), source.create()));
        }
        packets
    }

    #[test]
    fn a_source_takes_some_hundred_bytes() {
        let one = [uniform(Injection::Bernoulli, 1, 0.1)];
        let bytes = source_bytes(&one, false);
        assert!(bytes <= 128, "{bytes}");
        assert!(source_of(&one, 0).others.is_empty());
        let two = [
            one[0].clone(),
            flow(Pattern::Tornado, Injection::Bernoulli, 1, 0.1),
        ];
        assert_eq!(source_bytes(&two, false) - bytes, size_of::<FlowState>() + 4);
    }

    #[test]
    fn no_flow_creates_nothing() {
        let mut source = source_of(&[], 0);
        assert_eq!(source.next_creation(), NEVER);
        assert_eq!(source.created_before(NEVER), Census::default());
    }

    #[test]
    fn packets_carry_the_length_and_destination_of_their_flow() {
        let made = packets(&[flow(Pattern::Tornado, Injection::Periodic, 5, 1.0)], 0, 100);
        assert_eq!(made.len(), 20);
        assert!(
            made.iter()
                .all(|&(_, packet)| (packet.dest, packet.flits) == (27, 5))
        );
    }

    #[test]
    fn packets_of_one_cycle_come_in_the_order_of_flows() {
        let every_cycle = |pattern| flow(pattern, Injection::Bernoulli, 1, 1.0);
        let made = packets(
            &[every_cycle(Pattern::Tornado), every_cycle(Pattern::Neighbor)],
            0,
            3,
        );
        let dests: Vec<_> = made.iter().map(|&(cycle, packet)| (cycle, packet.dest)).collect();
        assert_eq!(dests, [(0, 27), (0, 9), (1, 27), (1, 9), (2, 27), (2, 9)]);
    }

    #[test]
    fn offered_load_is_what_the_sources_make() {
        for injection in Injection::ALL {
            let flits: u64 = sources(&[uniform(injection, 4, 0.37)], 64, 1)
                .iter_mut()
                .map(|source| source.created_before(10_000).flits)
                .sum();
            let load = flits as f64 / (64.0 * 10_000.0);
            // Standard error of the random ones: sqrt(4 x 0.37 / 640000) = 0.0015.
            assert!((load - 0.37).abs() < 0.006, "{injection:?}: {load}");
        }
    }

    #[test]
    fn terminals_and_seeds_have_streams_of_their_own() {
        let flows = [uniform(Injection::Bernoulli, 1, 0.3)];
        assert_ne!(packets(&flows, 0, 100), packets(&flows, 1, 100));
        let mut other_seed = sources(&flows, 1, 2).swap_remove(0);
        let first: Vec<_> = (0..20).map(|_| other_seed.create()).collect();
        assert!(
            !packets(&flows, 0, 1000)
                .iter()
                .map(|&(_, packet)| packet)
                .take(20)
                .eq(first)
        );
    }

    #[test]
    fn a_change_of_pattern_leaves_the_times() {
        let times = |pattern| -> Vec<_> {
            let made = packets(&[flow(pattern, Injection::Poisson, 2, 0.4)], 5, 1000);
            made.into_iter().map(|(cycle, _)| cycle).collect()
        };
        assert_eq!(
            times(Pattern::Uniform { include_self: true }),
            times(Pattern::Tornado)
        );
    }

    /// Every golden result rests on these packets.
    #[test]
    fn first_packets_are_golden() {
        let made = packets(&[uniform(Injection::Bernoulli, 2, 0.5)], 3, 1000);
        let first: Vec<_> = made
            .iter()
            .take(6)
            .map(|&(cycle, packet)| (cycle, packet.dest))
            .collect();
        assert_eq!(first, [(1, 55), (4, 29), (18, 41), (21, 16), (24, 19), (25, 38)]);
    }

    fn any_flow() -> impl Strategy<Value = Flow> {
        let injection = prop::sample::select(&Injection::ALL[..]);
        let pattern = prop::sample::select(&Pattern::ALL[..]);
        let load = prop_oneof![Just(0.0), Just(1.0), 0.001..1.0];
        (pattern, injection, 1_u16..9, load).prop_map(|(p, i, flits, load)| flow(p, i, flits, load))
    }

    proptest! {
        #[test]
        fn a_merge_is_the_sorted_union_of_its_flows(flows in prop::collection::vec(any_flow(), 1..5)) {
            let alone = |index: usize| {
                let mut flows = flows.clone();
                for (other, flow) in flows.iter_mut().enumerate() {
                    flow.load = if other == index { flow.load } else { 0.0 };
                }
                packets(&flows, 9, 300)
            };
            let mut expected: Vec<_> = (0..flows.len()).flat_map(alone).collect();
            // Stable: packets of a cycle stay in order of flow.
            expected.sort_by_key(|&(cycle, _)| cycle);
            prop_assert_eq!(packets(&flows, 9, 300), expected);
        }

        /// However often a source is asked, between packets that are taken, and about whatever time.
        #[test]
        fn created_before_is_what_create_yields(
            flows in prop::collection::vec(any_flow(), 1..4),
            steps in prop::collection::vec((0_usize..20, 0_u64..400), 1..8),
        ) {
            let all = packets(&flows, 2, 400);
            let mut source = source_of(&flows, 2);
            let mut taken = 0;
            for (more, end) in steps {
                let before = taken;
                taken = all.len().min(taken + more);
                for &(cycle, packet) in &all[before..taken] {
                    prop_assert_eq!(source.next_creation(), cycle);
                    prop_assert_eq!(source.create(), packet);
                }
                // What was taken counts even where it was created later.
                let counted = all.iter().enumerate().filter(|&(i, &(cycle, _))| i < taken || cycle < end);
                let expected = counted.fold(Census::default(), |census, (_, (_, packet))| Census {
                    packets: census.packets + 1,
                    flits: census.flits + u64::from(packet.flits),
                });
                prop_assert_eq!(source.created_before(end), expected);
            }
        }
    }
}
