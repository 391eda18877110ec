//! Comparisons with another simulator, run by run, and with theory.

pub mod booksim2;
mod command;
pub mod theory;

pub use command::{Booksim2Args, TheoryArgs, ValidateArgs, run};
