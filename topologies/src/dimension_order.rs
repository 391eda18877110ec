//! Dimension-order routing of tori and meshes (Dally & Towles, section 8.4.1; e-cube, Sullivan & Bashkow
//! 1977).

use std::cmp::Ordering;

use fabricsim_core::{Candidate, Candidates, Draw, Place, Routing};

use crate::Grid;
use crate::grid::opposite;

/// How the two classes of virtual channels break the cycle of a ring. Class 0 is the lower half of the
/// virtual channels (the larger one if their number is odd), class 1 the upper half.
///
/// The link that closes the ring, between the last position and 0, is the dateline. The channel bound is the
/// same with either rule, and the dateline itself carries only one class in each direction; what differs is
/// how evenly the other links use the two, and with that how near to its bound a fabric comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dateline {
    /// Class 0 up to the dateline, class 1 on the dateline and after it (Dally & Seitz, "Deadlock-free
    /// message routing in multiprocessor interconnection networks", 1987). Links that no packet reaches after
    /// the dateline, about half of a ring, use class 0 alone.
    AtDateline,
    /// Chosen on entering the dimension and kept: class 1 if the position is above the destination's, else
    /// class 0 (BookSim2's `dim_order`). In the + direction those are the packets that will cross the
    /// dateline, in the - direction those that will not. More links use both classes than with
    /// [`Dateline::AtDateline`].
    OnEntry,
}

impl Dateline {
    /// Both rules, the default first.
    pub const ALL: [Self; 2] = [Self::AtDateline, Self::OnEntry];

    /// Its name in experiments.
    pub fn name(self) -> &'static str {
        match self {
            Self::AtDateline => "AtDateline",
            Self::OnEntry => "OnEntry",
        }
    }
}

/// The direction of a packet whose destination lies exactly half a ring away, where both are shortest.
/// Matters in rings of even side only. The figures are channel bounds of the 8x8 torus as fractions of its
/// capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HalfWay {
    /// Either at random, as likely (BookSim2). Keeps all of the uniform capacity; transpose gets 0.286.
    Random,
    /// Always +. Loses 20 % of the uniform capacity (0.8), since the - links carry less; transpose gets 0.250.
    Plus,
    /// From an even coordinate +, from an odd one -. Keeps all of the uniform capacity, and transpose gets
    /// 0.250: reproduces the numbers published for dimension order (Singh et al. 2002, 2003).
    Parity,
}

impl HalfWay {
    /// Every option, the default first.
    pub const ALL: [Self; 3] = [Self::Random, Self::Plus, Self::Parity];

    /// Its name in experiments.
    pub fn name(self) -> &'static str {
        match self {
            Self::Random => "Random",
            Self::Plus => "Plus",
            Self::Parity => "Parity",
        }
    }
}

/// The place of one dimension in a packed position, and what routing needs to know of it.
#[derive(Clone, Debug)]
struct Axis {
    shift: u32,
    mask: u64,
    side: u32,
    is_ring: bool,
    /// The port of its + direction; - is the next.
    plus: u8,
}

impl Axis {
    fn coordinate(&self, position: u64) -> u32 {
        (position >> self.shift & self.mask) as u32
    }

    /// Whether the hop from coordinate `from` by output `port` crosses the dateline.
    fn crosses_dateline(&self, from: u32, port: u8) -> bool {
        let edge = if port == self.plus { self.side - 1 } else { 0 };
        from == edge
    }
}

/// One dimension after the other, from dimension 0 on, each by the shorter way.
///
/// A packet keeps its direction within a dimension. In a ring, with a dateline rule and at least 2 virtual
/// channels, it takes those of its [`Dateline`] class; everywhere else it may take them all. The class is
/// read off the virtual channel that the packet came in by, so that flits carry no state of the routing.
///
/// A route costs two look-ups of 8 B a switch, a few shifts and a multiplication.
#[derive(Clone, Debug)]
pub struct DimensionOrder {
    grid: Grid,
    virtual_channels: u8,
    dateline: Option<Dateline>,
    half_way: HalfWay,
    axes: Vec<Axis>,
    /// By bit of a packed position: the axis that it belongs to.
    axis_of_bit: [u8; u64::BITS as usize],
    /// By switch: all of its coordinates in one word, dimension 0 lowest, so that the first dimension in
    /// which two switches differ is found by one instruction.
    positions: Vec<u64>,
    /// Divides a terminal's number by the concentration.
    reciprocal: u64,
}

