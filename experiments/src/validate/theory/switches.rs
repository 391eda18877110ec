//! What a single switch accepts of saturated uniform traffic.

use std::fmt;
use std::path::Path;

use serde::Deserialize;

use crate::experiment;
use crate::validate::Failure;
use crate::validate::simulation::{only_point, simulated};

/// A line of `switches.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwitchRow {
    /// The experiment file.
    pub experiment: String,
    /// Which of its points: the one with so many terminals.
    pub terminals: u32,
    /// The share of full load that it accepts.
    pub limit: f64,
    /// How far off is near enough.
    pub within: f64,
    /// Who says so.
    pub source: String,
}

impl fmt::Display for SwitchRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let switch = self.experiment.trim_end_matches(".ron");
        write!(f, "{switch} {}", self.terminals)
    }
}

impl SwitchRow {
    /// Near enough.
    pub fn passes(&self, accepted: f64) -> bool {
        (accepted - self.limit).abs() <= self.within
    }
}

/// Accepted load of the row's switch \[flits/terminal/cycle\].
pub(super) fn accepted(folder: &Path, row: &SwitchRow) -> Result<f64, Failure> {
    let path = folder.join(&row.experiment);
    let mut plan = experiment::load(&path)?;
    plan.points
        .retain(|point| point.spec.fabric.topology.terminals() == row.terminals);
    if plan.points.len() != 1 {
        let reason = format!("{} has not one point with so many terminals", path.display());
        return Err(Failure::Impossible(reason));
    }
    let (point, seed) = only_point(plan)?;
    let outcome = simulated(&point, seed)?;
    Ok(outcome.accepted as f64 / (outcome.window as f64 * f64::from(row.terminals)))
}
