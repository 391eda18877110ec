//! Arrows over a fabric: the channels of a deadlock.

use crate::picture::{Anchor, At, Colour, Picture, Stroke};
use crate::text::width;

const RED: Colour = Colour(0xb5, 0x12, 0x2b);
const LABEL_FONT: f64 = 10.0;
/// Length and half the width of a head.
const HEAD: (f64, f64) = (9.0, 4.5);
/// From the middle of a link to its arrow, so that arrows both ways are apart.
const ASIDE: f64 = 3.5;
/// From an arrow to the middle of its label.
const LABEL_DISTANCE: f64 = 9.0;
/// Arrows of more pixels have a head in the middle, too.
const LONG: f64 = 200.0;

/// An arrow along a link.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrow {
    /// Its way, from the middle of a switch to that of another; in the unit of the layout.
    pub points: Vec<At>,
    /// What is written beside it.
    pub label: String,
}

/// A place for an arrow beside a text.
pub fn draw_sample(picture: &mut Picture, from: At, to: At) {
    draw_line(picture, &[from, to]);
}

/// Draws an arrow along `points`, in pixels, between circles of `radius` around its ends; its label only where it has room.
pub fn draw(picture: &mut Picture, points: &[At], label: &str, radius: f64) {
    let points = trimmed(&aside(points), radius);
    draw_line(picture, &points);
    let Some((from, to)) = longest_piece(&points) else {
        return;
    };
    let (length, (dx, dy)) = direction(from, to);
    let text = width(label, LABEL_FONT);
    let is_level = dx.abs() >= dy.abs();
    let room = if is_level { length } else { length - HEAD.0 };
    if room < (if is_level { text } else { LABEL_FONT }) {
        return;
    }
    // On the left, where no arrow of the other way is.
    let middle = (from.0 + to.0) / 2.0 + dy * LABEL_DISTANCE;
    let at = (middle, (from.1 + to.1) / 2.0 - dx * LABEL_DISTANCE);
    let (left, anchor) = match (is_level, dy > 0.0) {
        (true, _) => (at.0 - text / 2.0, Anchor::Middle),
        (false, true) => (at.0 - LABEL_DISTANCE / 2.0, Anchor::Left),
        (false, false) => (at.0 + LABEL_DISTANCE / 2.0 - text, Anchor::Right),
    };
    let corner = (left - 1.0, at.1 - 0.6 * LABEL_FONT);
    let other = (left + text + 1.0, at.1 + 0.6 * LABEL_FONT);
    picture.rectangle(corner, other, Colour::WHITE);
    let at = match anchor {
        Anchor::Left => (left, at.1),
        Anchor::Middle => at,
        Anchor::Right => (left + text, at.1),
    };
    picture.write(at, label, LABEL_FONT, RED, anchor);
}

fn draw_line(picture: &mut Picture, points: &[At]) {
    let stroke = Stroke {
        colour: RED,
        width: 2.5,
        dash: None,
    };
    let [.., before, tip] = *points else {
        return;
    };
    let (length, (dx, dy)) = direction(before, tip);
    let neck = HEAD.0.min(length) * 0.8;
    let mut line = points.to_vec();
    if let Some(last) = line.last_mut() {
        *last = (tip.0 - dx * neck, tip.1 - dy * neck);
    }
    picture.path(&line, stroke);
    draw_head(picture, tip, (dx, dy));
    let all: f64 = points.windows(2).map(|pair| direction(pair[0], pair[1]).0).sum();
    if let Some((from, to)) = longest_piece(points).filter(|_| all > LONG) {
        let (_, along) = direction(from, to);
        // In front of the label.
        let at = (from.0 + 0.3 * (to.0 - from.0), from.1 + 0.3 * (to.1 - from.1));
        draw_head(picture, at, along);
    }
}

fn draw_head(picture: &mut Picture, tip: At, (dx, dy): At) {
    let (length, half) = HEAD;
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
fn aside(points: &[At]) -> Vec<At> {
    let moved = |i: usize| {
        let before = i
            .checked_sub(1)
            .map(|before| direction(points[before], points[i]).1);
        let after = points.get(i + 1).map(|&after| direction(points[i], after).1);
        let (a, b) = (before.or(after), after.or(before));
        let ((ax, ay), (bx, by)) = (a.unwrap_or_default(), b.unwrap_or_default());
        // At a corner the line is as far from both sides.
        let share = ASIDE / (1.0 + ax * bx + ay * by).max(0.5);
        (points[i].0 - (ay + by) * share, points[i].1 + (ax + bx) * share)
    };
    (0..points.len()).map(moved).collect()
}

/// The line without what lies within `radius` of its ends.
fn trimmed(points: &[At], radius: f64) -> Vec<At> {
    let mut points = points.to_vec();
    for _ in 0..2 {
        points.reverse();
        while let [.., before, last] = *points {
            let (length, (dx, dy)) = direction(before, last);
            if length > radius || points.len() == 2 {
                let back = radius.min(0.4 * length);
                let end = points.len() - 1;
                points[end] = (last.0 - dx * back, last.1 - dy * back);
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
        draw(&mut picture, points, label, 8.0);
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
    }

    #[test]
    fn arrows_of_no_length_are_no_trouble() {
        for points in [&[][..], &[(1.0, 1.0)], &[(1.0, 1.0), (1.0, 1.0)]] {
            drawn(points, "");
        }
    }
}
