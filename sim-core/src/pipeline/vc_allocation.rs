//! Virtual-channel allocation: each waiting packet asks for all free virtual channels that its route allows.

use super::{Standing, Step};
use crate::allocator::allocate;
use crate::event::{LongStage, StageEnd};
use crate::mask::Mask;
use crate::model::Model;
use crate::stages::Stages;
use crate::switches::{InputVc, NONE, OutputVc, SwitchState};
use crate::watch::Watch;
use crate::{Candidate, Cycle, Routing, Selection, Switching, VcReallocation, WatchStage};

impl<R: Routing, const W: usize> Step<'_, R, W> {
    /// Virtual-channel allocation of a plain switch.
    #[inline(never)]
    pub(super) fn allocate_vcs(&mut self, waiting: Mask<W>) {
        self.collect_vc_requests(waiting);
        self.match_requests();
        self.assign_matched();
    }

    /// Collects the requests of the waiting and, unless that is left to the switch, matches them with virtual channels.
    pub(super) fn match_vcs(&mut self, waiting: Mask<W>) {
        self.collect_vc_requests(waiting);
        if !self.model.config.combined_allocation {
            self.match_requests();
        }
    }

    #[inline(always)]
    fn collect_vc_requests(&mut self, waiting: Mask<W>) {
        let (model, state) = (self.model, &self.state);
        let requests = &mut self.workspace.scratch.vc_requests;
        let mut collected = requests.collect();
        for unit in waiting.iter() {
            collected.add(unit, state.wanted_vcs(model, unit));
        }
        let all = collected.all();
        requests.set(all);
        if model.heads_can_block {
            let in_vain = waiting & !requests.rows;
            self.state.parts().block(in_vain);
        }
    }

    fn match_requests(&mut self) {
        let requests = &mut self.workspace.scratch.vc_requests;
        if !requests.rows.is_empty() {
            let random = self.occasional.drawn_from(self.switch);
            allocate(
                self.model.config.vc_allocator,
                requests,
                self.state.vc_pointers(),
                random,
            );
        }
    }

    /// Carries out what was matched now, or, where allocation takes several cycles, what was matched then.
    pub(super) fn assign_vcs(&mut self, standing: &Standing<W>) {
        if self.model.config.combined_allocation {
            return;
        }
        if self.model.config.vc_alloc_delay > 1 {
            self.defer_assignment(standing.waiting);
            self.assign_due(standing.vc_due);
            return;
        }
        self.assign_matched();
    }

    /// Carries out what was matched now.
    #[inline(always)]
    pub(super) fn assign_matched(&mut self) {
        for i in 0..self.workspace.scratch.vc_requests.matches.len() {
            let (unit, output) = self.workspace.scratch.vc_requests.matches[i];
            let (unit, output) = (usize::from(unit), usize::from(output));
            self.give_vc(unit, output);
        }
    }

    #[inline(always)]
    pub(super) fn give_vc(&mut self, unit: usize, output: usize) {
        self.state.input_mut(unit).output = output as u16;
        self.state.output_mut(output).holder = unit as u16;
        let port = self.model.port(output);
        self.state.port_mut(port).holders.insert(unit);
        self.state.stages_mut().waiting.remove(unit);
        let free = &mut self.state.stages_mut().free;
        debug_assert!(free.contains(output), "a virtual channel is given twice");
        free.remove(output);
        self.offer_bid(unit);
        if self.state.input(unit).front().is_watched() {
            let (watch, input) = (&mut self.workspace.watch, self.state.input(unit));
            note_vc(watch, self.now, self.model, self.switch, input);
        }
    }

    /// All that asked now, matched or not, hear the answer when the stage ends.
    #[inline(never)]
    fn defer_assignment(&mut self, waiting: Mask<W>) {
        for &(unit, output) in &self.workspace.scratch.vc_requests.matches {
            self.state.decided(unit.into()).output = output;
        }
        self.state.stages_mut().waiting &= !waiting;
        if let Some(under_way) = self.state.under_way() {
            under_way.vc_allocation |= waiting;
        }
        for unit in waiting.iter() {
            let end = StageEnd {
                switch: self.switch as u32,
                input: unit as u16,
                stage: LongStage::VcAllocation,
            };
            let delay = Cycle::from(self.model.config.vc_alloc_delay);
            self.events.stages.push(self.now + delay - 1, end);
        }
    }

    /// A virtual channel that somebody else was given meanwhile is lost; its packet asks again.
    #[inline(never)]
    fn assign_due(&mut self, due: Mask<W>) {
        for unit in due.iter() {
            let output = std::mem::replace(&mut self.state.decided(unit).output, NONE);
            if let Some(under_way) = self.state.under_way() {
                under_way.vc_allocation.remove(unit);
            }
            if output != NONE && self.state.stages().free.contains(output.into()) {
                self.give_vc(unit, output.into());
            } else {
                self.state.stages_mut().waiting.insert(unit);
            }
        }
    }
}

