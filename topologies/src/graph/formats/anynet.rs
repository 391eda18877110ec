//! The `network_file` of BookSim2's `anynet` topology.
//!
//! A line begins with `router N` or `node N` and names what that is joined to, each followed by the latency of the
//! link \[cycles\] in that direction if it is not 1. A link named from both of its ends is one link; here it has one latency for
//! both directions, so that one which is not 1 must be named from both, and the two agree. Routers and nodes are numbered from 0 without a gap. Ports are BookSim2's:
//! nodes in order, then routers in order.
//!
//! BookSim2, `src/networks/anynet.cpp`.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::super::fabric_graph::{FabricGraph, Units};
use super::CanNotCarry;
use super::assembly::{Assembly, DEFAULT_LATENCY, DEFAULT_RATE, OpenEnd};
use super::mistake::{FileMistake, Span, shortened, whole};

/// What a line joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Thing {
    Router(u32),
    Node(u32),
}

/// A word and where it is.
type Word<'a> = (&'a str, Span);

/// What has been read; where each is said first.
#[derive(Default)]
struct File {
    routers: BTreeMap<u32, Span>,
    /// By node: its router.
    nodes: BTreeMap<u32, (u32, Span)>,
    /// By the smaller and the larger of two routers: the latency, and whether it was said from either end.
    links: BTreeMap<(u32, u32), Joint>,
}

struct Joint {
    latency: u32,
    /// Said from the smaller, said from the larger.
    said: [bool; 2],
    span: Span,
}

pub fn read(text: &str) -> Result<FabricGraph, FileMistake> {
    let mut file = File::default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        file.line(&words(line, start))?;
        start += line.len();
    }
    file.finish()
}

fn words(line: &str, start: usize) -> Vec<Word<'_>> {
    let words = line.split_whitespace().map(|word| {
        let at = start + (word.as_ptr() as usize - line.as_ptr() as usize);
        (word, at..at + word.len())
    });
    words.collect()
}

impl File {
    fn line(&mut self, words: &[Word]) -> Result<(), FileMistake> {
        let Some((head, mut rest)) = thing(words)? else {
            return Ok(());
        };
        let head_span = words[0].1.start..words[1].1.end;
        if let Thing::Router(router) = head {
            self.routers.entry(router).or_insert_with(|| head_span.clone());
        }
        while let Some((other, after)) = thing(rest)? {
            let span = rest[0].1.start..rest[1].1.end;
            let latency = match after.first() {
                Some((word, span)) if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
                    rest = &after[1..];
                    Some(whole(word, span, "the latency")?)
                }
                _ => {
                    rest = after;
                    None
                }
            };
            self.join(head, other, latency, span)?;
        }
        Ok(())
    }

    fn join(
        &mut self,
        head: Thing,
        other: Thing,
        latency: Option<u32>,
        span: Span,
    ) -> Result<(), FileMistake> {
        match (head, other) {
            (Thing::Node(_), Thing::Node(_)) => {
                Err(FileMistake::new(span, "a node is joined to a node").label("expected `router`"))
            }
            (Thing::Router(router), Thing::Node(node)) | (Thing::Node(node), Thing::Router(router)) => {
                self.routers.entry(router).or_insert_with(|| span.clone());
                let (at, _) = self.nodes.entry(node).or_insert((router, span.clone()));
                match *at == router {
                    true => Ok(()),
                    false => Err(
                        FileMistake::new(span, format!("node {node} is at router {at} already"))
                            .label("a node has one router"),
                    ),
                }
            }
            (Thing::Router(from), Thing::Router(to)) => self.link(from, to, latency, span),
        }
    }

    fn link(&mut self, from: u32, to: u32, latency: Option<u32>, span: Span) -> Result<(), FileMistake> {
        if from == to {
            return Err(FileMistake::new(
                span,
                format!("router {from} is joined to itself"),
            ));
        }
        for router in [from, to] {
            self.routers.entry(router).or_insert_with(|| span.clone());
        }
        let side = usize::from(from > to);
        let latency = latency.unwrap_or(DEFAULT_LATENCY as u32);
        let joint = self
            .links
            .entry((from.min(to), from.max(to)))
            .or_insert_with(|| Joint {
                latency,
                said: [false; 2],
                span: span.clone(),
            });
        if joint.said[side] {
            let message = format!("routers {from} and {to} are joined twice");
            return Err(FileMistake::new(span, message).label("`anynet` has no parallel links"));
        }
        joint.said[side] = true;
        if joint.latency != latency {
            let message = format!(
                "the latency is {latency} this way, but {} the other",
                joint.latency
            );
            return Err(FileMistake::new(span, message).label("links have one latency for both directions"));
        }
        Ok(())
    }

    fn finish(self) -> Result<FabricGraph, FileMistake> {
        let mut assembly = Assembly::default();
        for (expected, (&router, span)) in (0..).zip(&self.routers) {
            if router != expected {
                return Err(
                    FileMistake::new(span.clone(), format!("router {expected} is missing"))
                        .label("routers are numbered from 0 without a gap"),
                );
            }
            assembly.switch(&format!("router {router}"), span);
        }
        // BookSim2 gives the first ports to nodes, the next to routers in order.
        let mut next_ports = vec![0; self.routers.len()];
        let mut next = |switch: u32| {
            let port = &mut next_ports[switch as usize];
            *port += 1;
            OpenEnd {
                switch,
                port: Some(*port - 1),
            }
        };
        for (node, (router, span)) in self.nodes {
            assembly.terminal(node, next(router), span);
        }
        let mut ends: BTreeMap<(u32, u32), OpenEnd> = BTreeMap::new();
        let mut ways: Vec<(u32, u32)> = self.links.keys().flat_map(|&(a, b)| [(a, b), (b, a)]).collect();
        ways.sort_unstable();
        for (from, to) in ways {
            ends.insert((from, to), next(from));
        }
        for ((a, b), joint) in self.links {
            if joint.latency != DEFAULT_LATENCY as u32 && joint.said != [true; 2] {
                let (from, to) = if joint.said[0] { (a, b) } else { (b, a) };
                let message = format!(
                    "the latency is {} from router {from} to router {to}, but {DEFAULT_LATENCY} back",
                    joint.latency
                );
                let label = "to be said of both routers: links have one latency for both directions";
                return Err(FileMistake::new(joint.span, message).label(label));
            }
            if let (Some(&from), Some(&to)) = (ends.get(&(a, b)), ends.get(&(b, a))) {
                assembly.link([from, to], f64::from(joint.latency), DEFAULT_RATE, joint.span);
            }
        }
        assembly.finish(Units::Abstract)
    }
}

