//! How far packets go.

use super::parts::receivers;
use super::{Demand, check_permutation};
use crate::Grid;

/// The way of a routing from source to destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Legs {
    /// A shortest one.
    Minimal,
    /// Two shortest ones, by a random switch.
    ByRandomSwitch,
}

/// How many links the packets of a mixture cross: (links, probability), in order of links, impossible numbers left out.
///
/// By way of a random switch the mean is exact. The distribution is where both ways are independent, as of uniform
/// demand on tori; elsewhere it takes them for independent, and the most links may be more than any packet crosses.
///
/// # Panics
/// As [`channel_loads`](super::channel_loads).
pub fn distances(grid: &Grid, legs: Legs, mixture: &[(f64, Demand)]) -> Vec<(u32, f64)> {
    let mut total: Vec<f64> = Vec::new();
    for (share, demand) in mixture {
        let probabilities = match legs {
            Legs::Minimal => minimal_distances(grid, demand),
            Legs::ByRandomSwitch => distances_by_random_switch(grid, demand),
        };
        total.resize(total.len().max(probabilities.len()), 0.0);
        for (sum, probability) in total.iter_mut().zip(probabilities) {
            *sum += share * probability;
        }
    }
    (0..)
        .zip(total)
        .filter(|&(_, probability)| probability > 0.0)
        .collect()
}

fn minimal_distances(grid: &Grid, demand: &Demand) -> Vec<f64> {
    match demand {
        Demand::Uniform { include_self } => uniform_distances(grid, *include_self),
        Demand::Permutation(destinations) => permutation_distances(grid, destinations),
        &Demand::Block { block, offset } => {
            let mut mean: Vec<f64> = Vec::new();
            for destinations in Demand::permutations_of_blocks(grid.terminals(), block, offset) {
                let of_permutation = permutation_distances(grid, &destinations);
                mean.resize(mean.len().max(of_permutation.len()), 0.0);
                for (sum, probability) in mean.iter_mut().zip(of_permutation) {
                    *sum += probability / f64::from(block);
                }
            }
            mean
        }
    }
}

/// The way to a random switch is that of uniform demand; the way from there to a destination is too, if all receive
/// alike.
fn distances_by_random_switch(grid: &Grid, demand: &Demand) -> Vec<f64> {
    let to_random = uniform_distances(grid, true);
    let from_random = match demand {
        Demand::Uniform { include_self: false } if grid.terminals() == 1 => return Vec::new(),
        Demand::Uniform { .. } | Demand::Block { .. } => to_random.clone(),
        Demand::Permutation(destinations) => distances_from_random(grid, destinations),
    };
    convolve(&to_random, &from_random)
}

/// From a random switch to the destination of a random terminal.
fn distances_from_random(grid: &Grid, destinations: &[u32]) -> Vec<f64> {
    if receivers(grid, destinations).is_none() {
        return uniform_distances(grid, true);
    }
    let mut total = vec![0.0];
    for &dest in destinations {
        let home = grid.home(dest).switch;
        let ways = (0..grid.dimensions()).fold(vec![1.0], |ways, dimension| {
            convolve(
                &ways,
                &distances_to(grid, dimension, grid.coordinate(home, dimension)),
            )
        });
        total.resize(total.len().max(ways.len()), 0.0);
        for (sum, way) in total.iter_mut().zip(ways) {
            *sum += way / f64::from(grid.terminals());
        }
    }
    total
}

/// Probability of each distance along one dimension, from any position to one.
fn distances_to(grid: &Grid, dimension: usize, to: u32) -> Vec<f64> {
    let side = grid.sides()[dimension];
    let mut counts = vec![0_u32; side as usize];
    for from in 0..side {
        let straight = from.abs_diff(to);
        let distance = if grid.is_ring(dimension) {
            straight.min(side - straight)
        } else {
            straight
        };
        counts[distance as usize] += 1;
    }
    let share = |count| f64::from(count) / f64::from(side);
    counts.into_iter().map(share).collect()
}

/// Probability of each distance: the dimensions are independent, so a convolution of theirs.
fn uniform_distances(grid: &Grid, include_self: bool) -> Vec<f64> {
    let terminals = f64::from(grid.terminals());
    let mut total = vec![1.0];
    for dimension in 0..grid.dimensions() {
        total = convolve(&total, &line_distances(grid, dimension));
    }
    if include_self {
        return total;
    }
    if grid.terminals() == 1 {
        return Vec::new();
    }
    total[0] -= 1.0 / terminals;
    // Nothing but a terminal itself is at distance 0 of it; don't leave a rounding error there.
    if grid.concentration() == 1 {
        total[0] = 0.0;
    }
    for probability in &mut total {
        *probability *= terminals / (terminals - 1.0);
    }
    total
}

/// Probability of each distance along one dimension, from and to any position.
fn line_distances(grid: &Grid, dimension: usize) -> Vec<f64> {
    let side = grid.sides()[dimension];
    let pairs = f64::from(side) * f64::from(side);
    let longest = if grid.is_ring(dimension) {
        side / 2
    } else {
        side - 1
    };
    let mut probabilities = vec![1.0 / f64::from(side)];
    probabilities.extend((1..=longest).map(|distance| {
        let ways = if !grid.is_ring(dimension) {
            2.0 * f64::from(side - distance)
        } else if distance == side - distance {
            f64::from(side)
        } else {
            2.0 * f64::from(side)
        };
        ways / pairs
    }));
    probabilities
}

fn convolve(a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; a.len() + b.len() - 1];
    for (i, x) in a.iter().enumerate() {
        for (sum, y) in sums[i..].iter_mut().zip(b) {
            *sum += x * y;
        }
    }
    sums
}

fn permutation_distances(grid: &Grid, destinations: &[u32]) -> Vec<f64> {
    check_permutation(grid, destinations);
    let mut counts: Vec<u32> = Vec::new();
    for (terminal, &dest) in (0..).zip(destinations) {
        let distance = grid.distance(grid.home(terminal).switch, grid.home(dest).switch) as usize;
        counts.resize(counts.len().max(distance + 1), 0);
        counts[distance] += 1;
    }
    let terminals = f64::from(grid.terminals());
    counts
        .into_iter()
        .map(|count| f64::from(count) / terminals)
        .collect()
}
