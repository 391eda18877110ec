//! A cycle of channels on its fabric, as a picture.

use std::collections::{BTreeMap, BTreeSet};

use fabricsim_topologies::graph::{At, End, FabricGraph, GraphBuilder, GraphError, Layout, Link, Wire};
use fabricsim_viz::{Arrow, FabricPicture};

use crate::experiment::Topology;
use crate::terminal::count;
use crate::topology::drawn;

/// Of a fabric of more switches only the cycle and what is next to it is drawn.
const MOST_SWITCHES: u32 = 400;

/// From a row of switches to the arrow of a link that goes around its ends, and the length of an arrow from a terminal.
const ASIDE: f64 = 0.4;

/// Virtual channels in which packets wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HeldChannel {
    /// The input port.
    pub into: End,
    /// Those of it.
    pub vcs: BTreeSet<u8>,
}

/// What is said of a cycle.
pub(super) struct Words<'a> {
    /// Above the picture.
    pub title: String,
    /// `wait in a cycle`.
    pub do_what: &'a str,
    /// What an arrow is.
    pub arrow_key: &'a str,
}

/// The picture of a cycle, or why there is none.
pub(super) fn picture(
    words: Words,
    topology: &Topology,
    cycle: &[HeldChannel],
) -> Result<FabricPicture, String> {
    let whole = topology.to_graph().map_err(|error| error.to_string())?;
    let part = Part::of(&whole, cycle)?;
    let layout = part.graph.layout().map_err(|error| error.to_string())?;
    let is_whole = part.graph.switch_count() == whole.switch_count();
    let channels = count(cycle.len(), "channel");
    let vcs: BTreeSet<u8> = cycle.iter().flat_map(|held| &held.vcs).copied().collect();
    let which = match is_whole {
        true => String::new(),
        false => format!("; the part of {} switches around it", whole.switch_count()),
    };
    Ok(FabricPicture {
        title: words.title,
        note: format!(
            "packets in {channels} of VC {} {}, each for the next, from {}{which}",
            listed(&vcs),
            words.do_what,
            cycle
                .first()
                .map_or_else(String::new, |held| whole.switch(held.into.switch).name.clone())
        ),
        arrows: arrows(cycle, &part, &layout, topology),
        arrow_key: words.arrow_key.to_owned(),
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
    /// All of it, if it is small; else the switches of the cycle and those drawn next to them. They keep their places.
    ///
    /// # Errors
    /// Why it can't be drawn.
    fn of(whole: &FabricGraph, cycle: &[HeldChannel]) -> Result<Self, String> {
        if whole.switch_count() <= MOST_SWITCHES {
            let all = 0..whole.switch_count();
            return Ok(Self {
                graph: whole.clone(),
                numbers: all.clone().zip(all).collect(),
            });
        }
        let in_cycle: BTreeSet<u32> = cycle.iter().map(|held| held.into.switch).collect();
        let ends = |link: &Link| link.ends.map(|end| end.switch);
        let is_beside = |link: &&Link| ends(link).iter().any(|switch| in_cycle.contains(switch));
        let beside = whole.links().filter(is_beside).flat_map(ends).collect();
        let around = Self::with(whole, &beside).map_err(|error| error.to_string())?;
        // Links around the edge lead to switches far away.
        let layout = around.graph.layout().map_err(|error| error.to_string())?;
        let links = around.graph.links().zip(&layout.wires);
        let straight = links.filter(|(_, wire)| wire.lines.len() == 1);
        let kept: Vec<u32> = around.numbers.into_keys().collect();
        let straight = straight.map(|(link, _)| ends(link).map(|switch| kept[switch as usize]));
        let near = straight.filter(|ends| ends.iter().any(|switch| in_cycle.contains(switch)));
        let mut near: BTreeSet<u32> = near.flatten().collect();
        near.extend(&in_cycle);
        Self::with(whole, &near).map_err(|error| error.to_string())
    }

    /// These switches, and the links between them.
    fn with(whole: &FabricGraph, switches: &BTreeSet<u32>) -> Result<Self, GraphError> {
        let numbers: BTreeMap<u32, u32> = switches.iter().copied().zip(0..).collect();
        let mut builder = GraphBuilder::new(whole.units());
        for &switch in switches {
            let switch = whole.switch(switch);
            builder.switch(switch.name.clone(), switch.location.clone())?;
        }
        let end = |end: End| {
            let switch = *numbers.get(&end.switch)?;
            Some(End { switch, ..end })
        };
        for link in whole.links() {
            if let [Some(a), Some(b)] = link.ends.map(end) {
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
fn arrows(cycle: &[HeldChannel], part: &Part, layout: &Layout, topology: &Topology) -> Vec<Arrow> {
    let mut vcs: BTreeMap<End, BTreeSet<u8>> = BTreeMap::new();
    for held in cycle {
        vcs.entry(held.into).or_default().extend(&held.vcs);
    }
    let arrow = |(into, vcs): (End, BTreeSet<u8>)| {
        let into = End {
            switch: *part.numbers.get(&into.switch)?,
            ..into
        };
        let vcs = listed(&vcs);
        let arrives = |link: &Link| link.ends.iter().position(|&end| end == into);
        let links = part.graph.links().zip(&layout.wires);
        let mut along = links.filter_map(|(link, wire)| Some(way(wire, arrives(link)? == 1)));
        Some(match along.next() {
            Some(points) => Arrow {
                points,
                label: format!("VC {vcs}"),
                is_from_outside: false,
            },
            // From a terminal.
            None => {
                let (x, y) = layout.switches[into.switch as usize];
                Arrow {
                    points: vec![(x - ASIDE, y + ASIDE), (x, y)],
                    label: format!("{} VC {vcs}", topology.port_name(into.port)),
                    is_from_outside: true,
                }
            }
        })
    };
    vcs.into_iter().filter_map(arrow).collect()
}

/// `0, 2`.
fn listed(vcs: &BTreeSet<u8>) -> String {
    let vcs: Vec<String> = vcs.iter().map(u8::to_string).collect();
    vcs.join(", ")
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
