//! Where a routing saturates, against the channel bound that was published for it.

use std::fmt;
use std::path::Path;

use fabricsim_core::Outcome;
use serde::Deserialize;

use super::Failure;
use super::simulation::{only_point, simulated};
use crate::experiment::{self, HalfWay, Pattern, Routing};
use crate::prepare::PreparedPoint;

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
        channel_bound(&self.point(folder)?.0)
    }

    /// The experiment with what the row puts in place of its own, and its seed. It has one entry of `traffic`.
    fn point(&self, folder: &Path) -> Result<(PreparedPoint, u64), Failure> {
        let mut plan = experiment::load(&folder.join(&self.experiment))?;
        let [only] = plan.points.as_mut_slice() else {
            return Err(Failure::Impossible("its experiment has a sweep".to_owned()));
        };
        let spec = &mut only.spec;
        spec.fabric.routing = self.routing;
        spec.fabric.half_way = self.half_way;
        for flow in &mut spec.traffic {
            flow.pattern = self.pattern;
            flow.include_self = (self.pattern == Pattern::Uniform).then_some(true);
        }
        only_point(plan)
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
    let (mut point, seed) = row.point(folder)?;
    let computed = channel_bound(&point)?;
    // A step beyond the bound, which has to saturate, but no more than a terminal can inject.
    let highest = ((STEPS + 1) as f64).min(STEPS as f64 / computed) as usize;
    let load = |step: usize| computed * step as f64 / STEPS as f64;
    let (mut accepts, mut saturates) = (0, highest + 1);
    while saturates - accepts > 1 {
        let step = accepts.midpoint(saturates);
        for flow in &mut point.flows {
            flow.load = load(step);
        }
        if is_overloaded(&simulated(&point, seed)?) {
            saturates = step;
        } else {
            accepts = step;
        }
    }
    Ok(Saturation {
        computed,
        accepts: load(accepts),
        saturates: (saturates <= highest).then(|| load(saturates)),
    })
}

/// As it is computed before a run \[flits/terminal/cycle\].
fn channel_bound(point: &PreparedPoint) -> Result<f64, Failure> {
    let bound = point.analysis.channel_bound;
    let reason = || Failure::Impossible(bound.reason().unwrap_or_default().to_owned());
    bound.rate().ok_or_else(reason)
}
