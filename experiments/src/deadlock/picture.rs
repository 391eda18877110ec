//! `deadlock.svg`, `deadlock.png`: the cycle of channels on its fabric.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use fabricsim_topologies::graph::{
    At, End, FabricGraph, Family, GraphBuilder, GraphError, GridFabric, Layout, Link, Wire,
};
use fabricsim_viz::{Arrow, FabricPicture, RenderError};

use super::names::Names;
use crate::axes;
use crate::experiment::{FabricSpec, Plan};
use crate::store::atomic;
use crate::tables::{DEADLOCK, DeadlockRow, read_deadlocks};
use crate::terminal::count;
use crate::topology::drawn;

/// The names of the pictures.
pub const PICTURES: [&str; 2] = ["deadlock.svg", "deadlock.png"];

/// Of a fabric of more switches only the cycle and what is next to it is drawn.
const MOST_SWITCHES: u32 = 400;

/// From a row of switches to the arrow of a link that goes around its ends, and the length of an arrow from a terminal.
const ASIDE: f64 = 0.36;

/// What became of the picture of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deadlock {
    /// No point ended in a deadlock.
    None,
    /// It was drawn.
    Drawn,
    /// It can't be drawn, and why.
    LeftOut(String),
}

/// Draws the first deadlock of the folder `results`, whose experiment is `plan`, into the folder `out`.
///
/// # Errors
/// Where the table can't be read or a picture not be written.
pub fn draw(results: &Path, plan: &Plan, out: &Path) -> io::Result<Deadlock> {
    let mut rows = read_deadlocks(results)?;
    let Some(point) = rows.first().map(|row| row.point) else {
        return Ok(Deadlock::None);
    };
    rows.retain(|row| row.point == point);
    // Of each packet the first row is what it waits for in the cycle.
    rows.dedup_by_key(|row| row.order);
    let Some(of_plan) = plan.points.get(point) else {
        let reason = format!("{DEADLOCK} is of another experiment");
        return Ok(Deadlock::LeftOut(reason));
    };
    let label = axes::label(plan, of_plan, &[]).join(", ");
    let title = match label.is_empty() {
        true => plan.name.clone(),
        false => format!("{}, {label}", plan.name),
    };
    match picture(title, &of_plan.spec.fabric, &rows) {
        Ok(picture) => {
            let rendered = |error: RenderError| io::Error::other(error.to_string());
            let svg = picture.svg().map_err(rendered)?;
            let png = picture.png().map_err(rendered)?;
            for (name, bytes) in PICTURES.into_iter().zip([svg.as_bytes(), &png]) {
                atomic::write(&out.join(name), |file| file.write_all(bytes))?;
            }
            Ok(Deadlock::Drawn)
        }
        Err(reason) => Ok(Deadlock::LeftOut(reason)),
    }
}

/// The picture of a cycle, or why there is none.
fn picture(title: String, fabric: &FabricSpec, cycle: &[DeadlockRow]) -> Result<FabricPicture, String> {
    let grid = fabric.topology.grid();
    let family = GridFabric::of_grid(grid).map_err(|impossible| impossible.to_string())?;
    let whole = family.graph().map_err(|error| error.to_string())?;
    let part = Part::of(&whole, cycle).map_err(|error| error.to_string())?;
    let layout = part.graph.layout().map_err(|error| error.to_string())?;
    let is_whole = part.graph.switch_count() == whole.switch_count();
    let channels = count(cycle.len(), "channel");
    let which = match is_whole {
        true => String::new(),
        false => format!("; of {} switches these", whole.switch_count()),
    };
    Ok(FabricPicture {
        title: format!("{title}: deadlock"),
        note: format!("packets in {channels} wait in a cycle, each for the next{which}"),
        arrows: arrows(cycle, &part, &layout, Names(grid)),
        arrow_key: "a channel whose first packet waits for that of the next".to_owned(),
        ..drawn(&part.graph, &layout)
    })
}

/// The part of a fabric that is drawn.
struct Part {
    graph: FabricGraph,
    /// Its switches by their numbers in the whole.
    numbers: BTreeMap<u32, u32>,
}

