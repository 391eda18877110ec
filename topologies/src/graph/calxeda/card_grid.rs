//! Tori and meshes of cards, and the products that are tori.

use fabricsim_core::{Entry, Parameter};

use super::super::builder::{GraphBuilder, GraphError};
use super::super::closed_forms::{ClosedForms, Form};
use super::super::fabric_graph::{FabricGraph, Units};
use super::super::families::GridFabric;
use super::super::family::{Family, FamilyEntry, Impossible};
use super::card::{CardWiring, MOST_NODES, NODES};
use super::tiling::{self, Places};
use crate::Grid;

const SIDES: Parameter = Parameter {
    name: "sides",
    help: "nodes along x and y",
};

const UPLINKS: Parameter = Parameter {
    name: "uplinks",
    help: "links out of the fabric, by node 0 of cards 0, 1, … (default 0)",
};

const TILED: &str = "A  tiling by cards, numbers of cards and of the links between them";
const LINK_2_3: &str =
    "D  link 2-3 of every card off: a grid has no triangle; a card is a T around its node 0";

/// What is sold as a torus of cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// Boston Viridis: 48 nodes on 12 cards.
    Viridis,
    /// HP Redstone: 288 nodes on 72 cards in four trays.
    Redstone,
}

/// What a grid of cards is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Torus,
    Mesh,
    Product(Product),
}

/// A torus or mesh of nodes, on cards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardGrid {
    kind: Kind,
    sides: [u32; 2],
    cards: Vec<Places>,
    /// Each has as many cards, and as many uplinks by its first ones.
    chassis: u32,
    uplinks: u32,
}

impl CardGrid {
    /// The family of tori.
    pub const TORUS: FamilyEntry = FamilyEntry {
        entry: Entry {
            name: "CardTorus",
            help: "Calxeda cards as a 2D torus of nodes",
            parameters: &[SIDES, UPLINKS],
        },
        paper: "The Register 2011-11-01 (2D torus); wiring graded below",
        example: "CardTorus(sides: [8, 8])",
        grades: &[LINK_2_3, TILED],
    };

    /// The family of meshes.
    pub const MESH: FamilyEntry = FamilyEntry {
        entry: Entry {
            name: "CardMesh",
            help: "Calxeda cards as a 2D mesh of nodes",
            parameters: &[SIDES, UPLINKS],
        },
        paper: "The Register 2011-11-01 (mesh); wiring graded below; tiling: Walkup 1965",
        example: "CardMesh(sides: [8, 8])",
        grades: &[LINK_2_3, TILED],
    };

    /// Boston's.
    pub const VIRIDIS: FamilyEntry = FamilyEntry {
        entry: Entry::bare(
            "Viridis",
            "48 Calxeda nodes on 12 cards, a 6x8 torus, four uplinks",
        ),
        paper: "Boston Viridis; wiring graded below",
        example: "Viridis",
        grades: &[
            "P  48 nodes on 12 cards, four uplinks by the cards in slots 0 to 3",
            "A  a 6x8 torus",
            LINK_2_3,
            TILED,
            "A  an uplink leaves by link 2 of a card's node 0",
        ],
    };

    /// HP's.
    pub const REDSTONE: FamilyEntry = FamilyEntry {
        entry: Entry::bare(
            "Redstone",
            "288 Calxeda nodes on 72 cards in four trays, a 16x18 torus",
        ),
        paper: "HP Redstone; wiring graded below",
        example: "Redstone",
        grades: &[
            "P  288 nodes, 72 a tray",
            "A  a 16x18 torus",
            LINK_2_3,
            TILED,
            "A  four uplinks for 48 nodes as Viridis has them: six a tray, by link 2 of a card's node 0",
        ],
    };

    /// A torus of nodes with `uplinks` ways out.
    ///
    /// # Errors
    /// Not two sides, sides that cards can't tile, more nodes than can be numbered, more uplinks than cards.
    pub fn torus(sides: &[u32], uplinks: u32) -> Result<Self, Impossible> {
        let sides = check_sides(sides, "CardTorus", [4, 4])?;
        let cards = tiling::of_torus(sides).ok_or_else(|| {
            let reason = format!(
                "cards can't tile a {}x{} torus: one side has to be a multiple of 4, the other even and at least 4",
                sides[0], sides[1]
            );
            Impossible::new("sides", reason).nearest(nearest_sides("CardTorus", sides, tiling::of_torus))
        })?;
        Self::new(Kind::Torus, sides, cards, 1, uplinks)
    }

    /// A mesh of nodes with `uplinks` ways out.
    ///
    /// # Errors
    /// As [`CardGrid::torus`].
    pub fn mesh(sides: &[u32], uplinks: u32) -> Result<Self, Impossible> {
        let sides = check_sides(sides, "CardMesh", [4, 4])?;
        let cards = tiling::of_mesh(sides).ok_or_else(|| {
            let reason = format!(
                "cards can't tile a {}x{} mesh: both sides have to be multiples of 4 (Walkup 1965)",
                sides[0], sides[1]
            );
            Impossible::new("sides", reason).nearest(nearest_sides("CardMesh", sides, tiling::of_mesh))
        })?;
        Self::new(Kind::Mesh, sides, cards, 1, uplinks)
    }

