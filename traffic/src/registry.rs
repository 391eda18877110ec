//! What `fabricsim list` says about patterns and injection processes.

/// A name that experiments may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name.
    pub name: &'static str,
    /// What it is, in a line.
    pub help: &'static str,
    /// Fields of `Traffic` that have a meaning only with it.
    pub parameters: &'static [Parameter],
}

/// A field that goes with an [`Entry`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Name of the field.
    pub name: &'static str,
    /// What it means, with its default.
    pub help: &'static str,
}

const fn entry(name: &'static str, help: &'static str) -> Entry {
    Entry {
        name,
        help,
        parameters: &[],
    }
}

/// The patterns, in the order of [`Pattern::ALL`](crate::Pattern::ALL).
pub const PATTERNS: [Entry; 7] = [
    Entry {
        name: "Uniform",
        help: "to a terminal drawn anew for each packet, each as likely",
        parameters: &[Parameter {
            name: "include_self",
            help: "whether a terminal may draw itself (default true)",
        }],
    },
    entry(
        "Tornado",
        "ceil(k/2) - 1 switches onwards in every dimension of k, around the ring",
    ),
    entry(
        "Transpose",
        "first and second half of the coordinates swapped; needs halves with equal sides",
    ),
    entry(
        "BitComplement",
        "the terminal's number with every bit inverted; needs a power of two of terminals",
    ),
    entry(
        "BitReverse",
        "the terminal's number with its bits in reverse; needs a power of two of terminals",
    ),
    entry(
        "Shuffle",
        "the terminal's number with its bits rotated left by one; needs a power of two of terminals",
    ),
    entry(
        "Neighbor",
        "one switch onwards in every dimension, around the ring",
    ),
];

/// The injection processes, in the order of [`Injection::ALL`](crate::Injection::ALL).
pub const INJECTIONS: [Entry; 3] = [
    entry(
        "Bernoulli",
        "a packet in each cycle with probability load / packet flits, at most one a cycle",
    ),
    entry(
        "Poisson",
        "exponential gaps in continuous time; several packets may share a cycle",
    ),
    entry(
        "Periodic",
        "a packet every packet flits / load cycles, from a random phase",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Injection, Pattern};

    #[test]
    fn every_pattern_and_injection_is_listed_in_order() {
        assert!(
            PATTERNS
                .iter()
                .map(|e| e.name)
                .eq(Pattern::ALL.map(Pattern::name))
        );
        assert!(
            INJECTIONS
                .iter()
                .map(|e| e.name)
                .eq(Injection::ALL.map(Injection::name))
        );
    }

    #[test]
    fn help_is_one_line() {
        for entry in PATTERNS.iter().chain(&INJECTIONS) {
            assert!(
                entry.help.len() <= 100 && !entry.help.contains('\n'),
                "{}",
                entry.name
            );
        }
    }
}
