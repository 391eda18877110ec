//! What a thread brings to the tiles that it simulates.

use crate::measure::Meter;
use crate::pipeline::Scratch;
use crate::watch::Watch;

/// Scratch of the pipeline, and what is counted and noted, which one tile after another adds to.
#[derive(Debug)]
pub struct Workspace<const W: usize> {
    pub scratch: Scratch<W>,
    pub meter: Meter,
    pub watch: Watch,
    /// Flits through switches.
    pub flit_hops: u64,
}