impl DimensionOrder {
    /// It offers one way on.
    pub const MAX_CANDIDATES: usize = 1;

    /// Dimension order on `grid` with `virtual_channels` of them on every port, 1 to 64.
    ///
    /// With `dateline: None`, or with 1 virtual channel, there are no classes: rings of side 4 and more can
    /// deadlock (of side 5 and more with [`HalfWay::Parity`]). Allocates [`DimensionOrder::table_bytes`].
    pub fn new(grid: &Grid, virtual_channels: u8, dateline: Option<Dateline>, half_way: HalfWay) -> Self {
        debug_assert!((1..=64).contains(&virtual_channels));
        let axes = axes(grid);
        let mut axis_of_bit = [0; u64::BITS as usize];
        for (index, axis) in axes.iter().enumerate() {
            let bits = axis.shift as usize..(axis.shift + axis.mask.count_ones()) as usize;
            axis_of_bit[bits].fill(index as u8);
        }
        Self {
            grid: grid.clone(),
            virtual_channels,
            dateline: dateline.filter(|_| virtual_channels > 1),
            half_way,
            positions: positions(grid, &axes),
            axes,
            axis_of_bit,
            reciprocal: u64::MAX / u64::from(grid.concentration()),
        }
    }

    /// Bytes of the tables that [`DimensionOrder::new`] makes for a grid.
    pub fn table_bytes(grid: &Grid) -> u64 {
        u64::from(grid.switches()) * size_of::<u64>() as u64
    }

    /// The grid that it routes.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// Virtual channels of every port.
    pub fn virtual_channels(&self) -> u8 {
        self.virtual_channels
    }

    /// The dateline rule in force; `None` where there are no classes.
    pub fn dateline(&self) -> Option<Dateline> {
        self.dateline
    }

    /// The direction at half a ring.
    pub fn half_way(&self) -> HalfWay {
        self.half_way
    }

    /// `terminal / concentration`, by a multiplication: exact for every 32-bit number, since the error of
    /// (t + 1) * floor((2^64 - 1) / c) / 2^64 against (t + 1) / c is above 0 and at most 1 / c.
    fn home(&self, terminal: u32) -> u32 {
        let product = (u128::from(terminal) + 1) * u128::from(self.reciprocal);
        (product >> u64::BITS) as u32
    }

    /// The output port of a packet that enters a dimension at coordinate `from`, bound for `to`.
    fn entry_port(&self, axis: &Axis, from: u32, to: u32, draw: &mut impl Draw) -> u8 {
        let straight = if to > from { axis.plus } else { opposite(axis.plus) };
        if !axis.is_ring {
            return straight;
        }
        let span = to.abs_diff(from);
        match span.cmp(&(axis.side - span)) {
            Ordering::Less => straight,
            Ordering::Greater => opposite(straight),
            Ordering::Equal => axis.plus + self.half_way_turn(from, draw),
        }
    }

    /// 0 for +, 1 for -.
    fn half_way_turn(&self, from: u32, draw: &mut impl Draw) -> u8 {
        match self.half_way {
            HalfWay::Random => draw.draw(2) as u8,
            HalfWay::Plus => 0,
            HalfWay::Parity => (from & 1) as u8,
        }
    }

    fn all_channels(&self, port: u8) -> Candidate {
        Candidate::new(port, 0, self.virtual_channels)
    }

    /// Virtual channels of class 0.
    fn lower_channels(&self) -> u8 {
        self.virtual_channels - self.virtual_channels / 2
    }

    fn class_channels(&self, port: u8, class_1: bool) -> Candidate {
        let lower = self.lower_channels();
        let (first_vc, vcs) = if class_1 {
            (lower, self.virtual_channels - lower)
        } else {
            (0, lower)
        };
        Candidate::new(port, first_vc, vcs)
    }
}

