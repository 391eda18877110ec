//! Adaptive routing with an escape cannot deadlock where the extended channel dependency graph of the escapes has no cycle.

use std::collections::HashMap;

use fabricsim_core::{Network, PortRef, Routing};
use petgraph::graph::{DiGraph, NodeIndex};

use super::shortened::{in_words, shortened};
use super::{Names, Proof, Provable, network, path};
use crate::walk::{Answer, Standing, Walk, members, range, slot};
use crate::{Channel, ChannelDependencyGraph, Grid, GridChannels, MinimalAdaptive};

impl Provable for MinimalAdaptive {
    /// Follows every packet of the grid, or of a shortened one, with one adaptive virtual channel, which stands for all.
    fn prove(&self) -> Proof {
        let grid = shortened(self.grid());
        let channels = GridChannels {
            by_dimension: (0..grid.dimensions()).map(|d| Self::NEEDS.of(&grid, d)).collect(),
            terminals: 1,
        };
        let alike = Self::new(&grid, &channels, self.half_way(), self.selection());
        prove_escape(&grid, &alike, &channels, &in_words(self.grid(), &grid))
    }
}

/// Duato's condition on a grid, whose packets only come nearer.
pub(super) fn prove_escape(
    grid: &Grid,
    routing: &impl Routing,
    channels: &GridChannels,
    looked_at: &str,
) -> Proof {
    let why = format!(
        "a packet in front of a buffer may always escape, and packets only come nearer, so that each of its escapes \
         lies farther along the same way or in a higher dimension than the one before (Duato 1993): {looked_at}"
    );
    prove_on(grid, &network(grid), routing, &channels.by_port(grid), &why)
}

/// Duato's condition (1993), for buffers in whose front a packet's head comes to stand whatever else waits.
///
/// `why`: what the argument says before its figures.
pub(super) fn prove_on(
    names: &impl Names,
    network: &Network,
    routing: &impl Routing,
    vcs: &[u8],
    why: &str,
) -> Proof {
    let graph = match extended_graph(names, network, routing, vcs) {
        Ok(graph) => graph,
        Err(reason) => return Proof::NotProved { reason },
    };
    match graph.cycle() {
        Some(cycle) => Proof::NotProved {
            reason: format!(
                "the escapes have a cycle of direct or indirect dependencies: {}",
                path(names, &cycle)
            ),
        },
        None => Proof::Proved {
            argument: format!(
                "{why}, {} escape channels with {} direct and indirect dependencies have no cycle; with `WholePacketFits` or `Atomic` \
                 reallocation",
                graph.channels(),
                graph.dependencies(),
            ),
        },
    }
}

/// A set of channels: bits.
type Set = Vec<u64>;

fn insert(set: &mut [u64], member: usize) {
    set[member / 64] |= 1 << (member % 64);
}

fn contains(set: &[u64], member: usize) -> bool {
    set[member / 64] >> (member % 64) & 1 == 1
}

/// Adds the members of another; whether there were new ones.
fn unite(set: &mut [u64], other: &[u64]) -> bool {
    let mut grows = false;
    for (word, more) in set.iter_mut().zip(other) {
        grows |= more & !*word != 0;
        *word |= more;
    }
    grows
}

/// Numbers the virtual channels of the links.
struct Channels<'a> {
    network: &'a Network,
    /// By output port: its link's first channel.
    first: Vec<Option<usize>>,
    /// By input port, likewise.
    first_into: Vec<Option<usize>>,
    all: Vec<Channel>,
}

impl<'a> Channels<'a> {
    fn new(network: &'a Network, vcs: &[u8]) -> Self {
        let ports = network.switches() as usize * usize::from(network.ports());
        let mut channels = Self {
            network,
            first: vec![None; ports],
            first_into: vec![None; ports],
            all: Vec::new(),
        };
        for link in network.links() {
            channels.first[slot(network, link.from)] = Some(channels.all.len());
            channels.first_into[slot(network, link.to)] = Some(channels.all.len());
            channels
                .all
                .extend((0..vcs[usize::from(link.from.port)]).map(|first_vc| Channel {
                    from: link.from,
                    first_vc,
                    vcs: 1,
                }));
        }
        channels
    }

    /// Driven by an output port; `None` for a terminal's.
    fn out_of(&self, from: PortRef, vc: u8) -> Option<usize> {
        Some(self.first[slot(self.network, from)]? + usize::from(vc))
    }

    /// That a packet standing somewhere came in by; `None` from a terminal.
    fn held(&self, standing: Standing) -> Option<usize> {
        Some(self.first_into[slot(self.network, standing.at)]? + usize::from(standing.vc))
    }

    fn none(&self) -> Set {
        vec![0; self.all.len().div_ceil(64)]
    }
}

