//! Worst permutations against those of the SPAA 2002 paper's method on every path.

use fabricsim_core::Routing;

use super::walked_tests::Direct;
use super::*;
use crate::graph::FlattenedButterfly;
use crate::graph::samples::wired_family;
use crate::{Dateline, DimensionOrder, GridChannels, O1Turn, Romm, Valiant};

fn bound(routing: &(impl Oblivious + Routing)) -> String {
    let worst = worst_case_on_grid(routing).unwrap().unwrap();
    // The permutation loads the link as is said of it.
    let permutation = Demand::Permutation(worst.destinations);
    let loads = channel_loads(routing, &[(1.0, permutation)]).unwrap();
    assert!((loads.of(worst.channel) - worst.load).abs() < 1e-9);
    assert!((loads.max() - worst.load).abs() < 1e-9);
    format!("{:.3}", worst.channel_bound)
}

/// By dimension order, Valiant, O1TURN and ROMM.
fn bounds(wrap: bool, half_way: HalfWay) -> [String; 4] {
    let grid = Grid::new(vec![8, 8], vec![wrap; 2], 1).unwrap();
    let channels = GridChannels::alike(&grid, 4);
    let dateline = Dateline::AtDateline;
    [
        bound(&DimensionOrder::new(&grid, &channels, Some(dateline), half_way)),
        bound(&Valiant::new(&grid, &channels, dateline, half_way)),
        bound(&O1Turn::new(&grid, &channels, dateline, half_way)),
        bound(&Romm::new(&grid, &channels, dateline, half_way)),
    ]
}

#[test]
fn worst_cases_of_the_8x8_torus_are_the_published_ones() {
    for (half_way, expected) in [
        (HalfWay::Parity, ["0.250", "0.500", "0.286", "0.191"]),
        (HalfWay::Random, ["0.286", "0.500", "0.286", "0.208"]),
        (HalfWay::Plus, ["0.250", "0.400", "0.250", "0.161"]),
    ] {
        assert_eq!(bounds(true, half_way), expected, "{half_way:?}");
    }
}

#[test]
fn worst_cases_of_the_8x8_mesh_are_the_published_ones() {
    assert_eq!(bounds(false, HalfWay::Plus), ["0.143", "0.250", "0.250", "0.134"]);
}

/// All links of a fabric, terminals that share a switch: Kim, Dally & Abts 2007.
#[test]
fn the_worst_case_of_a_graph() {
    let graph = wired_family(&FlattenedButterfly::new(8, 2).unwrap());
    for (by_random_switch, expected) in [(false, 1.0 / 8.0), (true, 0.5)] {
        let routing = Direct {
            terminals: 8,
            switches: 8,
            by_random_switch,
        };
        let worst = worst_case(graph.network(), &routing, 1).unwrap().unwrap();
        assert!(
            (worst.channel_bound - expected).abs() < 1e-9,
            "{}",
            worst.channel_bound
        );
        let permutation = Demand::Permutation(worst.destinations);
        let loads = walked_loads(&graph, &routing, 1, &permutation).unwrap();
        assert!((loads.of(worst.channel) - worst.load).abs() < 1e-9);
    }
}

#[test]
fn worst_cases_that_would_take_long_are_refused_with_a_reason() {
    let grid = Grid::mesh(vec![18, 18], 1).unwrap();
    let routing = DimensionOrder::new(&grid, &GridChannels::alike(&grid, 1), None, HalfWay::Plus);
    let refused = worst_case_on_grid(&routing).unwrap_err();
    assert!(
        refused.why.ends_with("would take more than a minute"),
        "{refused}"
    );
    let alone = Grid::mesh(vec![1], 4).unwrap();
    let routing = DimensionOrder::new(&alone, &GridChannels::alike(&alone, 1), None, HalfWay::Plus);
    assert_eq!(worst_case_on_grid(&routing), Ok(None));
}
