//! Loads and distances of the routings that are made of dimension order.

use fabricsim_core::{Candidates, FlitTime, Network, Outcomes, Place, PortRef, Routing};
use proptest::prelude::*;

use super::tests::{
    bit_complement, bit_reverse, demands, neighbour, pairs, shuffle, tornado, transpose, uniform,
};
use super::*;
use crate::samples::grids;
use crate::{Dateline, GridChannels, HalfWay, O1Turn, Romm, Valiant};

fn square(wrap: bool) -> Grid {
    Grid::new(vec![8, 8], vec![wrap; 2], 1).unwrap()
}

/// By Valiant, O1TURN and ROMM, with three digits.
fn bounds(grid: &Grid, half_way: HalfWay, demand: &Demand) -> [String; 3] {
    let channels = GridChannels::alike(grid, 4);
    let mixture = [(1.0, demand.clone())];
    let dateline = Dateline::AtDateline;
    let of = |loads: Result<ChannelLoads, NotComputed>| {
        let bound = loads.unwrap().channel_bound(FlitTime::ONE);
        format!("{:.3}", bound.unwrap())
    };
    [
        of(channel_loads(
            &Valiant::new(grid, &channels, dateline, half_way),
            &mixture,
        )),
        of(channel_loads(
            &O1Turn::new(grid, &channels, dateline, half_way),
            &mixture,
        )),
        of(channel_loads(
            &Romm::new(grid, &channels, dateline, half_way),
            &mixture,
        )),
    ]
}

/// The tables number nodes the other way round, x highest.
fn x_highest(demand: &Demand) -> Demand {
    let Demand::Permutation(destinations) = demand else {
        return demand.clone();
    };
    let swap = |node: u32| node % 8 * 8 + node / 8;
    Demand::Permutation(
        (0..64)
            .map(|node| swap(destinations[swap(node) as usize]))
            .collect(),
    )
}

/// As computed with every path of every pair; on the torus with ROMM's phases both in order x, y.
#[test]
fn bounds_of_the_8x8_torus_are_those_of_every_path() {
    let rows = [
        (
            uniform(),
            [["0.500", "1.000", "1.000"], ["0.400", "0.800", "0.800"]],
        ),
        (
            bit_complement(),
            [["0.500", "0.500", "0.400"], ["0.400", "0.500", "0.400"]],
        ),
        (
            transpose(),
            [["0.500", "0.571", "0.438"], ["0.400", "0.500", "0.416"]],
        ),
        (
            tornado(),
            [["0.500", "0.333", "0.333"], ["0.400", "0.333", "0.333"]],
        ),
        (
            neighbour(),
            [["0.500", "1.000", "1.000"], ["0.400", "1.000", "1.000"]],
        ),
        (
            bit_reverse(),
            [["0.500", "0.571", "0.470"], ["0.400", "0.500", "0.412"]],
        ),
        (
            shuffle(),
            [["0.500", "0.364", "0.350"], ["0.400", "0.333", "0.306"]],
        ),
    ];
    for (demand, expected) in rows {
        let found = [HalfWay::Random, HalfWay::Plus]
            .map(|half_way| bounds(&square(true), half_way, &x_highest(&demand)));
        assert_eq!(found, expected, "{demand:?}");
    }
    // With ties by parity, of which the tables have Valiant and O1TURN.
    let by_parity = [
        (uniform(), ["0.500", "1.000"]),
        (transpose(), ["0.500", "0.500"]),
        (bit_reverse(), ["0.500", "0.500"]),
        (shuffle(), ["0.500", "0.400"]),
    ];
    for (demand, expected) in by_parity {
        let [valiant, o1turn, _] = bounds(&square(true), HalfWay::Parity, &x_highest(&demand));
        assert_eq!([&*valiant, &*o1turn], expected, "{demand:?}");
    }
}

#[test]
fn bounds_of_the_8x8_mesh_are_those_of_every_path() {
    let rows = [
        (uniform(), ["0.250", "0.500", "0.434"]),
        (bit_complement(), ["0.250", "0.250", "0.162"]),
        (transpose(), ["0.250", "0.286", "0.297"]),
        (tornado(), ["0.250", "0.333", "0.250"]),
        (neighbour(), ["0.250", "1.000", "0.901"]),
        (bit_reverse(), ["0.250", "0.286", "0.259"]),
        (shuffle(), ["0.250", "0.333", "0.306"]),
    ];
    for (demand, expected) in rows {
        assert_eq!(
            bounds(&square(false), HalfWay::Plus, &x_highest(&demand)),
            expected,
            "{demand:?}"
        );
    }
}

/// Follows a packet hop by hop by all that its routing may answer.
struct Walk<'a, R> {
    routing: &'a R,
    network: &'a Network,
    loads: ChannelLoads,
    /// By links crossed: how many packets arrive.
    arrived: Vec<f64>,
}

