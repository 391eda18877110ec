//! The lonely output allocator (Dally & Towles, section 19.3): rows ask for the columns that the fewest ask for, so that
//! requests spread.

use super::{Pointers, Requests};
use crate::mask::Mask;

/// Each row asks for one of its columns, one with the fewest requests; each column grants one of the rows that ask for
/// it. Ties at both go by round-robin pointers, which move by one with every match. Urgency is ignored, as in BookSim2.
///
/// The scratch `grants` holds rows by column here.
pub fn allocate<const W: usize>(requests: &mut Requests<W>, pointers: &mut (impl Pointers + ?Sized)) {
    requests.transpose();
    let mut asked = Mask::<W>::EMPTY;
    for row in requests.rows.iter() {
        let loneliest = loneliest(requests, row);
        if let Some(column) = loneliest.round_robin(pointers.of_row(row)) {
            requests.grants[column].insert(row);
            asked.insert(column);
        }
    }
    for column in asked.iter() {
        let asking = std::mem::take(&mut requests.grants[column]);
        if let Some(row) = asking.round_robin(pointers.of_column(column)) {
            requests.matched(row, column);
            pointers.move_on(row, column);
        }
    }
    requests.clear_columns(requests.columns);
}

/// The columns of `row` that the fewest rows ask for.
fn loneliest<const W: usize>(requests: &Requests<W>, row: usize) -> Mask<W> {
    let mut loneliest = Mask::EMPTY;
    let mut fewest = u32::MAX;
    for column in requests.by_row[row].iter() {
        let asking = requests.by_column[column].count();
        if asking < fewest {
            fewest = asking;
            loneliest = Mask::EMPTY;
        }
        if asking == fewest {
            loneliest.insert(column);
        }
    }
    loneliest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocator::test_pointers::{pointers, positions};

    /// Row 0 leaves column 0 to the rows that have no other choice, and takes column 1.
    #[test]
    fn rows_turn_to_the_lonely_column() {
        let mut requests = Requests::<1>::new(0, 3);
        let mut pointers = pointers(&[0; 3], &[2, 0, 0]);
        requests.add(0, Mask::range(0, 2));
        requests.add(1, Mask::range(0, 1));
        requests.add(2, Mask::range(0, 1));
        allocate(&mut requests, pointers.as_mut_slice());
        assert_eq!(requests.matches, [(2, 0), (0, 1)]);
        assert_eq!(positions(&pointers), (vec![1, 0, 1], vec![0, 1, 0]));
    }

    /// Columns 0, 1 and 2 are as lonely for each other: pointers decide, and move by one whatever was matched.
    #[test]
    fn ties_go_by_pointers_that_move_by_one() {
        let mut requests = Requests::<1>::new(0, 3);
        let mut pointers = pointers(&[1, 0, 2], &[0; 3]);
        requests.add(0, Mask::range(0, 3));
        requests.add(1, Mask::range(2, 1));
        allocate(&mut requests, pointers.as_mut_slice());
        assert_eq!(requests.matches, [(0, 1), (1, 2)]);
        assert_eq!(positions(&pointers), (vec![2, 1, 2], vec![0, 1, 1]));
    }
}
