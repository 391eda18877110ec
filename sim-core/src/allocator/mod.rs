//! Allocators: matching requests with resources (Dally & Towles, chapter 19). Each does what the allocator of that name
//! does in BookSim2, choice for choice where nothing is random.

mod islip;
mod loa;
mod pim;
mod requests;
mod select;
mod separable_input_first;
mod separable_output_first;
mod wavefront;

pub use requests::{Pointers, Requests};

use crate::{AllocatorKind, Stream};

/// Matches rows with columns: each pair in `requests.matches` was requested, and no row or column is in two.
/// `random` is drawn from by kinds that draw ([`AllocatorKind::draws`]) only.
#[inline]
pub fn allocate<const W: usize>(
    kind: AllocatorKind,
    requests: &mut Requests<W>,
    pointers: &mut Pointers,
    random: &mut Stream,
) {
    match kind {
        AllocatorKind::Islip { iterations } => islip::allocate(iterations, requests, pointers),
        AllocatorKind::SeparableInputFirst => separable_input_first::allocate(requests, pointers),
        AllocatorKind::SeparableOutputFirst => separable_output_first::allocate(requests, pointers),
        AllocatorKind::Pim { iterations } => pim::allocate(iterations, requests, random),
        AllocatorKind::Wavefront => wavefront::allocate(requests, pointers),
        AllocatorKind::Select { iterations } => select::allocate(iterations, requests, pointers),
        AllocatorKind::Loa => loa::allocate(requests, pointers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::Mask;
    use crate::{Purpose, stream};
    use proptest::prelude::*;

    const SIZE: usize = 70;

    /// (row, column, urgent) of the requests of a round.
    type Round = Vec<(usize, usize, bool)>;

    fn rounds() -> impl Strategy<Value = Vec<Round>> {
        // Few rows and columns, so that they conflict, on both sides of the end of a word.
        let end = 60..SIZE;
        let request = (end.clone(), end, any::<bool>());
        prop::collection::vec(prop::collection::vec(request, 1..40), 1..10)
    }

    /// The matchings of an allocator, round after round.
    fn matchings(kind: AllocatorKind, rounds: &[Round]) -> Vec<Vec<(usize, usize)>> {
        let mut requests = Requests::<2>::new(0, SIZE);
        let (mut of_row, mut of_column) = (vec![0; SIZE], vec![0; SIZE]);
        let random = &mut stream(1, 0, Purpose::Allocation);
        let one = |round: &Round| {
            requests.clear();
            for &(row, column, urgent) in round {
                let wanted = Mask::range(column, 1);
                if urgent {
                    requests.add_urgent(row, wanted);
                } else {
                    requests.add(row, wanted);
                }
            }
            let pointers = &mut Pointers {
                of_row: &mut of_row,
                of_column: &mut of_column,
            };
            allocate(kind, &mut requests, pointers, random);
            let scratch = requests.by_column.iter().chain(&requests.grants);
            assert!(scratch.clone().all(Mask::is_empty), "scratch is left behind");
            requests.matches.clone()
        };
        rounds.iter().map(one).collect()
    }

    proptest! {
        /// Whatever the requests: only requested pairs, each row and column once, and at least one pair.
        #[test]
        fn every_allocator_makes_a_matching(
            rounds in rounds(),
            kind in prop_oneof![
                (1_u8..4).prop_map(|iterations| AllocatorKind::Islip { iterations }),
                Just(AllocatorKind::SeparableInputFirst),
                Just(AllocatorKind::SeparableOutputFirst),
                (1_u8..4).prop_map(|iterations| AllocatorKind::Pim { iterations }),
                Just(AllocatorKind::Wavefront),
                (1_u8..4).prop_map(|iterations| AllocatorKind::Select { iterations }),
                Just(AllocatorKind::Loa),
            ],
        ) {
            for (round, matches) in rounds.iter().zip(matchings(kind, &rounds)) {
                prop_assert!(!matches.is_empty());
                for (i, &(row, column)) in matches.iter().enumerate() {
                    prop_assert!(round.iter().any(|r| (r.0, r.1) == (row, column)));
                    prop_assert!(matches[i + 1..].iter().all(|m| m.0 != row && m.1 != column));
                }
            }
        }

        /// A wavefront, and as many iterations as there are rows, leave no request whose row and column are both
        /// free. (Those of `Select` may, as its file says.)
        #[test]
        fn thorough_allocators_make_a_maximal_matching(
            rounds in rounds(),
            kind in prop_oneof![
                Just(AllocatorKind::Islip { iterations: SIZE as u8 }),
                Just(AllocatorKind::Pim { iterations: SIZE as u8 }),
                Just(AllocatorKind::Wavefront),
            ],
        ) {
            for (round, matches) in rounds.iter().zip(matchings(kind, &rounds)) {
                for &(row, column, _) in round {
                    prop_assert!(matches.iter().any(|m| m.0 == row || m.1 == column));
                }
            }
        }

        /// One iteration of `Select` is separable allocation, output first.
        #[test]
        fn one_iteration_of_select_is_output_first(rounds in rounds()) {
            prop_assert_eq!(
                matchings(AllocatorKind::Select { iterations: 1 }, &rounds),
                matchings(AllocatorKind::SeparableOutputFirst, &rounds)
            );
        }
    }
}
