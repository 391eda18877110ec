//! Tiles of a grid: boxes of neighbouring switches.

use std::ops::Range;

use fabricsim_core::Tiling;

use crate::Grid;

impl Grid {
    /// A cut into `tiles` boxes of about as many switches each, or nearly so many where the sides don't allow for it: halved
    /// across its longest side again and again, so that boxes are compact and those of neighbouring numbers lie together.
    pub fn tiling(&self, tiles: u32) -> Tiling {
        if tiles <= 1 {
            return Tiling::whole();
        }
        let mut cut = Cut {
            grid: self,
            of_switch: vec![0; self.switches() as usize],
            next: 0,
        };
        let all = self.sides().iter().map(|&side| 0..side).collect();
        cut.halve(all, tiles);
        Tiling::new(cut.of_switch)
    }
}

struct Cut<'g> {
    grid: &'g Grid,
    of_switch: Vec<u32>,
    /// Number of the next tile.
    next: u32,
}

impl Cut<'_> {
    fn halve(&mut self, mut part: Vec<Range<u32>>, tiles: u32) {
        let longest = (0..part.len()).max_by_key(|&d| part[d].len());
        let Some(longest) = longest.filter(|&d| tiles > 1 && part[d].len() > 1) else {
            return self.fill(&part);
        };
        let Range { start, end } = part[longest].clone();
        let (length, first_tiles) = (u64::from(end - start), u64::from(tiles / 2));
        let nearest = (2 * length * first_tiles + u64::from(tiles)) / (2 * u64::from(tiles));
        let middle = start + nearest.clamp(1, length - 1) as u32;
        let mut other = part.clone();
        part[longest] = start..middle;
        other[longest] = middle..end;
        self.halve(part, tiles / 2);
        self.halve(other, tiles - tiles / 2);
    }

    /// A tile of the switches of a box.
    fn fill(&mut self, part: &[Range<u32>]) {
        let mut at: Vec<u32> = part.iter().map(|range| range.start).collect();
        loop {
            let steps = at.iter().enumerate().map(|(d, &x)| x * self.grid.stride(d));
            let switch = steps.sum::<u32>() as usize;
            self.of_switch[switch..][..part[0].len()].fill(self.next);
            let Some(next) = (1..at.len()).find(|&d| at[d] + 1 < part[d].end) else {
                break;
            };
            at[next] += 1;
            for d in 1..next {
                at[d] = part[d].start;
            }
        }
        self.next += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever the sides, tiles are as many as asked for, unless that is more than there are switches, and of nearly one size where they are large.
        #[test]
        fn tiles_are_even(sides in prop::collection::vec(1_u32..20, 1..4), tiles in 1_u32..12) {
            let grid = Grid::torus(sides, 1).unwrap();
            let tiling = grid.tiling(tiles);
            prop_assert!(tiling.tiles() <= tiles.min(grid.switches()));
            let mut sizes = vec![0_u32; tiling.tiles() as usize];
            for switch in 0..grid.switches() {
                sizes[tiling.tile(switch) as usize] += 1;
            }
            prop_assert!(sizes.iter().all(|&size| size > 0));
        }
    }

    #[test]
    fn a_square_is_cut_into_squares() {
        let tiling = Grid::torus(vec![64, 64], 1).unwrap().tiling(16);
        let tile = |x: u32, y: u32| tiling.tile(x + 64 * y);
        assert_eq!(tiling.tiles(), 16);
        for (x, y) in [(0, 0), (16, 0), (48, 32), (16, 48)] {
            assert!((0..256).all(|i| tile(x + i % 16, y + i / 16) == tile(x, y)));
        }
    }
}
