//! The state of all switches, in flat arrays.

use crate::allocator::{HasPointer, Pointer};
use crate::flit::Flit;
use crate::flit_pool::{FlitPool, NOWHERE};
use crate::mask::Mask;
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

/// One virtual channel of one input port, and the flit at its head.
#[derive(Clone, Copy, Debug)]
pub struct InputVc {
    /// The first flit; the last that there was where there is none.
    front: Flit,
    /// Places of the second flit and the last, where there are so many.
    second: u32,
    last: u32,
    /// Flits in the buffer.
    pub flits: u16,
    /// The output virtual channel that its packet holds, or [`NONE`].
    pub output: u16,
    /// The first way on that its routing offers.
    pub way: Candidate,
}

/// One virtual channel of one output port.
#[derive(Clone, Copy, Debug)]
pub struct OutputVc {
    /// Free places in the buffer at the far end.
    pub credits: u16,
    /// The input virtual channel whose packet holds it, or [`NONE`].
    pub holder: u16,
    /// Of virtual-channel allocation: that of the input virtual channel of the same number, too.
    pub pointer: Pointer,
}

/// One port, both ways.
#[derive(Clone, Copy, Debug, Default)]
pub struct PortState<const W: usize> {
    /// Input virtual channels whose packets hold a virtual channel of its output.
    pub holders: Mask<W>,
    /// Flits on its output's link in the measured window.
    pub flits: u64,
    /// Of switch allocation.
    pub pointer: Pointer,
    /// The unit at which its input begins to look for a bid.
    pub next_unit: u16,
}

impl HasPointer for OutputVc {
    #[inline(always)]
    fn pointer(&self) -> Pointer {
        self.pointer
    }

    #[inline(always)]
    fn pointer_mut(&mut self) -> &mut Pointer {
        &mut self.pointer
    }
}

impl<const W: usize> HasPointer for PortState<W> {
    #[inline(always)]
    fn pointer(&self) -> Pointer {
        self.pointer
    }

    #[inline(always)]
    fn pointer_mut(&mut self) -> &mut Pointer {
        &mut self.pointer
    }
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
    /// Tails in each buffer, packets of which the last flit has come; empty under wormhole switching.
    tails: Vec<u16>,
    /// By switch; empty where no stage lasts several cycles.
    pub under_way: Vec<UnderWay<W>>,
    /// Empty where no allocation lasts several cycles.
    decided: Vec<Decided>,
}

/// The parts of all tables that one switch has, found once for all that is done in a pass.
pub struct SwitchParts<'s, const W: usize> {
    pub stages: &'s mut Stages<W>,
    /// By unit.
    pub inputs: &'s mut [InputVc],
    /// Likewise.
    pub outputs: &'s mut [OutputVc],
    pub by_port: &'s mut [PortState<W>],
    /// Its first unit among those of all switches.
    pub first_unit: usize,
    /// Of all switches.
    pub rest: &'s mut Rest<W>,
}

/// One switch of [`Switches`].
pub struct SwitchState<'s, const W: usize> {
    switch: usize,
    /// Its first unit and port among those of all switches.
    first_unit: usize,
    first_port: usize,
    all: &'s mut Switches<W>,
}

impl<const W: usize> Switches<W> {
    pub fn new<R: Routing>(model: &Model<R>) -> Self {
        let (switches, ports, units) = (model.wiring.switches as usize, model.ports, model.units());
        let all = switches * units;
        let more_ways = model.routing.max_candidates().saturating_sub(1);
        let input = InputVc {
            front: Flit::default(),
            second: NOWHERE,
            last: NOWHERE,
            flits: 0,
            output: NONE,
            way: Candidate::NONE,
        };
        let output = OutputVc {
            credits: 0,
            holder: NONE,
            pointer: Pointer::default(),
        };
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
            inputs: vec![input; all],
            outputs: vec![output; all],
            by_port: vec![PortState::default(); switches * ports],
            rest: Rest {
                pool: FlitPool::new(switches * behind_first),
                others: vec![Candidate::NONE; all * more_ways],
                more_ways,
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

    /// One switch.
    #[inline(always)]
    pub fn at(&mut self, switch: usize) -> SwitchState<'_, W> {
        SwitchState {
            switch,
            first_unit: switch * self.units,
            first_port: switch * self.ports,
            all: self,
        }
    }

    /// The same, by table.
    #[inline(always)]
    pub fn parts(&mut self, switch: usize) -> SwitchParts<'_, W> {
        let (first_unit, first_port) = (switch * self.units, switch * self.ports);
        let units = first_unit..first_unit + self.units;
        SwitchParts {
            stages: &mut self.stages[switch],
            inputs: &mut self.inputs[units.clone()],
            outputs: &mut self.outputs[units],
            by_port: &mut self.by_port[first_port..first_port + self.ports],
            first_unit,
            rest: &mut self.rest,
        }
    }

