//! Where switches stand in racks, and how long the cables between them are.
//!
//! All of it is assumed (A): no product publishes it. What a switch's location says decides its card, chassis and rack;
//! sizes are knobs. A cable runs straight along its chassis, up or down its rack, and from rack to rack over the top of
//! both, along rows and across them, never diagonally.

use std::collections::BTreeMap;

use super::fabric_graph::{CableKind, FabricGraph};
use super::location::Location;

/// Sizes that decide the lengths of cables.
///
/// * cards: a card has a slot of its chassis, by its number;
/// * grids: a switch is a card; the first dimension runs along a chassis, the second up a rack, the third along a row
///   of racks, the fourth across the rows, further ones as the third; where a chassis or a rack is full, it goes on in
///   the next rack along or across. A ring is folded, so that neighbours are at most two places apart;
/// * circles: a switch is a card, and the circle is folded;
/// * groups: a switch with its terminals fills a chassis, a group as many racks as it needs;
/// * trees: a switch with its terminals fills a chassis, and switches of one index share racks;
/// * top-of-rack switches lie on top of the first rack.
///
/// Racks of all but grids stand in rows, the floor as square as it gets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// From card to card of a chassis \[m\].
    pub card_pitch: f64,
    /// Cards in a chassis, at least 1.
    pub cards: u32,
    /// From chassis to chassis of a rack \[m\].
    pub chassis_pitch: f64,
    /// Chassis in a rack, at least 1.
    pub chassis: u32,
    /// From rack to rack of a row \[m\].
    pub rack_pitch: f64,
    /// From row to row \[m\].
    pub row_pitch: f64,
    /// Between two nodes of a card \[m\].
    pub on_card: f64,
    /// What each end of a cable that leaves its chassis takes more \[m\].
    pub slack: f64,
}

impl Default for Placement {
    /// 16 cards in the 0.45 m of a chassis of 4 rack units, 10 of these in a rack of 42 units; racks of 0.6 m, 1.2 m deep,
    /// with aisles as deep.
    fn default() -> Self {
        Self {
            card_pitch: 0.027,
            cards: 16,
            chassis_pitch: 0.178,
            chassis: 10,
            rack_pitch: 0.6,
            row_pitch: 2.4,
            on_card: 0.1,
            slack: 0.25,
        }
    }
}

/// Cables that span the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CableRun {
    /// What they span.
    pub kind: CableKind,
    /// How many there are.
    pub count: u64,
    /// How long they are; `None` where that is unknown.
    pub lengths: Option<Lengths>,
}

/// Lengths of cables.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Lengths {
    /// Of all \[m\].
    pub total: f64,
    /// Of the longest \[m\].
    pub longest: f64,
}

impl FabricGraph {
    /// Cables by what they span, from near to far, with their lengths where switches are placed like that.
    pub fn cable_runs(&self, placement: &Placement) -> Vec<CableRun> {
        let floor = Floor::new(self, placement);
        let mut runs: BTreeMap<CableKind, CableRun> = BTreeMap::new();
        for link in self.links() {
            let kind = self.cable_kind(link);
            let run = runs.entry(kind).or_insert(CableRun {
                kind,
                count: 0,
                lengths: (kind != CableKind::Unknown).then(Lengths::default),
            });
            run.count += 1;
            let [a, b] = link.ends.map(|end| self.switch(end.switch).location.as_ref());
            if let (Some(lengths), Some(a), Some(b)) = (&mut run.lengths, a, b) {
                let length = match kind {
                    CableKind::OnCard => placement.on_card,
                    _ => placement.between(&floor.place(a), &floor.place(b)),
                };
                lengths.total += length;
                lengths.longest = lengths.longest.max(length);
            }
        }
        runs.into_values().collect()
    }
}

/// A place in a rack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    /// Along the row, and the row.
    rack: [u64; 2],
    /// From the top of the rack, where 0 is on top of it.
    chassis: u32,
    card: u32,
}

