//! Cards: every node in its place, the nodes of a card on one ground, chassis told apart, top-of-rack switches above.

use std::collections::BTreeMap;

use super::super::location::Location;
use super::wires::Bends;
use super::{Area, At, Plan, Shape};

/// Half the side of the ground behind a node.
const HALF: f64 = 0.4;

/// `None` where a switch is neither on a card nor on top of a rack.
pub fn plan(locations: &[&Location]) -> Option<Plan> {
    let mut cards: BTreeMap<u32, (u32, Vec<[u32; 2]>)> = BTreeMap::new();
    let mut tops = 0;
    for location in locations {
        match **location {
            Location::Card {
                chassis, card, at, ..
            } => {
                cards.entry(card).or_insert((chassis, Vec::new())).1.push(at);
            }
            Location::TopOfRack(_) => tops += 1,
            _ => return None,
        }
    }
    let nodes = cards.values().flat_map(|(_, nodes)| nodes);
    let width = f64::from(nodes.map(|&[x, _]| x).max().unwrap_or(0));
    let mut next_top = 0;
    let mut place = |location: &&Location| match **location {
        Location::Card { at: [x, y], .. } => (f64::from(x), f64::from(y)),
        _ => {
            next_top += 1;
            (width * (f64::from(next_top) - 0.5) / f64::from(tops), -2.5)
        }
    };
    let switches: Vec<At> = locations.iter().map(&mut place).collect();
    let areas = cards.values().map(|(chassis, nodes)| Area {
        number: *chassis,
        name: None,
        shape: Shape::Rectangles(ground(nodes)),
    });
    Some(Plan {
        switches,
        areas: areas.collect(),
        bends: Bends::Aligned {
            taken: cards
                .values()
                .flat_map(|(_, nodes)| nodes.iter().copied())
                .collect(),
        },
    })
}

/// A square behind each node, and bridges between those side by side.
fn ground(nodes: &[[u32; 2]]) -> Vec<[At; 2]> {
    let mut rectangles = Vec::new();
    for (number, &[x, y]) in nodes.iter().enumerate() {
        let others = nodes[number..].iter();
        // The node itself is the first of them.
        for &[other_x, other_y] in others.filter(|&&[a, b]| a.abs_diff(x) + b.abs_diff(y) <= 1) {
            let (left, right) = (f64::from(x.min(other_x)), f64::from(x.max(other_x)));
            let (top, bottom) = (f64::from(y.min(other_y)), f64::from(y.max(other_y)));
            rectangles.push([(left - HALF, top - HALF), (right + HALF, bottom + HALF)]);
        }
    }
    rectangles
}