    /// Puts a flit at the end of an input virtual channel, which has room for it.
    #[inline(always)]
    pub fn push(&mut self, input: usize, flit: &Flit) -> &InputVc {
        if let Some(tails) = self.rest.tails.get_mut(input) {
            *tails += u16::from(flit.is_tail());
        }
        let vc = &mut self.inputs[input];
        vc.flits += 1;
        if vc.flits == 1 {
            vc.front = *flit;
        } else {
            vc.append(*flit, &mut self.rest.pool);
        }
        vc
    }

    /// Packets in an input virtual channel of which the last flit has come; not told under wormhole switching.
    pub fn tails(&self, input: usize) -> u16 {
        self.rest.tails.get(input).copied().unwrap_or(0)
    }

    /// The flits of an input virtual channel, in order.
    pub fn flits(&self, input: usize) -> impl Iterator<Item = &Flit> {
        let vc = &self.inputs[input];
        let first = (vc.flits > 0).then_some(&vc.front);
        let behind = usize::from(vc.flits).saturating_sub(1);
        first
            .into_iter()
            .chain(self.rest.pool.list(vc.second).take(behind))
    }

    /// The ways on of the packet at the head of an input virtual channel.
    pub fn ways(&self, input: usize) -> impl Iterator<Item = Candidate> {
        offered(self.inputs[input].way, self.rest.others(input))
    }
}

/// Of ways on, those that there are.
fn offered(first: Candidate, others: &[Candidate]) -> impl Iterator<Item = Candidate> {
    let all = std::iter::once(first).chain(others.iter().copied());
    all.take_while(|way| way.vcs > 0)
}

impl InputVc {
    /// The flit at the head, if there is one.
    #[inline(always)]
    pub fn front(&self) -> &Flit {
        &self.front
    }

    /// The same, for the routing to change its tag.
    #[inline(always)]
    pub fn front_mut(&mut self) -> &mut Flit {
        &mut self.front
    }

    /// The first way on of those that the routing found.
    #[inline(always)]
    pub fn set_way(&mut self, found: &[Candidate]) {
        self.way = found.first().copied().unwrap_or(Candidate::NONE);
    }

    /// Puts a flit, already counted, behind others.
    #[inline]
    fn append(&mut self, flit: Flit, pool: &mut FlitPool) {
        let place = pool.store(flit);
        let before = std::mem::replace(&mut self.last, place);
        if self.flits == 2 {
            debug_assert!(
                self.front.is_followed_by(&flit),
                "packets mix in a virtual channel"
            );
            self.second = place;
        } else {
            debug_assert!(
                pool.flit(before).is_followed_by(&flit),
                "packets mix in a virtual channel"
            );
            pool.link(before, place);
        }
    }
}

impl<const W: usize> Rest<W> {
    /// Takes the flit at the head of an input virtual channel that is not empty, number `index` of all.
    #[inline(always)]
    pub fn pop(&mut self, input: &mut InputVc, index: usize) -> Flit {
        debug_assert!(input.flits > 0, "an empty buffer is read");
        let flit = input.front;
        input.flits -= 1;
        if input.flits > 0 {
            (input.front, input.second) = self.pool.take(input.second);
        }
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

    /// Places of the other ways on.
    #[inline(always)]
    fn others(&self, input: usize) -> &[Candidate] {
        &self.others[input * self.more_ways..][..self.more_ways]
    }
}

impl<const W: usize> SwitchState<'_, W> {
    #[inline(always)]
    pub fn stages(&self) -> &Stages<W> {
        &self.all.stages[self.switch]
    }

