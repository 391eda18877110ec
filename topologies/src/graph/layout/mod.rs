//! Where switches and links are drawn: a torus as a grid, a tree in levels, a dragonfly in groups, cards in their chassis,
//! all else on a circle.
//!
//! The unit is the distance of neighbours; x to the right, y down. It follows from the [`Location`] of each switch, so
//! that a fabric from a file is drawn as its family would be.

mod cards;
mod circle;
mod grid;
mod groups;
mod levels;
mod wires;

use thiserror::Error;

use super::fabric_graph::{CableKind, FabricGraph};
use super::location::Location;
use wires::Bends;

/// A place in a drawing.
pub type At = (f64, f64);

/// Drawings of more can't be told apart.
const MOST_SWITCHES: u32 = 5_000;
const MOST_LINKS: usize = 25_000;

/// Locations with larger numbers, which only files have, say nothing of where to draw.
const LARGEST_NUMBER: u32 = 10_000;

/// A fabric laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// The middle of each switch.
    pub switches: Vec<At>,
    /// The lines of each link.
    pub wires: Vec<Wire>,
    /// What is behind switches that belong together, the farthest first.
    pub areas: Vec<Area>,
}

/// A link drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Wire {
    /// What it spans.
    pub kind: CableKind,
    /// Lines: one, or two stubs of a link that goes around.
    pub lines: Vec<Vec<At>>,
}

/// Switches that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// Areas of one number are alike: those of a chassis, or of a group.
    pub number: u32,
    /// Its name, and where that stands.
    pub name: Option<(String, At)>,
    /// What is covered.
    pub shape: Shape,
}

/// The shape of an area.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Rectangles between two corners each.
    Rectangles(Vec<[At; 2]>),
    /// A circle.
    Round {
        /// Its middle.
        centre: At,
        /// Its radius.
        radius: f64,
    },
}

/// Why a fabric is not drawn.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error(
    "not drawn: {switches} switches and {links} links can't be told apart; at most {MOST_SWITCHES} and {MOST_LINKS}"
)]
pub struct TooMany {
    /// Its switches.
    pub switches: u32,
    /// Its links.
    pub links: usize,
}

/// Switches and areas of a layout, and how its links bend.
struct Plan {
    switches: Vec<At>,
    areas: Vec<Area>,
    bends: Bends,
}

impl FabricGraph {
    /// Lays it out.
    ///
    /// # Errors
    /// Where a drawing would show nothing.
    pub fn layout(&self) -> Result<Layout, TooMany> {
        let (switches, links) = (self.switch_count(), self.links().len());
        if switches > MOST_SWITCHES || links > MOST_LINKS {
            return Err(TooMany { switches, links });
        }
        let locations: Option<Vec<&Location>> =
            self.switches().map(|switch| switch.location.as_ref()).collect();
        let plan = locations
            .filter(|locations| {
                locations
                    .iter()
                    .all(|location| location.largest_number() <= LARGEST_NUMBER)
            })
            .and_then(|locations| {
                grid::plan(&locations, self)
                    .or_else(|| levels::plan(&locations))
                    .or_else(|| groups::plan(&locations))
                    .or_else(|| cards::plan(&locations))
            })
            .unwrap_or_else(|| circle::plan(switches));
        let wires = wires::of(self, &plan);
        Ok(Layout {
            switches: plan.switches,
            wires,
            areas: plan.areas,
        })
    }
}

/// A place on a circle around the origin: the `index`-th of `count` from the top on, clockwise.
fn around(index: u32, count: u32, radius: f64) -> At {
    let angle = std::f64::consts::TAU * f64::from(index) / f64::from(count.max(1));
    (radius * angle.sin(), -radius * angle.cos())
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use super::*;

    /// Switches are apart from each other, and every link begins and ends at its switches.
    #[test]
    fn every_family_is_laid_out() {
        let families: Vec<Box<dyn Family>> = vec![
            Box::new(GridFabric::new(vec![8, 8], vec![true, true], 1).unwrap()),
            Box::new(GridFabric::new(vec![3, 4, 2], vec![true, false, true], 1).unwrap()),
            Box::new(Ring::new(12, 1).unwrap()),
            Box::new(Hypercube::new(6, 1).unwrap()),
            Box::new(CompleteGraph::new(9, 1).unwrap()),
            Box::new(KAryNTree::new(3, 3).unwrap()),
            Box::new(Dragonfly::new(2, 4, 2, None, Arrangement::PalmTree).unwrap()),
            Box::new(HyperX::new(vec![4, 5], Some(vec![1, 2]), 1).unwrap()),
            Box::new(CardChain::new(4).unwrap()),
            Box::new(CardGrid::product(Product::Redstone)),
            Box::new(CalxedaRack::new(3, Product::Viridis, 2).unwrap()),
        ];
        for family in families {
            let graph = family.graph().unwrap();
            let layout = graph.layout().unwrap();
            for (number, a) in layout.switches.iter().enumerate() {
                for b in &layout.switches[number + 1..] {
                    assert!((a.0 - b.0).hypot(a.1 - b.1) > 0.5, "{}", family.title());
                }
            }
            for (link, wire) in graph.links().zip(&layout.wires) {
                let ends = link.ends.map(|end| layout.switches[end.switch as usize]);
                let first = wire.lines.first().and_then(|line| line.first());
                let last = wire.lines.last().and_then(|line| line.last());
                assert_eq!(
                    [first, last],
                    [Some(&ends[0]), Some(&ends[1])],
                    "{}",
                    family.title()
                );
            }
        }
    }

    /// As on the map of link utilisation: the first dimension to the right, the second up.
    #[test]
    fn a_grid_is_drawn_like_a_map() {
        let grid = GridFabric::new(vec![3, 4], vec![true, true], 1).unwrap();
        let layout = grid.graph().unwrap().layout().unwrap();
        let (corner, other) = (layout.switches[0], layout.switches[3 * 2 + 1]);
        assert_eq!((other.0 - corner.0, other.1 - corner.1), (1.0, -2.0));
    }

    /// Places from a file that make no sense are as good as none.
    #[test]
    fn absurd_locations_are_passed_over() {
        for far in [
            Location::Grid(vec![u32::MAX, 0]),
            Location::Level {
                level: u32::MAX,
                index: 0,
            },
            Location::Group {
                group: 7,
                index: u32::MAX,
            },
            Location::Grid(vec![]),
        ] {
            let mut builder = GraphBuilder::new(Units::Abstract);
            builder.switch("far", Some(far)).unwrap();
            builder.switch("near", Some(Location::Grid(vec![0, 0]))).unwrap();
            let layout = builder.build().unwrap().layout().unwrap();
            assert!(
                layout
                    .switches
                    .iter()
                    .all(|(x, y)| x.abs() <= 1.0 && y.abs() <= 1.0)
            );
        }
    }

    #[test]
    fn what_can_not_be_told_apart_is_not_drawn() {
        let cube = Hypercube::new(13, 1).unwrap().graph().unwrap();
        let switches = 1 << 13;
        let links = 13 << 12;
        assert_eq!(cube.layout(), Err(TooMany { switches, links }));
    }
}
