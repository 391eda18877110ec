//! Loads by following packets, against closed loads on grids and published ones on other fabrics.

use std::sync::Arc;

use fabricsim_core::{Candidate, Candidates, Draw, FlitTime, Place, PortRef, Routing, Selection};
use proptest::prelude::*;

use super::tests::{demands, transpose, uniform};
use super::walked::walked_on;
use super::*;
use crate::graph::samples::{graph, wired, wired_family};
use crate::graph::{
    Arrangement, Dragonfly, DragonflyMinimal, DragonflyValiant, End, FlattenedButterfly, GraphBuilder,
    HyperX, HyperXDimensionOrder, Link, ShortestPath, Spread, Units, WiredGraph,
};
use crate::samples::grids;
use crate::{Dateline, DimensionOrder, GridChannels, HalfWay, MinimalAdaptive, O1Turn, Romm, Valiant};

fn agrees(routing: &(impl Oblivious + Routing), legs: Legs, demand: &Demand) -> Result<(), TestCaseError> {
    let grid = routing.grid();
    let network = grid.network(1, FlitTime::ONE).unwrap();
    let walked = walked_on(&network, routing, 4, demand).unwrap();
    let loads = routing.loads(demand).unwrap();
    for link in network.links() {
        let (load, expected) = (walked.loads.of(link.from), loads.of(link.from));
        prop_assert!((load - expected).abs() < 1e-9, "{load} instead of {expected}");
    }
    let mean = |distances: &[(u32, f64)]| -> f64 { distances.iter().map(|&(d, p)| f64::from(d) * p).sum() };
    let (found, expected) = (
        mean(&walked.distances),
        mean(&distances(grid, legs, &[(1.0, demand.clone())])),
    );
    prop_assert!((found - expected).abs() < 1e-9, "{found} instead of {expected}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn followed_packets_load_grids_as_closed_forms_say(
        (grid, demand) in grids()
            .prop_filter("small", |grid| grid.terminals() <= 40)
            .prop_flat_map(|grid| {
                let demand = demands(grid.terminals());
                (Just(grid), demand)
            }),
        half_way in prop::sample::select(HalfWay::ALL.to_vec()),
        dateline in prop::sample::select(Dateline::ALL.to_vec()),
    ) {
        let channels = GridChannels::alike(&grid, 4);
        let dimension_order = DimensionOrder::new(&grid, &channels, Some(dateline), half_way);
        agrees(&dimension_order, Legs::Minimal, &demand)?;
        agrees(&Valiant::new(&grid, &channels, dateline, half_way), Legs::ByRandomSwitch, &demand)?;
        agrees(&Romm::new(&grid, &channels, dateline, half_way), Legs::Minimal, &demand)?;
        if grid.dimensions() == 2 {
            agrees(&O1Turn::new(&grid, &channels, dateline, half_way), Legs::Minimal, &demand)?;
        }
    }
}

/// What a terminal may inject, minimally and by random groups \[flits/cycle\].
fn dragonfly_bounds(dragonfly: &Dragonfly, demand: &Demand) -> [f64; 2] {
    let wired = wired_family(dragonfly);
    let minimal = DragonflyMinimal::new(wired.clone(), dragonfly, 2).unwrap();
    let valiant = DragonflyValiant::new(wired.clone(), dragonfly, 4).unwrap();
    let loads = [
        walked_loads(&wired, &minimal, 2, demand),
        walked_loads(&wired, &valiant, 4, demand),
    ];
    loads.map(|loads| loads.unwrap().capacity_bound(FlitTime::ONE))
}

/// As computed by every path of every pair, for 72 and 1056 nodes: Kim et al. 2008; García et al. 2012 for offsets of h.
#[test]
fn dragonfly_bounds_are_those_of_every_path() {
    let adversarial = |(p, a, _): (u32, u32, u32), offset| Demand::Block { block: p * a, offset };
    let (small, large) = ((2, 4, 2), (4, 8, 4));
    for (sides, demand, expected) in [
        (small, uniform(), [1.0, 0.5625]),
        (small, adversarial(small, 1), [0.125, 0.4375]),
        (small, adversarial(small, 2), [0.125, 0.2917]),
        (large, uniform(), [1.0, 0.5156]),
        (large, adversarial(large, 1), [0.03125, 0.4844]),
        (large, adversarial(large, 4), [0.03125, 0.1938]),
    ] {
        for arrangement in Arrangement::ALL {
            let (p, a, h) = sides;
            let dragonfly = Dragonfly::new(p, a, h, None, arrangement).unwrap();
            let bounds = dragonfly_bounds(&dragonfly, &demand);
            let differ = bounds
                .iter()
                .zip(expected)
                .any(|(bound, expected)| (bound - expected).abs() > 6e-5);
            assert!(!differ, "{arrangement}, {demand:?}: {bounds:?}");
        }
    }
}

