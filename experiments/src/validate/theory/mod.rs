//! Comparison with what theory says: channel bounds of routings, limits of a single switch.

mod bounds;
mod report;
mod switches;

use std::path::Path;

use rayon::prelude::*;
use serde::de::DeserializeOwned;

pub use bounds::{BoundFound, BoundRow};
pub use report::Report;
pub use switches::SwitchRow;

use super::Failure;

/// The rows of a folder: `bounds.csv` and `switches.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct Theory {
    /// Channel bounds.
    pub bounds: Vec<BoundRow>,
    /// Limits of a single switch.
    pub switches: Vec<SwitchRow>,
}

impl Theory {
    /// Reads both tables.
    ///
    /// # Errors
    /// A table that can't be read or is malformed.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        Ok(Self {
            bounds: table(&folder.join("bounds.csv"))?,
            switches: table(&folder.join("switches.csv"))?,
        })
    }

    /// Keeps the rows whose name has all of the words in it.
    pub fn choose(&mut self, words: &[&str]) {
        let has = |name: String| words.iter().all(|word| name.contains(word));
        self.bounds.retain(|row| has(row.to_string()));
        self.switches.retain(|row| has(row.to_string()));
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.bounds.len() + self.switches.len()
    }
}

fn table<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, Failure> {
    let malformed = |source| Failure::Malformed {
        path: path.display().to_string(),
        source,
    };
    let mut reader = csv::Reader::from_path(path).map_err(malformed)?;
    reader.deserialize().collect::<Result<_, _>>().map_err(malformed)
}

/// Simulates what the rows ask, whose experiments are in `folder`, spread over the threads of the current rayon pool.
/// `progress` is told of every row that is done. Where an experiment is wrong, or a run ends in a deadlock, its row says so
/// and the others go on.
pub fn validate(folder: &Path, theory: &Theory, progress: &(dyn Fn() + Sync)) -> Report {
    let bounds = theory.bounds.par_iter().map(|row| {
        let found = bounds::found(folder, row);
        progress();
        (row.clone(), found)
    });
    let switches = theory.switches.par_iter().map(|row| {
        let found = switches::accepted(folder, row);
        progress();
        (row.clone(), found)
    });
    Report {
        bounds: bounds.collect(),
        switches: switches.collect(),
    }
}
