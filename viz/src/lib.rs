//! Pictures of fabricsim's results, and of fabrics.
//!
//! It reads result folders and plain lists of shapes only, never the engine: [`read_results`] reads the `points.csv` of one or several
//! folders, and [`draw_all`] draws them as SVG and PNG: latency and throughput against offered load, the
//! distribution of latency, and the utilisation of every link. A [`FabricPicture`] draws a fabric that is laid out. Both formats come from one list of shapes, so
//! that they look the same, and all text is set in a font that is part of the program: no system font is
//! needed.

mod arrow;
mod cdf_layout;
mod chart;
mod fabric;
mod fabric_utilisation;
mod frame;
mod grid;
mod heat_key;
mod heat_layout;
mod heat_scale;
mod latency;
mod latency_cdf;
mod layout;
mod legend;
mod output;
mod picture;
mod render;
mod results;
mod scale;
mod series;
mod style;
mod table;
mod text;
mod throughput;
mod units;
mod utilisation;
mod words;

#[cfg(test)]
mod test_points;

pub use arrow::Arrow;
pub use chart::Chart;
pub use fabric::{FabricPicture, Ground, Lane, LinkLine, SwitchMark};
pub use fabric_utilisation::{LaidOut, fabric_utilisation};
pub use latency::latency_chart;
pub use latency_cdf::{LatencyCdf, latency_cdf};
pub use output::{Drawn, OutputError, draw_all};
pub use render::RenderError;
pub use results::{Point, Verdict, read_results};
pub use series::{CurvePoint, Sample, Series, group};
pub use table::ResultsError;
pub use throughput::throughput_chart;
pub use utilisation::{NoPicture, UtilisationMap, utilisation_map};
