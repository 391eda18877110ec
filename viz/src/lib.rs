//! Pictures of fabricsim's results.
//!
//! It reads result folders only, never the engine: [`read_results`] reads the `points.csv` of one or several
//! folders, [`group`] makes curves of the points, and [`draw_all`] draws latency and throughput against
//! offered load as SVG and PNG. Both formats come from one list of shapes, so that they look the same, and
//! all text is set in a font that is part of the program: no system font is needed.

mod chart;
mod latency;
mod layout;
mod legend;
mod output;
mod picture;
mod render;
mod results;
mod scale;
mod series;
mod style;
mod text;
mod throughput;
mod units;

#[cfg(test)]
mod test_points;

pub use chart::Chart;
pub use latency::latency_chart;
pub use output::{OutputError, draw_all};
pub use render::RenderError;
pub use results::{Point, ResultsError, Verdict, read_results};
pub use series::{CurvePoint, Sample, Series, group};
pub use throughput::throughput_chart;
