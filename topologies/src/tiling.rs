//! Tiles of a grid: boxes of neighbouring switches.

use std::ops::Range;

use fabricsim_core::{CutSize, Tiling};

use crate::Grid;

/// Positions along each dimension.
type Block = Vec<Range<u32>>;

impl Grid {
    /// A cut into `tiles` boxes of about as many switches each, or nearly so many where the sides don't allow for it: halved
    /// across its longest side again and again, so that boxes are compact and those of neighbouring numbers lie together.
    pub fn tiling(&self, tiles: u32) -> Tiling {
        if tiles <= 1 {
            return Tiling::whole();
        }
        let mut of_switch = vec![0; self.switches() as usize];
        for (tile, part) in (0..).zip(self.boxes(tiles)) {
            self.fill(&part, tile, &mut of_switch);
        }
        Tiling::new(of_switch)
    }

    /// How much memory that cut takes is told by this, without making it.
    pub fn cut_size(&self, tiles: u32, threads: usize) -> CutSize {
        if tiles <= 1 {
            return CutSize::WHOLE;
        }
        let boxes = self.boxes(tiles);
        CutSize {
            tiles: boxes.len() as u32,
            threads,
            crossing: boxes.iter().map(|part| self.way_out(part).0).sum(),
            borders: boxes.iter().map(|part| self.way_out(part).1).sum(),
        }
    }

    fn boxes(&self, tiles: u32) -> Vec<Block> {
        let all = self.sides().iter().map(|&side| 0..side).collect();
        let mut boxes = Vec::with_capacity(tiles as usize);
        halve(all, tiles, &mut boxes);
        boxes
    }

    /// Gives the switches of a box to a tile.
    fn fill(&self, part: &Block, tile: u32, of_switch: &mut [u32]) {
        let mut at: Vec<u32> = part.iter().map(|range| range.start).collect();
        loop {
            let steps = at.iter().enumerate().map(|(d, &x)| x * self.stride(d));
            let switch = steps.sum::<u32>() as usize;
            of_switch[switch..][..part[0].len()].fill(tile);
            let Some(next) = (1..at.len()).find(|&d| at[d] + 1 < part[d].end) else {
                return;
            };
            at[next] += 1;
            for d in 1..next {
                at[d] = part[d].start;
            }
        }
    }

    /// The links that lead out of a box, and its faces that they lead through.
    fn way_out(&self, part: &Block) -> (u64, u64) {
        let switches: u64 = part.iter().map(|range| range.len() as u64).product();
        let along = |d: usize| {
            let (range, side, wraps) = (&part[d], self.sides()[d], self.is_ring(d));
            let faces = u64::from(wraps || range.start > 0) + u64::from(wraps || range.end < side);
            match range.len() as u32 {
                length if length == side => (0, 0),
                length => (faces * switches / u64::from(length), faces),
            }
        };
        let add = |(links, faces), (more_links, more_faces)| (links + more_links, faces + more_faces);
        (0..part.len()).map(along).fold((0, 0), add)
    }
}

fn halve(mut part: Block, tiles: u32, boxes: &mut Vec<Block>) {
    let longest = (0..part.len()).max_by_key(|&d| part[d].len());
    let Some(longest) = longest.filter(|&d| tiles > 1 && part[d].len() > 1) else {
        return boxes.push(part);
    };
    let Range { start, end } = part[longest].clone();
    let (length, first_tiles) = (u64::from(end - start), u64::from(tiles / 2));
    let nearest = (2 * length * first_tiles + u64::from(tiles)) / (2 * u64::from(tiles));
    let middle = start + nearest.clamp(1, length - 1) as u32;
    let mut other = part.clone();
    part[longest] = start..middle;
    other[longest] = middle..end;
    halve(part, tiles / 2, boxes);
    halve(other, tiles - tiles / 2, boxes);
}

#[cfg(test)]
mod tests {
    use fabricsim_core::{FlitTime, Link};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Every switch is in a tile, every tile has one, there are no more tiles than asked for, and the links between them
        /// are those that are counted.
        #[test]
        fn tiles_are_counted(
            dimensions in prop::collection::vec((1_u32..9, any::<bool>()), 1..4),
            tiles in 1_u32..12,
        ) {
            let (sides, wrap) = dimensions.into_iter().unzip();
            let grid = Grid::new(sides, wrap, 1).unwrap();
            let tiling = grid.tiling(tiles);
            prop_assert!(tiling.tiles() <= tiles.min(grid.switches()));
            let network = grid.network(1, FlitTime::ONE).unwrap();
            let crosses = |link: &&Link| tiling.tile(link.from.switch) != tiling.tile(link.to.switch);
            let size = grid.cut_size(tiles, 1);
            prop_assert_eq!(size.tiles, tiling.tiles());
            prop_assert_eq!(size.crossing, network.links().filter(crosses).count() as u64);
        }
    }

    #[test]
    fn a_square_is_cut_into_squares() {
        let tiling = Grid::torus(vec![64, 64], 1).unwrap().tiling(16);
        let tile = |x: u32, y: u32| tiling.tile(x + 64 * y);
        assert_eq!(tiling.tiles(), 16);
        let size = Grid::torus(vec![64, 64], 1).unwrap().cut_size(16, 2);
        assert_eq!(
            (size.threads, size.crossing, size.borders),
            (2, 16 * 4 * 16, 16 * 4)
        );
        for (x, y) in [(0, 0), (16, 0), (48, 32), (16, 48)] {
            assert!((0..256).all(|i| tile(x + i % 16, y + i / 16) == tile(x, y)));
        }
    }
}