    #[inline(always)]
    pub fn stages_mut(&mut self) -> &mut Stages<W> {
        &mut self.all.stages[self.switch]
    }

    #[inline(always)]
    pub fn input(&self, unit: usize) -> &InputVc {
        &self.all.inputs[self.first_unit + unit]
    }

    #[inline(always)]
    pub fn input_mut(&mut self, unit: usize) -> &mut InputVc {
        &mut self.all.inputs[self.first_unit + unit]
    }

    #[inline(always)]
    pub fn output(&self, unit: usize) -> &OutputVc {
        &self.all.outputs[self.first_unit + unit]
    }

    #[inline(always)]
    pub fn output_mut(&mut self, unit: usize) -> &mut OutputVc {
        &mut self.all.outputs[self.first_unit + unit]
    }

    #[inline(always)]
    pub fn port_mut(&mut self, port: usize) -> &mut PortState<W> {
        &mut self.all.by_port[self.first_port + port]
    }

    /// By unit.
    #[inline(always)]
    pub fn outputs(&self) -> &[OutputVc] {
        &self.all.outputs[self.first_unit..][..self.all.units]
    }

    /// Its number.
    #[inline(always)]
    pub fn switch(&self) -> usize {
        self.switch
    }

    /// Pointers of virtual-channel allocation.
    #[inline(always)]
    pub fn vc_pointers(&mut self) -> &mut [OutputVc] {
        &mut self.all.outputs[self.first_unit..][..self.all.units]
    }

    /// Pointers of switch allocation.
    #[inline(always)]
    pub fn switch_pointers(&mut self) -> &mut [PortState<W>] {
        &mut self.all.by_port[self.first_port..][..self.all.ports]
    }

    /// Stages that last several cycles, where there are such.
    #[inline(always)]
    pub fn under_way(&mut self) -> Option<&mut UnderWay<W>> {
        self.all.rest.under_way.get_mut(self.switch)
    }

    /// What an allocation of several cycles has decided for an input virtual channel.
    pub fn decided(&mut self, unit: usize) -> &mut Decided {
        &mut self.all.rest.decided[self.first_unit + unit]
    }

    /// Takes the flit at the head of an input virtual channel that is not empty.
    #[inline(always)]
    pub fn pop(&mut self, unit: usize) -> Flit {
        let index = self.first_unit + unit;
        let Switches { inputs, rest, .. } = &mut *self.all;
        rest.pop(&mut inputs[index], index)
    }

    /// Packets in an input virtual channel of which the last flit has come; not told under wormhole switching.
    pub fn tails(&self, unit: usize) -> u16 {
        self.all.tails(self.first_unit + unit)
    }

    /// Takes a credit of an output virtual channel, which has one.
    #[inline(always)]
    pub fn take_credit(&mut self, unit: usize) {
        let credits = &mut self.output_mut(unit).credits;
        *credits -= 1;
        if *credits == 0 {
            self.stages_mut().credited.remove(unit);
        }
    }

    /// An output virtual channel has a credit.
    #[inline(always)]
    pub fn has_credit(&self, unit: usize) -> bool {
        self.stages().credited.contains(unit)
    }

    /// Whether a packet may have more than one way on.
    #[inline(always)]
    pub fn has_other_ways(&self) -> bool {
        self.all.rest.has_other_ways()
    }

    /// The ways on of the packet at the head of an input virtual channel.
    pub fn ways(&self, unit: usize) -> impl Iterator<Item = Candidate> {
        self.all.ways(self.first_unit + unit)
    }

    /// What the routing found for the packet at the head of an input virtual channel.
    #[inline(always)]
    pub fn set_ways(&mut self, unit: usize, found: &[Candidate]) {
        self.input_mut(unit).set_way(found);
        if self.has_other_ways() {
            let Rest {
                others, more_ways, ..
            } = &mut self.all.rest;
            let places = &mut others[(self.first_unit + unit) * *more_ways..][..*more_ways];
            let found = found.iter().copied().skip(1);
            let found = found.chain(std::iter::repeat(Candidate::NONE));
            places.iter_mut().zip(found).for_each(|(place, way)| *place = way);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;
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
