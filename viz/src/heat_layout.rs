//! Lays a map of link utilisation out: each link a lane from its switch towards the next, its colour how busy it is.

use crate::grid::{Direction, PlanarGrid};
use crate::heat_key::{KEY_HEIGHT, draw_key};
use crate::heat_scale::heat;
use crate::picture::{Anchor, At, Colour, Picture, Stroke};
use crate::text::{fitted, width};
use crate::utilisation::{LinkHeat, Panel, UtilisationMap};

pub const MARGIN: f64 = 20.0;
/// Room for the key.
const NARROWEST: f64 = 880.0;
/// Room that panels are fitted into, if their cells can still be told apart.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 960.0;
/// Upper end of the panels, below the title.
const TOP: f64 = 66.0;
const TITLE_FONT: f64 = 18.0;
pub const FONT: f64 = 12.0;
/// Between two lines of text.
const LINE: f64 = 17.0;
/// Left of a grid, for numbers, and below it.
const NUMBERS: f64 = 34.0;
const BELOW: f64 = 40.0;
/// Between panels.
const GAP: f64 = 24.0;
/// Distance of two switches.
const NARROWEST_PITCH: f64 = 8.0;
const WIDEST_PITCH: f64 = 56.0;
/// Room for the words above a grid.
const NARROWEST_PANEL: f64 = 250.0;

/// A link that nothing crossed.
pub const UNUSED: Colour = Colour::grey(222);
const SWITCH: Colour = Colour::grey(185);

/// Half the side of a switch, the thickness of a lane and how far to the right of the way it lies, in pitches.
const HALF_SWITCH: f64 = 0.19;
const THICKNESS: f64 = 0.175;
const RIGHT: f64 = 0.1025;
/// The distance from a switch's middle to the end of its link around the edge.
const STUB: f64 = 0.72;

/// How the panels are arranged.
struct Arrangement {
    columns: usize,
    pitch: f64,
    /// Size of a panel, its words and numbers included.
    panel: (f64, f64),
    /// Height of the words above a grid.
    words: f64,
}

/// The picture of a map.
pub fn lay_out(map: &UtilisationMap) -> Picture {
    let arrangement = Arrangement::of(map);
    let Arrangement { columns, panel, .. } = arrangement;
    let rows = map.panels.len().div_ceil(columns);
    let width = columns as f64 * (panel.0 + GAP) - GAP + 2.0 * MARGIN;
    let width = width.max(NARROWEST).ceil();
    let bottom = TOP + rows as f64 * (panel.1 + GAP);
    let mut picture = Picture::new(width as u32, (bottom + KEY_HEIGHT).ceil() as u32);
    let room = width - 2.0 * MARGIN;
    let title = fitted(&map.title, TITLE_FONT, room);
    picture.write((MARGIN, 26.0), &title, TITLE_FONT, Colour::BLACK, Anchor::Left);
    let note = fitted(&map.note, FONT, room);
    picture.write((MARGIN, 49.0), &note, FONT, Colour::grey(90), Anchor::Left);
    for (index, panel) in map.panels.iter().enumerate() {
        let (column, row) = ((index % columns) as f64, (index / columns) as f64);
        let corner = (
            MARGIN + column * (arrangement.panel.0 + GAP),
            TOP + row * (arrangement.panel.1 + GAP),
        );
        arrangement.draw_panel(&mut picture, panel, map.scale_end, corner);
    }
    draw_key(&mut picture, map, (MARGIN, bottom));
    picture
}

impl Arrangement {
    /// The one with the largest cells.
    fn of(map: &UtilisationMap) -> Self {
        let longest = |d: usize| map.panels.iter().map(|panel| panel.grid.sides[d]).max();
        let sides = [0, 1].map(|d| f64::from(longest(d).unwrap_or(1)) + 2.0 * (STUB - 0.5));
        let named = map.panels.iter().any(|panel| !panel.curve.is_empty());
        let words = LINE * if named { 3.0 } else { 2.0 } + 4.0;
        let panels = map.panels.len();
        let pitch = |columns: usize| {
            let rows = panels.div_ceil(columns) as f64;
            let across = (WIDTH - 2.0 * MARGIN + GAP) / columns as f64 - GAP - NUMBERS;
            let down = HEIGHT / rows - GAP - BELOW - words;
            let fitting = (across / sides[0]).min(down / sides[1]);
            fitting.floor().clamp(NARROWEST_PITCH, WIDEST_PITCH)
        };
        // The last of equals: rather side by side.
        let columns = (1..=panels.max(1)).max_by(|&a, &b| pitch(a).total_cmp(&pitch(b)));
        let columns = columns.unwrap_or(1);
        let pitch = pitch(columns);
        Self {
            columns,
            pitch,
            panel: (
                (NUMBERS + sides[0] * pitch).max(NARROWEST_PANEL),
                words + sides[1] * pitch + BELOW,
            ),
            words,
        }
    }

