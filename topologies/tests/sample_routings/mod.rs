//! Small routings of any graph, proved and not, for the tests of proofs.

use fabricsim_core::{Candidate, Candidates, Draw, Place, PortRef, Routing, Selection};
use fabricsim_topologies::graph::WiredGraph;

/// Which way a packet goes on, and in which virtual channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One shortest way, picked by switch and destination, in any virtual channel.
    Shortest,
    /// Likewise, in the virtual channel above the last; the highest again where there is none above.
    ShortestByHop,
    /// A shortest way that is drawn at every switch, in virtual channels as `ShortestByHop`.
    DrawnByHop,
    /// One legal way of up*/down* (Schroeder et al. 1991), in any virtual channel.
    UpDown,
    /// All shortest ways in the virtual channels from 1 on, and up*/down* in 0 as the escape, in which packets stay (Silla &
    /// Duato 1997).
    EscapeToStay,
    /// The same, but packets come back from the escape.
    EscapeAndReturn,
    /// All shortest ways in any virtual channel.
    Adaptive,
}

impl Kind {
    pub const ALL: [Self; 7] = [
        Self::Shortest,
        Self::ShortestByHop,
        Self::DrawnByHop,
        Self::UpDown,
        Self::EscapeToStay,
        Self::EscapeAndReturn,
        Self::Adaptive,
    ];

    pub fn has_escape(self) -> bool {
        matches!(self, Self::EscapeToStay | Self::EscapeAndReturn)
    }

    fn is_by_hop(self) -> bool {
        matches!(self, Self::ShortestByHop | Self::DrawnByHop)
    }
}

pub struct TestRouting {
    pub kind: Kind,
    vcs: u8,
    /// Says what is alike to it; its answers are the same.
    pub tells: bool,
    switches: usize,
    /// By terminal.
    homes: Vec<PortRef>,
    /// By destination's switch, then switch: the ports of shortest ways, as bits.
    shortest: Vec<u64>,
    /// By phase (0 may go up), destination's switch, switch: the port of up*/down*.
    up_down: [Vec<u8>; 2],
    /// By switch: the input ports from nearer the root, and those from terminals, as bits.
    from_above: Vec<u64>,
    from_terminals: Vec<u64>,
}

/// No way leads there.
const NOWHERE: u8 = u8::MAX;

impl TestRouting {
    pub fn new(wired: &WiredGraph, kind: Kind, vcs: u8) -> Self {
        let network = wired.network();
        let switches = network.switches() as usize;
        let mut neighbours = vec![Vec::new(); switches];
        let mut from_above = vec![0; switches];
        let order = order(wired);
        for link in network.links() {
            let (from, to) = (link.from.switch as usize, link.to.switch as usize);
            neighbours[from].push((link.from.port, to));
            if order[from] < order[to] {
                from_above[to] |= 1 << link.to.port;
            }
        }
        let mut from_terminals = vec![0; switches];
        for at in network.terminals() {
            from_terminals[at.switch as usize] |= 1 << at.port;
        }
        let mut routing = Self {
            kind,
            vcs,
            tells: true,
            switches,
            homes: network.terminals().to_vec(),
            shortest: Vec::with_capacity(switches * switches),
            up_down: [Vec::new(), Vec::new()],
            from_above,
            from_terminals,
        };
        for dest in 0..switches {
            routing.add_destination(dest, &neighbours, &order);
        }
        routing
    }

    fn add_destination(&mut self, dest: usize, neighbours: &[Vec<(u8, usize)>], order: &[u32]) {
        let down = distances(dest, neighbours, |from, to| order[from] < order[to]);
        let any = distances(dest, neighbours, |_, _| true);
        let legal = legal(&down, neighbours, order);
        for (switch, neighbours) in neighbours.iter().enumerate() {
            let ways = neighbours.iter().filter(|&&(_, next)| any[next] < any[switch]);
            self.shortest.push(ways.map(|&(port, _)| 1 << port).sum());
            let is_down = |next: usize| order[switch] < order[next];
            let go_down = neighbours.iter().filter(|&&(_, next)| is_down(next));
            let below = go_down.min_by_key(|&&(port, next)| (down[next], port));
            self.up_down[1].push(below.map_or(NOWHERE, |&(port, _)| port));
            let rest = |next| if is_down(next) { down[next] } else { legal[next] };
            let best = neighbours.iter().min_by_key(|&&(port, next)| (rest(next), port));
            self.up_down[0].push(best.map_or(NOWHERE, |&(port, _)| port));
        }
    }

    fn is_injected(&self, at: Place) -> bool {
        self.from_terminals[at.switch as usize] >> at.in_port & 1 == 1
    }

    fn came_down(&self, at: Place) -> bool {
        self.from_above[at.switch as usize] >> at.in_port & 1 == 1
    }

    /// In the phase of what it came in by.
    fn up_down_port(&self, at: Place, home: PortRef, may_go_up: bool) -> u8 {
        let phase = usize::from(self.came_down(at) && !may_go_up);
        self.up_down[phase][home.switch as usize * self.switches + at.switch as usize]
    }
}

