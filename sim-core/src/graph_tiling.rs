//! Tiles of a fabric of which nothing is known but its links.

use crate::{Network, Tiling};

/// Times that a cut is gone over for switches that had better change sides.
const ROUNDS: usize = 8;

impl Tiling {
    /// A cut of any fabric into `tiles` tiles of as many switches each as can be (one more or less at each halving), across
    /// few links: halves again and again, each grown from a switch at the rim and then improved by exchanging switches that
    /// have more links to the other side than to their own (Kernighan & Lin 1970). Takes time in proportion to links x
    /// log(tiles).
    pub fn balanced(network: &Network, tiles: u32) -> Self {
        if tiles <= 1 {
            return Self::whole();
        }
        let mut halving = Halving {
            beside: neighbours(network),
            side: vec![ELSEWHERE; network.switches() as usize],
            waits: vec![false; network.switches() as usize],
            of_switch: vec![0; network.switches() as usize],
            next: 0,
        };
        let all = (0..network.switches()).collect();
        halving.halve(all, tiles.clamp(1, network.switches()));
        Self::new(halving.of_switch)
    }
}

/// The switches at the far ends of each switch's links, a link each way once.
fn neighbours(network: &Network) -> Vec<Vec<u32>> {
    let mut beside = vec![Vec::new(); network.switches() as usize];
    for link in network.links() {
        let (from, to) = (link.from.switch, link.to.switch);
        beside[from as usize].push(to);
        beside[to as usize].push(from);
    }
    beside
}

struct Halving {
    beside: Vec<Vec<u32>>,
    /// The half that each switch of the part that is being halved is in.
    side: Vec<u8>,
    /// Those that a search has not come to.
    waits: Vec<bool>,
    /// The tile of each switch.
    of_switch: Vec<u32>,
    /// Number of the next tile.
    next: u32,
}

/// Of a switch in neither half: not in the part that is being halved.
const ELSEWHERE: u8 = 2;

impl Halving {
    fn halve(&mut self, part: Vec<u32>, tiles: u32) {
        if tiles == 1 {
            for switch in part {
                self.of_switch[switch as usize] = self.next;
            }
            self.next += 1;
            return;
        }
        let first_tiles = tiles / 2;
        let first = (part.len() as u64 * u64::from(first_tiles)).div_ceil(u64::from(tiles)) as usize;
        let order = self.rim_first(&part);
        for (i, &switch) in order.iter().enumerate() {
            self.side[switch as usize] = u8::from(i >= first);
        }
        for _ in 0..ROUNDS {
            if !self.exchange(&part) {
                break;
            }
        }
        let is_in_first = |&switch: &u32| std::mem::replace(&mut self.side[switch as usize], ELSEWHERE) == 0;
        let (ones, others) = part.into_iter().partition(is_in_first);
        self.halve(ones, first_tiles);
        self.halve(others, tiles - first_tiles);
    }

    /// The switches of a part by distance from one at its rim: one that is farthest from the first.
    fn rim_first(&mut self, part: &[u32]) -> Vec<u32> {
        let order = self.by_distance(part, part[0]);
        self.by_distance(part, order[order.len() - 1])
    }

    /// The switches of a part by distance from `start`, over links within it; those that can't be reached come after the
    /// others, by distance from the lowest of them.
    fn by_distance(&mut self, part: &[u32], start: u32) -> Vec<u32> {
        let waits = &mut self.waits;
        part.iter().for_each(|&switch| waits[switch as usize] = true);
        let mut order = Vec::with_capacity(part.len());
        for first in std::iter::once(start).chain(part.iter().copied()) {
            if !std::mem::take(&mut waits[first as usize]) {
                continue;
            }
            let mut at = order.len();
            order.push(first);
            while at < order.len() {
                for &next in &self.beside[order[at] as usize] {
                    if std::mem::take(&mut waits[next as usize]) {
                        order.push(next);
                    }
                }
                at += 1;
            }
        }
        order
    }

