//! Where switches lie, packed so that routing is a few shifts, and which ways are shortest.

use fabricsim_core::{Candidates, Draw};

use crate::channels::VcRange;
use crate::grid::{dimension_of, opposite};
use crate::{Grid, HalfWay};

/// The place of one dimension in a packed position, and what routing needs to know of it.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    shift: u32,
    mask: u64,
    side: u32,
    pub is_ring: bool,
    /// Links around a ring; of a line, more than there is a way around.
    around: u32,
    /// The port of its + direction; - is the next.
    pub plus: u8,
}

/// The shortest way along one dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shortest {
    /// By this port.
    Only(u8),
    /// Either way round: exactly half a ring.
    Either,
}

/// Which of the dimensions that are left comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The lowest.
    Ascending,
    /// The highest.
    Descending,
}

impl Axis {
    #[inline(always)]
    pub fn dimension(&self) -> usize {
        dimension_of(self.plus)
    }

    #[inline(always)]
    pub fn coordinate(&self, position: u64) -> u32 {
        (position >> self.shift & self.mask) as u32
    }

    /// A packet that came in by `in_port` has travelled along this dimension.
    #[inline(always)]
    pub fn is_of(&self, in_port: u8) -> bool {
        dimension_of(in_port) == self.dimension()
    }

    /// Whether the hop from coordinate `from` by output `port` crosses the dateline.
    #[inline(always)]
    pub fn crosses_dateline(&self, from: u32, port: u8) -> bool {
        let edge = if port == self.plus { self.side - 1 } else { 0 };
        from == edge
    }

    /// From one coordinate to another, which differs.
    #[inline(always)]
    pub fn shortest(&self, from: u32, to: u32) -> Shortest {
        if self.is_half_way(from, to) {
            Shortest::Either
        } else {
            Shortest::Only(self.nearer_port(from, to))
        }
    }

    /// Both ways round are as long.
    #[inline(always)]
    fn is_half_way(&self, from: u32, to: u32) -> bool {
        let span = to.abs_diff(from);
        span == self.around - span
    }

    /// The port of the shorter way, where one is. Without a branch: a processor could only guess which way a packet goes.
    #[inline(always)]
    fn nearer_port(&self, from: u32, to: u32) -> u8 {
        let span = to.abs_diff(from);
        self.plus ^ u8::from(to < from) ^ u8::from(span > self.around - span)
    }

    /// Links between two coordinates by the shortest way.
    pub fn distance(&self, from: u32, to: u32) -> u32 {
        let span = to.abs_diff(from);
        if self.is_ring {
            span.min(self.side - span)
        } else {
            span
        }
    }

    /// The coordinate so many links onwards by `port`.
    pub fn after(&self, from: u32, port: u8, links: u32) -> u32 {
        if port == self.plus {
            let room = self.side - from;
            if links < room { from + links } else { links - room }
        } else if links <= from {
            from - links
        } else {
            self.side - (links - from)
        }
    }
}

/// All that routings of a grid share: where switches and terminals lie, and the shortest ways between them.
///
/// A look-up of 8 B a switch and a multiplication a packet; everything else is shifts.
#[derive(Clone, Debug)]
pub(crate) struct Compass {
    grid: Grid,
    half_way: HalfWay,
    axes: Vec<Axis>,
    /// By bit of a packed position: the axis that it belongs to.
    axis_of_bit: [u8; u64::BITS as usize],
    /// By port: the bits of a packed position that a packet which comes in by it moves along.
    along: Vec<u64>,
    /// By switch: all of its coordinates in one word, dimension 0 lowest, so that the first or last dimension in
    /// which two switches differ is found by one instruction.
    positions: Vec<u64>,
    /// Divides a terminal's number by the concentration.
    reciprocal: u64,
}

impl Compass {
    pub fn new(grid: &Grid, half_way: HalfWay) -> Self {
        let axes = axes(grid);
        let mut axis_of_bit = [0; u64::BITS as usize];
        for (index, axis) in axes.iter().enumerate() {
            let bits = axis.shift as usize..(axis.shift + axis.mask.count_ones()) as usize;
            axis_of_bit[bits].fill(index as u8);
        }
        Self {
            grid: grid.clone(),
            half_way,
            positions: positions(grid, &axes),
            along: along(grid, &axes),
            axes,
            axis_of_bit,
            reciprocal: u64::MAX / u64::from(grid.concentration()),
        }
    }

    /// Bytes of the tables that [`Compass::new`] makes for a grid.
    pub fn table_bytes(grid: &Grid) -> u64 {
        u64::from(grid.switches()) * size_of::<u64>() as u64
    }

    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// The axis of a link's port.
    #[inline(always)]
    pub fn axis_of(&self, port: u8) -> &Axis {
        &self.axes[dimension_of(port)]
    }

    pub fn half_way(&self) -> HalfWay {
        self.half_way
    }

    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// `terminal / concentration`, by a multiplication: exact for every 32-bit number, since the error of
    /// (t + 1) * floor((2^64 - 1) / c) / 2^64 against (t + 1) / c is above 0 and at most 1 / c.
    #[inline(always)]
    pub fn home(&self, terminal: u32) -> u32 {
        let product = (u128::from(terminal) + 1) * u128::from(self.reciprocal);
        (product >> u64::BITS) as u32
    }

    /// The positions of a packet's switch and of its destination's. `None` where they are the same: then the way out, in any
    /// of the `terminals` virtual channels of the terminal's port, is added.
    #[inline(always)]
    pub fn way(&self, switch: u32, dest: u32, terminals: u8, out: &mut Candidates) -> Option<(u64, u64)> {
        let home = self.home(dest);
        if home == switch {
            let local = (dest - home * self.grid.concentration()) as u8;
            let port = self.grid.first_terminal_port() + local;
            out.push(VcRange::all(terminals).of_port(port));
            return None;
        }
        Some((self.position(switch), self.position(home)))
    }

