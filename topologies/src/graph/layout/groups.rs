//! Groups around a circle, the switches of each around a smaller one.

use super::super::location::Location;
use super::wires::Bends;
use super::{Area, Plan, Shape, around};

/// `None` where a switch is in no group.
pub fn plan(locations: &[&Location]) -> Option<Plan> {
    let in_group = |location: &&Location| match **location {
        Location::Group { group, index } => Some((group, index)),
        _ => None,
    };
    let places: Vec<(u32, u32)> = locations.iter().map(in_group).collect::<Option<_>>()?;
    let groups = places.iter().map(|&(group, _)| group).max()? + 1;
    let members = places.iter().map(|&(_, index)| index).max()? + 1;
    let small = if members == 1 {
        0.0
    } else {
        (f64::from(members) / std::f64::consts::TAU).max(0.7)
    };
    let frame = small + 0.5;
    // Frames side by side, with room between them.
    let large = f64::from(groups) * (2.0 * frame + 0.4) / std::f64::consts::TAU;
    let large = large.max(frame + 0.4);
    let middle = |group: u32| around(group, groups, large);
    let switches = places.iter().map(|&(group, index)| {
        let ((x, y), (dx, dy)) = (middle(group), around(index, members, small));
        (x + dx, y + dy)
    });
    let areas = (0..groups).map(|group| Area {
        number: group,
        name: Some((
            format!("group {group}"),
            around(group, groups, large + frame + 0.3),
        )),
        shape: Shape::Round {
            centre: middle(group),
            radius: frame,
        },
    });
    Some(Plan {
        switches: switches.collect(),
        areas: areas.collect(),
        bends: Bends::Straight,
    })
}
