//! The odd-even turn model (Chiu, "The odd-even turn model for adaptive routing", 2000).
//!
//! Needs one virtual channel; any reallocation, any switching; meshes of two dimensions. Deadlock-free, since no packet
//! turns from east to north or south in an even column, nor from north or south to west in an odd one, so that no cycle
//! of channels has a rightmost column: a channel dependency graph without a cycle.

use fabricsim_core::{Candidates, Draw, Place, Routing, Selection};

use crate::channels::VcRange;
use crate::compass::{Axis, Compass, rotate};
use crate::{Grid, GridChannels, HalfWay};

/// Every way that brings a packet nearer and from which the rest of a shortest way is open too, in all virtual channels
/// (Chiu's function ROUTE). Which goes first is drawn. East is +x.
#[derive(Clone, Debug)]
pub struct OddEven {
    compass: Compass,
    channels: GridChannels,
    selection: Selection,
}

impl OddEven {
    /// One a dimension.
    pub const MAX_CANDIDATES: usize = 2;

    /// On `grid`, which has two dimensions and no ring. Allocates
    /// [`DimensionOrder::table_bytes`](crate::DimensionOrder::table_bytes).
    pub fn new(grid: &Grid, channels: &GridChannels, selection: Selection) -> Self {
        debug_assert!(channels.fit(grid) && grid.dimensions() == 2);
        debug_assert!((0..2).all(|dimension| !grid.is_ring(dimension)));
        Self {
            compass: Compass::new(grid, HalfWay::Plus),
            channels: channels.clone(),
            selection,
        }
    }

    /// The grid that it routes.
    pub fn grid(&self) -> &Grid {
        self.compass.grid()
    }

    /// Whether a packet that has way to go along both x, from column `from` to `to`, and y may go along (x, y) now.
    fn open(x: &Axis, at: Place, from: u32, to: u32) -> (bool, bool) {
        let (is_odd, is_west) = (from % 2 == 1, to < from);
        if is_west {
            return (true, !is_odd);
        }
        // Going east, a packet moves along an even column only in that of its source, that is before its first hop in x.
        let in_column_of_source = !x.is_of(at.in_port);
        (to % 2 == 1 || to - from != 1, is_odd || in_column_of_source)
    }
}

impl Routing for OddEven {
    #[inline]
    fn route(&self, at: Place, dest: u32, _: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let compass = &self.compass;
        let Some((here, there)) = compass.way(at.switch, dest, self.channels.terminals, out) else {
            return;
        };
        let [x, y] = compass.axes() else { return };
        let (from, to) = (x.coordinate(here), x.coordinate(there));
        let along_both = from != to && y.coordinate(here) != y.coordinate(there);
        let (x_open, y_open) = if along_both {
            Self::open(x, at, from, to)
        } else {
            (true, true)
        };
        let start = out.len();
        compass.for_productive(here, there, |axis, port| {
            if [x_open, y_open][axis.dimension()] {
                let all = VcRange::all(self.channels.by_dimension[axis.dimension()]);
                out.push(all.of_port(port));
            }
        });
        rotate(out, start, draw);
    }

    fn max_candidates(&self) -> usize {
        Self::MAX_CANDIDATES
    }

    fn selection(&self) -> Selection {
        self.selection
    }
}
