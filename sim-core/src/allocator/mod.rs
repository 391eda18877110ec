//! Allocators: matching requests with resources (Dally & Towles, chapter 19).

mod islip;
mod requests;
mod separable_input_first;

pub use requests::{Pointers, Requests};

use crate::AllocatorKind;

/// Matches rows with columns: each pair in `requests.matches` was requested, and no row or column is in two.
#[inline]
pub fn allocate<const W: usize>(kind: AllocatorKind, requests: &mut Requests<W>, pointers: &mut Pointers) {
    match kind {
        AllocatorKind::Islip { iterations } => islip::allocate(iterations, requests, pointers),
        AllocatorKind::SeparableInputFirst => separable_input_first::allocate(requests, pointers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever the requests: only requested pairs, each row and column once, and at least one pair.
        #[test]
        fn every_allocator_makes_a_matching(
            rounds in prop::collection::vec(prop::collection::vec((0_usize..12, 0_usize..12), 1..40), 1..10),
            kind in prop_oneof![
                (1_u8..4).prop_map(|iterations| AllocatorKind::Islip { iterations }),
                Just(AllocatorKind::SeparableInputFirst),
            ],
        ) {
            let mut requests = Requests::<1>::new(12);
            let (mut first, mut second) = (vec![0; 12], vec![0; 12]);
            for pairs in rounds {
                requests.clear();
                for row in 0..12 {
                    let mut columns = crate::mask::Mask::EMPTY;
                    pairs.iter().filter(|p| p.0 == row).for_each(|p| columns.insert(p.1));
                    if !columns.is_empty() {
                        requests.add(row, columns);
                    }
                }
                let pointers = &mut Pointers { of_row: &mut first, of_column: &mut second };
                allocate(kind, &mut requests, pointers);
                let matches = &requests.matches;
                prop_assert!(!matches.is_empty());
                for (i, &(row, column)) in matches.iter().enumerate() {
                    prop_assert!(pairs.contains(&(row, column)));
                    prop_assert!(matches[i + 1..].iter().all(|m| m.0 != row && m.1 != column));
                }
            }
        }
    }
}
