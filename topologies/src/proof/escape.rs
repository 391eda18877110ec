//! Adaptive routing with an escape cannot deadlock where the extended channel dependency graph of the escapes has no cycle.
//!
//! An escape depends on another directly, or indirectly by way of adaptive channels; the indirect dependencies of a large
//! fabric are too many to be listed. They have no cycle if and only if the escapes can be given levels that rise from each
//! to all that depend on it. So levels are looked for: from few dependencies at first, then with each dependency added that
//! does not rise, until the packets to every destination have been followed and all rise; or until those that were added,
//! each of which there is, have a cycle.

use fabricsim_core::{Network, PortRef, Routing};

use super::shortened::{in_words, shortened};
use super::{MOST_QUESTIONS, Names, Proof, Provable, network, path, too_many_questions};
use crate::shortest_cycle::shortest_cycle;
use crate::walk::{Answer, Budget, Standing, Walk, inputs, members, range, representatives, share_out, slot};
use crate::{Channel, Grid, GridChannels, MinimalAdaptive};

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
    match levels(network, routing, vcs) {
        Ok(Levels { escapes, levels }) => Proof::Proved {
            argument: format!(
                "{why}, {escapes} escape channels, of which at most {levels} depend on each other in a row, have no cycle of \
                 direct or indirect dependencies; with `WholePacketFits` or `Atomic` reallocation",
            ),
        },
        Err(lack) => Proof::NotProved {
            reason: lack.in_words(names),
        },
    }
}

/// What is shown of the escapes.
struct Levels {
    /// Number of escape channels.
    escapes: usize,
    /// The most channels each of which depends on the one before.
    levels: u32,
}

/// What the condition lacks.
enum Lack {
    /// A packet to a destination has no escape where it stands.
    NoEscape(u32, Standing),
    /// An escape channel is an adaptive one too.
    Both(Channel),
    /// These depend on each other.
    Cycle(Vec<Channel>),
    TooManyQuestions,
}

impl Lack {
    fn in_words(&self, names: &impl Names) -> String {
        match self {
            Self::NoEscape(dest, Standing { at, vc, .. }) => format!(
                "a packet for terminal {dest} in virtual channel {vc} of {} at switch {} has no escape",
                names.port(*at),
                names.switch(at.switch),
            ),
            Self::Both(Channel { from, first_vc, .. }) => format!(
                "virtual channel {first_vc} of {} at switch {} is an escape and adaptive",
                names.port(*from),
                names.switch(from.switch),
            ),
            Self::Cycle(cycle) => format!(
                "the escapes have a cycle of direct or indirect dependencies: {}",
                path(names, cycle)
            ),
            Self::TooManyQuestions => too_many_questions(),
        }
    }
}

/// Destinations that are looked at before levels are made anew, at first; then ever more.
const FIRST_DESTINATIONS: usize = 8;

/// As many at last.
const MOST_DESTINATIONS: usize = 512;

