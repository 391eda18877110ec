//! Valiant's routing: by way of a random switch (Valiant & Brebner, "Universal schemes for parallel communication",
//! STOC 1981; Dally & Towles, section 9.2).
//!
//! Needs two virtual channels, one a phase; on rings four, two classes a phase. Any reallocation, any switching.
//! Deadlock-free, since each phase is dimension order in virtual channels of its own, which alone is free of deadlock,
//! and packets go from the first phase to the second, never back: the channel dependency graph has no cycle.

use fabricsim_core::{Candidates, Draw, Place, Routing};

use crate::two_phases::TwoPhases;
use crate::{ChannelNeeds, Dateline, Grid, GridChannels, HalfWay};

/// Every packet goes to a switch drawn at random, each as likely, its source and its destination among them, then on
/// to its destination. Whatever the pattern, each link carries what two uniform patterns would bring it.
///
/// Drawn at the packet's first switch. The first phase has the lower half of the virtual channels, the second the
/// upper; a packet whose intermediate switch is its source begins in the second.
#[derive(Clone, Debug)]
pub struct Valiant(pub(crate) TwoPhases);

impl Valiant {
    /// One class a phase, two on rings.
    pub const NEEDS: ChannelNeeds = TwoPhases::NEEDS;

    /// It offers one way on.
    pub const MAX_CANDIDATES: usize = 1;

    /// Valiant's routing of `grid`, whose `channels` satisfy [`Valiant::NEEDS`]. Allocates
    /// [`DimensionOrder::table_bytes`](crate::DimensionOrder::table_bytes).
    pub fn new(grid: &Grid, channels: &GridChannels, dateline: Dateline, half_way: HalfWay) -> Self {
        Self(TwoPhases::new(grid, channels, dateline, half_way))
    }

    /// The grid that it routes.
    pub fn grid(&self) -> &Grid {
        self.0.grid()
    }
}

impl Routing for Valiant {
    #[inline]
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        self.0.route(at, dest, tag, draw, out, |compass, _, _, draw| {
            draw.draw(compass.grid().switches())
        });
    }

    fn max_candidates(&self) -> usize {
        Self::MAX_CANDIDATES
    }
}