    /// What is sold.
    pub fn product(product: Product) -> Self {
        let (sides, chassis, uplinks) = match product {
            Product::Viridis => ([6, 8], 1, 4),
            Product::Redstone => ([16, 18], 4, 24),
        };
        Self {
            kind: Kind::Product(product),
            sides,
            cards: tiling::of_torus(sides).unwrap_or_default(),
            chassis,
            uplinks,
        }
    }

    fn new(
        kind: Kind,
        sides: [u32; 2],
        cards: Vec<Places>,
        chassis: u32,
        uplinks: u32,
    ) -> Result<Self, Impossible> {
        if uplinks as usize > cards.len() {
            let reason = format!("{uplinks} uplinks, but a card has one: at most {}", cards.len());
            let name = if kind == Kind::Mesh {
                "CardMesh"
            } else {
                "CardTorus"
            };
            let most = cards.len();
            let nearest = format!("{name}(sides: [{}, {}], uplinks: {most})", sides[0], sides[1]);
            return Err(Impossible::new("uplinks", reason).nearest([nearest]));
        }
        Ok(Self {
            kind,
            sides,
            cards,
            chassis,
            uplinks,
        })
    }

    /// Nodes along x and y.
    pub(super) fn sides(&self) -> [u32; 2] {
        self.sides
    }

    /// Number of nodes.
    pub(super) fn nodes(&self) -> u32 {
        self.sides[0] * self.sides[1]
    }

    /// Chassis, or trays.
    pub(super) fn chassis(&self) -> u32 {
        self.chassis
    }

    fn wraps(&self) -> bool {
        self.kind != Kind::Mesh
    }

    fn cards_in_chassis(&self) -> u32 {
        self.cards.len() as u32 / self.chassis
    }

    /// The cards that have an uplink: the first of each chassis.
    pub(super) fn uplink_cards(&self) -> impl Iterator<Item = u32> {
        let (each, cards) = (self.uplinks / self.chassis, self.cards_in_chassis());
        (0..self.chassis).flat_map(move |chassis| (0..each).map(move |slot| chassis * cards + slot))
    }

    /// Adds all cards and their links, drawn from this place on, in chassis numbered from `first_chassis`.
    pub(super) fn wire(
        &self,
        builder: &mut GraphBuilder,
        first_chassis: u32,
        corner: [u32; 2],
    ) -> Result<(), GraphError> {
        // Nodes follow on the switches that are there, cards likewise.
        let first_card = builder.switch_count() / NODES;
        let mut wiring = CardWiring::new(builder);
        for (card, places) in (0..).zip(&self.cards) {
            let at = places.map(|[x, y]| [corner[0] + x, corner[1] + y]);
            let chassis = first_chassis + card / self.cards_in_chassis();
            wiring.add_card(chassis, first_card + card, at)?;
        }
        let node_at = self.node_at();
        for card in 0..self.cards.len() as u32 {
            wiring.link_card(card, false)?;
        }
        let [x_side, y_side] = self.sides;
        let mut nodes: Vec<(u32, [u32; 2])> = (0..).zip(self.cards.iter().flatten().copied()).collect();
        nodes.sort_unstable();
        for (node, [x, y]) in nodes {
            let across = (self.wraps() || x + 1 < x_side).then_some([(x + 1) % x_side, y]);
            let down = (self.wraps() || y + 1 < y_side).then_some([x, (y + 1) % y_side]);
            for [x, y] in [across, down].into_iter().flatten() {
                let other = node_at[(y * x_side + x) as usize];
                if other / NODES != node / NODES {
                    wiring.link_between(node, other)?;
                }
            }
        }
        Ok(())
    }

    /// The node at each place, row by row.
    fn node_at(&self) -> Vec<u32> {
        let mut node_at = vec![0; self.nodes() as usize];
        for (node, [x, y]) in (0..).zip(self.cards.iter().flatten()) {
            node_at[(y * self.sides[0] + x) as usize] = node;
        }
        node_at
    }
}

