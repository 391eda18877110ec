//! Comparisons with other simulators, run by run.

pub mod booksim2;
mod command;

pub use command::{Booksim2Args, ValidateArgs, run};