#[test]
fn dragonfly_distances_are_counted() {
    let dragonfly = Dragonfly::new(2, 4, 2, None, Arrangement::PalmTree).unwrap();
    let graph = wired_family(&dragonfly);
    let routing = DragonflyMinimal::new(graph.clone(), &dragonfly, 2).unwrap();
    let Walked { loads, distances } = walked(&graph, &routing, 2, &uniform()).unwrap();
    let mean: f64 = distances.iter().map(|&(links, p)| f64::from(links) * p).sum();
    assert!((mean - loads.total() / f64::from(graph.terminals())).abs() < 1e-12);
    assert_eq!(distances.last().unwrap().0, 3);
    // From group to group: a local link on either side but where the global one is at hand.
    let adversarial = Demand::Block { block: 8, offset: 1 };
    let expected = [(1, 1.0 / 16.0), (2, 6.0 / 16.0), (3, 9.0 / 16.0)];
    let found = walked_distances(&graph, &routing, 2, &adversarial).unwrap();
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for ((links, probability), (expected_links, expected)) in found.into_iter().zip(expected) {
        assert_eq!(links, expected_links);
        assert!((probability - expected).abs() < 1e-12, "{links}: {probability}");
    }
}

/// The McKay-Miller-Širáň graph of a prime q that leaves 1 when divided by 4, with primitive root xi (Besta & Hoefler, SC
/// 2014, section III-A), and `p` terminals a switch.
fn slim_fly(q: u32, xi: u32, p: u32) -> Arc<WiredGraph> {
    let even = (0..(q - 1) / 2).map(|i| (0..2 * i).fold(1, |power, _| power * xi % q));
    let even: Vec<u32> = even.collect();
    let switch = |part: u32, x: u32, y: u32| (part * q + x) * q + y;
    let mut links = Vec::new();
    for x in 0..q {
        for y in 0..q {
            for higher in y + 1..q {
                let part = u32::from(!even.contains(&(higher - y)));
                links.push((switch(part, x, y), switch(part, x, higher)));
            }
            for m in 0..q {
                links.push((switch(0, x, y), switch(1, m, (y + (q - m) * x) % q)));
            }
        }
    }
    wired(graph(&links, &vec![p; (2 * q * q) as usize]))
}

/// q = 5: 50 switches of 7 links, 1.04 on each link of uniform traffic, all ways spread evenly.
#[test]
fn slim_fly_bounds_are_those_of_every_path() {
    let wired = slim_fly(5, 2, 4);
    let routing = ShortestPath::new(wired.clone(), Spread::Packet, 2).unwrap();
    let walked = walked(&wired, &routing, 2, &uniform()).unwrap();
    assert!((walked.loads.max() - 1.04).abs() < 1e-12);
    let mean: f64 = walked
        .distances
        .iter()
        .map(|&(links, p)| f64::from(links) * p)
        .sum();
    assert!((mean - 1.82).abs() < 1e-12, "{mean}");
}

/// Ahn et al. 2009: each of the T terminals of a switch over one link, where all send along one dimension.
#[test]
fn hyperx_bounds_are_the_published_ones() {
    let hyperx = HyperX::new(vec![4, 4], None, 4).unwrap();
    let wired = wired_family(&hyperx);
    let routing = HyperXDimensionOrder::new(wired.clone(), &hyperx, 1).unwrap();
    for (demand, expected) in [
        (uniform(), 1.0),
        (Demand::Block { block: 4, offset: 4 }, 1.0 / 4.0),
    ] {
        let bound = walked_loads(&wired, &routing, 1, &demand)
            .unwrap()
            .capacity_bound(FlitTime::ONE);
        assert!((bound - expected).abs() < 1e-12, "{demand:?}: {bound}");
    }
}

/// Straight to the destination's switch on a fabric with a link between every two, or by a random switch.
pub(super) struct Direct {
    pub terminals: u32,
    pub switches: u32,
    pub by_random_switch: bool,
}

