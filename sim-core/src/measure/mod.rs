//! Measurement: what is counted in the window, and how sure we are of the mean.

mod batch_means;
mod distribution;
mod meter;
mod tally;

pub use meter::{Closed, Meter, RESERVED_BATCHES, census};
