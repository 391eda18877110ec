//! Arrows over a fabric: the channels of a deadlock.

use crate::picture::{Anchor, At, Colour, Picture, Stroke};
use crate::text::width;

const RED: Colour = Colour(0xb5, 0x12, 0x2b);
const LABEL_FONT: f64 = 10.0;
/// Length and half the width of a head.
const HEAD: (f64, f64) = (9.0, 4.5);
const WIDTH: f64 = 2.5;
/// From the middle of a link to its arrow, so that arrows both ways are apart.
const ASIDE: f64 = 3.5;
/// From a link to the middle of the label.
const LABEL_DISTANCE: f64 = 15.0;
/// Arrows of more pixels have a head on their way, too.
const LONG: f64 = 200.0;
/// Radius of the switches that these sizes are for; between smaller ones arrows are smaller, to this share.
const RADIUS: f64 = 8.0;
const SMALLEST: f64 = 0.4;

/// An arrow along a link.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrow {
    /// Its way, from the middle of a switch to that of another; in the unit of the layout.
    pub points: Vec<At>,
    /// What is written beside it.
    pub label: String,
    /// It comes from no switch: its label stands at its beginning.
    pub is_from_outside: bool,
}

impl Arrow {
    /// Draws it between circles of `radius`; its label only where that has room. `at` leads from the unit of the layout
    /// to pixels.
    pub fn draw(&self, picture: &mut Picture, at: impl Fn(At) -> At, radius: f64) {
        let size = (radius / RADIUS).clamp(SMALLEST, 1.0);
        let points: Vec<At> = self.points.iter().map(|&point| at(point)).collect();
        let Some((from, to)) = longest_piece(&points) else {
            return;
        };
        if self.is_from_outside {
            draw_line(picture, &trimmed(&points, 0.0, radius), size);
            let (_, (dx, dy)) = direction(from, to);
            let start = (from.0 - dx * LABEL_DISTANCE / 2.0, from.1 - dy * LABEL_DISTANCE);
            if size == 1.0 {
                write(picture, start, &self.label, Anchor::Middle);
            }
            return;
        }
        draw_line(
            picture,
            &trimmed(&aside(&points, ASIDE * size), radius, radius),
            size,
        );
        self.label_link(picture, (from, to), radius);
    }

    /// Above a level link, nearer to the head, so that there is room for one of each way; to the right of the way beside
    /// others.
    fn label_link(&self, picture: &mut Picture, (from, to): (At, At), radius: f64) {
        let (length, (dx, dy)) = direction(from, to);
        let text = width(&self.label, LABEL_FONT);
        let is_level = dx.abs() > dy.abs();
        let needed = if is_level { text } else { LABEL_FONT + HEAD.0 };
        if length - 2.0 * radius < needed {
            return;
        }
        // Long pieces pass other switches, not one.
        let share = if is_level && length < LONG { 0.67 } else { 0.5 };
        let along = (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1));
        match is_level {
            true => write(
                picture,
                (along.0, along.1 - LABEL_DISTANCE),
                &self.label,
                Anchor::Middle,
            ),
            false => {
                let right = -dy.signum();
                let beside = (along.0 + right * (ASIDE + HEAD.1), along.1);
                let anchor = if right > 0.0 { Anchor::Left } else { Anchor::Right };
                let middle = (beside.0 + right * dx.abs() * LABEL_FONT, beside.1);
                write(picture, middle, &self.label, anchor);
            }
        }
    }
}

/// An arrow for the key.
pub fn draw_sample(picture: &mut Picture, from: At, to: At) {
    draw_line(picture, &[from, to], 1.0);
}

/// A label, on white.
fn write(picture: &mut Picture, at: At, label: &str, anchor: Anchor) {
    let text = width(label, LABEL_FONT);
    let left = match anchor {
        Anchor::Left => at.0,
        Anchor::Middle => at.0 - text / 2.0,
        Anchor::Right => at.0 - text,
    };
    let corner = (left - 1.0, at.1 - 0.55 * LABEL_FONT);
    let other = (left + text + 1.0, at.1 + 0.55 * LABEL_FONT);
    picture.rectangle(corner, other, Colour::WHITE);
    picture.write(at, label, LABEL_FONT, RED, anchor);
}

fn draw_line(picture: &mut Picture, points: &[At], size: f64) {
    let [.., before, tip] = *points else {
        return;
    };
    let stroke = Stroke {
        colour: RED,
        width: WIDTH * size.max(0.6),
        dash: None,
    };
    let (length, along) = direction(before, tip);
    let neck = (0.8 * HEAD.0 * size).min(length);
    let mut line = points.to_vec();
    if let Some(last) = line.last_mut() {
        *last = (tip.0 - along.0 * neck, tip.1 - along.1 * neck);
    }
    picture.path(&line, stroke);
    for &corner in &points[1..points.len() - 1] {
        picture.circle(corner, stroke.width / 2.0, RED);
    }
    draw_head(picture, tip, along, size);
    let all: f64 = points.windows(2).map(|pair| direction(pair[0], pair[1]).0).sum();
    if let Some((from, to)) = longest_piece(points).filter(|_| all > LONG) {
        // Not where the label is.
        let at = (from.0 + 0.3 * (to.0 - from.0), from.1 + 0.3 * (to.1 - from.1));
        draw_head(picture, at, direction(from, to).1, size);
    }
}

