//! Other simulators' configurations as experiments of ours.

pub mod booksim2;
mod command;

pub use command::{Booksim2Args, ImportArgs, run};
