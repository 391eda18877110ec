//! A grid: dimensions 0 and 1 across and up, as on a map, 2 and 3 as blocks of such grids across and up, and so on.

use super::super::fabric_graph::FabricGraph;
use super::super::location::Location;
use super::wires::{Bends, Row};
use super::{At, Plan};

/// Between blocks.
const GAP: f64 = 1.6;

/// `None` where a switch has no coordinates, or not as many as others.
pub fn plan(locations: &[&Location], graph: &FabricGraph) -> Option<Plan> {
    let coordinates = |location: &&'_ Location| match location {
        Location::Grid(coordinates) => Some(coordinates.clone()),
        _ => None,
    };
    let places: Vec<Vec<u32>> = locations.iter().map(coordinates).collect::<Option<_>>()?;
    let dimensions = places.first()?.len();
    if places.iter().any(|place| place.len() != dimensions) {
        return None;
    }
    let strides = strides(&places, dimensions);
    let switches = places.iter().map(|place| at(place, &strides)).collect();
    let rows = (0..dimensions)
        .map(|dimension| Row::of(dimension, &places, graph))
        .collect();
    Some(Plan {
        switches,
        areas: Vec::new(),
        bends: Bends::Grid { places, rows },
    })
}

/// The distance from one position of each dimension to the next.
fn strides(places: &[Vec<u32>], dimensions: usize) -> Vec<f64> {
    let mut extents = [0.0; 2];
    let mut strides = Vec::new();
    for dimension in 0..dimensions {
        let last = places.iter().map(|place| place[dimension]).max().unwrap_or(0);
        let extent: &mut f64 = &mut extents[dimension % 2];
        let stride = if dimension < 2 { 1.0 } else { *extent + GAP };
        *extent += stride * f64::from(last);
        strides.push(stride);
    }
    strides
}

fn at(place: &[u32], strides: &[f64]) -> At {
    let along = |axis: usize| {
        let dimensions = place.iter().zip(strides).skip(axis).step_by(2);
        dimensions
            .map(|(&position, stride)| f64::from(position) * stride)
            .sum()
    };
    (along(0), -along(1))
}
