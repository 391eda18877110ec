//! Several chassis in a rack, their uplinks joined by switches on top of it.

use fabricsim_core::{Entry, Parameter};

use super::super::builder::{GraphBuilder, GraphError};
use super::super::closed_forms::{ClosedForms, Form};
use super::super::fabric_graph::{End, FabricGraph, Units};
use super::super::family::{Family, FamilyEntry, Impossible};
use super::super::location::Location;
use super::card::{link, uplink_port};
use super::card_grid::{CardGrid, Product};

/// The tallest rack.
const MOST_CHASSIS: u32 = 64;

/// Chassis of one kind, whose i-th uplinks lead to top-of-rack switch i modulo their number. A top-of-rack switch is a
/// switch without terminals; ways through it count as others do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CalxedaRack {
    chassis: u32,
    of: Product,
    top_of_rack: u32,
}

impl CalxedaRack {
    /// The family.
    pub const ENTRY: FamilyEntry = FamilyEntry {
        entry: Entry {
            name: "CalxedaRack",
            help: "Calxeda chassis in a rack, their uplinks joined by top-of-rack switches",
            parameters: &[
                Parameter {
                    name: "chassis",
                    help: "number of chassis, 1 to 64",
                },
                Parameter {
                    name: "of",
                    help: "what they are: Viridis or Redstone (default Viridis)",
                },
                Parameter {
                    name: "top_of_rack",
                    help: "number of top-of-rack switches, at most the uplinks of a chassis (default 1)",
                },
            ],
        },
        paper: "none: a sketch of what operators build; wiring graded below",
        example: "CalxedaRack(chassis: 4, top_of_rack: 2)",
        grades: &[
            "P  four uplinks of Viridis",
            "A  uplink i of each chassis leads to top-of-rack switch i modulo their number",
            "A  nodes are numbered through all chassis",
        ],
    };

    /// A rack of `chassis` products.
    ///
    /// # Errors
    /// No chassis or too many, no top-of-rack switch or more than a chassis has uplinks.
    pub fn new(chassis: u32, of: Product, top_of_rack: u32) -> Result<Self, Impossible> {
        let name = match of {
            Product::Viridis => "",
            Product::Redstone => ", of: Redstone",
        };
        let written =
            |chassis: u32, top: u32| format!("CalxedaRack(chassis: {chassis}{name}, top_of_rack: {top})");
        let uplinks = CardGrid::product(of).uplink_cards().count() as u32;
        let (fits, switches) = (chassis.clamp(1, MOST_CHASSIS), top_of_rack.clamp(1, uplinks));
        if chassis != fits {
            let reason = format!("{chassis} chassis: 1 to {MOST_CHASSIS} are possible");
            return Err(Impossible::new("chassis", reason).nearest([written(fits, switches)]));
        }
        if top_of_rack != switches {
            let reason = format!("{top_of_rack} top-of-rack switches for the {uplinks} uplinks of a chassis");
            return Err(Impossible::new("top_of_rack", reason).nearest([written(fits, switches)]));
        }
        Ok(Self {
            chassis,
            of,
            top_of_rack,
        })
    }
}

impl Family for CalxedaRack {
    fn entry(&self) -> &'static FamilyEntry {
        &Self::ENTRY
    }

    fn title(&self) -> String {
        let product = match self.of {
            Product::Viridis => "Boston Viridis",
            Product::Redstone => "HP Redstone",
        };
        format!(
            "rack of {} {product}, {} top-of-rack",
            self.chassis, self.top_of_rack
        )
    }

    fn closed_forms(&self) -> ClosedForms {
        let product = CardGrid::product(self.of);
        let (s, t) = (u64::from(self.chassis), u64::from(self.top_of_rack));
        let (nodes, uplinks) = (u64::from(product.nodes()), product.uplink_cards().count() as u64);
        ClosedForms {
            switches: Form::new(s * nodes + t, "nodes, and top-of-rack switches"),
            terminals: Form::new(s * nodes, "one a node"),
            links: Form::new(s * (2 * nodes + uplinks), "2 a node, and uplinks"),
            ..ClosedForms::default()
        }
    }

    fn graph(&self) -> Result<FabricGraph, GraphError> {
        let product = CardGrid::product(self.of);
        let mut builder = GraphBuilder::new(Units::Physical);
        for chassis in 0..self.chassis {
            let corner = [chassis * (product.sides()[0] + 2), 0];
            product.wire(&mut builder, chassis * product.chassis(), corner)?;
        }
        let mut tops = Vec::new();
        for top in 0..self.top_of_rack {
            tops.push(builder.switch(format!("Top of rack {top}"), Some(Location::TopOfRack(top)))?);
        }
        for chassis in 0..self.chassis {
            for (card, &top) in product.uplink_cards().zip(tops.iter().cycle()) {
                let uplink = uplink_port(chassis * product.nodes() + card * super::card::NODES);
                let port: End = builder.free_port(top)?;
                builder.link(link(uplink, port))?;
            }
        }
        builder.build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uplinks_are_shared_among_the_switches_on_top() {
        let rack = CalxedaRack::new(3, Product::Viridis, 2).unwrap();
        let (graph, forms) = (rack.graph().unwrap(), rack.closed_forms());
        assert_eq!(u64::from(graph.switch_count()), forms.switches.unwrap().value);
        assert_eq!(graph.links().len() as u64, forms.links.unwrap().value);
        assert_eq!((graph.parts(), graph.uplinks().len()), (1, 0));
        let neighbours = graph.neighbours();
        for top in [144, 145] {
            assert_eq!(neighbours[top].len(), 6, "two of each chassis");
        }
    }
}
