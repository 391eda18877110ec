//! k-ary n-tree.

use fabricsim_core::{Entry, Parameter};

use super::super::builder::{GraphBuilder, GraphError};
use super::super::closed_forms::{ClosedForms, Form};
use super::super::fabric_graph::{FabricGraph, Units};
use super::super::family::{Family, FamilyEntry, Impossible, MOST_LINKS, MOST_SWITCHES, check_size};
use super::super::location::Location;
use super::{abstract_link, add_terminals};

/// A fat tree of n levels of k^(n-1) switches, each with k ports down and k up; those of the roots that lead up stay
/// unused.
///
/// A switch is a level l, 0 of the roots, and a word of n - 1 digits below k. Two switches of levels l and l + 1 are
/// linked if their words agree in all digits but the l-th: the upper's port is that digit of the lower, the lower's k
/// plus that digit of the upper. Terminal p hangs on the switch of the last level whose word is p's first n - 1
/// digits, at the port that is its last digit.
///
/// F. Petrini and M. Vanneschi, "k-ary n-trees: High Performance Networks for Massively Parallel Architectures",
/// IPPS 1997, section 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KAryNTree {
    k: u32,
    n: u32,
}

impl KAryNTree {
    /// The family.
    pub const ENTRY: FamilyEntry = FamilyEntry {
        entry: Entry {
            name: "KAryNTree",
            help: "a fat tree of n levels of switches with k ports down and k up, for k^n terminals",
            parameters: &[
                Parameter {
                    name: "k",
                    help: "ports down, and up, of a switch; at least 2",
                },
                Parameter {
                    name: "n",
                    help: "levels, at least 1",
                },
            ],
        },
        paper: "Petrini & Vanneschi, IPPS 1997",
        example: "KAryNTree(k: 4, n: 3)",
        grades: &[],
    };

    /// A tree of `n` levels of arity `k`.
    ///
    /// # Errors
    /// k below 2, no level, too many switches.
    pub fn new(k: u32, n: u32) -> Result<Self, Impossible> {
        let nearest = |k, n| format!("KAryNTree(k: {k}, n: {n})");
        if k < 2 {
            let reason = format!("with k = {k} a tree does not branch: k must be at least 2");
            return Err(Impossible::new("k", reason).nearest([nearest(2, n.max(1))]));
        }
        if n == 0 {
            let reason = "a tree needs at least one level";
            return Err(Impossible::new("n", reason).nearest([nearest(k, 1)]));
        }
        let of = |n: u32| {
            let power = u64::from(k).checked_pow(n - 1)?;
            let terminals = power.checked_mul(u64::from(k))?;
            Some((
                power.checked_mul(u64::from(n))?,
                terminals.checked_mul(u64::from(n))?,
            ))
        };
        let fits = |n: &u32| {
            let size = of(*n);
            size.is_some_and(|(switches, links)| switches <= MOST_SWITCHES && links <= MOST_LINKS)
        };
        let (switches, links) = (of(n).map(|size| size.0), of(n).map(|size| size.1));
        check_size("n", switches, links, || {
            let largest = (1..n.min(64)).rev().find(fits);
            largest.map_or_else(|| nearest(1024, n.min(2)), |n| nearest(k, n))
        })?;
        Ok(Self { k, n })
    }

    /// Ports down, and up, of a switch.
    pub fn k(&self) -> u32 {
        self.k
    }

    /// Levels of switches.
    pub fn levels(&self) -> u32 {
        self.n
    }

    /// Switches of a level.
    fn width(&self) -> u32 {
        self.k.pow(self.n - 1)
    }

    /// What a digit of a word counts: digit 0 is the first.
    fn place_value(&self, digit: u32) -> u32 {
        self.k.pow(self.n - 2 - digit)
    }
}

impl Family for KAryNTree {
    fn entry(&self) -> &'static FamilyEntry {
        &Self::ENTRY
    }

    fn title(&self) -> String {
        format!("{}-ary {}-tree", self.k, self.n)
    }

    fn closed_forms(&self) -> ClosedForms {
        let (k, n, width) = (u64::from(self.k), u64::from(self.n), u64::from(self.width()));
        // Pairs of switches of the last level by the first digit that differs: up to its level, and down again.
        let pairs_at =
            |digit: u32| u128::from(width) * u128::from(k - 1) * u128::from(self.place_value(digit));
        let totals = (0..self.n - 1).map(|digit| pairs_at(digit) * u128::from(2 * (self.n - 1 - digit)));
        let total = totals.sum::<u128>() * u128::from(k * k);
        let radix = if n == 1 { k } else { 2 * k };
        let half = (k % 2 == 0 && n > 1).then_some(width * k / 2);
        ClosedForms {
            switches: Form::new(n * width, "n k^(n-1)"),
            terminals: Form::new(width * k, "k^n"),
            radix: Form::new(radix, "2 k, of a single switch k"),
            links: Form::new((n - 1) * width * k, "(n - 1) k^n"),
            diameter: Form::new(2 * (self.n - 1), "2 (n - 1)"),
            distance_total: Form::new(total, "sum over i < n-1 of 2 (n-1-i) (k-1) / k^(i+1)"),
            bisection: half.and_then(|half| Form::new(half, "k^n / 2, k even")),
        }
    }

    fn graph(&self) -> Result<FabricGraph, GraphError> {
        let (k, width) = (self.k, self.width());
        let mut builder = GraphBuilder::new(Units::Abstract);
        for level in 0..self.n {
            for index in 0..width {
                let location = Location::Level { level, index };
                builder.switch(format!("l{level}s{index}"), Some(location))?;
            }
        }
        for level in 0..self.n - 1 {
            let unit = self.place_value(level);
            for upper in 0..width {
                let digit_of_upper = upper / unit % k;
                for digit in 0..k {
                    let lower = upper - digit_of_upper * unit + digit * unit;
                    builder.link(abstract_link(
                        (level * width + upper, digit),
                        ((level + 1) * width + lower, k + digit_of_upper),
                    ))?;
                }
            }
        }
        for leaf in 0..width {
            add_terminals(&mut builder, (self.n - 1) * width + leaf, 0, k)?;
        }
        builder.build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Up to the nearest common ancestor and down again: twice the levels below the first digit that differs.
    #[test]
    fn distances_are_those_of_the_nearest_common_ancestor() {
        for (k, n) in [(2, 1), (2, 4), (3, 3), (4, 3), (5, 2)] {
            let tree = KAryNTree::new(k, n).unwrap();
            let (graph, width) = (tree.graph().unwrap(), tree.width());
            let leaf = |index| (n - 1) * width + index;
            for from in 0..width {
                let distances = graph.distances_from(leaf(from));
                for to in 0..width {
                    let differs = |digit: &u32| from / k.pow(n - 2 - digit) != to / k.pow(n - 2 - digit);
                    let first = (0..n - 1).find(differs);
                    let expected = first.map_or(0, |digit| 2 * (n - 1 - digit));
                    assert_eq!(distances[leaf(to) as usize], Some(expected));
                }
            }
        }
    }
}
