//! Expected loads of routings that are dimension order in parts: O1TURN, Valiant.

use super::dimension_order::loads;
use super::{ChannelLoads, Demand, NotComputed, Oblivious, check_permutation};
use crate::compass::{Compass, Order};
use crate::{Grid, HalfWay, O1Turn, Valiant};

/// Pairs of switches that are followed one by one.
const MOST_PAIRS: u64 = 1 << 24;

const TO_RANDOM: Demand = Demand::Uniform { include_self: true };

impl Oblivious for O1Turn {
    fn grid(&self) -> &Grid {
        self.grid()
    }

    fn half_way(&self) -> HalfWay {
        self.compass().half_way()
    }

    /// The mean of both orders.
    fn loads(&self, demand: &Demand) -> Result<ChannelLoads, NotComputed> {
        let mut mean = ChannelLoads::none(self.grid());
        for order in [Order::Ascending, Order::Descending] {
            mean.add(&loads(self.compass(), order, demand), 0.5);
        }
        Ok(mean)
    }
}

impl Oblivious for Valiant {
    fn grid(&self) -> &Grid {
        self.grid()
    }

    fn half_way(&self) -> HalfWay {
        self.0.compass().half_way()
    }

    /// To a random switch, whoever sends to whom, then from a random one to each destination: where all destinations
    /// receive alike, twice the uniform loads.
    fn loads(&self, demand: &Demand) -> Result<ChannelLoads, NotComputed> {
        let compass = self.0.compass();
        let to_random = loads(compass, Order::Ascending, &TO_RANDOM);
        let from_random = match demand {
            Demand::Uniform { .. } | Demand::Block { .. } => to_random.clone(),
            Demand::Permutation(destinations) => match receivers(self.grid(), destinations) {
                None => to_random.clone(),
                Some(receivers) => from_random(compass, &receivers)?,
            },
        };
        let mut both = to_random;
        both.add(&from_random, 1.0);
        Ok(both)
    }
}

/// How many terminals send to each switch; `None` if it is the same for all.
pub(super) fn receivers(grid: &Grid, destinations: &[u32]) -> Option<Vec<u32>> {
    check_permutation(grid, destinations);
    let mut receivers = vec![0; grid.switches() as usize];
    for &dest in destinations {
        receivers[grid.home(dest).switch as usize] += 1;
    }
    let alike = receivers.iter().all(|&count| count == grid.concentration());
    (!alike).then_some(receivers)
}

/// From a random switch each.
fn from_random(compass: &Compass, receivers: &[u32]) -> Result<ChannelLoads, NotComputed> {
    let grid = compass.grid();
    let receiving = (0..).zip(receivers).filter(|&(_, &count)| count > 0);
    let switches = u64::from(grid.switches());
    if switches * receiving.clone().count() as u64 > MOST_PAIRS {
        let why = "not computed: destinations that receive unlike many make too many pairs of switches";
        return Err(NotComputed { why });
    }
    let mut result = ChannelLoads::none(grid);
    for (home, &count) in receiving {
        let weight = f64::from(count) / f64::from(grid.switches());
        for source in 0..grid.switches() {
            result.add_way(compass, Order::Ascending, (source, home), weight);
        }
    }
    result.sum_ranges(grid);
    Ok(result)
}
