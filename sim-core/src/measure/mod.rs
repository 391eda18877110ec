//! Measurement: what is counted in the window, and how sure we are of the mean.

mod batch_means;
mod distribution;
mod meter;
mod tally;

pub use batch_means::{Batch, complete_batches, relative_half_width};
pub use meter::{Meter, RESERVED_BATCHES, add_batches, census};
