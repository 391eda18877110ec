//! Lays a chart out: from values to shapes.

use crate::chart::{AtSaturation, Chart, Curve};
use crate::legend::{DIAGONAL, Legend, faint_stroke};
use crate::picture::{Anchor, At, Colour, Picture, Stroke, Text};
use crate::results::Verdict;
use crate::style::{Style, draw_interval};
use crate::text::{fitted, width};

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 600.0;
const MARGIN: f64 = 20.0;
/// Upper end of the frame, below the title.
const TOP: f64 = 66.0;
/// Lower end of the frame, above the x axis' numbers and label.
const BOTTOM: f64 = HEIGHT - 64.0;
const TITLE_FONT: f64 = 18.0;
const LABEL_FONT: f64 = 14.0;
const FONT: f64 = 12.0;
/// Between frame and legend: room for half a mark and half a number.
const LEGEND_GAP: f64 = 26.0;
/// Height of a row of marks above the curves, and the most rows.
const ROW: f64 = 18.0;
const ROWS: usize = 6;
/// With more curves than this, words beside the marks would be a crowd; the legend has them.
const CURVES_WITH_WORDS: usize = 3;

const AXIS: Stroke = Stroke {
    colour: Colour::grey(60),
    width: 1.0,
    dash: None,
};
const GRID: Stroke = Stroke {
    colour: Colour::grey(228),
    width: 1.0,
    dash: None,
};

/// A chart on its way to a picture.
struct Layout<'a> {
    chart: &'a Chart,
    picture: Picture,
    /// Left and right end of the frame.
    left: f64,
    right: f64,
    /// Rows of marks above the curves.
    rows: usize,
}

/// The picture of a chart.
pub fn lay_out(chart: &Chart) -> Picture {
    let legend = Legend::of(chart, BOTTOM - TOP);
    let widest = chart
        .y
        .scale
        .ticks()
        .iter()
        .map(|tick| width(&tick.label, FONT))
        .fold(0.0, f64::max);
    let mut layout = Layout {
        chart,
        picture: Picture::new(WIDTH as u32, HEIGHT as u32),
        left: MARGIN + LABEL_FONT + 14.0 + widest + 8.0,
        right: WIDTH - MARGIN - legend.width() - LEGEND_GAP,
        rows: chart
            .curves
            .iter()
            .filter(|curve| !curve.beyond.is_empty())
            .count()
            .min(ROWS),
    };
    layout.draw_title();
    layout.draw_axes();
    layout.draw_curves();
    let corner = (layout.right + LEGEND_GAP, TOP);
    legend.draw(&mut layout.picture, corner);
    layout.picture
}

