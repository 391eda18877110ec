//! The wavefront allocator (Tamir & Chi, "Symmetric crossbar arbiters for VLSI communication switches", IEEE TPDS 4(1),
//! 1993; Dally & Towles, section 19.4): requests are granted diagonal by diagonal.

use super::{Pointers, Requests};
use crate::mask::Mask;

/// Requests on a diagonal (row + column is the same, modulo the size) don't conflict: all of them are granted whose
/// row and column are still free. The diagonal that comes first is another each time. All urgent requests go before
/// the rest.
///
/// The scratch `by_column` holds rows by diagonal here, counted from the first.
pub fn allocate<const W: usize>(requests: &mut Requests<W>, pointers: &mut (impl Pointers + ?Sized)) {
    let first = pointers.diagonal();
    let mut free = (requests.rows, requests.columns);
    sweep(requests, first, &mut free, |requests, row| requests.urgent(row));
    sweep(requests, first, &mut free, |requests, row| {
        requests.by_row[row] & !requests.urgent(row)
    });
    pointers.turn_diagonal();
}

/// Grants what is wanted and still free, from diagonal `first` on.
fn sweep<const W: usize>(
    requests: &mut Requests<W>,
    first: usize,
    (rows, columns): &mut (Mask<W>, Mask<W>),
    wanted: impl Fn(&Requests<W>, usize) -> Mask<W>,
) {
    let size = requests.by_column.len();
    let mut diagonals = Mask::<W>::EMPTY;
    for row in rows.iter() {
        for column in (wanted(requests, row) & *columns).iter() {
            let diagonal = (row + column + size - first) % size;
            requests.by_column[diagonal].insert(row);
            diagonals.insert(diagonal);
        }
    }
    for diagonal in diagonals.iter() {
        let asking = std::mem::take(&mut requests.by_column[diagonal]);
        for row in (asking & *rows).iter() {
            let column = (first + diagonal + size - row) % size;
            if columns.contains(column) {
                rows.remove(row);
                columns.remove(column);
                requests.matched(row, column);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocator::test_pointers::{pointers, positions};

    /// Three rows and three columns; the first diagonal moves on with every allocation.
    fn allocate_from(diagonal: u16, requests: &mut Requests<1>) -> (Vec<(u16, u16)>, u16) {
        let mut pointers = pointers(&[diagonal, 0, 0], &[0; 3]);
        allocate(requests, pointers.as_mut_slice());
        let (of_row, of_column) = positions(&pointers);
        assert_eq!((&of_row[1..], &of_column[..]), (&[0, 0][..], &[0, 0, 0][..]));
        (requests.matches.clone(), of_row[0])
    }

    /// Everybody wants everything: the whole first diagonal is granted.
    #[test]
    fn the_first_diagonal_turns() {
        let mut requests = Requests::<1>::new(0, 3);
        for (diagonal, granted, next) in [
            (0, [(0, 0), (1, 2), (2, 1)], 1),
            (1, [(0, 1), (1, 0), (2, 2)], 2),
            (2, [(0, 2), (1, 1), (2, 0)], 0),
        ] {
            requests.clear();
            (0..3).for_each(|row| requests.add(row, Mask::range(0, 3)));
            assert_eq!(allocate_from(diagonal, &mut requests), (granted.to_vec(), next));
        }
    }

    /// Requests (0, 1), (1, 1) and (1, 2), which lie on diagonals 1, 2 and 0. From diagonal 2 on, (1, 1) comes first
    /// and takes what both others need.
    #[test]
    fn an_early_diagonal_may_cost_matches() {
        let matched = |first| {
            let mut requests = Requests::<1>::new(0, 3);
            requests.add(0, Mask::range(1, 1));
            requests.add(1, Mask::range(1, 2));
            allocate_from(first, &mut requests).0
        };
        assert_eq!(matched(0), [(1, 2), (0, 1)]);
        assert_eq!(matched(1), [(0, 1), (1, 2)]);
        assert_eq!(matched(2), [(1, 1)]);
    }

    /// The diagonal of (0, 0) comes first, but (1, 0) is urgent; (0, 1), not urgent, still fits beside it.
    #[test]
    fn the_urgent_go_first() {
        let mut requests = Requests::<1>::new(0, 3);
        requests.add(0, Mask::range(0, 2));
        requests.add_urgent(1, Mask::range(0, 1));
        assert_eq!(allocate_from(0, &mut requests).0, [(1, 0), (0, 1)]);
    }
}
