//! Random small graphs for the property tests, and packets that go through them.

use std::collections::BTreeSet;
use std::sync::Arc;

use fabricsim_core::{Candidates, Draw, FlitTime, Outcomes, Place, PortRef, Queue, Routing};
use proptest::prelude::*;

use super::{End, FabricGraph, Family, GraphBuilder, Link, Units, WiredGraph};
use crate::ChannelDependencyGraph;

/// Connected graphs of 2 to 10 switches with up to 3 terminals each, all together at least one; several links may join two
/// switches. Ports have numbers with gaps.
pub fn connected_graphs() -> impl Strategy<Value = FabricGraph> {
    let switches = prop::collection::vec((any::<u32>(), 0_u32..=3), 2..=10);
    let more = prop::collection::vec((any::<u32>(), any::<u32>()), 0..=12);
    (switches, more).prop_map(|(switches, more)| {
        let count = switches.len() as u32;
        let mut joined: Vec<(u32, u32)> = (1..count)
            .map(|switch| (switch, switches[switch as usize].0 % switch))
            .collect();
        let more = more.into_iter().map(|(a, b)| (a % count, b % count));
        joined.extend(more.filter(|(a, b)| a != b));
        let mut terminals: Vec<u32> = switches.iter().map(|&(_, terminals)| terminals).collect();
        terminals[0] = terminals[0].max(1);
        graph(&joined, &terminals)
    })
}

/// A graph by the switches that its links join, and the number of terminals of each switch.
pub fn graph(links: &[(u32, u32)], terminals: &[u32]) -> FabricGraph {
    let mut builder = GraphBuilder::new(Units::Abstract);
    for switch in 0..terminals.len() {
        builder.switch(format!("s{switch}"), None).unwrap();
    }
    let mut next_port = vec![1; terminals.len()];
    let mut port = |switch: u32| {
        let port = &mut next_port[switch as usize];
        *port += 2;
        End { switch, port: *port }
    };
    for (switch, &count) in (0..).zip(terminals) {
        // Some before the links, some after.
        if count > 1 {
            builder.terminal(port(switch)).unwrap();
        }
    }
    for &(a, b) in links {
        let ends = [port(a), port(b)];
        let link = Link {
            ends,
            latency: 1.0,
            rate: 1.0,
        };
        builder.link(link).unwrap();
    }
    for (switch, &count) in (0..).zip(terminals) {
        for _ in u32::from(count > 1)..count {
            builder.terminal(port(switch)).unwrap();
        }
    }
    builder.build().unwrap()
}

/// As the engine has it, with links of a cycle.
pub fn wired(graph: FabricGraph) -> Arc<WiredGraph> {
    Arc::new(WiredGraph::new(graph, 1, |_, _| (1, FlitTime::ONE)).unwrap())
}

/// A fabric of a family.
pub fn wired_family(family: &impl Family) -> Arc<WiredGraph> {
    wired(family.graph().unwrap())
}

/// A packet somewhere: the port and virtual channel that it came in by, its tag.
type Standing = (PortRef, u8, u32);

/// Links that a packet crosses, whatever is drawn and whichever way and virtual channel it gets, one number for each way
/// that is possible.
///
/// # Panics
/// If it crosses more than `most`, or comes out at another terminal.
pub fn links_crossed(
    wired: &WiredGraph,
    routing: &impl Routing,
    (source, dest): (u32, u32),
    most: u32,
) -> BTreeSet<u32> {
    let network = wired.network();
    let mut at: BTreeSet<Standing> = BTreeSet::from([(network.terminals()[source as usize], 0, 0)]);
    let mut found = BTreeSet::new();
    for crossed in 0..=most {
        let mut next = BTreeSet::new();
        for &(port, in_vc, tag) in &at {
            let mut outcomes = Outcomes::default();
            while let Some(((tag, ways), _)) =
                outcomes.next(|draw| ask(routing, (port, in_vc, tag), dest, draw))
            {
                assert!(!ways.is_empty() && ways.len() <= routing.max_candidates());
                for way in ways {
                    let from = PortRef {
                        switch: port.switch,
                        port: way.port,
                    };
                    let Some(link) = network.link(from) else {
                        assert_eq!(from, network.terminals()[dest as usize]);
                        found.insert(crossed);
                        continue;
                    };
                    next.extend((way.first_vc..way.first_vc + way.vcs).map(|vc| (link.to, vc, tag)));
                }
            }
        }
        at = next;
    }
    assert!(at.is_empty(), "packets are under way after {most} links");
    found
}

/// The output ports of one packet that takes the first way that it is offered, and its last virtual channel, the terminal's
/// port left out.
pub fn path(
    wired: &WiredGraph,
    routing: &impl Routing,
    (source, dest): (u32, u32),
    draw: &mut impl Draw,
) -> Vec<PortRef> {
    let network = wired.network();
    let mut standing = (network.terminals()[source as usize], 0, 0);
    let mut path = Vec::new();
    loop {
        let (tag, ways) = ask(routing, standing, dest, draw);
        let from = PortRef {
            switch: standing.0.switch,
            port: ways[0].port,
        };
        let Some(link) = network.link(from) else {
            assert_eq!(from, network.terminals()[dest as usize]);
            return path;
        };
        path.push(from);
        assert!(path.len() < 1_000, "a packet does not arrive");
        standing = (link.to, ways[0].first_vc + ways[0].vcs - 1, tag);
    }
}

/// What a routing promises a proof changes nothing: asked everywhere, it has the same dependencies between channels.
pub fn assert_promises_hold(wired: &WiredGraph, routing: &impl Routing, virtual_channels: u8) {
    let by_port = vec![virtual_channels; usize::from(wired.network().ports())];
    let promised = ChannelDependencyGraph::new(wired.network(), routing, &by_port);
    let asked = ChannelDependencyGraph::new(wired.network(), &AskedEverywhere(routing), &by_port);
    assert_eq!(format!("{promised:?}"), format!("{asked:?}"));
}

/// The same routing without promises.
struct AskedEverywhere<'a, R>(&'a R);

impl<R: Routing> Routing for AskedEverywhere<'_, R> {
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        self.0.route(at, dest, tag, draw, out);
    }

    fn max_candidates(&self) -> usize {
        self.0.max_candidates()
    }
}

fn ask(
    routing: &impl Routing,
    (at, in_vc, mut tag): Standing,
    dest: u32,
    draw: &mut impl Draw,
) -> (u32, Candidates) {
    let place = Place {
        switch: at.switch,
        in_port: at.port,
        in_vc,
    };
    let mut ways = Candidates::new();
    routing.route(place, dest, &mut tag, draw, &mut ways);
    (tag, ways)
}

/// Luck by a seed.
pub struct Dice(pub u64);

impl Draw for Dice {
    fn draw(&mut self, n: u32) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(n)) as u32
    }

    fn is_no_longer(&mut self, _: Queue, _: Queue) -> bool {
        self.draw(2) == 0
    }
}
