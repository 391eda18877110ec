//! The turn model (Glass & Ni, "The turn model for adaptive routing", ISCA 1992): adaptive minimal routing of meshes,
//! partly adaptive, that forbids just enough turns.
//!
//! Needs one virtual channel; any reallocation, any switching; no rings. Deadlock-free, since the forbidden turns are in
//! every cycle of channels: a channel dependency graph without one.

use fabricsim_core::{Candidates, Draw, Place, Routing, Selection};

use crate::channels::VcRange;
use crate::compass::{Compass, rotate};
use crate::{Grid, GridChannels, HalfWay};

/// Which turns are forbidden. West is -x, north +y.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Turns {
    /// None to the west: a packet goes there first. Two dimensions.
    WestFirst,
    /// None from the north: a packet goes there last. Two dimensions.
    NorthLast,
    /// None from a positive to a negative direction: a packet takes the negative ones first. Any number of dimensions.
    NegativeFirst,
}

impl Turns {
    /// All three.
    pub const ALL: [Self; 3] = [Self::WestFirst, Self::NorthLast, Self::NegativeFirst];

    /// Its name in experiments.
    pub fn name(self) -> &'static str {
        match self {
            Self::WestFirst => "WestFirst",
            Self::NorthLast => "NorthLast",
            Self::NegativeFirst => "NegativeFirst",
        }
    }

    /// Ports (a bit each) that a packet has to have left behind it before it takes another.
    fn come_first(self) -> u64 {
        const NEGATIVE: u64 = 0xaaaa_aaaa_aaaa_aaaa;
        const NORTH: u64 = 1 << 2;
        match self {
            Self::WestFirst => 1 << 1,
            Self::NorthLast => !NORTH,
            Self::NegativeFirst => NEGATIVE,
        }
    }
}

/// Every way that brings a packet nearer and that the forbidden turns leave open, in all virtual channels. Which goes
/// first is drawn.
#[derive(Clone, Debug)]
pub struct TurnModel {
    compass: Compass,
    channels: GridChannels,
    turns: Turns,
    come_first: u64,
    selection: Selection,
}

impl TurnModel {
    /// On `grid`, which has no ring, and two dimensions but for [`Turns::NegativeFirst`]. Allocates
    /// [`DimensionOrder::table_bytes`](crate::DimensionOrder::table_bytes).
    pub fn new(grid: &Grid, channels: &GridChannels, turns: Turns, selection: Selection) -> Self {
        debug_assert!(channels.fit(grid));
        debug_assert!((0..grid.dimensions()).all(|dimension| !grid.is_ring(dimension)));
        debug_assert!(grid.dimensions() == 2 || turns == Turns::NegativeFirst);
        Self {
            compass: Compass::new(grid, HalfWay::Plus),
            channels: channels.clone(),
            turns,
            come_first: turns.come_first(),
            selection,
        }
    }

    /// One a dimension.
    pub fn most_candidates(grid: &Grid) -> usize {
        grid.dimensions()
    }

    /// The grid that it routes.
    pub fn grid(&self) -> &Grid {
        self.compass.grid()
    }

    /// The turns that it forbids.
    pub fn turns(&self) -> Turns {
        self.turns
    }
}

impl Routing for TurnModel {
    #[inline]
    fn route(&self, at: Place, dest: u32, _: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let compass = &self.compass;
        let Some((here, there)) = compass.way(at.switch, dest, self.channels.terminals, out) else {
            return;
        };
        let mut productive = 0_u64;
        compass.for_productive(here, there, |_, port| productive |= 1 << port);
        let open = match productive & self.come_first {
            0 => productive,
            first => first,
        };
        let start = out.len();
        compass.for_productive(here, there, |axis, port| {
            if open >> port & 1 == 1 {
                let all = VcRange::all(self.channels.by_dimension[axis.dimension()]);
                out.push(all.of_port(port));
            }
        });
        rotate(out, start, draw);
    }

    fn max_candidates(&self) -> usize {
        Self::most_candidates(self.grid())
    }

    fn selection(&self) -> Selection {
        self.selection
    }
}
