//! The state of all switches, in flat arrays.

mod input_vc;
mod output_vc;
mod port_state;
mod switch_state;

pub use input_vc::InputVc;
pub use output_vc::OutputVc;
pub use port_state::PortState;
pub use switch_state::{SwitchParts, SwitchState};

use crate::blocked_heads::telling_credits;
use crate::flit::Flit;
use crate::flit_pool::FlitPool;
use crate::model::Model;
use crate::stages::{Stages, UnderWay};
use crate::{Candidate, Routing, SwitchConfig, Switching};

/// No virtual channel: an input that holds no output, an output that nobody holds.
pub const NONE: u16 = u16::MAX;

/// No output port won.
pub const NOT_WON: u8 = u8::MAX;

/// What an allocation that is still under way has decided for an input virtual channel.
#[derive(Clone, Copy, Debug)]
pub struct Decided {
    /// The output virtual channel, or [`NONE`].
    pub output: u16,
    /// The output port, or [`NOT_WON`].
    pub port: u8,
}

/// All switches.
#[derive(Debug)]
pub struct Switches<const W: usize> {
    ports: usize,
    /// Virtual channels of all ports of a switch.
    pub units: usize,
    /// By switch.
    pub stages: Vec<Stages<W>>,
    /// By switch x units + unit.
    pub inputs: Vec<InputVc>,
    /// Likewise.
    pub outputs: Vec<OutputVc>,
    /// By switch x ports + port.
    pub by_port: Vec<PortState<W>>,
    pub rest: Rest<W>,
}

/// What is not touched by every flit, each table by switch x units + unit if not said otherwise.
#[derive(Debug)]
pub struct Rest<const W: usize> {
    /// Flits behind the first of each input virtual channel.
    pool: FlitPool,
    /// Ways on that a routing may offer beside the first, by (switch x units + unit) x more ways.
    others: Vec<Candidate>,
    more_ways: usize,
    /// An output that nobody holds and that gets more credits than these concerns nobody (see
    /// [`blocked_heads`](crate::blocked_heads)).
    pub telling_credits: u32,
    /// Tails in each buffer, packets of which the last flit has come; empty under wormhole switching.
    tails: Vec<u16>,
    /// By switch; empty where no stage lasts several cycles.
    pub under_way: Vec<UnderWay<W>>,
    /// Empty where no allocation lasts several cycles.
    decided: Vec<Decided>,
}

impl<const W: usize> Switches<W> {
    pub fn new<R: Routing>(model: &Model<R>) -> Self {
        let (switches, ports, units) = (model.wiring.switches as usize, model.ports, model.units());
        let all = switches * units;
        let more_ways = model.routing.max_candidates().saturating_sub(1);
        let undecided = Decided {
            output: NONE,
            port: NOT_WON,
        };
        let if_used = |is_used, count| if is_used { count } else { 0 };
        let behind_first: usize = model
            .capacity
            .iter()
            .map(|&flits| usize::from(flits).saturating_sub(1))
            .sum();
        let long = model.config.has_long_stages();
        let counts_tails = model.config.switching != Switching::Wormhole;
        let mut made = Self {
            ports,
            units,
            stages: vec![Stages::empty(units); switches],
            inputs: vec![InputVc::empty(); all],
            outputs: vec![OutputVc::unconnected(); all],
            by_port: vec![PortState::default(); switches * ports],
            rest: Rest {
                pool: FlitPool::new(switches * behind_first),
                others: vec![Candidate::NONE; all * more_ways],
                more_ways,
                telling_credits: telling_credits(&model.config),
                tails: vec![0; if_used(counts_tails, all)],
                under_way: vec![UnderWay::default(); if_used(long, switches)],
                decided: vec![undecided; if_used(long, all)],
            },
        };
        made.open_outputs(model);
        made
    }

    /// Every place behind every output is free.
    fn open_outputs<R: Routing>(&mut self, model: &Model<R>) {
        for switch in 0..self.stages.len() {
            for unit in 0..self.units {
                let credits = model.output_capacity(switch, unit);
                let index = self.index(switch, unit);
                self.outputs[index].credits = credits;
                if credits > 0 {
                    self.stages[switch].free.insert(unit);
                    self.stages[switch].credited.insert(unit);
                }
            }
        }
    }

