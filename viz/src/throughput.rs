//! Accepted against offered load.

use crate::chart::{Beyond, Chart, Curve, Dot};
use crate::results::Verdict;
use crate::scale::drawable;
use crate::series::Series;
use crate::units::{Units, seeds_note};

/// With more curves than this their worst terminals are left out.
const CURVES_WITH_WORST: usize = 4;

/// Accepted against offered load, with the line where they are equal; with few curves, the worst terminal's accepted
/// load too, where it is another.
pub fn throughput_chart(series: &[Series], title: &str) -> Chart {
    let units = Units::of(series);
    let curves: Vec<Curve> = series.iter().map(|s| curve(s, units, series.len())).collect();
    let accepted = curves.iter().flat_map(|curve| &curve.dots).map(|dot| dot.y);
    let highest = accepted.fold(0.0, f64::max);
    Chart {
        title: title.to_string(),
        note: seeds_note(series),
        x: units.offered_axis(&curves),
        y: units.accepted_axis(highest * 1.03),
        curves,
        diagonal: Some("accepted = offered"),
        faint_name: "worst terminal",
        plumb_saturation: true,
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
        match sample.accepted.filter(|&y| drawable(y)) {
            Some(y) => curve.dots.push(Dot {
                x,
                y,
                interval: None,
                verdict: point.verdict,
            }),
            None if point.verdict == Verdict::Converged => {}
            None => curve.beyond.push(Beyond {
                x,
                verdict: point.verdict,
            }),
        }
        if curves <= CURVES_WITH_WORST
            && let Some(y) = sample.accepted_min.filter(|&y| drawable(y))
        {
            curve.faint.push((x, y));
        }
    }
    curve
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
    fn the_worst_terminal_is_shown_with_few_curves_only() {
        let point = TestPoint {
            accepted_min: Some(0.05),
            ..TestPoint::converged(0.1, 30.0)
        };
        let shown = |curves| {
            let all: Vec<_> = (0..curves).map(|i| series(&i.to_string(), &[point])).collect();
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
