//! Our runs.

use std::ops::ControlFlow;

use fabricsim_core::{Outcome, Verdict, simulate};

use super::Failure;
use crate::execution::Cut;
use crate::experiment::Plan;
use crate::prepare::{Prepared, PreparedPoint};

/// The only point of `plan`, ready to be simulated, and its seed; refused where it can deadlock, or there are more.
pub(super) fn only_point(plan: Plan) -> Result<(PreparedPoint, u64), Failure> {
    let mut prepared = Prepared::new(plan)?;
    if let Some(refused) = prepared.deadlocks() {
        return Err(refused.into());
    }
    match (prepared.points.pop(), prepared.plan.points.as_slice()) {
        (Some(point), [only]) => Ok((point, only.spec.seed)),
        _ => Err(Failure::Impossible("its experiment has not one point".to_owned())),
    }
}

/// Simulates a point.
pub(super) fn simulated(point: &PreparedPoint, seed: u64) -> Result<Outcome, Failure> {
    let setup = point.setup(seed, Cut::WHOLE);
    let outcome = simulate(setup, &point.measure, &[], &mut |_| ControlFlow::Continue(()));
    let outcome = outcome.ok_or_else(|| Failure::Impossible("the simulation was broken off".to_owned()))?;
    match outcome.verdict {
        Verdict::Deadlocked(_) | Verdict::Stalled => Err(Failure::Impossible(outcome.reason)),
        _ => Ok(outcome),
    }
}