/// Levels of all escapes, the ways of the second rank: from one to another they rise where a packet may ask for the other
/// while it holds the first, or after it has gone on from there by adaptive channels.
fn levels(network: &Network, routing: &impl Routing, vcs: &[u8]) -> Result<Levels, Lack> {
    let channels = Channels::new(network, vcs);
    let budget = Budget::new(MOST_QUESTIONS);
    let ends = representatives(network, routing);
    let worker = || Worker {
        walk: Walk::new(network, routing, vcs).within(&budget),
        to_one: ToOne::default(),
        seen: Seen::new(&channels),
    };
    let mut workers: Vec<_> = (0..rayon::current_num_threads()).map(|_| worker()).collect();
    let mut found = Seen::new(&channels);
    let mut level = vec![0; channels.all.len()];
    let mut cycle = None;
    // Unlike ones first.
    let mut order = ends.clone();
    order.sort_unstable_by_key(|dest| dest.reverse_bits());
    let (mut followed, mut risen, mut next) = (0, 0, FIRST_DESTINATIONS);
    while risen < order.len() {
        let some = next.min(order.len());
        let destinations = order.iter().cycle().skip(followed % order.len()).take(some);
        let destinations: Vec<u32> = destinations.copied().collect();
        share_out(&mut workers, &destinations, |worker, dest| {
            worker.follow(&ends, dest, &channels);
            // Not where the packets were not followed to the end.
            if !budget.is_exceeded() {
                worker.conclude(&level);
            }
        });
        if budget.is_exceeded() {
            return Err(Lack::TooManyQuestions);
        }
        let edges = found.edges.len();
        workers.iter_mut().for_each(|worker| found.add(&mut worker.seen));
        followed += some;
        next = (2 * next).min(MOST_DESTINATIONS);
        risen = if found.edges.len() == edges {
            risen + some
        } else {
            0
        };
        if cycle.is_none() && risen == 0 {
            match levels_of(channels.all.len(), &found.edges) {
                Some(new) => level = new,
                None => cycle = shortest_cycle(channels.all.len(), &found.edges),
            }
        }
        // What else is lacking is looked for everywhere, and told first.
        if cycle.is_some() && followed >= order.len() {
            break;
        }
    }
    if let Some((dest, standing)) = found.stuck {
        return Err(Lack::NoEscape(dest, standing));
    }
    let both = found.escapes.iter().zip(&found.adaptive);
    if let Some(both) = both
        .map(|(escapes, adaptive)| escapes & adaptive)
        .position(|both| both != 0)
    {
        let channel = 64 * both + (found.escapes[both] & found.adaptive[both]).trailing_zeros() as usize;
        return Err(Lack::Both(channels.all[channel]));
    }
    if let Some((cycle, _)) = cycle {
        let channel = |channel| channels.all[channel as usize];
        return Err(Lack::Cycle(cycle.into_iter().map(channel).collect()));
    }
    Ok(Levels {
        escapes: found.escapes.iter().map(|word| word.count_ones() as usize).sum(),
        levels: level.into_iter().max().map_or(0, |highest| highest + 1),
    })
}

/// By node: the longest way to it; `None` where there is a cycle. `edges` are in order.
fn levels_of(nodes: usize, edges: &[(u32, u32)]) -> Option<Vec<u32>> {
    let mut before = vec![0_u32; nodes];
    edges.iter().for_each(|&(_, to)| before[to as usize] += 1);
    let mut ready: Vec<u32> = (0..nodes as u32)
        .filter(|&node| before[node as usize] == 0)
        .collect();
    let mut level = vec![0; nodes];
    let mut done = 0;
    while let Some(node) = ready.pop() {
        done += 1;
        let first = edges.partition_point(|edge| edge.0 < node);
        for &(_, to) in edges[first..].iter().take_while(|edge| edge.0 == node) {
            let to = to as usize;
            level[to] = level[to].max(level[node as usize] + 1);
            before[to] -= 1;
            if before[to] == 0 {
                ready.push(to as u32);
            }
        }
    }
    (done == nodes).then_some(level)
}

/// A set of channels: bits.
type Set = Vec<u64>;

fn insert(set: &mut [u64], member: u32) {
    set[member as usize / 64] |= 1 << (member % 64);
}

fn contains(set: &[u64], member: u32) -> bool {
    set[member as usize / 64] >> (member % 64) & 1 == 1
}

/// Numbers the virtual channels of the links.
struct Channels<'a> {
    network: &'a Network,
    /// By output port: its link's first channel.
    first: Vec<Option<u32>>,
    /// By input port, likewise.
    first_into: Vec<Option<u32>>,
    all: Vec<Channel>,
    most_vcs: usize,
}

