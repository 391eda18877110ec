//! Routings that are dimension order in several parts of the virtual channels: Valiant, ROMM, O1TURN.

use fabricsim_core::Routing;

use super::dimension_order::of_lines;
use super::{Proof, Provable, every_route, not_proved, over_every_route};
use crate::channels::VcRange;
use crate::two_phases::TwoPhases;
use crate::{Dateline, DimensionOrder, Grid, GridChannels, HalfWay, O1Turn, Romm, Valiant};

/// Up to this many queries of the routing every packet is followed: two phases on an 8x8 torus with 16 virtual channels, a
/// second.
const EVERY_ROUTE_LIMIT: u64 = 1 << 24;

impl Provable for Valiant {
    /// Follows every packet by every intermediate switch; on large grids proves dimension order in each phase's virtual
    /// channels, which is enough since phases only go forward.
    fn prove(&self) -> Proof {
        prove_two_phases(self, &self.0)
    }
}

impl Provable for Romm {
    /// As [`Valiant`].
    fn prove(&self) -> Proof {
        prove_two_phases(self, &self.0)
    }
}

impl Provable for O1Turn {
    /// Follows every packet in both orders; on large grids proves dimension order in each order's virtual channels, which
    /// is enough since packets keep their order.
    fn prove(&self) -> Proof {
        let grid = self.grid();
        if self.channels().most() > 1 && queries(grid, self.channels(), 2) <= EVERY_ROUTE_LIMIT {
            return prove_by_every_route(grid, self, self.channels(), ORDERS);
        }
        let half_way = self.compass().half_way();
        prove_by_parts(grid, self.channels(), self.dateline(), half_way, ORDERS)
    }
}

const PHASES: &str = "two phases of dimension order, each in virtual channels of its own, the second never followed by the first";
const ORDERS: &str =
    "two orders of the dimensions, each in virtual channels of its own, of which a packet keeps one";

fn prove_two_phases(routing: &impl Routing, phases: &TwoPhases) -> Proof {
    let (grid, channels) = (phases.grid(), phases.channels());
    if queries(grid, channels, grid.switches()) <= EVERY_ROUTE_LIMIT {
        return prove_by_every_route(grid, routing, channels, PHASES);
    }
    let half_way = phases.compass().half_way();
    prove_by_parts(grid, channels, phases.dateline(), half_way, PHASES)
}

/// About how often the routing is asked when every packet is followed with each of so many tags.
fn queries(grid: &Grid, channels: &GridChannels, tags: u32) -> u64 {
    let (terminals, switches) = (u64::from(grid.terminals()), u64::from(grid.switches()));
    let places = terminals.saturating_add(switches * grid.dimensions() as u64);
    [places, tags.into(), channels.most().into()]
        .into_iter()
        .fold(terminals, u64::saturating_mul)
}

pub(super) fn prove_by_every_route(
    grid: &Grid,
    routing: &impl Routing,
    channels: &GridChannels,
    what: &str,
) -> Proof {
    let graph = every_route(grid, routing, channels);
    match graph.cycle() {
        Some(cycle) => not_proved(grid, "the channels that its packets wait for", &cycle.channels),
        None => Proof::Proved {
            argument: format!("{what}: {}", over_every_route(grid, &graph)),
        },
    }
}

fn prove_by_parts(
    grid: &Grid,
    channels: &GridChannels,
    dateline: Dateline,
    half_way: HalfWay,
    what: &str,
) -> Proof {
    let mut argument = format!("{what}, so a cycle would lie in one line of one of them");
    for (part, name) in ["first", "second"].into_iter().enumerate() {
        let half = GridChannels {
            by_dimension: channels
                .by_dimension
                .iter()
                .map(|&vcs| VcRange::all(vcs).halves()[part].vcs)
                .collect(),
            terminals: channels.terminals,
        };
        let leg = DimensionOrder::new(grid, &half, Some(dateline), half_way);
        match of_lines(&leg) {
            Ok(findings) => argument.push_str(&format!("; in the {name}, {findings}")),
            Err(cycle) => return not_proved(grid, &format!("the channels of the {name}"), &cycle),
        }
    }
    Proof::Proved { argument }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples::grids;

    fn is_proved(proof: &Proof) -> bool {
        matches!(proof, Proof::Proved { .. })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn both_ways_prove_all_that_have_their_channels(
            grid in grids().prop_filter("small", |grid| grid.terminals() <= 36),
            vcs in 4_u8..=6,
            dateline in prop::sample::select(Dateline::ALL.to_vec()),
            half_way in prop::sample::select(HalfWay::ALL.to_vec()),
        ) {
            let channels = GridChannels::alike(&grid, vcs);
            let valiant = Valiant::new(&grid, &channels, dateline, half_way);
            let romm = Romm::new(&grid, &channels, dateline, half_way);
            prop_assert!(is_proved(&prove_by_every_route(&grid, &valiant, &channels, PHASES)));
            prop_assert!(is_proved(&prove_by_every_route(&grid, &romm, &channels, PHASES)));
            if grid.dimensions() == 2 {
                let o1turn = O1Turn::new(&grid, &channels, dateline, half_way);
                prop_assert!(is_proved(&prove_by_every_route(&grid, &o1turn, &channels, ORDERS)));
            }
            prop_assert!(is_proved(&prove_by_parts(&grid, &channels, dateline, half_way, PHASES)));
        }
    }

    #[test]
    fn large_grids_are_proved_by_their_lines() {
        let grid = Grid::torus(vec![64, 64], 1).unwrap();
        let valiant = Valiant::new(
            &grid,
            &GridChannels::alike(&grid, 4),
            Dateline::AtDateline,
            HalfWay::Random,
        );
        let Proof::Proved { argument } = valiant.prove() else {
            panic!("four virtual channels are enough");
        };
        assert!(
            argument.starts_with("two phases of dimension order"),
            "{argument}"
        );
        assert!(
            argument.contains("in the second, the ring of 64 (x, y)"),
            "{argument}"
        );
    }
}
