//! One switch, as a pass through its pipeline sees it.

use super::{Decided, InputVc, OutputVc, PortState, Rest, Switches};
use crate::Candidate;
use crate::flit::Flit;
use crate::stages::{Stages, UnderWay};

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
}

impl<const W: usize> SwitchState<'_, W> {
    /// The same, by table.
    #[inline(always)]
    pub fn parts(&mut self) -> SwitchParts<'_, W> {
        self.all.parts(self.switch)
    }

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
