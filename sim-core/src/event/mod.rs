//! The event queue: what is on its way, by the cycle in which it takes effect.

mod wheel;

pub use wheel::Wheel;

use crate::Cycle;
use crate::flit::Flit;

/// Slots of each wheel: delays below this cost O(1). Links and pipelines are far shorter, and so are most gaps between the
/// packets of a source. Fewer make these slower, more make nothing faster (measured: see [`Wheel`]).
const SLOTS: usize = 1 << 10;

/// A flit that comes out of a link.
#[derive(Clone, Copy, Debug)]
pub struct FlitArrival {
    /// Switch, or number of switches + terminal.
    pub node: u32,
    /// Input port x virtual channels + virtual channel; of a terminal, the virtual channel.
    pub unit: u16,
    pub flit: Flit,
}

/// A credit that comes back to the sender.
#[derive(Clone, Copy, Debug)]
pub struct CreditArrival {
    /// Switch, or number of switches + terminal.
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

/// All pending events, a wheel a kind: a loop over one kind has nothing to decide.
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
}

impl Events {
    pub fn new() -> Self {
        Self {
            flits: Wheel::new(SLOTS),
            credits: Wheel::new(SLOTS),
            stages: Wheel::new(SLOTS),
            wakes: Wheel::new(SLOTS),
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
