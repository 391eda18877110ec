//! Comparisons with another simulator, run by run, and with theory; every fabric with every routing of its.

pub mod booksim2;
mod command;
pub mod fabrics;
mod failure;
mod saturation;
mod simulation;
pub mod theory;

pub use command::{Booksim2Args, FabricsArgs, TheoryArgs, ValidateArgs, run};
pub use failure::Failure;
pub use saturation::Saturation;