    /// Whether what comes in by this port comes from a terminal.
    #[inline(always)]
    pub fn is_terminal(&self, port: u8) -> bool {
        port >= self.grid.first_terminal_port()
    }

    /// A switch's coordinates in one word.
    #[inline(always)]
    pub fn position(&self, switch: u32) -> u64 {
        self.positions[switch as usize]
    }

    /// A packet that came in by `in_port` has not come to the end of its way in that dimension.
    #[inline(always)]
    pub fn goes_straight_on(&self, in_port: u8, here: u64, there: u64) -> bool {
        (here ^ there) & self.along[usize::from(in_port)] != 0
    }

    /// Of the dimensions in which two positions differ, which they do, the first in an order.
    #[inline(always)]
    pub fn next_axis(&self, here: u64, there: u64, order: Order) -> &Axis {
        let different = here ^ there;
        let bit = match order {
            Order::Ascending => different.trailing_zeros(),
            Order::Descending => different.ilog2(),
        };
        &self.axes[usize::from(self.axis_of_bit[bit as usize])]
    }

    /// The output port of a packet that enters a dimension at coordinate `from`, bound for `to`.
    #[inline(always)]
    pub fn entry_port(&self, axis: &Axis, from: u32, to: u32, draw: &mut impl Draw) -> u8 {
        if !axis.is_half_way(from, to) {
            return axis.nearer_port(from, to);
        }
        let turn = match self.half_way {
            HalfWay::Random => draw.draw(2) as u8,
            HalfWay::Plus => 0,
            HalfWay::Parity => (from & 1) as u8,
        };
        axis.plus + turn
    }

    /// Calls `each` with the axis and the port of every way that brings a packet nearer, dimension after dimension.
    #[inline]
    pub fn for_productive(&self, here: u64, there: u64, mut each: impl FnMut(&Axis, u8)) {
        for axis in &self.axes {
            let (from, to) = (axis.coordinate(here), axis.coordinate(there));
            if from == to {
                continue;
            }
            match axis.shortest(from, to) {
                Shortest::Only(port) => each(axis, port),
                Shortest::Either => {
                    each(axis, axis.plus);
                    each(axis, opposite(axis.plus));
                }
            }
        }
    }
}

fn axes(grid: &Grid) -> Vec<Axis> {
    let mut shift = 0;
    let mut axes = Vec::with_capacity(grid.dimensions());
    for (dimension, &side) in grid.sides().iter().enumerate() {
        let bits = u32::BITS - (side - 1).leading_zeros();
        axes.push(Axis {
            shift,
            mask: (1 << bits) - 1,
            side,
            is_ring: grid.is_ring(dimension),
            around: if grid.is_ring(dimension) { side } else { u32::MAX },
            plus: 2 * dimension as u8,
        });
        shift += bits;
    }
    axes
}

/// By port, the bits of a packed position that are its dimension's; of a terminal's port none.
fn along(grid: &Grid, axes: &[Axis]) -> Vec<u64> {
    let links = axes.iter().flat_map(|axis| [axis.mask << axis.shift; 2]);
    links
        .chain(std::iter::repeat_n(0, grid.concentration() as usize))
        .collect()
}

/// The packed position of every switch, in order: an odometer.
fn positions(grid: &Grid, axes: &[Axis]) -> Vec<u64> {
    let mut positions = Vec::with_capacity(grid.switches() as usize);
    let mut position = 0_u64;
    for _ in 0..grid.switches() {
        positions.push(position);
        for axis in axes {
            if axis.coordinate(position) + 1 < axis.side {
                position += 1 << axis.shift;
                break;
            }
            position &= !(axis.mask << axis.shift);
        }
    }
    positions
}

/// Puts a drawn one of the ways from `first` on first.
#[inline]
pub(crate) fn rotate(out: &mut Candidates, first: usize, draw: &mut impl Draw) {
    let ways = &mut out[first..];
    if ways.len() > 1 {
        let turn = draw.draw(ways.len() as u32) as usize;
        ways.rotate_left(turn);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples::grids;

    proptest! {
        #[test]
        fn home_is_a_division(terminal: u32, concentration in 1_u32..=62) {
            let grid = Grid::mesh(vec![1], concentration).unwrap();
            let compass = Compass::new(&grid, HalfWay::Plus);
            for terminal in [terminal, u32::MAX, terminal / concentration * concentration] {
                prop_assert_eq!(compass.home(terminal), terminal / concentration);
            }
        }

        #[test]
        fn productive_ways_are_those_that_bring_nearer(grid in grids(), seed: u32) {
            let compass = Compass::new(&grid, HalfWay::Plus);
            let from = seed % grid.switches();
            for to in 0..grid.switches() {
                let mut found = Vec::new();
                let (here, there) = (compass.position(from), compass.position(to));
                compass.for_productive(here, there, |_, port| found.push(port));
                let nearer = |&port: &u8| {
                    let next = grid.neighbour(from, port);
                    next.is_some_and(|next| grid.distance(next, to) < grid.distance(from, to))
                };
                let expected: Vec<u8> = (0..grid.first_terminal_port()).filter(nearer).collect();
                prop_assert_eq!(found, expected);
                for axis in compass.axes() {
                    let (a, b) = (axis.coordinate(here), axis.coordinate(there));
                    if a != b && let Shortest::Only(port) = axis.shortest(a, b) {
                        prop_assert_eq!(axis.after(a, port, axis.distance(a, b)), b);
                    }
                }
            }
        }
    }
}
