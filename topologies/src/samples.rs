//! Random small grids and routings for the property tests.

use fabricsim_core::{Candidate, Candidates, Outcomes, Place, PortRef, Routing};
use proptest::prelude::*;

use crate::{Dateline, DimensionOrder, Grid, GridChannels, HalfWay};

/// Grids of at most 72 switches: unequal sides, mixed wrap, several terminals.
pub fn grids() -> impl Strategy<Value = Grid> {
    let dimension = (1_u32..=7, any::<bool>());
    (prop::collection::vec(dimension, 1..=4), 1_u32..=3).prop_filter_map(
        "too many switches for a test",
        |(dimensions, concentration)| {
            let (sides, wrap): (Vec<u32>, Vec<bool>) = dimensions.into_iter().unzip();
            let small = sides.iter().product::<u32>() <= 72;
            small
                .then(|| Grid::new(sides, wrap, concentration).ok())
                .flatten()
        },
    )
}

/// Every option of dimension order on such grids.
pub fn routings() -> impl Strategy<Value = DimensionOrder> {
    let dateline = prop::option::of(prop::sample::select(Dateline::ALL.to_vec()));
    let half_way = prop::sample::select(HalfWay::ALL.to_vec());
    (grids(), 1_u8..=8, dateline, half_way).prop_map(|(grid, vcs, dateline, half_way)| {
        DimensionOrder::new(&grid, &GridChannels::alike(&grid, vcs), dateline, half_way)
    })
}

/// A port by its numbers.
pub fn port_ref(switch: u32, port: u8) -> PortRef {
    PortRef { switch, port }
}

/// What a routing may answer to a packet for `dest` in virtual channel `in_vc` of the input `at`, with the
/// probability of each answer.
pub fn answers(routing: &impl Routing, at: PortRef, in_vc: u8, dest: u32) -> Vec<(Candidate, f64)> {
    let place = Place {
        switch: at.switch,
        in_port: at.port,
        in_vc,
    };
    let mut answers = Vec::new();
    let mut outcomes = Outcomes::default();
    while let Some((candidates, probability)) = outcomes.next(|draw| {
        let mut candidates = Candidates::new();
        routing.route(place, dest, &mut 0, draw, &mut candidates);
        candidates
    }) {
        assert_eq!(candidates.len(), 1, "dimension order offers one way on");
        answers.push((candidates[0], probability));
    }
    answers
}
