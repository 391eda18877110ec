//! Accepted against offered load.

use crate::chart::{AtSaturation, Beyond, Chart, Curve, Dot, Extreme};
use crate::results::Verdict;
use crate::scale::drawable;
use crate::series::{CurvePoint, Sample, Series};
use crate::units::{Units, seeds_note};

/// With more curves than this their worst terminals are left out.
const CURVES_WITH_WORST: usize = 4;

/// Accepted against offered load, with the line where they are equal; with few curves, the worst terminal's
/// accepted load too, where it is another.
pub fn throughput_chart(series: &[Series], title: &str) -> Chart {
    let units = Units::of(series);
    let curves: Vec<Curve> = series.iter().map(|s| curve(s, units, series.len())).collect();
    let accepted = |curve: &Curve| curve.dots.iter().map(|dot| dot.y).fold(0.0, f64::max);
    Chart {
        title: title.to_string(),
        note: seeds_note(series),
        x: units.offered_axis(&curves),
        y: units.accepted_axis(&curves),
        y_unit: units.load(),
        extremes: Extreme::pair(&curves, ["accepts most", "accepts least"], accepted),
        curves,
        diagonal: Some("accepted = offered"),
        faint_name: "worst terminal",
        at_saturation: AtSaturation::Plumb,
        empty: "no point has an accepted load",
    }
}

fn curve(series: &Series, units: Units, curves: usize) -> Curve {
    let mut curve = Curve {
        label: match series.label.as_str() {
            "" => "accepted".to_string(),
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
        match steady_throughput(point, sample) {
            Some(y) => curve.dots.push(Dot {
                x,
                y,
                interval: None,
                seeds: None,
                verdict: point.verdict,
            }),
            None if point.verdict == Verdict::Converged => {}
            None => curve.beyond.push(Beyond {
                x,
                verdict: point.verdict,
            }),
        }
        if curves <= CURVES_WITH_WORST && is_steady(point) {
            let worst = sample.accepted_min.filter(|&y| drawable(y));
            curve.faint.extend(worst.map(|y| (x, y)));
        }
    }
    curve
}

/// The accepted load of a point that has one which does not depend on how long was measured.
fn steady_throughput(point: &CurvePoint, sample: &Sample) -> Option<f64> {
    sample
        .accepted
        .filter(|&accepted| is_steady(point) && drawable(accepted))
}

fn is_steady(point: &CurvePoint) -> bool {
    matches!(
        point.verdict,
        Verdict::Converged | Verdict::TimeLimit | Verdict::Saturated
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_points::{TestPoint, series};

    #[test]
    fn saturation_is_said_and_the_points_kept() {
        let points = [
            TestPoint::converged(0.1, 30.0),
            TestPoint {
                accepted: Some(0.35),
                ..TestPoint::ended(0.5, Verdict::Saturated)
            },
        ];
        let chart = throughput_chart(&[series("Valiant", &points)], "title");
        let dots: Vec<_> = chart.curves[0].dots.iter().map(|dot| (dot.x, dot.y)).collect();
        assert_eq!(dots, [(0.1, 0.1), (0.5, 0.35)]);
        let svg = chart.svg().unwrap();
        for text in [
            "Valiant",
            "saturated",
            "accepted = offered",
            "Accepted load [flits/terminal/cycle]",
        ] {
            assert!(svg.contains(text), "no {text:?}");
        }
    }

    #[test]
    fn a_deadlocked_point_stands_beyond_the_curve() {
        let point = TestPoint {
            accepted: Some(0.01),
            ..TestPoint::ended(0.5, Verdict::Deadlocked)
        };
        let chart = throughput_chart(&[series("", &[point])], "");
        assert!(chart.curves[0].dots.is_empty());
        assert!(chart.svg().unwrap().contains("deadlocked"));
    }

    #[test]
    fn the_worst_terminal_is_shown_with_few_curves_only() {
        let points = [0.1, 0.2].map(|load| TestPoint {
            accepted_min: Some(load / 2.0),
            ..TestPoint::converged(load, 30.0)
        });
        let shown = |curves| {
            let all: Vec<_> = (0..curves).map(|i| series(&i.to_string(), &points)).collect();
            throughput_chart(&all, "")
                .svg()
                .unwrap()
                .contains("worst terminal")
        };
        assert!(shown(4));
        assert!(!shown(5));
    }

    #[test]
    fn rates_of_physical_fabrics_are_in_gigabits() {
        let point = TestPoint {
            physical: true,
            ..TestPoint::converged(2.5, 3_000.0)
        };
        let chart = throughput_chart(&[series("", &[point])], "");
        assert_eq!(chart.x.label, "Offered rate [Gb/s per terminal]");
        assert_eq!(chart.y.label, "Accepted rate [Gb/s per terminal]");
    }
}