impl Placement {
    /// Length of a cable \[m\].
    fn between(&self, a: &Place, b: &Place) -> f64 {
        let along = f64::from(a.card.abs_diff(b.card)) * self.card_pitch;
        if a.rack == b.rack {
            if a.chassis == b.chassis {
                return along;
            }
            let up = f64::from(a.chassis.abs_diff(b.chassis)) * self.chassis_pitch;
            return along + up + 2.0 * self.slack;
        }
        let up = f64::from(a.chassis + b.chassis) * self.chassis_pitch;
        let racks = a.rack[0].abs_diff(b.rack[0]) as f64 * self.rack_pitch;
        let rows = a.rack[1].abs_diff(b.rack[1]) as f64 * self.row_pitch;
        along + up + racks + rows + 2.0 * self.slack
    }
}

/// The racks of a fabric.
struct Floor<'a> {
    placement: &'a Placement,
    /// Racks in a row, of all but grids.
    row: u64,
    /// By dimension of a grid, or alone of a circle: positions, and whether it is a ring to be folded.
    dimensions: Vec<(u32, bool)>,
    /// By chassis: its first card.
    first_cards: BTreeMap<u32, u32>,
    /// Chassis of a group, or of an index of a tree.
    stack: u32,
}

impl<'a> Floor<'a> {
    fn new(graph: &FabricGraph, placement: &'a Placement) -> Self {
        let mut floor = Self {
            placement,
            row: 1,
            dimensions: dimensions(graph),
            first_cards: BTreeMap::new(),
            stack: 1,
        };
        let locations = || graph.switches().filter_map(|switch| switch.location.as_ref());
        for location in locations() {
            match location {
                Location::Card { chassis, card, .. } => {
                    let first = floor.first_cards.entry(*chassis).or_insert(*card);
                    *first = (*first).min(*card);
                }
                Location::Group { index, .. } => floor.stack = floor.stack.max(index + 1),
                Location::Level { level, .. } => floor.stack = floor.stack.max(level + 1),
                Location::Grid(_) | Location::Circle(_) | Location::TopOfRack(_) => {}
            }
        }
        let last = locations().map(|location| floor.rack_and_place(location).0).max();
        let racks = last.unwrap_or(0) as f64 + 1.0;
        floor.row = (racks * placement.row_pitch / placement.rack_pitch)
            .sqrt()
            .ceil()
            .max(1.0) as u64;
        floor
    }

    fn place(&self, location: &Location) -> Place {
        if let Location::Grid(coordinates) = location {
            return self.on_grid(coordinates);
        }
        let (rack, place) = self.rack_and_place(location);
        Place {
            rack: [rack % self.row, rack / self.row],
            ..place
        }
    }

    /// The number of the rack, and the place in it; of all but grids.
    fn rack_and_place(&self, location: &Location) -> (u64, Place) {
        let (cards, chassis) = (self.placement.cards, self.placement.chassis);
        let (number, card) = match *location {
            Location::Card { chassis, card, .. } => {
                let first = self.first_cards.get(&chassis).copied().unwrap_or(card);
                (u64::from(chassis), card - first)
            }
            Location::Circle(position) => {
                let place = self.folded(0, position);
                (u64::from(place / cards), place % cards)
            }
            Location::Group { group, index } => (self.in_stack(group, index), 0),
            Location::Level { level, index } => (self.in_stack(index, level), 0),
            Location::TopOfRack(_) | Location::Grid(_) => {
                let top = Place {
                    rack: [0, 0],
                    chassis: 0,
                    card: 0,
                };
                return (0, top);
            }
        };
        let rack = number / u64::from(chassis);
        let place = Place {
            rack: [rack, 0],
            chassis: (number % u64::from(chassis)) as u32 + 1,
            card,
        };
        (rack, place)
    }

    /// The number of a chassis, of stacks that each have racks of their own.
    fn in_stack(&self, stack: u32, chassis: u32) -> u64 {
        let racks = u64::from(self.stack.div_ceil(self.placement.chassis));
        u64::from(stack) * racks * u64::from(self.placement.chassis) + u64::from(chassis)
    }

    fn on_grid(&self, coordinates: &[u32]) -> Place {
        let mut place = Place {
            rack: [0, 0],
            chassis: 1,
            card: 0,
        };
        // How many racks one step of a dimension is, along and across the rows.
        let mut steps = [1, 1];
        for (dimension, &coordinate) in coordinates.iter().enumerate() {
            let at = self.folded(dimension, coordinate);
            let (direction, held) = match dimension {
                0 => (0, self.placement.cards),
                1 => (1, self.placement.chassis),
                dimension => (usize::from(dimension == 3), 1),
            };
            match dimension {
                0 => place.card = at % held,
                1 => place.chassis = at % held + 1,
                _ => {}
            }
            place.rack[direction] += steps[direction] * u64::from(at / held);
            let (positions, _) = self.dimensions.get(dimension).copied().unwrap_or((1, false));
            steps[direction] *= u64::from(positions.div_ceil(held));
        }
        place
    }

