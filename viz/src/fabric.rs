//! The picture of a fabric: switches, links, and what belongs together.

use crate::arrow::{Arrow, draw_sample};
use crate::heat_key::{draw_scale, scale_end};
use crate::heat_layout::{UNUSED, draw_ring};
use crate::heat_scale::heat;
use crate::picture::{Anchor, At, Colour, Picture, Stroke};
use crate::render::{self, RenderError};
use crate::style::colour;
use crate::text::{fitted, width};

const MARGIN: f64 = 24.0;
/// Room for title, note and key.
const NARROWEST: f64 = 640.0;
/// Room that the fabric is fitted into, if its switches can still be told apart.
const ROOM: f64 = 960.0;
/// Upper end of the fabric, below title and note.
const TOP: f64 = 74.0;
const TITLE_FONT: f64 = 18.0;
const FONT: f64 = 12.0;
const LINE: f64 = 20.0;
/// Distance of two neighbours.
const NARROWEST_PITCH: f64 = 9.0;
/// Larger pictures are made of nearer switches, however near that is.
const LARGEST: f64 = 2800.0;
const WIDEST_PITCH: f64 = 72.0;
/// Room around the fabric, in pitches.
const AROUND: f64 = 0.75;
/// Switches nearer to each other have no names.
const NAMED_PITCH: f64 = 34.0;

/// Rows of the key that the scale of utilisation takes.
const SCALE_ROWS: usize = 3;
/// From the middle of a link to that of a lane, in pitches.
const LANE: f64 = 0.03;

const SWITCH: Colour = Colour::grey(60);
/// Of links behind arrows.
const BACKGROUND: Colour = Colour::grey(190);
const UPLINK: Colour = Colour(0xd5, 0x5e, 0x00);

/// A fabric laid out; its unit is the distance of neighbours, x to the right, y down.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FabricPicture {
    /// What it is.
    pub title: String,
    /// A line below the title.
    pub note: String,
    /// The switches.
    pub switches: Vec<SwitchMark>,
    /// The links, the later over the earlier.
    pub lines: Vec<LinkLine>,
    /// What is behind switches that belong together.
    pub grounds: Vec<Ground>,
    /// Names of the kinds of links, by their numbers.
    pub kinds: Vec<String>,
    /// What is shown on the fabric. Where there are such, links are all grey and the key has no kinds.
    pub arrows: Vec<Arrow>,
    /// What an arrow means.
    pub arrow_key: String,
    /// How busy the links are, each direction by itself. Where it is told, links are drawn so, and the key has no kinds.
    pub lanes: Vec<Lane>,
}

/// A switch.
#[derive(Clone, Debug, PartialEq)]
pub struct SwitchMark {
    /// Its middle.
    pub at: (f64, f64),
    /// Its name, as short as can be.
    pub name: String,
    /// Whether links lead out of the fabric from it.
    pub has_uplink: bool,
}

/// A line of a link.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkLine {
    /// The number of its kind, from 0.
    pub kind: usize,
    /// Its points, from its first end to the second.
    pub points: Vec<(f64, f64)>,
    /// Switch and number of the port at either end.
    pub ends: [(u32, u32); 2],
}

/// One direction of a link.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// Its points in the direction of the flits, in the middle of the link.
    pub points: Vec<(f64, f64)>,
    /// Share of the flits that it could have carried.
    pub utilisation: f64,
}

/// A ground behind switches.
#[derive(Clone, Debug, PartialEq)]
pub struct Ground {
    /// Grounds of one number look alike.
    pub number: usize,
    /// Its name, and where that stands: beside a circle, or in the middle of it.
    pub name: Option<(String, (f64, f64))>,
    /// Rectangles between two corners each.
    pub rectangles: Vec<[(f64, f64); 2]>,
    /// Circles, with their radius.
    pub circles: Vec<((f64, f64), f64)>,
}

impl FabricPicture {
    /// The picture as an SVG document.
    ///
    /// # Errors
    /// As [`crate::Chart::svg`].
    pub fn svg(&self) -> Result<String, RenderError> {
        render::svg(&self.lay_out())
    }

    /// The picture as a PNG file.
    ///
    /// # Errors
    /// As [`crate::Chart::png`].
    pub fn png(&self) -> Result<Vec<u8>, RenderError> {
        render::png(&self.lay_out())
    }

