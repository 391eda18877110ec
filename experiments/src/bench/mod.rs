//! How fast the simulator is: a fixed set of experiments, and a stopwatch.
//!
//! 1. [`configurations`] are the experiments, each of one point and a fixed number of cycles;
//! 2. [`measure`] runs one a few times, [`Stopwatch`] and [`Counters`] look at the steady part of each run;
//! 3. the medians make a [`Row`], the rows a [`Table`] that can be kept;
//! 4. [`Comparison`] holds a row against that of another version, [`Lines`] says it all.

mod comparison;
mod configurations;
mod counters;
mod lines;
mod measure;
mod row;
mod sample;
mod stopwatch;
mod table;

pub use comparison::{Comparison, Summary};
pub use configurations::{Configuration, configurations};
pub use counters::{Counters, Counts};
pub use lines::{Lines, disturbed, elsewhere};
pub use measure::{Failure, measure};
pub use row::{Origin, Row, Size};
pub use sample::Sample;
pub use stopwatch::{Seen, Stopwatch};
pub use table::{Table, TableError};
