//! A tree, its roots at the top.

use super::super::location::Location;
use super::Plan;
use super::wires::Bends;

/// `None` where a switch is in no level.
pub fn plan(locations: &[&Location]) -> Option<Plan> {
    let in_level = |location: &&Location| match **location {
        Location::Level { level, index } => Some((level, index)),
        _ => None,
    };
    let places: Vec<(u32, u32)> = locations.iter().map(in_level).collect::<Option<_>>()?;
    let width = places.iter().map(|&(_, index)| index).max()? + 1;
    let height = (f64::from(width) / 6.0).clamp(1.5, 12.0);
    let of_level = |level: u32| {
        let indices = places
            .iter()
            .filter(|place| place.0 == level)
            .map(|&(_, index)| index);
        indices.max().unwrap_or(0) + 1
    };
    let levels = places.iter().map(|&(level, _)| level).max()? + 1;
    let widths: Vec<u32> = (0..levels).map(of_level).collect();
    let switches = places.iter().map(|&(level, index)| {
        let pitch = f64::from(width) / f64::from(widths[level as usize]);
        ((f64::from(index) + 0.5) * pitch, f64::from(level) * height)
    });
    Some(Plan {
        switches: switches.collect(),
        areas: Vec::new(),
        bends: Bends::Straight,
    })
}
