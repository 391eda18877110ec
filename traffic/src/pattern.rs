//! Traffic patterns: where the packets of each terminal go.

use std::fmt;
use std::sync::Arc;

use fabricsim_core::Stream;
use thiserror::Error;

use crate::draw::below;

/// A traffic pattern of the textbook (Dally & Towles, *Principles and Practices of Interconnection Networks*,
/// section 3.2) with the formulas of BookSim2.
///
/// All but `Uniform` and `Adversarial` are permutations: each terminal sends to one, and receives from one, possibly
/// itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// Every packet to a terminal drawn anew, each as likely.
    Uniform {
        /// Whether a terminal may draw itself.
        include_self: bool,
    },
    /// ceil(k/2) - 1 switches onwards in every dimension of k switches, around the ring.
    Tornado,
    /// The coordinates of the first half of the dimensions change places with those of the second.
    Transpose,
    /// Every bit of the terminal's number inverted.
    BitComplement,
    /// The bits of the terminal's number in reverse.
    BitReverse,
    /// The bits of the terminal's number rotated left by one: the perfect shuffle.
    Shuffle,
    /// One switch onwards in every dimension, around the ring.
    Neighbor,
    /// Every packet to a terminal of another block drawn anew, each as likely. A block is the group of a dragonfly
    /// (Kim et al., ISCA 2008, section 4.2), elsewhere the terminals of a switch (Kim, Dally & Abts, ISCA 2007).
    Adversarial {
        /// How many blocks on, around all of them.
        offset: u32,
    },
}

/// The shape of a fabric as patterns see it.
///
/// Switch (x, y, …) has the number x + kx (y + ky (…)) and its terminals the numbers
/// switch x concentration + local index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape<'a> {
    /// Switches along each dimension.
    pub sides: &'a [u32],
    /// Terminals at each switch.
    pub concentration: u32,
    /// Terminals of a block, which have successive numbers: a divisor of all. On a grid the concentration.
    pub block: u32,
}

/// Where the packets of a flow go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destinations {
    /// To a terminal drawn anew for each packet.
    Uniform {
        /// Number of terminals; at least 2 where `include_self` is not set.
        terminals: u32,
        /// Whether a terminal may draw itself.
        include_self: bool,
    },
    /// To one fixed terminal, by the number of the source.
    Table(Arc<[u32]>),
    /// To a terminal of another block drawn anew for each packet.
    Block {
        /// Number of terminals, a multiple of `block`.
        terminals: u32,
        /// Terminals of a block, at least 1.
        block: u32,
        /// How many blocks on, less than there are.
        offset: u32,
    },
}

/// Why a pattern is not possible on a fabric, and what sizes would do.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PatternError {
    /// A fabric without terminals.
    #[error("a fabric of {sides} switches with {concentration} terminals each has no terminal")]
    NoTerminal {
        /// Its sides.
        sides: Sides,
        /// Terminals at each switch.
        concentration: u32,
    },
    /// Terminals have numbers of 32 bits.
    #[error(
        "a fabric of {sides} switches with {concentration} terminals each has more than 2^32 - 1 terminals"
    )]
    TooManyTerminals {
        /// Its sides.
        sides: Sides,
        /// Terminals at each switch.
        concentration: u32,
    },
    /// Uniform traffic without self has nowhere to go.
    #[error(
        "`Uniform` without `include_self` needs somebody else to send to, but the fabric has 1 terminal; \
         2 or more would do"
    )]
    Alone,
    /// Adversarial traffic has only its own block to go to.
    #[error(
        "`Adversarial` needs another block to send to, but the fabric is one block of {terminals} terminals; \
             two switches, or groups of a dragonfly, would do"
    )]
    OneBlock {
        /// Terminals of the fabric.
        terminals: u32,
    },
    /// Adversarial traffic comes around to its own block.
    #[error("`Adversarial` with an offset of {offset} leads to a terminal's own block, as there are {blocks}; \
             1 to {} would do", .blocks - 1)]
    OwnBlock {
        /// The offset.
        offset: u32,
        /// Number of blocks.
        blocks: u32,
    },
    /// The pattern permutes the bits of a terminal's number.
    #[error("`{pattern}` needs a power of two of terminals, but the fabric has {terminals}; {} would do",
            powers_around(*.terminals))]
    NotPowerOfTwo {
        /// Name of the pattern.
        pattern: &'static str,
        /// Terminals of the fabric.
        terminals: u32,
    },
    /// Half of the dimensions cannot change places with the other half.
    #[error("`Transpose` needs an even number of dimensions, but {sides} has {}; {} would do",
            sides.0.len(), sides.even())]
    OddDimensions {
        /// Sides of the fabric.
        sides: Sides,
    },
    /// The halves of the dimensions differ.
    #[error("`Transpose` needs the same sides in both halves of the dimensions, but {sides} differs; {} would do",
            sides.square())]
    UnequalSides {
        /// Sides of the fabric.
        sides: Sides,
    },
}

