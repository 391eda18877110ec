//! How curves and verdicts look.

use crate::heat_scale::heat;
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

/// The looks of all curves of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Styles {
    /// Every curve has its own, told apart by colour, mark and dashes.
    Distinct {
        /// How many curves there are.
        curves: usize,
    },
    /// More curves than can be told apart: coloured by their order, from light to dark.
    Sequence {
        /// How many curves there are.
        curves: usize,
        /// Two that stand out.
        outstanding: [usize; 2],
    },
}

impl Styles {
    /// The look of a curve.
    pub fn of(self, index: usize) -> Style {
        match self {
            Self::Distinct { curves } => Style::distinct(index, curves),
            Self::Sequence { curves, outstanding } => {
                let rank = outstanding.iter().position(|&curve| curve == index);
                let colour = match rank {
                    // Hues that the sequence does not have.
                    Some(rank) => [OKABE_ITO[0], OKABE_ITO[2]][rank],
                    None => heat(index as f64 / (curves.max(2) - 1) as f64),
                };
                let stands_out = rank.is_some();
                Style {
                    stroke: Stroke {
                        colour,
                        width: if stands_out { 3.0 } else { 1.0 },
                        dash: None,
                    },
                    dot: if rank == Some(1) { Dot::Square } else { Dot::Circle },
                    radius: if stands_out { 4.5 } else { 1.75 },
                }
            }
        }
    }

    /// The curves, the later over the earlier.
    pub fn drawing_order(self) -> Vec<usize> {
        match self {
            Self::Distinct { curves } => (0..curves).collect(),
            Self::Sequence { curves, outstanding } => {
                let others = (0..curves).filter(|index| !outstanding.contains(index));
                others.chain(outstanding).collect()
            }
        }
    }
}

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
    Ring,
    OpenSquare,
    OpenDiamond,
}

const DOTS: [Dot; 6] = [
    Dot::Circle,
    Dot::Square,
    Dot::Diamond,
    Dot::Ring,
    Dot::OpenSquare,
    Dot::OpenDiamond,
];

/// Dashes of the lines; a whole line is the first.
const DASHES: [Option<(f64, f64)>; 4] = [None, Some((10.0, 3.0)), Some((5.0, 3.0)), Some((2.0, 2.5))];

impl Style {
    /// The look of the `index`-th of `curves` curves, which survives printing in grey for the first twelve; many are
    /// drawn finer.
    fn distinct(index: usize, curves: usize) -> Self {
        let (width, radius) = if curves <= 8 { (2.0, 4.0) } else { (1.25, 3.25) };
        Self {
            stroke: Stroke {
                colour: colour(index),
                width,
                dash: DASHES[index % DASHES.len()],
            },
            dot: DOTS[index % DOTS.len()],
            radius,
        }
    }

    /// Lines that show where it saturates: finely dotted, unlike any curve.
    pub fn dotted(&self) -> Stroke {
        Stroke {
            width: 1.5,
            dash: Some((1.5, 4.0)),
            ..self.stroke
        }
    }

    /// A point of the curve.
    pub fn draw_dot(&self, picture: &mut Picture, at: At) {
        let r = self.radius;
        let hole = r - 1.6;
        let fill = self.stroke.colour;
        let mut square = |r: f64, fill| {
            picture.polygon(around(at, &[(-r, -r), (r, -r), (r, r), (-r, r)], 0.9), fill);
        };
        match self.dot {
            Dot::Square => return square(r, fill),
            Dot::OpenSquare => {
                square(r, fill);
                return square(hole, Colour::WHITE);
            }
            _ => {}
        }
        let mut diamond = |r: f64, fill| {
            picture.polygon(
                around(at, &[(0.0, -r), (r, 0.0), (0.0, r), (-r, 0.0)], 1.35),
                fill,
            );
        };
        match self.dot {
            Dot::Diamond => return diamond(r, fill),
            Dot::OpenDiamond => {
                diamond(r, fill);
                return diamond(hole, Colour::WHITE);
            }
            _ => {}
        }
        picture.circle(at, r, fill);
        if self.dot == Dot::Ring {
            picture.circle(at, hole, Colour::WHITE);
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

/// The range of the seeds' values between two heights: a broad faint bar.
pub fn draw_spread(picture: &mut Picture, x: f64, low: f64, high: f64, colour: Colour) {
    picture.rectangle((x - 4.0, high - 1.0), (x + 4.0, low + 1.0), colour.faded(0.65));
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
pub fn colour(index: usize) -> Colour {
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
    fn curves_look_different() {
        let styles = Styles::Distinct { curves: 30 };
        let styles: Vec<_> = (0..30).map(|index| styles.of(index)).collect();
        for (i, style) in styles.iter().enumerate() {
            assert!(!styles[i + 1..].contains(style), "curve {i} has a double");
        }
    }

    #[test]
    fn a_dozen_curves_differ_in_grey() {
        let look = |index| {
            let style = Styles::Distinct { curves: 12 }.of(index);
            (style.dot, style.stroke.dash)
        };
        let looks: Vec<_> = (0..12).map(look).collect();
        for (i, look) in looks.iter().enumerate() {
            assert!(!looks[i + 1..].contains(look), "curve {i} has a double");
        }
    }

    #[test]
    fn a_sequence_gets_darker_and_two_stand_out() {
        let styles = Styles::Sequence {
            curves: 100,
            outstanding: [7, 3],
        };
        assert_eq!(styles.drawing_order()[98..], [7, 3]);
        assert_eq!(styles.of(0).stroke.colour, heat(0.0));
        assert_eq!(styles.of(99).stroke.colour, heat(1.0));
        assert!(styles.of(7).stroke.width > styles.of(8).stroke.width);
        assert_ne!(styles.of(7).dot, styles.of(3).dot);
    }

    #[test]
    fn hsl_is_converted() {
        assert_eq!(from_hsl(0.0, 1.0, 0.5), Colour(255, 0, 0));
        assert_eq!(from_hsl(120.0, 1.0, 0.5), Colour(0, 255, 0));
        assert_eq!(from_hsl(240.0, 1.0, 0.25), Colour(0, 0, 128));
    }
}
