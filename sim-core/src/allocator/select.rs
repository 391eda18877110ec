//! The select allocator, as BookSim2 calls it: iSLIP with priorities (McKeown, "The iSLIP scheduling algorithm for
//! input-queued switches", IEEE/ACM ToN 7(2), 1999, "Prioritized iSLIP").

use super::{Pointers, Requests};
use crate::mask::Mask;

/// Grant, then accept, the urgent first, `iterations` times; pointers move only on what is accepted in the first
/// iteration.
///
/// As in BookSim2 a grant stands until its column grants another row. In a later iteration a matched row looks at its
/// standing grants again and may change to another column; the one that it leaves stays idle.
pub fn allocate<const W: usize>(
    iterations: u8,
    requests: &mut Requests<W>,
    pointers: &mut (impl Pointers + ?Sized),
) {
    requests.transpose();
    let (mut rows, mut columns) = (requests.rows, requests.columns);
    for iteration in 0..iterations {
        let more = grant(requests, pointers, rows, columns);
        requests.matches.clear();
        for row in requests.rows.iter() {
            let first = requests.first_columns(row, requests.grants[row]);
            let Some(column) = first.round_robin(pointers.of_row(row)) else {
                continue;
            };
            rows.remove(row);
            columns.remove(column);
            requests.matched(row, column);
            if iteration == 0 {
                pointers.move_past(row, column);
            }
        }
        // The second iteration may change matches even so: the pointers have moved.
        if !more && iteration > 0 {
            break;
        }
    }
    requests.clear_columns(requests.columns);
    for row in requests.rows.iter() {
        requests.grants[row] = Mask::EMPTY;
    }
}

/// Each of the free columns grants one of the free rows, if one asks; whether any did.
fn grant<const W: usize>(
    requests: &mut Requests<W>,
    pointers: &(impl Pointers + ?Sized),
    rows: Mask<W>,
    columns: Mask<W>,
) -> bool {
    let mut any = false;
    for column in columns.iter() {
        let asking = requests.by_column[column];
        let first = requests.first_rows(asking & rows, column);
        let Some(granted) = first.round_robin(pointers.of_column(column)) else {
            continue;
        };
        // The grant of an iteration before, if there is one, went to a row that took another column.
        for row in asking.iter() {
            requests.grants[row].remove(column);
        }
        requests.grants[granted].insert(column);
        any = true;
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocator::test_pointers::{at_first, positions};

    fn allocated(iterations: u8, requests: &mut Requests<1>) -> (Vec<(u16, u16)>, Vec<u16>, Vec<u16>) {
        let mut pointers = at_first(requests.by_row.len());
        allocate(iterations, requests, pointers.as_mut_slice());
        let (of_row, of_column) = positions(&pointers);
        (requests.matches.clone(), of_row, of_column)
    }

    #[test]
    fn the_urgent_go_first() {
        let mut requests = Requests::<1>::new(0, 2);
        requests.add(0, Mask::range(0, 1));
        requests.add_urgent(1, Mask::range(0, 1));
        assert_eq!(
            allocated(1, &mut requests),
            (vec![(1, 0)], vec![0, 1], vec![0, 0])
        );
    }

    /// Row 0 is granted both columns and takes column 0; column 1 goes to row 1 in the second iteration, without
    /// moving pointers.
    #[test]
    fn a_second_iteration_adds_matches() {
        let mut requests = Requests::<1>::new(0, 2);
        requests.add(0, Mask::range(0, 2));
        requests.add(1, Mask::range(0, 2));
        assert_eq!(
            allocated(2, &mut requests),
            (vec![(0, 0), (1, 1)], vec![1, 0], vec![1, 0])
        );
    }

    /// Row 0 is granted both columns, takes column 0, and in the second iteration, its pointer moved on, column 1,
    /// which nobody else asks for. Column 0 is lost to row 1.
    #[test]
    fn a_row_may_change_its_mind() {
        let both = || {
            let mut requests = Requests::<1>::new(0, 2);
            requests.add(0, Mask::range(0, 2));
            requests.add(1, Mask::range(0, 1));
            requests
        };
        assert_eq!(allocated(1, &mut both()).0, [(0, 0)]);
        assert_eq!(allocated(2, &mut both()), (vec![(0, 1)], vec![1, 0], vec![1, 0]));
        assert_eq!(allocated(9, &mut both()).0, [(0, 1)]);
    }
}
