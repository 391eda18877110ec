//! Heads that find no output virtual channel to ask for.
//!
//! All that their routes allow are held, or have no room. They ask no more until that may have changed: until an output of the
//! switch is released, or one that nobody holds gets a credit and still has no more than some head wanted. Past saturation
//! nearly all heads stand like that, and a switch in which nothing can move takes no time.
//!
//! Results are the same as if each head looked in every cycle: one that asks for nothing changes nothing.

use crate::engine::Engine;
use crate::mask::Mask;
use crate::pipeline::free_with_room;
use crate::stages::Stages;
use crate::switches::SwitchParts;
use crate::tile::Tile;
use crate::{Routing, Source, SwitchConfig, Switching, VcReallocation};

/// Whether heads can be told when to look again. Not where a request in vain takes several cycles, before which no other is
/// made, nor where a head waits for its tail to come before it asks (cut-through from slow links to fast ones).
pub fn heads_can_block(config: &SwitchConfig, has_slow_links: bool) -> bool {
    let waits_for_tail = config.switching == Switching::CutThrough && has_slow_links;
    let speculates_for_long = config.speculative && config.sw_alloc_delay > 1;
    config.vc_alloc_delay == 1 && !speculates_for_long && !waits_for_tail
}

/// [`Rest::telling_credits`](crate::switches::Rest::telling_credits) before any head is blocked. `Atomic` reallocation gives an
/// output away with its last credit.
pub fn telling_credits(config: &SwitchConfig) -> u32 {
    match config.vc_reallocation {
        VcReallocation::Atomic => u32::MAX,
        _ => 0,
    }
}

impl<const W: usize> SwitchParts<'_, W> {
    /// Of heads that wait, those that found nothing to ask for, if any.
    #[inline(always)]
    pub fn block(&mut self, heads: Mask<W>) {
        self.stages.block(heads);
        for unit in heads.iter() {
            let input = &self.inputs[unit];
            let ways = self.rest.ways(input, self.first_unit + unit);
            let packets = ways.map(|way| u32::from(way.packets())).max().unwrap_or(0);
            let telling = &mut self.rest.telling_credits;
            *telling = (*telling).max(input.front().packet_flits() * packets);
        }
    }
}

impl<const W: usize> Stages<W> {
    /// Of heads that wait, those that found nothing to ask for, if any.
    #[inline(always)]
    fn block(&mut self, heads: Mask<W>) {
        if !heads.is_empty() {
            self.waiting &= !heads;
            self.blocked |= heads;
        }
    }

    /// Those that were blocked ask again; whether there were any.
    #[inline(always)]
    pub fn unblock(&mut self) -> bool {
        let any = !self.blocked.is_empty();
        if any {
            self.waiting |= std::mem::take(&mut self.blocked);
        }
        any
    }

    /// An output virtual channel may be given to a packet again.
    #[inline(always)]
    pub fn release(&mut self, output: usize) {
        self.free.insert(output);
        self.unblock();
    }
}

impl<R: Routing, S: Source, const W: usize> Engine<'_, R, S, W> {
    /// No head is blocked that has something to ask for.
    ///
    /// # Panics
    /// Where one is: nothing would tell it to look again.
    pub fn check_blocked_heads(&self) {
        self.tiles().for_each(Tile::check_blocked_heads);
    }
}

impl<R: Routing, S: Source, const W: usize> Tile<'_, R, S, W> {
    fn check_blocked_heads(&self) {
        for (switch, stages) in self.switches.stages.iter().enumerate() {
            let units = switch * self.switches.units..(switch + 1) * self.switches.units;
            let outputs = &self.switches.outputs[units.clone()];
            for unit in stages.blocked.iter() {
                let (index, input) = (units.start + unit, &self.switches.inputs[units.start + unit]);
                let open = self.switches.ways(index).fold(Mask::EMPTY, |open, way| {
                    open | free_with_room(&self.model, switch, stages, outputs, input, way)
                });
                assert!(open.is_empty(), "a head is blocked that has something to ask for");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Candidate;
    use crate::flit::Flit;
    use crate::switches::Switches;
    use crate::test_fabric::{Ways, model};

    #[test]
    fn credits_tell_up_to_the_most_room_that_any_head_wants_by_any_way() {
        let mut switches = Switches::<1>::new(&model(SwitchConfig::default(), &Ways(2)));
        assert_eq!(switches.rest.telling_credits, 0);
        let way = Candidate::new(3, 0, 1);
        for (unit, flits, [first, other], telling) in [
            (0, 3, [1, 2], 6),
            (1, 2, [1, 1], 6),
            (2, 4, [2, 1], 8),
            (3, 9, [1, 1], 9),
        ] {
            let mut switch = switches.at(0);
            switch.set_ways(unit, &[way.with_room_for(first), way.with_room_for(other)]);
            switch.stages_mut().waiting.insert(unit);
            let input = switches.index(0, unit);
            switches.push(input, &Flit::new(0, 0, (0, flits)));
            switches.parts(0).block(Mask::one(unit));
            assert_eq!(switches.rest.telling_credits, telling);
        }
        let all = SwitchConfig {
            vc_reallocation: VcReallocation::Atomic,
            ..SwitchConfig::default()
        };
        assert_eq!(telling_credits(&all), u32::MAX);
    }

    #[test]
    fn blocked_heads_ask_again_when_an_output_is_released() {
        let mut stages = Stages::<1>::empty(8);
        for head in [1, 3, 4] {
            stages.waiting.insert(head);
        }
        stages.block(Mask::EMPTY);
        assert!(stages.blocked.is_empty() && !stages.unblock());
        stages.block(Mask::one(1) | Mask::one(4));
        assert_eq!(
            (stages.waiting, stages.blocked),
            (Mask::one(3), Mask::one(1) | Mask::one(4))
        );
        stages.waiting.remove(3);
        assert!(!stages.is_busy(), "nobody can move");
        stages.release(7);
        assert_eq!(
            (stages.waiting, stages.blocked),
            (Mask::one(1) | Mask::one(4), Mask::EMPTY)
        );
        assert!(stages.is_busy() && stages.free.contains(7));
    }

    #[test]
    fn where_a_request_takes_several_cycles_heads_keep_asking() {
        let can_block = |change: fn(&mut SwitchConfig), has_slow_links| {
            let mut config = SwitchConfig::default();
            change(&mut config);
            heads_can_block(&config, has_slow_links)
        };
        assert!(can_block(|_| {}, true));
        assert!(can_block(|c| c.switching = Switching::CutThrough, false));
        assert!(!can_block(|c| c.switching = Switching::CutThrough, true));
        assert!(!can_block(|c| c.vc_alloc_delay = 2, false));
        assert!(can_block(|c| c.sw_alloc_delay = 2, false));
        assert!(can_block(|c| c.speculative = true, false));
        let speculate_for_long = |c: &mut SwitchConfig| (c.speculative, c.sw_alloc_delay) = (true, 2);
        assert!(!can_block(speculate_for_long, false));
    }
}
