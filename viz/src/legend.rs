//! The legend: the curves' names and what the symbols mean, to the right of the plot.

use crate::chart::Chart;
use crate::picture::{Anchor, At, Colour, Picture, Stroke, Text};
use crate::results::Verdict;
use crate::style::{Style, draw_interval, draw_symbol};
use crate::text::{fitted, width};

const FONT: f64 = 12.0;
const ROW: f64 = 20.0;
/// Between the names of curves and the symbols.
const GAP: f64 = 10.0;
/// Room for the sample of a line.
const SAMPLE: f64 = 30.0;
/// Widest name.
const WIDEST: f64 = 270.0;

/// The legend of a chart.
pub struct Legend {
    curves: Vec<Row>,
    symbols: Vec<Row>,
}

struct Row {
    sample: Sample,
    name: String,
}

enum Sample {
    Curve(Style),
    Line(Stroke),
    Interval,
    Verdict(Verdict),
    Empty,
}

const VERDICTS: [Verdict; 5] = [
    Verdict::TimeLimit,
    Verdict::Saturated,
    Verdict::Stalled,
    Verdict::Deadlocked,
    Verdict::Failed,
];

/// The line where y = x.
pub const DIAGONAL: Stroke = Stroke {
    colour: Colour::grey(130),
    width: 1.25,
    dash: Some((6.0, 4.0)),
};

/// The thin line that goes with a curve of this colour.
pub fn faint_stroke(colour: Colour) -> Stroke {
    Stroke {
        colour: colour.faded(0.45),
        width: 1.0,
        dash: Some((2.0, 3.0)),
    }
}

impl Legend {
    /// The legend of `chart`, not higher than `height`: where there are too many curves it says how many
    /// more.
    pub fn of(chart: &Chart, height: f64) -> Self {
        let symbols = symbols(chart);
        let room = ((height - GAP) / ROW) as usize;
        Self {
            curves: curves(chart, room.saturating_sub(symbols.len())),
            symbols,
        }
    }

    /// Its width.
    pub fn width(&self) -> f64 {
        let names = self
            .curves
            .iter()
            .chain(&self.symbols)
            .map(|row| width(&row.name, FONT));
        let widest = names.fold(0.0, f64::max);
        if widest == 0.0 { 0.0 } else { SAMPLE + 8.0 + widest }
    }

    /// Draws it with its upper left corner at `corner`.
    pub fn draw(&self, picture: &mut Picture, corner: At) {
        let mut y = corner.1 + ROW / 2.0;
        for row in &self.curves {
            row.draw(picture, (corner.0, y));
            y += ROW;
        }
        if !self.curves.is_empty() {
            y += GAP;
        }
        for row in &self.symbols {
            row.draw(picture, (corner.0, y));
            y += ROW;
        }
    }
}

/// The curves, not more than `room` rows.
fn curves(chart: &Chart, room: usize) -> Vec<Row> {
    let count = chart.curves.len();
    let shown = if count <= room {
        count
    } else {
        room.saturating_sub(1)
    };
    let named = chart
        .curves
        .iter()
        .take(shown)
        .enumerate()
        .map(|(index, curve)| Row {
            sample: Sample::Curve(Style::of(index, count)),
            name: fitted(&curve.label, FONT, WIDEST),
        });
    let more = (shown < count).then(|| Row {
        sample: Sample::Empty,
        name: format!("and {} more", count - shown),
    });
    named.chain(more).collect()
}

/// What is in the chart besides curves.
fn symbols(chart: &Chart) -> Vec<Row> {
    let row = |sample, name: &str| Row {
        sample,
        name: name.to_string(),
    };
    let mut rows = Vec::new();
    if let Some(name) = chart.diagonal {
        rows.push(row(Sample::Line(DIAGONAL), name));
    }
    if chart.curves.iter().any(|curve| curve.faint.len() > 1) {
        rows.push(row(
            Sample::Line(faint_stroke(Colour::grey(60))),
            chart.faint_name,
        ));
    }
    if chart
        .curves
        .iter()
        .flat_map(|curve| &curve.dots)
        .any(|dot| dot.interval.is_some())
    {
        rows.push(row(Sample::Interval, "95 % interval"));
    }
    for verdict in VERDICTS {
        let seen = chart.curves.iter().any(|curve| {
            curve.dots.iter().any(|dot| dot.verdict == verdict)
                || curve.beyond.iter().any(|beyond| beyond.verdict == verdict)
        });
        if seen {
            rows.push(row(Sample::Verdict(verdict), &verdict.to_string()));
        }
    }
    rows
}

impl Row {
    /// Draws it with the middle of its left end at `at`.
    fn draw(&self, picture: &mut Picture, at: At) {
        let middle = (at.0 + SAMPLE / 2.0, at.1);
        let ends = [at, (at.0 + SAMPLE, at.1)];
        let grey = Colour::grey(60);
        match self.sample {
            Sample::Curve(style) => {
                picture.path(&ends, style.stroke);
                style.draw_dot(picture, middle);
            }
            Sample::Line(stroke) => picture.path(&ends, stroke),
            Sample::Interval => draw_interval(picture, middle.0, at.1 - 6.0, at.1 + 6.0, grey),
            Sample::Verdict(verdict) => draw_symbol(picture, middle, 5.5, verdict, grey),
            Sample::Empty => {}
        }
        picture.text(Text {
            at: (at.0 + SAMPLE + 8.0, at.1),
            text: self.name.clone(),
            size: FONT,
            colour: Colour::BLACK,
            anchor: Anchor::Left,
            upright: false,
        });
    }
}
