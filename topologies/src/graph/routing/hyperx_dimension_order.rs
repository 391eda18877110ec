//! Dimension-order routing where all switches of a row are linked (Ahn et al., SC 2009, section 4; Kim, Dally & Abts, ISCA
//! 2007, section 3.1; e-cube of hypercubes: Sullivan & Bashkow, ISCA 1977).
//!
//! Needs one virtual channel; any reallocation, any switching. Deadlock-free, since a packet crosses one link of a
//! dimension at most and turns from lower to higher dimensions only, so that no cycle of channels can be waited around.

use std::sync::Arc;

use fabricsim_core::{Candidate, Candidates, Draw, Place, Routing};

use super::NotRoutable;
use super::by_class::prove_alike;
use crate::graph::{HyperX, WiredGraph};
use crate::{Proof, Provable};

/// One dimension after the other, from dimension 0 on, each by the link to the switch that agrees with the destination;
/// of several links to it each is as likely.
///
/// Routes a [`HyperX`] and what is one by another name: a [`FlattenedButterfly`](crate::graph::FlattenedButterfly), a
/// [`Hypercube`](crate::graph::Hypercube), a [`CompleteGraph`](crate::graph::CompleteGraph), by their `as_hyperx`. A
/// route costs three look-ups and a multiplication.
#[derive(Clone, Debug)]
pub struct HyperXDimensionOrder {
    wired: Arc<WiredGraph>,
    virtual_channels: u8,
    rows: Vec<Row>,
    /// By bit of packed coordinates: its dimension.
    dimensions: [u8; 32],
    /// By switch: its coordinates, packed, dimension 0 lowest. At most 28 bits: there are no more than 2^20 switches.
    coordinates: Vec<u32>,
    /// By terminal.
    homes: Vec<Home>,
}

/// A dimension.
#[derive(Clone, Copy, Debug)]
struct Row {
    /// Where its coordinate begins.
    shift: u8,
    /// Its coordinate, when shifted down.
    mask: u32,
    first_port: u8,
    /// Links between two switches.
    width: u8,
}

/// Where a terminal sits.
#[derive(Clone, Copy, Debug)]
struct Home {
    coordinates: u32,
    port: u8,
}

impl HyperXDimensionOrder {
    /// Virtual channels that it needs.
    pub const NEEDS: u8 = 1;

    /// It offers one way on.
    pub const MAX_CANDIDATES: usize = 1;

    /// Dimension order on `hyperx`, of which `wired` is the graph, and whose ports all have `virtual_channels`, 1 to 64.
    ///
    /// # Errors
    /// [`NotRoutable::OtherFamily`] of another graph; [`NotRoutable::TooFewChannels`] of none.
    pub fn new(wired: Arc<WiredGraph>, hyperx: &HyperX, virtual_channels: u8) -> Result<Self, NotRoutable> {
        NotRoutable::check_channels(Self::NEEDS, virtual_channels)?;
        NotRoutable::check_family(&wired, hyperx)?;
        let mut dimensions = [0; 32];
        let (mut shift, mut first_port) = (0, 0);
        let mut rows = Vec::new();
        for (dimension, (&side, &width)) in (0..).zip(hyperx.sides().iter().zip(hyperx.widths())) {
            let bits = side.next_power_of_two().trailing_zeros();
            dimensions[shift as usize..(shift + bits) as usize].fill(dimension);
            rows.push(Row {
                shift: shift as u8,
                mask: (1 << bits) - 1,
                first_port,
                width: width.min(u8::MAX.into()) as u8,
            });
            shift += bits;
            // A side of 1 has no ports, however wide; what the engine can have has no more than 64.
            first_port += ((side - 1) * width) as u8;
        }
        let coordinates = (0..wired.network().switches()).map(|mut switch| {
            rows.iter().zip(hyperx.sides()).fold(0, |packed, (row, side)| {
                let coordinate = switch % side;
                switch /= side;
                packed | coordinate << row.shift
            })
        });
        let coordinates: Vec<u32> = coordinates.collect();
        let homes = wired.network().terminals().iter().map(|at| Home {
            coordinates: coordinates[at.switch as usize],
            port: at.port,
        });
        Ok(Self {
            virtual_channels,
            rows,
            dimensions,
            homes: homes.collect(),
            coordinates,
            wired,
        })
    }

    /// Bytes of the tables of so many switches and terminals.
    pub fn table_bytes(switches: u64, terminals: u64) -> u64 {
        4 * switches + size_of::<Home>() as u64 * terminals
    }
}

