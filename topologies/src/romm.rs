//! ROMM: randomized, oblivious, multi-phase, minimal (Nesson & Johnsson, "ROMM routing on mesh and torus networks",
//! SPAA 1995), with two phases.
//!
//! Needs two virtual channels, one a phase; on rings four, two classes a phase. Any reallocation, any switching.
//! Deadlock-free as [`Valiant`](crate::Valiant) is: each phase is dimension order in virtual channels of its own, and
//! phases only go forward.

use fabricsim_core::{Candidates, Draw, Place, Routing};

use crate::compass::Compass;
use crate::two_phases::TwoPhases;
use crate::{ChannelNeeds, Dateline, Grid, GridChannels, HalfWay};

/// By way of a random switch between source and destination: every switch on a shortest way, in the directions that
/// [`HalfWay`] gives where both are shortest, is as likely. Both phases go through the dimensions in order from the
/// first.
///
/// The direction at half a ring is the same in both phases without being noted: an intermediate switch part of the way
/// along leaves less than half a ring to go, and that on the same side.
#[derive(Clone, Debug)]
pub struct Romm(pub(crate) TwoPhases);

impl Romm {
    /// One class a phase, two on rings.
    pub const NEEDS: ChannelNeeds = TwoPhases::NEEDS;

    /// It offers one way on.
    pub const MAX_CANDIDATES: usize = 1;

    /// ROMM on `grid`, whose `channels` satisfy [`Romm::NEEDS`]. Allocates
    /// [`DimensionOrder::table_bytes`](crate::DimensionOrder::table_bytes).
    pub fn new(grid: &Grid, channels: &GridChannels, dateline: Dateline, half_way: HalfWay) -> Self {
        Self(TwoPhases::new(grid, channels, dateline, half_way))
    }

    /// The grid that it routes.
    pub fn grid(&self) -> &Grid {
        self.0.grid()
    }
}

/// A switch between two others.
fn between(compass: &Compass, source: u32, home: u32, draw: &mut impl Draw) -> u32 {
    let (here, there) = (compass.position(source), compass.position(home));
    let mut switch = source;
    for axis in compass.axes() {
        let (from, to) = (axis.coordinate(here), axis.coordinate(there));
        if from == to {
            continue;
        }
        let port = compass.entry_port(axis, from, to, draw);
        let links = draw.draw(axis.distance(from, to) + 1);
        let stride = compass.grid().stride(axis.dimension());
        switch = switch - from * stride + axis.after(from, port, links) * stride;
    }
    switch
}

impl Routing for Romm {
    #[inline]
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        self.0.route(at, dest, tag, draw, out, between);
    }

    fn max_candidates(&self) -> usize {
        Self::MAX_CANDIDATES
    }
}
