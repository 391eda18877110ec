//! What `fabricsim list` says about topologies and routings.

use fabricsim_core::{Entry, Parameter};

use crate::graph::{
    CalxedaRack, CardChain, CardGrid, CompleteGraph, Dragonfly, EnergyCard, FamilyEntry, FlattenedButterfly,
    GridFabric, HyperX, Hypercube, KAryNTree, Ring,
};

pub(crate) const CONCENTRATION: Parameter = Parameter {
    name: "terminals_per_switch",
    help: "terminals on every switch (default 1)",
};

/// A fabric that no family has: the topology of a file.
pub const FILE: Entry = Entry {
    name: "File",
    help: "the fabric in a file (GraphML, DOT, edge list, anynet), or in a folder of link maps",
    parameters: &[Parameter {
        name: "path",
        help: "the file or folder, from the experiment's own folder on",
    }],
};

/// The families of fabrics, in files of their own. Experiments run them, and [`FILE`].
pub const FAMILIES: [FamilyEntry; 16] = [
    GridFabric::TORUS,
    GridFabric::MESH,
    Ring::ENTRY,
    Hypercube::ENTRY,
    CompleteGraph::ENTRY,
    KAryNTree::ENTRY,
    Dragonfly::ENTRY,
    FlattenedButterfly::ENTRY,
    HyperX::ENTRY,
    EnergyCard::ENTRY,
    CardChain::ENTRY,
    CardGrid::TORUS,
    CardGrid::MESH,
    CardGrid::VIRIDIS,
    CardGrid::REDSTONE,
    CalxedaRack::ENTRY,
];

const DATELINE: Parameter = Parameter {
    name: "dateline",
    help: "how two classes of virtual channels break rings (default AtDateline)",
};

const HALF_WAY: Parameter = Parameter {
    name: "half_way",
    help: "direction where both ways around a ring are equally short (default Random)",
};

const HALF_WAY_OF_ESCAPE: Parameter = Parameter {
    name: "half_way",
    help: "the same for the escape; adaptive ways go round both sides (default Random)",
};

const SELECTION: Parameter = Parameter {
    name: "selection",
    help: "which of the open ways a packet asks for (default MostCredits)",
};

const SPREAD: Parameter = Parameter {
    name: "spread",
    help: "what takes one of several ways that are as good (default Packet)",
};

/// The routings. Virtual channels: on rings / on lines of grids; on other fabrics where they say so.
pub const ROUTINGS: [Entry; 19] = [
    Entry {
        name: "DimensionOrder",
        help: "one dimension after the other, each by the shorter way; 2 / 1 VCs, 1 on HyperX and its kin",
        parameters: &[DATELINE, HALF_WAY],
    },
    Entry {
        name: "Valiant",
        help: "by way of a random switch (Valiant & Brebner 1981); 4 / 2 VCs, dragonfly: a random group, 3",
        parameters: &[DATELINE, HALF_WAY],
    },
    Entry {
        name: "Romm",
        help: "by way of a random switch on a shortest way (Nesson & Johnsson 1995); 4 / 2 VCs",
        parameters: &[DATELINE, HALF_WAY],
    },
    Entry {
        name: "O1Turn",
        help: "x first or y first at random, 2 dimensions (Seo et al. 2005); 4 / 2 VCs",
        parameters: &[DATELINE, HALF_WAY],
    },
    Entry {
        name: "MinimalAdaptive",
        help: "every shortest way, with an escape (Duato 1993); 3 / 2 VCs, not NonAtomic",
        parameters: &[HALF_WAY_OF_ESCAPE, SELECTION],
    },
    Entry {
        name: "BubbleDimensionOrder",
        help: "dimension order that leaves a hole in each ring (Carrión et al. 1997); 1 VC, cut-through",
        parameters: &[HALF_WAY],
    },
    Entry {
        name: "AdaptiveBubble",
        help: "every shortest way, bubbles as escape (Puente et al. 2001); 2 VCs, cut-through",
        parameters: &[HALF_WAY_OF_ESCAPE, SELECTION],
    },
    Entry {
        name: "WestFirst",
        help: "adaptive on 2D meshes, -x first (Glass & Ni 1992); 1 VC",
        parameters: &[SELECTION],
    },
    Entry {
        name: "NorthLast",
        help: "adaptive on 2D meshes, +y last (Glass & Ni 1992); 1 VC",
        parameters: &[SELECTION],
    },
    Entry {
        name: "NegativeFirst",
        help: "adaptive on meshes, negative directions first (Glass & Ni 1992); 1 VC",
        parameters: &[SELECTION],
    },
    Entry {
        name: "OddEven",
        help: "adaptive on 2D meshes, turns by the column's parity (Chiu 2000); 1 VC",
        parameters: &[SELECTION],
    },
    Entry {
        name: "ShortestPath",
        help: "any fabric: shortest ways, classes of VCs by links crossed; VCs: as the proof finds",
        parameters: &[SPREAD],
    },
    Entry {
        name: "UpDown",
        help: "any fabric: up a spanning tree's order, then down it (Schroeder et al. 1991); 1 VC",
        parameters: &[SPREAD],
    },
    Entry {
        name: "NearestCommonAncestor",
        help: "k-ary n-tree: up at random to the nearest common ancestor, and down; 1 VC",
        parameters: &[],
    },
    Entry {
        name: "AdaptiveNearestCommonAncestor",
        help: "k-ary n-tree: the same, up where there are most credits; 1 VC",
        parameters: &[SELECTION],
    },
    Entry {
        name: "DModK",
        help: "k-ary n-tree: up by the destination's digits, and down (Zahavi 2010); 1 VC",
        parameters: &[],
    },
    Entry {
        name: "Minimal",
        help: "dragonfly: at most a local, a global and a local link (Kim et al. 2008); 2 VCs",
        parameters: &[],
    },
    Entry {
        name: "UgalL",
        help: "dragonfly: minimal or by a random group, by the source's queues (Kim et al. 2008); 3 VCs",
        parameters: &[],
    },
    Entry {
        name: "WeightedTables",
        help: "Calxeda's tables of weights, up*/down* as escape; 2 VCs, not NonAtomic",
        parameters: &[SELECTION],
    },
];

