//! What `fabricsim list` says about patterns and injection processes.

use fabricsim_core::{Entry, Parameter};

/// The patterns, in the order of [`Pattern::ALL`](crate::Pattern::ALL).
pub const PATTERNS: [Entry; 8] = [
    Entry {
        name: "Uniform",
        help: "to a terminal drawn anew for each packet, each as likely",
        parameters: &[Parameter {
            name: "include_self",
            help: "whether a terminal may draw itself (default true)",
        }],
    },
    Entry::bare(
        "Tornado",
        "ceil(k/2) - 1 switches onwards in every dimension of k, around the ring",
    ),
    Entry::bare(
        "Transpose",
        "first and second half of the coordinates swapped; needs halves with equal sides",
    ),
    Entry::bare(
        "BitComplement",
        "the terminal's number with every bit inverted; needs a power of two of terminals",
    ),
    Entry::bare(
        "BitReverse",
        "the terminal's number with its bits in reverse; needs a power of two of terminals",
    ),
    Entry::bare(
        "Shuffle",
        "the terminal's number with its bits rotated left by one; needs a power of two of terminals",
    ),
    Entry::bare(
        "Neighbor",
        "one switch onwards in every dimension, around the ring",
    ),
    Entry {
        name: "Adversarial",
        help: "to a terminal of another block drawn anew: a dragonfly's group, elsewhere a switch's terminals",
        parameters: &[Parameter {
            name: "offset",
            help: "how many blocks on",
        }],
    },
];

/// The injection processes, in the order of [`Injection::ALL`](crate::Injection::ALL).
pub const INJECTIONS: [Entry; 3] = [
    Entry::bare(
        "Bernoulli",
        "a packet in each cycle with probability load / packet flits, at most one a cycle",
    ),
    Entry::bare(
        "Poisson",
        "exponential gaps in continuous time; several packets may share a cycle",
    ),
    Entry::bare(
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
