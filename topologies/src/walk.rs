//! Every place that packets of a routing can be at, and what they are told there.

use std::collections::HashMap;

use fabricsim_core::{Candidates, Network, Outcomes, Place, PortRef, Routing};

/// Where a packet stands: all that its routing is told but the destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Standing {
    /// The input port that it came in by.
    pub at: PortRef,
    /// The virtual channel of it.
    pub vc: u8,
    /// The tag that it came with.
    pub tag: u32,
}

/// What a routing answers to a packet that stands somewhere, for one outcome of its draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer<'a> {
    pub standing: Standing,
    pub dest: u32,
    /// The tag that the packet goes on with.
    pub tag: u32,
    pub ways: &'a Candidates,
}

/// By input port: the virtual channels in which a packet with some tag may come in.
type Reached = Vec<u64>;

/// Follows packets, one destination after the other, by asking the routing that runs.
pub(crate) struct Walk<'a, R> {
    network: &'a Network,
    routing: &'a R,
    /// By port.
    vcs: &'a [u8],
    /// For the present destination, by tag as numbered by `tags`.
    reached: Vec<Reached>,
    tags: HashMap<u32, usize>,
    /// The tag that was looked for last, and its number.
    last_tag: (u32, usize),
    /// Input ports with virtual channels whose packets have not been followed yet.
    pending: Vec<(PortRef, u32, u64)>,
}

impl<'a, R: Routing> Walk<'a, R> {
    /// Of packets that may be injected into any of the virtual channels, given by port.
    pub fn new(network: &'a Network, routing: &'a R, vcs: &'a [u8]) -> Self {
        let inputs = network.switches() as usize * usize::from(network.ports());
        Self {
            network,
            routing,
            vcs,
            reached: vec![vec![0; inputs]],
            tags: HashMap::from([(0, 0)]),
            last_tag: (0, 0),
            pending: Vec::new(),
        }
    }

    /// Follows the packets from every terminal to `dest` by all that they may be told, each place once, and shows every
    /// answer to `see`.
    pub fn packets_to(&mut self, dest: u32, mut see: impl FnMut(&Answer)) {
        self.reached.iter_mut().for_each(|reached| reached.fill(0));
        let network = self.network;
        let mut ways = Candidates::new();
        for &source in network.terminals() {
            self.reach(source, 0, range(0, self.vcs[usize::from(source.port)]));
            while let Some((at, tag, channels)) = self.pending.pop() {
                for vc in members(channels) {
                    let standing = Standing { at, vc, tag };
                    self.ask(standing, dest, &mut ways, &mut see);
                }
            }
        }
    }

    fn ask(&mut self, standing: Standing, dest: u32, ways: &mut Candidates, see: &mut impl FnMut(&Answer)) {
        let place = Place {
            switch: standing.at.switch,
            in_port: standing.at.port,
            in_vc: standing.vc,
        };
        let mut outcomes = Outcomes::default();
        while let Some((tag, _)) = outcomes.next(|draw| {
            ways.clear();
            let mut tag = standing.tag;
            self.routing.route(place, dest, &mut tag, draw, ways);
            tag
        }) {
            for way in ways.iter() {
                let from = PortRef {
                    switch: place.switch,
                    port: way.port,
                };
                // A way without a link is to a terminal, which waits for nobody.
                if let Some(link) = self.network.link(from) {
                    self.reach(link.to, tag, range(way.first_vc, way.vcs));
                }
            }
            see(&Answer {
                standing,
                dest,
                tag,
                ways,
            });
        }
    }

    /// Notes that a packet can come in at `at` by `channels`.
    fn reach(&mut self, at: PortRef, tag: u32, channels: u64) {
        let slot = slot(self.network, at);
        let number = self.number(tag);
        let reached = &mut self.reached[number][slot];
        let new = channels & !*reached;
        if new != 0 {
            *reached |= new;
            self.pending.push((at, tag, new));
        }
    }

    fn number(&mut self, tag: u32) -> usize {
        if self.last_tag.0 != tag {
            let next = self.tags.len();
            let number = *self.tags.entry(tag).or_insert(next);
            if number == next {
                self.reached.push(vec![0; self.reached[0].len()]);
            }
            self.last_tag = (tag, number);
        }
        self.last_tag.1
    }
}

/// The number of a port among those of all switches.
pub(crate) fn slot(network: &Network, at: PortRef) -> usize {
    at.switch as usize * usize::from(network.ports()) + usize::from(at.port)
}

/// The virtual channels `first..first + vcs` as a set.
pub(crate) fn range(first: u8, vcs: u8) -> u64 {
    let low = u64::MAX.checked_shr(u64::BITS - u32::from(vcs)).unwrap_or(0);
    low << first
}

pub(crate) fn members(mut channels: u64) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        let first = (channels != 0).then(|| channels.trailing_zeros() as u8)?;
        channels &= channels - 1;
        Some(first)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_virtual_channels() {
        assert_eq!(range(0, 0), 0);
        assert_eq!(range(0, 64), u64::MAX);
        assert_eq!(range(62, 2), 0b11 << 62);
        assert!(members(range(3, 2)).eq([3, 4]));
    }
}
