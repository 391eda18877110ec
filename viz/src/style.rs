//! How curves and verdicts look.

use crate::picture::{At, Colour, Picture, Stroke};
use crate::results::Verdict;

/// The colour-blind safe palette of Okabe and Ito, without its yellow, which is lost on white.
const OKABE_ITO: [Colour; 7] = [
    Colour(0x00, 0x72, 0xb2),
    Colour(0xd5, 0x5e, 0x00),
    Colour(0x00, 0x9e, 0x73),
    Colour(0xcc, 0x79, 0xa7),
    Colour(0xe6, 0x9f, 0x00),
    Colour(0x56, 0xb4, 0xe9),
    Colour::BLACK,
];

/// The look of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// Its lines.
    pub stroke: Stroke,
    dot: Dot,
    radius: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dot {
    Circle,
    Square,
    Diamond,
}

impl Style {
    /// The look of the `index`-th of `curves` curves; many are drawn finer.
    pub fn of(index: usize, curves: usize) -> Self {
        let (width, radius) = if curves <= 8 { (2.0, 4.0) } else { (1.25, 2.75) };
        Self {
            stroke: Stroke {
                colour: colour(index),
                width,
                dash: [None, Some((8.0, 3.0)), Some((3.0, 3.0))][index / 21 % 3],
            },
            dot: [Dot::Circle, Dot::Square, Dot::Diamond][index % 3],
            radius,
        }
    }

    /// Lines that show where it saturates.
    pub fn dashed(&self) -> Stroke {
        Stroke {
            width: 1.25,
            dash: Some((4.0, 4.0)),
            ..self.stroke
        }
    }

    /// A point of the curve.
    pub fn draw_dot(&self, picture: &mut Picture, at: At) {
        let r = self.radius;
        let fill = self.stroke.colour;
        match self.dot {
            Dot::Circle => picture.circle(at, r, fill),
            Dot::Square => picture.polygon(around(at, &[(-r, -r), (r, -r), (r, r), (-r, r)], 0.9), fill),
            Dot::Diamond => {
                picture.polygon(
                    around(at, &[(0.0, -r), (r, 0.0), (0.0, r), (-r, 0.0)], 1.35),
                    fill,
                );
            }
        }
    }

    /// A point of the curve with its verdict; a converged one is a dot.
    pub fn draw_verdict(&self, picture: &mut Picture, at: At, verdict: Verdict) {
        match verdict {
            Verdict::Converged => self.draw_dot(picture, at),
            other => draw_symbol(picture, at, self.radius + 1.5, other, self.stroke.colour),
        }
    }
}

/// A 95 % interval between two heights.
pub fn draw_interval(picture: &mut Picture, x: f64, low: f64, high: f64, colour: Colour) {
    const CAP: f64 = 4.0;
    let stroke = Stroke {
        colour,
        width: 1.25,
        dash: None,
    };
    picture.path(&[(x, low), (x, high)], stroke);
    for y in [low, high] {
        picture.path(&[(x - CAP, y), (x + CAP, y)], stroke);
    }
}

/// The symbol of a verdict other than converged: saturated a triangle, time limit an hourglass, deadlocked a
/// cross, stalled a bar, failed a plus.
pub fn draw_symbol(picture: &mut Picture, at: At, radius: f64, verdict: Verdict, colour: Colour) {
    let r = radius;
    let thick = Stroke {
        colour,
        width: 2.5,
        dash: None,
    };
    let mut line = |from: At, to: At| picture.path(&around(at, &[from, to], 1.0), thick);
    match verdict {
        Verdict::Converged => {}
        Verdict::Saturated => {
            picture.polygon(around(at, &[(0.0, -1.0), (1.0, 0.8), (-1.0, 0.8)], r), colour);
        }
        Verdict::TimeLimit => {
            picture.polygon(around(at, &[(-0.9, -1.0), (0.9, -1.0), (0.0, 0.0)], r), colour);
            picture.polygon(around(at, &[(-0.9, 1.0), (0.9, 1.0), (0.0, 0.0)], r), colour);
        }
        Verdict::Deadlocked => {
            line((-r, -r), (r, r));
            line((-r, r), (r, -r));
        }
        Verdict::Stalled => line((-r, 0.0), (r, 0.0)),
        Verdict::Failed => {
            line((-r, 0.0), (r, 0.0));
            line((0.0, -r), (0.0, r));
        }
    }
}

fn around(at: At, offsets: &[At], scale: f64) -> Vec<At> {
    offsets
        .iter()
        .map(|offset| (at.0 + offset.0 * scale, at.1 + offset.1 * scale))
        .collect()
}

/// The safe palette first, then hues a golden angle apart, in three lightnesses.
fn colour(index: usize) -> Colour {
    let Some(more) = index.checked_sub(OKABE_ITO.len()) else {
        return OKABE_ITO[index];
    };
    let hue = (more as f64 * 137.508) % 360.0;
    from_hsl(hue, 0.65, [0.38, 0.52, 0.64][more % 3])
}

/// Hue in degrees, saturation and lightness from 0 to 1.
fn from_hsl(hue: f64, saturation: f64, lightness: f64) -> Colour {
    let amplitude = saturation * lightness.min(1.0 - lightness);
    let channel = |n: f64| {
        let k = (n + hue / 30.0) % 12.0;
        let value = lightness - amplitude * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0);
        (value * 255.0).round() as u8
    };
    Colour(channel(0.0), channel(8.0), channel(4.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_curves_look_different() {
        let styles: Vec<_> = (0..100).map(|index| Style::of(index, 100)).collect();
        for (i, style) in styles.iter().enumerate() {
            assert!(!styles[i + 1..].contains(style), "curve {i} has a double");
        }
    }

    #[test]
    fn hsl_is_converted() {
        assert_eq!(from_hsl(0.0, 1.0, 0.5), Colour(255, 0, 0));
        assert_eq!(from_hsl(120.0, 1.0, 0.5), Colour(0, 255, 0));
        assert_eq!(from_hsl(240.0, 1.0, 0.25), Colour(0, 0, 128));
    }
}
