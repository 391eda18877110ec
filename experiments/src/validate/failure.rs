//! Why a row of a comparison with theory, or of a fabric with a routing, comes to nothing.

use thiserror::Error;

use crate::experiment::Refused;

/// Why a comparison can't be made.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum Failure {
    #[error("{0}")]
    Refused(#[from] Refused),
    #[error("{path}: {source}")]
    Malformed { path: String, source: csv::Error },
    #[error("{0}")]
    Impossible(String),
}
