//! What all families of fabrics have in common.

use fabricsim_core::Entry;
use thiserror::Error;

use super::builder::GraphError;
use super::closed_forms::ClosedForms;
use super::fabric_graph::FabricGraph;

/// Fabrics of more switches are refused.
pub const MOST_SWITCHES: u64 = 1 << 20;

/// Fabrics of more links, those to terminals counted, are refused.
pub const MOST_LINKS: u64 = 1 << 22;

/// How a family is told to users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FamilyEntry {
    /// Its name, what it is, its parameters.
    pub entry: Entry,
    /// Where it is from.
    pub paper: &'static str,
    /// A fabric of it, as users write it.
    pub example: &'static str,
    /// What of its wiring is published, derived or assumed; empty where the paper says it all.
    pub grades: &'static [&'static str],
}

/// Parameters that make no fabric.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{reason}")]
pub struct Impossible {
    /// The parameter that is to be changed.
    pub parameter: &'static str,
    /// Why.
    pub reason: String,
    /// The nearest that are possible, as users write them.
    pub nearest: Vec<String>,
}

impl Impossible {
    pub(super) fn new(parameter: &'static str, reason: impl Into<String>) -> Self {
        Self {
            parameter,
            reason: reason.into(),
            nearest: Vec::new(),
        }
    }

    /// With possible parameters, as users write them.
    pub(super) fn nearest(mut self, nearest: impl IntoIterator<Item = String>) -> Self {
        self.nearest.extend(nearest);
        self
    }
}

/// A fabric of a family: checked parameters, from which all else follows.
pub trait Family {
    /// What the family is.
    fn entry(&self) -> &'static FamilyEntry;

    /// This fabric in a few words: `8x8 torus`.
    fn title(&self) -> String;

    /// What is known without counting.
    fn closed_forms(&self) -> ClosedForms;

    /// Its switches and links.
    ///
    /// # Errors
    /// None, of a family that wires each port once.
    fn graph(&self) -> Result<FabricGraph, GraphError>;
}

/// Refuses what is too large to be built; `nearest` is the largest that is not.
pub(super) fn check_size(
    parameter: &'static str,
    switches: Option<u64>,
    links: Option<u64>,
    nearest: impl FnOnce() -> String,
) -> Result<(), Impossible> {
    let reason = match (switches, links) {
        (Some(switches), Some(links)) if switches <= MOST_SWITCHES && links <= MOST_LINKS => return Ok(()),
        (Some(switches), Some(links)) if switches <= MOST_SWITCHES => {
            format!("{links} links; at most {MOST_LINKS} are possible")
        }
        (Some(switches), _) => format!("{switches} switches; at most {MOST_SWITCHES} are possible"),
        (None, _) => format!("more switches than can be counted; at most {MOST_SWITCHES} are possible"),
    };
    Err(Impossible::new(parameter, reason).nearest([nearest()]))
}