    fn draw_panel(&self, picture: &mut Picture, panel: &Panel, scale_end: f64, corner: At) {
        let lines = [&panel.curve, &panel.point, &panel.hottest_in_words];
        let lines = lines.into_iter().filter(|line| !line.is_empty());
        for (number, line) in lines.enumerate() {
            let at = (corner.0, corner.1 + LINE * (number as f64 + 0.5));
            picture.write(
                at,
                &fitted(line, FONT, self.panel.0),
                FONT,
                Colour::BLACK,
                Anchor::Left,
            );
        }
        let Self { pitch, words, .. } = *self;
        let up = f64::from(panel.grid.sides[1]) - 1.0;
        let canvas = Canvas {
            grid: panel.grid,
            pitch,
            origin: (
                corner.0 + NUMBERS + STUB * pitch,
                corner.1 + words + (STUB + up) * pitch,
            ),
        };
        canvas.draw_switches(picture);
        for link in &panel.links {
            canvas.draw_link(picture, link, scale_end);
        }
        if let Some(hottest) = panel.hottest {
            canvas.draw_ring(picture, &panel.links[hottest]);
        }
        canvas.draw_numbers(picture);
    }
}

/// A grid's place in the picture.
struct Canvas {
    grid: PlanarGrid,
    pitch: f64,
    /// The middle of the switch at (0, 0); y goes up.
    origin: At,
}

impl Canvas {
    fn at(&self, place: [u32; 2]) -> At {
        let [x, y] = place.map(f64::from);
        (self.origin.0 + x * self.pitch, self.origin.1 - y * self.pitch)
    }

    fn draw_switches(&self, picture: &mut Picture) {
        let half = HALF_SWITCH * self.pitch;
        for y in 0..self.grid.sides[1] {
            for x in 0..self.grid.sides[0] {
                let (x, y) = self.at([x, y]);
                picture.rectangle((x - half, y - half), (x + half, y + half), SWITCH);
            }
        }
    }

    /// A link as a lane; one around the edge as two stubs, where it leaves and where it arrives.
    fn draw_link(&self, picture: &mut Picture, link: &LinkHeat, scale_end: f64) {
        let colour = colour(link.utilisation, scale_end);
        for (middle, from, to) in self.lanes(link) {
            draw_lane(picture, middle, link.direction, self.pitch, (from, to), colour);
        }
    }

    /// The pieces of a link: a switch's middle, and where from there the piece begins and ends in the link's
    /// direction, in pitches.
    fn lanes(&self, link: &LinkHeat) -> Vec<(At, f64, f64)> {
        let leaves = self.at(link.from);
        if !self.grid.goes_around(link.from, link.direction) {
            return vec![(leaves, HALF_SWITCH, 1.0 - HALF_SWITCH)];
        }
        let arrives = self
            .grid
            .neighbour(link.from, link.direction)
            .unwrap_or(link.from);
        vec![
            (leaves, HALF_SWITCH, STUB),
            (self.at(arrives), -STUB, -HALF_SWITCH),
        ]
    }

    /// A ring around a link that stays visible where cells are small.
    fn draw_ring(&self, picture: &mut Picture, link: &LinkHeat) {
        let (middle, from, to) = self.lanes(link)[0];
        let at = beside(
            middle,
            link.direction,
            (from + to) / 2.0 * self.pitch,
            RIGHT * self.pitch,
        );
        draw_ring(picture, at, (0.42 * self.pitch).max(7.0));
    }

