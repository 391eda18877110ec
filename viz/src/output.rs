//! Writes the pictures of an experiment.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::chart::Chart;
use crate::latency::latency_chart;
use crate::render::RenderError;
use crate::series::Series;
use crate::throughput::throughput_chart;

/// Why pictures can't be written.
#[derive(Debug, Error)]
pub enum OutputError {
    /// The picture can't be rendered.
    #[error("{name}: {source}")]
    Render {
        /// Name of the file.
        name: String,
        /// Why.
        source: RenderError,
    },
    /// The file can't be written.
    #[error("{}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Writes `latency.svg`, `latency.png`, `throughput.svg` and `throughput.png` into `folder`, which exists,
/// and gives their paths. Each is written beside its place and renamed, so that a picture is whole or not
/// there.
///
/// # Errors
/// Where a picture can't be rendered or written; those before it stay.
pub fn draw_all(series: &[Series], title: &str, folder: &Path) -> Result<Vec<PathBuf>, OutputError> {
    let charts = [
        ("latency", latency_chart(series, title)),
        ("throughput", throughput_chart(series, title)),
    ];
    let mut written = Vec::new();
    for (name, chart) in &charts {
        for extension in ["svg", "png"] {
            written.push(write(chart, folder, &format!("{name}.{extension}"))?);
        }
    }
    Ok(written)
}

fn write(chart: &Chart, folder: &Path, name: &str) -> Result<PathBuf, OutputError> {
    let rendered = if name.ends_with("svg") {
        chart.svg().map(String::into_bytes)
    } else {
        chart.png()
    };
    let bytes = rendered.map_err(|source| OutputError::Render {
        name: name.to_string(),
        source,
    })?;
    let path = folder.join(name);
    let part = folder.join(format!(".{name}.part"));
    let written = std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, &path));
    match written {
        Ok(()) => Ok(path),
        Err(source) => Err(OutputError::Write { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::results::Verdict;
    use crate::test_points::{TestPoint, series};

    #[test]
    fn all_pictures_are_written_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let curve = series("", &[TestPoint::converged(0.1, 30.0)]);
        let mut written = draw_all(&[curve], "title", folder.path()).unwrap();
        let mut found: Vec<_> = folder
            .path()
            .read_dir()
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        written.sort();
        found.sort();
        assert_eq!(written, found);
        assert_eq!(written.len(), 4);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = draw_all(&[], "", Path::new("/nowhere/at/all")).unwrap_err();
        assert!(
            error.to_string().starts_with("/nowhere/at/all/latency.svg: "),
            "{error}"
        );
    }

    #[test]
    fn no_curves_and_no_steady_latency_are_said() {
        assert!(
            latency_chart(&[], "")
                .svg()
                .unwrap()
                .contains("no point has a steady latency")
        );
        let saturated = series("", &[TestPoint::ended(0.5, Verdict::Saturated)]);
        assert!(latency_chart(&[saturated], "").png().is_ok());
    }

    #[test]
    fn the_legend_is_capped() {
        let curve = |i: usize| {
            series(
                &format!("curve {i}"),
                &[TestPoint::converged(0.1, 30.0 + i as f64)],
            )
        };
        let curves: Vec<_> = (0..100).map(curve).collect();
        let svg = latency_chart(&curves, "").svg().unwrap();
        assert!(svg.contains("curve 0") && !svg.contains("curve 99"));
        assert!(svg.contains(" more"));
    }

    fn any_value() -> impl Strategy<Value = f64> {
        prop_oneof![prop::num::f64::ANY, 0.0..1.0, 1.0..1e6, Just(0.0)]
    }

    prop_compose! {
        fn any_point()(
            verdict in prop::sample::select(vec![
                Verdict::Converged, Verdict::TimeLimit, Verdict::Saturated,
                Verdict::Stalled, Verdict::Deadlocked, Verdict::Failed,
            ]),
            offered in any_value(),
            accepted in prop::option::of(any_value()),
            accepted_min in prop::option::of(any_value()),
            latency in prop::option::of(any_value()),
            interval in prop::option::of(any_value()),
            physical in any::<bool>(),
        ) -> TestPoint {
            TestPoint { verdict, offered, accepted, accepted_min, latency, interval, physical }
        }
    }

    proptest! {
        #[test]
        fn any_values_make_a_picture(
            curves in prop::collection::vec((".{0,40}", prop::collection::vec(any_point(), 0..6)), 0..5),
            title in ".{0,200}",
        ) {
            let curves: Vec<_> = curves.iter().map(|(label, points)| series(label, points)).collect();
            for chart in [latency_chart(&curves, &title), throughput_chart(&curves, &title)] {
                let svg = chart.svg().unwrap();
                prop_assert!(!svg.contains("NaN") && !svg.contains("inf\""));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(6))]
        #[test]
        fn any_values_make_pixels(points in prop::collection::vec(any_point(), 0..9)) {
            prop_assert!(latency_chart(&[series("", &points)], "").png().is_ok());
        }
    }
}