    fn lay_out(&self) -> Picture {
        let frame = Frame::of(self);
        let (right, bottom) = frame.corner();
        let width = (right + MARGIN).max(NARROWEST).ceil();
        let rows = self.key_rows();
        let height = bottom + 16.0 + LINE * rows as f64 + MARGIN;
        let mut picture = Picture::new(width as u32, height.ceil() as u32);
        let room = width - 2.0 * MARGIN;
        let title = fitted(&self.title, TITLE_FONT, room);
        picture.write((MARGIN, 26.0), &title, TITLE_FONT, Colour::BLACK, Anchor::Left);
        let note = fitted(&self.note, FONT, room);
        picture.write((MARGIN, 49.0), &note, FONT, Colour::grey(90), Anchor::Left);
        for ground in &self.grounds {
            frame.draw_ground(&mut picture, ground);
        }
        match self.lanes.is_empty() {
            true => self.draw_lines(&mut picture, &frame),
            false => self.draw_lanes(&mut picture, &frame),
        }
        for switch in &self.switches {
            frame.draw_switch(&mut picture, switch);
        }
        for arrow in &self.arrows {
            arrow.draw(&mut picture, |point| frame.at(point), frame.radius());
        }
        self.draw_key(&mut picture, (MARGIN, bottom + 16.0));
        picture
    }

    fn draw_lines(&self, picture: &mut Picture, frame: &Frame) {
        for line in &self.lines {
            let colour = match self.arrows.is_empty() {
                true => colour(line.kind),
                false => BACKGROUND,
            };
            frame.draw_line(picture, line, colour);
        }
    }

    /// The busier over the less busy, and a ring around the middle of the busiest.
    fn draw_lanes(&self, picture: &mut Picture, frame: &Frame) {
        let mut lanes: Vec<&Lane> = self.lanes.iter().collect();
        lanes.sort_by(|a, b| a.utilisation.total_cmp(&b.utilisation));
        let end = self.scale_end();
        for lane in &lanes {
            let colour = match lane.utilisation {
                0.0 => UNUSED,
                utilisation => heat(utilisation / end),
            };
            frame.draw_lane(picture, lane, colour);
        }
        if let Some(hottest) = lanes.last().filter(|lane| lane.utilisation > 0.0) {
            draw_ring(picture, frame.at(middle(&hottest.points)), 7.0);
        }
    }

    fn scale_end(&self) -> f64 {
        scale_end(self.lanes.iter().map(|lane| lane.utilisation))
    }

    fn has_uplinks(&self) -> bool {
        self.switches.iter().any(|switch| switch.has_uplink)
    }

    fn key_rows(&self) -> usize {
        let arrows = usize::from(!self.arrows.is_empty());
        let scale = if self.lanes.is_empty() { 0 } else { SCALE_ROWS };
        self.kinds_in_key().len() + arrows + scale + usize::from(self.has_uplinks())
    }

    fn kinds_in_key(&self) -> &[String] {
        match self.arrows.is_empty() && self.lanes.is_empty() {
            true => &self.kinds,
            false => &[],
        }
    }

    fn draw_key(&self, picture: &mut Picture, corner: At) {
        let mut y = corner.1 + LINE / 2.0;
        if !self.lanes.is_empty() {
            draw_scale(picture, self.scale_end(), (corner.0, y + LINE));
            let right = corner.0 + 340.0;
            draw_ring(picture, (right, y), 7.0);
            picture.write(
                (right + 16.0, y),
                "the hottest link",
                FONT,
                Colour::BLACK,
                Anchor::Left,
            );
            let lanes = "two lanes a link, keeping right; grey: unused";
            picture.write((right - 7.0, y + LINE), lanes, FONT, Colour::BLACK, Anchor::Left);
            y += LINE * SCALE_ROWS as f64;
        }
        let mut row = |picture: &mut Picture, name: &str| {
            picture.write((corner.0 + 40.0, y), name, FONT, Colour::BLACK, Anchor::Left);
            y += LINE;
            y - LINE
        };
        if !self.arrows.is_empty() {
            let y = row(picture, &self.arrow_key);
            draw_sample(picture, (corner.0, y), (corner.0 + 30.0, y));
        }
        for (kind, name) in self.kinds_in_key().iter().enumerate() {
            let y = row(picture, name);
            picture.path(&[(corner.0, y), (corner.0 + 30.0, y)], stroke(colour(kind), 2.5));
        }
        if self.has_uplinks() {
            let y = row(picture, "a switch with a link out of the fabric");
            picture.circle((corner.0 + 15.0, y), 6.0, UPLINK);
        }
    }
}

