//! A demand by destination.

use super::Demand;

/// Who sends to each terminal, and which part of their packets.
pub(super) enum Senders {
    /// All, or all others, alike.
    Uniform { terminals: u32, include_self: bool },
    /// By terminal: those that send all of their packets to it.
    Listed(Vec<Vec<u32>>),
    /// By terminal: the first of the block that sends to it.
    Block { block: u32, first: Vec<u32> },
}

impl Senders {
    pub fn new(demand: &Demand, terminals: u32) -> Self {
        match demand {
            &Demand::Uniform { include_self } => Self::Uniform {
                terminals,
                include_self,
            },
            Demand::Permutation(destinations) => {
                assert_eq!(
                    destinations.len(),
                    terminals as usize,
                    "destinations of a permutation"
                );
                let mut senders = vec![Vec::new(); terminals as usize];
                for (source, &dest) in (0..).zip(destinations) {
                    senders[dest as usize].push(source);
                }
                Self::Listed(senders)
            }
            &Demand::Block { block, offset } => {
                let mut first = vec![0; terminals as usize];
                for source in (0..terminals).step_by(block as usize) {
                    let to = Demand::first_of_block(source, terminals, block, offset) as usize;
                    first[to..to + block as usize].fill(source);
                }
                Self::Block { block, first }
            }
        }
    }

    /// Shows every sender to `dest` with the part of its packets.
    pub fn to(&self, dest: u32, mut see: impl FnMut(u32, f64)) {
        match self {
            &Self::Uniform {
                terminals,
                include_self,
            } => {
                let part = 1.0 / f64::from(terminals - u32::from(!include_self));
                for source in (0..terminals).filter(|&source| include_self || source != dest) {
                    see(source, part);
                }
            }
            Self::Listed(senders) => senders[dest as usize].iter().for_each(|&source| see(source, 1.0)),
            Self::Block { block, first } => {
                let first = first[dest as usize];
                for source in first..first + block {
                    see(source, 1.0 / f64::from(*block));
                }
            }
        }
    }
}