/// The values of `spread`.
pub const SPREADS: [Entry; 2] = [
    Entry::bare("Packet", "each packet draws at each switch: loads are even"),
    Entry::bare(
        "Flow",
        "a hash of source and destination: packets of a pair take one way, as under ECMP",
    ),
];

/// The values of `selection`.
pub const SELECTIONS: [Entry; 2] = [
    Entry::bare(
        "MostCredits",
        "the port with the most credits in its open virtual channels, escapes last",
    ),
    Entry::bare("AnyFree", "all at once, escapes too: the allocator chooses"),
];

/// The values of `dateline`, in the order of [`Dateline::ALL`](crate::Dateline::ALL).
pub const DATELINES: [Entry; 2] = [
    Entry::bare(
        "AtDateline",
        "class 0 up to the link that closes the ring, class 1 on it and after it (Dally & Seitz)",
    ),
    Entry::bare(
        "OnEntry",
        "class 1 if the coordinate is above the destination's, kept in the dimension (BookSim2)",
    ),
];

/// The values of `half_way`, in the order of [`HalfWay::ALL`](crate::HalfWay::ALL).
pub const HALF_WAYS: [Entry; 3] = [
    Entry::bare("Random", "either, as likely: all of the uniform capacity"),
    Entry::bare("Plus", "always +: 0.8 of the uniform capacity of an 8x8 torus"),
    Entry::bare(
        "Parity",
        "+ from even, - from odd coordinates: all of the uniform capacity, as in published tables",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dateline, HalfWay};

    #[test]
    fn every_option_is_listed_in_order() {
        assert!(
            DATELINES
                .iter()
                .map(|e| e.name)
                .eq(Dateline::ALL.map(Dateline::name))
        );
        assert!(
            HALF_WAYS
                .iter()
                .map(|e| e.name)
                .eq(HalfWay::ALL.map(HalfWay::name))
        );
    }

    #[test]
    fn help_is_one_line() {
        let entries = ROUTINGS
            .iter()
            .chain(&[FILE])
            .chain(&SPREADS)
            .chain(&DATELINES)
            .chain(&HALF_WAYS)
            .chain(&SELECTIONS);
        let families = FAMILIES.iter().map(|family| &family.entry);
        for entry in entries.chain(families) {
            let helps = entry.parameters.iter().map(|p| p.help).chain([entry.help]);
            for help in helps {
                assert!(
                    help.len() <= 100 && !help.contains('\n'),
                    "{}: {help}",
                    entry.name
                );
            }
        }
    }
}
