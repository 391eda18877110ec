//! A small grid with the pattern of a large one.

use crate::Grid;

/// The most switches of a grid on which every packet is followed.
const MOST_SWITCHES: u64 = 256;

/// The grid itself with one terminal a switch if it is small; else one with the same dimensions, wraps and parities whose long
/// sides are shorter by multiples of four, and if that is not enough, with dimensions left out from the last on.
///
/// For routings that only compare coordinates, with each other, with the ends of a side and by parity.
pub(super) fn shortened(grid: &Grid) -> Grid {
    let mut sides = grid.sides().to_vec();
    for limit in [8, 4] {
        if switches(&sides) > MOST_SWITCHES {
            for side in sides.iter_mut().filter(|side| **side > limit + 3) {
                *side = limit + (*side - limit) % 4;
            }
        }
    }
    for last in (0..sides.len()).rev() {
        if switches(&sides) > MOST_SWITCHES {
            sides[last] = 1;
        }
    }
    Grid::new(sides, grid.wrap().to_vec(), 1).expect("shorter sides make a grid")
}

fn switches(sides: &[u32]) -> u64 {
    sides
        .iter()
        .fold(1, |product: u64, &side| product.saturating_mul(side.into()))
}

/// `over every route between 64 switches`, or `over every route of an 8x9 grid with the same pattern`.
pub(super) fn in_words(grid: &Grid, looked_at: &Grid) -> String {
    if grid.sides() == looked_at.sides() {
        return format!("over every route between {} switches", grid.switches());
    }
    let sides: Vec<String> = looked_at.sides().iter().map(u32::to_string).collect();
    format!(
        "over every route of a grid of {} with the same pattern",
        sides.join("x")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortened_grids_keep_wrap_and_parity() {
        let sides = |sides: &[u32]| {
            let grid = Grid::torus(sides.to_vec(), 2).unwrap();
            shortened(&grid).sides().to_vec()
        };
        assert_eq!(sides(&[16, 16]), [16, 16]);
        assert_eq!(sides(&[64, 17]), [8, 9]);
        assert_eq!(sides(&[18, 16, 16]), [6, 4, 4]);
        assert_eq!(sides(&[7, 7, 7, 7]), [7, 7, 1, 1]);
        let grid = Grid::new(vec![100, 100], vec![true, false], 2).unwrap();
        assert_eq!(shortened(&grid).wrap(), [true, false]);
    }
}
