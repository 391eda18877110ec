//! The folder of reference data: rows, configurations, explanations.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use super::question::Question;
use super::reference::Row;

/// Rows, in which experiment each configuration is, and what is known about misses.
#[derive(Clone, Debug, PartialEq)]
pub struct Suite {
    folder: PathBuf,
    /// All rows, in the order of `curves.csv`.
    pub rows: Vec<Row>,
    configurations: BTreeMap<String, Configuration>,
    explanations: Vec<Explanation>,
}

/// A line of `configurations.csv`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// Its name in `curves.csv`.
    pub config: String,
    /// The experiment file; none if it is not compared.
    pub experiment: Option<String>,
    /// How BookSim2's parameters differ from `base.cfg`: overrides with blanks between them.
    pub parameters: Option<String>,
    /// Why it is not compared.
    pub not_compared: Option<String>,
}

/// A line of `explanations.csv`: why a miss is not an error of ours.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// The row, as it is named in the table.
    pub row: String,
    /// The question, likewise.
    pub check: String,
    /// The mechanism.
    pub why: String,
}

/// What is wrong with the reference data.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum SuiteError {
    #[error("cannot read {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{}: {source}", path.display())]
    Malformed { path: PathBuf, source: csv::Error },
    #[error("{}: no line for configuration `{config}` of curves.csv", path.display())]
    NoConfiguration { path: PathBuf, config: String },
    #[error(
        "{}: configuration `{config}` needs either an experiment or a reason why it is not compared",
        path.display()
    )]
    NoExperiment { path: PathBuf, config: String },
}

impl Suite {
    /// Reads `curves.csv`, `configurations.csv` and `explanations.csv` of a folder.
    ///
    /// # Errors
    /// A file that can't be read or is malformed, and rows whose configuration is not listed.
    pub fn read(folder: &Path) -> Result<Self, SuiteError> {
        let rows: Vec<Row> = table(&folder.join("curves.csv"))?;
        let path = folder.join("configurations.csv");
        let listed: Vec<Configuration> = table(&path)?;
        let configurations: BTreeMap<_, _> = listed
            .into_iter()
            .map(|configuration| (configuration.config.clone(), configuration))
            .collect();
        for configuration in configurations.values() {
            if configuration.experiment.is_some() == configuration.not_compared.is_some() {
                let config = configuration.config.clone();
                return Err(SuiteError::NoExperiment { path, config });
            }
        }
        if let Some(row) = rows.iter().find(|row| !configurations.contains_key(&row.config)) {
            let config = row.config.clone();
            return Err(SuiteError::NoConfiguration { path, config });
        }
        Ok(Self {
            folder: folder.to_owned(),
            rows,
            configurations,
            explanations: table(&folder.join("explanations.csv"))?,
        })
    }

    /// The configurations by name.
    pub fn configurations(&self) -> impl Iterator<Item = &Configuration> {
        self.configurations.values()
    }

    /// The file of the experiment that a row is compared with, or why it is compared with none.
    pub fn experiment(&self, row: &Row) -> Result<PathBuf, &str> {
        let configuration = &self.configurations[&row.config];
        match (&configuration.experiment, &configuration.not_compared) {
            (Some(file), _) => Ok(self.folder.join(file)),
            (None, why) => Err(why.as_deref().unwrap_or_default()),
        }
    }

    /// Whether a row belongs to the quick subset: the cheap rows, and the cheapest of each experiment if it is not dear.
    pub fn is_quick(&self, row: &Row) -> bool {
        let Ok(experiment) = self.experiment(row) else {
            return false;
        };
        let same = self
            .rows
            .iter()
            .filter(|other| self.experiment(other) == Ok(experiment.clone()));
        let cheapest = same.filter_map(Row::flit_hops).fold(f64::INFINITY, f64::min);
        let Some(cost) = row.flit_hops() else {
            return false;
        };
        cost <= CHEAP || (cost <= cheapest && cost <= DEAR)
    }

    /// Why a miss is not an error of ours, if that is known.
    pub fn explanation(&self, row: &Row, question: Question) -> Option<&str> {
        let (row, check) = (row.to_string(), question.to_string());
        let known = self
            .explanations
            .iter()
            .find(|known| known.row == row && known.check == check);
        known.map(|known| known.why.as_str())
    }

    /// The explanations that are about no row or question of the suite.
    pub fn stray_explanations(&self) -> impl Iterator<Item = &Explanation> {
        let is_known = |stray: &&Explanation| self.rows.iter().any(|row| row.to_string() == stray.row);
        self.explanations
            .iter()
            .filter(move |explanation| !is_known(explanation))
    }
}

/// Flit-hops a run up to which a row is in the quick subset whatever its experiment.
const CHEAP: f64 = 0.4e6;
/// Flit-hops a run above which a row is not in the quick subset.
const DEAR: f64 = 1.5e6;

fn table<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, SuiteError> {
    let text = fs::read_to_string(path).map_err(|source| SuiteError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let rows: Result<Vec<T>, _> = csv::Reader::from_reader(text.as_bytes()).deserialize().collect();
    rows.map_err(|source| SuiteError::Malformed {
        path: path.to_owned(),
        source,
    })
}
