//! How a fabric is cut into tiles, and where in them each of its switches and terminals is kept.

use std::collections::HashSet;

use crate::{CutSize, Network};

/// A cut of a fabric into tiles: groups of switches that are simulated on their own and exchange flits and credits. Cuts
/// along few links cost least. Whatever the cut, results are the same to the bit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiling {
    /// By switch; empty where there is one tile.
    of_switch: Vec<u32>,
    tiles: u32,
}

impl Default for Tiling {
    fn default() -> Self {
        Self::whole()
    }
}

impl Tiling {
    /// The fabric as it is, in one.
    pub fn whole() -> Self {
        Self {
            of_switch: Vec::new(),
            tiles: 1,
        }
    }

    /// The tile of each switch. Tiles are numbered from 0 without a gap, and those of neighbouring numbers best lie beside
    /// each other: a thread gets tiles of consecutive numbers.
    ///
    /// # Panics
    /// If a number below the largest has no switch.
    pub fn new(of_switch: Vec<u32>) -> Self {
        let tiles = of_switch.iter().max().map_or(0, |&last| last + 1);
        let mut is_used = vec![false; tiles as usize];
        for &tile in &of_switch {
            is_used[tile as usize] = true;
        }
        assert!(is_used.iter().all(|&used| used), "a tile without a switch");
        match tiles {
            0 | 1 => Self::whole(),
            _ => Self { of_switch, tiles },
        }
    }

    /// Number of tiles.
    pub fn tiles(&self) -> u32 {
        self.tiles
    }

    /// What the memory of a simulation on so many threads takes of it.
    pub fn cut_size(&self, network: &Network, threads: usize) -> CutSize {
        if self.tiles == 1 {
            return CutSize::WHOLE;
        }
        let ends = network
            .links()
            .map(|link| (self.tile(link.from.switch), self.tile(link.to.switch)));
        let crossing: Vec<(u32, u32)> = ends.filter(|(from, to)| from != to).collect();
        CutSize {
            tiles: self.tiles,
            threads,
            crossing: crossing.len() as u64,
            borders: crossing.iter().collect::<HashSet<_>>().len() as u64,
        }
    }

    /// The tile of a switch.
    pub fn tile(&self, switch: u32) -> u32 {
        self.of_switch.get(switch as usize).copied().unwrap_or(0)
    }
}

/// Where a switch or a terminal is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Home {
    pub tile: u32,
    /// Its number among those of the tile.
    pub local: u32,
}

/// The homes of all switches and terminals. In each tile both are in the order of their numbers.
#[derive(Debug)]
pub struct Homes {
    pub tiles: usize,
    /// Empty where there is one tile.
    of_switch: Vec<Home>,
    of_terminal: Vec<Home>,
}

impl Homes {
    pub fn new(network: &Network, tiling: &Tiling) -> Self {
        let tiles = tiling.tiles() as usize;
        if tiles == 1 {
            return Self {
                tiles,
                of_switch: Vec::new(),
                of_terminal: Vec::new(),
            };
        }
        let terminals = network.terminals().iter().map(|at| at.switch);
        Self {
            tiles,
            of_switch: number((0..network.switches()).map(|switch| tiling.tile(switch)), tiles),
            of_terminal: number(terminals.map(|switch| tiling.tile(switch)), tiles),
        }
    }

    #[inline]
    pub fn switch(&self, switch: u32) -> Home {
        home(&self.of_switch, switch)
    }

    #[inline]
    pub fn terminal(&self, terminal: u32) -> Home {
        home(&self.of_terminal, terminal)
    }

    /// Bytes of the tables for so many switches and terminals in several tiles.
    pub fn bytes(switches: usize, terminals: usize) -> usize {
        (switches + terminals) * size_of::<Home>()
    }
}

fn home(homes: &[Home], number: u32) -> Home {
    let in_one_tile = Home {
        tile: 0,
        local: number,
    };
    homes.get(number as usize).copied().unwrap_or(in_one_tile)
}

/// Numbers what stands in each tile.
fn number(tiles_of: impl Iterator<Item = u32>, tiles: usize) -> Vec<Home> {
    let mut next = vec![0; tiles];
    let settle = |tile: u32| {
        let local = next[tile as usize];
        next[tile as usize] += 1;
        Home { tile, local }
    };
    tiles_of.map(settle).collect()
}
