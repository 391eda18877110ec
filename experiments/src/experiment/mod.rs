//! Experiment files: RON text in, a validated [`Plan`] out, or every mistake with its place.
//!
//! ```
//! let plan = fabricsim::experiment::parse("small.ron", r#"
//! Experiment(
//!     name: "small",
//!     fabric: Fabric(topology: Torus(sides: [4, 4]), routing: DimensionOrder),
//!     traffic: [Traffic(pattern: Uniform, load: 0.1)],
//!     sweep: [LoadRange(from: 0.1, to: 0.5, steps: 5), Seed([1, 2])],
//! )"#)?;
//! assert_eq!(plan.points.len(), 10);
//! assert_eq!(plan.points[3].values[0].to_string(), "0.2");
//!
//! let refused = fabricsim::experiment::parse("wrong.ron", "Experiment(nam: \"x\")").unwrap_err();
//! assert!(refused.to_string().contains("did you mean `name`?"));
//! # Ok::<(), fabricsim::experiment::Refused>(())
//! ```
//!
//! The way of a file:
//! 1. [`find`] turns the paths of a command line into files;
//! 2. `syntax` types the text as a [`file::Experiment`], strictly; [`Source`] keeps the place of every value;
//! 3. `resolve` fills in presets and defaults and checks each value, `sweep` the axes;
//!    `quantities` turns units into cycles and flits;
//! 4. `combination` checks each point of the sweep for what is impossible together;
//! 5. the [`Plan`] has the points, each a [`PointSpec`] with the hash that its result is stored by.
//!
//! Errors in the types end the reading; of the errors in values all are told.

mod checker;
mod combination;
mod components;
mod diagnostic;
mod effective;
mod exceptions;
pub mod file;
mod graph_links;
mod input;
mod mistake;
mod names;
mod places;
mod plan;
mod preset;
mod quantities;
mod queueing;
mod ratio;
mod recorded;
mod resolve;
mod routing_needs;
mod source;
mod spec;
mod sweep;
mod syntax;
mod topology;
mod traffic;
mod units;
mod vocabulary;
mod whole;

#[cfg(test)]
mod tests;

use checker::Checker;
pub(crate) use components::VIRTUAL_CHANNELS;
pub use diagnostic::{Diagnostic, Place, Refused};
use fabricsim_topologies::graph::AnyFamily;
pub use input::{find, load};
pub(crate) use input::{no_such_file, read_text};
pub use names::{
    Dateline, HalfWay, Injection, LongStages, Pattern, Preset, Queueing, Routing, Selection, Spread,
    VcReallocation,
};
pub use plan::{Plan, Point};
pub use preset::{Grade, GradedDefault, graded};
pub use quantities::Rounding;
pub use ratio::Ratio;
pub use source::Source;
pub use spec::{FabricSpec, FlowSpec, LinkExceptions, LinkSpec, MeasureSpec, PointSpec};
pub use sweep::{Axis, AxisKind, AxisValue};
pub(crate) use syntax::parse_whole;
pub use topology::{GraphTopology, NoGraph, Topology};
pub use units::{Frame, PhysicalPoint, Units};
pub(crate) use vocabulary::nearest;
pub(crate) use whole::Whole;

/// The family that a text such as `Torus(sides: [8, 8])` names, which the user knows as `file`.
///
/// # Errors
/// Where it is no fabric's, with the place, and for impossible parameters the nearest that are possible.
pub(crate) fn family(file: &str, text: &str) -> Result<AnyFamily, Refused> {
    let source = Source::new(file, text);
    let written: file::Topology =
        parse_whole(&source, Whole::Fabric).map_err(|mistake| Refused::from(*mistake))?;
    let mut checker = Checker::new(&source);
    let family = written.family("", &mut checker);
    checker.finish()?;
    family.ok_or_else(|| {
        source
            .at("", "the fabric of a file is named by its path alone")
            .into()
    })
}

/// Validates the text of an experiment that the user knows as `file`.
///
/// # Errors
/// Every mistake that is found, with its place.
pub fn parse(file: &str, text: &str) -> Result<Plan, Refused> {
    Plan::new(Source::new(file, text))
}
