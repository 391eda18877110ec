//! Routing of k-ary n-trees by a nearest common ancestor (Petrini & Vanneschi, IPPS 1997, section 3; Dally & Towles,
//! section 8.2.1).
//!
//! Needs one virtual channel; any reallocation, any switching. Deadlock-free, since packets go up and then down, so that no
//! cycle of channels can be waited around.

use std::sync::Arc;

use fabricsim_core::{Candidate, Candidates, Draw, Place, Routing, Selection};

use super::NotRoutable;
use super::by_class::prove_alike;
use crate::compass::rotate;
use crate::graph::{Family, Form, KAryNTree, WiredGraph};
use crate::{Proof, Provable};

/// Which port a packet goes up by: all lead to a nearest common ancestor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Up {
    /// Drawn, each as likely.
    Random,
    /// The one with the most credits, of equals the first; which is first is drawn.
    Adaptive,
    /// By a digit of the destination, on each level another, the last one first: all packets for a destination come down
    /// the same way, and no two of a shift permutation meet (E. Zahavi, "D-Mod-K Routing Providing Non-Blocking Traffic
    /// for Shift Permutations on Real Life Fat Trees", 2010).
    DModK,
}

impl Up {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Random, Self::Adaptive, Self::DModK];
}

/// Up to the nearest switch that is above the destination too, then down, where there is only one way.
///
/// A route costs two look-ups, of 8 B and 4 B, and a few shifts.
#[derive(Clone, Debug)]
pub struct NearestCommonAncestor {
    wired: Arc<WiredGraph>,
    up: Up,
    virtual_channels: u8,
    /// Ports up, and down.
    k: u8,
    /// Bits of a digit.
    digit_bits: u32,
    /// By switch.
    places: Vec<TreePlace>,
    /// By terminal: its digits, the last one lowest.
    terminals: Vec<u32>,
}

/// A switch of the tree.
#[derive(Clone, Copy, Debug)]
struct TreePlace {
    /// Its word as that of a terminal below it, whose last digit is 0.
    digits: u32,
    /// Where the digits begin that terminals below it need not share with it: those that it and the switches under it
    /// choose.
    free_bits: u32,
}

impl NearestCommonAncestor {
    /// Virtual channels that it needs.
    pub const NEEDS: u8 = 1;

    /// Routing of `tree`, of which `wired` is the graph, and whose ports all have `virtual_channels`, 1 to 64.
    ///
    /// # Errors
    /// [`NotRoutable::OtherFamily`] of another graph; [`NotRoutable::TooFewChannels`] of none.
    pub fn new(
        wired: Arc<WiredGraph>,
        tree: &KAryNTree,
        up: Up,
        virtual_channels: u8,
    ) -> Result<Self, NotRoutable> {
        NotRoutable::check_channels(Self::NEEDS, virtual_channels)?;
        NotRoutable::check_family(&wired, tree)?;
        let (k, levels) = (tree.k(), tree.levels());
        let digit_bits = k.next_power_of_two().trailing_zeros();
        // At most 28 bits: no tree has more than 2^22 links.
        let packed = |mut number: u32, digits: u32| {
            (0..digits).fold(0, |packed, digit| {
                let value = number % k;
                number /= k;
                packed | value << (digit * digit_bits)
            })
        };
        let width = k.pow(levels - 1);
        let places = (0..wired.network().switches()).map(|switch| TreePlace {
            digits: packed(switch % width, levels - 1) << digit_bits,
            free_bits: (levels - switch / width) * digit_bits,
        });
        Ok(Self {
            up,
            virtual_channels,
            k: k as u8,
            digit_bits,
            places: places.collect(),
            terminals: (0..wired.terminals()).map(|p| packed(p, levels)).collect(),
            wired,
        })
    }

    /// Candidates that it offers at most: all ports up where they are all offered.
    pub fn most_candidates(tree: &KAryNTree, up: Up) -> usize {
        match up {
            Up::Adaptive => tree.k() as usize,
            Up::Random | Up::DModK => 1,
        }
    }

    /// Bytes of the tables of a tree.
    pub fn table_bytes(tree: &KAryNTree) -> u64 {
        let forms = tree.closed_forms();
        let count = |form: Option<Form<u64>>| form.map_or(0, |form| form.value);
        size_of::<TreePlace>() as u64 * count(forms.switches) + 4 * count(forms.terminals)
    }
}

impl Routing for NearestCommonAncestor {
    #[inline]
    fn route(&self, at: Place, dest: u32, _: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let all = |port| Candidate::new(port, 0, self.virtual_channels);
        let here = self.places[at.switch as usize];
        let there = self.terminals[dest as usize];
        let digit = (there >> (here.free_bits - self.digit_bits)) as u8 & ((1 << self.digit_bits) - 1);
        if (here.digits ^ there) >> here.free_bits == 0 {
            // Above the destination: of the last level this is the terminal's port.
            out.push(all(digit));
            return;
        }
        let k = self.k;
        match self.up {
            Up::Random => out.push(all(k + draw.draw(k.into()) as u8)),
            Up::DModK => out.push(all(k + digit)),
            Up::Adaptive => {
                let first = out.len();
                out.extend((k..2 * k).map(all));
                rotate(out, first, draw);
            }
        }
    }