fn stroke(colour: Colour, width: f64) -> Stroke {
    Stroke {
        colour,
        width,
        dash: None,
    }
}

/// From the unit of the layout to that of the picture.
struct Frame {
    pitch: f64,
    /// The least x and y, with room around.
    origin: At,
    /// Size of the fabric, in pitches.
    size: (f64, f64),
}

impl Frame {
    fn of(picture: &FabricPicture) -> Self {
        let lines = picture.lines.iter().flat_map(|line| line.points.iter().copied());
        let names = picture
            .grounds
            .iter()
            .filter_map(|ground| Some(ground.name.as_ref()?.1));
        // Room for what is written to either side.
        let names = names.flat_map(|(x, y)| [(x - 1.0, y), (x + 1.0, y)]);
        let circles = picture.grounds.iter().flat_map(|ground| &ground.circles);
        let rims = circles.flat_map(|&((x, y), r)| [(x - r, y - r), (x + r, y + r)]);
        let switches = picture.switches.iter().map(|switch| switch.at);
        let arrows = picture
            .arrows
            .iter()
            .flat_map(|arrow| arrow.points.iter().copied());
        let points: Vec<At> = switches
            .chain(lines)
            .chain(arrows)
            .chain(names)
            .chain(rims)
            .collect();
        let least = |of: fn(&At) -> f64| points.iter().map(of).fold(f64::INFINITY, f64::min);
        let most = |of: fn(&At) -> f64| points.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
        let (left, top) = (least(|at| at.0), least(|at| at.1));
        let (right, bottom) = (most(|at| at.0), most(|at| at.1));
        let size = match points.is_empty() {
            true => (1.0, 1.0),
            false => (right - left + 2.0 * AROUND, bottom - top + 2.0 * AROUND),
        };
        let longest = size.0.max(size.1);
        let pitch = (ROOM / longest)
            .clamp(NARROWEST_PITCH, WIDEST_PITCH)
            .min(LARGEST / longest);
        let origin = if points.is_empty() {
            (0.0, 0.0)
        } else {
            (left - AROUND, top - AROUND)
        };
        Self { pitch, origin, size }
    }

    fn at(&self, (x, y): At) -> At {
        let (left, top) = self.origin;
        (MARGIN + (x - left) * self.pitch, TOP + (y - top) * self.pitch)
    }

    /// Lower right.
    fn corner(&self) -> At {
        (MARGIN + self.size.0 * self.pitch, TOP + self.size.1 * self.pitch)
    }

    fn radius(&self) -> f64 {
        (0.16 * self.pitch).clamp(2.0, 8.0)
    }

    fn draw_ground(&self, picture: &mut Picture, ground: &Ground) {
        let fill = colour(ground.number).faded(0.82);
        for &[from, to] in &ground.rectangles {
            picture.rectangle(self.at(from), self.at(to), fill);
        }
        for &(centre, radius) in &ground.circles {
            picture.circle(self.at(centre), radius * self.pitch, Colour::grey(238));
        }
        if let Some((name, at)) = &ground.name
            && self.pitch >= NARROWEST_PITCH * 1.2
        {
            let beside = ground.circles.first().map_or(0.0, |&((x, _), _)| at.0 - x);
            let anchor = match beside {
                0.3.. => Anchor::Left,
                ..-0.3 => Anchor::Right,
                _ => Anchor::Middle,
            };
            picture.write(self.at(*at), name, FONT - 1.0, Colour::grey(90), anchor);
        }
    }

    fn draw_line(&self, picture: &mut Picture, line: &LinkLine, colour: Colour) {
        let points: Vec<At> = line.points.iter().map(|&point| self.at(point)).collect();
        let width = (0.035 * self.pitch).clamp(0.75, 2.0);
        picture.path(&points, stroke(colour, width));
    }

    /// To the right of the middle of its link.
    fn draw_lane(&self, picture: &mut Picture, lane: &Lane, colour: Colour) {
        let width = (1.8 * LANE * self.pitch).clamp(0.75, 6.0);
        let points: Vec<At> = lane.points.iter().map(|&point| self.at(point)).collect();
        for pair in points.windows(2) {
            let (along, across) = (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1);
            let length = along.hypot(across).max(f64::MIN_POSITIVE);
            let aside = LANE * self.pitch / length;
            let (x, y) = (-across * aside, along * aside);
            let beside: Vec<At> = pair.iter().map(|at| (at.0 + x, at.1 + y)).collect();
            picture.path(&beside, stroke(colour, width));
        }
    }

