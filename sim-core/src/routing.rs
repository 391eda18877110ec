//! What a routing algorithm tells the engine.

use std::ops::Range;

use crate::Packet;

/// One way on: an output port, and the virtual channels of it that the packet may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Candidate {
    /// Output port of the switch.
    pub port: u8,
    /// First virtual channel of the range.
    pub first_vc: u8,
    /// Number of virtual channels in the range, at least 1.
    pub vcs: u8,
    /// Rank (low 4 bits) and packets for which there must be room (high 4 bits): four bytes in all, since every packet
    /// keeps its way on at every switch.
    rank_and_packets: u8,
}

impl Candidate {
    /// No way on.
    pub(crate) const NONE: Self = Self {
        port: 0,
        first_vc: 0,
        vcs: 0,
        rank_and_packets: 0,
    };

    /// `vcs` virtual channels of `port` from `first_vc` on, of the first rank, for a packet that finds room for itself.
    #[inline(always)]
    pub fn new(port: u8, first_vc: u8, vcs: u8) -> Self {
        Self {
            port,
            first_vc,
            vcs,
            rank_and_packets: 1 << 4,
        }
    }

    /// Those of a higher rank are asked for only where none of a lower one is to be had (see [`Selection`]).
    #[inline(always)]
    pub fn rank(self) -> u8 {
        self.rank_and_packets & 0xf
    }

    /// Packets for which there must be room before this one enters, itself included: 1, or 2 where it has to leave a
    /// bubble behind (Carrión et al. 1997; Puente et al. 2001).
    #[inline(always)]
    pub fn packets(self) -> u8 {
        self.rank_and_packets >> 4
    }

    /// The same as a way out where no other is open: of the second rank.
    #[inline]
    pub fn escape(self) -> Self {
        self.with_rank(1)
    }

    /// The same of another rank, at most 15.
    #[inline]
    pub fn with_rank(self, rank: u8) -> Self {
        debug_assert!(rank < 16);
        Self {
            rank_and_packets: self.rank_and_packets & 0xf0 | rank,
            ..self
        }
    }

    /// The same where room for one more packet has to remain.
    #[inline]
    pub fn leaving_bubble(self) -> Self {
        self.with_room_for(2)
    }

    /// The same where there must be room for so many packets, at most 15.
    #[inline]
    pub fn with_room_for(self, packets: u8) -> Self {
        debug_assert!(packets < 16);
        Self {
            rank_and_packets: packets << 4 | self.rank(),
            ..self
        }
    }
}

/// Which of the ways on that are open a packet asks for, each time that it asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Selection {
    /// All of them, whatever their rank: the allocator chooses.
    AnyFree,
    /// The port with the most credits in the virtual channels that are open, of the lowest rank that has any open; the
    /// first of equals.
    MostCredits,
}

/// The ways on that a routing offers, in order of preference. Cleared by the engine before each query.
pub type Candidates = Vec<Candidate>;

/// Where a head flit stands when it is routed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The switch.
    pub switch: u32,
    /// The input port that it came in by.
    pub in_port: u8,
    /// The virtual channel that it is in.
    pub in_vc: u8,
}

/// What a routing can't know of a packet beforehand: its luck, and what waits at the switch.
pub trait Draw {
    /// A number below `n`, each as likely; `n` is at least 1.
    fn draw(&mut self, n: u32) -> u32;

    /// Whether the first of two queues of the switch, each as long as its weight says, is at most as long as the second.
    fn is_no_longer(&mut self, first: Queue, second: Queue) -> bool;
}

/// What waits for an output port: the flits that hold places in the buffers behind it, of all virtual channels, times a
/// weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// The output port.
    pub port: u8,
    /// How often each flit counts.
    pub weight: u32,
}

/// A routing algorithm on one fabric with one number of virtual channels.
///
/// What it answers may depend only on its arguments and on what it draws, so that the same code
/// that runs also feeds the deadlock proof and the channel loads (see [`Outcomes`]).
pub trait Routing: Sync {
    /// Adds to `out` the ways on of a packet for terminal `dest` that stands at `at`. At the destination's
    /// switch that is the terminal's port.
    ///
    /// `tag` is the packet's own and travels with its head: 0 when it leaves its source, then what the routing made of
    /// it at the switch before (an intermediate destination, a phase).
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates);

    /// The most candidates that `route` ever adds.
    fn max_candidates(&self) -> usize;

    /// Which of several ways on a packet asks for.
    fn selection(&self) -> Selection {
        Selection::AnyFree
    }

    /// Whether the terminals of a switch are alike to it: packets that come from any of them have the same ways on with the
    /// same tags, and so have packets for any of them wherever they stand, but for the port at the destination's switch.
    /// Then a proof looks at one terminal of each switch. Not so where the number of a terminal is hashed.
    fn terminals_are_alike(&self) -> bool {
        false
    }

    /// What a place is like, told as a port and a virtual channel of its switch: at places with the same, packets with the
    /// same tag are told the same. A proof asks at one of them only.
    #[inline]
    fn same_place(&self, at: Place) -> Place {
        at
    }

    /// The virtual channels of its terminal's injection link, of the `all` that this has, that a packet may take.
    fn injection_vcs(&self, packet: &Packet, all: u8) -> Range<u8> {
        let _ = packet;
        0..all
    }
}

/// Runs a random function once for every combination of draws: `Outcomes::default().next(|draw| …)` until `None`.
///
/// Each call gives the closure's value and the probability of the draws that led to it.
#[derive(Debug, Default)]
pub struct Outcomes {
    /// (choice, arity) of each draw of the run to come, then of the run made.
    script: Vec<(u32, u32)>,
    position: usize,
    exhausted: bool,
}

impl Outcomes {
    /// The next outcome and its probability; `None` after the last.
    pub fn next<T>(&mut self, mut run: impl FnMut(&mut Self) -> T) -> Option<(T, f64)> {
        if self.exhausted {
            return None;
        }
        self.position = 0;
        let value = run(self);
        let probability = self.script.iter().map(|&(_, n)| 1.0 / f64::from(n)).product();
        self.advance();
        Some((value, probability))
    }

    /// Counts the script up by one, last draw fastest.
    fn advance(&mut self) {
        while let Some((choice, arity)) = self.script.pop() {
            if choice + 1 < arity {
                self.script.push((choice + 1, arity));
                return;
            }
        }
        self.exhausted = true;
    }
}

impl Draw for Outcomes {
    fn draw(&mut self, n: u32) -> u32 {
        if self.position == self.script.len() {
            self.script.push((0, n));
        }
        let (choice, arity) = self.script[self.position];
        debug_assert_eq!(arity, n, "a routing drew differently from the same place");
        self.position += 1;
        choice
    }

    /// Either may be so.
    fn is_no_longer(&mut self, _: Queue, _: Queue) -> bool {
        self.draw(2) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_cover_every_combination_of_draws() {
        let mut outcomes = Outcomes::default();
        let mut seen = Vec::new();
        while let Some(outcome) = outcomes.next(|d| {
            let first = d.draw(2);
            // The second draw happens on one branch only.
            (first, if first == 1 { d.draw(3) } else { 0 })
        }) {
            seen.push(outcome);
        }
        let sixth = 1.0 / 6.0;
        assert_eq!(
            seen,
            [((0, 0), 0.5), ((1, 0), sixth), ((1, 1), sixth), ((1, 2), sixth)]
        );
    }
}