    /// Bytes that [`Switches::new`] allocates.
    pub fn bytes(switches: usize, ports: usize, config: &SwitchConfig, max_candidates: usize) -> usize {
        let units = ports * usize::from(config.virtual_channels);
        let more_ways = max_candidates.saturating_sub(1);
        let mut a_unit = size_of::<InputVc>() + size_of::<OutputVc>() + more_ways * size_of::<Candidate>();
        let mut a_switch = size_of::<Stages<W>>() + ports * size_of::<PortState<W>>();
        if config.switching != Switching::Wormhole {
            a_unit += size_of::<u16>();
        }
        if config.has_long_stages() {
            a_switch += size_of::<UnderWay<W>>();
            a_unit += size_of::<Decided>();
        }
        switches * (a_switch + units * a_unit)
    }

    /// Index of `unit` of `switch` in the arrays by unit.
    #[inline]
    pub fn index(&self, switch: usize, unit: usize) -> usize {
        switch * self.units + unit
    }

    /// Puts a flit at the end of an input virtual channel, which has room for it.
    #[inline(always)]
    pub fn push(&mut self, input: usize, flit: &Flit) -> &InputVc {
        if let Some(tails) = self.rest.tails.get_mut(input) {
            *tails += u16::from(flit.is_tail());
        }
        let vc = &mut self.inputs[input];
        vc.push(flit, &mut self.rest.pool);
        vc
    }

    /// Packets in an input virtual channel of which the last flit has come; not told under wormhole switching.
    pub fn tails(&self, input: usize) -> u16 {
        self.rest.tails.get(input).copied().unwrap_or(0)
    }

    /// The flits of an input virtual channel, in order.
    pub fn flits(&self, input: usize) -> impl Iterator<Item = &Flit> {
        self.inputs[input].flits(&self.rest.pool)
    }

    /// The ways on of the packet at the head of an input virtual channel.
    pub fn ways(&self, input: usize) -> impl Iterator<Item = Candidate> {
        self.rest.ways(&self.inputs[input], input)
    }
}

impl<const W: usize> Rest<W> {
    /// Takes the flit at the head of an input virtual channel that is not empty, number `index` of all.
    #[inline(always)]
    pub fn pop(&mut self, input: &mut InputVc, index: usize) -> Flit {
        let flit = input.pop(&mut self.pool);
        if let Some(tails) = self.tails.get_mut(index) {
            *tails -= u16::from(flit.is_tail());
        }
        flit
    }

    /// Whether a packet may have more than one way on.
    #[inline(always)]
    pub fn has_other_ways(&self) -> bool {
        self.more_ways > 0
    }