const FAR: u32 = u32::MAX / 2;

/// Hops to `dest` by links that are allowed, of every switch.
fn distances(
    dest: usize,
    neighbours: &[Vec<(u8, usize)>],
    allowed: impl Fn(usize, usize) -> bool,
) -> Vec<u32> {
    let mut distance = vec![FAR; neighbours.len()];
    distance[dest] = 0;
    let mut queue = std::collections::VecDeque::from([dest]);
    while let Some(to) = queue.pop_front() {
        for &(_, from) in &neighbours[to] {
            if distance[from] == FAR && allowed(from, to) {
                distance[from] = distance[to] + 1;
                queue.push_back(from);
            }
        }
    }
    distance
}

/// Hops of up*/down* from every switch: up to where the way down is taken.
fn legal(down: &[u32], neighbours: &[Vec<(u8, usize)>], order: &[u32]) -> Vec<u32> {
    let mut legal = down.to_vec();
    let mut by_order: Vec<usize> = (0..down.len()).collect();
    by_order.sort_unstable_by_key(|&switch| order[switch]);
    for &switch in &by_order {
        for &(_, above) in neighbours[switch]
            .iter()
            .filter(|&&(_, next)| order[next] < order[switch])
        {
            legal[switch] = legal[switch].min(legal[above] + 1);
        }
    }
    legal
}

/// By switch: its place in a breadth-first search from switch 0.
fn order(wired: &WiredGraph) -> Vec<u32> {
    let distance = wired.graph().distances_from(0);
    let key = |switch: u32| (distance[switch as usize].unwrap_or(FAR), switch);
    let mut by_distance: Vec<u32> = (0..distance.len() as u32).collect();
    by_distance.sort_unstable_by_key(|&switch| key(switch));
    let mut order = vec![0; distance.len()];
    for (place, switch) in (0..).zip(by_distance) {
        order[switch as usize] = place;
    }
    order
}

fn nth(set: u64, n: u32) -> u8 {
    let left = (0..n).fold(set, |set, _| set & (set - 1));
    left.trailing_zeros() as u8
}

impl Routing for TestRouting {
    fn route(&self, at: Place, dest: u32, _: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let home = self.homes[dest as usize];
        if home.switch == at.switch {
            out.push(Candidate::new(home.port, 0, self.vcs));
            return;
        }
        let shortest = self.shortest[home.switch as usize * self.switches + at.switch as usize];
        let ways = shortest.count_ones();
        let picked = || nth(shortest, (at.switch + 3 * home.switch) % ways);
        let is_injected = self.is_injected(at);
        let vcs = match self.kind {
            kind if !kind.is_by_hop() => (0, self.vcs),
            _ if is_injected => (0, 1),
            _ => ((at.in_vc + 1).min(self.vcs - 1), 1),
        };
        match self.kind {
            Kind::Shortest | Kind::ShortestByHop => out.push(Candidate::new(picked(), vcs.0, vcs.1)),
            Kind::DrawnByHop => out.push(Candidate::new(nth(shortest, draw.draw(ways)), vcs.0, vcs.1)),
            Kind::UpDown => {
                out.push(Candidate::new(
                    self.up_down_port(at, home, is_injected),
                    0,
                    self.vcs,
                ));
            }
            Kind::Adaptive => {
                out.extend((0..ways).map(|way| Candidate::new(nth(shortest, way), 0, self.vcs)));
            }
            Kind::EscapeToStay | Kind::EscapeAndReturn => {
                let escaped = !is_injected && at.in_vc == 0;
                if self.vcs > 1 && (!escaped || self.kind == Kind::EscapeAndReturn) {
                    let adaptive = |way| Candidate::new(nth(shortest, way), 1, self.vcs - 1);
                    out.extend((0..ways).map(adaptive));
                }
                out.push(Candidate::new(self.up_down_port(at, home, !escaped), 0, 1).escape());
            }
        }
    }

    fn max_candidates(&self) -> usize {
        64
    }

    fn selection(&self) -> Selection {
        match self.kind.has_escape() {
            true => Selection::MostCredits,
            false => Selection::AnyFree,
        }
    }

    fn terminals_are_alike(&self) -> bool {
        self.tells
    }

    fn same_place(&self, at: Place) -> Place {
        let named = |in_port: bool, in_vc| Place {
            in_port: in_port.into(),
            in_vc,
            ..at
        };
        let is_injected = self.is_injected(at);
        let escaped = !is_injected && at.in_vc == 0;
        match self.kind {
            _ if !self.tells => at,
            Kind::Shortest | Kind::Adaptive => named(false, 0),
            Kind::ShortestByHop | Kind::DrawnByHop if is_injected => named(false, 0),
            Kind::ShortestByHop | Kind::DrawnByHop => named(true, at.in_vc),
            Kind::UpDown => named(self.came_down(at), 0),
            Kind::EscapeToStay | Kind::EscapeAndReturn => {
                named(escaped && self.came_down(at), u8::from(!escaped && self.vcs > 1))
            }
        }
    }
}