impl Routing for DimensionOrder {
    fn route(&self, at: Place, dest: u32, _: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let home = self.home(dest);
        let (here, there) = (self.positions[at.switch as usize], self.positions[home as usize]);
        let different = here ^ there;
        if different == 0 {
            let local = (dest - home * self.grid.concentration()) as u8;
            out.push(self.all_channels(self.grid.first_terminal_port() + local));
            return;
        }

        let axis = &self.axes[usize::from(self.axis_of_bit[different.trailing_zeros() as usize])];
        let (from, to) = (axis.coordinate(here), axis.coordinate(there));
        let continues = at.in_port / 2 == axis.plus / 2;
        let port = if continues {
            opposite(at.in_port)
        } else {
            self.entry_port(axis, from, to, draw)
        };

        let Some(rule) = self.dateline.filter(|_| axis.is_ring) else {
            out.push(self.all_channels(port));
            return;
        };
        let was_class_1 = continues && at.in_vc >= self.lower_channels();
        let class_1 = match rule {
            Dateline::AtDateline => was_class_1 || axis.crosses_dateline(from, port),
            Dateline::OnEntry if continues => was_class_1,
            Dateline::OnEntry => from > to,
        };
        out.push(self.class_channels(port, class_1));
    }

    fn max_candidates(&self) -> usize {
        Self::MAX_CANDIDATES
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
            plus: 2 * dimension as u8,
        });
        shift += bits;
    }
    axes
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use fabricsim_core::PortRef;
    use proptest::prelude::*;

    use super::*;
    use crate::samples::{answers, port_ref, routings};

    /// Every output port and class that a packet takes from `source` to `dest`, with the first of each
    /// answer.
    fn way(routing: &DimensionOrder, source: u32, dest: u32) -> Vec<(u32, String, u8, u8)> {
        let grid = routing.grid();
        let (mut at, mut in_vc, mut way) = (grid.home(source), 0, Vec::new());
        loop {
            let Candidate {
                port, first_vc, vcs, ..
            } = answers(routing, at, in_vc, dest)[0].0;
            way.push((at.switch, grid.port_name(port), first_vc, vcs));
            let Some(next) = grid.neighbour(at.switch, port) else {
                return way;
            };
            (at, in_vc) = (port_ref(next, opposite(port)), first_vc + vcs - 1);
        }
    }

    fn ring(side: u32, vcs: u8, dateline: Dateline) -> DimensionOrder {
        let grid = Grid::torus(vec![side], 1).unwrap();
        DimensionOrder::new(&grid, vcs, Some(dateline), HalfWay::Plus)
    }

    fn hops(hops: &[(u32, &str, u8, u8)]) -> Vec<(u32, String, u8, u8)> {
        hops.iter()
            .map(|&(s, p, first, n)| (s, p.to_owned(), first, n))
            .collect()
    }

    #[test]
    fn at_dateline_changes_class_on_the_link_that_closes_the_ring() {
        let routing = ring(8, 5, Dateline::AtDateline);
        let forward = [(6, "+x", 0, 3), (7, "+x", 3, 2), (0, "+x", 3, 2), (1, "t0", 0, 5)];
        assert_eq!(way(&routing, 6, 1), hops(&forward));
        let back = [(1, "-x", 0, 3), (0, "-x", 3, 2), (7, "-x", 3, 2), (6, "t0", 0, 5)];
        assert_eq!(way(&routing, 1, 6), hops(&back));
    }

    #[test]
    fn on_entry_keeps_the_class_of_booksim() {
        let routing = ring(8, 5, Dateline::OnEntry);
        let crosses_forward = [(6, "+x", 3, 2), (7, "+x", 3, 2), (0, "t0", 0, 5)];
        assert_eq!(way(&routing, 6, 0), hops(&crosses_forward));
        let crosses_back = [(0, "-x", 0, 3), (7, "-x", 0, 3), (6, "t0", 0, 5)];
        assert_eq!(way(&routing, 0, 6), hops(&crosses_back));
        let stays_below = [(0, "+x", 0, 3), (1, "t0", 0, 5)];
        assert_eq!(way(&routing, 0, 1), hops(&stays_below));
        let stays_above = [(5, "-x", 3, 2), (4, "t0", 0, 5)];
        assert_eq!(way(&routing, 5, 4), hops(&stays_above));
    }

    #[test]
    fn half_way_option_decides_ties_only() {
        let grid = Grid::torus(vec![8], 1).unwrap();
        let ports = |half_way, from, to| -> Vec<(u8, f64)> {
            let routing = DimensionOrder::new(&grid, 1, None, half_way);
            let answers = answers(&routing, port_ref(from, 2), 0, to);
            answers.iter().map(|(c, p)| (c.port, *p)).collect()
        };
        assert_eq!(ports(HalfWay::Random, 2, 6), [(0, 0.5), (1, 0.5)]);
        assert_eq!(ports(HalfWay::Plus, 3, 7), [(0, 1.0)]);
        assert_eq!(ports(HalfWay::Parity, 2, 6), [(0, 1.0)]);
        assert_eq!(ports(HalfWay::Parity, 3, 7), [(1, 1.0)]);
        for half_way in HalfWay::ALL {
            assert_eq!(ports(half_way, 3, 6), [(0, 1.0)]);
            assert_eq!(ports(half_way, 3, 0), [(1, 1.0)]);
        }
    }

    #[test]
    fn meshes_and_lone_channels_have_no_classes() {
        let mesh = Grid::mesh(vec![8, 8], 1).unwrap();
        let routing = DimensionOrder::new(&mesh, 4, Some(Dateline::OnEntry), HalfWay::Plus);
        assert!(way(&routing, 63, 0).iter().all(|hop| (hop.2, hop.3) == (0, 4)));
        let lone = ring(8, 1, Dateline::AtDateline);
        assert_eq!(lone.dateline(), None);
        assert!(way(&lone, 6, 1).iter().all(|hop| (hop.2, hop.3) == (0, 1)));
    }

    /// An input port and a virtual channel.
    type Input = (PortRef, u8);

    /// Where a packet for `dest` may be after one more switch, from every place in `at`; whether one was
    /// ejected.
    fn step(routing: &DimensionOrder, at: &BTreeSet<Input>, dest: u32) -> (BTreeSet<Input>, bool) {
        let (grid, mut next, mut ejected) = (routing.grid(), BTreeSet::new(), false);
        for &(at, in_vc) in at {
            for (candidate, _) in answers(routing, at, in_vc, dest) {
                let channels = candidate.first_vc..candidate.first_vc + candidate.vcs;
                assert!(!channels.is_empty() && channels.end <= routing.virtual_channels());
                let Some(neighbour) = grid.neighbour(at.switch, candidate.port) else {
                    assert_eq!(port_ref(at.switch, candidate.port), grid.home(dest));
                    ejected = true;
                    continue;
                };
                let to = port_ref(neighbour, opposite(candidate.port));
                next.extend(channels.map(|vc| (to, vc)));
            }
        }
        (next, ejected)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_packet_arrives_after_its_distance_whatever_is_drawn(routing in routings()) {
            let grid = routing.grid();
            for source in (0..grid.terminals()).step_by(grid.concentration() as usize) {
                for dest in 0..grid.terminals() {
                    let home = grid.home(source);
                    let mut at = BTreeSet::from([(home, 0)]);
                    for _ in 0..grid.distance(home.switch, grid.home(dest).switch) {
                        let (next, ejected) = step(&routing, &at, dest);
                        prop_assert!(!ejected);
                        at = next;
                    }
                    let (next, ejected) = step(&routing, &at, dest);
                    prop_assert!(ejected && next.is_empty());
                }
            }
        }

        #[test]
        fn home_is_a_division(terminal: u32, concentration in 1_u32..=62) {
            let grid = Grid::mesh(vec![1], concentration).unwrap();
            let routing = DimensionOrder::new(&grid, 1, None, HalfWay::Plus);
            for terminal in [terminal, u32::MAX, terminal / concentration * concentration] {
                prop_assert_eq!(routing.home(terminal), terminal / concentration);
            }
        }
    }
}
