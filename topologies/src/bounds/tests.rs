use fabricsim_core::{FlitTime, Network};
use proptest::prelude::*;

use super::*;
use crate::samples::{answers, port_ref, routings};
use crate::{DimensionOrder, GridChannels, HalfWay};

/// Dimension order on a square of side 8.
fn square(wrap: bool, half_way: HalfWay) -> DimensionOrder {
    let grid = Grid::new(vec![8, 8], vec![wrap; 2], 1).unwrap();
    DimensionOrder::new(&grid, &GridChannels::alike(&grid, 1), None, half_way)
}

pub(super) fn permutation(to: impl Fn(u32) -> u32) -> Demand {
    Demand::Permutation((0..64).map(to).collect())
}

/// Each coordinate (x, y) of an 8x8 grid sends to the coordinates given.
pub(super) fn coordinates(to: impl Fn(u32, u32) -> (u32, u32)) -> Demand {
    permutation(|terminal| {
        let (x, y) = to(terminal % 8, terminal / 8);
        x + 8 * y
    })
}

pub(super) fn uniform() -> Demand {
    Demand::Uniform { include_self: true }
}

pub(super) fn bit_complement() -> Demand {
    permutation(|terminal| 63 - terminal)
}

pub(super) fn transpose() -> Demand {
    coordinates(|x, y| (y, x))
}

pub(super) fn tornado() -> Demand {
    coordinates(|x, y| ((x + 3) % 8, (y + 3) % 8))
}

pub(super) fn neighbour() -> Demand {
    coordinates(|x, y| ((x + 1) % 8, (y + 1) % 8))
}

pub(super) fn bit_reverse() -> Demand {
    permutation(|terminal| terminal.reverse_bits() >> 26)
}

pub(super) fn shuffle() -> Demand {
    permutation(|terminal| terminal << 1 & 63 | terminal >> 5)
}

fn bound(routing: &DimensionOrder, demand: &Demand) -> String {
    let bound = channel_loads(routing, &[(1.0, demand.clone())])
        .unwrap()
        .channel_bound(FlitTime::ONE);
    format!("{:.3}", bound.unwrap())
}

/// Fractions of capacity, which is 1: Singh et al. 2002 and 2003 for parity, computed for the other options.
/// Uniform traffic loads every link of a 4x4 torus with 1/2: the slowest link bounds it, wherever it is.
#[test]
fn the_slowest_link_for_its_load_bounds_the_rate() {
    let grid = Grid::torus(vec![4, 4], 1).unwrap();
    let routing = DimensionOrder::new(&grid, &GridChannels::alike(&grid, 1), None, HalfWay::Random);
    let loads = channel_loads(&routing, &[(1.0, Demand::Uniform { include_self: true })]).unwrap();
    let slow = FlitTime {
        numerator: 10,
        denominator: 1,
    };
    let from = PortRef { switch: 7, port: 2 };
    let bound = loads.channel_bound_of(|at| if at == from { slow } else { FlitTime::ONE });
    assert_eq!(bound, Some(0.2));
    assert_eq!(loads.channel_bound_of(|_| slow), loads.channel_bound(slow));
    let alone = channel_loads(&routing, &[(1.0, Demand::Permutation((0..16).collect()))]).unwrap();
    assert_eq!(alone.channel_bound_of(|_| slow), None);
}

#[test]
fn bounds_of_the_8x8_torus_are_the_published_ones() {
    let rows = [
        (uniform(), ["1.000", "1.000", "0.800"]),
        (bit_complement(), ["0.500", "0.500", "0.500"]),
        (transpose(), ["0.250", "0.286", "0.250"]),
        (tornado(), ["0.333", "0.333", "0.333"]),
        (neighbour(), ["1.000", "1.000", "1.000"]),
    ];
    for (demand, expected) in rows {
        let bounds = [HalfWay::Parity, HalfWay::Random, HalfWay::Plus]
            .map(|half_way| bound(&square(true, half_way), &demand));
        assert_eq!(bounds, expected, "{demand:?}");
    }
}

#[test]
fn bounds_of_the_8x8_mesh_are_the_published_ones() {
    let rows = [
        (uniform(), "0.500"),
        (bit_complement(), "0.250"),
        (transpose(), "0.143"),
        (tornado(), "0.333"),
        (bit_reverse(), "0.143"),
        (shuffle(), "0.250"),
    ];
    for (demand, expected) in rows {
        assert_eq!(
            bound(&square(false, HalfWay::Plus), &demand),
            expected,
            "{demand:?}"
        );
    }
}

