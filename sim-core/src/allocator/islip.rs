//! iSLIP (McKeown, "The iSLIP scheduling algorithm for input-queued switches", IEEE/ACM ToN 7(2), 1999).

use super::{Pointers, Requests};

/// Grant, then accept, `iterations` times; pointers move only on what is accepted in the first iteration.
/// Urgency is ignored, as in BookSim2.
#[inline]
pub fn allocate<const W: usize>(iterations: u8, requests: &mut Requests<W>, pointers: &mut Pointers) {
    if requests.contested {
        return allocate_contested(iterations, requests, pointers);
    }
    // Nobody competes: every row is granted all that it asks for, and accepts one.
    for row in requests.rows.iter() {
        let Some(column) = requests.by_row[row].round_robin(pointers.of_row[row].into()) else {
            continue;
        };
        requests.matches.push((row, column));
        pointers.move_past(row, column);
    }
}

fn allocate_contested<const W: usize>(iterations: u8, requests: &mut Requests<W>, pointers: &mut Pointers) {
    requests.transpose();
    let (mut rows, mut columns) = (requests.rows, requests.columns);
    for iteration in 0..iterations {
        let granted = requests.grant(rows, columns, |column, asking| {
            asking.round_robin(pointers.of_column[column].into())
        });
        if granted.is_empty() {
            break;
        }
        for row in granted.iter() {
            let grants = std::mem::take(&mut requests.grants[row]);
            let Some(column) = grants.round_robin(pointers.of_row[row].into()) else {
                continue;
            };
            rows.remove(row);
            columns.remove(column);
            requests.matches.push((row, column));
            if iteration == 0 {
                pointers.move_past(row, column);
            }
        }
    }
    requests.clear_columns();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::Mask;

    /// Three inputs want both outputs for ever. With one iteration the pointers part after a few rounds
    /// and both outputs are busy in every round (McKeown 1999, section III).
    #[test]
    fn pointers_desynchronise() {
        let mut requests = Requests::<1>::new(0, 3);
        let (mut of_row, mut of_column) = (vec![0; 3], vec![0; 3]);
        let mut sizes = Vec::new();
        for _ in 0..6 {
            requests.clear();
            for row in 0..3 {
                requests.add(row, Mask::range(0, 2));
            }
            let pointers = &mut Pointers {
                of_row: &mut of_row,
                of_column: &mut of_column,
            };
            allocate(1, &mut requests, pointers);
            sizes.push(requests.matches.len());
        }
        assert_eq!(sizes, [1, 2, 2, 2, 2, 2]);
    }

    /// A second iteration fills what the first left unmatched, without moving pointers.
    #[test]
    fn a_second_iteration_adds_matches() {
        let mut requests = Requests::<1>::new(0, 2);
        let (mut of_row, mut of_column) = (vec![0; 2], vec![0; 2]);
        requests.add(0, Mask::range(0, 2));
        requests.add(1, Mask::range(0, 2));
        let pointers = &mut Pointers {
            of_row: &mut of_row,
            of_column: &mut of_column,
        };
        allocate(2, &mut requests, pointers);
        assert_eq!(requests.matches, [(0, 0), (1, 1)]);
        assert_eq!((of_row, of_column), (vec![1, 0], vec![1, 0]));
    }
}
