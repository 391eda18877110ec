//! Every family with every routing that it may have: virtual channels needed, proof, bound and measured saturation.

mod report;
mod row;

use fabricsim_topologies::FAMILIES;
use rayon::prelude::*;

pub use report::Report;
pub use row::{Pair, Row};

use super::Failure;
use crate::any_routing::routings_of;
use crate::experiment::{Routing, parse};

/// The pairs whose name, `TOPOLOGY ROUTING`, has all of the words in it: the example of each family with each routing that
/// is compatible with it. In the order of `fabricsim list`.
pub fn pairs(words: &[&str]) -> Vec<Pair> {
    let of_family = |topology: &'static str| {
        let routings = match parse("topology", &row::experiment(topology, Routing::UpDown, 2)) {
            Ok(plan) => routings_of(&plan.points[0].spec.fabric.topology),
            Err(_) => Vec::new(),
        };
        routings
            .into_iter()
            .map(move |routing| Pair { topology, routing })
    };
    let mut pairs: Vec<Pair> = FAMILIES
        .iter()
        .flat_map(|family| of_family(family.example))
        .collect();
    pairs.retain(|pair| words.iter().all(|word| pair.to_string().contains(word)));
    pairs
}

/// Proves and measures some pairs, spread over the threads of the current rayon pool. `progress` is told of every one that
/// is done.
pub fn validate(pairs: &[Pair], progress: &(dyn Fn() + Sync)) -> Report {
    let rows = pairs.par_iter().map(|pair| {
        let found = row::found(pair);
        progress();
        (*pair, found)
    });
    let rows: Vec<(Pair, Result<Option<Row>, Failure>)> = rows.collect();
    let compatible = |(pair, found): (Pair, Result<Option<Row>, Failure>)| Some((pair, found.transpose()?));
    Report {
        rows: rows.into_iter().filter_map(compatible).collect(),
    }
}
