//! Fully adaptive minimal routing with an escape (Duato, "A new theory of deadlock-free adaptive routing in wormhole
//! networks", 1993; Dally & Towles, section 14.3).
//!
//! Needs an escape virtual channel and an adaptive one; on rings two escape classes and an adaptive one. Needs
//! `WholePacketFits` or `Atomic` reallocation under wormhole switching: where a buffer may hold the end of one packet
//! and the head of the next (`NonAtomic`), that head cannot reach its escape as long as the packet before it, which may
//! be waiting too, stands in front, and the proof is void.
//!
//! Deadlock-free, since at every switch the packet in front may escape, and the escapes (dimension order whose class on
//! a ring depends on where the packet is and where it goes only) have no cycle in the extended channel dependency graph:
//! between two escapes a packet only comes nearer, so that it never goes back to a lower dimension, and the second lies
//! farther along the same ring, or in a higher dimension.

use fabricsim_core::{Candidates, Draw, Place, Routing, Selection};

use crate::channels::VcRange;
use crate::compass::{Axis, Compass, Order, rotate};
use crate::{ChannelNeeds, Grid, GridChannels, HalfWay};

/// Every way that brings a packet nearer, in the adaptive virtual channels; where none of them is to be had, the escape:
/// dimension order in the lowest virtual channels.
///
/// Escapes are virtual channel 0 on lines; on rings 1 where the coordinate is above the destination's, else 0. The class
/// is chosen anew at every switch, since the packet may come from an adaptive channel. Which of equally good ways goes
/// first is drawn, so that no dimension is favoured.
#[derive(Clone, Debug)]
pub struct MinimalAdaptive {
    compass: Compass,
    channels: GridChannels,
    selection: Selection,
}

impl MinimalAdaptive {
    /// The escape classes and one adaptive virtual channel.
    pub const NEEDS: ChannelNeeds = ChannelNeeds { ring: 3, line: 2 };

    /// Minimal adaptive routing of `grid`, whose `channels` satisfy [`MinimalAdaptive::NEEDS`]. `half_way` is for the
    /// escape alone: adaptive ways go round both sides. Allocates
    /// [`DimensionOrder::table_bytes`](crate::DimensionOrder::table_bytes).
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

    fn adaptive(&self, axis: &Axis) -> VcRange {
        let escapes = if axis.is_ring { 2 } else { 1 };
        VcRange::from(escapes, self.channels.by_dimension[axis.dimension()])
    }
}

impl Routing for MinimalAdaptive {
    #[inline]
    fn route(&self, at: Place, dest: u32, _: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let compass = &self.compass;
        let Some((here, there)) = compass.way(at.switch, dest, self.channels.terminals, out) else {
            return;
        };
        let first = out.len();
        compass.for_productive(here, there, |axis, port| {
            out.push(self.adaptive(axis).of_port(port))
        });
        rotate(out, first, draw);

        let axis = compass.next_axis(here, there, Order::Ascending);
        let (from, to) = (axis.coordinate(here), axis.coordinate(there));
        let port = compass.entry_port(axis, from, to, draw);
        let class = u8::from(axis.is_ring && from > to);
        out.push(VcRange::one(class).of_port(port).escape());
    }

    fn max_candidates(&self) -> usize {
        Self::most_candidates(self.grid())
    }

    fn selection(&self) -> Selection {
        self.selection
    }
}
