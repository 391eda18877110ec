//! A fabric as a picture.

use std::path::Path;

use fabricsim_topologies::graph::{CableKind, FabricGraph, Layout, Location, Shape, Switch};
use fabricsim_viz::{FabricPicture, Ground, LinkLine, RenderError, SwitchMark};

use super::description::{Description, Number, Quantity};
use super::files;
use crate::commands::Failure;
use crate::terminal::count;

/// Draws a fabric with what is said of it into a file, SVG or PNG by its name; what was done, in a line.
///
/// # Errors
/// A name of neither, a fabric that can't be drawn, what the system says.
pub fn draw(graph: &FabricGraph, description: &Description, path: &Path) -> Result<String, Failure> {
    let layout = graph
        .layout()
        .map_err(|error| Failure::Wrong(error.to_string()))?;
    write_picture(&picture(graph, description, &layout), path)?;
    Ok(format!("drawn {}\n", path.display()))
}

/// Writes a picture into a file, SVG or PNG by its name.
///
/// # Errors
/// A name of neither, what the system says.
pub fn write_picture(picture: &FabricPicture, path: &Path) -> Result<(), Failure> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let render: fn(&FabricPicture) -> Result<Vec<u8>, RenderError> = match extension {
        Some("svg") => |picture| picture.svg().map(String::into_bytes),
        Some("png") => FabricPicture::png,
        _ => {
            let reason = format!("`{}`: pictures end in `.svg` or `.png`", path.display());
            return Err(Failure::Wrong(reason));
        }
    };
    let bytes = render(picture).map_err(|error| Failure::Failed(format!("`{}`: {error}", path.display())))?;
    files::write(path, &bytes)
}

fn picture(graph: &FabricGraph, description: &Description, layout: &Layout) -> FabricPicture {
    let cables = description.cables.iter();
    FabricPicture {
        note: note(description),
        kinds: cables
            .map(|cables| format!("{} {}", count(cables.count as usize, "link"), cables.span))
            .collect(),
        title: description.title.clone(),
        ..drawn(graph, layout)
    }
}

/// The switches, links and grounds of a fabric, without any words beside them.
pub fn drawn(graph: &FabricGraph, layout: &Layout) -> FabricPicture {
    let kinds: Vec<CableKind> = graph.cables().into_iter().map(|(kind, _)| kind).collect();
    let number_of = |kind| kinds.iter().position(|&other| other == kind).unwrap_or(0);
    let lines = layout.wires.iter().zip(graph.links()).flat_map(|(wire, link)| {
        let kind = number_of(wire.kind);
        let ends = link.ends.map(|end| (end.switch, end.port));
        wire.lines.iter().map(move |points| LinkLine {
            kind,
            points: points.clone(),
            ends,
        })
    });
    FabricPicture {
        switches: switches(graph, layout),
        lines: lines.collect(),
        grounds: grounds(layout),
        ..FabricPicture::default()
    }
}

/// `64 switches, 64 terminals, 128 links; diameter 8, mean distance 4`.
fn note(description: &Description) -> String {
    let number = |quantity: &Quantity| match quantity.counted {
        Some(Number::Whole(count)) => Some(count.to_string()),
        Some(mean @ Number::Real(_)) => Some(mean.to_string()),
        None => None,
    };
    let parts = [
        (&description.switches, "switches"),
        (&description.terminals, "terminals"),
        (&description.links, "links"),
    ];
    let sizes = parts
        .into_iter()
        .filter_map(|(quantity, name)| Some(format!("{} {name}", number(quantity)?)));
    let sizes: Vec<String> = sizes.collect();
    let distances = [
        (&description.diameter, "diameter"),
        (&description.mean_distance, "mean distance"),
    ];
    let distances = distances
        .into_iter()
        .filter_map(|(quantity, name)| Some(format!("{name} {}", number(quantity)?)));
    let distances: Vec<String> = distances.collect();
    match distances.is_empty() {
        true => sizes.join(", "),
        false => format!("{}; {} links", sizes.join(", "), distances.join(", ")),
    }
}

fn switches(graph: &FabricGraph, layout: &Layout) -> Vec<SwitchMark> {
    let mut marks: Vec<SwitchMark> = graph
        .switches()
        .zip(&layout.switches)
        .map(|(switch, &at)| SwitchMark {
            at,
            name: short_name(switch),
            has_uplink: false,
        })
        .collect();
    for uplink in graph.uplinks() {
        marks[uplink.switch as usize].has_uplink = true;
    }
    marks
}

/// Of a node of a card its number is enough.
fn short_name(switch: &Switch) -> String {
    let number = switch.name.strip_prefix("Node ");
    match (&switch.location, number) {
        (Some(Location::Card { .. }), Some(number)) => number.to_owned(),
        _ => switch.name.clone(),
    }
}

fn grounds(layout: &Layout) -> Vec<Ground> {
    let grounds = layout.areas.iter().map(|area| {
        let (mut rectangles, mut circles) = (Vec::new(), Vec::new());
        match &area.shape {
            Shape::Rectangles(shapes) => rectangles.clone_from(shapes),
            &Shape::Round { centre, radius } => circles.push((centre, radius)),
        }
        Ground {
            number: area.number as usize,
            name: area.name.clone(),
            rectangles,
            circles,
        }
    });
    grounds.collect()
}