impl<const W: usize> SwitchState<'_, W> {
    /// The virtual channels that the packet at the front of `unit` asks for now: of those that it may be given, what
    /// the selection makes of them.
    #[inline(always)]
    pub(super) fn wanted_vcs<R: Routing>(&self, model: &Model<R>, unit: usize) -> Mask<W> {
        match model.selection {
            Selection::AnyFree => self.all_open(model, unit),
            Selection::MostCredits => self.least_congested(model, unit),
        }
    }

    #[inline(always)]
    fn all_open<R: Routing>(&self, model: &Model<R>, unit: usize) -> Mask<W> {
        let way = self.input(unit).way;
        if way.vcs == 0 {
            return Mask::EMPTY;
        }
        if !self.has_other_ways() {
            return self.open_vcs(model, unit, way);
        }
        let ways = self.ways(unit);
        ways.fold(Mask::EMPTY, |open, way| open | self.open_vcs(model, unit, way))
    }

    fn least_congested<R: Routing>(&self, model: &Model<R>, unit: usize) -> Mask<W> {
        let (mut best, mut best_rank, mut most) = (Mask::EMPTY, u8::MAX, 0);
        for way in self.ways(unit) {
            let open = self.open_vcs(model, unit, way);
            let credits = |output: usize| u32::from(self.output(output).credits);
            let sum: u32 = open.iter().map(credits).sum();
            let better = way.rank() < best_rank || way.rank() == best_rank && sum > most;
            if !open.is_empty() && better {
                (best, best_rank, most) = (open, way.rank(), sum);
            }
        }
        best
    }

    /// Those of one way on that the packet may be given: free, and with room as switching and reallocation have it.
    #[inline(always)]
    fn open_vcs<R: Routing>(&self, model: &Model<R>, unit: usize, way: Candidate) -> Mask<W> {
        if model.config.switching == Switching::CutThrough && self.must_be_stored(model, unit, way) {
            return Mask::EMPTY;
        }
        let (stages, outputs) = (self.stages(), self.outputs());
        free_with_room(model, self.switch(), stages, outputs, self.input(unit), way)
    }

    /// The tail is not there yet, and the way on is faster than the way in.
    fn must_be_stored<R: Routing>(&self, model: &Model<R>, unit: usize, way: Candidate) -> bool {
        let (from, to) = (model.port(unit), usize::from(way.port));
        let wiring = &model.wiring;
        wiring.has_slow_links() && self.tails(unit) == 0 && wiring.speeds_up(self.switch(), (from, to))
    }
}

/// Notes the virtual channel that the watched packet at the head of `input` was given.
#[cold]
pub(super) fn note_vc<R: Routing>(
    watch: &mut Watch,
    now: Cycle,
    model: &Model<R>,
    switch: usize,
    input: &InputVc,
) {
    let (at, vc) = model.channel(switch, input.output.into());
    watch.note(now, input.front(), WatchStage::VcAllocated { at, vc });
}

/// The same of the watched packets at the heads of some `inputs`, of which some may have been given none.
#[cold]
pub(super) fn note_vcs<R: Routing, const W: usize>(
    watch: &mut Watch,
    now: Cycle,
    model: &Model<R>,
    switch: usize,
    inputs: &[InputVc],
    units: Mask<W>,
) {
    for unit in units.iter() {
        let input = &inputs[unit];
        if input.front().is_watched() && input.output != NONE {
            note_vc(watch, now, model, switch, input);
        }
    }
}

/// The virtual channels of a way on that are free and have room for the packet at the front of `input`, as the policy of
/// reallocation has it.
#[inline(always)]
pub fn free_with_room<R: Routing, const W: usize>(
    model: &Model<R>,
    switch: usize,
    stages: &Stages<W>,
    outputs: &[OutputVc],
    input: &InputVc,
    way: Candidate,
) -> Mask<W> {
    let free = stages.free & model.units_of_way(way);
    if model.config.vc_reallocation != VcReallocation::WholePacketFits && way.packets() == 1 {
        return free;
    }
    let mut roomy = free & stages.credited;
    let wanted = input.front().packet_flits() * u32::from(way.packets());
    if wanted == 1 {
        return roomy;
    }
    for output in roomy.iter() {
        let credits = outputs[output].credits;
        // A packet that is longer than the buffer gets all of it.
        let is_empty = || credits == model.output_capacity(switch, output);
        if u32::from(credits) < wanted && (way.packets() > 1 || !is_empty()) {
            roomy.remove(output);
        }
    }
    roomy
}