    /// Exchanges switches of both sides in pairs as long as that leaves fewer links between them; whether it did.
    fn exchange(&mut self, part: &[u32]) -> bool {
        let mut wishes: [Vec<(i64, u32)>; 2] = [Vec::new(), Vec::new()];
        for &switch in part {
            let gain = self.gain(switch);
            if gain >= 0 {
                wishes[usize::from(self.side[switch as usize])].push((-gain, switch));
            }
        }
        wishes.iter_mut().for_each(|of_side| of_side.sort_unstable());
        let [ones, others] = wishes;
        let mut improved = false;
        for (&(_, one), &(_, other)) in ones.iter().zip(&others) {
            // What was exchanged before may have changed it; links between the two stay where they are.
            let between = self.beside[one as usize].iter().filter(|&&s| s == other).count() as i64;
            let gain = self.gain(one) + self.gain(other) - 2 * between;
            if gain > 0 {
                self.side.swap(one as usize, other as usize);
                improved = true;
            }
        }
        improved
    }

    /// Links fewer between the sides if a switch changed over.
    fn gain(&self, switch: u32) -> i64 {
        let own = self.side[switch as usize];
        let of = |other: &u32| match self.side[*other as usize] {
            ELSEWHERE => 0,
            side if side == own => -1,
            _ => 1,
        };
        self.beside[switch as usize].iter().map(of).sum()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{FlitTime, Link, PortRef};

    /// Both ways between each pair; ports as they come.
    fn fabric(switches: u32, pairs: impl IntoIterator<Item = (u32, u32)>) -> Network {
        let mut network = Network::builder(switches, 64).expect("64 ports");
        let mut used = vec![1; switches as usize];
        let mut port = |switch: u32| {
            used[switch as usize] += 1;
            PortRef {
                switch,
                port: used[switch as usize] - 1,
            }
        };
        for (a, b) in pairs {
            let (a, b) = (port(a), port(b));
            for (from, to) in [(a, b), (b, a)] {
                let link = Link {
                    from,
                    to,
                    latency: 1,
                    flit_time: FlitTime::ONE,
                };
                network.link(link).expect("free ports");
            }
        }
        let port = 0;
        for switch in 0..switches {
            network.terminal(PortRef { switch, port }).expect("a free port");
        }
        network.build().expect("terminals")
    }

    fn sizes(tiling: &Tiling, switches: u32) -> Vec<u32> {
        let mut sizes = vec![0; tiling.tiles() as usize];
        (0..switches).for_each(|switch| sizes[tiling.tile(switch) as usize] += 1);
        sizes
    }

    proptest! {
        /// Connected or not, every tile has its share of the switches.
        #[test]
        fn tiles_are_balanced(
            switches in 1_u32..60,
            pairs in prop::collection::vec((0_u32..60, 0_u32..60), 0..150),
            tiles in 1_u32..10,
        ) {
            let inside = pairs.into_iter().filter(|(a, b)| a.max(b) < &switches && a != b);
            let tiling = Tiling::balanced(&fabric(switches, inside), tiles);
            prop_assert_eq!(tiling.tiles(), tiles.min(switches));
            let sizes = sizes(&tiling, switches);
            let (least, most) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
            prop_assert!(most - least <= 2, "{:?}", sizes);
        }
    }

    /// Two complete graphs of six with one link between them are told apart, however their switches are numbered.
    #[test]
    fn a_bottleneck_is_found() {
        let clique = |parity: u32| {
            let of = move |a: u32| (0..a).map(move |b| (2 * a + parity, 2 * b + parity));
            (0..6).flat_map(of)
        };
        let network = fabric(12, clique(0).chain(clique(1)).chain([(4, 7)]));
        let tiling = Tiling::balanced(&network, 2);
        for switch in 0..12 {
            assert_eq!(tiling.tile(switch), tiling.tile(switch % 2), "switch {switch}");
        }
    }

    /// A 16x16 torus in four: a cut along rows and columns crosses 128 links one way.
    #[test]
    fn a_torus_is_cut_across_few_links() {
        let at = |x: u32, y: u32| x % 16 + 16 * (y % 16);
        let links = (0..256).flat_map(|s| {
            let (x, y) = (s % 16, s / 16);
            [(s, at(x + 1, y)), (s, at(x, y + 1))]
        });
        let links: Vec<_> = links.collect();
        let tiling = Tiling::balanced(&fabric(256, links.clone()), 4);
        assert_eq!(sizes(&tiling, 256), [64; 4]);
        let crossing = links
            .iter()
            .filter(|(a, b)| tiling.tile(*a) != tiling.tile(*b))
            .count();
        assert!(crossing <= 160, "{crossing} links");
    }
}