    /// The ways on of the packet at the head of an input virtual channel, number `index` of all.
    #[inline(always)]
    pub fn ways(&self, input: &InputVc, index: usize) -> impl Iterator<Item = Candidate> {
        let others = &self.others[index * self.more_ways..][..self.more_ways];
        let all = std::iter::once(input.way).chain(others.iter().copied());
        all.take_while(|way| way.vcs > 0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;
    use crate::mask::Mask;
    use crate::test_fabric::{PORTS, Ways, model};

    const VCS: u8 = 3;
    const UNITS: usize = PORTS * VCS as usize;

    fn config(switching: Switching, buffer_flits: u16) -> SwitchConfig {
        SwitchConfig {
            virtual_channels: VCS,
            buffer_flits,
            switching,
            ..SwitchConfig::default()
        }
    }

    /// Packets one after another, as they come into a virtual channel.
    #[derive(Clone, Copy, Default)]
    struct Arriving {
        packet: u32,
        position: u16,
    }

    impl Arriving {
        /// The next flit, of a packet of `flits` if it is the first of its packet; its tag is `serial`.
        fn next(&mut self, flits: &mut u16, serial: u32) -> Flit {
            let mut flit = Flit::new(self.packet, 0, (self.position, *flits));
            flit.tag = serial;
            self.position += 1;
            if flit.is_tail() {
                *self = Self {
                    packet: self.packet + 1,
                    position: 0,
                };
                *flits = 0;
            }
            flit
        }
    }

    proptest! {
        /// Flits of all virtual channels of two switches come and go in any order, yet each virtual channel is a queue of
        /// its own. Tails are counted where packets are not passed on flit by flit.
        #[test]
        fn virtual_channels_are_queues(
            capacity in 1_u16..6,
            switching in prop_oneof![Just(Switching::Wormhole), Just(Switching::CutThrough)],
            steps in prop::collection::vec((0..2_usize, 0..UNITS, prop::bool::weighted(0.6), 1_u16..5), 0..600),
        ) {
            let mut switches = Switches::<1>::new(&model(config(switching, capacity), &Ways(1)));
            let mut queues: Vec<VecDeque<Flit>> = vec![VecDeque::new(); 2 * UNITS];
            let mut arriving = [(Arriving::default(), 0); 2 * UNITS];
            let counts_tails = switching != Switching::Wormhole;
            for (serial, (switch, unit, is_push, flits)) in (0..).zip(steps) {
                let input = switches.index(switch, unit);
                let queue = &mut queues[input];
                if is_push && queue.len() < usize::from(capacity) {
                    let (packets, length) = &mut arriving[input];
                    if *length == 0 {
                        *length = flits;
                    }
                    let flit = packets.next(length, serial);
                    switches.push(input, &flit);
                    queue.push_back(flit);
                } else if let Some(expected) = queue.pop_front() {
                    let flit = switches.at(switch).pop(unit);
                    prop_assert_eq!(flit.tag, expected.tag);
                    prop_assert_eq!(flit.is_tail(), expected.is_tail());
                }
                let held = &switches.inputs[input];
                prop_assert_eq!(usize::from(held.flits), queue.len());
                if let Some(front) = queue.front() {
                    prop_assert_eq!(held.front().tag, front.tag);
                }
                let in_order: Vec<u32> = switches.flits(input).map(|flit| flit.tag).collect();
                prop_assert_eq!(in_order, queue.iter().map(|flit| flit.tag).collect::<Vec<_>>());
                let tails = queue.iter().filter(|flit| flit.is_tail()).count();
                prop_assert_eq!(usize::from(switches.tails(input)), if counts_tails { tails } else { 0 });
                prop_assert_eq!(switches.tails(input), switches.at(switch).tails(unit));
            }
            for (input, queue) in queues.into_iter().enumerate() {
                for expected in queue {
                    let flit = switches.at(input / UNITS).pop(input % UNITS);
                    prop_assert_eq!(flit.tag, expected.tag);
                }
                prop_assert_eq!(switches.inputs[input].flits, 0);
                prop_assert_eq!(switches.tails(input), 0);
            }
        }
    }

    /// At a switch of so many ports and virtual channels.
    fn any_candidate(ports: u8, vcs: u8) -> impl Strategy<Value = Candidate> {
        let range = (0..vcs).prop_flat_map(move |first| (Just(first), 1..=vcs - first));
        (0..ports, range, any::<bool>(), 1_u8..16).prop_map(|(port, (first_vc, vcs), is_escape, packets)| {
            let way = Candidate::new(port, first_vc, vcs).with_room_for(packets);
            if is_escape { way.escape() } else { way }
        })
    }

    proptest! {
        /// What a routing found last is what there is, whatever was found before and beside.
        #[test]
        fn ways_are_those_found_last(
            most in 1_usize..4,
            rounds in prop::collection::vec(
                (0..2_usize, 0..UNITS, prop::collection::vec(any_candidate(PORTS as u8, VCS), 0..4)),
                0..40,
            ),
        ) {
            let mut switches = Switches::<1>::new(&model(config(Switching::Wormhole, 4), &Ways(most)));
            let mut expected = vec![Vec::new(); 2 * UNITS];
            for (switch, unit, mut found) in rounds {
                found.truncate(most);
                switches.at(switch).set_ways(unit, &found);
                expected[switch * UNITS + unit] = found;
                for (input, expected) in expected.iter().enumerate() {
                    let (switch, unit) = (input / UNITS, input % UNITS);
                    let ways: Vec<_> = switches.ways(input).collect();
                    prop_assert_eq!(&ways, expected);
                    let state = switches.at(switch);
                    let ways: Vec<_> = state.ways(unit).collect();
                    prop_assert_eq!(&ways, expected);
                }
            }
        }
    }

    /// Outputs that are connected have all their credits and are free; a terminal has the buffers of its port.
    #[test]
    fn connected_outputs_are_open() {
        let switches = Switches::<1>::new(&model(config(Switching::Wormhole, 4), &Ways(1)));
        for switch in 0..2 {
            let stages = switches.stages[switch];
            assert_eq!(stages.free, stages.credited);
            for unit in stages.free.iter() {
                assert_eq!(switches.outputs[switches.index(switch, unit)].credits, 4);
            }
            let of_port = |port: usize| Mask::<1>::range(port * usize::from(VCS), VCS.into());
            assert_eq!(stages.free & of_port(2), of_port(2), "to the terminal");
            assert_eq!(stages.free & of_port(3), of_port(3), "to the other switch");
            assert!(!stages.is_busy());
        }
    }
}