    fn draw_switch(&self, picture: &mut Picture, switch: &SwitchMark) {
        const NAME_FONT: f64 = 10.0;
        let (at, radius) = (self.at(switch.at), self.radius());
        picture.circle(at, radius, if switch.has_uplink { UPLINK } else { SWITCH });
        let fits = width(&switch.name, NAME_FONT) < 0.92 * self.pitch;
        if self.pitch >= NAMED_PITCH && fits {
            let below = (at.0 + radius + 1.0, at.1 + radius + 5.0);
            picture.write(below, &switch.name, NAME_FONT, Colour::grey(60), Anchor::Left);
        }
    }
}

/// The middle of the middle piece of a line.
fn middle(points: &[At]) -> At {
    let second = points.len() / 2;
    let [a, b] = [second.saturating_sub(1), second].map(|i| points.get(i).copied().unwrap_or_default());
    ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Shape;

    fn picture() -> FabricPicture {
        FabricPicture {
            title: "two switches".to_owned(),
            switches: [0.0, 1.0]
                .map(|x| SwitchMark {
                    at: (x, 0.0),
                    name: format!("s{x}"),
                    has_uplink: x > 0.0,
                })
                .to_vec(),
            lines: vec![LinkLine {
                kind: 0,
                points: vec![(0.0, 0.0), (1.0, 0.0)],
                ends: [(0, 0), (1, 0)],
            }],
            kinds: vec!["1 along x".to_owned()],
            ..FabricPicture::default()
        }
    }

    #[test]
    fn switches_and_links_are_in_their_places() {
        let shapes = picture().lay_out().shapes;
        let circles: Vec<At> = shapes
            .iter()
            .filter_map(|shape| match shape {
                Shape::Circle { centre, .. } => Some(*centre),
                _ => None,
            })
            .collect();
        assert_eq!(circles.len(), 3, "two switches, and one in the key");
        assert_eq!(circles[1].0 - circles[0].0, WIDEST_PITCH);
        let svg = picture().svg().unwrap();
        assert!(
            svg.contains("two switches") && svg.contains("1 along x") && svg.contains("out of the fabric")
        );
    }

    #[test]
    fn arrows_stand_out_from_the_links() {
        let drawing = FabricPicture {
            arrows: vec![Arrow {
                points: vec![(0.0, 0.0), (1.0, 0.0)],
                label: "VC 1".to_owned(),
                is_from_outside: false,
            }],
            arrow_key: "a full channel".to_owned(),
            ..picture()
        };
        let svg = drawing.svg().unwrap();
        assert!(svg.contains("VC 1") && svg.contains("a full channel"));
        assert!(!svg.contains("1 along x"), "links are all grey");
        let is_link = |shape: &Shape| matches!(shape, Shape::Line { colour, .. } if *colour == BACKGROUND);
        assert_eq!(
            drawing
                .lay_out()
                .shapes
                .iter()
                .filter(|shape| is_link(shape))
                .count(),
            1
        );
    }

    /// The lane to the right lies below, and the busier has the ring.
    #[test]
    fn lanes_keep_right_and_the_hottest_is_marked() {
        let lane = |points: [At; 2], utilisation| Lane {
            points: points.to_vec(),
            utilisation,
        };
        let drawing = FabricPicture {
            lanes: vec![
                lane([(0.0, 0.0), (1.0, 0.0)], 0.0),
                lane([(1.0, 0.0), (0.0, 0.0)], 0.4),
            ],
            ..picture()
        };
        let shapes = drawing.lay_out().shapes;
        let y_of = |wanted: Colour| {
            shapes.iter().find_map(|shape| match shape {
                Shape::Line { from, colour, .. } if *colour == wanted => Some(from.1),
                _ => None,
            })
        };
        let (unused, busy) = (y_of(UNUSED).unwrap(), y_of(heat(0.4 / 0.5)).unwrap());
        assert!(unused > busy, "y goes down: {unused} {busy}");
        let svg = drawing.svg().unwrap();
        assert!(svg.contains("the hottest link") && svg.contains("50 %") && !svg.contains("1 along x"));
    }

    #[test]
    fn nothing_is_a_picture_too() {
        assert!(FabricPicture::default().svg().unwrap().starts_with("<svg"));
    }
}
