//! Lays a chart out: from values to shapes.

use crate::chart::{AtSaturation, Chart, Curve, Dot};
use crate::frame::{Frame, room_for_y};
use crate::legend::{DIAGONAL, Legend, faint_stroke};
use crate::picture::{Anchor, At, Colour, Picture};
use crate::results::Verdict;
use crate::style::{Style, Styles, draw_interval, draw_spread};
use crate::text::{fitted, width};
use crate::words::{digits, short};

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

/// A chart on its way to a picture.
struct Layout<'a> {
    chart: &'a Chart,
    picture: Picture,
    frame: Frame<'a>,
    styles: Styles,
}

/// The picture of a chart.
pub fn lay_out(chart: &Chart) -> Picture {
    let legend = Legend::of(chart, BOTTOM - TOP);
    let with_marks = chart.curves.iter().filter(|curve| !curve.beyond.is_empty());
    let upper = match with_marks.count().min(ROWS) {
        0 => TOP,
        rows => TOP + rows as f64 * ROW + 6.0,
    };
    let mut layout = Layout {
        chart,
        picture: Picture::new(WIDTH as u32, HEIGHT as u32),
        frame: Frame {
            x: &chart.x,
            y: &chart.y,
            left: MARGIN + room_for_y(&chart.y),
            right: WIDTH - MARGIN - legend.width() - LEGEND_GAP,
            top: TOP,
            bottom: BOTTOM,
            upper,
            has_values: !chart.is_empty(),
        },
        styles: legend.styles(),
    };
    layout.draw_title();
    layout.frame.draw(&mut layout.picture);
    layout.frame.label_x(&mut layout.picture);
    layout.frame.label_y(&mut layout.picture, MARGIN);
    layout.draw_curves();
    let corner = (layout.frame.right + LEGEND_GAP, TOP);
    legend.draw(&mut layout.picture, corner);
    layout.picture
}

impl Layout<'_> {
    /// Height of the `row`-th row of marks.
    fn row(&self, row: usize) -> f64 {
        TOP + 3.0 + (row as f64 + 0.5) * ROW
    }

    fn x(&self, value: f64) -> f64 {
        self.frame.x(value)
    }

    fn y(&self, value: f64) -> f64 {
        self.frame.y(value)
    }

    fn text(&mut self, at: At, text: &str, size: f64, colour: Colour, anchor: Anchor) {
        self.picture.write(at, text, size, colour, anchor);
    }

    fn draw_title(&mut self) {
        let room = WIDTH - MARGIN - self.frame.left;
        let title = fitted(&self.chart.title, TITLE_FONT, room);
        self.text(
            (self.frame.left, 26.0),
            &title,
            TITLE_FONT,
            Colour::BLACK,
            Anchor::Left,
        );
        let note = fitted(&self.chart.note, FONT, room);
        self.text(
            (self.frame.left, 49.0),
            &note,
            FONT,
            Colour::grey(90),
            Anchor::Left,
        );
    }

    fn draw_curves(&mut self) {
        let chart = self.chart;
        if chart.is_empty() {
            let middle = self.frame.middle();
            self.text(middle, chart.empty, LABEL_FONT, Colour::grey(90), Anchor::Middle);
        }
        if chart.diagonal.is_some() && !chart.is_empty() {
            self.draw_diagonal();
        }
        let styles = self.styles;
        let order = styles.drawing_order();
        // Lines first, dots over all lines.
        for &index in &order {
            self.draw_lines(&chart.curves[index], styles.of(index));
        }
        let mut marked = 0;
        for &index in &order {
            let (curve, style) = (&chart.curves[index], styles.of(index));
            self.draw_dots(curve, style);
            if !curve.beyond.is_empty() {
                self.draw_beyond(curve, style, marked % ROWS);
                marked += 1;
            }
            if chart.at_saturation == AtSaturation::Plumb && chart.curves.len() <= CURVES_WITH_WORDS {
                self.draw_plumb_line(curve, style, index);
            }
        }
        if let Some((dot, style)) = self.only_dot() {
            self.draw_value(dot, style);
        }
    }

    /// The dot of a chart that has but one.
    fn only_dot(&self) -> Option<(Dot, Style)> {
        let dots = self.chart.curves.iter().enumerate();
        let mut dots = dots.flat_map(|(index, curve)| curve.dots.iter().map(move |dot| (*dot, index)));
        let (dot, index) = dots.next()?;
        dots.next().is_none().then_some((dot, self.styles.of(index)))
    }

    /// Writes the value of the only dot beside it, where its axis leaves room.
    fn draw_value(&mut self, dot: Dot, style: Style) {
        let interval = dot
            .interval
            .map_or(String::new(), |half| format!(" ±{}", digits(half, 2)));
        let text = format!("{}{interval} {}", short(dot.y), self.chart.y_unit);
        let beside = (self.x(dot.x) + 12.0, self.y(dot.y));
        self.text(beside, &text, FONT, style.stroke.colour, Anchor::Left);
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
            if let Some((low, high)) = dot.seeds {
                let (low, high) = (self.y(low), self.y(high));
                draw_spread(&mut self.picture, x, low, high, style.stroke.colour);
            }
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
            .path(&[from, (place.0, self.frame.upper), place], style.dotted());
    }

    /// A word that ends at `before`, or where it would leave the frame there begins at `after`; none where
    /// neither fits.
    fn draw_word(&mut self, word: &str, style: Style, before: At, after: At) {
        let room = width(word, FONT) + 4.0;
        let colour = style.stroke.colour;
        if before.0 - room >= self.frame.left {
            self.text(before, word, FONT, colour, Anchor::Right);
        } else if after.0 + room <= self.frame.right {
            self.text(after, word, FONT, colour, Anchor::Left);
        }
    }

    /// A dashed line from a curve's first saturated point to the axis, and the word.
    fn draw_plumb_line(&mut self, curve: &Curve, style: Style, row: usize) {
        let Some(dot) = curve.dots.iter().find(|dot| dot.verdict == Verdict::Saturated) else {
            return;
        };
        let (x, y) = (self.x(dot.x), self.y(dot.y));
        self.picture.path(&[(x, y), (x, BOTTOM)], style.dotted());
        let height = BOTTOM - 14.0 - row as f64 * ROW;
        self.draw_word("saturated", style, (x - 6.0, height), (x + 6.0, height));
    }
}
