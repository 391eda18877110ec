//! Lays a distribution of latency out: the body above, the tail below it, over one axis of latency.

use crate::frame::{Frame, room_for_y};
use crate::latency_cdf::{CdfCurve, LatencyCdf};
use crate::legend::Legend;
use crate::picture::{Anchor, At, Colour, Picture};
use crate::style::Style;
use crate::text::fitted;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 760.0;
const MARGIN: f64 = 20.0;
const TOP: f64 = 66.0;
/// Height of a frame, and the distance of the two.
const FRAME: f64 = 292.0;
const GAP: f64 = 44.0;
const TITLE_FONT: f64 = 18.0;
const FONT: f64 = 12.0;
const LEGEND_GAP: f64 = 26.0;

/// The picture of a distribution.
pub fn lay_out(cdf: &LatencyCdf) -> Picture {
    let mut picture = Picture::new(WIDTH as u32, HEIGHT as u32);
    let legend = Legend::of_names(cdf.curves.iter().map(|curve| &*curve.label));
    let left = MARGIN + room_for_y(&cdf.at_most).max(room_for_y(&cdf.slower));
    let body = Frame {
        x: &cdf.latency,
        y: &cdf.at_most,
        left,
        right: WIDTH - MARGIN - legend.width() - LEGEND_GAP,
        top: TOP,
        bottom: TOP + FRAME,
        upper: TOP,
        has_values: true,
    };
    let tail = Frame {
        y: &cdf.slower,
        top: body.bottom + GAP,
        bottom: body.bottom + GAP + FRAME,
        upper: body.bottom + GAP,
        ..body
    };
    let room = WIDTH - MARGIN - left;
    let title = fitted(&cdf.title, TITLE_FONT, room);
    picture.write((left, 26.0), &title, TITLE_FONT, Colour::BLACK, Anchor::Left);
    let note = format!(
        "packet latency, marked at 50, 90, 99 and 99.9 % of the packets{}",
        cdf.note
    );
    let note = fitted(&note, FONT, room);
    picture.write((left, 49.0), &note, FONT, Colour::grey(90), Anchor::Left);
    for frame in [&body, &tail] {
        frame.draw(&mut picture);
        frame.label_y(&mut picture, MARGIN);
    }
    tail.label_x(&mut picture);
    let styles = legend.styles();
    for (index, curve) in cdf.curves.iter().enumerate() {
        draw_body(&mut picture, &body, curve, styles.of(index));
        draw_tail(&mut picture, &tail, curve, styles.of(index));
    }
    legend.draw(&mut picture, (body.right + LEGEND_GAP, TOP));
    picture
}

/// The share of packets at most as slow: a staircase from nothing to all.
fn draw_body(picture: &mut Picture, frame: &Frame, curve: &CdfCurve, style: Style) {
    let shares = curve
        .steps
        .iter()
        .map(|&(latency, share)| (latency, 100.0 * share));
    picture.path(&staircase(frame, 0.0, shares), style.stroke);
    for mark in curve.body_marks() {
        style.draw_dot(picture, frame.at(mark));
    }
}

/// The share of slower packets: a staircase from all down to where the slowest packet is.
fn draw_tail(picture: &mut Picture, frame: &Frame, curve: &CdfCurve, style: Style) {
    let shares = curve
        .steps
        .iter()
        .map(|&(latency, share)| (latency, 100.0 * (1.0 - share)));
    picture.path(&staircase(frame, 100.0, shares), style.stroke);
    for mark in curve.tail_marks() {
        style.draw_dot(picture, frame.at(mark));
    }
}

/// Corners of a staircase that stays at `before` up to the first step.
fn staircase(frame: &Frame, before: f64, steps: impl Iterator<Item = (f64, f64)>) -> Vec<At> {
    let mut level = before;
    let mut corners = Vec::new();
    for (latency, next) in steps {
        corners.extend([frame.at((latency, level)), frame.at((latency, next))]);
        level = next;
    }
    corners
}