impl Part {
    /// All of it, if it is small; else the switches of the cycle and their neighbours. They keep their places.
    fn of(whole: &FabricGraph, cycle: &[DeadlockRow]) -> Result<Self, GraphError> {
        let all = 0..whole.switch_count();
        if whole.switch_count() <= MOST_SWITCHES {
            return Ok(Self {
                graph: whole.clone(),
                numbers: all.clone().zip(all).collect(),
            });
        }
        let in_cycle: BTreeSet<u32> = cycle.iter().map(|row| row.at_switch).collect();
        let next_to_it = whole.links().filter_map(|link| {
            let [a, b] = link.ends.map(|end| end.switch);
            (in_cycle.contains(&a) || in_cycle.contains(&b)).then_some([a, b])
        });
        let kept: BTreeSet<u32> = next_to_it.flatten().collect();
        let numbers: BTreeMap<u32, u32> = kept.into_iter().zip(0..).collect();
        let mut builder = GraphBuilder::new(whole.units());
        for &switch in numbers.keys() {
            let switch = whole.switch(switch);
            builder.switch(switch.name.clone(), switch.location.clone())?;
        }
        for link in whole.links() {
            let [a, b] = link.ends.map(|End { switch, port }| {
                let switch = *numbers.get(&switch)?;
                Some(End { switch, port })
            });
            if let (Some(a), Some(b)) = (a, b) {
                builder.link(Link {
                    ends: [a, b],
                    ..*link
                })?;
            }
        }
        Ok(Self {
            graph: builder.build()?,
            numbers,
        })
    }
}

/// An arrow a channel, along the link that fills it; those of one link are one.
fn arrows(cycle: &[DeadlockRow], part: &Part, layout: &Layout, names: Names) -> Vec<Arrow> {
    let mut vcs: BTreeMap<(u32, u8), BTreeSet<u8>> = BTreeMap::new();
    for row in cycle {
        vcs.entry((row.at_switch, row.in_port))
            .or_default()
            .insert(row.in_vc);
    }
    let arrow = |((switch, port), vcs): ((u32, u8), BTreeSet<u8>)| {
        let into = End {
            switch: *part.numbers.get(&switch)?,
            port: port.into(),
        };
        let vcs: Vec<String> = vcs.iter().map(u8::to_string).collect();
        let vcs = vcs.join(", ");
        let arrives = |link: &Link| link.ends.iter().position(|&end| end == into);
        let links = part.graph.links().zip(&layout.wires);
        let mut along = links.filter_map(|(link, wire)| Some(way(wire, arrives(link)? == 1)));
        Some(match along.next() {
            Some(points) => Arrow {
                points,
                label: format!("VC {vcs}"),
            },
            // From a terminal.
            None => {
                let (x, y) = layout.switches[into.switch as usize];
                Arrow {
                    points: vec![(x - ASIDE, y - ASIDE), (x, y)],
                    label: names.channel(port, vcs),
                }
            }
        })
    };
    vcs.into_iter().filter_map(arrow).collect()
}

/// The way along a link, to its second end or to its first. A link that goes around is followed beside its row.
fn way(wire: &Wire, to_second: bool) -> Vec<At> {
    let mut points = match &*wire.lines {
        [line] => line.clone(),
        [first, second] => around(first, second),
        _ => Vec::new(),
    };
    if !to_second {
        points.reverse();
    }
    points
}

/// From one stub to the other.
fn around(first: &[At], second: &[At]) -> Vec<At> {
    let (Some(&out), Some(&back)) = (first.last(), second.first()) else {
        return Vec::new();
    };
    let is_level = (out.0 - back.0).abs() > (out.1 - back.1).abs();
    let beside = |(x, y): At| match is_level {
        true => (x, y - ASIDE),
        false => (x - ASIDE, y),
    };
    let between = [beside(out), beside(back)];
    first
        .iter()
        .copied()
        .chain(between)
        .chain(second.iter().copied())
        .collect()
}
