//! The permutation that each fabric carries worst.

use std::sync::Arc;

use fabricsim_topologies::WorstCase;

use crate::analysis::Bound;
use crate::experiment::PhysicalPoint;
use crate::fabric::Fabric;
use crate::prepare::{Prepared, PreparedPoint};
use crate::terminal::of_fabrics;
use crate::units;

/// Pairs of a permutation that are written out.
const SHOWN: usize = 4;

/// Those of an experiment's fabrics.
pub(super) struct WorstCases(Vec<(Arc<Fabric>, Result<WorstCase, &'static str>)>);

impl WorstCases {
    /// Takes up to a minute for each fabric, and tells before which it is.
    pub fn new(prepared: &Prepared, tell: &dyn Fn(String)) -> Self {
        let mut found: Vec<(Arc<Fabric>, _)> = Vec::new();
        for (number, point) in prepared.points.iter().enumerate() {
            if !found.iter().any(|(fabric, _)| Arc::ptr_eq(fabric, &point.fabric)) {
                tell(
                    prepared
                        .plan
                        .step(number, "searching the permutation that it carries worst"),
                );
                found.push((Arc::clone(&point.fabric), worst_case(&point.fabric)));
            }
        }
        Self(found)
    }

    /// That of a point's fabric, or why there is none.
    pub fn of(&self, point: &PreparedPoint) -> &Result<WorstCase, &'static str> {
        let own = self
            .0
            .iter()
            .find(|(fabric, _)| Arc::ptr_eq(fabric, &point.fabric));
        &own.expect("the fabrics of all points were looked at").1
    }

    /// A line for each that is not the same.
    pub fn lines(&self, prepared: &Prepared) -> String {
        let points = prepared.plan.points.iter().zip(&prepared.points);
        of_fabrics(
            &prepared.plan,
            points.map(|(point, prepared)| match self.of(prepared) {
                Ok(worst) => in_words(worst, &prepared.fabric, point.physical.as_ref()),
                Err(reason) => format!("worst permutation: {reason}\n"),
            }),
        )
    }
}

fn worst_case(fabric: &Fabric) -> Result<WorstCase, &'static str> {
    match fabric.worst_case() {
        None => Err(Bound::Adaptive),
        Some(Err(too_large)) => Err(Bound::NotComputed(too_large)),
        Some(Ok(None)) => Err(Bound::NoLinkUsed),
        Some(Ok(Some(worst))) => Ok(worst),
    }
    .map_err(|bound| bound.reason().unwrap_or_default())
}

/// `worst permutation: bound 0.2500 flits/terminal/cycle on (1,0)-(2,0), when 0 → 3, 1 → 4, 2 → 5, 3 → 6, …`.
fn in_words(worst: &WorstCase, fabric: &Fabric, physical: Option<&PhysicalPoint>) -> String {
    let pairs = (0..).zip(&worst.destinations);
    let mut sent = pairs.filter(|(source, dest)| source != *dest);
    let mut shown: Vec<String> = sent
        .by_ref()
        .take(SHOWN)
        .map(|(source, dest)| format!("{source} → {dest}"))
        .collect();
    shown.extend(sent.next().map(|_| "…".to_owned()));
    let [from, to] = fabric.ends_of(worst.channel);
    format!(
        "worst permutation: {} on {from}-{to}, when {}\n",
        units::bound(worst.channel_bound, physical),
        shown.join(", ")
    )
}