    fn max_candidates(&self) -> usize {
        match self.up {
            Up::Adaptive => self.k.into(),
            Up::Random | Up::DModK => 1,
        }
    }

    fn selection(&self) -> Selection {
        match self.up {
            Up::Adaptive => Selection::MostCredits,
            Up::Random | Up::DModK => Selection::AnyFree,
        }
    }

    /// Not where the last digit of the destination chooses the port up.
    fn terminals_are_alike(&self) -> bool {
        self.up != Up::DModK
    }

    /// All of a switch are.
    fn same_place(&self, at: Place) -> Place {
        Place {
            in_port: 0,
            in_vc: 0,
            ..at
        }
    }
}

impl Provable for NearestCommonAncestor {
    fn prove(&self) -> Proof {
        prove_alike(&self.wired, self, self.virtual_channels)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::graph::samples::{Dice, assert_promises_hold, links_crossed, path, wired_family};

    const TREES: [(u32, u32); 7] = [(2, 1), (2, 2), (2, 4), (3, 3), (4, 2), (5, 2), (7, 1)];

    fn of(tree: &KAryNTree, up: Up) -> NearestCommonAncestor {
        NearestCommonAncestor::new(wired_family(tree), tree, up, 1).unwrap()
    }

    /// Levels from the terminals' switches to the nearest that is above both.
    fn levels_to_ancestor(k: u32, (mut a, mut b): (u32, u32)) -> u32 {
        for levels in 0.. {
            (a, b) = (a / k, b / k);
            if a == b {
                return levels;
            }
        }
        unreachable!("roots are above all")
    }

    #[test]
    fn packets_go_up_to_the_nearest_common_ancestor_and_down() {
        for (k, n) in TREES {
            let tree = KAryNTree::new(k, n).unwrap();
            for up in Up::ALL {
                let routing = of(&tree, up);
                let terminals = routing.wired.terminals();
                for pair in (0..terminals).flat_map(|a| (0..terminals).map(move |b| (a, b))) {
                    let links = 2 * levels_to_ancestor(k, pair);
                    let found = links_crossed(&routing.wired, &routing, pair, links);
                    assert_eq!(found, BTreeSet::from([links]), "{tree:?} {up:?} {pair:?}");
                }
            }
        }
    }

    #[test]
    fn every_tree_is_proved_with_one_virtual_channel() {
        for (k, n) in TREES {
            let tree = KAryNTree::new(k, n).unwrap();
            for up in Up::ALL {
                let routing = of(&tree, up);
                let proof = routing.prove();
                assert!(matches!(proof, Proof::Proved { .. }), "{proof:?}");
                assert_promises_hold(&routing.wired, &routing, 1);
            }
        }
    }

    /// The packets of a shift, all terminals sending to the one so many numbers on, meet nowhere.
    #[test]
    fn d_mod_k_keeps_the_packets_of_a_shift_apart() {
        let tree = KAryNTree::new(3, 3).unwrap();
        let routing = of(&tree, Up::DModK);
        let terminals = routing.wired.terminals();
        for shift in 1..terminals {
            let mut used = BTreeMap::new();
            for source in 0..terminals {
                let pair = (source, (source + shift) % terminals);
                for port in path(&routing.wired, &routing, pair, &mut Dice(1)) {
                    assert_eq!(used.insert(port, source), None, "shift by {shift}");
                }
            }
        }
    }

    #[test]
    fn adaptive_offers_all_ports_up() {
        let tree = KAryNTree::new(4, 2).unwrap();
        let routing = of(&tree, Up::Adaptive);
        let (mut out, at) = (Candidates::new(), routing.wired.network().terminals()[0]);
        let place = Place {
            switch: at.switch,
            in_port: at.port,
            in_vc: 0,
        };
        routing.route(place, 15, &mut 0, &mut Dice(3), &mut out);
        let mut ports: Vec<u8> = out.iter().map(|way| way.port).collect();
        ports.sort_unstable();
        assert_eq!(ports, [4, 5, 6, 7]);
        assert_eq!(
            out.len(),
            NearestCommonAncestor::most_candidates(&tree, Up::Adaptive)
        );
        assert_eq!(routing.selection(), Selection::MostCredits);
    }

    #[test]
    fn another_fabric_is_refused() {
        let (tree, other) = (KAryNTree::new(2, 3).unwrap(), KAryNTree::new(2, 2).unwrap());
        let refused = NearestCommonAncestor::new(wired_family(&other), &tree, Up::Random, 1).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the fabric is not the 2-ary 3-tree that it is to be routed as"
        );
    }
}
