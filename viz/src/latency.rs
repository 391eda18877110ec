//! Latency against offered load.

use crate::chart::{AtSaturation, Axis, Beyond, Chart, Curve, Dot};
use crate::results::Verdict;
use crate::scale::{Scale, drawable, drawable_on_log};
use crate::series::{CurvePoint, Sample, Series};
use crate::units::{Units, seeds_note};

/// With latencies further apart than this the axis is logarithmic, so that the knee stays readable.
const LINEAR_RANGE: f64 = 8.0;

/// Mean packet latency against offered load, with 95 % intervals. A point without a steady latency stands
/// above the curve, with the symbol of its verdict.
pub fn latency_chart(series: &[Series], title: &str) -> Chart {
    let units = Units::of(series);
    let mut curves: Vec<Curve> = series.iter().map(|series| curve(series, units)).collect();
    let longest = latencies(&curves).fold(0.0, f64::max);
    let unit = units.time(longest);
    for dot in curves.iter_mut().flat_map(|curve| &mut curve.dots) {
        dot.y *= unit.factor;
        dot.interval = dot.interval.map(|half| half * unit.factor);
    }
    Chart {
        title: title.to_string(),
        note: seeds_note(series),
        x: units.offered_axis(&curves),
        y: Axis {
            label: format!("Mean packet latency [{}]", unit.name),
            scale: scale(&curves),
        },
        curves,
        diagonal: None,
        faint_name: "",
        at_saturation: AtSaturation::Climb,
        empty: "no point has a steady latency",
    }
}

fn latencies(curves: &[Curve]) -> impl Iterator<Item = f64> {
    curves.iter().flat_map(|curve| &curve.dots).map(|dot| dot.y)
}

fn scale(curves: &[Curve]) -> Scale {
    let lowest = latencies(curves).fold(f64::INFINITY, f64::min);
    let highest = latencies(curves).fold(0.0, f64::max);
    if highest > LINEAR_RANGE * lowest {
        return Scale::log(lowest, highest);
    }
    // Intervals count as far as they are not out of all proportion.
    let tops = curves.iter().flat_map(|curve| &curve.dots);
    let tops = tops.map(|dot| dot.y + dot.interval.unwrap_or(0.0).min(dot.y / 4.0));
    Scale::linear(tops.fold(0.0, f64::max))
}

fn curve(series: &Series, units: Units) -> Curve {
    let mut curve = Curve {
        label: match series.label.as_str() {
            "" => "mean latency".to_string(),
            label => label.to_string(),
        },
        dots: Vec::new(),
        beyond: Vec::new(),
        faint: Vec::new(),
    };
    for point in &series.points {
        let sample = units.sample(point);
        let Some(x) = sample.offered.filter(|&x| drawable(x)) else {
            continue;
        };
        match steady_latency(point, sample) {
            Some(y) => curve.dots.push(Dot {
                x,
                y,
                interval: sample.latency_ci95.filter(|&half| drawable(half)),
                verdict: point.verdict,
            }),
            // Nothing was sent, say.
            None if point.verdict == Verdict::Converged => {}
            None => curve.beyond.push(Beyond {
                x,
                verdict: point.verdict,
            }),
        }
    }
    curve
}

/// The latency of a point that has one which does not depend on how long was measured.
fn steady_latency(point: &CurvePoint, sample: &Sample) -> Option<f64> {
    let steady = matches!(point.verdict, Verdict::Converged | Verdict::TimeLimit);
    sample
        .latency
        .filter(|&latency| steady && drawable_on_log(latency))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_points::{TestPoint, series};

    #[test]
    fn saturated_points_stand_beyond_the_curve() {
        let mut points = vec![TestPoint::converged(0.1, 30.0), TestPoint::converged(0.3, 40.0)];
        points.push(TestPoint {
            // Drained after all, but as long as the window was.
            latency: Some(900.0),
            ..TestPoint::ended(0.5, Verdict::Saturated)
        });
        let chart = latency_chart(&[series("", &points)], "title");
        let curve = &chart.curves[0];
        assert_eq!(
            curve.dots.iter().map(|dot| dot.y).collect::<Vec<_>>(),
            [30.0, 40.0]
        );
        assert_eq!(
            curve.beyond,
            [Beyond {
                x: 0.5,
                verdict: Verdict::Saturated
            }]
        );
        let svg = chart.svg().unwrap();
        for text in [
            "title",
            "saturated",
            "Mean packet latency [cycles]",
            "Offered load [flits/terminal/cycle]",
        ] {
            assert!(svg.contains(text), "no {text:?}");
        }
    }

    #[test]
    fn a_point_out_of_time_keeps_its_latency() {
        let point = TestPoint {
            latency: Some(80.0),
            ..TestPoint::ended(0.5, Verdict::TimeLimit)
        };
        let chart = latency_chart(&[series("", &[point])], "");
        assert_eq!(chart.curves[0].dots[0].verdict, Verdict::TimeLimit);
        assert!(chart.svg().unwrap().contains("time limit"));
    }

    #[test]
    fn a_large_range_is_logarithmic() {
        let chart = |latency| {
            let points = [
                TestPoint::converged(0.1, 30.0),
                TestPoint::converged(0.5, latency),
            ];
            latency_chart(&[series("", &points)], "").y.scale
        };
        assert!(matches!(chart(100.0), Scale::Linear { .. }));
        assert!(matches!(chart(500.0), Scale::Log { .. }));
    }

    #[test]
    fn physical_fabrics_have_physical_units() {
        let point = |nanoseconds| TestPoint {
            physical: true,
            ..TestPoint::converged(0.5, nanoseconds)
        };
        let label = |points: &[TestPoint]| latency_chart(&[series("", points)], "").y.label;
        assert_eq!(label(&[point(3_000.0)]), "Mean packet latency [ns]");
        assert_eq!(label(&[point(30_000.0)]), "Mean packet latency [µs]");
        assert_eq!(
            label(&[point(3_000.0), TestPoint::converged(0.1, 10.0)]),
            "Mean packet latency [cycles]",
            "what all points have"
        );
    }
}
