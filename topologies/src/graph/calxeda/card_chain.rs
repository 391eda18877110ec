//! One EnergyCard, and cards in a row.

use fabricsim_core::{Entry, Parameter};

use super::super::builder::{GraphBuilder, GraphError};
use super::super::closed_forms::{ClosedForms, Form};
use super::super::fabric_graph::{FabricGraph, Units};
use super::super::family::{Family, FamilyEntry, Impossible};
use super::card::{CardWiring, MOST_NODES, NODES};

/// One card, all of its links on.
///
/// Calxeda's published link map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EnergyCard;

impl EnergyCard {
    /// The family, which is one fabric.
    pub const ENTRY: FamilyEntry = FamilyEntry {
        entry: Entry::bare(
            "EnergyCard",
            "a Calxeda card: four nodes, links 0-1, 0-2, 0-3 and 2-3",
        ),
        paper: "Calxeda's published link map",
        example: "EnergyCard",
        grades: &[
            "P  nodes, links and their numbers",
            "A  a terminal a node, at port 5",
        ],
    };
}

impl Family for EnergyCard {
    fn entry(&self) -> &'static FamilyEntry {
        &Self::ENTRY
    }

    fn title(&self) -> String {
        "Calxeda EnergyCard".to_owned()
    }

    fn closed_forms(&self) -> ClosedForms {
        CardChain { cards: 1 }.closed_forms()
    }

    fn graph(&self) -> Result<FabricGraph, GraphError> {
        CardChain { cards: 1 }.graph()
    }
}

/// Cards chained through their nodes 2, as the four of the published sample: 2-6-10-14.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardChain {
    cards: u32,
}

impl CardChain {
    /// The family.
    pub const ENTRY: FamilyEntry = FamilyEntry {
        entry: Entry {
            name: "CardChain",
            help: "Calxeda cards in a row, joined by their nodes 2",
            parameters: &[Parameter {
                name: "cards",
                help: "number of cards, 1 to 1024",
            }],
        },
        paper: "Calxeda's published sample of 16 nodes",
        example: "CardChain(cards: 4)",
        grades: &[
            "D  cards joined by nodes 2: reproduces all of the sample's depth chart",
            "A  by link 0 to the next card, link 1 to the one before",
        ],
    };

    /// A row of cards.
    ///
    /// # Errors
    /// No card, more nodes than can be numbered.
    pub fn new(cards: u32) -> Result<Self, Impossible> {
        let most = MOST_NODES / NODES;
        if cards == 0 {
            let nearest = ["CardChain(cards: 1)".to_owned()];
            return Err(Impossible::new("cards", "a chain needs at least one card").nearest(nearest));
        }
        if cards > most {
            let reason = format!("{cards} cards: a fabric has at most {MOST_NODES} nodes, {most} cards");
            return Err(Impossible::new("cards", reason).nearest([format!("CardChain(cards: {most})")]));
        }
        Ok(Self { cards })
    }
}

impl Family for CardChain {
    fn entry(&self) -> &'static FamilyEntry {
        &Self::ENTRY
    }

    fn title(&self) -> String {
        format!("chain of {} Calxeda EnergyCards", self.cards)
    }

    fn closed_forms(&self) -> ClosedForms {
        let c = u64::from(self.cards);
        let (radix, diameter) = match c {
            1 => (4, 2),
            2 => (4, 5),
            _ => (5, self.cards + 3),
        };
        // On a card 8 links between its 6 pairs, there and back 16; between cards each node is 0, 1, 1 or 2 from node 2.
        let between = c * (c - 1) * (2 * 4 * 4) + 16 * (c * (c * c - 1) / 3);
        ClosedForms {
            switches: Form::new(4 * c, "4 c, c cards"),
            terminals: Form::new(4 * c, "4 c, c cards"),
            radix: Form::new(radix, "4 links and a terminal, of 1 or 2 cards 3"),
            links: Form::new(5 * c - 1, "5 c - 1"),
            diameter: Form::new(diameter, "c + 3, of one card 2"),
            distance_total: Form::new(u128::from(16 * c + between), "((c + 7) (c - 1) / 3 + 1) / c"),
            bisection: None,
        }
    }

    fn graph(&self) -> Result<FabricGraph, GraphError> {
        let mut builder = GraphBuilder::new(Units::Physical);
        let mut wiring = CardWiring::new(&mut builder);
        for card in 0..self.cards {
            // Nodes 2 in a row, the others above them.
            let places = [[0, 1], [0, 0], [0, 2], [1, 1]];
            wiring.add_card(0, card, places.map(|[x, y]| [2 * card + x, y]))?;
        }
        for card in 0..self.cards {
            wiring.link_card(card, true)?;
        }
        for card in 1..self.cards {
            wiring.link_between((card - 1) * NODES + 2, card * NODES + 2)?;
        }
        builder.build()
    }
}