impl Family for CardGrid {
    fn entry(&self) -> &'static FamilyEntry {
        match self.kind {
            Kind::Torus => &Self::TORUS,
            Kind::Mesh => &Self::MESH,
            Kind::Product(Product::Viridis) => &Self::VIRIDIS,
            Kind::Product(Product::Redstone) => &Self::REDSTONE,
        }
    }

    fn title(&self) -> String {
        let [x, y] = self.sides;
        match self.kind {
            Kind::Torus => format!("{x}x{y} torus of Calxeda nodes"),
            Kind::Mesh => format!("{x}x{y} mesh of Calxeda nodes"),
            Kind::Product(Product::Viridis) => format!("Boston Viridis, {x}x{y} torus of Calxeda nodes"),
            Kind::Product(Product::Redstone) => format!("HP Redstone, {x}x{y} torus of Calxeda nodes"),
        }
    }

    /// Those of the grid; ports also of uplinks.
    fn closed_forms(&self) -> ClosedForms {
        let wrap = vec![self.wraps(); 2];
        let Some(grid) = Grid::new(self.sides.to_vec(), wrap, 1)
            .ok()
            .and_then(|grid| GridFabric::of_grid(&grid).ok())
        else {
            return ClosedForms::default();
        };
        ClosedForms {
            radix: match self.uplinks {
                0 => grid.closed_forms().radix,
                _ if self.wraps() => Form::new(6, "4, a terminal and an uplink"),
                _ => None,
            },
            ..grid.closed_forms()
        }
    }

    fn graph(&self) -> Result<FabricGraph, GraphError> {
        let mut builder = GraphBuilder::new(Units::Physical);
        self.wire(&mut builder, 0, [0, 0])?;
        for card in self.uplink_cards() {
            builder.uplink(super::card::uplink_port(card * NODES))?;
        }
        builder.build()
    }
}

fn check_sides(sides: &[u32], name: &'static str, otherwise: [u32; 2]) -> Result<[u32; 2], Impossible> {
    let nearest = |[x, y]: [u32; 2]| [format!("{name}(sides: [{x}, {y}])")];
    let &[x, y] = sides else {
        let reason = format!("cards are wired in 2 dimensions, not in {}", sides.len());
        return Err(Impossible::new("sides", reason).nearest(nearest(otherwise)));
    };
    let nodes = u64::from(x) * u64::from(y);
    if nodes == 0 {
        return Err(Impossible::new("sides", "a side is 0; the least is 4").nearest(nearest(otherwise)));
    }
    if nodes > u64::from(MOST_NODES) {
        let reason = format!("{nodes} nodes: a fabric has at most {MOST_NODES}, whose numbers have 12 bits");
        return Err(Impossible::new("sides", reason).nearest(nearest([64, 64])));
    }
    Ok([x, y])
}

/// The possible sides next below and above.
fn nearest_sides(
    name: &str,
    [x, y]: [u32; 2],
    tiling: impl Fn([u32; 2]) -> Option<Vec<Places>>,
) -> Vec<String> {
    let reach = 0..=4_u32;
    let mut near: Vec<(u32, [u32; 2])> = Vec::new();
    for dx in reach.clone() {
        for dy in reach.clone() {
            for sides in [[x + dx, y + dy], [x.saturating_sub(dx), y.saturating_sub(dy)]] {
                let fits = sides[0] * sides[1] <= MOST_NODES;
                if fits && !near.contains(&(dx + dy, sides)) && tiling(sides).is_some() {
                    near.push((dx + dy, sides));
                }
            }
        }
    }
    near.sort_unstable();
    let near = near.into_iter().take(2);
    near.map(|(_, [x, y])| format!("{name}(sides: [{x}, {y}])"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wirings_have_the_links_of_the_grid() {
        for (sides, wrap) in [
            ([4, 4], true),
            ([6, 8], true),
            ([8, 6], true),
            ([16, 18], true),
            ([8, 12], false),
        ] {
            let fabric = if wrap {
                CardGrid::torus(&sides, 0)
            } else {
                CardGrid::mesh(&sides, 0)
            };
            let (fabric, grid) = (
                fabric.unwrap(),
                Grid::new(sides.to_vec(), vec![wrap; 2], 1).unwrap(),
            );
            let graph = fabric.graph().unwrap();
            let node_at = fabric.node_at();
            let mut linked = Vec::new();
            for link in graph.links() {
                let [a, b] = link.ends.map(|end| end.switch);
                linked.extend([(a, b), (b, a)]);
                assert!(link.ends.iter().all(|end| end.port < 5));
                // Node 0 keeps link 2 for an uplink, link 2-3 is off.
                assert!(link.ends.iter().all(|end| end.switch % 4 != 0 || end.port != 2));
                assert!(!(a / 4 == b / 4 && [a % 4, b % 4].iter().all(|&node| node >= 2)));
            }
            let mut expected = Vec::new();
            for switch in 0..grid.switches() {
                let others = (0..4).filter_map(|port| grid.neighbour(switch, port));
                expected.extend(others.map(|other| (node_at[switch as usize], node_at[other as usize])));
            }
            linked.sort_unstable();
            expected.sort_unstable();
            assert_eq!(linked, expected, "{sides:?}");
        }
    }

    #[test]
    fn products_are_as_published() {
        let viridis = CardGrid::product(Product::Viridis).graph().unwrap();
        assert_eq!((viridis.switch_count(), viridis.uplinks().len()), (48, 4));
        let cards: Vec<_> = viridis.uplinks().iter().map(|end| end.switch / 4).collect();
        assert_eq!(cards, [0, 1, 2, 3]);
        let redstone = CardGrid::product(Product::Redstone).graph().unwrap();
        assert_eq!((redstone.switch_count(), redstone.uplinks().len()), (288, 24));
        let distances = redstone.distances().unwrap();
        assert_eq!(distances.diameter, 17);
        assert!((distances.mean_between_others() - 8.53).abs() < 0.005);
    }
}
