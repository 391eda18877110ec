//! A picture as a list of shapes: what charts are laid out into and both formats are rendered from.

/// A place in a picture: to the right and down from the upper left corner, in units of a pixel at nominal
/// size.
pub type At = (f64, f64);

/// A colour: red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    pub const BLACK: Self = Self(0, 0, 0);
    pub const WHITE: Self = Self(255, 255, 255);

    /// A grey from 0, black, to 255, white.
    pub const fn grey(level: u8) -> Self {
        Self(level, level, level)
    }

    /// The colour with a share of white, from 0 to 1.
    pub fn faded(self, white: f64) -> Self {
        let fade = |c: u8| (f64::from(c) * (1.0 - white) + 255.0 * white).round() as u8;
        Self(fade(self.0), fade(self.1), fade(self.2))
    }
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    pub colour: Colour,
    pub width: f64,
    /// Lengths of dash and gap; whole where there is none.
    pub dash: Option<(f64, f64)>,
}

/// Where a text is in relation to its place. Vertically it is centred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Left,
    Middle,
    Right,
}

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    pub at: At,
    pub text: String,
    /// Size of the font (em).
    pub size: f64,
    pub colour: Colour,
    pub anchor: Anchor,
    /// Reads upwards.
    pub upright: bool,
}

/// An element of a picture.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A straight line.
    Line {
        from: At,
        to: At,
        colour: Colour,
        width: f64,
    },
    /// A filled rectangle between two corners.
    Rectangle { from: At, to: At, fill: Colour },
    /// A filled polygon.
    Polygon { corners: Vec<At>, fill: Colour },
    /// A filled circle.
    Circle { centre: At, radius: f64, fill: Colour },
    /// A line of text.
    Text(Text),
}

/// Shapes, the later over the earlier.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub shapes: Vec<Shape>,
}

impl Picture {
    pub fn new(width: u32, height: u32) -> Self {
        let mut picture = Self {
            width,
            height,
            shapes: Vec::new(),
        };
        picture.rectangle((0.0, 0.0), (f64::from(width), f64::from(height)), Colour::WHITE);
        picture
    }

    pub fn rectangle(&mut self, from: At, to: At, fill: Colour) {
        self.shapes.push(Shape::Rectangle { from, to, fill });
    }

    pub fn polygon(&mut self, corners: Vec<At>, fill: Colour) {
        self.shapes.push(Shape::Polygon { corners, fill });
    }

    pub fn circle(&mut self, centre: At, radius: f64, fill: Colour) {
        self.shapes.push(Shape::Circle { centre, radius, fill });
    }

    pub fn text(&mut self, text: Text) {
        self.shapes.push(Shape::Text(text));
    }

    /// A text that reads to the right.
    pub fn write(&mut self, at: At, text: &str, size: f64, colour: Colour, anchor: Anchor) {
        self.text(Text {
            at,
            text: text.to_string(),
            size,
            colour,
            anchor,
            upright: false,
        });
    }

    /// A line through `points`; its dashes go around the corners.
    pub fn path(&mut self, points: &[At], stroke: Stroke) {
        let mut done = 0.0;
        for pair in points.windows(2) {
            done = self.segment(pair[0], pair[1], stroke, done);
        }
    }

    /// One straight piece of a path whose length up to there is `done`; returns the length after it.
    fn segment(&mut self, from: At, to: At, stroke: Stroke, done: f64) -> f64 {
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let Stroke { colour, width, dash } = stroke;
        let Some((dash, gap)) = dash else {
            self.shapes.push(Shape::Line {
                from,
                to,
                colour,
                width,
            });
            return done + length;
        };
        let along = |distance: f64| {
            let share = distance / length;
            (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share)
        };
        // The dash that the path's end so far is in, or the gap behind it, began before this segment.
        let mut start = -(done % (dash + gap));
        while start < length {
            let end = start + dash;
            if end > 0.0 {
                self.shapes.push(Shape::Line {
                    from: along(start.max(0.0)),
                    to: along(end.min(length)),
                    colour,
                    width,
                });
            }
            start += dash + gap;
        }
        done + length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_go_around_corners() {
        let mut picture = Picture::new(100, 100);
        let stroke = Stroke {
            colour: Colour::BLACK,
            width: 1.0,
            dash: Some((4.0, 2.0)),
        };
        // 9 to the right, 6 down: dashes at 0-4, 6-10, 12-15.
        picture.path(&[(0.0, 0.0), (9.0, 0.0), (9.0, 6.0)], stroke);
        let lines = picture.shapes.iter().filter_map(|shape| match shape {
            Shape::Line { from, to, .. } => Some((*from, *to)),
            _ => None,
        });
        let expected = [
            ((0.0, 0.0), (4.0, 0.0)),
            ((6.0, 0.0), (9.0, 0.0)),
            ((9.0, 0.0), (9.0, 1.0)),
            ((9.0, 3.0), (9.0, 6.0)),
        ];
        assert_eq!(lines.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn fading_goes_to_white() {
        assert_eq!(Colour(10, 20, 30).faded(0.0), Colour(10, 20, 30));
        assert_eq!(Colour(10, 20, 30).faded(1.0), Colour::WHITE);
    }
}
