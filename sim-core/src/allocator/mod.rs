//! Allocators: matching requests with resources (Dally & Towles, chapter 19). Each does what the allocator of that name
//! does in BookSim2, choice for choice where nothing is random.

mod islip;
mod loa;
mod pim;
mod requests;
mod select;
mod separable_input_first;
mod separable_output_first;
#[cfg(test)]
mod test_pointers;
mod wavefront;

pub use requests::{HasPointer, Pointer, Pointers, Requests};

use crate::{AllocatorKind, Stream};

/// Matches rows with columns: each pair in `requests.matches` was requested, and no row or column is in two.
/// `random` is drawn from by kinds that draw ([`AllocatorKind::draws`]) only.
#[inline(always)]
pub fn allocate<const W: usize>(
    kind: AllocatorKind,
    requests: &mut Requests<W>,
    pointers: &mut (impl Pointers + ?Sized),
    random: &mut Stream,
) {
    // What is asked for once, as most is, needs no arbitration.
    let all_equal = !requests.has_urgent() || matches!(kind, AllocatorKind::Islip { .. });
    if requests.contested.is_empty() && all_equal && grants_all_at_once(kind) {
        for row in requests.rows.iter() {
            if let Some(column) = requests.by_row[row].round_robin(pointers.of_row(row)) {
                requests.matched(row, column);
                pointers.move_past(row, column);
            }
        }
        return;
    }
    allocate_contested(kind, requests, pointers, random);
}

/// Requests of which none is contested, and none urgent, are all granted, and each row takes what its pointer finds first.
pub fn grants_all_at_once(kind: AllocatorKind) -> bool {
    match kind {
        AllocatorKind::Islip { .. }
        | AllocatorKind::Select { iterations: 1 }
        | AllocatorKind::SeparableInputFirst
        | AllocatorKind::SeparableOutputFirst => true,
        // Others draw, move pointers in their own way, or let a row change its mind.
        AllocatorKind::Pim { .. }
        | AllocatorKind::Wavefront
        | AllocatorKind::Loa
        | AllocatorKind::Select { .. } => false,
    }
}

/// Each column chooses a row by its pointer, then each row one of the columns that chose it, and that is all.
pub fn columns_choose(kind: AllocatorKind) -> bool {
    let separable = AllocatorKind::SeparableOutputFirst;
    kind == separable || kind == AllocatorKind::Islip { iterations: 1 }
}

/// Matches requests that need arbitration.
#[inline(never)]
pub fn allocate_contested<const W: usize>(
    kind: AllocatorKind,
    requests: &mut Requests<W>,
    pointers: &mut (impl Pointers + ?Sized),
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
    use super::test_pointers::{at_first, positions};
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
        let mut pointers = at_first(SIZE);
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
            allocate(kind, &mut requests, pointers.as_mut_slice(), random);
            let scratch = requests.by_column.iter().chain(&requests.grants);
            assert!(scratch.clone().all(Mask::is_empty), "scratch is left behind");
            let pair = |&(row, column): &(u16, u16)| (row.into(), column.into());
            requests.matches.iter().map(pair).collect()
        };
        rounds.iter().map(one).collect()
    }

    /// The matching where row 60 alone asks, for columns 61 to 63, one of which may be urgent.
    fn alone(kind: AllocatorKind, urgent: usize) -> Vec<Vec<(usize, usize)>> {
        let round = (61..64).map(|column| (60, column, column == urgent)).collect();
        matchings(kind, &[round])
    }

    #[test]
    fn the_urgent_go_first_where_nobody_competes() {
        for kind in [
            AllocatorKind::SeparableInputFirst,
            AllocatorKind::SeparableOutputFirst,
            AllocatorKind::Select { iterations: 1 },
        ] {
            assert_eq!(alone(kind, 63), [[(60, 63)]], "{kind:?}");
        }
        assert_eq!(alone(AllocatorKind::Islip { iterations: 1 }, 63), [[(60, 61)]]);
    }

    /// As in BookSim2: its pointer has moved, and all grants stand.
    #[test]
    fn a_row_of_select_may_change_its_mind_where_nobody_competes() {
        let select = |iterations| alone(AllocatorKind::Select { iterations }, 0);
        assert_eq!(select(1), [[(60, 61)]]);
        assert_eq!(select(2), [[(60, 62)]]);
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

        /// Requests of which none is contested are matched as any other.
        #[test]
        fn the_short_way_leads_where_the_long_one_does(
            // By round and column: the row that asks for it, and whether it is urgent.
            rounds in prop::collection::vec(prop::collection::vec((60..SIZE, any::<bool>()), SIZE - 60), 1..10),
            kind in prop_oneof![
                (1_u8..4).prop_map(|iterations| AllocatorKind::Islip { iterations }),
                Just(AllocatorKind::SeparableInputFirst),
                Just(AllocatorKind::SeparableOutputFirst),
                (1_u8..4).prop_map(|iterations| AllocatorKind::Select { iterations }),
            ],
        ) {
            let random = &mut stream(1, 0, Purpose::Allocation);
            let (mut short, mut long) = (at_first(SIZE), at_first(SIZE));
            for asked in rounds {
                let requests = &mut Requests::<2>::new(0, SIZE);
                let ask = |requests: &mut Requests<2>| {
                    requests.clear();
                    for (column, &(row, urgent)) in (60..).zip(&asked) {
                        match urgent {
                            true => requests.add_urgent(row, Mask::one(column)),
                            false => requests.add(row, Mask::one(column)),
                        }
                    }
                };
                ask(requests);
                prop_assert!(requests.contested.is_empty());
                allocate(kind, requests, short.as_mut_slice(), random);
                let mut found = requests.matches.clone();
                ask(requests);
                allocate_contested(kind, requests, long.as_mut_slice(), random);
                let mut expected = requests.matches.clone();
                found.sort_unstable();
                expected.sort_unstable();
                prop_assert_eq!(found, expected);
                prop_assert_eq!(positions(&short), positions(&long));
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
