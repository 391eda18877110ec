//! The turn models cannot deadlock: their channel dependency graph has no cycle.

use fabricsim_core::Routing;

use super::shortened::{in_words, shortened};
use super::{Proof, Provable, every_route, not_proved};
use crate::{Grid, GridChannels, OddEven, TurnModel, Turns};

impl Provable for TurnModel {
    /// Follows every packet of the mesh, or of a shortened one, in one virtual channel, which stands for all.
    fn prove(&self) -> Proof {
        let grid = shortened(self.grid());
        let channels = GridChannels::alike(&grid, 1);
        let alike = Self::new(&grid, &channels, self.turns(), self.selection());
        let what = match self.turns() {
            Turns::WestFirst => {
                "no packet turns to the west, which every cycle would have to (Glass & Ni 1992)"
            }
            Turns::NorthLast => {
                "no packet turns away from the north, which every cycle would have to (Glass & Ni 1992)"
            }
            Turns::NegativeFirst => {
                "no packet turns from a positive to a negative direction, which every cycle would have to (Glass & Ni 1992)"
            }
        };
        prove_turns(self.grid(), &grid, &alike, &channels, what)
    }
}

impl Provable for OddEven {
    /// Follows every packet of the mesh, or of a shortened one, in one virtual channel, which stands for all.
    fn prove(&self) -> Proof {
        let grid = shortened(self.grid());
        let channels = GridChannels::alike(&grid, 1);
        let alike = Self::new(&grid, &channels, self.selection());
        let what = "a cycle would come into its last column from the west and leave it to the west; even columns forbid the \
                    one turn, odd ones the other (Chiu 2000)";
        prove_turns(self.grid(), &grid, &alike, &channels, what)
    }
}

pub(super) fn prove_turns(
    grid: &Grid,
    looked_at: &Grid,
    routing: &impl Routing,
    channels: &GridChannels,
    what: &str,
) -> Proof {
    let graph = every_route(looked_at, routing, channels);
    match graph.cycle() {
        Some(cycle) => not_proved(
            looked_at,
            "the channels that its packets wait for",
            &cycle.channels,
        ),
        None => Proof::Proved {
            argument: format!(
                "{what}: {}, {} channels with {} dependencies have no cycle",
                in_words(grid, looked_at),
                graph.channels(),
                graph.dependencies(),
            ),
        },
    }
}