/// Dally & Towles, section 3.3: 8/k for a torus, (k - 1/k)/8 a channel for odd k, 4/k for a mesh.
#[test]
fn uniform_bounds_follow_the_closed_forms() {
    for side in [4_u32, 5, 16, 64, 1000] {
        let k = f64::from(side);
        for dimensions in [1, 2] {
            let torus = Grid::torus(vec![side; dimensions], 1).unwrap();
            let routing = DimensionOrder::new(&torus, &GridChannels::alike(&torus, 1), None, HalfWay::Parity);
            let max = channel_loads(&routing, &[(1.0, uniform())]).unwrap().max();
            let expected = if side % 2 == 0 {
                k / 8.0
            } else {
                (k - 1.0 / k) / 8.0
            };
            assert!(
                (max / expected - 1.0).abs() < 1e-12,
                "torus of side {side}: {max}"
            );
        }
        let mesh = Grid::mesh(vec![side, side], 1).unwrap();
        let routing = DimensionOrder::new(&mesh, &GridChannels::alike(&mesh, 1), None, HalfWay::Plus);
        let max = channel_loads(&routing, &[(1.0, uniform())]).unwrap().max();
        let expected = if side % 2 == 0 {
            k / 4.0
        } else {
            (k - 1.0 / k) / 4.0
        };
        assert!((max / expected - 1.0).abs() < 1e-12, "mesh of side {side}: {max}");
    }
}

#[test]
fn bounds_know_the_links_rate_and_the_terminals() {
    let grid = Grid::torus(vec![4, 4], 1).unwrap();
    let routing = DimensionOrder::new(&grid, &GridChannels::alike(&grid, 2), None, HalfWay::Parity);
    let loads = channel_loads(&routing, &[(1.0, uniform())]).unwrap();
    assert_eq!(
        (
            loads.channel_bound(FlitTime::ONE),
            loads.capacity_bound(FlitTime::ONE)
        ),
        (Some(2.0), 1.0)
    );
    let slow = FlitTime {
        numerator: 4,
        denominator: 1,
    };
    assert_eq!(
        (loads.channel_bound(slow), loads.capacity_bound(slow)),
        (Some(0.5), 0.5)
    );

    let own = channel_loads(&routing, &[(1.0, Demand::Permutation((0..16).collect()))]).unwrap();
    assert_eq!(
        (own.channel_bound(slow), own.capacity_bound(slow), own.hottest()),
        (None, 1.0, None)
    );
}

#[test]
fn the_hottest_link_of_a_transpose_on_a_mesh() {
    let loads = channel_loads(&square(false, HalfWay::Plus), &[(1.0, transpose())]).unwrap();
    let hottest = loads.hottest().unwrap();
    assert_eq!(loads.of(hottest), 7.0);
    assert_eq!(loads.of(port_ref(63, 0)), 0.0);
    assert_eq!(loads.of(port_ref(0, 4)), 0.0);
}

#[test]
fn a_lone_terminal_sends_nothing() {
    let grid = Grid::mesh(vec![1], 1).unwrap();
    let routing = DimensionOrder::new(&grid, &GridChannels::alike(&grid, 1), None, HalfWay::Plus);
    let others = [(1.0, Demand::Uniform { include_self: false })];
    assert_eq!(channel_loads(&routing, &others).unwrap().total(), 0.0);
    assert_eq!(distances(&grid, Legs::Minimal, &others), []);
    assert_eq!(distances(&grid, Legs::Minimal, &[(1.0, uniform())]), [(0, 1.0)]);
}

#[test]
fn distances_of_the_4x4_torus() {
    let grid = Grid::torus(vec![4, 4], 1).unwrap();
    let all = distances(&grid, Legs::Minimal, &[(1.0, uniform())]);
    assert_eq!(all, [(0, 0.0625), (1, 0.25), (2, 0.375), (3, 0.25), (4, 0.0625)]);
    let neighbours = Demand::Permutation((0..16).map(|t| t / 4 * 4 + (t + 1) % 4).collect());
    assert_eq!(
        distances(&grid, Legs::Minimal, &[(0.5, uniform()), (0.5, neighbours)])[1],
        (1, 0.625)
    );
}

