//! Separable, input first (Dally & Towles, section 19.3; Becker & Dally, SC 2009): each row picks one
//! of its columns, then each column one of the rows that picked it. Both by round robin, the urgent first.

use super::{Pointers, Requests};
use crate::mask::Mask;

/// Pointers move only on a match.
pub fn allocate<const W: usize>(requests: &mut Requests<W>, pointers: &mut (impl Pointers + ?Sized)) {
    let picked = pick_columns(requests, pointers);
    for column in picked.iter() {
        let rows = std::mem::take(&mut requests.by_column[column]);
        let first = requests.first_rows(rows, column);
        if let Some(row) = first.round_robin(pointers.of_column(column)) {
            requests.matched(row, column);
            pointers.move_past(row, column);
        }
    }
}

/// Puts each row with the one column that it picks; the columns that were picked.
fn pick_columns<const W: usize>(requests: &mut Requests<W>, pointers: &(impl Pointers + ?Sized)) -> Mask<W> {
    let mut picked = Mask::EMPTY;
    for row in requests.rows.iter() {
        let first = requests.first_columns(row, requests.by_row[row]);
        if let Some(column) = first.round_robin(pointers.of_row(row)) {
            requests.by_column[column].insert(row);
            picked.insert(column);
        }
    }
    picked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocator::test_pointers::{at_first, positions};

    /// Both rows pick column 0, so that column 1 stays idle though row 0 wanted it too: the loss that
    /// gives the allocator its name.
    #[test]
    fn rows_pick_before_columns() {
        let mut requests = Requests::<1>::new(0, 2);
        let mut pointers = at_first(2);
        requests.add(0, Mask::range(0, 2));
        requests.add(1, Mask::range(0, 1));
        allocate(&mut requests, pointers.as_mut_slice());
        assert_eq!(requests.matches, [(0, 0)]);
        assert_eq!(positions(&pointers), (vec![1, 0], vec![1, 0]));
    }

    #[test]
    fn the_urgent_go_first() {
        let mut requests = Requests::<1>::new(0, 2);
        let mut pointers = at_first(2);
        requests.add(0, Mask::range(0, 1));
        requests.add_urgent(1, Mask::range(0, 1));
        allocate(&mut requests, pointers.as_mut_slice());
        assert_eq!(requests.matches, [(1, 0)]);
    }
}
