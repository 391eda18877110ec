//! Which of several equally good ports a packet takes.

use fabricsim_core::{Candidate, Candidates, Draw, Place, Routing};

/// How packets are spread over ways that are equally good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// All packets of a terminal to a destination take the same way, which a hash of the two chooses at each switch:
    /// equal-cost multi-path (Hopps, RFC 2992). They stay in order.
    Flow,
    /// Each packet draws at each switch, each port as likely.
    Packet,
}

/// A flow is told from others for the same destination by so many values, so that a proof has few tags to follow.
const FLOWS: u32 = 256;

impl Spread {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Flow, Self::Packet];

    /// A port of a set, which is not empty, for a packet that stands at `at` and was `injected` there or not. The flow of
    /// a packet is in its tag, from 1.
    #[inline]
    pub(super) fn choose(
        self,
        ports: u64,
        (at, injected): (Place, bool),
        dest: u32,
        tag: &mut u32,
        draw: &mut impl Draw,
    ) -> u8 {
        let count = ports.count_ones();
        let chosen = match self {
            Self::Flow => {
                if injected {
                    let entry = at.switch << 6 | u32::from(at.in_port);
                    *tag = 1 + below(hash(entry, dest), FLOWS);
                }
                below(hash(at.switch, hash(*tag, dest)), count)
            }
            Self::Packet if count == 1 => 0,
            Self::Packet => draw.draw(count),
        };
        member(ports, chosen)
    }
}

/// A routing whose packets choose among ways that are equally good.
pub(super) trait Spreads: Sync {
    /// The way on of a packet, as [`Routing::route`] is asked, where ways are chosen so.
    fn spread_by(
        &self,
        spread: Spread,
        at: Place,
        dest: u32,
        tag: &mut u32,
        draw: &mut impl Draw,
    ) -> Candidate;

    /// [`Routing::same_place`] of packets that draw at each switch.
    fn same_place(&self, at: Place) -> Place;
}

/// The same with a draw at each switch.
pub(super) struct ByPacket<'a, R>(pub &'a R);

impl<R: Spreads> Routing for ByPacket<'_, R> {
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        out.push(self.0.spread_by(Spread::Packet, at, dest, tag, draw));
    }

    fn max_candidates(&self) -> usize {
        1
    }

    fn terminals_are_alike(&self) -> bool {
        true
    }

    fn same_place(&self, at: Place) -> Place {
        self.0.same_place(at)
    }
}

/// The `index`-th member of a set.
#[inline]
pub(super) fn member(mut set: u64, index: u32) -> u8 {
    for _ in 0..index {
        set &= set - 1;
    }
    set.trailing_zeros() as u8
}

/// Mixes two numbers well enough that any bits of the result tell flows apart (the finaliser of MurmurHash3).
#[inline]
fn hash(a: u32, b: u32) -> u32 {
    let mut mixed = u64::from(a) << 32 | u64::from(b);
    for factor in [0xff51_afd7_ed55_8ccd_u64, 0xc4ce_b9fe_1a85_ec53] {
        mixed = (mixed ^ mixed >> 33).wrapping_mul(factor);
    }
    (mixed >> 32) as u32
}

/// A hash as a number below `n`.
#[inline]
fn below(hash: u32, n: u32) -> u32 {
    ((u64::from(hash) * u64::from(n)) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_counted_from_the_lowest() {
        let found: Vec<u8> = (0..3).map(|index| member(1 << 63 | 0b1001, index)).collect();
        assert_eq!(found, [0, 3, 63]);
    }

    #[test]
    fn flows_use_all_of_several_ports_about_equally() {
        let mut counts = [0; 3];
        for entry in 0..3000 {
            let tag = 1 + below(hash(entry, 7), FLOWS);
            counts[below(hash(5, hash(tag, 7)), 3) as usize] += 1;
        }
        assert!(
            counts.iter().all(|count| (800..1200).contains(count)),
            "{counts:?}"
        );
    }
}