/// What packets for one destination may do.
#[derive(Default)]
struct ToOne {
    standings: Vec<Standing>,
    numbers: HashMap<Standing, usize>,
    /// By number of standing: those that an adaptive hop leads to.
    hops: Vec<Vec<usize>>,
    /// By number of standing: the escapes that are asked for there, then those also that are asked for after adaptive hops.
    escapes: Vec<Set>,
}

impl ToOne {
    fn number(&mut self, standing: Standing, none: &Set) -> usize {
        let next = self.standings.len();
        let number = *self.numbers.entry(standing).or_insert(next);
        if number == next {
            self.standings.push(standing);
            self.hops.push(Vec::new());
            self.escapes.push(none.clone());
        }
        number
    }

    /// Adds to each standing the escapes after adaptive hops.
    fn close(&mut self) {
        let mut grows = true;
        while grows {
            grows = false;
            for number in (0..self.standings.len()).rev() {
                let mut all = std::mem::take(&mut self.escapes[number]);
                for &next in &self.hops[number] {
                    if next != number {
                        grows |= unite(&mut all, &self.escapes[next]);
                    }
                }
                self.escapes[number] = all;
            }
        }
    }
}

/// The graph of the escapes, the ways of the second rank: an edge from one to another that a packet may ask for while it
/// holds the first, or after it has gone on from there by adaptive channels.
///
/// # Errors
/// Where a packet has no escape, or an escape channel is an adaptive one too.
fn extended_graph(
    names: &impl Names,
    network: &Network,
    routing: &impl Routing,
    vcs: &[u8],
) -> Result<ChannelDependencyGraph, String> {
    let channels = Channels::new(network, vcs);
    let (mut escapes, mut adaptive) = (channels.none(), channels.none());
    let mut after: Vec<Set> = vec![channels.none(); channels.all.len()];
    let mut walk = Walk::new(network, routing, vcs);
    let mut stuck = None;
    for dest in 0..network.terminals().len() as u32 {
        let mut to_one = ToOne::default();
        walk.packets_to(dest, |answer| {
            if !has_way_out(answer, network) && stuck.is_none() {
                stuck = Some((answer.standing, dest));
            }
            note(answer, &channels, &mut to_one, &mut escapes, &mut adaptive);
        });
        to_one.close();
        for (standing, escapes) in to_one.standings.iter().zip(&to_one.escapes) {
            if let Some(held) = channels.held(*standing) {
                unite(&mut after[held], escapes);
            }
        }
    }
    if let Some((standing, dest)) = stuck {
        return Err(format!(
            "a packet for terminal {dest} in virtual channel {} of {} at switch {} has no escape",
            standing.vc,
            names.port(standing.at),
            names.switch(standing.at.switch),
        ));
    }
    if let Some(both) = (0..channels.all.len()).find(|&c| contains(&escapes, c) && contains(&adaptive, c)) {
        let Channel { from, first_vc, .. } = channels.all[both];
        return Err(format!(
            "virtual channel {first_vc} of {} at switch {} is an escape and adaptive",
            names.port(from),
            names.switch(from.switch),
        ));
    }
    Ok(graph(&channels, &escapes, &after))
}

/// The packet is ejected, or may escape.
fn has_way_out(answer: &Answer, network: &Network) -> bool {
    let switch = answer.standing.at.switch;
    let is_exit = |port| network.link(PortRef { switch, port }).is_none();
    answer.ways.iter().any(|way| is_exit(way.port) || way.rank() > 0)
}

fn note(answer: &Answer, channels: &Channels, to_one: &mut ToOne, escapes: &mut Set, adaptive: &mut Set) {
    let none = channels.none();
    let here = to_one.number(answer.standing, &none);
    for way in answer.ways {
        let from = PortRef {
            switch: answer.standing.at.switch,
            port: way.port,
        };
        let Some(link) = channels.network.link(from) else {
            continue;
        };
        for vc in members(range(way.first_vc, way.vcs)) {
            let Some(channel) = channels.out_of(from, vc) else {
                continue;
            };
            if way.rank() > 0 {
                insert(escapes, channel);
                insert(&mut to_one.escapes[here], channel);
                continue;
            }
            insert(adaptive, channel);
            let next = Standing {
                at: link.to,
                vc,
                tag: answer.tag,
            };
            let next = to_one.number(next, &none);
            to_one.hops[here].push(next);
        }
    }
}

fn graph(channels: &Channels, escapes: &Set, after: &[Set]) -> ChannelDependencyGraph {
    let mut graph = DiGraph::new();
    let nodes: Vec<Option<NodeIndex>> = (0..channels.all.len())
        .map(|channel| contains(escapes, channel).then(|| graph.add_node(channels.all[channel])))
        .collect();
    for (held, wanted) in nodes.iter().zip(after) {
        let Some(held) = held else { continue };
        for (channel, next) in nodes.iter().enumerate() {
            if let Some(next) = next.filter(|_| contains(wanted, channel)) {
                graph.add_edge(*held, next, ());
            }
        }
    }
    ChannelDependencyGraph::of(graph)
}
