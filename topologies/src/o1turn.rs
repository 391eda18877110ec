//! O1TURN (Seo, Ali, Lim, Rafique & Thottethodi, "Near-optimal worst-case throughput routing for two-dimensional mesh
//! networks", ISCA 2005); BookSim2's `xy_yx`.
//!
//! Needs two virtual channels, one an order; on rings four, two classes an order. Any reallocation, any switching.
//! Deadlock-free, since each order is dimension order in virtual channels of its own and a packet keeps its order: the
//! channel dependency graph falls into two parts without a cycle.

use fabricsim_core::{Candidates, Draw, Place, Routing};

use crate::channels::VcRange;
use crate::compass::{Compass, Order};
use crate::grid::dimension_of;
use crate::leg::Leg;
use crate::{ChannelNeeds, Dateline, Grid, GridChannels, HalfWay};

/// Half of the packets take x first, in the lower half of the virtual channels, half y first, in the upper half: at most
/// one turn, as the name says. On grids of two dimensions.
///
/// The order is drawn at the first switch, and read off the virtual channel from there on.
#[derive(Clone, Debug)]
pub struct O1Turn {
    compass: Compass,
    channels: GridChannels,
    legs: [Leg; 2],
    dateline: Dateline,
}

impl O1Turn {
    /// One class an order, two on rings.
    pub const NEEDS: ChannelNeeds = ChannelNeeds { ring: 4, line: 2 };

    /// It offers one way on.
    pub const MAX_CANDIDATES: usize = 1;

    /// O1TURN on `grid`, of two dimensions, whose `channels` satisfy [`O1Turn::NEEDS`]. Allocates
    /// [`DimensionOrder::table_bytes`](crate::DimensionOrder::table_bytes).
    pub fn new(grid: &Grid, channels: &GridChannels, dateline: Dateline, half_way: HalfWay) -> Self {
        debug_assert!(grid.dimensions() == 2 && channels.fit(grid));
        debug_assert!(Self::NEEDS.check(grid, channels).is_ok());
        let leg = |half: usize, order| {
            let part = |dimension: usize| VcRange::all(channels.by_dimension[dimension]).halves()[half];
            Leg::new(grid, part, Some(dateline), order)
        };
        Self {
            compass: Compass::new(grid, half_way),
            channels: channels.clone(),
            legs: [leg(0, Order::Ascending), leg(1, Order::Descending)],
            dateline,
        }
    }

    /// The grid that it routes.
    pub fn grid(&self) -> &Grid {
        self.compass.grid()
    }

    pub(crate) fn compass(&self) -> &Compass {
        &self.compass
    }

    pub(crate) fn channels(&self) -> &GridChannels {
        &self.channels
    }

    pub(crate) fn dateline(&self) -> Dateline {
        self.dateline
    }

    /// 0 for x first, 1 for y first.
    fn order(&self, at: Place, draw: &mut impl Draw) -> usize {
        if self.compass.is_terminal(at.in_port) {
            return draw.draw(2) as usize;
        }
        let vcs = self.channels.by_dimension[dimension_of(at.in_port)];
        let [_, upper] = VcRange::all(vcs).halves();
        usize::from(at.in_vc >= upper.first)
    }
}

impl Routing for O1Turn {
    #[inline]
    fn route(&self, at: Place, dest: u32, _: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let compass = &self.compass;
        let Some(way) = compass.way(at.switch, dest, self.channels.terminals, out) else {
            return;
        };
        let leg = &self.legs[self.order(at, draw)];
        out.push(leg.step(compass, at, way, false, draw));
    }

    fn max_candidates(&self) -> usize {
        Self::MAX_CANDIDATES
    }
}
