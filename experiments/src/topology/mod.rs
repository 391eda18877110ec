//! `fabricsim topology`: fabrics as graphs, described, analysed, drawn and exported.
//!
//! A [`Subject`] is what the command line names: a family with its parameters, a file or an experiment. It has a graph, and of a
//! family the closed forms; the [`Description`] holds the two side by side, as text and as JSON.

mod args;
mod description;
mod drawing;
mod expression;
mod families;
mod files;
mod reports;
mod subject;
mod text;

pub use args::{ReportKind, TopologyArgs};
pub use description::{Cables, Description, Number, Quantity, Range};
pub use drawing::{draw, drawn, write_picture};
pub use families::listing;
pub use files::export;
pub(crate) use files::read_fabric;
pub use reports::report;
pub use subject::{Subject, subjects};