/// Probability of every (source, destination) under a demand.
pub(super) fn pairs(grid: &Grid, demand: &Demand) -> Vec<(u32, u32, f64)> {
    let terminals = grid.terminals();
    let all = (0..terminals).flat_map(|from| (0..terminals).map(move |to| (from, to)));
    let weight = |from: u32, to: u32| match demand {
        Demand::Permutation(destinations) => f64::from(u8::from(destinations[from as usize] == to)),
        Demand::Uniform { include_self: true } => 1.0 / f64::from(terminals),
        Demand::Uniform { include_self: false } if from == to => 0.0,
        Demand::Uniform { include_self: false } => 1.0 / f64::from(terminals - 1),
        &Demand::Block { block, offset } => {
            let blocks = terminals / block;
            let is_there = (from / block + offset) % blocks == to / block;
            f64::from(u8::from(is_there)) / f64::from(block)
        }
    };
    all.map(|(from, to)| (from, to, weight(from, to)))
        .filter(|pair| pair.2 > 0.0)
        .collect()
}

/// Follows a packet for `dest` hop by hop through the network, by all that its routing may answer.
struct Walk<'a> {
    routing: &'a DimensionOrder,
    network: Network,
    loads: ChannelLoads,
}

impl Walk<'_> {
    fn on(&mut self, at: PortRef, in_vc: u8, dest: u32, weight: f64) {
        for (candidate, probability) in answers(self.routing, at, in_vc, dest) {
            let from = port_ref(at.switch, candidate.port);
            let Some(&link) = self.network.link(from) else {
                continue;
            };
            let slot = from.switch as usize * self.loads.ports + usize::from(from.port);
            self.loads.loads[slot] += weight * probability;
            self.on(link.to, candidate.first_vc, dest, weight * probability);
        }
    }
}

fn loads_by_walking(routing: &DimensionOrder, demand: &Demand) -> ChannelLoads {
    let grid = routing.grid();
    let mut walk = Walk {
        routing,
        network: grid.network(1, FlitTime::ONE).unwrap(),
        loads: ChannelLoads::none(grid),
    };
    for (from, dest, weight) in pairs(grid, demand) {
        walk.on(grid.home(from), 0, dest, weight);
    }
    walk.loads
}

pub(super) fn demands(terminals: u32) -> impl Strategy<Value = Demand> {
    let divisors: Vec<u32> = (1..=terminals).filter(|&n| terminals.is_multiple_of(n)).collect();
    let blocks = prop::sample::select(divisors);
    prop_oneof![
        any::<bool>().prop_map(|include_self| Demand::Uniform { include_self }),
        prop::collection::vec(0..terminals, terminals as usize).prop_map(Demand::Permutation),
        (blocks, 0..2 * terminals).prop_map(|(block, offset)| Demand::Block { block, offset }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn loads_and_distances_are_those_of_packets_walked_one_by_one(
        (routing, demand) in routings().prop_flat_map(|routing| {
            let demand = demands(routing.grid().terminals());
            (Just(routing), demand)
        }),
    ) {
        let grid = routing.grid();
        let loads = channel_loads(&routing, &[(1.0, demand.clone())]).unwrap();
        let walked = loads_by_walking(&routing, &demand);
        for (load, expected) in loads.loads.iter().zip(&walked.loads) {
            prop_assert!((load - expected).abs() < 1e-9, "{load} instead of {expected}");
        }

        let pairs = pairs(grid, &demand);
        for &(distance, probability) in &distances(grid, Legs::Minimal, &[(1.0, demand)]) {
            let of_pair = |&&(from, to, _): &&(u32, u32, f64)| {
                grid.distance(grid.home(from).switch, grid.home(to).switch) == distance
            };
            let expected: f64 = pairs.iter().filter(of_pair).map(|pair| pair.2).sum();
            prop_assert!((probability * f64::from(grid.terminals()) - expected).abs() < 1e-9);
        }
    }

    #[test]
    fn loads_sum_to_the_mean_distance(
        (routing, first, second, share) in routings().prop_flat_map(|routing| {
            let terminals = routing.grid().terminals();
            (Just(routing), demands(terminals), demands(terminals), 0.0..1.0_f64)
        }),
    ) {
        let grid = routing.grid();
        let mixture = [(share, first), (1.0 - share, second)];
        let distances = distances(grid, Legs::Minimal, &mixture);
        let mean: f64 = distances.iter().map(|&(distance, p)| f64::from(distance) * p).sum();
        let total = channel_loads(&routing, &mixture).unwrap().total() / f64::from(grid.terminals());
        prop_assert!((mean - total).abs() < 1e-9, "{mean} and {total}");
        prop_assert!(distances.is_sorted_by_key(|&(distance, _)| distance));
    }
}
