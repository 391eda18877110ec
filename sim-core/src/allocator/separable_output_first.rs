//! Separable, output first (Dally & Towles, section 19.3; Becker & Dally, SC 2009): each column grants one of the rows
//! that ask for it, then each row accepts one of its grants. Both by round robin, the urgent first.

use super::{Pointers, Requests};

/// Pointers move only on a match.
pub fn allocate<const W: usize>(requests: &mut Requests<W>, pointers: &mut (impl Pointers + ?Sized)) {
    requests.transpose();
    for column in requests.columns.iter() {
        let rows = std::mem::take(&mut requests.by_column[column]);
        let first = requests.first_rows(rows, column);
        if let Some(row) = first.round_robin(pointers.of_column(column)) {
            requests.grants[row].insert(column);
        }
    }
    for row in requests.rows.iter() {
        let grants = std::mem::take(&mut requests.grants[row]);
        let first = requests.first_columns(row, grants);
        if let Some(column) = first.round_robin(pointers.of_row(row)) {
            requests.matched(row, column);
            pointers.move_past(row, column);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocator::test_pointers::{at_first, pointers, positions};
    use crate::mask::Mask;

    /// Both columns grant row 0, so that row 1 gets nothing though column 1 could have served it; the pointer of
    /// the grant that was not accepted stays.
    #[test]
    fn columns_pick_before_rows() {
        let mut requests = Requests::<1>::new(0, 2);
        let mut pointers = at_first(2);
        requests.add(0, Mask::range(0, 2));
        requests.add(1, Mask::range(1, 1));
        allocate(&mut requests, pointers.as_mut_slice());
        assert_eq!(requests.matches, [(0, 0)]);
        assert_eq!(positions(&pointers), (vec![1, 0], vec![1, 0]));
    }

    /// Column 0 prefers the urgent row 1, and row 1 prefers column 0, for which it is urgent, to column 1, at which its
    /// pointer stands.
    #[test]
    fn the_urgent_go_first_at_both_sides() {
        let mut requests = Requests::<1>::new(0, 2);
        let mut pointers = pointers(&[0, 1], &[0; 2]);
        requests.add(0, Mask::range(0, 1));
        requests.add(1, Mask::range(1, 1));
        requests.add_urgent(1, Mask::range(0, 1));
        allocate(&mut requests, pointers.as_mut_slice());
        assert_eq!(requests.matches, [(1, 0)]);
    }
}
