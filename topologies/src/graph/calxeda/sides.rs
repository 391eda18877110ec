//! The sides of tori and meshes of cards: which can be, and which are near.

use super::super::family::Impossible;
use super::card::MOST_NODES;
use super::tiling::Places;

/// The sides, if they are two of no more nodes than can be numbered; `name` is the family's.
pub fn check_sides(sides: &[u32], name: &'static str) -> Result<[u32; 2], Impossible> {
    let nearest = |[x, y]: [u32; 2]| [format!("{name}(sides: [{x}, {y}])")];
    let &[x, y] = sides else {
        let reason = format!("cards are wired in 2 dimensions, not in {}", sides.len());
        return Err(Impossible::new("sides", reason).nearest(nearest([4, 4])));
    };
    let nodes = u64::from(x) * u64::from(y);
    if nodes == 0 {
        return Err(Impossible::new("sides", "a side is 0; the least is 4").nearest(nearest([4, 4])));
    }
    if nodes > u64::from(MOST_NODES) {
        let reason = format!("{nodes} nodes: a fabric has at most {MOST_NODES}, whose numbers have 12 bits");
        return Err(Impossible::new("sides", reason).nearest(nearest([64, 64])));
    }
    Ok([x, y])
}

/// The two nearest sides that are possible, as users write them; the largest square where none is near.
pub fn nearest_sides(
    name: &str,
    [x, y]: [u32; 2],
    tiling: impl Fn([u32; 2]) -> Option<Vec<Places>>,
) -> Vec<String> {
    let reach = 0..=4_u32;
    let mut near: Vec<(u32, [u32; 2])> = Vec::new();
    for dx in reach.clone() {
        for dy in reach.clone() {
            for sides in [[x + dx, y + dy], [x.saturating_sub(dx), y.saturating_sub(dy)]] {
                let fits = sides[0] * sides[1] <= MOST_NODES;
                if fits && !near.contains(&(dx + dy, sides)) && tiling(sides).is_some() {
                    near.push((dx + dy, sides));
                }
            }
        }
    }
    if near.is_empty() {
        near.push((0, [64, 64]));
    }
    near.sort_unstable();
    let near = near.into_iter().take(2);
    near.map(|(_, [x, y])| format!("{name}(sides: [{x}, {y}])"))
        .collect()
}
