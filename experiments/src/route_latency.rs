//! Zero-load latency where links or ports differ: by the links of every route.

use std::collections::HashMap;

use fabricsim_core::{
    Candidate, Candidates, Cycle, Draw, NetworkError, Outcomes, Path, PathLink, Place, PortRef, Queue,
    Routing, zero_load_latency,
};
use fabricsim_topologies::Demand;

use crate::fabric::Fabric;

/// Of larger fabrics a sample of the packets is asked.
const MOST_TERMINALS: u32 = 2_048;

/// Likewise where the routes of all packets cross more links in all: a second or two.
const LINKS_OF_ALL: u64 = 20_000_000;

/// Packets by which that is judged.
const FIRST: u64 = 256;

/// Packets of a sample, unless their routes become too long in all.
const SAMPLE: u64 = 4_096;
const LINKS_OF_SAMPLE: u64 = 300_000;

/// Routes of a packet that are all followed; of more a sample of as many.
const ROUTES: usize = 16;

/// The steps of the plane's R2 sequence (Roberts 2018) as fractions of 2^64: points spread as evenly as can be, however
/// many are taken.
const R2: [u64; 2] = [0xC13F_A9A9_02A6_328F, 0x91E1_0DA5_C79E_7B1D];

/// The latency of packets alone in a fabric \[cycles\].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Latencies {
    /// Mean over the packets.
    pub mean: f64,
    /// Of the packet that takes longest.
    pub worst: Cycle,
    /// Mean number of links that they cross.
    pub mean_distance: f64,
    /// Not all packets were asked, or not all of their routes.
    pub is_sampled: bool,
}

/// The routes of a packet.
#[derive(Default)]
struct OfPacket {
    /// Means.
    latency: f64,
    distance: f64,
    worst: Cycle,
}

/// Of several packets.
#[derive(Default)]
struct Sum {
    packets: u64,
    latency: f64,
    distance: f64,
    worst: Cycle,
}

impl Sum {
    fn add(&mut self, packet: &OfPacket) {
        self.packets += 1;
        self.latency += packet.latency;
        self.distance += packet.distance;
        self.worst = self.worst.max(packet.worst);
    }

    fn latencies(&self, is_sampled: bool) -> Latencies {
        let mean = |sum: f64| match self.packets {
            0 => 0.0,
            packets => sum / packets as f64,
        };
        Latencies {
            mean: mean(self.latency),
            worst: self.worst,
            mean_distance: mean(self.distance),
            is_sampled,
        }
    }
}

/// The kinds of links that a route crosses, in order.
type Kinds = Vec<u16>;

/// The routes of a fabric whose links differ.
///
/// A route is followed as the routing draws it; where it offers several ways on, by the first of the best. What the engine
/// says of one is kept for all that cross the same kinds of links.
pub struct Routes<'a> {
    fabric: &'a Fabric,
    kinds: Vec<PathLink>,
    /// By (switch, port): the kind of the link.
    kind_of: Vec<u16>,
    ports: usize,
    known: HashMap<Kinds, Cycle>,
    followed: u64,
    is_sampled: bool,
}

impl<'a> Routes<'a> {
    /// Of a fabric.
    pub fn new(fabric: &'a Fabric) -> Self {
        let network = fabric.network();
        let ports = usize::from(network.ports());
        let mut kinds: Vec<PathLink> = Vec::new();
        let mut kind_of = vec![0; network.switches() as usize * ports];
        for link in network.links() {
            let kind = PathLink {
                latency: link.latency,
                flit_time: link.flit_time,
                buffers: fabric.spec.buffers_of(link.to.port),
            };
            let place = kinds.iter().position(|&known| known == kind);
            let place = place.unwrap_or_else(|| {
                kinds.push(kind);
                kinds.len() - 1
            });
            let slot = link.from.switch as usize * ports + usize::from(link.from.port);
            // More kinds than that share the last: no file says so many.
            kind_of[slot] = u16::try_from(place).unwrap_or(u16::MAX);
        }
        Self {
            fabric,
            kinds,
            kind_of,
            ports,
            known: HashMap::new(),
            followed: 0,
            is_sampled: false,
        }
    }

