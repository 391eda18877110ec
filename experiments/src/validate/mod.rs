//! Comparisons with other simulators, run by run.

pub mod booksim2;
