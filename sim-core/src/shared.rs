//! What all switches and terminals write to.

use crate::event::Events;
use crate::occasional::Occasional;
use crate::pipeline::Scratch;
use crate::watch::Watch;

/// Beside the state of a switch, all that its pipeline changes.
#[derive(Debug)]
pub struct Shared<const W: usize> {
    pub events: Events,
    pub scratch: Scratch<W>,
    pub occasional: Occasional,
    pub watch: Watch,
    /// Flits through switches.
    pub flit_hops: u64,
}