    /// Of packets of `flits` flits, as `demand` has them.
    ///
    /// # Errors
    /// Where the engine can't have such links.
    pub fn latencies(mut self, demand: &Demand, flits: u16) -> Result<Latencies, NetworkError> {
        let terminals = self.fabric.terminals();
        let mut found = Sum::default();
        if terminals > MOST_TERMINALS || !self.of_all(demand, flits, &mut found)? {
            found = Sum::default();
            self.of_sample(demand, flits, &mut found)?;
        }
        Ok(found.latencies(self.is_sampled))
    }

    /// Of all packets; false where their routes would be too long in all.
    fn of_all(&mut self, demand: &Demand, flits: u16, found: &mut Sum) -> Result<bool, NetworkError> {
        let terminals = self.fabric.terminals();
        let packets: u64 = (0..terminals)
            .map(|source| destinations(demand, source, terminals).count() as u64)
            .sum();
        for source in 0..terminals {
            for dest in destinations(demand, source, terminals) {
                found.add(&self.of_packet(source, dest, flits)?);
                if found.packets == FIRST && self.followed * packets / FIRST > LINKS_OF_ALL {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn of_sample(&mut self, demand: &Demand, flits: u16, found: &mut Sum) -> Result<(), NetworkError> {
        self.is_sampled = true;
        self.followed = 0;
        for number in 0..SAMPLE {
            if let Some((source, dest)) = sampled(demand, number, self.fabric.terminals()) {
                found.add(&self.of_packet(source, dest, flits)?);
            }
            if self.followed > LINKS_OF_SAMPLE {
                break;
            }
        }
        Ok(())
    }

    /// Of all routes of a packet.
    fn of_packet(&mut self, source: u32, dest: u32, flits: u16) -> Result<OfPacket, NetworkError> {
        let mut routes: Vec<(Kinds, f64)> = Vec::new();
        let mut outcomes = Outcomes::default();
        while let Some(route) = outcomes.next(|draw| self.follow(source, dest, &mut InEmptyFabric(draw))) {
            if routes.len() == ROUTES {
                routes = self.some_routes(source, dest);
                break;
            }
            routes.push(route);
        }
        let mut all = OfPacket::default();
        for (route, probability) in routes {
            self.followed += route.len() as u64;
            all.distance += probability * route.len() as f64;
            let latency = self.latency(route, flits)?;
            all.latency += probability * latency as f64;
            all.worst = all.worst.max(latency);
        }
        Ok(all)
    }

    /// A sample of the routes of a packet that has many.
    fn some_routes(&mut self, source: u32, dest: u32) -> Vec<(Kinds, f64)> {
        self.is_sampled = true;
        let mut scatter = Scatter((u64::from(source) << 32) | u64::from(dest));
        let route = |_| (self.follow(source, dest, &mut scatter), 1.0 / ROUTES as f64);
        (0..ROUTES).map(route).collect()
    }

    /// The links of one route.
    fn follow(&self, source: u32, dest: u32, draw: &mut impl Draw) -> Kinds {
        let network = self.fabric.network();
        let home = network.terminals()[source as usize];
        let mut at = Place {
            switch: home.switch,
            in_port: home.port,
            in_vc: 0,
        };
        let (mut tag, mut route, mut ways) = (0, Kinds::new(), Candidates::new());
        loop {
            ways.clear();
            self.fabric.routing.route(at, dest, &mut tag, draw, &mut ways);
            let Some(&Candidate { port, first_vc, .. }) = ways.iter().min_by_key(|way| way.rank()) else {
                return route;
            };
            let from = PortRef {
                switch: at.switch,
                port,
            };
            let Some(link) = network.link(from) else {
                return route;
            };
            route.push(self.kind_of[at.switch as usize * self.ports + usize::from(port)]);
            at = Place {
                switch: link.to.switch,
                in_port: link.to.port,
                in_vc: first_vc,
            };
        }
    }

    fn latency(&mut self, route: Kinds, flits: u16) -> Result<Cycle, NetworkError> {
        if let Some(&known) = self.known.get(&route) {
            return Ok(known);
        }
        let spec = &self.fabric.spec;
        let path = Path {
            links: route.iter().map(|&kind| self.kinds[usize::from(kind)]).collect(),
            terminal_latency: spec.terminal_latency,
            terminal_buffers: self.fabric.terminal_buffers(),
        };
        let latency = zero_load_latency(&spec.switch, &path, flits)?;
        self.known.insert(route, latency);
        Ok(latency)
    }
}

/// Those that packets from a terminal go to.
fn destinations(demand: &Demand, source: u32, terminals: u32) -> impl Iterator<Item = u32> {
    let (range, except) = match demand {
        Demand::Permutation(destinations) => {
            let dest = destinations[source as usize];
            (dest..dest + 1, None)
        }
        &Demand::Uniform { include_self } => (0..terminals, (!include_self).then_some(source)),
        &Demand::Block { block, offset } => {
            let first = Demand::first_of_block(source, terminals, block, offset);
            (first..first + block, None)
        }
    };
    range.filter(move |&dest| Some(dest) != except)
}

/// The source and destination of a sampled packet; `None` where a terminal draws itself that may not.
fn sampled(demand: &Demand, number: u64, terminals: u32) -> Option<(u32, u32)> {
    let [source, drawn] = R2.map(|step| {
        let place = u128::from((number + 1).wrapping_mul(step));
        ((place * u128::from(terminals)) >> 64) as u32
    });
    match demand {
        Demand::Permutation(destinations) => Some((source, destinations[source as usize])),
        &Demand::Uniform { include_self } => (include_self || drawn != source).then_some((source, drawn)),
        &Demand::Block { block, offset } => {
            let first = Demand::first_of_block(source, terminals, block, offset);
            Some((source, first + drawn % block))
        }
    }
}

/// All outcomes of draws, where nobody waits.
struct InEmptyFabric<'a>(&'a mut Outcomes);

impl Draw for InEmptyFabric<'_> {
    fn draw(&mut self, n: u32) -> u32 {
        self.0.draw(n)
    }

    /// Both are empty.
    fn is_no_longer(&mut self, _: Queue, _: Queue) -> bool {
        true
    }
}

/// Draws that are the same wherever they are made (SplitMix64, Steele et al. 2014).
struct Scatter(u64);

impl Draw for Scatter {
    fn draw(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^= word >> 31;
        ((u128::from(word) * u128::from(n)) >> 64) as u32
    }

    /// Nobody waits in an empty fabric.
    fn is_no_longer(&mut self, _: Queue, _: Queue) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Analysis;
    use crate::experiment::parse;
    use crate::prepare::Prepared;

    fn prepared(fabric: &str, traffic: &str) -> Prepared {
        let text = format!(
            "(name: \"x\", fabric: (preset: CalxedaEcx1000, routing: DimensionOrder, {fabric}),
              traffic: [(packet: Bytes(1500), rate: Gbps(0.1), {traffic})])"
        );
        Prepared::new(parse("x.ron", &text).unwrap()).unwrap()
    }

    fn analysis(fabric: &str, traffic: &str) -> Analysis {
        prepared(fabric, traffic).points[0].analysis.as_ref().clone()
    }

    /// Where links are alike, routes say what distances do.
    #[test]
    fn routes_and_distances_agree() {
        for (sides, include_self) in [("[6, 5]", true), ("[4, 4]", false), ("[3, 2, 2]", true)] {
            let topology = format!("topology: Torus(sides: {sides})");
            let prepared = prepared(
                &topology,
                &format!("pattern: Uniform, include_self: {include_self}"),
            );
            let point = &prepared.points[0];
            let found = Routes::new(&point.fabric)
                .latencies(&Demand::Uniform { include_self }, 31)
                .unwrap();
            assert!((found.mean - point.analysis.zero_load_mean).abs() < 1e-9);
            assert_eq!(
                (found.worst, found.is_sampled),
                (point.analysis.zero_load_worst, false)
            );
        }
    }

    /// Half of the packets to the neighbour on a ring of four take the slow link between (0) and (1) or the others.
    #[test]
    fn unlike_links_count_where_they_are_crossed() {
        let ring = "topology: Torus(sides: [4]), links: [Links(of: Between(from: [0], to: [1]), bandwidth: Gbps(2.5))]";
        let found = analysis(ring, "pattern: Neighbor");
        // One of the four crosses it, and is stored before the host.
        let fast = (5 + 4 + 31) as f64;
        assert_eq!(found.zero_load_mean, fast + 30.0 * 4.0 / 4.0);
        assert_eq!(found.zero_load_worst, 40 + 120);
        // A quarter of a flit a cycle on one link of load 1.
        assert_eq!(found.channel_bound.rate(), Some(0.25));
    }

    /// In an empty fabric every packet of UGAL goes minimally; of a larger dragonfly a sample does.
    #[test]
    fn nobody_waits_in_an_empty_fabric() {
        let analysis = |routing: &str, topology: &str| {
            let text = format!(
                "(name: \"x\", fabric: (topology: {topology}, routing: {routing}, switch: (virtual_channels: 3)),
                  traffic: [(pattern: Uniform, load: 0.1)])"
            );
            let prepared = Prepared::new(parse("x.ron", &text).unwrap()).unwrap();
            prepared.points[0].analysis.as_ref().clone()
        };
        let small = "Dragonfly(p: 2, a: 4, h: 2)";
        let (minimal, ugal) = (analysis("Minimal", small), analysis("UgalL", small));
        assert!((minimal.zero_load_mean - ugal.zero_load_mean).abs() < 1e-9);
        assert_eq!(
            (minimal.zero_load_worst, ugal.is_sampled),
            (ugal.zero_load_worst, false)
        );
        let large = "Dragonfly(p: 4, a: 8, h: 4)";
        let (minimal, ugal) = (analysis("Minimal", large), analysis("UgalL", large));
        assert!((minimal.zero_load_mean / ugal.zero_load_mean - 1.0).abs() < 0.01);
        assert!(ugal.is_sampled);
    }

