//! Grids of nodes as cards: every card covers a T, its node 0 between the three that it is linked to.
//!
//! On a grid without triangles the neighbours of node 0 on its card are three of its four neighbours: two across and
//! one beside, a T-tetromino. A rectangle can be cut into these only if both of its sides are multiples of 4 (D. W.
//! Walkup, "Covering a Rectangle with T-Tetrominoes", American Mathematical Monthly 72, 1965); a torus also if one side
//! is a multiple of 4 and the other even.

use super::card::NODES;

/// The places of a card's nodes 0, 1, 2 and 3: node 0 in the middle, 1 beside it, 2 and 3 across.
pub type Places = [[u32; 2]; NODES as usize];

/// The cards of a torus; `None` where it is not a multiple of 4 by an even number, either way, of sides above 3.
pub fn of_torus(sides: [u32; 2]) -> Option<Vec<Places>> {
    let fits = |[x, y]: [u32; 2]| x.is_multiple_of(4) && y.is_multiple_of(2) && x >= 4 && y >= 4;
    let [x, y] = sides;
    if fits([x, y]) {
        return Some(strips([x, y]));
    }
    let turned = |place: [u32; 2]| [place[1], place[0]];
    fits([y, x]).then(|| {
        let cards = strips([y, x]).into_iter();
        cards.map(|places| places.map(turned)).collect()
    })
}

/// Strips of height 2, around the torus: Ts that stand on their heads and on their feet in turn.
fn strips([x, y]: [u32; 2]) -> Vec<Places> {
    let mut cards = Vec::new();
    for top in (0..y).step_by(2) {
        for left in (0..x).step_by(4) {
            let across = (left + 4) % x;
            cards.push([[left + 1, top], [left + 1, top + 1], [left, top], [left + 2, top]]);
            cards.push([
                [left + 3, top + 1],
                [left + 3, top],
                [left + 2, top + 1],
                [across, top + 1],
            ]);
        }
    }
    cards
}

/// The cards of a mesh; `None` where not both sides are multiples of 4.
pub fn of_mesh([x, y]: [u32; 2]) -> Option<Vec<Places>> {
    if x == 0 || y == 0 || !x.is_multiple_of(4) || !y.is_multiple_of(4) {
        return None;
    }
    /// Four Ts around the middle of a square of side 4.
    const PINWHEEL: [Places; 4] = [
        [[1, 0], [1, 1], [0, 0], [2, 0]],
        [[3, 1], [2, 1], [3, 0], [3, 2]],
        [[2, 3], [2, 2], [1, 3], [3, 3]],
        [[0, 2], [1, 2], [0, 1], [0, 3]],
    ];
    let mut cards = Vec::new();
    for top in (0..y).step_by(4) {
        for left in (0..x).step_by(4) {
            cards.extend(PINWHEEL.map(|places| places.map(|[x, y]| [left + x, top + y])));
        }
    }
    Some(cards)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn distance(a: u32, b: u32, side: u32) -> u32 {
        a.abs_diff(b).min(side - a.abs_diff(b))
    }

    #[test]
    fn cards_cover_every_place_once_and_are_ts() {
        for x in 1..=16 {
            for y in 1..=16 {
                let tilings = [of_torus([x, y]), of_mesh([x, y])];
                for cards in tilings.into_iter().flatten() {
                    let places: HashSet<_> = cards.iter().flatten().collect();
                    assert_eq!(places.len(), cards.len() * 4);
                    assert_eq!(places.len() as u32, x * y);
                    for [middle, others @ ..] in &cards {
                        for place in others {
                            let away = distance(middle[0], place[0], x) + distance(middle[1], place[1], y);
                            assert_eq!(away, 1, "{cards:?}");
                        }
                    }
                }
            }
        }
    }
}
