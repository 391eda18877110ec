//! Latency against offered load.

use crate::chart::{AtSaturation, Axis, Beyond, Chart, Curve, Dot, Extreme};
use crate::results::Verdict;
use crate::scale::{Scale, drawable, drawable_on_log};
use crate::series::{CurvePoint, Sample, Series};
use crate::throughput::throughput_chart;
use crate::units::{Units, seeds_note};

/// With latencies further apart than this the axis is logarithmic, so that the knee stays readable.
const LINEAR_RANGE: f64 = 8.0;

/// Mean packet latency against offered load, with 95 % intervals. A point without a steady latency stands
/// above the curve, with the symbol of its verdict. Where every point is saturated, what is accepted is drawn instead.
pub fn latency_chart(series: &[Series], title: &str) -> Chart {
    let units = Units::of(series);
    let mut curves: Vec<Curve> = series.iter().map(|series| curve(series, units)).collect();
    if all_saturated(&curves) {
        return Chart {
            note: "all points saturated: latency grows without bound, so accepted load is shown".to_string(),
            ..throughput_chart(series, title)
        };
    }
    let longest = latencies(&curves).fold(0.0, f64::max);
    let unit = units.time(longest);
    for dot in curves.iter_mut().flat_map(|curve| &mut curve.dots) {
        dot.y *= unit.factor;
        dot.interval = dot.interval.map(|half| half * unit.factor);
        dot.seeds = dot
            .seeds
            .map(|(low, high)| (low * unit.factor, high * unit.factor));
    }
    Chart {
        title: title.to_string(),
        note: seeds_note(series),
        x: units.offered_axis(&curves),
        y: Axis {
            label: format!("Mean packet latency [{}]", unit.name),
            scale: scale(&curves),
        },
        y_unit: unit.name,
        extremes: extremes(&curves),
        curves,
        diagonal: None,
        faint_name: "",
        at_saturation: AtSaturation::Climb,
        empty: "no point has a steady latency",
    }
}

fn all_saturated(curves: &[Curve]) -> bool {
    let mut beyond = curves.iter().flat_map(|curve| &curve.beyond).peekable();
    beyond.peek().is_some()
        && beyond.all(|beyond| beyond.verdict == Verdict::Saturated)
        && curves.iter().all(|curve| curve.dots.is_empty())
}

/// The curves that carry the highest and the lowest load, of equals those of lowest and highest latency there.
fn extremes(curves: &[Curve]) -> [Extreme; 2] {
    let last = |curve: &Curve| curve.dots.last().map_or((0.0, 0.0), |dot| (dot.x, -dot.y));
    let load = |curve: &Curve| last(curve).0;
    let names = match curves.windows(2).all(|pair| load(&pair[0]) == load(&pair[1])) {
        true => ["lowest latency", "highest latency"],
        false => ["last to saturate", "first to saturate"],
    };
    Extreme::pair(curves, names, last)
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
    if lowest == highest {
        return Scale::linear_for(latencies(curves));
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
                seeds: sample
                    .latency_seeds
                    .filter(|&(low, high)| drawable(low) && drawable(high)),
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
        assert_eq!(label(&[point(900.0)]), "Mean packet latency [ns]");
        assert_eq!(label(&[point(3_000.0)]), "Mean packet latency [µs]");
        assert_eq!(
            label(&[point(3_000.0), TestPoint::converged(0.1, 10.0)]),
            "Mean packet latency [cycles]",
            "what all points have"
        );
    }

    #[test]
    fn saturated_points_only_show_what_is_accepted() {
        let saturated = |load| TestPoint {
            accepted: Some(0.35),
            ..TestPoint::ended(load, Verdict::Saturated)
        };
        let chart = latency_chart(&[series("", &[saturated(0.5), saturated(0.7)])], "title");
        assert_eq!(chart.curves[0].dots.len(), 2);
        assert_eq!(chart.y.label, "Accepted load [flits/terminal/cycle]");
        assert!(chart.svg().unwrap().contains("all points saturated"));

        let deadlocked = latency_chart(&[series("", &[TestPoint::ended(0.5, Verdict::Deadlocked)])], "");
        assert!(deadlocked.is_empty() && deadlocked.png().is_ok());
    }

    #[test]
    fn one_point_says_its_value_amid_its_axes() {
        let point = TestPoint {
            interval: Some(0.3193),
            ..TestPoint::converged(0.1, 31.927)
        };
        let chart = latency_chart(&[series("", &[point])], "");
        for (scale, value) in [(chart.x.scale, 0.1), (chart.y.scale, 31.927)] {
            assert!((0.5..0.8).contains(&scale.position(value)), "{scale:?}");
        }
        assert!(chart.svg().unwrap().contains("31.93 ±0.32 cycles"));
    }

    #[test]
    fn the_range_of_the_seeds_is_told() {
        let point = TestPoint {
            seeds: Some((29.0, 33.0)),
            ..TestPoint::converged(0.1, 31.0)
        };
        let chart = latency_chart(&[series("", &[point, TestPoint::converged(0.2, 35.0)])], "");
        assert_eq!(chart.curves[0].dots[0].seeds, Some((29.0, 33.0)));
        assert!(chart.svg().unwrap().contains("lowest to highest seed"));
    }

    /// Curves of 10 to 10 + n cycles that end at a load of 0.3 or, every other, 0.5.
    fn many(n: usize) -> Vec<Series> {
        let curve = |i: usize| {
            let mut points = vec![TestPoint::converged(0.3, 10.0 + i as f64)];
            if i % 2 == 1 {
                points.push(TestPoint::converged(0.5, 50.0 + i as f64));
            }
            series(&format!("curve {i} of all"), &points)
        };
        (0..n).map(curve).collect()
    }

    #[test]
    fn a_hundred_curves_are_counted_and_the_extremes_named() {
        let svg = latency_chart(&many(100), "").svg().unwrap();
        for text in [
            "100 curves, in order of the sweep",
            "first: curve 0 of all",
            "last: curve 99 of all",
            "last to saturate: curve 1 of all",
            "first to saturate: curve 98 of all",
        ] {
            assert!(svg.contains(text), "no {text:?}");
        }
        assert!(!svg.contains("curve 50 of all"));
    }

    #[test]
    fn a_dozen_curves_are_all_named() {
        let svg = latency_chart(&many(12), "").svg().unwrap();
        assert!((0..12).all(|i| svg.contains(&format!("curve {i} of all"))));
    }

    #[test]
    fn where_all_carry_the_same_load_latency_decides() {
        let curve = |i: usize| {
            series(
                &format!("curve {i}"),
                &[TestPoint::converged(0.3, 90.0 - i as f64)],
            )
        };
        let chart = latency_chart(&(0..40).map(curve).collect::<Vec<_>>(), "");
        let extremes = chart.extremes.map(|extreme| (extreme.name, extreme.curve));
        assert_eq!(extremes, [("lowest latency", 39), ("highest latency", 0)]);
    }
}