impl Layout<'_> {
    /// Whether no point has a y.
    fn is_empty(&self) -> bool {
        self.chart.curves.iter().all(|curve| curve.dots.is_empty())
    }

    /// Upper end of the y axis, below the rows of marks.
    fn upper(&self) -> f64 {
        if self.rows == 0 {
            TOP
        } else {
            TOP + self.rows as f64 * ROW + 6.0
        }
    }

    /// Height of the `row`-th row of marks.
    fn row(&self, row: usize) -> f64 {
        TOP + 3.0 + (row as f64 + 0.5) * ROW
    }

    fn x(&self, value: f64) -> f64 {
        self.left + self.chart.x.scale.position(value) * (self.right - self.left)
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - self.chart.y.scale.position(value) * (BOTTOM - self.upper())
    }

    fn text(&mut self, at: At, text: &str, size: f64, colour: Colour, anchor: Anchor) {
        self.picture.text(Text {
            at,
            text: text.to_string(),
            size,
            colour,
            anchor,
            upright: false,
        });
    }

    fn draw_title(&mut self) {
        let room = WIDTH - MARGIN - self.left;
        let title = fitted(&self.chart.title, TITLE_FONT, room);
        self.text((self.left, 26.0), &title, TITLE_FONT, Colour::BLACK, Anchor::Left);
        let note = fitted(&self.chart.note, FONT, room);
        self.text((self.left, 49.0), &note, FONT, Colour::grey(90), Anchor::Left);
    }

    fn draw_axes(&mut self) {
        let (left, right, upper) = (self.left, self.right, self.upper());
        if self.rows > 0 {
            self.picture
                .rectangle((left, TOP), (right, upper), Colour::grey(243));
        }
        let empty = self.is_empty();
        for tick in self.chart.x.scale.ticks() {
            let x = self.x(tick.value);
            if !empty {
                self.picture.path(&[(x, TOP), (x, BOTTOM)], GRID);
            }
            self.picture.path(&[(x, BOTTOM), (x, BOTTOM + 5.0)], AXIS);
            self.text(
                (x, BOTTOM + 15.0),
                &tick.label,
                FONT,
                Colour::BLACK,
                Anchor::Middle,
            );
        }
        // Without a value there is nothing to choose the numbers by.
        let ticks = if empty {
            Vec::new()
        } else {
            self.chart.y.scale.ticks()
        };
        for tick in ticks {
            let y = self.y(tick.value);
            self.picture.path(&[(left, y), (right, y)], GRID);
            self.picture.path(&[(left - 5.0, y), (left, y)], AXIS);
            self.text((left - 9.0, y), &tick.label, FONT, Colour::BLACK, Anchor::Right);
        }
        self.picture
            .path(&[(left, TOP), (left, BOTTOM), (right, BOTTOM)], AXIS);
        self.draw_axis_labels();
    }

    fn draw_axis_labels(&mut self) {
        let chart = self.chart;
        let below = ((self.left + self.right) / 2.0, BOTTOM + 42.0);
        self.text(below, &chart.x.label, LABEL_FONT, Colour::BLACK, Anchor::Middle);
        self.picture.text(Text {
            at: (MARGIN + LABEL_FONT / 2.0, (TOP + BOTTOM) / 2.0),
            text: chart.y.label.clone(),
            size: LABEL_FONT,
            colour: Colour::BLACK,
            anchor: Anchor::Middle,
            upright: true,
        });
    }

    fn draw_curves(&mut self) {
        let chart = self.chart;
        if self.is_empty() {
            let middle = ((self.left + self.right) / 2.0, (self.upper() + BOTTOM) / 2.0);
            self.text(middle, chart.empty, LABEL_FONT, Colour::grey(90), Anchor::Middle);
        }
        if chart.diagonal.is_some() && !self.is_empty() {
            self.draw_diagonal();
        }
        let style = |index| Style::of(index, chart.curves.len());
        // Lines first, dots over all lines.
        for (index, curve) in chart.curves.iter().enumerate() {
            self.draw_lines(curve, style(index));
        }
        let mut marked = 0;
        for (index, curve) in chart.curves.iter().enumerate() {
            self.draw_dots(curve, style(index));
            if !curve.beyond.is_empty() {
                self.draw_beyond(curve, style(index), marked % ROWS);
                marked += 1;
            }
            if chart.at_saturation == AtSaturation::Plumb && chart.curves.len() <= CURVES_WITH_WORDS {
                self.draw_plumb_line(curve, style(index), index);
            }
        }
    }

    /// From the origin to where the first of the axes ends. Both are linear.
    fn draw_diagonal(&mut self) {
        let end = self.chart.x.scale.end().min(self.chart.y.scale.end());
        let ends = [(self.x(0.0), self.y(0.0)), (self.x(end), self.y(end))];
        self.picture.path(&ends, DIAGONAL);
    }

    fn draw_lines(&mut self, curve: &Curve, style: Style) {
        let faint: Vec<At> = curve.faint.iter().map(|&(x, y)| (self.x(x), self.y(y))).collect();
        self.picture.path(&faint, faint_stroke(style.stroke.colour));
        let points: Vec<At> = curve
            .dots
            .iter()
            .map(|dot| (self.x(dot.x), self.y(dot.y)))
            .collect();
        self.picture.path(&points, style.stroke);
    }

    fn draw_dots(&mut self, curve: &Curve, style: Style) {
        for dot in &curve.dots {
            let x = self.x(dot.x);
            if let Some(half) = dot.interval {
                let (low, high) = (self.y(dot.y - half), self.y(dot.y + half));
                draw_interval(&mut self.picture, x, low, high, style.stroke.colour);
            }
            let at = (x, self.y(dot.y));
            style.draw_verdict(&mut self.picture, at, dot.verdict);
        }
    }

    /// The points without a y stand in a row above, the first with its verdict in words.
    fn draw_beyond(&mut self, curve: &Curve, style: Style, row: usize) {
        let y = self.row(row);
        let places: Vec<At> = curve.beyond.iter().map(|beyond| (self.x(beyond.x), y)).collect();
        if self.chart.at_saturation == AtSaturation::Climb {
            self.draw_climb(curve, style, places[0]);
        }
        for (beyond, &place) in curve.beyond.iter().zip(&places) {
            style.draw_verdict(&mut self.picture, place, beyond.verdict);
        }
        if self.chart.curves.len() <= CURVES_WITH_WORDS {
            let word = curve.beyond[0].verdict.to_string();
            let (first, last) = (places[0].0, places[places.len() - 1].0);
            self.draw_word(&word, style, (first - 12.0, y), (last + 12.0, y));
        }
    }

    /// A dashed line from a curve's last point before its first one beyond to that one's `place`.
    fn draw_climb(&mut self, curve: &Curve, style: Style, place: At) {
        let Some(dot) = curve.dots.iter().rev().find(|dot| dot.x < curve.beyond[0].x) else {
            return;
        };
        let from = (self.x(dot.x), self.y(dot.y));
        // Upright at the end, so that it keeps clear of words to the left.
        self.picture
            .path(&[from, (place.0, self.upper()), place], style.dashed());
    }

    /// A word that ends at `before`, or where it would leave the frame there begins at `after`; none where
    /// neither fits.
    fn draw_word(&mut self, word: &str, style: Style, before: At, after: At) {
        let room = width(word, FONT) + 4.0;
        let colour = style.stroke.colour;
        if before.0 - room >= self.left {
            self.text(before, word, FONT, colour, Anchor::Right);
        } else if after.0 + room <= self.right {
            self.text(after, word, FONT, colour, Anchor::Left);
        }
    }

    /// A dashed line from a curve's first saturated point to the axis, and the word.
    fn draw_plumb_line(&mut self, curve: &Curve, style: Style, row: usize) {
        let Some(dot) = curve.dots.iter().find(|dot| dot.verdict == Verdict::Saturated) else {
            return;
        };
        let (x, y) = (self.x(dot.x), self.y(dot.y));
        self.picture.path(&[(x, y), (x, BOTTOM)], style.dashed());
        let height = BOTTOM - 14.0 - row as f64 * ROW;
        self.draw_word("saturated", style, (x - 6.0, height), (x + 6.0, height));
    }
}
