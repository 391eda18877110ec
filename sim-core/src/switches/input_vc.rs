//! One virtual channel of an input port.

use super::NONE;
use crate::Candidate;
use crate::flit::Flit;
use crate::flit_pool::{FlitPool, NOWHERE};

/// One virtual channel of one input port, and the flit at its head.
#[derive(Clone, Copy, Debug)]
pub struct InputVc {
    /// The first flit; the last that there was where there is none.
    front: Flit,
    /// Places of the second flit and the last, where there are so many.
    second: u32,
    last: u32,
    /// Flits in the buffer.
    pub flits: u16,
    /// The output virtual channel that its packet holds, or [`NONE`].
    pub output: u16,
    /// The first way on that its routing offers.
    pub way: Candidate,
}

impl InputVc {
    /// Without a flit.
    pub fn empty() -> Self {
        Self {
            front: Flit::default(),
            second: NOWHERE,
            last: NOWHERE,
            flits: 0,
            output: NONE,
            way: Candidate::NONE,
        }
    }

    /// Puts a flit at the end; there is room for it.
    #[inline(always)]
    pub fn push(&mut self, flit: &Flit, pool: &mut FlitPool) {
        self.flits += 1;
        if self.flits == 1 {
            self.front = *flit;
        } else {
            self.append(*flit, pool);
        }
    }

    /// Takes the flit at the head of one that is not empty.
    #[inline(always)]
    pub fn pop(&mut self, pool: &mut FlitPool) -> Flit {
        debug_assert!(self.flits > 0, "an empty buffer is read");
        let flit = self.front;
        self.flits -= 1;
        if self.flits > 0 {
            (self.front, self.second) = pool.take(self.second);
        }
        flit
    }

    /// The flits, in order.
    pub fn flits<'a>(&'a self, pool: &'a FlitPool) -> impl Iterator<Item = &'a Flit> {
        let first = (self.flits > 0).then_some(&self.front);
        let behind = usize::from(self.flits).saturating_sub(1);
        first.into_iter().chain(pool.list(self.second).take(behind))
    }

    /// The flit at the head, if there is one.
    #[inline(always)]
    pub fn front(&self) -> &Flit {
        &self.front
    }

    /// The same, for the routing to change its tag.
    #[inline(always)]
    pub fn front_mut(&mut self) -> &mut Flit {
        &mut self.front
    }

    /// The first way on of those that the routing found.
    #[inline(always)]
    pub fn set_way(&mut self, found: &[Candidate]) {
        self.way = found.first().copied().unwrap_or(Candidate::NONE);
    }

    /// Puts a flit, already counted, behind others.
    #[inline]
    fn append(&mut self, flit: Flit, pool: &mut FlitPool) {
        let place = pool.store(flit);
        let before = std::mem::replace(&mut self.last, place);
        if self.flits == 2 {
            debug_assert!(
                self.front.is_followed_by(&flit),
                "packets mix in a virtual channel"
            );
            self.second = place;
        } else {
            debug_assert!(
                pool.flit(before).is_followed_by(&flit),
                "packets mix in a virtual channel"
            );
            pool.link(before, place);
        }
    }
}
