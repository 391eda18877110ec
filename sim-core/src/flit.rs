//! The flit record.

use crate::Cycle;

const HEAD: u32 = 1;
const TAIL: u32 = 2;
const WATCHED: u32 = 4;
/// Above them: a number that means what the flit's place in its packet makes of it.
const NUMBER_SHIFT: u32 = 4;
const ONE: u32 = 1 << NUMBER_SHIFT;

/// A flit: 16 bytes, all that a switch and the statistics need to know. Cycles are kept modulo 2^32 and
/// restored against the present, which is exact for latencies below 2^32 cycles. The virtual channel that it is in is
/// told by where it is kept.
///
/// Its 28-bit number is, of a tail, the switches that it has visited; of the head of a longer packet, the packet's
/// length in flits; of a body flit, its position in the packet.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flit {
    /// Terminal that the packet goes to.
    pub dest: u32,
    /// Creation of the packet, low 32 bits; of a watched flit, its packet's number in the watch list.
    pub created: u32,
    /// Of a head, what the routing keeps in it; of the tail of a longer packet, the terminal that sent it.
    pub tag: u32,
    /// Head, tail, watched (4 bits); number (28 bits).
    bits: u32,
}

const _: () = assert!(size_of::<Flit>() == 16);

impl Flit {
    /// Flit `position` of a packet of `flits`, about to leave its source.
    pub fn new(dest: u32, created: u32, (position, flits): (u16, u16)) -> Self {
        let (head, tail) = (position == 0, position + 1 == flits);
        let number = match (head, tail) {
            (_, true) => 0,
            (true, false) => flits,
            (false, false) => position,
        };
        let mut bits = u32::from(number) << NUMBER_SHIFT;
        if head {
            bits |= HEAD;
        }
        if tail {
            bits |= TAIL;
        }
        Self {
            dest,
            created,
            tag: 0,
            bits,
        }
    }

    /// As two words, and back.
    pub fn to_words(self) -> [u64; 2] {
        let pair = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
        [pair(self.dest, self.created), pair(self.tag, self.bits)]
    }

    pub fn from_words([first, second]: [u64; 2]) -> Self {
        Self {
            dest: first as u32,
            created: (first >> 32) as u32,
            tag: second as u32,
            bits: (second >> 32) as u32,
        }
    }

    #[inline]
    pub fn is_head(&self) -> bool {
        self.bits & HEAD != 0
    }

    #[inline]
    pub fn is_tail(&self) -> bool {
        self.bits & TAIL != 0
    }

    #[inline]
    pub fn is_watched(&self) -> bool {
        self.bits & WATCHED != 0
    }

    /// Marks a flit of the `number`-th watched packet.
    pub fn watch(&mut self, number: u32) {
        self.bits |= WATCHED;
        self.created = number;
    }

    /// Length of the packet, told by its head, in flits.
    #[inline]
    pub fn packet_flits(&self) -> u32 {
        debug_assert!(self.is_head());
        if self.is_tail() { 1 } else { self.number() }
    }

    /// Position in the packet of a flit that is not its tail.
    #[inline]
    pub fn position(&self) -> u32 {
        debug_assert!(!self.is_tail());
        if self.is_head() { 0 } else { self.number() }
    }

    #[inline]
    fn number(&self) -> u32 {
        self.bits >> NUMBER_SHIFT
    }

    /// What must hold of two flits in a row in a virtual channel: a packet comes whole and in order.
    pub fn is_followed_by(&self, next: &Self) -> bool {
        if self.is_tail() {
            return next.is_head();
        }
        let in_order = next.is_tail() || next.position() == self.position() + 1;
        !next.is_head() && in_order && (self.dest, self.created) == (next.dest, next.created)
    }

    /// The terminal that sent the packet, told by its tail; `None` of a packet of one flit.
    pub fn source(&self) -> Option<u32> {
        debug_assert!(self.is_tail());
        (!self.is_head()).then_some(self.tag)
    }

    /// Through a switch.
    #[inline]
    pub fn hop(&mut self) {
        if self.is_tail() {
            self.bits += ONE;
        }
    }

    /// Switches visited, told by a tail.
    #[inline]
    pub fn hops(&self) -> u32 {
        debug_assert!(self.is_tail());
        self.number()
    }
}

/// The cycle, at most `now`, whose low 32 bits are `low`.
#[inline]
pub fn restore(now: Cycle, low: u32) -> Cycle {
    now - Cycle::from((now as u32).wrapping_sub(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_count_hops() {
        let mut flit = Flit::new(7, 1, (2, 3));
        (0..3).for_each(|_| flit.hop());
        assert_eq!((flit.hops(), flit.is_head(), flit.is_tail()), (3, false, true));
    }

    #[test]
    fn flits_know_their_place_in_the_packet() {
        let packet: Vec<_> = (0..4).map(|i| Flit::new(7, 1, (i, 4))).collect();
        assert!(packet.windows(2).all(|pair| pair[0].is_followed_by(&pair[1])));
        assert!(packet[3].is_followed_by(&packet[0]));
        assert!(!packet[0].is_followed_by(&packet[2]));
        assert!(!packet[1].is_followed_by(&packet[0]));
        assert_eq!((packet[0].packet_flits(), packet[2].position()), (4, 2));
        assert_eq!(Flit::new(7, 1, (0, 1)).packet_flits(), 1);
        assert_eq!(Flit::new(7, 1, (0, u16::MAX)).packet_flits(), u32::from(u16::MAX));
    }

    #[test]
    fn cycles_are_restored_across_a_wrap() {
        let created = u64::from(u32::MAX) - 5;
        assert_eq!(restore(created + 10, created as u32), created);
    }
}
