//! Bubble flow control: dimension order and adaptive routing of rings without classes (Carrión, Beivide, Gregorio &
//! Vallejo, "A flow control mechanism to avoid message deadlock in k-ary n-cube networks", HiPC 1997; Puente, Izu,
//! Beivide, Gregorio, Vallejo & Prellezo, "The adaptive bubble router", 2001).
//!
//! Needs one virtual channel, the adaptive kind two. Needs cut-through or store-and-forward switching with
//! `WholePacketFits` reallocation, so that a packet that stands still is in one buffer; buffers of two packets at least;
//! packets of one length, since holes of unlike sizes don't add up to room. Not `Atomic`: there a buffer with one packet
//! in it, however large, is as good as full, and the hole beside that packet keeps no ring moving.
//!
//! Deadlock-free, since a packet enters a ring only where a hole for another remains: each ring always has one, the
//! packets of the ring move into it one after the other, and rings are entered in the order of the dimensions. (Each
//! blocked packet is in one buffer, so that of adaptive packets nothing but their escape, this ring, counts: Duato,
//! "A necessary and sufficient condition for deadlock-free routing in cut-through and store-and-forward networks", 1996.)

use fabricsim_core::{Candidate, Candidates, Draw, Place, Routing, Selection};

use crate::channels::VcRange;
use crate::compass::{Compass, Order, rotate};
use crate::grid::{dimension_of, opposite};
use crate::{ChannelNeeds, Grid, GridChannels, HalfWay};

/// Dimension order that leaves a bubble in each ring that it enters; one virtual channel is enough.
#[derive(Clone, Debug)]
pub struct BubbleDimensionOrder {
    compass: Compass,
    channels: GridChannels,
}

/// Every way that brings a packet nearer, in the adaptive virtual channels; where none of them is to be had,
/// [`BubbleDimensionOrder`] in virtual channel 0.
///
/// A packet that comes from an adaptive channel enters the ring anew. Which of equally good ways goes first is drawn, so
/// that no dimension is favoured.
#[derive(Clone, Debug)]
pub struct AdaptiveBubble {
    compass: Compass,
    channels: GridChannels,
    selection: Selection,
}

/// The next hop of a packet for another switch; `in_ring`: the virtual channel that it is in is one of those with
/// bubbles, and so are `channels`.
#[inline]
fn step(
    compass: &Compass,
    at: Place,
    (here, there): (u64, u64),
    in_ring: bool,
    channels: impl Fn(usize) -> VcRange,
    draw: &mut impl Draw,
) -> Candidate {
    if in_ring && compass.goes_straight_on(at.in_port, here, there) {
        let port = opposite(at.in_port);
        return channels(dimension_of(port)).of_port(port);
    }
    let axis = compass.next_axis(here, there, Order::Ascending);
    let port = compass.entry_port(axis, axis.coordinate(here), axis.coordinate(there), draw);
    let entry = channels(axis.dimension()).of_port(port);
    if axis.is_ring {
        entry.leaving_bubble()
    } else {
        entry
    }
}

impl BubbleDimensionOrder {
    /// One virtual channel.
    pub const NEEDS: ChannelNeeds = ChannelNeeds { ring: 1, line: 1 };

    /// It offers one way on.
    pub const MAX_CANDIDATES: usize = 1;

    /// On `grid`. Allocates [`DimensionOrder::table_bytes`](crate::DimensionOrder::table_bytes).
    pub fn new(grid: &Grid, channels: &GridChannels, half_way: HalfWay) -> Self {
        debug_assert!(channels.fit(grid));
        Self {
            compass: Compass::new(grid, half_way),
            channels: channels.clone(),
        }
    }

    /// The grid that it routes.
    pub fn grid(&self) -> &Grid {
        self.compass.grid()
    }

    pub(crate) fn compass(&self) -> &Compass {
        &self.compass
    }
}

impl Routing for BubbleDimensionOrder {
    #[inline]
    fn route(&self, at: Place, dest: u32, _: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let compass = &self.compass;
        let Some(way) = compass.way(at.switch, dest, self.channels.terminals, out) else {
            return;
        };
        let all = |dimension: usize| VcRange::all(self.channels.by_dimension[dimension]);
        out.push(step(compass, at, way, true, all, draw));
    }

    fn max_candidates(&self) -> usize {
        Self::MAX_CANDIDATES
    }
}

impl AdaptiveBubble {
    /// One virtual channel with bubbles and an adaptive one.
    pub const NEEDS: ChannelNeeds = ChannelNeeds { ring: 2, line: 2 };

    /// On `grid`, whose `channels` satisfy [`AdaptiveBubble::NEEDS`]. `half_way` is for the escape alone: adaptive ways go
    /// round both sides. Allocates [`DimensionOrder::table_bytes`](crate::DimensionOrder::table_bytes).
    pub fn new(grid: &Grid, channels: &GridChannels, half_way: HalfWay, selection: Selection) -> Self {
        debug_assert!(channels.fit(grid) && Self::NEEDS.check(grid, channels).is_ok());
        Self {
            compass: Compass::new(grid, half_way),
            channels: channels.clone(),
            selection,
        }
    }

    /// Every direction, and the escape.
    pub fn most_candidates(grid: &Grid) -> usize {
        2 * grid.dimensions() + 1
    }

    /// The grid that it routes.
    pub fn grid(&self) -> &Grid {
        self.compass.grid()
    }

    pub(crate) fn half_way(&self) -> HalfWay {
        self.compass.half_way()
    }
}

impl Routing for AdaptiveBubble {
    #[inline]
    fn route(&self, at: Place, dest: u32, _: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let compass = &self.compass;
        let Some(way @ (here, there)) = compass.way(at.switch, dest, self.channels.terminals, out) else {
            return;
        };
        let first = out.len();
        compass.for_productive(here, there, |axis, port| {
            let adaptive = VcRange::from(1, self.channels.by_dimension[axis.dimension()]);
            out.push(adaptive.of_port(port));
        });
        rotate(out, first, draw);
        let escape = step(compass, at, way, at.in_vc == 0, |_| VcRange::one(0), draw);
        out.push(escape.escape());
    }

    fn max_candidates(&self) -> usize {
        Self::most_candidates(self.grid())
    }

    fn selection(&self) -> Selection {
        self.selection
    }
}
