//! The frame of a plot: its axes with their numbers and labels, and the places of values in it.

use crate::chart::Axis;
use crate::picture::{Anchor, At, Colour, Picture, Stroke, Text};
use crate::text::width;

const LABEL_FONT: f64 = 14.0;
const FONT: f64 = 12.0;

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

/// The frame of a plot.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    pub x: &'a Axis,
    pub y: &'a Axis,
    /// Its edges.
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    /// Upper end of the y axis, at or below the top: what has no y stands above.
    pub upper: f64,
    /// Whether the y axis has numbers; without a value there is nothing to choose them by.
    pub has_values: bool,
}

/// Room for a y axis left of its frame: label and numbers.
pub fn room_for_y(axis: &Axis) -> f64 {
    let ticks = axis.scale.ticks();
    let widths = ticks.iter().map(|tick| width(&tick.label, FONT));
    LABEL_FONT + 14.0 + widths.fold(0.0, f64::max) + 8.0
}

impl Frame<'_> {
    /// The place of a value on the x axis.
    pub fn x(&self, value: f64) -> f64 {
        self.left + self.x.scale.position(value) * (self.right - self.left)
    }

    /// The height of a value on the y axis.
    pub fn y(&self, value: f64) -> f64 {
        self.bottom - self.y.scale.position(value) * (self.bottom - self.upper)
    }

    /// The place of a point.
    pub fn at(&self, (x, y): (f64, f64)) -> At {
        (self.x(x), self.y(y))
    }

    /// The middle of the area below the y axis' upper end.
    pub fn middle(&self) -> At {
        ((self.left + self.right) / 2.0, (self.upper + self.bottom) / 2.0)
    }

    /// Draws the grid, the axes and their numbers.
    pub fn draw(&self, picture: &mut Picture) {
        let &Self {
            left,
            right,
            top,
            bottom,
            upper,
            ..
        } = self;
        if upper > top {
            picture.rectangle((left, top), (right, upper), Colour::grey(243));
        }
        let write = |picture: &mut Picture, at, text: &str, anchor| {
            picture.write(at, text, FONT, Colour::BLACK, anchor);
        };
        for tick in self.x.scale.ticks() {
            let x = self.x(tick.value);
            if self.has_values {
                picture.path(&[(x, top), (x, bottom)], GRID);
            }
            picture.path(&[(x, bottom), (x, bottom + 5.0)], AXIS);
            write(picture, (x, bottom + 15.0), &tick.label, Anchor::Middle);
        }
        let ticks = if self.has_values {
            self.y.scale.ticks()
        } else {
            Vec::new()
        };
        for tick in ticks {
            let y = self.y(tick.value);
            picture.path(&[(left, y), (right, y)], GRID);
            picture.path(&[(left - 5.0, y), (left, y)], AXIS);
            write(picture, (left - 9.0, y), &tick.label, Anchor::Right);
        }
        picture.path(&[(left, top), (left, bottom), (right, bottom)], AXIS);
    }

    /// Writes what the x axis shows below it.
    pub fn label_x(&self, picture: &mut Picture) {
        let below = ((self.left + self.right) / 2.0, self.bottom + 42.0);
        picture.write(below, &self.x.label, LABEL_FONT, Colour::BLACK, Anchor::Middle);
    }

    /// Writes what the y axis shows left of it, in a column whose left edge is `margin`.
    pub fn label_y(&self, picture: &mut Picture, margin: f64) {
        picture.text(Text {
            at: (margin + LABEL_FONT / 2.0, (self.top + self.bottom) / 2.0),
            text: self.y.label.clone(),
            size: LABEL_FONT,
            colour: Colour::BLACK,
            anchor: Anchor::Middle,
            upright: true,
        });
    }
}