fn draw_head(picture: &mut Picture, tip: At, (dx, dy): At, size: f64) {
    let (length, half) = (HEAD.0 * size, HEAD.1 * size);
    let base = (tip.0 - dx * length, tip.1 - dy * length);
    let corners = [
        tip,
        (base.0 - dy * half, base.1 + dx * half),
        (base.0 + dy * half, base.1 - dx * half),
    ];
    picture.polygon(corners.to_vec(), RED);
}

/// Length, and direction of length 1.
fn direction(from: At, to: At) -> (f64, At) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    match length > 0.0 {
        true => (length, (dx / length, dy / length)),
        false => (0.0, (0.0, 0.0)),
    }
}

/// The first of the longest pieces of a line.
fn longest_piece(points: &[At]) -> Option<(At, At)> {
    let pieces = points.windows(2).map(|pair| (pair[0], pair[1]));
    pieces.reduce(|longest, piece| {
        let length = |piece: (At, At)| direction(piece.0, piece.1).0;
        if length(piece) > length(longest) + 1e-9 {
            piece
        } else {
            longest
        }
    })
}

/// The line moved to its right.
fn aside(points: &[At], far: f64) -> Vec<At> {
    let moved = |i: usize| {
        let before = i
            .checked_sub(1)
            .map(|before| direction(points[before], points[i]).1);
        let after = points.get(i + 1).map(|&after| direction(points[i], after).1);
        let (a, b) = (before.or(after), after.or(before));
        let ((ax, ay), (bx, by)) = (a.unwrap_or_default(), b.unwrap_or_default());
        // At a corner the line is as far from both sides.
        let share = far / (1.0 + ax * bx + ay * by).max(0.5);
        (points[i].0 - (ay + by) * share, points[i].1 + (ax + bx) * share)
    };
    (0..points.len()).map(moved).collect()
}

/// The line without what lies within a radius of each of its ends.
fn trimmed(points: &[At], start: f64, end: f64) -> Vec<At> {
    let mut points = points.to_vec();
    for radius in [start, end] {
        points.reverse();
        while let [.., before, last] = *points {
            let (length, (dx, dy)) = direction(before, last);
            if length > radius || points.len() == 2 {
                let back = radius.min(0.4 * length);
                points.pop();
                points.push((last.0 - dx * back, last.1 - dy * back));
                break;
            }
            points.pop();
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Shape;

    fn drawn(points: &[At], label: &str) -> Vec<Shape> {
        let mut picture = Picture::new(400, 400);
        let arrow = Arrow {
            points: points.to_vec(),
            label: label.to_owned(),
            is_from_outside: false,
        };
        arrow.draw(&mut picture, |at| at, 8.0);
        picture.shapes
    }

    fn heads(shapes: &[Shape]) -> Vec<At> {
        let tips = shapes.iter().filter_map(|shape| match shape {
            Shape::Polygon { corners, .. } => Some(corners[0]),
            _ => None,
        });
        tips.collect()
    }

    fn has_text(shapes: &[Shape]) -> bool {
        shapes.iter().any(|shape| matches!(shape, Shape::Text(_)))
    }

    #[test]
    fn an_arrow_ends_at_the_rim_of_its_switch_to_the_right_of_its_link() {
        let shapes = drawn(&[(10.0, 50.0), (82.0, 50.0)], "VC 0");
        assert_eq!(heads(&shapes), [(74.0, 50.0 + ASIDE)]);
        assert!(has_text(&shapes));
        let back = drawn(&[(82.0, 50.0), (10.0, 50.0)], "VC 0");
        assert_eq!(heads(&back), [(18.0, 50.0 - ASIDE)]);
    }

    #[test]
    fn a_label_without_room_is_left_out() {
        assert!(!has_text(&drawn(&[(10.0, 50.0), (35.0, 50.0)], "VC 0, 1, 2")));
    }

    #[test]
    fn a_long_way_around_shows_where_it_goes() {
        let around = [
            (300.0, 50.0),
            (330.0, 50.0),
            (330.0, 30.0),
            (20.0, 30.0),
            (20.0, 50.0),
            (50.0, 50.0),
        ];
        let heads = heads(&drawn(&around, "VC 0"));
        assert_eq!(heads.len(), 2);
        assert_eq!(heads[0], (42.0, 50.0 + ASIDE));
        assert!(heads[1].0 > 50.0 && heads[1].0 < 300.0);
    }

    #[test]
    fn arrows_of_no_length_are_no_trouble() {
        for points in [&[][..], &[(1.0, 1.0)], &[(1.0, 1.0), (1.0, 1.0)]] {
            drawn(points, "");
        }
    }
}
