//! The event queue: what is on its way, by the cycle in which it takes effect.

mod wheel;

pub use wheel::Wheel;

use crate::Cycle;
use crate::exchange::{Letter, Mail, Outgoing};
use crate::flit::Flit;
use crate::wiring::ABROAD;

/// Slots of a wheel at most: delays below this cost O(1). Pipelines and links are far shorter, and so are most gaps between
/// the packets of a source. Fewer make gaps slower, more make nothing faster (measured: see [`Wheel`]).
const MOST_SLOTS: usize = 1 << 10;

/// Slots for the gaps of sources in a fabric of several tiles, each of which has a wheel of its own.
const SLOTS_OF_A_TILE: usize = 1 << 8;

/// Slots of the wheels of a tile.
#[derive(Clone, Copy, Debug)]
pub struct Slots {
    /// For what comes out of links and pipelines.
    delays: usize,
    /// For the next packets of terminals.
    gaps: usize,
}

impl Slots {
    /// Where `longest` is the longest delay of links and pipelines.
    pub fn new(longest: Cycle, is_whole: bool) -> Self {
        let delays = longest.saturating_add(1).min(MOST_SLOTS as Cycle) as usize;
        Self {
            delays: delays.next_power_of_two().max(64),
            gaps: if is_whole { MOST_SLOTS } else { SLOTS_OF_A_TILE },
        }
    }

    /// Bytes of the wheels, beside their events.
    pub fn bytes(self) -> usize {
        (3 * self.delays + self.gaps) * size_of::<Vec<FlitArrival>>()
    }
}

/// A flit that comes out of a link.
#[derive(Clone, Copy, Debug)]
pub struct FlitArrival {
    /// Switch, or number of switches + terminal, of the tile; of another tile, as its wiring has it.
    pub node: u32,
    /// Input port x virtual channels + virtual channel; of a terminal, the virtual channel.
    pub unit: u16,
    pub flit: Flit,
}

/// A credit that comes back to the sender.
#[derive(Clone, Copy, Debug)]
pub struct CreditArrival {
    /// As of flits.
    pub node: u32,
    /// Output port x virtual channels + virtual channel; of a terminal, the virtual channel.
    pub output: u16,
}

/// The end of a pipeline stage that lasts longer than a cycle.
#[derive(Clone, Copy, Debug)]
pub struct StageEnd {
    pub switch: u32,
    /// Input port x virtual channels + virtual channel.
    pub input: u16,
    pub stage: LongStage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LongStage {
    RouteComputation,
    /// Of all that are in the switch's batch.
    RouteComputationBatch,
    VcAllocation,
    SwitchAllocation,
}

/// All pending events of a tile, a wheel a kind: a loop over one kind has nothing to decide.
///
/// Events of one cycle and kind touch different ports, virtual channels and terminals, so that their
/// order does not matter; kinds are handled in the order of the fields.
#[derive(Debug)]
pub struct Events {
    pub flits: Wheel<FlitArrival>,
    pub credits: Wheel<CreditArrival>,
    pub stages: Wheel<StageEnd>,
    /// Terminals whose next packet is created.
    pub wakes: Wheel<u32>,
    /// What is for other tiles.
    pub outgoing: Outgoing,
}

impl Events {
    pub fn new(slots: Slots, outgoing: Outgoing) -> Self {
        Self {
            flits: Wheel::new(slots.delays),
            credits: Wheel::new(slots.delays),
            stages: Wheel::new(slots.delays),
            wakes: Wheel::new(slots.gaps),
            outgoing,
        }
    }

    /// A flit is on its way: to a node of the tile or of another.
    #[inline(always)]
    pub fn send_flit(&mut self, due: Cycle, node: u32, unit: u16, flit: Flit) {
        let arrival = || FlitArrival { node, unit, flit };
        if node < ABROAD {
            self.flits.push_with(due, arrival);
        } else {
            self.outgoing.send_flit(due, arrival());
        }
    }

    /// The same of a credit.
    #[inline(always)]
    pub fn send_credit(&mut self, due: Cycle, arrival: CreditArrival) {
        if arrival.node < ABROAD {
            self.credits.push(due, arrival);
        } else {
            self.outgoing.send_credit(due, arrival);
        }
    }

    /// What comes from another tile.
    #[inline]
    pub fn receive(&mut self, letter: Letter) {
        match Mail::read(letter) {
            Mail::Flit(due, arrival) => self.flits.push(due, arrival),
            Mail::Credit(due, arrival) => self.credits.push(due, arrival),
        }
    }

    /// The first cycle that has an event; `None` if nothing is pending.
    pub fn next_due(&self) -> Option<Cycle> {
        [
            self.flits.next_due(),
            self.credits.next_due(),
            self.stages.next_due(),
            self.wakes.next_due(),
        ]
        .into_iter()
        .flatten()
        .min()
    }
}
