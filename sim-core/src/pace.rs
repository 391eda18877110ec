//! When a link can take its next flit.

use crate::{Cycle, FlitTime};

/// The time from which a link is free, in units of 1/denominator of its flit time, so that a rate such as
/// 3 flits in 4 cycles is kept without drift.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    free: u64,
}

impl Pace {
    /// The link can start a flit in `cycle`.
    #[inline]
    pub fn is_free(self, cycle: Cycle, flit_time: FlitTime) -> bool {
        self.free <= cycle * Cycle::from(flit_time.denominator)
    }

    /// Flits that were queued and have not departed before `cycle`, by which the link has not been idle since they were ready.
    pub fn waiting(self, cycle: Cycle, flit_time: FlitTime) -> u64 {
        // One that starts within a cycle departs in the next.
        let before = cycle.saturating_sub(1) * Cycle::from(flit_time.denominator);
        let ahead = self.free.saturating_sub(before);
        ahead.div_ceil(flit_time.numerator.into()).saturating_sub(1)
    }

    /// Queues a flit that is ready in `ready`; the cycle in which it departs.
    #[inline]
    pub fn depart(&mut self, ready: Cycle, flit_time: FlitTime) -> Cycle {
        let parts = u64::from(flit_time.denominator);
        // A link that became free within the last cycle has been busy without a gap, and its next flit
        // begins at that fraction: rounding it up would lose rate.
        let start = if self.free + parts > ready * parts {
            self.free
        } else {
            ready * parts
        };
        self.free = start + u64::from(flit_time.numerator);
        start.div_ceil(parts).max(ready)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn departures(numerator: u32, denominator: u32, flits: usize) -> Vec<Cycle> {
        let flit_time = FlitTime {
            numerator,
            denominator,
        };
        let mut pace = Pace::default();
        let mut cycle = 0;
        std::iter::repeat_with(|| {
            while !pace.is_free(cycle, flit_time) {
                cycle += 1;
            }
            pace.depart(cycle, flit_time)
        })
        .take(flits)
        .collect()
    }

    #[test]
    fn what_departs_later_waits() {
        let slow = FlitTime {
            numerator: 4,
            denominator: 3,
        };
        let mut pace = Pace::default();
        let departures: Vec<Cycle> = (0..30).map(|_| pace.depart(5, slow)).collect();
        for cycle in 5..60 {
            let later = departures.iter().filter(|&&departure| departure >= cycle).count();
            assert_eq!(pace.waiting(cycle, slow), later as u64, "{cycle}");
        }
    }

    #[test]
    fn three_flits_in_four_cycles_without_drift() {
        assert_eq!(departures(4, 3, 7), [0, 2, 3, 4, 6, 7, 8]);
        assert_eq!(departures(4, 3, 3001)[3000], 4000);
    }

    #[test]
    fn whole_flit_times() {
        assert_eq!(departures(1, 1, 4), [0, 1, 2, 3]);
        assert_eq!(departures(4, 1, 3), [0, 4, 8]);
    }

    #[test]
    fn an_idle_link_starts_at_once() {
        let four = FlitTime {
            numerator: 4,
            denominator: 1,
        };
        let mut pace = Pace::default();
        assert_eq!(pace.depart(3, four), 3);
        assert_eq!(pace.depart(20, four), 20);
        assert_eq!(pace.depart(21, four), 24, "queued behind the one before");
    }
}