impl<R: Routing> Walk<'_, R> {
    fn on(&mut self, at: PortRef, (in_vc, tag): (u8, u32), dest: u32, links: usize, weight: f64) {
        let place = Place {
            switch: at.switch,
            in_port: at.port,
            in_vc,
        };
        let mut outcomes = Outcomes::default();
        while let Some(((way, tag), probability)) = outcomes.next(|draw| {
            let (mut ways, mut tag) = (Candidates::new(), tag);
            self.routing.route(place, dest, &mut tag, draw, &mut ways);
            (ways[0], tag)
        }) {
            let from = PortRef {
                switch: at.switch,
                port: way.port,
            };
            let Some(&link) = self.network.link(from) else {
                self.arrived.resize(self.arrived.len().max(links + 1), 0.0);
                self.arrived[links] += weight * probability;
                continue;
            };
            self.loads.loads[from.switch as usize * self.loads.ports + usize::from(from.port)] +=
                weight * probability;
            self.on(
                link.to,
                (way.first_vc, tag),
                dest,
                links + 1,
                weight * probability,
            );
        }
    }
}

/// Loads, and the probability of every number of links.
fn by_walking(routing: &(impl Oblivious + Routing), demand: &Demand) -> (ChannelLoads, Vec<f64>) {
    let grid = routing.grid();
    let network = grid.network(1, FlitTime::ONE).unwrap();
    let mut walk = Walk {
        routing,
        network: &network,
        loads: ChannelLoads::none(grid),
        arrived: Vec::new(),
    };
    for (from, dest, weight) in pairs(grid, demand) {
        walk.on(grid.home(from), (0, 0), dest, 0, weight);
    }
    let terminals = f64::from(grid.terminals());
    (
        walk.loads,
        walk.arrived.iter().map(|sum| sum / terminals).collect(),
    )
}

fn agrees(routing: &(impl Oblivious + Routing), legs: Legs, demand: &Demand) -> Result<(), TestCaseError> {
    let mixture = [(1.0, demand.clone())];
    let (walked, arrived) = by_walking(routing, demand);
    let loads = channel_loads(routing, &mixture).unwrap();
    for (load, expected) in loads.loads.iter().zip(&walked.loads) {
        prop_assert!((load - expected).abs() < 1e-9, "{load} instead of {expected}");
    }
    let distances = distances(routing.grid(), legs, &mixture);
    let mean: f64 = distances.iter().map(|&(links, p)| f64::from(links) * p).sum();
    let expected: f64 = (0_u32..)
        .zip(&arrived)
        .map(|(links, p)| f64::from(links) * p)
        .sum();
    prop_assert!((mean - expected).abs() < 1e-9, "{mean} instead of {expected}");
    let all: f64 = distances.iter().map(|&(_, p)| p).sum();
    prop_assert!((all - 1.0).abs() < 1e-9 || distances.is_empty(), "{all}");
    let farthest = distances.last().map_or(0, |&(links, _)| links as usize);
    prop_assert!(farthest + 1 >= arrived.len());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn loads_and_means_are_those_of_packets_walked_one_by_one(
        (grid, demand) in grids()
            .prop_filter("small", |grid| grid.terminals() <= 30)
            .prop_flat_map(|grid| {
                let demand = demands(grid.terminals());
                (Just(grid), demand)
            }),
        half_way in prop::sample::select(HalfWay::ALL.to_vec()),
        dateline in prop::sample::select(Dateline::ALL.to_vec()),
    ) {
        let channels = GridChannels::alike(&grid, 4);
        agrees(&Valiant::new(&grid, &channels, dateline, half_way), Legs::ByRandomSwitch, &demand)?;
        agrees(&Romm::new(&grid, &channels, dateline, half_way), Legs::Minimal, &demand)?;
        if grid.dimensions() == 2 {
            agrees(&O1Turn::new(&grid, &channels, dateline, half_way), Legs::Minimal, &demand)?;
        }
    }
}

/// On a torus, of uniform demand, both ways are independent.
#[test]
fn numbers_of_links_by_way_of_a_random_switch() {
    let grid = Grid::torus(vec![4, 3], 1).unwrap();
    let valiant = Valiant::new(
        &grid,
        &GridChannels::alike(&grid, 4),
        Dateline::AtDateline,
        HalfWay::Random,
    );
    let (_, arrived) = by_walking(&valiant, &uniform());
    let found = distances(&grid, Legs::ByRandomSwitch, &[(1.0, uniform())]);
    assert_eq!(found.len(), arrived.len());
    for ((_, probability), expected) in found.iter().zip(arrived) {
        assert!((probability - expected).abs() < 1e-12);
    }
}

#[test]
fn too_much_work_is_refused_with_a_reason() {
    let grid = Grid::mesh(vec![256, 256], 1).unwrap();
    let romm = Romm::new(
        &grid,
        &GridChannels::alike(&grid, 2),
        Dateline::AtDateline,
        HalfWay::Plus,
    );
    let refused = channel_loads(&romm, &[(1.0, uniform())]).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "not computed: too many links lie between sources and destinations"
    );
}
