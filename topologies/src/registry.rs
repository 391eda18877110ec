//! What `fabricsim list` says about topologies and routings.

use fabricsim_core::{Entry, Parameter};

const SIDES: Parameter = Parameter {
    name: "sides",
    help: "switches along each dimension, any number of dimensions: [8, 8]",
};

const CONCENTRATION: Parameter = Parameter {
    name: "terminals_per_switch",
    help: "terminals on every switch (default 1)",
};

/// The topologies.
pub const TOPOLOGIES: [Entry; 2] = [
    Entry {
        name: "Torus",
        help: "a grid of switches whose dimensions are rings: k-ary n-cube, sides may differ",
        parameters: &[
            SIDES,
            Parameter {
                name: "wrap",
                help: "for each dimension whether it is a ring (default all true)",
            },
            CONCENTRATION,
        ],
    },
    Entry {
        name: "Mesh",
        help: "a grid of switches with edges in every dimension, sides may differ",
        parameters: &[SIDES, CONCENTRATION],
    },
];

/// The routings.
pub const ROUTINGS: [Entry; 1] = [Entry {
    name: "DimensionOrder",
    help: "one dimension after the other from the first on, each by the shorter way",
    parameters: &[
        Parameter {
            name: "dateline",
            help: "how two classes of virtual channels break rings (default AtDateline)",
        },
        Parameter {
            name: "half_way",
            help: "direction where both ways around a ring are equally short (default Random)",
        },
    ],
}];

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
        let entries = TOPOLOGIES
            .iter()
            .chain(&ROUTINGS)
            .chain(&DATELINES)
            .chain(&HALF_WAYS);
        for entry in entries {
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