impl<'a> Channels<'a> {
    fn new(network: &'a Network, vcs: &[u8]) -> Self {
        let mut channels = Self {
            network,
            first: vec![None; inputs(network)],
            first_into: vec![None; inputs(network)],
            all: Vec::new(),
            most_vcs: vcs.iter().copied().max().unwrap_or(1).into(),
        };
        for link in network.links() {
            let first = Some(channels.all.len() as u32);
            channels.first[slot(network, link.from)] = first;
            channels.first_into[slot(network, link.to)] = first;
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

    /// That a packet standing somewhere came in by; `None` from a terminal.
    fn held(&self, standing: Standing) -> Option<u32> {
        Some(self.first_into[slot(self.network, standing.at)]? + u32::from(standing.vc))
    }

    fn none(&self) -> Set {
        vec![0; self.all.len().div_ceil(64)]
    }
}

/// What was seen of packets to any destination. The same whoever saw which of them.
struct Seen {
    escapes: Set,
    adaptive: Set,
    /// To the lowest destination: a packet without an escape.
    stuck: Option<(u32, Standing)>,
    /// Dependencies between escapes that do not rise, in order, each once.
    edges: Vec<(u32, u32)>,
}

impl Seen {
    fn new(channels: &Channels) -> Self {
        Self {
            escapes: channels.none(),
            adaptive: channels.none(),
            stuck: None,
            edges: Vec::new(),
        }
    }

    /// Adds what another saw, which keeps no edges.
    fn add(&mut self, other: &mut Self) {
        let unite = |mine: &mut Set, theirs: &Set| {
            mine.iter_mut()
                .zip(theirs)
                .for_each(|(mine, theirs)| *mine |= theirs);
        };
        unite(&mut self.escapes, &other.escapes);
        unite(&mut self.adaptive, &other.adaptive);
        let both = self.stuck.into_iter().chain(other.stuck);
        self.stuck = both.min_by_key(|(dest, _)| *dest);
        self.edges.append(&mut other.edges);
        self.edges.sort_unstable();
        self.edges.dedup();
    }
}

struct Worker<'a, R> {
    walk: Walk<'a, R>,
    to_one: ToOne,
    seen: Seen,
}

impl<R: Routing> Worker<'_, R> {
    /// Follows the packets to `dest` from the terminals `ends`.
    fn follow(&mut self, ends: &[u32], dest: u32, channels: &Channels) {
        let Self { walk, to_one, seen } = self;
        to_one.clear();
        walk.packets(ends.iter().copied(), dest, |answer| {
            to_one.note(answer, channels, seen);
        });
    }

    /// Notes dependencies of escapes on the way there that do not rise.
    fn conclude(&mut self, level: &[u32]) {
        self.to_one.close(level);
        self.to_one.find_falls(level, &mut self.seen);
    }
}

/// There is none.
const NONE: u32 = u32::MAX;

/// An escape with its level: the lowest level first.
type Lowest = (u32, u32);

/// What packets for one destination may do.
#[derive(Default)]
struct ToOne {
    /// By number of standing (see [`Answer::number`]): its node, or [`NONE`].
    node: Vec<u32>,
    /// The numbers that have one.
    numbers: Vec<usize>,
    nodes: Vec<Node>,
    /// The standing whose answers are being noted, and whether they are those of a new node.
    current: Option<usize>,
    is_new: bool,
    /// Escapes and adaptive channels with the nodes that they lead to.
    held: Vec<(u32, u32)>,
    /// Of the nodes one after the other: numbers of the standings that adaptive hops lead to.
    hops: Vec<u32>,
    /// Likewise: the escapes that are asked for.
    escapes: Vec<u32>,
    /// By node: the lowest escape that is asked for there or after adaptive hops.
    lowest: Vec<Lowest>,
}

/// Where a packet may stand, of all standings with the same answers.
#[derive(Clone, Copy, Default)]
struct Node {
    /// Where its hops and escapes end.
    hops: u32,
    escapes: u32,
}

impl ToOne {
    fn clear(&mut self) {
        for number in self.numbers.drain(..) {
            self.node[number] = NONE;
        }
        self.nodes.clear();
        self.current = None;
        self.held.clear();
        self.hops.clear();
        self.escapes.clear();
    }

    fn note(&mut self, answer: &Answer, channels: &Channels, seen: &mut Seen) {
        if self.current != Some(answer.number) {
            self.current = Some(answer.number);
            self.is_new = self.begin(answer, channels);
        }
        if !self.is_new {
            return;
        }
        let switch = answer.standing.at.switch;
        let mut has_way_out = false;
        for way in answer.ways {
            let from = slot(
                channels.network,
                PortRef {
                    switch,
                    port: way.port,
                },
            );
            has_way_out |= way.rank() > 0;
            let Some(first) = channels.first[from] else {
                has_way_out = true; // to a terminal, which takes all that comes
                continue;
            };
            for vc in members(range(way.first_vc, way.vcs)) {
                let channel = first + u32::from(vc);
                if way.rank() > 0 {
                    insert(&mut seen.escapes, channel);
                    self.escapes.push(channel);
                } else {
                    insert(&mut seen.adaptive, channel);
                    self.hops
                        .push(next_number(answer, channels, way.port) + u32::from(vc));
                }
            }
        }
        if !has_way_out && seen.stuck.is_none_or(|(dest, _)| answer.dest < dest) {
            seen.stuck = Some((answer.dest, answer.standing));
        }
        let (hops, escapes) = (self.hops.len() as u32, self.escapes.len() as u32);
        if let Some(node) = self.nodes.last_mut() {
            (node.hops, node.escapes) = (hops, escapes);
        }
    }

