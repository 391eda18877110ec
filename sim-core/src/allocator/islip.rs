//! iSLIP (McKeown, "The iSLIP scheduling algorithm for input-queued switches", IEEE/ACM ToN 7(2), 1999).

use super::{Pointers, Requests};

/// Grant, then accept, `iterations` times; pointers move only on what is accepted in the first iteration.
/// Urgency is ignored, as in BookSim2.
pub fn allocate<const W: usize>(
    iterations: u8,
    requests: &mut Requests<W>,
    pointers: &mut (impl Pointers + ?Sized),
) {
    let contested = requests.contested;
    requests.transpose_of(contested);
    let (mut rows, mut columns) = (requests.rows, requests.columns);
    for iteration in 0..iterations {
        let sole = columns & !contested;
        for row in rows.iter() {
            requests.grants[row] = requests.by_row[row] & sole;
        }
        requests.grant(rows, columns & contested, |column, asking| {
            asking.round_robin(pointers.of_column(column))
        });
        let mut matched = false;
        for row in rows.iter() {
            let grants = std::mem::take(&mut requests.grants[row]);
            let Some(column) = grants.round_robin(pointers.of_row(row)) else {
                continue;
            };
            matched = true;
            rows.remove(row);
            columns.remove(column);
            requests.matched(row, column);
            if iteration == 0 {
                pointers.move_past(row, column);
            }
        }
        if !matched {
            break;
        }
    }
    requests.clear_columns(contested);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocator::test_pointers::{at_first, positions};
    use crate::mask::Mask;

    /// Three inputs want both outputs for ever. With one iteration the pointers part after a few rounds
    /// and both outputs are busy in every round (McKeown 1999, section III).
    #[test]
    fn pointers_desynchronise() {
        let mut requests = Requests::<1>::new(0, 3);
        let mut pointers = at_first(3);
        let mut sizes = Vec::new();
        for _ in 0..6 {
            requests.clear();
            for row in 0..3 {
                requests.add(row, Mask::range(0, 2));
            }
            allocate(1, &mut requests, pointers.as_mut_slice());
            sizes.push(requests.matches.len());
        }
        assert_eq!(sizes, [1, 2, 2, 2, 2, 2]);
    }

    /// A second iteration fills what the first left unmatched, without moving pointers.
    #[test]
    fn a_second_iteration_adds_matches() {
        let mut requests = Requests::<1>::new(0, 2);
        let mut pointers = at_first(2);
        requests.add(0, Mask::range(0, 2));
        requests.add(1, Mask::range(0, 2));
        allocate(2, &mut requests, pointers.as_mut_slice());
        assert_eq!(requests.matches, [(0, 0), (1, 1)]);
        assert_eq!(positions(&pointers), (vec![1, 0], vec![1, 0]));
    }
}
