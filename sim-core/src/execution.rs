//! How a simulation is spread over the machine.

use crate::Tiling;

/// Threads and tiles. They change how long a simulation takes, and nothing that it answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Execution {
    /// How the fabric is cut.
    pub tiling: Tiling,
    /// Threads that simulate it; no more than tiles are used, and at least one.
    pub threads: usize,
    /// Each thread stays on a processor of its own, as far as there are so many.
    pub pinned: bool,
}

impl Execution {
    /// Threads that are used.
    pub(crate) fn threads(&self) -> usize {
        self.threads.clamp(1, self.tiling.tiles() as usize)
    }
}