/// The sides of a fabric in a message: `16x18`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sides(Vec<u32>);

impl Sides {
    /// The nearest even number of dimensions with equal halves, for an odd number of them: of one, two with about as many
    /// terminals.
    fn even(&self) -> Self {
        match self.0.as_slice() {
            &[ring] => Self(vec![ring.isqrt().max(1); 2]),
            _ => self.square(),
        }
    }

    /// The first half of the dimensions twice; a middle one is dropped.
    fn square(&self) -> Self {
        let half = &self.0[..self.0.len() / 2];
        Self([half, half].concat())
    }
}

impl fmt::Display for Sides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, side) in self.0.iter().enumerate() {
            let separator = if i == 0 { "" } else { "x" };
            write!(f, "{separator}{side}")?;
        }
        Ok(())
    }
}

/// The powers of two on either side of `n`, in words.
fn powers_around(n: u32) -> String {
    let above = u64::from(n).next_power_of_two();
    format!("{} or {above}", above / 2)
}

impl Pattern {
    /// Every pattern, uniform traffic with self, adversarial to the next block.
    pub const ALL: [Self; 8] = [
        Self::Uniform { include_self: true },
        Self::Tornado,
        Self::Transpose,
        Self::BitComplement,
        Self::BitReverse,
        Self::Shuffle,
        Self::Neighbor,
        Self::Adversarial { offset: 1 },
    ];

    /// The name that experiments know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uniform { .. } => "Uniform",
            Self::Tornado => "Tornado",
            Self::Transpose => "Transpose",
            Self::BitComplement => "BitComplement",
            Self::BitReverse => "BitReverse",
            Self::Shuffle => "Shuffle",
            Self::Neighbor => "Neighbor",
            Self::Adversarial { .. } => "Adversarial",
        }
    }

    /// The pattern on a fabric.
    ///
    /// # Errors
    /// Where the fabric's size does not allow it; see [`PatternError`].
    pub fn destinations(self, shape: Shape<'_>) -> Result<Destinations, PatternError> {
        let terminals = shape.terminals()?;
        match self {
            Self::Uniform { include_self } => uniform(terminals, include_self),
            Self::Adversarial { offset } => adversarial(terminals, shape.block, offset),
            Self::Tornado => Ok(shape.permuted(terminals, |switch| shape.onwards(switch, |k| (k - 1) / 2))),
            Self::Neighbor => Ok(shape.permuted(terminals, |switch| shape.onwards(switch, |_| 1))),
            Self::Transpose => {
                let half = shape.transposed_half()?;
                Ok(shape.permuted(terminals, |switch| switch / half + switch % half * half))
            }
            Self::BitComplement => self.on_bits(terminals, |number, bits| !number & mask(bits)),
            Self::BitReverse => self.on_bits(terminals, |number, bits| {
                // Two shifts: a single one of all 32 bits, where there is one terminal, would overflow.
                number.reverse_bits() >> 1 >> (31 - bits)
            }),
            Self::Shuffle => self.on_bits(terminals, |number, bits| {
                let carried = number >> bits.saturating_sub(1);
                (number << 1 & mask(bits)) | carried
            }),
        }
    }

    /// A permutation of terminal numbers of `bits` bits.
    fn on_bits(self, terminals: u32, to: impl Fn(u32, u32) -> u32) -> Result<Destinations, PatternError> {
        if !terminals.is_power_of_two() {
            return Err(PatternError::NotPowerOfTwo {
                pattern: self.name(),
                terminals,
            });
        }
        let bits = terminals.trailing_zeros();
        Ok(Destinations::Table(
            (0..terminals).map(|source| to(source, bits)).collect(),
        ))
    }
}