    /// The place of a position along a dimension, of a ring such that neighbours are at most two places apart.
    fn folded(&self, dimension: usize, at: u32) -> u32 {
        match self.dimensions.get(dimension) {
            Some(&(positions, true)) if at >= positions.div_ceil(2) => 2 * (positions - 1 - at) + 1,
            Some(&(_, true)) => 2 * at,
            _ => at,
        }
    }
}

/// Positions along each dimension of a grid, or around a circle, and whether links join them to a ring: to the next
/// ones and from the last to the first, but to no other.
fn dimensions(graph: &FabricGraph) -> Vec<(u32, bool)> {
    let coordinates = |switch: u32| match &graph.switch(switch).location {
        Some(Location::Grid(coordinates)) => coordinates.as_slice(),
        Some(Location::Circle(position)) => std::slice::from_ref(position),
        _ => &[],
    };
    let mut positions: Vec<u32> = Vec::new();
    for switch in 0..graph.switch_count() {
        let coordinates = coordinates(switch);
        positions.resize(positions.len().max(coordinates.len()), 0);
        for (positions, &at) in positions.iter_mut().zip(coordinates) {
            *positions = (*positions).max(at + 1);
        }
    }
    // Links to the next position, from the last to the first, and others.
    let mut spans = vec![[false; 3]; positions.len()];
    for link in graph.links() {
        let [a, b] = link.ends.map(|end| coordinates(end.switch));
        let ends = a.iter().zip(b).zip(positions.iter().zip(&mut spans));
        for ((a, b), (&positions, spans)) in ends {
            match a.abs_diff(*b) {
                0 => {}
                1 => spans[0] = true,
                span if span == positions - 1 => spans[1] = true,
                _ => spans[2] = true,
            }
        }
    }
    let is_ring = |[_, around, other]: [bool; 3]| around && !other;
    positions
        .into_iter()
        .zip(spans.into_iter().map(is_ring))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{
        Arrangement, CalxedaRack, CardGrid, CompleteGraph, Dragonfly, Family, GridFabric, HyperX, KAryNTree,
        Product, Ring,
    };

    fn runs(family: &impl Family) -> Vec<CableRun> {
        let runs = family.graph().unwrap().cable_runs(&Placement::default());
        let counts: Vec<_> = runs.iter().map(|run| (run.kind, run.count)).collect();
        assert_eq!(counts, family.graph().unwrap().cables());
        runs
    }

    fn lengths(runs: &[CableRun]) -> Vec<(f64, f64)> {
        let lengths = runs.iter().map(|run| run.lengths.unwrap());
        lengths.map(|lengths| (lengths.total, lengths.longest)).collect()
    }

    fn check(found: &[(f64, f64)], expected: &[(f64, f64)]) {
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9 * b.max(1.0);
        let same = found
            .iter()
            .zip(expected)
            .all(|(f, e)| near(f.0, e.0) && near(f.1, e.1));
        assert!(
            same && found.len() == expected.len(),
            "{found:?} instead of {expected:?}"
        );
    }

    /// A folded ring of 8: two cables of one place, six of two.
    #[test]
    fn rings_of_a_torus_are_folded() {
        let torus = runs(&GridFabric::new(vec![8, 8], vec![true; 2], 1).unwrap());
        let along = (8.0 * 14.0 * 0.027, 2.0 * 0.027);
        let up = (8.0 * 14.0 * 0.178 + 64.0 * 0.5, 2.0 * 0.178 + 0.5);
        check(&lengths(&torus), &[along, up]);
        check(
            &lengths(&runs(&Ring::new(5, 1).unwrap())),
            &[(8.0 * 0.027, 0.054)],
        );
        // A mesh is not; of 17 the last one is a card of another rack: over the top, down, and 15 cards back.
        let mesh = lengths(&runs(&GridFabric::new(vec![17, 2], vec![false; 2], 1).unwrap()));
        let over = |chassis: f64| 0.6 + 2.0 * chassis * 0.178 + 15.0 * 0.027 + 0.5;
        check(
            &mesh[..1],
            &[(2.0 * 15.0 * 0.027 + over(1.0) + over(2.0), over(2.0))],
        );
    }

    /// The third dimension along the row, the fourth across.
    #[test]
    fn dimensions_go_on_through_the_room() {
        let fabric = lengths(&runs(
            &GridFabric::new(vec![1, 1, 2, 2], vec![false; 4], 1).unwrap(),
        ));
        let racks = 0.6 + 2.0 * 0.178 + 0.5;
        let rows = 2.4 + 2.0 * 0.178 + 0.5;
        check(&fabric, &[(2.0 * racks, racks), (2.0 * rows, rows)]);
    }

    /// All links of a row of four: three of one, two of two, one of three places.
    #[test]
    fn what_is_no_ring_is_not_folded() {
        let hyperx = runs(&HyperX::new(vec![4], None, 1).unwrap());
        check(&lengths(&hyperx), &[(10.0 * 0.027, 3.0 * 0.027)]);
        let complete = runs(&CompleteGraph::new(4, 1).unwrap());
        check(&lengths(&complete), &[(10.0 * 0.027, 3.0 * 0.027)]);
    }

    /// A rack for each of three groups: between neighbours 0.6 m and the ways up, which depend on the switches.
    #[test]
    fn a_group_fills_a_rack() {
        let fabric = Dragonfly::new(1, 2, 1, None, Arrangement::Absolute).unwrap();
        let local = 0.178 + 0.5;
        // Switches 0 and 1 of a group at 1 and 2 from the top. Links 0-1, 0-2, 1-2 of ports (0, 0), (1, 0), (1, 1).
        let global = [0.6 + 2.0 * 0.178, 1.2 + 3.0 * 0.178, 0.6 + 4.0 * 0.178].map(|length| length + 0.5);
        let expected = [
            (3.0 * local, local),
            (global.iter().sum(), global.iter().copied().fold(0.0, f64::max)),
        ];
        check(&lengths(&runs(&fabric)), &expected);
    }

    /// A rack for each index, the levels one above the other.
    #[test]
    fn switches_of_one_index_of_a_tree_share_a_rack() {
        let tree = lengths(&runs(&KAryNTree::new(2, 2).unwrap()));
        let (straight, across) = (0.178 + 0.5, 0.6 + 3.0 * 0.178 + 0.5);
        check(&tree, &[(2.0 * straight + 2.0 * across, across)]);
    }

    #[test]
    fn cards_have_slots_of_their_chassis() {
        let viridis = runs(&CardGrid::product(Product::Viridis));
        let [on_cards, between] = lengths(&viridis)[..] else {
            panic!("{viridis:?}");
        };
        assert!((on_cards.0 - viridis[0].count as f64 * 0.1).abs() < 1e-9);
        assert!(between.1 <= 11.0 * 0.027 + 1e-9, "of 12 cards: {between:?}");
        // The same in each chassis of a rack, and the uplinks.
        let rack = runs(&CalxedaRack::new(2, Product::Viridis, 1).unwrap());
        let [_, in_chassis, to_top] = lengths(&rack)[..] else {
            panic!("{rack:?}");
        };
        assert!(
            (in_chassis.0 - 2.0 * between.0).abs() < 1e-9,
            "{in_chassis:?} and {between:?}"
        );
        assert!(to_top.1 <= 2.0 * 0.178 + 0.5 + 11.0 * 0.027 + 1e-9, "{to_top:?}");
    }

    #[test]
    fn without_locations_lengths_are_unknown() {
        use crate::graph::{End, GraphBuilder, Link, Units};
        let mut builder = GraphBuilder::new(Units::Abstract);
        for name in ["a", "b"] {
            builder.switch(name, None).unwrap();
        }
        builder
            .link(Link {
                ends: [0, 1].map(|switch| End { switch, port: 0 }),
                latency: 1.0,
                rate: 1.0,
            })
            .unwrap();
        let runs = builder.build().unwrap().cable_runs(&Placement::default());
        let unknown = CableRun {
            kind: CableKind::Unknown,
            count: 1,
            lengths: None,
        };
        assert_eq!(runs, [unknown]);
    }
}
