//! Our runs.

use std::ops::ControlFlow;

use fabricsim_core::{Outcome, Verdict};

use super::Failure;
use crate::experiment::Plan;
use crate::prepare::Prepared;

/// What the points of `plan` need to be simulated; refused where one can deadlock.
pub(super) fn prepared(plan: Plan) -> Result<Prepared, Failure> {
    let prepared = Prepared::new(plan)?;
    match prepared.deadlocks() {
        Some(refused) => Err(refused.into()),
        None => Ok(prepared),
    }
}

/// Simulates its point number `point`.
pub(super) fn simulated(prepared: &Prepared, point: usize) -> Result<Outcome, Failure> {
    let seed = prepared.plan.points[point].spec.seed;
    let outcome = prepared.points[point].simulate(seed, &[], &mut |_| ControlFlow::Continue(()));
    let outcome = outcome.ok_or_else(|| Failure::Impossible("the simulation was broken off".to_owned()))?;
    match outcome.verdict {
        Verdict::Deadlocked(_) | Verdict::Stalled => Err(Failure::Impossible(outcome.reason)),
        _ => Ok(outcome),
    }
}