    /// Coordinates along the left and the lower edge.
    fn draw_numbers(&self, picture: &mut Picture) {
        let [columns, rows] = self.grid.sides;
        let mut write = |at: At, text: &str, anchor| picture.write(at, text, FONT, Colour::BLACK, anchor);
        let (left, bottom) = (
            self.origin.0 - STUB * self.pitch - 6.0,
            self.origin.1 + STUB * self.pitch + 10.0,
        );
        let widest = width(&(columns - 1).to_string(), FONT) + 14.0;
        for x in (0..columns).step_by(stride(widest, self.pitch)) {
            write((self.at([x, 0]).0, bottom), &x.to_string(), Anchor::Middle);
        }
        let middle = (self.at([0, 0]).0 + self.at([columns - 1, 0]).0) / 2.0;
        write((middle, bottom + 16.0), "x", Anchor::Middle);
        if self.grid.dimensions == 1 {
            return;
        }
        for y in (0..rows).step_by(stride(16.0, self.pitch)) {
            write((left, self.at([0, y]).1), &y.to_string(), Anchor::Right);
        }
        let middle = (self.at([0, 0]).1 + self.at([0, rows - 1]).1) / 2.0;
        write((left - 20.0, middle), "y", Anchor::Right);
    }
}

/// Every how many switches a number fits: a power of two.
fn stride(room: f64, pitch: f64) -> usize {
    let mut stride = 1;
    while (stride as f64) * pitch < room {
        stride *= 2;
    }
    stride
}

/// The colour of a link.
pub fn colour(utilisation: f64, scale_end: f64) -> Colour {
    match utilisation {
        0.0 => UNUSED,
        share => heat(share / scale_end),
    }
}

/// The place `along` a direction from `at`, and that much to the `right` of it.
fn beside(at: At, direction: Direction, along: f64, right: f64) -> At {
    let (along, right) = if direction.forward {
        (along, right)
    } else {
        (-along, -right)
    };
    match direction.dimension {
        0 => (at.0 + along, at.1 + right),
        _ => (at.0 + right, at.1 - along),
    }
}

/// A lane that keeps to the right, with its head where it leads, `from` and `to` pitches along `direction`.
pub fn draw_lane(
    picture: &mut Picture,
    middle: At,
    direction: Direction,
    pitch: f64,
    (from, to): (f64, f64),
    colour: Colour,
) {
    let (inner, outer) = (RIGHT - THICKNESS / 2.0, RIGHT + THICKNESS / 2.0);
    let neck = to - 0.7 * THICKNESS;
    let corners = [
        (from, inner),
        (neck, inner),
        (to, RIGHT),
        (neck, outer),
        (from, outer),
    ];
    let corners = corners.map(|(along, right)| beside(middle, direction, along * pitch, right * pitch));
    picture.polygon(corners.to_vec(), colour);
}

