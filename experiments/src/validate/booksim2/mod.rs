//! BookSim2's measurements against ours, row by row.
//!
//! The rows, the experiments that they are compared with and the rule of comparison are in
//! `experiments/validation/booksim2/`, whose README says where they come from. Each row is simulated with its own
//! warm-up and window, once for each of some fixed seeds, and compared as the rule says; every row is printed.

mod comparison;
mod question;
mod reference;
mod report;
mod simulation;
mod suite;

pub use comparison::{Comparison, Run, compare};
pub use question::{Asked, Question, asked, window};
pub use reference::{Mode, Row, Status};
pub use report::{Answer, Judged, Judgement, Report};
pub use simulation::{Failure, simulations, validate};
pub use suite::{Configuration, Explanation, Suite, SuiteError};
