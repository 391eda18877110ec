//! Where flits wait behind the first of their buffer.
//!
//! Most buffers hold no flit and most others one, which stands with the state of its virtual channel (see
//! [`InputVc`](crate::switches::InputVc)). Only those behind it are here, so that memory follows the traffic and not the
//! size of the buffers, and what is used stays near the processor.

use prefetch_index::prefetch_index;

use crate::flit::Flit;

/// No place.
pub const NOWHERE: u32 = u32::MAX;

/// Room that there is at first: enough for a fabric in which few flits wait.
const FIRST_PLACES: usize = 1024;

/// Flits in linked lists, a list a buffer. Places that become free are used again, the last one first.
#[derive(Debug)]
pub struct FlitPool {
    places: Vec<Place>,
    /// The first free place; those behind it follow by `next`.
    free: u32,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    flit: Flit,
    /// The flit behind it; of a free place, the next free one.
    next: u32,
}

impl FlitPool {
    /// For at most so many flits. Room for a few is there from the beginning; only a new maximum allocates.
    pub fn new(most: usize) -> Self {
        Self {
            places: Vec::with_capacity(most.min(FIRST_PLACES)),
            free: NOWHERE,
        }
    }

    /// Bytes that a flit takes here.
    pub const BYTES_A_FLIT: usize = size_of::<Place>();

    /// Puts a flit at the end of a list; its place.
    #[inline]
    pub fn store(&mut self, flit: Flit) -> u32 {
        let next = NOWHERE;
        let Some(place) = self.places.get_mut(self.free as usize) else {
            return self.grow(flit);
        };
        let at = std::mem::replace(&mut self.free, place.next);
        *place = Place { flit, next };
        at
    }

    #[cold]
    fn grow(&mut self, flit: Flit) -> u32 {
        let next = NOWHERE;
        self.places.push(Place { flit, next });
        (self.places.len() - 1) as u32
    }

    /// `behind` follows `place` from now on.
    #[inline]
    pub fn link(&mut self, place: u32, behind: u32) {
        self.places[place as usize].next = behind;
    }

    /// Takes a flit out; it and the place of the one behind it.
    #[inline]
    pub fn take(&mut self, at: u32) -> (Flit, u32) {
        let place = &mut self.places[at as usize];
        let flit = place.flit;
        let next = std::mem::replace(&mut place.next, self.free);
        self.free = at;
        // A long queue is not in the caches, and this is the flit that is taken next.
        prefetch_index(&self.places, next as usize);
        (flit, next)
    }

    /// The flits of a list from a place on; of what is behind its end nothing is known.
    pub fn list(&self, at: u32) -> impl Iterator<Item = &Flit> {
        let first = self.places.get(at as usize);
        let places = std::iter::successors(first, |place| self.places.get(place.next as usize));
        places.map(|place| &place.flit)
    }

    /// The flit at a place.
    pub fn flit(&self, at: u32) -> &Flit {
        &self.places[at as usize].flit
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    const LISTS: usize = 5;

    /// First and last place.
    type List = Option<(u32, u32)>;

    fn push(pool: &mut FlitPool, list: &mut List, flit: Flit) {
        let place = pool.store(flit);
        let first = match *list {
            Some((first, last)) => {
                pool.link(last, place);
                first
            }
            None => place,
        };
        *list = Some((first, place));
    }

    fn pop(pool: &mut FlitPool, list: &mut List) -> Option<u32> {
        let (first, last) = (*list)?;
        let (flit, next) = pool.take(first);
        *list = (first != last).then_some((next, last));
        Some(flit.dest)
    }

    proptest! {
        /// Whatever is put into which list and taken out of it, each is a queue of its own, and the pool is never larger
        /// than the most flits that there were.
        #[test]
        fn lists_are_queues(steps in prop::collection::vec((0..LISTS, prop::bool::weighted(0.55)), 0..400)) {
            let mut pool = FlitPool::new(8);
            let mut lists: [List; LISTS] = [None; LISTS];
            let mut queues: [VecDeque<u32>; LISTS] = Default::default();
            let (mut stored, mut most) = (0, 0);
            for (number, (i, is_push)) in (0..).zip(steps) {
                if is_push {
                    push(&mut pool, &mut lists[i], Flit::new(number, 0, (0, 1)));
                    queues[i].push_back(number);
                    stored += 1;
                } else {
                    let expected = queues[i].pop_front();
                    prop_assert_eq!(pop(&mut pool, &mut lists[i]), expected);
                    stored -= usize::from(expected.is_some());
                }
                most = most.max(stored);
                for (list, queue) in lists.iter().zip(&queues) {
                    prop_assert_eq!(list.map(|(first, _)| pool.flit(first).dest), queue.front().copied());
                    prop_assert_eq!(list.map(|(_, last)| pool.flit(last).dest), queue.back().copied());
                }
            }
            prop_assert_eq!(pool.places.len(), most);
            for (list, queue) in lists.iter_mut().zip(queues) {
                for expected in queue {
                    prop_assert_eq!(pop(&mut pool, list), Some(expected));
                }
                prop_assert_eq!(*list, None);
            }
        }
    }

    #[test]
    fn places_are_used_again() {
        let mut pool = FlitPool::new(8);
        let flit = |dest| Flit::new(dest, 0, (0, 1));
        let (a, b) = (pool.store(flit(1)), pool.store(flit(2)));
        pool.link(a, b);
        let (first, next) = pool.take(a);
        assert_eq!((first.dest, next), (1, b));
        assert_eq!(pool.store(flit(3)), a, "the last place given back comes first");
        assert_eq!((pool.flit(a).dest, pool.take(b).0.dest), (3, 2));
        assert_eq!(pool.places.len(), 2);
    }
}