fn uniform(terminals: u32, include_self: bool) -> Result<Destinations, PatternError> {
    if terminals == 1 && !include_self {
        return Err(PatternError::Alone);
    }
    Ok(Destinations::Uniform {
        terminals,
        include_self,
    })
}

/// # Panics
/// If the blocks do not share out the terminals: shapes are made by fabrics.
fn adversarial(terminals: u32, block: u32, offset: u32) -> Result<Destinations, PatternError> {
    assert!(
        block > 0 && terminals.is_multiple_of(block),
        "{terminals} terminals in blocks of {block}"
    );
    let blocks = terminals / block;
    if blocks == 1 {
        return Err(PatternError::OneBlock { terminals });
    }
    if offset.is_multiple_of(blocks) {
        return Err(PatternError::OwnBlock { offset, blocks });
    }
    Ok(Destinations::Block {
        terminals,
        block,
        offset: offset % blocks,
    })
}

/// The lowest `bits` bits, at most 31.
fn mask(bits: u32) -> u32 {
    (1 << bits) - 1
}

impl Shape<'_> {
    fn sides(&self) -> Sides {
        Sides(self.sides.to_vec())
    }

    /// Number of terminals, at least 1.
    fn terminals(&self) -> Result<u32, PatternError> {
        let concentration = self.concentration;
        if concentration == 0 || self.sides.contains(&0) {
            return Err(PatternError::NoTerminal {
                sides: self.sides(),
                concentration,
            });
        }
        let terminals = self
            .sides
            .iter()
            .try_fold(concentration, |product, &side| product.checked_mul(side));
        terminals.ok_or_else(|| PatternError::TooManyTerminals {
            sides: self.sides(),
            concentration,
        })
    }

    /// Each switch to another, local indices kept.
    fn permuted(&self, terminals: u32, to: impl Fn(u32) -> u32) -> Destinations {
        let concentration = self.concentration;
        let destination = |source| to(source / concentration) * concentration + source % concentration;
        Destinations::Table((0..terminals).map(destination).collect())
    }

    /// The switch `step(k)` onwards from `switch` in every dimension of `k` switches.
    fn onwards(&self, switch: u32, step: impl Fn(u32) -> u32) -> u32 {
        let mut rest = switch;
        let mut stride = 1;
        let mut onwards = 0;
        for &side in self.sides {
            let coordinate = u64::from(rest % side) + u64::from(step(side));
            onwards += (coordinate % u64::from(side)) as u32 * stride;
            rest /= side;
            stride *= side;
        }
        onwards
    }

    /// Switches in one half of the dimensions, where both halves have the same sides. The number of a
    /// switch is then `a + half * b`, and that of its transposed switch `b + half * a`.
    fn transposed_half(&self) -> Result<u32, PatternError> {
        let dimensions = self.sides.len();
        if !dimensions.is_multiple_of(2) {
            return Err(PatternError::OddDimensions { sides: self.sides() });
        }
        let (first, second) = self.sides.split_at(dimensions / 2);
        if first != second {
            return Err(PatternError::UnequalSides { sides: self.sides() });
        }
        Ok(first.iter().product())
    }
}

