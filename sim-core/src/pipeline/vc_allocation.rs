//! Virtual-channel allocation: each waiting packet asks for all free virtual channels that its route allows.

use super::{Standing, drawn_from};
use crate::allocator::allocate;
use crate::engine::Engine;
use crate::event::{LongStage, StageEnd};
use crate::mask::Mask;
use crate::switches::NONE;
use crate::{Candidate, Cycle, PortRef, Routing, Selection, Source, Switching, VcReallocation, WatchStage};

impl<R: Routing, S: Source, const W: usize> Engine<'_, R, S, W> {
    /// Collects the requests of the waiting and, unless that is left to the switch, matches them with virtual channels.
    pub(super) fn match_vcs(&mut self, switch: usize, standing: &Standing<W>) {
        self.vc_requests.clear();
        for unit in standing.waiting.iter() {
            let wanted = self.wanted_vcs(switch, unit);
            if !wanted.is_empty() {
                self.vc_requests.add(unit, wanted);
            }
        }
        if self.vc_requests.rows.is_empty() || self.config.combined_allocation {
            return;
        }
        let pointers = &mut self.switches.vc_pointers(switch);
        let random = drawn_from(&mut self.allocation_streams, &mut self.streams, switch);
        allocate(self.config.vc_allocator, &mut self.vc_requests, pointers, random);
    }

    /// The virtual channels that the packet at the front of `unit` asks for now: of those that it may be given, what
    /// the selection makes of them.
    pub(super) fn wanted_vcs(&self, switch: usize, unit: usize) -> Mask<W> {
        match self.selection {
            Selection::AnyFree => self.all_open(switch, unit),
            Selection::MostCredits => self.least_congested(switch, unit),
        }
    }

    fn all_open(&self, switch: usize, unit: usize) -> Mask<W> {
        let mut open = Mask::EMPTY;
        for &candidate in self.switches.candidates(self.switches.index(switch, unit)) {
            open |= self.open_vcs(switch, unit, candidate);
        }
        open
    }

    fn least_congested(&self, switch: usize, unit: usize) -> Mask<W> {
        let first = self.switches.index(switch, 0);
        let (mut best, mut best_rank, mut most) = (Mask::EMPTY, u8::MAX, 0);
        for &candidate in self.switches.candidates(self.switches.index(switch, unit)) {
            let open = self.open_vcs(switch, unit, candidate);
            let credits = |output: usize| u32::from(self.switches.outputs[first + output].credits);
            let sum: u32 = open.iter().map(credits).sum();
            let better = candidate.rank < best_rank || candidate.rank == best_rank && sum > most;
            if !open.is_empty() && better {
                (best, best_rank, most) = (open, candidate.rank, sum);
            }
        }
        best
    }

    /// Those of one way on that the packet may be given: free, and with room as switching and reallocation have it.
    fn open_vcs(&self, switch: usize, unit: usize, candidate: Candidate) -> Mask<W> {
        let mut open = self.switches.stages[switch].free & self.range_of(candidate);
        if self.config.vc_reallocation == VcReallocation::WholePacketFits || candidate.packets > 1 {
            let input = self.switches.inputs[self.switches.index(switch, unit)];
            for output in open.iter() {
                if !self.has_room(switch, output, input.packet_flits, candidate.packets) {
                    open.remove(output);
                }
            }
        }
        if self.config.switching == Switching::CutThrough && self.must_be_stored(switch, unit, candidate.port)
        {
            return Mask::EMPTY;
        }
        open
    }

    /// Room for so many packets of `flits`; for one longer than the buffer, all of that.
    #[inline]
    fn has_room(&self, switch: usize, output: usize, flits: u16, packets: u8) -> bool {
        let credits = self.switches.outputs[self.switches.index(switch, output)].credits;
        let wanted = u32::from(flits) * u32::from(packets);
        u32::from(credits) >= wanted
            || packets == 1 && credits == self.switches.output_capacity(&self.wiring, switch, output)
    }

    /// The tail is not there yet, and the way on is faster than the way in.
    fn must_be_stored(&self, switch: usize, unit: usize, port: u8) -> bool {
        if !self.wiring.has_slow_links() {
            return false;
        }
        let from = self.wiring.slot(switch as u32, self.port_of[unit]);
        let to = self.wiring.slot(switch as u32, port);
        self.switches.inputs[self.switches.index(switch, unit)].tails == 0 && self.wiring.speeds_up(from, to)
    }

    /// A candidate's virtual channels among those of all ports.
    #[inline]
    fn range_of(&self, candidate: Candidate) -> Mask<W> {
        let first = usize::from(candidate.port) * self.switches.vcs + usize::from(candidate.first_vc);
        Mask::range(first, usize::from(candidate.vcs))
    }

    /// Carries out what was matched now, or, where allocation takes several cycles, what was matched then.
    pub(super) fn assign_vcs(&mut self, switch: usize, standing: &Standing<W>) {
        if self.config.combined_allocation {
            return;
        }
        if self.config.vc_alloc_delay > 1 {
            self.defer_assignment(switch, standing.waiting);
            self.assign_due(switch, standing.vc_due);
            return;
        }
        for i in 0..self.vc_requests.matches.len() {
            let (unit, output) = self.vc_requests.matches[i];
            self.switches.stages[switch].waiting.remove(unit);
            self.give_vc(switch, unit, output);
        }
    }

    pub(super) fn give_vc(&mut self, switch: usize, unit: usize, output: usize) {
        let (input, index) = (
            self.switches.index(switch, unit),
            self.switches.index(switch, output),
        );
        self.switches.inputs[input].output = output as u16;
        self.switches.outputs[index].holder = unit as u16;
        let stages = &mut self.switches.stages[switch];
        debug_assert!(stages.free.contains(output), "a virtual channel is given twice");
        stages.free.remove(output);
        self.offer_bid(switch, unit);
        let flit = *self.switches.front(input);
        if flit.is_watched() {
            let at = PortRef {
                switch: switch as u32,
                port: self.port_of[output],
            };
            let vc = (output % self.switches.vcs) as u8;
            self.watch
                .note(self.now, &flit, WatchStage::VcAllocated { at, vc });
        }
    }

    /// All that asked now, matched or not, hear the answer when the stage ends.
    fn defer_assignment(&mut self, switch: usize, waiting: Mask<W>) {
        for &(unit, output) in &self.vc_requests.matches {
            let input = self.switches.index(switch, unit);
            self.switches.inputs[input].tentative = output as u16;
        }
        let stages = &mut self.switches.stages[switch];
        stages.waiting &= !waiting;
        stages.allocating |= waiting;
        for unit in waiting.iter() {
            let end = StageEnd {
                switch: switch as u32,
                input: unit as u16,
                stage: LongStage::VcAllocation,
            };
            let delay = Cycle::from(self.config.vc_alloc_delay);
            self.events.stages.push(self.now + delay - 1, end);
        }
    }

    /// A virtual channel that somebody else was given meanwhile is lost; its packet asks again.
    fn assign_due(&mut self, switch: usize, due: Mask<W>) {
        for unit in due.iter() {
            let input = self.switches.index(switch, unit);
            let tentative = std::mem::replace(&mut self.switches.inputs[input].tentative, NONE);
            let stages = &mut self.switches.stages[switch];
            stages.allocating.remove(unit);
            if tentative != NONE && stages.free.contains(usize::from(tentative)) {
                self.give_vc(switch, unit, usize::from(tentative));
            } else {
                stages.waiting.insert(unit);
            }
        }
    }
}
