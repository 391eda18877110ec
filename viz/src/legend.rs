//! The legend: the curves' names and what the symbols mean, to the right of the plot.

use crate::chart::{Chart, Extreme};
use crate::heat_scale::heat;
use crate::picture::{Anchor, At, Colour, Picture, Stroke};
use crate::results::Verdict;
use crate::style::{Style, Styles, draw_interval, draw_spread, draw_symbol};
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
    styles: Styles,
}

struct Row {
    sample: Sample,
    name: String,
}

enum Sample {
    Curve(Style),
    Line(Stroke),
    Interval,
    Seeds,
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
    /// The legend of `chart`, not higher than `height`: where there are too many curves to name, it says how many, how
    /// they are coloured, and which are the extremes.
    pub fn of(chart: &Chart, height: f64) -> Self {
        let symbols = symbols(chart);
        let room = ((height - GAP) / ROW) as usize;
        let curves = chart.curves.len();
        if curves + symbols.len() <= room {
            let labels = chart.curves.iter().map(|curve| &*curve.label);
            return Self {
                symbols,
                ..Self::of_names(labels)
            };
        }
        let styles = Styles::Sequence {
            curves,
            outstanding: chart.extremes.map(|extreme| extreme.curve),
        };
        Self {
            curves: folded(chart, styles),
            symbols,
            styles,
        }
    }

    /// A legend of few curves, by their names.
    pub fn of_names<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> Self {
        let styles = Styles::Distinct { curves: names.len() };
        let rows = names.enumerate().map(|(index, name)| Row {
            sample: Sample::Curve(styles.of(index)),
            name: fitted(name, FONT, WIDEST),
        });
        Self {
            curves: rows.collect(),
            symbols: Vec::new(),
            styles,
        }
    }

    /// The looks that it tells of.
    pub fn styles(&self) -> Styles {
        self.styles
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

/// The rows of too many curves to name each.
fn folded(chart: &Chart, styles: Styles) -> Vec<Row> {
    let row = |sample, name: &str| Row {
        sample,
        name: fitted(name, FONT, WIDEST),
    };
    let curves = &chart.curves;
    let mut rows = vec![
        row(
            Sample::Empty,
            &format!("{} curves, in order of the sweep", curves.len()),
        ),
        row(
            Sample::Line(sequence_stroke(0.0)),
            &format!("first: {}", curves[0].label),
        ),
        row(
            Sample::Line(sequence_stroke(1.0)),
            &format!("last: {}", curves[curves.len() - 1].label),
        ),
    ];
    rows.extend(chart.extremes.map(|Extreme { name, curve }| {
        let name = format!("{name}: {}", curves[curve].label);
        row(Sample::Curve(styles.of(curve)), &name)
    }));
    rows
}

/// A line of the first curve of a sequence, 0, or the last, 1.
fn sequence_stroke(place: f64) -> Stroke {
    Stroke {
        colour: heat(place),
        width: 2.0,
        dash: None,
    }
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
    let mut dots = chart.curves.iter().flat_map(|curve| &curve.dots);
    if dots.any(|dot| dot.seeds.is_some()) {
        rows.push(row(Sample::Seeds, "lowest to highest seed"));
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
            Sample::Seeds => draw_spread(picture, middle.0, at.1 + 6.0, at.1 - 6.0, grey),
            Sample::Verdict(verdict) => draw_symbol(picture, middle, 5.5, verdict, grey),
            Sample::Empty => {}
        }
        let words = (at.0 + SAMPLE + 8.0, at.1);
        picture.write(words, &self.name, FONT, Colour::BLACK, Anchor::Left);
    }
}