impl Routing for Direct {
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let home = dest / self.terminals;
        if self.by_random_switch && u32::from(at.in_port) >= self.switches - 1 {
            *tag = draw.draw(self.switches) + 1;
        }
        if *tag == at.switch + 1 {
            *tag = 0;
        }
        let target = if *tag == 0 { home } else { *tag - 1 };
        let port = match target == at.switch {
            true => self.switches - 1 + dest % self.terminals,
            false => target - u32::from(target > at.switch),
        };
        out.push(Candidate::new(port as u8, 0, 1));
    }

    fn max_candidates(&self) -> usize {
        1
    }
}

/// Kim, Dally & Abts 2007, 32-ary 2-flat: 1/32 of all switches' packets over one link each, half by random switches.
#[test]
fn flattened_butterfly_bounds_are_the_published_ones() {
    let graph = wired_family(&FlattenedButterfly::new(32, 2).unwrap());
    let next_switch = Demand::Block { block: 32, offset: 1 };
    for (by_random_switch, demand, expected) in [
        (false, uniform(), 1.0),
        (false, next_switch.clone(), 1.0 / 32.0),
        (true, uniform(), 0.5),
        (true, next_switch, 0.5),
    ] {
        let routing = Direct {
            terminals: 32,
            switches: 32,
            by_random_switch,
        };
        let bound = walked_loads(&graph, &routing, 1, &demand)
            .unwrap()
            .capacity_bound(FlitTime::ONE);
        assert!((bound - expected).abs() < 1e-12, "{demand:?}: {bound}");
    }
}

/// Two switches with two links between them and two terminals each; the terminal decides the link.
struct ByDestination;

impl Routing for ByDestination {
    fn route(&self, at: Place, dest: u32, _: &mut u32, _: &mut impl Draw, out: &mut Candidates) {
        let port = match dest / 2 == at.switch {
            true => 2 + dest % 2,
            false => dest % 2,
        };
        out.push(Candidate::new(port as u8, 0, 1));
    }

    fn max_candidates(&self) -> usize {
        1
    }
}

fn two_switches() -> WiredGraph {
    let mut builder = GraphBuilder::new(Units::Abstract);
    for name in ["a", "b"] {
        builder.switch(name, None).unwrap();
    }
    for port in [0, 1] {
        builder
            .link(Link {
                ends: [0, 1].map(|switch| End { switch, port }),
                latency: 1.0,
                rate: 1.0,
            })
            .unwrap();
    }
    for (switch, port) in [(0, 2), (0, 3), (1, 2), (1, 3)] {
        builder.terminal(End { switch, port }).unwrap();
    }
    WiredGraph::new(builder.build().unwrap(), 1, |_, _| (1, FlitTime::ONE)).unwrap()
}

#[test]
fn terminals_of_a_switch_that_are_told_apart_are_followed_apart() {
    let to_one = Demand::Permutation(vec![2, 2, 1, 0]);
    let loads = walked_loads(&two_switches(), &ByDestination, 1, &to_one).unwrap();
    let of = |switch, port| loads.of(PortRef { switch, port });
    assert_eq!([of(0, 0), of(0, 1), of(1, 0), of(1, 1)], [2.0, 0.0, 1.0, 1.0]);
}

/// Back and forth, whatever the destination.
struct Around;

impl Routing for Around {
    fn route(&self, _: Place, _: u32, _: &mut u32, _: &mut impl Draw, out: &mut Candidates) {
        out.push(Candidate::new(0, 0, 1));
    }

    fn max_candidates(&self) -> usize {
        1
    }
}

#[test]
fn routings_without_expected_loads_are_refused_with_a_reason() {
    let around = walked(&two_switches(), &Around, 1, &uniform()).unwrap_err();
    assert_eq!(
        around.why,
        "not computed: the routing leads packets around a circle"
    );

    let grid = Grid::torus(vec![8, 8], 1).unwrap();
    let network = grid.network(1, FlitTime::ONE).unwrap();
    let adaptive = MinimalAdaptive::new(
        &grid,
        &GridChannels::alike(&grid, 4),
        HalfWay::Random,
        Selection::AnyFree,
    );
    let refused = walked_on(&network, &adaptive, 4, &transpose()).unwrap_err();
    assert!(refused.why.starts_with("the routing is adaptive"), "{refused}");
}
