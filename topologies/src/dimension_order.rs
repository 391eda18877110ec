//! Dimension-order routing of tori and meshes (Dally & Towles, section 8.4.1; e-cube, Sullivan & Bashkow
//! 1977).
//!
//! Needs one virtual channel on lines, two classes of them on rings (Dally & Seitz 1987); any reallocation, any
//! switching. Deadlock-free, since packets turn from lower to higher dimensions only and a ring's classes form no
//! cycle: a channel dependency graph without one.

use fabricsim_core::{Candidates, Draw, Place, Routing};

use crate::channels::VcRange;
use crate::compass::{Compass, Order};
use crate::leg::Leg;
use crate::{Dateline, Grid, GridChannels, HalfWay};

/// One dimension after the other, from dimension 0 on, each by the shorter way.
///
/// A packet keeps its direction within a dimension. In a ring, with a dateline rule and at least 2 virtual
/// channels, it takes those of its [`Dateline`] class; everywhere else it may take them all. The class is
/// read off the virtual channel that the packet came in by, so that flits carry no state of the routing.
///
/// A route costs two look-ups of 8 B a switch, a few shifts and a multiplication.
#[derive(Clone, Debug)]
pub struct DimensionOrder {
    compass: Compass,
    channels: GridChannels,
    leg: Leg,
}

impl DimensionOrder {
    /// It offers one way on.
    pub const MAX_CANDIDATES: usize = 1;

    /// Dimension order on `grid` with so many virtual channels.
    ///
    /// With `dateline: None`, and in dimensions with 1 virtual channel, there are no classes: rings of side 4 and
    /// more can deadlock (of side 5 and more with [`HalfWay::Parity`]). Allocates [`DimensionOrder::table_bytes`].
    pub fn new(grid: &Grid, channels: &GridChannels, dateline: Option<Dateline>, half_way: HalfWay) -> Self {
        debug_assert!(channels.fit(grid));
        let part = |dimension: usize| VcRange::all(channels.by_dimension[dimension]);
        Self {
            compass: Compass::new(grid, half_way),
            channels: channels.clone(),
            leg: Leg::new(grid, part, dateline, Order::Ascending),
        }
    }

    /// Bytes of the tables that [`DimensionOrder::new`] makes for a grid.
    pub fn table_bytes(grid: &Grid) -> u64 {
        Compass::table_bytes(grid)
    }

    /// The grid that it routes.
    pub fn grid(&self) -> &Grid {
        self.compass.grid()
    }

    /// Virtual channels of its ports.
    pub fn channels(&self) -> &GridChannels {
        &self.channels
    }

    /// The dateline rule in force in a dimension; `None` where there are no classes.
    pub fn dateline(&self, dimension: usize) -> Option<Dateline> {
        self.leg.has_classes(dimension).then(|| self.leg.dateline())
    }

    /// The direction at half a ring.
    pub fn half_way(&self) -> HalfWay {
        self.compass.half_way()
    }

    pub(crate) fn compass(&self) -> &Compass {
        &self.compass
    }
}

impl Routing for DimensionOrder {
    #[inline(always)]
    fn route(&self, at: Place, dest: u32, _: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let Some(way) = self.compass.way(at.switch, dest, self.channels.terminals, out) else {
            return;
        };
        out.push(self.leg.step(&self.compass, at, way, false, draw));
    }

    fn max_candidates(&self) -> usize {
        Self::MAX_CANDIDATES
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use fabricsim_core::{Candidate, PortRef};
    use proptest::prelude::*;

    use super::*;
    use crate::grid::opposite;
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
        DimensionOrder::new(
            &grid,
            &GridChannels::alike(&grid, vcs),
            Some(dateline),
            HalfWay::Plus,
        )
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
            let routing = DimensionOrder::new(&grid, &GridChannels::alike(&grid, 1), None, half_way);
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
        let routing = DimensionOrder::new(
            &mesh,
            &GridChannels::alike(&mesh, 4),
            Some(Dateline::OnEntry),
            HalfWay::Plus,
        );
        assert!(way(&routing, 63, 0).iter().all(|hop| (hop.2, hop.3) == (0, 4)));
        let lone = ring(8, 1, Dateline::AtDateline);
        assert_eq!(lone.dateline(0), None);
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
                assert!(!channels.is_empty() && channels.end <= routing.channels().most());
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

    }
}
