//! What a map of link utilisation means: its colours, its lanes, its ring.

use crate::grid::Direction;
use crate::heat_layout::{FONT, UNUSED, draw_lane, draw_ring};
use crate::heat_scale::heat;
use crate::picture::{Anchor, At, Colour, Picture};
use crate::utilisation::UtilisationMap;
use crate::words::percent;

/// Room for the key.
pub const KEY_HEIGHT: f64 = 84.0;
const BAR: (f64, f64) = (280.0, 14.0);
/// Pieces of the bar, each of one colour.
const PIECES: usize = 70;

/// Draws the key with its upper left corner at `corner`.
pub fn draw_key(picture: &mut Picture, map: &UtilisationMap, corner: At) {
    draw_scale(picture, map.scale_end, (corner.0, corner.1 + 24.0));
    let wraps = map.panels.iter().any(|panel| panel.grid.wrap.contains(&true));
    let mut links = map.panels.iter().flat_map(|panel| &panel.links);
    let unused = links.any(|link| link.utilisation == 0.0);
    draw_symbols(picture, wraps, unused, (corner.0 + BAR.0 + 60.0, corner.1 + 10.0));
}

/// Where the colour scale may end.
const SCALE_ENDS: [f64; 4] = [0.1, 0.2, 0.5, 1.0];

/// Where it ends for these links.
pub fn scale_end(utilisation: impl Iterator<Item = f64>) -> f64 {
    let hottest = utilisation.fold(0.0, f64::max);
    SCALE_ENDS.into_iter().find(|&end| hottest <= end).unwrap_or(1.0)
}

/// Draws what the colours mean, the bar with its upper left corner at `corner` and a line above it.
pub fn draw_scale(picture: &mut Picture, end: f64, corner: At) {
    let (x, y) = corner;
    let label = "Link utilisation: share of the flits that it could carry";
    picture.write((x, y - 14.0), label, FONT, Colour::BLACK, Anchor::Left);
    let piece = BAR.0 / PIECES as f64;
    for index in 0..PIECES {
        let left = x + index as f64 * piece;
        let colour = heat((index as f64 + 0.5) / PIECES as f64);
        picture.rectangle((left, y), (left + piece, y + BAR.1), colour);
    }
    for tick in 0..=5 {
        let share = f64::from(tick) / 5.0;
        let at = (x + share * BAR.0, y + BAR.1 + 12.0);
        let anchor = if tick == 0 { Anchor::Left } else { Anchor::Middle };
        picture.write(at, &percent(share * end), FONT, Colour::BLACK, anchor);
    }
}

fn draw_symbols(picture: &mut Picture, wraps: bool, unused: bool, corner: At) {
    const PITCH: f64 = 44.0;
    let mut row = |number: f64, text: &str| {
        let at = (corner.0, corner.1 + 20.0 * number);
        picture.write((at.0 + 56.0, at.1), text, FONT, Colour::BLACK, Anchor::Left);
        at
    };
    let lanes = row(
        0.0,
        match wraps {
            true => "two lanes a link, keeping right; over the edge they wrap around",
            false => "two lanes a link, keeping right",
        },
    );
    let ring = row(1.0, "the hottest link");
    let unused = unused.then(|| row(2.0, "an unused link"));
    for (forward, middle) in [(true, lanes.0 + 8.0), (false, lanes.0 + 36.0)] {
        let direction = Direction {
            dimension: 0,
            forward,
        };
        draw_lane(
            picture,
            (middle, lanes.1),
            direction,
            PITCH,
            (0.0, 0.6),
            heat(0.5),
        );
    }
    draw_ring(picture, (ring.0 + 22.0, ring.1), 7.0);
    if let Some((x, y)) = unused {
        picture.rectangle((x + 4.0, y - 6.0), (x + 40.0, y + 6.0), UNUSED);
    }
}
