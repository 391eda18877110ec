//! Where a routing saturates, against the channel bound that was published for it.

use std::fmt;
use std::path::Path;

use serde::Deserialize;

use crate::experiment::{self, HalfWay, Pattern, Routing};
use crate::prepare::PreparedPoint;
use crate::validate::Failure;
use crate::validate::saturation::{Saturation, saturation};
use crate::validate::simulation::only_point;

/// Deterministic routing reaches at least this share of its bound where the switch is not what fills up.
const LEAST_SHARE: f64 = 0.7;

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
pub struct BoundFound {
    /// The channel bound that is computed before a run \[flits/terminal/cycle\].
    pub computed: f64,
    /// What was measured.
    pub saturation: Saturation,
}

impl BoundFound {
    /// The highest load that is accepted, as a share of what bounds it: a link between switches, or a terminal's.
    pub fn share(&self) -> f64 {
        self.saturation.accepts / self.computed.min(1.0)
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

/// Computes the bound of a row, and looks for the load at which its fabric saturates.
pub(super) fn found(folder: &Path, row: &BoundRow) -> Result<BoundFound, Failure> {
    let (mut point, seed) = row.point(folder)?;
    let computed = channel_bound(&point)?;
    Ok(BoundFound {
        computed,
        saturation: saturation(&mut point, seed, computed)?,
    })
}

/// As it is computed before a run \[flits/terminal/cycle\].
fn channel_bound(point: &PreparedPoint) -> Result<f64, Failure> {
    let bound = point.analysis.channel_bound;
    let reason = || Failure::Impossible(bound.reason().unwrap_or_default().to_owned());
    bound.rate().ok_or_else(reason)
}
