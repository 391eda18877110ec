//! Parallel iterative matching (Anderson, Owicki, Saxe & Thacker, "High-speed switch scheduling for local-area
//! networks", ACM TOCS 11(4), 1993): grants and acceptances at random.
//!
//! As in BookSim2 a choice begins at a random place and takes the next in cyclic order: all are as likely where they lie
//! evenly, but one behind a gap is taken more often. The paper's choice is even in every case.

use std::ops::Range;

use rand::RngExt;

use super::Requests;
use crate::Stream;
use crate::mask::Mask;

/// `iterations` times each free column grants one of the free rows that ask for it, then each row accepts one of its
/// grants, all at random. Urgency is ignored, as in BookSim2.
pub fn allocate<const W: usize>(iterations: u8, requests: &mut Requests<W>, random: &mut Stream) {
    requests.transpose();
    let (mut rows, mut columns) = (requests.rows, requests.columns);
    let places = requests.places();
    for _ in 0..iterations {
        let granted = requests.grant(rows, columns, |_, asking| from_anywhere(asking, &places, random));
        if granted.is_empty() {
            break;
        }
        for row in granted.iter() {
            let grants = std::mem::take(&mut requests.grants[row]);
            if let Some(column) = from_anywhere(grants, &places, random) {
                rows.remove(row);
                columns.remove(column);
                requests.matched(row, column);
            }
        }
    }
    requests.clear_columns(requests.columns);
}

/// The first member from one of the `places` on, each of which is as likely.
fn from_anywhere<const W: usize>(mask: Mask<W>, places: &Range<usize>, random: &mut Stream) -> Option<usize> {
    mask.round_robin(random.random_range(places.start as u32..places.end as u32) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Purpose, stream};

    const ROUNDS: u32 = 20_000;

    fn stream_of_a_switch() -> Stream {
        stream(1, 0, Purpose::Allocation)
    }

    /// All of `n` rows want all of `n` columns: the mean over rounds of what `of` makes of the number of matches.
    fn mean(n: usize, iterations: u8, of: impl Fn(usize) -> usize) -> f64 {
        let random = &mut stream_of_a_switch();
        let mut requests = Requests::<1>::new(0, n);
        let mut sum = 0;
        for _ in 0..ROUNDS {
            requests.clear();
            (0..n).for_each(|row| requests.add(row, Mask::range(0, n)));
            allocate(iterations, &mut requests, random);
            sum += of(requests.matches.len());
        }
        sum as f64 / f64::from(ROUNDS)
    }

    /// A row is matched unless every column grants another: 1 - (1 - 1/N)^N, which falls to 1 - 1/e.
    #[test]
    fn one_iteration_matches_as_many_as_expected() {
        for n in [2, 4, 16] {
            let expected = 1.0 - (1.0 - 1.0 / n as f64).powi(n as i32);
            let found = mean(n, 1, |matches| matches) / n as f64;
            assert!((found - expected).abs() < 0.005, "{n}: {found} for {expected}");
        }
    }

    /// An iteration leaves on average at most a quarter of the requests without a matched end (Anderson et al.,
    /// appendix A).
    #[test]
    fn iterations_fill_up() {
        let unresolved = |iterations| mean(16, iterations, |matches| (16 - matches).pow(2));
        assert!(unresolved(1) <= 256.0 / 4.0);
        assert!(unresolved(2) <= unresolved(1) / 4.0);
        assert_eq!(unresolved(16), 0.0);
    }

    /// Column 0 is asked for by rows 0, 5 and 6: row 5 wins from five places of eight, row 0 from two.
    #[test]
    fn a_row_behind_a_gap_wins_more_often() {
        let random = &mut stream_of_a_switch();
        let mut requests = Requests::<1>::new(0, 8);
        let mut wins = [0_u32; 8];
        for _ in 0..ROUNDS {
            requests.clear();
            for row in [0, 5, 6] {
                requests.add(row, Mask::range(0, 1));
            }
            allocate(1, &mut requests, random);
            wins[usize::from(requests.matches[0].0)] += 1;
        }
        for (row, places) in [(0, 2.0), (5, 5.0), (6, 1.0)] {
            let share = f64::from(wins[row]) / f64::from(ROUNDS);
            assert!((share - places / 8.0).abs() < 0.015, "row {row} wins {share}");
        }
    }
}
