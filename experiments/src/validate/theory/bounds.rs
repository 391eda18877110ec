//! Where a routing saturates, against the channel bound that was published for it.

use std::fmt;
use std::path::Path;

use fabricsim_core::Outcome;
use serde::Deserialize;

use super::Failure;
use super::simulation::{prepared, simulated};
use crate::experiment::{self, HalfWay, Pattern, Plan, Routing};
use crate::prepare::Prepared;

/// Saturation is looked for at multiples of the bound divided by this.
const STEPS: usize = 40;

/// Deterministic routing reaches at least this share of its bound where the switch is not what fills up.
const LEAST_SHARE: f64 = 0.7;

/// Sources that hold back more flits in the second half of the window than in the first, by this share of all that were
/// generated, can't send what they are asked to.
const GROWTH: f64 = 0.0005;

/// Bounds are published to four digits.
const ROUNDING: f64 = 0.000_051;

/// A line of `bounds.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoundRow {
    /// The experiment file.
    pub experiment: String,
    /// Takes the place of the routing there.
    pub routing: Routing,
    /// Takes the place of the rule there; none where there are no rings.
    pub half_way: Option<HalfWay>,
    /// Takes the place of the pattern there.
    pub pattern: Pattern,
    /// The published channel bound \[flits/terminal/cycle\].
    pub bound: f64,
}

impl fmt::Display for BoundRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fabric = self.experiment.trim_end_matches(".ron");
        write!(f, "{fabric} {}", self.routing)?;
        if let Some(half_way) = self.half_way {
            write!(f, " {half_way}")?;
        }
        write!(f, " {}", self.pattern)
    }
}

impl BoundRow {
    /// Its channel bound as it is computed before a run, of its experiment in `folder` \[flits/terminal/cycle\].
    ///
    /// # Errors
    /// Where the experiment is wrong, or has no bound.
    pub fn computed(&self, folder: &Path) -> Result<f64, Failure> {
        computed(&experiment::load(&folder.join(&self.experiment))?, self)
    }

    /// The published bound to its printed digits.
    pub fn agrees(&self, computed: f64) -> bool {
        (computed - self.bound).abs() <= ROUNDING
    }
}

/// What became of a bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Saturation {
    /// The channel bound that is computed before a run \[flits/terminal/cycle\].
    pub computed: f64,
    /// The highest load that the fabric was seen to accept \[flits/terminal/cycle\].
    pub accepts: f64,
    /// The lowest that saturated it; `None` if not even a full injection link does.
    pub saturates: Option<f64>,
}

impl Saturation {
    /// The highest load that is accepted, as a share of what bounds it: a link between switches, or a terminal's.
    pub fn share(&self) -> f64 {
        self.accepts / self.computed.min(1.0)
    }

    /// Computed as published; at most the bound; near it where the routing is deterministic.
    pub fn passes(&self, row: &BoundRow) -> bool {
        let least = match row.routing {
            Routing::DimensionOrder => LEAST_SHARE,
            _ => 0.0,
        };
        row.agrees(self.computed) && self.share() <= 1.0 && self.share() >= least
    }
}

/// Some link is asked for more than it carries. A verdict of saturation also wants the whole of the traffic to suffer, but of
/// many a permutation most packets never see the fullest link.
fn is_overloaded(outcome: &Outcome) -> bool {
    outcome.backlog_growth as f64 > GROWTH * outcome.generated as f64
}

/// Looks for the load at which the row's fabric saturates, by halving the interval of loads in which it lies.
pub(super) fn saturation(folder: &Path, row: &BoundRow) -> Result<Saturation, Failure> {
    let plan = experiment::load(&folder.join(&row.experiment))?;
    let computed = computed(&plan, row)?;
    // A step beyond the bound, which has to saturate, but no more than a terminal can inject.
    let highest = ((STEPS + 1) as f64).min(STEPS as f64 / computed) as usize;
    let loads: Vec<f64> = (0..=highest)
        .map(|step| computed * step as f64 / STEPS as f64)
        .collect();
    let prepared = at_loads(&plan, row, &loads)?;
    let (mut accepts, mut saturates) = (0, loads.len());
    while saturates - accepts > 1 {
        let step = accepts.midpoint(saturates);
        if is_overloaded(&simulated(&prepared, step)?) {
            saturates = step;
        } else {
            accepts = step;
        }
    }
    Ok(Saturation {
        computed,
        accepts: loads[accepts],
        saturates: loads.get(saturates).copied(),
    })
}

/// The row's channel bound, as it is computed before a run \[flits/terminal/cycle\].
fn computed(plan: &Plan, row: &BoundRow) -> Result<f64, Failure> {
    let bound = at_loads(plan, row, &[row.bound])?.points[0]
        .analysis
        .channel_bound;
    let reason = || Failure::Impossible(bound.reason().unwrap_or_default().to_owned());
    bound.rate().ok_or_else(reason)
}

/// The experiment with what the row puts in place of its own, at some loads.
fn at_loads(plan: &Plan, row: &BoundRow, loads: &[f64]) -> Result<Prepared, Failure> {
    let mut plan = plan.clone();
    let [only] = plan.points.as_slice() else {
        return Err(Failure::Impossible("its experiment has a sweep".to_owned()));
    };
    let at = |&load: &f64| {
        let mut point = only.clone();
        point.spec.fabric.routing = row.routing;
        point.spec.fabric.half_way = row.half_way;
        for flow in &mut point.spec.traffic {
            flow.pattern = row.pattern;
            flow.include_self = (row.pattern == Pattern::Uniform).then_some(true);
            flow.load = load;
        }
        point
    };
    plan.points = loads.iter().map(at).collect();
    prepared(plan)
}
