//! Minimal routing of dragonflies (Kim et al., ISCA 2008, section 4.1).
//!
//! Needs two virtual channels, one before the global link and one after it; any reallocation, any switching.
//! Deadlock-free, since a packet crosses a local link, a global one and a local one in classes that only rise, so that no
//! cycle of channels can be waited around.

use std::sync::Arc;

use fabricsim_core::{Candidates, Draw, Place, Routing};

use super::Ways;
use crate::graph::routing::NotRoutable;
use crate::graph::{Dragonfly, WiredGraph};
use crate::{Proof, Provable, prove_every_route};

/// At most a local link, a global one to the destination's group, and a local one there. Of several links between the two
/// groups the source's switch draws one, each as likely, be it its own or another's: with several this is not always a
/// shortest way.
#[derive(Clone, Debug)]
pub struct DragonflyMinimal(pub(super) Ways);

impl DragonflyMinimal {
    /// Virtual channels that it needs.
    pub const NEEDS: u8 = 2;

    /// It offers one way on.
    pub const MAX_CANDIDATES: usize = 1;

    /// Minimal routing of `dragonfly`, of which `wired` is the graph, and whose ports all have `virtual_channels`, 1 to 64.
    /// With fewer than [`DragonflyMinimal::NEEDS`] it can deadlock.
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

impl Routing for DragonflyMinimal {
    #[inline]
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let ways = &self.0;
        if ways.is_injected(at) && ways.place(at).group != ways.homes[dest as usize].group {
            *tag = ways.draw_round(draw);
        }
        ways.go_on(at, dest, tag, out);
    }

    fn max_candidates(&self) -> usize {
        Self::MAX_CANDIDATES
    }
}

impl Provable for DragonflyMinimal {
    fn prove(&self) -> Proof {
        prove_every_route(&self.0.wired, self, self.0.virtual_channels)
    }
}
