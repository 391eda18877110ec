//! Calxeda's link maps: `Link 1: Node 2`, the links of a node that are up.
//!
//! The fabric's own tools write a file a node, with its number in the file's name. One file for all has each node's
//! name, `Node 0`, on a line above its links. Every link is told by both of its nodes; of several between two nodes the
//! first of one is the first of the other.

use std::collections::BTreeMap;

use super::super::calxeda::{CalxedaNodes, ETH0, LINK_LATENCY, LINK_RATE, LINKS, Report, node_name};
use super::super::fabric_graph::{FabricGraph, Units};
use super::CanNotCarry;
use super::assembly::{Assembly, OpenEnd};
use super::mistake::{FileMistake, Span, shortened, whole};

/// A line of a map: which file it is in, what it says.
struct Told {
    file: usize,
    link: u32,
    to: u32,
    span: Span,
}

/// The links that each node tells of.
#[derive(Default)]
struct Maps {
    nodes: BTreeMap<u32, Vec<Told>>,
}

/// The link maps of a folder: the number of the node, and the text of its file.
///
/// # Errors
/// The first mistake, and in which of the files it is.
pub fn read_link_maps(files: &[(u32, String)]) -> Result<FabricGraph, (usize, FileMistake)> {
    let mut maps = Maps::default();
    for (file, (node, text)) in files.iter().enumerate() {
        if maps.nodes.contains_key(node) {
            let message = format!("another file is of node {node}, too");
            return Err((file, FileMistake::new(0..1, message)));
        }
        maps.nodes.insert(*node, Vec::new());
        for (line, start) in lines(text) {
            maps.add(*node, file, line, start)
                .map_err(|mistake| (file, mistake))?;
        }
    }
    maps.finish()
}

/// The link maps of all nodes in one text.
pub(super) fn read(text: &str) -> Result<FabricGraph, FileMistake> {
    let mut maps = Maps::default();
    let mut node = None;
    for (line, start) in lines(text) {
        let heading = line
            .strip_prefix("Node ")
            .map(|number| number.trim_end_matches(':'));
        match (heading, node) {
            (Some(number), _) => {
                let span = start..start + line.len();
                let number = whole(number, &span, "the number of a node")?;
                if maps.nodes.insert(number, Vec::new()).is_some() {
                    return Err(FileMistake::new(span, format!("node {number} is there twice")));
                }
                node = Some(number);
            }
            (None, Some(node)) => maps.add(node, 0, line, start)?,
            (None, None) => {
                let message = "a link before the first node";
                return Err(FileMistake::new(start..start + line.len(), message)
                    .label("write the node's name above it, as `Node 0`"));
            }
        }
    }
    maps.finish().map_err(|(_, mistake)| mistake)
}

/// Lines that say something, and where each begins.
fn lines(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(move |line| {
        let at = start;
        start += line.len();
        let trimmed = line.trim_start();
        (trimmed.trim_end(), at + line.len() - trimmed.len())
    });
    lines.filter(|(line, _)| !line.is_empty())
}

impl Maps {
    fn add(&mut self, node: u32, file: usize, line: &str, start: usize) -> Result<(), FileMistake> {
        let span = start..start + line.len();
        let parts = line
            .strip_prefix("Link ")
            .and_then(|rest| rest.split_once(": Node "));
        let Some((link, to)) = parts else {
            let message = format!("`{}` is no line of a link map", shortened(line));
            return Err(FileMistake::new(span, message).label("as `Link 1: Node 2`"));
        };
        let (link, to) = (whole(link, &span, "the link")?, whole(to, &span, "the node")?);
        if link as usize >= LINKS {
            return Err(FileMistake::new(span, format!("there is no link {link}")).label("links are 0 to 4"));
        }
        if to == node {
            return Err(FileMistake::new(
                span,
                format!("link {link} of node {node} leads to itself"),
            ));
        }
        let told = self.nodes.entry(node).or_default();
        if told.iter().any(|told| told.link == link) {
            return Err(FileMistake::new(
                span,
                format!("link {link} of node {node} is there twice"),
            ));
        }
        told.push(Told { file, link, to, span });
        Ok(())
    }

    fn finish(mut self) -> Result<FabricGraph, (usize, FileMistake)> {
        let mut assembly = Assembly::default();
        for (number, &node) in (0..).zip(self.nodes.keys()) {
            let switch = assembly.switch(&node_name(node), &(0..1));
            let port = Some(ETH0);
            assembly.terminal(number, OpenEnd { switch, port }, 0..1);
        }
        for told in self.nodes.values_mut() {
            told.sort_by_key(|told| told.link);
        }
        for (&node, told) in &self.nodes {
            for told in told {
                let back = self.back(node, told)?;
                if node > told.to {
                    continue;
                }
                let ends = [(node, told.link), (told.to, back)].map(|(node, port)| OpenEnd {
                    switch: assembly.switch(&node_name(node), &(0..1)),
                    port: Some(port),
                });
                assembly.link(ends, LINK_LATENCY, LINK_RATE, told.span.clone());
            }
        }
        assembly.finish(Units::Physical).map_err(|mistake| (0, mistake))
    }

    /// The link of the other node that is this one.
    fn back(&self, node: u32, told: &Told) -> Result<u32, (usize, FileMistake)> {
        let Told { file, to, span, .. } = told;
        let Some(of_other) = self.nodes.get(to) else {
            let message = format!("there is no link map of node {to}");
            return Err((*file, FileMistake::new(span.clone(), message)));
        };
        let before = self.nodes[&node]
            .iter()
            .filter(|other| other.to == *to && other.link < told.link);
        let back = of_other.iter().filter(|told| told.to == node).nth(before.count());
        back.map(|told| told.link).ok_or_else(|| {
            let message = format!("node {node} has a link to node {to}, but not node {to} to node {node}");
            let label = "a link is told by both of its nodes";
            (*file, FileMistake::new(span.clone(), message).label(label))
        })
    }
}

/// The link map of each node, by its number.
///
/// # Errors
/// Where the fabric is none of Calxeda nodes.
pub fn write_link_maps(graph: &FabricGraph) -> Result<Vec<(u32, String)>, CanNotCarry> {
    let nodes = CalxedaNodes::of(graph).map_err(|error| CanNotCarry(error.to_string()))?;
    let map = |&number: &u32| Some((number, nodes.report(Report::LinkMap, number)?));
    Ok(nodes.numbers().iter().filter_map(map).collect())
}

/// The link maps of all nodes, each under its name.
pub(super) fn write(graph: &FabricGraph) -> Result<String, CanNotCarry> {
    let maps = write_link_maps(graph)?.into_iter();
    Ok(maps
        .map(|(number, map)| format!("{}\n{map}", node_name(number)))
        .collect())
}