/// What the first two words name, and the rest; `None` of no words.
fn thing<'a, 'b>(words: &'b [Word<'a>]) -> Result<Option<(Thing, &'b [Word<'a>])>, FileMistake> {
    let Some((kind, span)) = words.first() else {
        return Ok(None);
    };
    let make = match *kind {
        "router" => Thing::Router,
        "node" => Thing::Node,
        _ => {
            let message = format!("expected `router` or `node`, found `{}`", shortened(kind));
            return Err(FileMistake::new(span.clone(), message).label("expected `router` or `node`"));
        }
    };
    let Some((number, number_span)) = words.get(1) else {
        return Err(
            FileMistake::new(span.clone(), format!("`{kind}` without a number"))
                .label(format!("as `{kind} 0`")),
        );
    };
    let number = whole(number, number_span, &format!("the number of a {kind}"))?;
    Ok(Some((make(number), &words[2..])))
}

pub fn write(graph: &FabricGraph) -> Result<String, CanNotCarry> {
    let mut nodes = vec![String::new(); graph.switch_count() as usize];
    for (node, end) in graph.terminals().iter().enumerate() {
        // Writing to a text does not fail.
        let _ = write!(nodes[end.switch as usize], " node {node}");
    }
    let mut links: Vec<BTreeMap<u32, u32>> = vec![BTreeMap::new(); nodes.len()];
    for link in graph.links() {
        let [a, b] = link.ends.map(|end| end.switch);
        let latency = link.latency;
        if latency.fract() != 0.0 || latency > f64::from(u32::MAX) {
            return Err(CanNotCarry(format!(
                "a link's latency is {latency}: `anynet` has whole numbers"
            )));
        }
        // From both ends: BookSim2 takes what is said of one for that direction alone.
        let before = [(a, b), (b, a)].map(|(from, to)| links[from as usize].insert(to, latency as u32));
        if before.iter().any(Option::is_some) {
            let [a, b] = [a, b].map(|switch| &graph.switch(switch).name);
            return Err(CanNotCarry(format!(
                "`{a}` and `{b}` have several links: `anynet` has no parallel links"
            )));
        }
    }
    let mut text = String::new();
    for ((router, nodes), links) in nodes.iter().enumerate().zip(links) {
        let _ = write!(text, "router {router}{nodes}");
        for (other, latency) in links {
            let _ = write!(text, " router {other} {latency}");
        }
        text.push('\n');
    }
    Ok(text)
}
