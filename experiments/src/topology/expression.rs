//! A family with its parameters, as the command line and experiments write it.

use fabricsim_topologies::graph::AnyFamily;

use crate::experiment::{Refused, family};

/// The fabric that a text such as `Torus(sides: [8, 8])` names.
///
/// # Errors
/// Where it is no fabric's, with the place, and for impossible parameters the nearest that are possible.
pub(super) fn parse(text: &str) -> Result<AnyFamily, Refused> {
    family("command line", text)
}

#[cfg(test)]
mod tests {
    use fabricsim_topologies::FAMILIES;
    use fabricsim_topologies::graph::Family;

    use super::*;

    #[test]
    fn every_example_of_the_registry_is_a_fabric_of_its_family() {
        for family in FAMILIES {
            let fabric = parse(family.example).unwrap();
            assert_eq!(fabric.entry(), &family, "{}", family.example);
        }
    }

    /// Whatever is called the nearest possible is possible.
    #[test]
    fn impossible_fabrics_are_refused_with_possible_ones() {
        for text in [
            "Torus(sides: [])",
            "Torus(sides: [0, 8])",
            "Torus(sides: [8, 8], terminals_per_switch: 0)",
            "Torus(sides: [2000, 2000])",
            "Mesh(sides: [70000, 70000, 70000])",
            "Torus(sides: [8, 8], wrap: [true])",
            "Torus(sides: [8, 8], terminals_per_switch: 61)",
            "Mesh(sides: [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2])",
            "Mesh(sides: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])",
            "Ring(switches: 2)",
            "Ring(switches: 3, terminals_per_switch: 4000000000)",
            "CompleteGraph(switches: 3, terminals_per_switch: 4000000000)",
            "CompleteGraph(switches: 4000000000, terminals_per_switch: 4000000000)",
            "Hypercube(dimensions: 3, terminals_per_switch: 4000000000)",
            "HyperX(sides: [3], terminals_per_switch: 4000000000)",
            "HyperX(sides: [3], widths: [4000000000])",
            "Torus(sides: [1000, 1000], terminals_per_switch: 50)",
            "Dragonfly(p: 4000000000, a: 4, h: 2)",
            "KAryNTree(k: 4000000000, n: 1)",
            "Ring(switches: 4000000000)",
            "Hypercube(dimensions: 0)",
            "Hypercube(dimensions: 40)",
            "Hypercube(dimensions: 4000)",
            "CompleteGraph(switches: 1)",
            "CompleteGraph(switches: 100000)",
            "KAryNTree(k: 1, n: 3)",
            "KAryNTree(k: 4, n: 0)",
            "KAryNTree(k: 4, n: 100)",
            "Dragonfly(p: 2, a: 4, h: 2, groups: 10)",
            "Dragonfly(p: 2, a: 4, h: 2, groups: 1)",
            "Dragonfly(p: 0, a: 4, h: 2)",
            "Dragonfly(p: 2, a: 0, h: 2)",
            "Dragonfly(p: 2, a: 4, h: 0)",
            "Dragonfly(p: 2, a: 4000, h: 4000)",
            "FlattenedButterfly(k: 1, n: 2)",
            "FlattenedButterfly(k: 8, n: 1)",
            "FlattenedButterfly(k: 8, n: 4000000000)",
            "FlattenedButterfly(k: 100000, n: 2)",
            "HyperX(sides: [])",
            "HyperX(sides: [0])",
            "HyperX(sides: [4, 4], widths: [1])",
            "HyperX(sides: [4, 4], terminals_per_switch: 0)",
            "HyperX(sides: [4000000000, 4000000000, 4000000000])",
            "CardChain(cards: 0)",
            "CardChain(cards: 5000)",
            "CardTorus(sides: [6, 6])",
            "CardTorus(sides: [3, 3])",
            "CardTorus(sides: [4, 4, 4])",
            "CardTorus(sides: [64, 128])",
            "CardTorus(sides: [4096, 1])",
            "CardMesh(sides: [2, 2])",
            "CardTorus(sides: [4294967295, 0])",
            "CardTorus(sides: [8, 8], uplinks: 17)",
            "CardMesh(sides: [6, 8])",
            "CalxedaRack(chassis: 0)",
            "CalxedaRack(chassis: 3, top_of_rack: 5)",
            "CalxedaRack(chassis: 3, of: Redstone, top_of_rack: 0)",
        ] {
            let refused = match parse(text) {
                Ok(fabric) => panic!("{text} is a {}", fabric.title()),
                Err(refused) => refused,
            };
            let [diagnostic] = refused.diagnostics() else {
                panic!("{refused}");
            };
            assert!(diagnostic.place.is_some(), "{refused}");
            let help = diagnostic.help.first().unwrap_or_else(|| panic!("{refused}"));
            let mut nearest = help.split('`').skip(1).step_by(2).peekable();
            assert!(nearest.peek().is_some(), "{refused}");
            for near in nearest {
                assert!(parse(near).is_ok(), "{near}, of {text}");
            }
        }
    }
}
