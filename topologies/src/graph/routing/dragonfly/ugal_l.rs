//! Universal globally-adaptive load-balanced routing of dragonflies by local queues, UGAL-L (Kim et al., ISCA 2008,
//! section 4.2; UGAL: A. Singh, "Load-Balanced Routing in Interconnection Networks", PhD thesis, Stanford 2005).
//!
//! Needs three virtual channels, one for each number of global links crossed; any reallocation, any switching.
//! Deadlock-free as Valiant's routing is: minimal packets go through the first two of the same classes.

use std::sync::Arc;

use fabricsim_core::{Candidates, Draw, Place, Queue, Routing};

use super::Ways;
use crate::graph::routing::NotRoutable;
use crate::graph::{Dragonfly, WiredGraph};
use crate::{Proof, Provable, prove_every_route};

/// Minimal or by way of a random group, as [`DragonflyMinimal`](super::DragonflyMinimal) and
/// [`DragonflyValiant`](super::DragonflyValiant) go: minimal if the queue of its port at the source's switch times its
/// links is at most that of the other way. A queue is what holds places in the buffers behind the port, of all virtual
/// channels. Decided once, as the packet leaves its source.
#[derive(Clone, Debug)]
pub struct DragonflyUgalL(pub(super) Ways);

impl DragonflyUgalL {
    /// Virtual channels that it needs.
    pub const NEEDS: u8 = 3;

    /// It offers one way on.
    pub const MAX_CANDIDATES: usize = 1;

    /// UGAL-L of `dragonfly`, of which `wired` is the graph, and whose ports all have `virtual_channels`, 1 to 64. With
    /// fewer than [`DragonflyUgalL::NEEDS`] it can deadlock.
    ///
    /// # Errors
    /// [`NotRoutable::OtherFamily`] of another graph; [`NotRoutable::TooFewChannels`] of none.
    pub fn new(
        wired: Arc<WiredGraph>,
        dragonfly: &Dragonfly,
        virtual_channels: u8,
    ) -> Result<Self, NotRoutable> {
        Ok(Self(Ways::new(wired, dragonfly, Self::NEEDS, virtual_channels)?))
    }

    /// Bytes of the tables of a dragonfly.
    pub fn table_bytes(dragonfly: &Dragonfly) -> u64 {
        Ways::table_bytes(dragonfly)
    }
}

impl Routing for DragonflyUgalL {
    #[inline]
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let ways = &self.0;
        let (here, home) = (ways.place(at), ways.homes[dest as usize]);
        if ways.is_injected(at) && here.group != home.group {
            let minimal = ways.draw_round(draw);
            *tag = minimal;
            if ways.has_detour(here, home) {
                let valiant = minimal | ways.draw_via(here.group, home.group, draw);
                let queue = |tag: u32| Queue {
                    port: ways.port(here, home, tag).0,
                    weight: ways.links(here, home, tag),
                };
                if !draw.is_no_longer(queue(minimal), queue(valiant)) {
                    *tag = valiant;
                }
            }
        }
        ways.go_on(at, dest, tag, out);
    }

    fn max_candidates(&self) -> usize {
        Self::MAX_CANDIDATES
    }
}

impl Provable for DragonflyUgalL {
    fn prove(&self) -> Proof {
        prove_every_route(&self.0.wired, self, self.0.virtual_channels)
    }
}
