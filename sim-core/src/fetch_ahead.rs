//! In fabrics that are larger than the processor's caches: what will be looked at soon is fetched meanwhile.
//!
//! Every cycle goes over the whole fabric, so that each look at a switch would wait for the memory, and the work between
//! two looks is too little for the processor to find the next one by itself. Nothing here changes a result.

use prefetch_index::prefetch_index;

use crate::active_set::Walk;
use crate::event::{CreditArrival, FlitArrival};
use crate::switches::{InputVc, OutputVc};
use crate::tile::Tile;
use crate::{Routing, Source};

/// Fabrics whose switches take more are not in the caches when they are looked at \[bytes\].
const CACHE: usize = 4 << 20;

/// Events between one and the one that is fetched meanwhile.
const EVENTS: usize = 16;

/// Busy switches between one and the one whose virtual channels are fetched meanwhile; twice as many ahead its own state is
/// fetched, which tells which of them.
const SWITCHES: usize = 4;

/// Terminals that may inject between one and the one whose source is fetched meanwhile.
const TERMINALS: usize = 6;

/// Virtual channels of input ports, and of output ports, in a line of the cache.
const INPUTS_A_LINE: usize = 64 / size_of::<InputVc>();
const OUTPUTS_A_LINE: usize = 64 / size_of::<OutputVc>();

/// The busy switches of which something was fetched.
#[derive(Default)]
pub struct Ahead {
    /// Their own state.
    switches: Walk,
    /// Their virtual channels.
    units: Walk,
}

/// Whether fabrics whose switches take so many bytes are worth it.
pub fn pays_off(switch_bytes: usize) -> bool {
    switch_bytes > CACHE
}

impl<R: Routing, S: Source, const W: usize> Tile<'_, R, S, W> {
    /// Where a flit will arrive soon.
    #[inline(always)]
    pub fn fetch_input(&self, arrivals: &[FlitArrival], i: usize) {
        let Some(arrival) = arrivals.get(i + EVENTS) else {
            return;
        };
        let switch = arrival.node as usize;
        let index = self.switches.index(switch, arrival.unit.into());
        prefetch_index(&self.switches.inputs, index);
        prefetch_index(&self.switches.stages, switch);
    }

    /// Where a credit will arrive soon.
    #[inline(always)]
    pub fn fetch_output(&self, arrivals: &[CreditArrival], i: usize) {
        let Some(arrival) = arrivals.get(i + EVENTS) else {
            return;
        };
        let index = self.switches.index(arrival.node as usize, arrival.output.into());
        prefetch_index(&self.switches.outputs, index);
    }

    /// What the first switches of a cycle need.
    #[inline(never)]
    pub fn start_fetching(&self) -> Ahead {
        let mut ahead = Ahead::default();
        if self.fetches_ahead {
            for _ in 0..SWITCHES {
                self.fetch_next_switch(&mut ahead);
            }
            for _ in 0..SWITCHES {
                self.fetch_next(&mut ahead);
            }
        }
        ahead
    }

    /// What one more of the busy switches needs.
    #[inline(always)]
    pub fn fetch_next(&self, ahead: &mut Ahead) {
        self.fetch_next_switch(ahead);
        if let Some(switch) = self.busy.next(&mut ahead.units) {
            self.fetch_units(switch);
        }
    }

    #[inline(always)]
    fn fetch_next_switch(&self, ahead: &mut Ahead) {
        if let Some(switch) = self.busy.next(&mut ahead.switches) {
            self.fetch_switch(switch);
        }
    }

    #[inline(always)]
    fn fetch_switch(&self, switch: usize) {
        prefetch_index(&self.switches.stages, switch);
        let first = self.model.wiring.slot(switch, 0);
        let last = first + self.model.ports - 1;
        for port in [first, (first + last) / 2, last] {
            prefetch_index(&self.switches.by_port, port);
            self.model.wiring.fetch(port);
        }
    }

    #[inline(always)]
    fn fetch_units(&self, switch: usize) {
        let stages = &self.switches.stages[switch];
        let first = self.switches.index(switch, 0);
        let standing = stages.routing | stages.waiting | stages.bidding;
        if W == 1 && standing.has_several() {
            // To fetch all takes less than to guess how many there are.
            for unit in (0..self.switches.units).step_by(INPUTS_A_LINE) {
                prefetch_index(&self.switches.inputs, first + unit);
            }
        } else {
            for unit in standing.iter() {
                prefetch_index(&self.switches.inputs, first + unit);
            }
        }
        for unit in (0..self.switches.units).step_by(OUTPUTS_A_LINE) {
            prefetch_index(&self.switches.outputs, first + unit);
        }
    }

    /// The sources of the first terminals of a cycle that may inject.
    #[inline(never)]
    pub fn start_fetching_sources(&self) -> Walk {
        let mut ahead = Walk::default();
        if self.fetches_ahead {
            for _ in 0..TERMINALS {
                self.fetch_next_source(&mut ahead);
            }
        }
        ahead
    }

    /// The source of one more.
    #[inline(always)]
    pub fn fetch_next_source(&self, ahead: &mut Walk) {
        if let Some(terminal) = self.terminals.active.next(ahead) {
            self.terminals.fetch(terminal);
        }
    }
}
