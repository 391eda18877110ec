//! Where the flits of a switch stand in its pipeline.

use crate::mask::Mask;

/// Which input virtual channels of a switch stand in which stage, and which output virtual channels are to be had.
/// Bit = port x virtual channels + virtual channel. Up to 64 of them these are one line of the cache.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stages<const W: usize> {
    /// Head flits whose route is to be computed.
    pub routing: Mask<W>,
    /// Head flits that ask for an output virtual channel.
    pub waiting: Mask<W>,
    /// Head flits that found none to ask for (see [`blocked_heads`](crate::blocked_heads)).
    pub blocked: Mask<W>,
    /// Flits that bid for the switch.
    pub bidding: Mask<W>,
    /// Flits whose packet holds its way through the switch.
    pub holding: Mask<W>,
    /// Output virtual channels that may be given to a packet.
    pub free: Mask<W>,
    /// Output virtual channels that have a credit.
    pub credited: Mask<W>,
    /// Inputs that had no flit when the watchdog last looked, or have sent one since.
    pub moved: Mask<W>,
}

impl<const W: usize> Stages<W> {
    /// Anything to do in the next pass.
    #[inline]
    pub fn is_busy(&self) -> bool {
        !(self.routing | self.waiting | self.bidding | self.holding).is_empty()
    }

    /// Of a switch in which no flit is, and no output connected.
    pub fn empty(units: usize) -> Self {
        Self {
            moved: (0..units).fold(Mask::EMPTY, |all, unit| all | Mask::one(unit)),
            ..Self::default()
        }
    }
}

/// The same of stages that last several cycles.
#[derive(Clone, Copy, Debug, Default)]
pub struct UnderWay<const W: usize> {
    /// Head flits that wait for the batch before to leave route computation.
    pub routing_next: Mask<W>,
    /// Head flits in a route computation that takes batches.
    pub routing_batch: Mask<W>,
    /// Head flits in virtual-channel allocation.
    pub vc_allocation: Mask<W>,
    /// Of those, the ones whose allocation ends in this cycle.
    pub vc_due: Mask<W>,
    /// Flits in switch allocation.
    pub switch_allocation: Mask<W>,
    /// Of those, the ones whose allocation ends in this cycle.
    pub switch_due: Mask<W>,
}

impl<const W: usize> UnderWay<W> {
    /// Anything to do in the next pass.
    pub fn is_busy(&self) -> bool {
        let next_batch = !self.routing_next.is_empty() && self.routing_batch.is_empty();
        next_batch || !(self.vc_due | self.switch_due).is_empty()
    }
}