impl Routing for HyperXDimensionOrder {
    #[inline]
    fn route(&self, at: Place, dest: u32, _: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let here = self.coordinates[at.switch as usize];
        let home = self.homes[dest as usize];
        let all = |port| Candidate::new(port, 0, self.virtual_channels);
        let differing = here ^ home.coordinates;
        if differing == 0 {
            out.push(all(home.port));
            return;
        }
        let lowest = differing.trailing_zeros() as usize & 31;
        let row = self.rows[usize::from(self.dimensions[lowest])];
        let coordinate = |of: u32| of >> row.shift & row.mask;
        let (from, to) = (coordinate(here), coordinate(home.coordinates));
        let rank = (to - u32::from(to > from)) as u8;
        let lane = match row.width {
            1 => 0,
            width => draw.draw(width.into()) as u8,
        };
        out.push(all(row.first_port + rank * row.width + lane));
    }

    fn max_candidates(&self) -> usize {
        Self::MAX_CANDIDATES
    }

    fn terminals_are_alike(&self) -> bool {
        true
    }

    /// All of a switch are.
    fn same_place(&self, at: Place) -> Place {
        Place {
            in_port: 0,
            in_vc: 0,
            ..at
        }
    }
}

impl Provable for HyperXDimensionOrder {
    fn prove(&self) -> Proof {
        prove_alike(&self.wired, self, self.virtual_channels)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::graph::samples::{Dice, assert_promises_hold, links_crossed, path, wired, wired_family};
    use crate::graph::{CompleteGraph, Family, FlattenedButterfly, Hypercube};

    fn fabrics() -> Vec<(Arc<WiredGraph>, HyperX)> {
        let hyperx = |sides: &[u32], widths: Option<Vec<u32>>| {
            let hyperx = HyperX::new(sides.to_vec(), widths, 2).unwrap();
            (wired_family(&hyperx), hyperx)
        };
        let butterfly = FlattenedButterfly::new(3, 3).unwrap();
        let cube = Hypercube::new(4, 1).unwrap();
        let complete = CompleteGraph::new(7, 2).unwrap();
        vec![
            hyperx(&[3, 4, 2], None),
            hyperx(&[4, 3], Some(vec![2, 3])),
            hyperx(&[3, 1, 5], Some(vec![1, 70, 2])),
            hyperx(&[1], None),
            (wired_family(&butterfly), butterfly.as_hyperx().clone()),
            (wired_family(&cube), cube.as_hyperx()),
            (wired_family(&complete), complete.as_hyperx()),
        ]
    }

    #[test]
    fn the_other_names_are_the_same_graphs() {
        for (wired, hyperx) in fabrics() {
            let graph = hyperx.graph().unwrap();
            let links = |graph: &crate::graph::FabricGraph| {
                let links = graph.links().map(|link| {
                    let mut ends = link.ends;
                    ends.sort_unstable();
                    ends
                });
                links.collect::<BTreeSet<_>>()
            };
            assert_eq!(links(&graph), links(wired.graph()));
            assert_eq!(graph.terminals(), wired.graph().terminals());
        }
    }

    #[test]
    fn packets_take_one_dimension_after_the_other() {
        for (wired, hyperx) in fabrics() {
            let routing = HyperXDimensionOrder::new(Arc::clone(&wired), &hyperx, 2).unwrap();
            let mut dice = Dice(1);
            for source in 0..wired.terminals() {
                let home = |terminal: u32| wired.network().terminals()[terminal as usize].switch;
                let distances = wired.graph().distances_from(home(source));
                for dest in 0..wired.terminals() {
                    let distance = distances[home(dest) as usize].unwrap();
                    let pair = (source, dest);
                    assert_eq!(
                        links_crossed(&wired, &routing, pair, distance),
                        BTreeSet::from([distance])
                    );
                    let path = path(&wired, &routing, pair, &mut dice);
                    // Ports of higher dimensions have higher numbers.
                    assert!(path.iter().is_sorted_by(|a, b| a.port < b.port));
                }
            }
            let proof = routing.prove();
            assert!(matches!(proof, Proof::Proved { .. }), "{proof:?}");
            assert_promises_hold(&wired, &routing, 2);
        }
    }

    #[test]
    fn all_links_between_two_switches_are_used() {
        let hyperx = HyperX::new(vec![2], Some(vec![3]), 1).unwrap();
        let wired = wired_family(&hyperx);
        let routing = HyperXDimensionOrder::new(Arc::clone(&wired), &hyperx, 1).unwrap();
        let mut dice = Dice(1);
        let ports: BTreeSet<u8> = (0..40)
            .map(|_| path(&wired, &routing, (0, 1), &mut dice)[0].port)
            .collect();
        assert_eq!(ports, BTreeSet::from([0, 1, 2]));
    }

    #[test]
    fn another_fabric_is_refused() {
        let hyperx = HyperX::new(vec![2, 2], None, 1).unwrap();
        let ring = wired(crate::graph::Ring::new(3, 1).unwrap().graph().unwrap());
        assert!(HyperXDimensionOrder::new(ring, &hyperx, 1).is_err());
    }
}
