//! A timing wheel (calendar queue).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::Cycle;

/// Events by due cycle.
///
/// *Order*: events of one cycle come out in the order in which they were pushed, near or far.
/// *Capacity*: unbounded. An empty slot has no memory: the vector that it gives back serves the next slot that
/// fills, so that there are as many as cycles with events pending, each as warm as can be, and the steady state does
/// not allocate.
/// *Cost*: `push`, and taking an event, O(1) for delays below the number of slots and O(log n) above, n the number
/// of such far events; `next_due` O(slots / 64).
#[derive(Debug)]
pub struct Wheel<E> {
    /// Slot `cycle % slots.len()` holds the events of the one such cycle in `now .. now + slots.len()`.
    slots: Vec<Vec<E>>,
    /// A bit a slot that is not empty.
    occupied: Vec<u64>,
    /// Empty vectors for slots to come.
    spare: Vec<Vec<E>>,
    /// Events due at `now + slots.len()` or later.
    far: BinaryHeap<Reverse<Far<E>>>,
    /// Far events pushed so far: keeps those of one cycle in order.
    pushed_far: u64,
    now: Cycle,
}

#[derive(Debug)]
struct Far<E> {
    due: Cycle,
    order: u64,
    event: E,
}

impl<E> Far<E> {
    fn key(&self) -> (Cycle, u64) {
        (self.due, self.order)
    }
}

impl<E> PartialEq for Far<E> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<E> Eq for Far<E> {}

impl<E> PartialOrd for Far<E> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Far<E> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl<E> Wheel<E> {
    /// A wheel at cycle 0. `slots` is a power of two, at least 64.
    pub fn new(slots: usize) -> Self {
        debug_assert!(slots.is_power_of_two() && slots >= 64);
        Self {
            slots: std::iter::repeat_with(Vec::new).take(slots).collect(),
            occupied: vec![0; slots / 64],
            spare: Vec::new(),
            far: BinaryHeap::new(),
            pushed_far: 0,
            now: 0,
        }
    }

    /// Adds an event. `due` is not before the cycle of the last `advance`.
    #[inline]
    pub fn push(&mut self, due: Cycle, event: E) {
        debug_assert!(due >= self.now, "an event for a cycle that has gone by");
        if due - self.now < self.slots.len() as Cycle {
            self.push_near(due, event);
        } else {
            self.push_far(due, event);
        }
    }

    #[inline]
    fn push_near(&mut self, due: Cycle, event: E) {
        let slot = self.slot(due);
        let bit = 1 << (slot % 64);
        if self.occupied[slot / 64] & bit == 0 {
            self.occupied[slot / 64] |= bit;
            self.slots[slot] = self.spare.pop().unwrap_or_default();
        }
        self.slots[slot].push(event);
    }

    #[cold]
    fn push_far(&mut self, due: Cycle, event: E) {
        self.far.push(Reverse(Far {
            due,
            order: self.pushed_far,
            event,
        }));
        self.pushed_far += 1;
    }

    /// Moves to `now`; every event before it must have been taken.
    #[inline]
    pub fn advance(&mut self, now: Cycle) {
        self.now = now;
        if !self.far.is_empty() {
            self.bring_near();
        }
    }

    /// Far events enter the wheel as soon as it reaches them, before anything can be pushed
    /// behind them: that keeps the order of pushing.
    #[cold]
    fn bring_near(&mut self) {
        let horizon = self.now + self.slots.len() as Cycle;
        while self.far.peek().is_some_and(|Reverse(far)| far.due < horizon) {
            if let Some(Reverse(far)) = self.far.pop() {
                self.push_near(far.due, far.event);
            }
        }
    }

    /// Takes the events of the present cycle. Hand the vector back with [`Wheel::recycle`].
    #[inline]
    pub fn take(&mut self) -> Vec<E> {
        let slot = self.slot(self.now);
        self.occupied[slot / 64] &= !(1 << (slot % 64));
        std::mem::take(&mut self.slots[slot])
    }

    /// Returns the vector of [`Wheel::take`], so that its memory is used again.
    #[inline]
    pub fn recycle(&mut self, mut events: Vec<E>) {
        if events.capacity() > 0 {
            events.clear();
            self.spare.push(events);
        }
    }

    /// The first cycle, from the present one on, that has an event.
    pub fn next_due(&self) -> Option<Cycle> {
        let size = self.slots.len();
        let first = self.slot(self.now);
        let words = self.occupied.len();
        // From the present slot to the end of its word, then whole words around, the present one last.
        let ahead = self.occupied[first / 64] & u64::MAX << (first % 64);
        let found = if ahead != 0 {
            Some(first / 64 * 64 + ahead.trailing_zeros() as usize)
        } else {
            (1..=words)
                .map(|i| (first / 64 + i) % words)
                .find(|&w| self.occupied[w] != 0)
                .map(|w| w * 64 + self.occupied[w].trailing_zeros() as usize)
        };
        match found {
            Some(slot) => Some(self.now + ((slot + size - first) % size) as Cycle),
            None => self.far.peek().map(|Reverse(far)| far.due),
        }
    }

    /// All pending events, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &E> {
        let far = self.far.iter().map(|Reverse(far)| &far.event);
        self.slots.iter().flatten().chain(far)
    }

    #[inline]
    fn slot(&self, cycle: Cycle) -> usize {
        cycle as usize & (self.slots.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Against a reference that sorts: same events in the same cycles and order, nothing lost.
        #[test]
        fn behaves_as_a_stable_sort(
            // After each step, push events with these delays.
            pushes in prop::collection::vec(prop::collection::vec(1_u64..300, 0..4), 1..80),
        ) {
            let mut wheel = Wheel::new(64);
            let mut expected = Vec::new();
            let mut seen = Vec::new();
            let mut serial = 0;
            let mut now = 0;
            for delays in &pushes {
                for &delay in delays {
                    wheel.push(now + delay, serial);
                    expected.push((now + delay, serial));
                    serial += 1;
                }
                prop_assert!(wheel.next_due().is_none_or(|due| due > now));
                now += 1;
                wheel.advance(now);
                let due = wheel.take();
                seen.extend(due.iter().map(|&e| (now, e)));
                wheel.recycle(due);
            }
            while let Some(due) = wheel.next_due() {
                wheel.advance(due);
                let events = wheel.take();
                prop_assert!(!events.is_empty(), "next_due named an empty cycle");
                seen.extend(events.iter().map(|&e| (due, e)));
                wheel.recycle(events);
            }
            expected.sort_by_key(|&(due, serial)| (due, serial));
            prop_assert_eq!(seen, expected);
        }
    }
}