    /// Both ways round are as likely, and one has the slow link.
    #[test]
    fn drawn_routes_are_averaged() {
        let ring =
            "topology: Torus(sides: [4]), links: [Links(of: Between(from: [0], to: [1]), latency: Ns(440))]";
        let prepared = prepared(ring, "pattern: Tornado");
        let to_the_other_side = Demand::Permutation(vec![2, 3, 0, 1]);
        let found = Routes::new(&prepared.points[0].fabric)
            .latencies(&to_the_other_side, 31)
            .unwrap();
        let like = (10 + 4 + 31) as f64;
        assert_eq!((found.mean, found.worst), (like + 5.0, 55));
        assert!(!found.is_sampled);
    }

    #[test]
    fn a_sample_of_a_large_fabric_is_near_the_whole() {
        // The exception makes no difference that could be seen, but has routes asked one by one.
        let torus = "topology: Torus(sides: [64, 40])";
        let one = format!("{torus}, links: [Links(of: Between(from: [0, 0], to: [1, 0]), latency: Ns(80))]");
        let (whole, sample) = (
            analysis(torus, "pattern: Uniform"),
            analysis(&one, "pattern: Uniform"),
        );
        assert!(!whole.is_sampled && sample.is_sampled);
        assert!((sample.zero_load_mean / whole.zero_load_mean - 1.0).abs() < 0.01);
    }
}
