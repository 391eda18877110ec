//! Valiant's routing of dragonflies: by way of a random group (Kim et al., ISCA 2008, section 4.1).
//!
//! Needs three virtual channels, one for each number of global links crossed; any reallocation, any switching.
//! Deadlock-free, since the class rises with each global link, and within a class a packet crosses a local link and then a
//! global one at most, so that no cycle of channels can be waited around.

use std::sync::Arc;

use fabricsim_core::{Candidates, Draw, Place, Routing};

use super::Ways;
use crate::graph::routing::NotRoutable;
use crate::graph::{Dragonfly, WiredGraph};
use crate::{Proof, Provable, prove_every_route};

/// Minimal to a group drawn at the source's switch, each as likely but the source's and the destination's, then minimal
/// to the destination: at most two global links and three local ones. Packets within a group, and of a dragonfly of two
/// groups, go minimally. Of several links between two groups the same one, by its number, is taken both times.
#[derive(Clone, Debug)]
pub struct DragonflyValiant(pub(super) Ways);

impl DragonflyValiant {
    /// Virtual channels that it needs.
    pub const NEEDS: u8 = 3;

    /// It offers one way on.
    pub const MAX_CANDIDATES: usize = 1;

    /// Valiant's routing of `dragonfly`, of which `wired` is the graph, and whose ports all have `virtual_channels`, 1 to
    /// 64. With fewer than [`DragonflyValiant::NEEDS`] it can deadlock.
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

impl Routing for DragonflyValiant {
    #[inline]
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let ways = &self.0;
        let (here, home) = (ways.place(at), ways.homes[dest as usize]);
        if ways.is_injected(at) && here.group != home.group {
            *tag = ways.draw_round(draw);
            if ways.has_detour(here, home) {
                *tag |= ways.draw_via(here.group, home.group, draw);
            }
        }
        ways.go_on(at, dest, tag, out);
    }

    fn max_candidates(&self) -> usize {
        Self::MAX_CANDIDATES
    }
}

impl Provable for DragonflyValiant {
    fn prove(&self) -> Proof {
        prove_every_route(&self.0.wired, self, self.0.virtual_channels)
    }
}