/// A black ring, set off in white.
pub fn draw_ring(picture: &mut Picture, at: At, radius: f64) {
    const CORNERS: usize = 48;
    let ring: Vec<At> = (0..=CORNERS)
        .map(|corner| {
            let angle = corner as f64 / CORNERS as f64 * std::f64::consts::TAU;
            (at.0 + radius * angle.cos(), at.1 + radius * angle.sin())
        })
        .collect();
    for (colour, width) in [(Colour::WHITE, 4.0), (Colour::BLACK, 1.75)] {
        let stroke = Stroke {
            colour,
            width,
            dash: None,
        };
        picture.path(&ring, stroke);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Shape;

    /// A map of one grid, every link as busy as its number in hundredths.
    fn map(topology: &str, panels: usize) -> UtilisationMap {
        let grid = PlanarGrid::parse(topology).unwrap();
        let places = (0..).map_while(|switch| grid.place(switch));
        let directions =
            places.flat_map(|from| (0..4).filter_map(move |port| Some((from, Direction::of_port(port)?))));
        let links: Vec<LinkHeat> = directions
            .filter(|&(from, direction)| grid.neighbour(from, direction).is_some())
            .enumerate()
            .map(|(index, (from, direction))| LinkHeat {
                from,
                direction,
                utilisation: (index % 100) as f64 / 100.0,
            })
            .collect();
        let panel = Panel {
            curve: String::new(),
            point: "load 0.1".to_string(),
            is_saturated: false,
            hottest_in_words: String::new(),
            grid,
            hottest: Some(0),
            links,
        };
        UtilisationMap {
            title: "title".to_string(),
            note: String::new(),
            panels: vec![panel; panels],
            scale_end: 1.0,
        }
    }

    /// The lanes of a picture, without the two of its key.
    fn lanes(picture: &Picture) -> Vec<Vec<At>> {
        let polygon = |shape: &Shape| match shape {
            Shape::Polygon { corners, .. } => Some(corners.clone()),
            _ => None,
        };
        let mut lanes: Vec<_> = picture.shapes.iter().filter_map(polygon).collect();
        lanes.truncate(lanes.len() - 2);
        lanes
    }

    fn bounds(lane: &[At]) -> (f64, f64, f64, f64) {
        let fold =
            |value: fn(&At) -> f64, best: fn(f64, f64) -> f64| lane.iter().map(value).reduce(best).unwrap();
        (
            fold(|at| at.0, f64::min),
            fold(|at| at.0, f64::max),
            fold(|at| at.1, f64::min),
            fold(|at| at.1, f64::max),
        )
    }

    #[test]
    fn every_direction_of_every_link_has_a_lane_of_its_own() {
        for (topology, expected) in [
            ("Mesh(sides: [4, 3])", 2 * (3 * 3 + 4 * 2)),
            // Two stubs for a link around the edge.
            ("Torus(sides: [4, 3])", 2 * (12 + 12) + 2 * (3 + 4)),
            ("Torus(sides: [2, 2])", 16 + 8),
            ("Torus(sides: [5])", 10 + 2),
        ] {
            let lanes = lanes(&lay_out(&map(topology, 1)));
            assert_eq!(lanes.len(), expected, "{topology}");
            for (index, lane) in lanes.iter().enumerate() {
                let a = bounds(lane);
                for other in &lanes[index + 1..] {
                    let b = bounds(other);
                    let apart =
                        a.1 <= b.0 + 0.01 || b.1 <= a.0 + 0.01 || a.3 <= b.2 + 0.01 || b.3 <= a.2 + 0.01;
                    assert!(apart, "{topology}: {lane:?} over {other:?}");
                }
            }
        }
    }

    #[test]
    fn a_lane_leads_where_its_link_does() {
        // Of a mesh of two switches side by side, one after the other.
        let lanes = lanes(&lay_out(&map("Mesh(sides: [2])", 1)));
        let tip = |lane: &Vec<At>| lane[2];
        let (there, back) = (bounds(&lanes[0]), bounds(&lanes[1]));
        assert_eq!(tip(&lanes[0]).0, there.1, "+x points to the right");
        assert_eq!(tip(&lanes[1]).0, back.0, "-x points to the left");
        assert!(there.2 > back.3, "and keeps to its right");
        let upright = super::tests::lanes(&lay_out(&map("Mesh(sides: [1, 2])", 1)));
        assert_eq!(tip(&upright[0]).1, bounds(&upright[0]).2, "+y points up");
    }

    #[test]
    fn large_grids_and_many_panels_fit_and_stay_readable() {
        for (topology, panels) in [
            ("Torus(sides: [64, 64])", 1),
            ("Mesh(sides: [128, 3])", 2),
            ("Torus(sides: [3, 90])", 6),
        ] {
            let map = map(topology, panels);
            assert!(Arrangement::of(&map).pitch >= NARROWEST_PITCH);
            let picture = lay_out(&map);
            let (width, height) = (f64::from(picture.width), f64::from(picture.height));
            for lane in lanes(&picture) {
                let (left, right, top, bottom) = bounds(&lane);
                assert!(
                    left > 0.0 && right < width && top > TOP && bottom < height - KEY_HEIGHT,
                    "{topology}"
                );
            }
        }
    }

    #[test]
    fn numbers_are_thinned_by_powers_of_two() {
        assert_eq!(
            [60.0, 20.0, 10.0, 8.0].map(|pitch| stride(20.0, pitch)),
            [1, 1, 2, 4]
        );
    }

    #[test]
    fn an_unused_link_is_grey_and_the_hottest_dark() {
        assert_eq!(colour(0.0, 0.5), UNUSED);
        assert_eq!(colour(0.5, 0.5), heat(1.0));
        assert_ne!(colour(0.001, 0.5), UNUSED);
    }
}