    /// Gives a standing its node; whether that is new.
    fn begin(&mut self, answer: &Answer, channels: &Channels) -> bool {
        let Answer { number, same_as, .. } = *answer;
        let highest = number.max(same_as);
        if self.node.len() <= highest {
            self.node.resize(highest + 1, NONE);
        }
        let is_new = self.node[same_as] == NONE;
        if is_new {
            self.node[same_as] = self.nodes.len() as u32;
            self.nodes.push(Node::default());
        }
        let node = self.node[same_as];
        self.node[number] = node;
        self.numbers.extend([number, same_as]);
        self.held
            .extend(channels.held(answer.standing).map(|held| (held, node)));
        is_new
    }

    fn hops(&self, node: usize) -> std::ops::Range<usize> {
        let first = node.checked_sub(1).map_or(0, |before| self.nodes[before].hops);
        first as usize..self.nodes[node].hops as usize
    }

    fn escapes(&self, node: usize) -> &[u32] {
        let first = node.checked_sub(1).map_or(0, |before| self.nodes[before].escapes);
        &self.escapes[first as usize..self.nodes[node].escapes as usize]
    }

    /// Finds the lowest escape of each node: own ones, and those after adaptive hops.
    fn close(&mut self, level: &[u32]) {
        for hop in &mut self.hops {
            *hop = self.node[*hop as usize];
        }
        self.lowest.clear();
        for node in 0..self.nodes.len() {
            let own = self.escapes(node).iter();
            let lowest = own.map(|&escape| (level[escape as usize], escape)).min();
            self.lowest.push(lowest.unwrap_or((NONE, NONE)));
        }
        let (order, has_loop) = self.ends_first();
        // Where hops lead nowhere twice, each node comes after all that it leads to.
        let mut falls = true;
        while falls {
            falls = false;
            for &node in &order {
                let node = node as usize;
                let after = self.hops[self.hops(node)]
                    .iter()
                    .map(|&next| self.lowest[next as usize]);
                let lowest = after.fold(self.lowest[node], Ord::min);
                falls |= has_loop && lowest < self.lowest[node];
                self.lowest[node] = lowest;
            }
        }
    }

    /// The nodes, each after those that its hops lead to but for loops, and whether there are loops.
    fn ends_first(&self) -> (Vec<u32>, bool) {
        #[derive(Clone, Copy, PartialEq)]
        enum State {
            New,
            Begun,
            Done,
        }
        let mut state = vec![State::New; self.nodes.len()];
        let mut order = Vec::with_capacity(self.nodes.len());
        let mut has_loop = false;
        let mut path = Vec::new();
        for start in 0..self.nodes.len() {
            if state[start] != State::New {
                continue;
            }
            state[start] = State::Begun;
            path.push((start, self.hops(start)));
            while let Some((node, hops)) = path.last_mut() {
                let Some(hop) = hops.next() else {
                    state[*node] = State::Done;
                    order.push(*node as u32);
                    path.pop();
                    continue;
                };
                let next = self.hops[hop] as usize;
                match state[next] {
                    State::New => {
                        state[next] = State::Begun;
                        path.push((next, self.hops(next)));
                    }
                    State::Begun => has_loop = true,
                    State::Done => {}
                }
            }
        }
        (order, has_loop)
    }

    /// Notes dependencies of escapes that do not rise: all direct ones, and of the indirect ones of a node that which rises
    /// least.
    fn find_falls(&self, level: &[u32], seen: &mut Seen) {
        for &(held, node) in &self.held {
            if !contains(&seen.escapes, held) {
                continue;
            }
            let node = node as usize;
            let (lowest, escape) = self.lowest[node];
            if lowest > level[held as usize] {
                continue;
            }
            let direct = self.escapes(node).iter().copied();
            let falling = direct.filter(|&escape| level[escape as usize] <= level[held as usize]);
            seen.edges.extend(falling.map(|escape| (held, escape)));
            seen.edges.push((held, escape));
        }
    }
}

/// The number of the standing in virtual channel 0 where the way by `port` leads.
fn next_number(answer: &Answer, channels: &Channels, port: u8) -> u32 {
    let switch = answer.standing.at.switch;
    let link = channels.network.link(PortRef { switch, port });
    let to = link.map_or(0, |link| slot(channels.network, link.to));
    (answer.next + to * channels.most_vcs) as u32
}