impl Destinations {
    /// Where the next packet of terminal `source` goes. A table never draws, the others once.
    pub(crate) fn pick(&self, source: u32, stream: &mut Stream) -> u32 {
        match self {
            Self::Table(table) => table[source as usize],
            &Self::Uniform {
                terminals,
                include_self: true,
            } => below(stream, terminals),
            &Self::Uniform { terminals, .. } => {
                let other = below(stream, terminals - 1);
                other + u32::from(other >= source)
            }
            &Self::Block {
                terminals,
                block,
                offset,
            } => {
                let to = (u64::from(source / block) + u64::from(offset)) % u64::from(terminals / block);
                to as u32 * block + below(stream, block)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use fabricsim_core::{Purpose, stream};
    use proptest::prelude::*;

    use super::*;

    fn shape(sides: &[u32], concentration: u32) -> Shape<'_> {
        Shape {
            sides,
            concentration,
            block: concentration,
        }
    }

    fn table(pattern: Pattern, sides: &[u32], concentration: u32) -> Vec<u32> {
        match pattern.destinations(shape(sides, concentration)) {
            Ok(Destinations::Table(table)) => table.to_vec(),
            other => panic!("{pattern:?} on {sides:?}: {other:?}"),
        }
    }

    fn message(pattern: Pattern, sides: &[u32], concentration: u32) -> String {
        pattern
            .destinations(shape(sides, concentration))
            .unwrap_err()
            .to_string()
    }

    fn is_permutation(table: &[u32]) -> bool {
        let mut sorted = table.to_vec();
        sorted.sort_unstable();
        sorted.iter().copied().eq(0..table.len() as u32)
    }

    /// The formulas of BookSim2's `traffic.cpp` for 8x8, written out on x and y.
    #[test]
    fn eight_by_eight_is_as_in_booksim2() {
        let reversed = |bits: u32| (0..6).fold(0, |r, bit| r | (bits >> bit & 1) << (5 - bit));
        for source in 0..64 {
            let (x, y) = (source % 8, source / 8);
            let expected = [
                (Pattern::Tornado, (x + 3) % 8 + 8 * ((y + 3) % 8)),
                (Pattern::Neighbor, (x + 1) % 8 + 8 * ((y + 1) % 8)),
                (Pattern::Transpose, source >> 3 & 7 | source << 3 & 56),
                (Pattern::BitComplement, 63 - source),
                (Pattern::BitReverse, reversed(source)),
                (Pattern::Shuffle, source << 1 & 63 | source >> 5 & 1),
            ];
            for (pattern, dest) in expected {
                assert_eq!(
                    table(pattern, &[8, 8], 1)[source as usize],
                    dest,
                    "{pattern:?} {source}"
                );
            }
        }
    }

    #[test]
    fn some_destinations_by_hand() {
        let at = |pattern, source: usize| table(pattern, &[8, 8], 1)[source];
        assert_eq!(at(Pattern::Tornado, 0), 27, "(0,0) to (3,3)");
        assert_eq!(at(Pattern::Neighbor, 63), 0, "(7,7) around both rings");
        assert_eq!(at(Pattern::Transpose, 10), 17, "(2,1) to (1,2)");
        assert_eq!(at(Pattern::BitComplement, 0b010_011), 0b101_100);
        assert_eq!(at(Pattern::BitReverse, 0b010_011), 0b110_010);
        assert_eq!(at(Pattern::Shuffle, 0b110_011), 0b100_111);
    }

    #[test]
    fn tornado_goes_just_less_than_half_way() {
        for (side, step) in [(1, 0), (2, 0), (3, 1), (4, 1), (5, 2), (8, 3), (9, 4)] {
            assert_eq!(table(Pattern::Tornado, &[side], 1)[0], step, "ring of {side}");
        }
    }

    #[test]
    fn terminals_keep_their_local_index() {
        // Switches (x, y) of 3x2 with 4 terminals each: terminal 2 of (1, 0) to terminal 2 of (2, 1).
        assert_eq!(table(Pattern::Neighbor, &[3, 2], 4)[4 + 2], 5 * 4 + 2);
        assert_eq!(
            table(Pattern::Transpose, &[2, 2], 3)[3 + 1],
            2 * 3 + 1,
            "(1,0) to (0,1)"
        );
    }

    #[test]
    fn transpose_swaps_halves_of_four_dimensions() {
        // (x, y, z, w) = (1, 0, 2, 1) on 3x2x3x2 to (2, 1, 1, 0).
        let source = 1 + 3 * (2 * (2 + 3));
        let dest = 2 + 3 * (1 + 2);
        assert_eq!(table(Pattern::Transpose, &[3, 2, 3, 2], 1)[source], dest);
    }

    #[test]
    fn one_terminal_sends_to_itself() {
        for pattern in [Pattern::BitComplement, Pattern::BitReverse, Pattern::Shuffle] {
            assert_eq!(table(pattern, &[1], 1), [0], "{pattern:?}");
        }
    }

    #[test]
    fn errors_say_why_and_what_would_do() {
        let lonely = Pattern::Uniform { include_self: false };
        assert!(message(lonely, &[1], 1).contains("2 or more would do"));
        assert_eq!(
            message(Pattern::BitReverse, &[16, 18], 1),
            "`BitReverse` needs a power of two of terminals, but the fabric has 288; 256 or 512 would do"
        );
        assert_eq!(
            message(Pattern::Transpose, &[16, 18], 1),
            "`Transpose` needs the same sides in both halves of the dimensions, but 16x18 differs; \
             16x16 would do"
        );
        assert_eq!(
            message(Pattern::Transpose, &[4, 4, 4], 1),
            "`Transpose` needs an even number of dimensions, but 4x4x4 has 3; 4x4 would do"
        );
        assert!(message(Pattern::Transpose, &[288], 1).ends_with("but 288 has 1; 16x16 would do"));
        assert!(message(Pattern::Tornado, &[65_536, 65_536], 1).contains("more than 2^32 - 1"));
        assert!(message(Pattern::Tornado, &[4, 0], 1).contains("no terminal"));
        assert!(message(Pattern::Tornado, &[4, 4], 0).contains("no terminal"));
    }

    #[test]
    fn uniform_without_self_reaches_all_others_evenly() {
        let destinations = Pattern::Uniform { include_self: false }.destinations(shape(&[5], 1));
        let destinations = destinations.unwrap();
        let mut draws = stream(1, 2, Purpose::Destinations(0));
        let mut counts = [0_u32; 5];
        for _ in 0..40_000 {
            counts[destinations.pick(2, &mut draws) as usize] += 1;
        }
        assert_eq!(counts[2], 0);
        // Standard deviation of a count: sqrt(40000 x 1/4 x 3/4) = 87.
        assert!(
            [0, 1, 3, 4].iter().all(|&d| counts[d].abs_diff(10_000) < 350),
            "{counts:?}"
        );
    }

    /// Two terminals at each of six switches in blocks of three switches, and in blocks of one.
    #[test]
    fn adversarial_goes_to_all_of_another_block_evenly() {
        for (block, offset, source, expected) in [(6, 1, 4, 6..12), (2, 5, 4, 2..4), (2, 7, 11, 0..2)] {
            let shape = Shape {
                block,
                ..shape(&[3, 2], 2)
            };
            let destinations = Pattern::Adversarial { offset }.destinations(shape).unwrap();
            let mut draws = stream(1, source, Purpose::Destinations(0));
            let mut counts = [0_u32; 12];
            for _ in 0..12_000 {
                counts[destinations.pick(source, &mut draws) as usize] += 1;
            }
            // Standard deviation of a count: at most sqrt(12000 x 1/2 x 1/2) = 55.
            let mean = 12_000 / block;
            assert!(
                expected.clone().all(|d| counts[d].abs_diff(mean) < 220),
                "{counts:?}"
            );
            assert_eq!(counts[expected].iter().sum::<u32>(), 12_000, "{counts:?}");
        }
        let own = Pattern::Adversarial { offset: 12 };
        assert_eq!(
            message(own, &[6], 2),
            "`Adversarial` with an offset of 12 leads to a terminal's own block, as there are 6; 1 to 5 would do"
        );
        assert_eq!(
            message(Pattern::Adversarial { offset: 1 }, &[1], 8),
            "`Adversarial` needs another block to send to, but the fabric is one block of 8 terminals; \
             two switches, or groups of a dragonfly, would do"
        );
    }

    proptest! {
        #[test]
        fn every_pattern_that_does_not_draw_is_a_permutation(
            sides in prop::collection::vec(1_u32..7, 1..5), concentration in 1_u32..5,
        ) {
            for pattern in &Pattern::ALL[1..7] {
                match pattern.destinations(shape(&sides, concentration)) {
                    Ok(Destinations::Table(table)) => prop_assert!(is_permutation(&table), "{pattern:?}"),
                    Ok(other) => prop_assert!(false, "{pattern:?}: {other:?}"),
                    Err(error) => prop_assert!(error.to_string().ends_with("would do"), "{error}"),
                }
            }
        }

        #[test]
        fn what_an_error_suggests_would_do(sides in prop::collection::vec(1_u32..9, 1..6)) {
            let Err(error) = Pattern::Transpose.destinations(shape(&sides, 1)) else {
                return Ok(());
            };
            let suggestion = match &error {
                PatternError::OddDimensions { sides } => sides.even(),
                PatternError::UnequalSides { sides } => sides.square(),
                other => panic!("{other}"),
            };
            prop_assert!(Pattern::Transpose.destinations(shape(&suggestion.0, 1)).is_ok());
        }
    }
}
