//! Expected loads and distances of any oblivious routing, by following the probability of its packets.
//!
//! For one destination at a time: first all places where a packet for it may stand, and what it is told there for every
//! outcome of its draws; then the packets of all sources at once, link by link. The terminals of a switch share this
//! where the routing promises to tell them the same, or does when asked for each of them everywhere; places share what is told
//! there where it promises that.

use std::ops::Range;

use fabricsim_core::{Candidates, Draw, Network, Outcomes, Packet, PortRef, Queue, Routing};
use rayon::prelude::*;

use super::senders::Senders;
use super::{ChannelLoads, Demand, NotComputed};
use crate::graph::WiredGraph;
use crate::walk::{Standing, TagNumbers, inputs, slot};

/// Questions to the routing and steps of packets for a part of the destinations, at most: some ten seconds for all.
const MOST_WORK: u64 = 500_000_000 / PARTS as u64;

/// Parts into which the destinations are cut, for the threads of the present pool; what is found in them is added up in
/// order, so that it does not depend on the threads.
const PARTS: usize = 16;

/// Places where packets for one destination may stand, at most: some hundred megabytes.
const MOST_STANDINGS: usize = 1 << 21;

/// Virtual channels of the fabric times tags on the way to one destination, at most: as much.
const MOST_NUMBERS: usize = 1 << 25;

const TOO_MUCH: NotComputed = NotComputed {
    why: "not computed: too many routes between sources and destinations",
};
const ADAPTIVE: NotComputed = NotComputed {
    why: "the routing is adaptive: its channel loads depend on congestion",
};
const NO_WAY_ON: NotComputed = NotComputed {
    why: "not computed: the routing tells a packet no way on",
};
const AROUND: NotComputed = NotComputed {
    why: "not computed: the routing leads packets around a circle",
};

/// What a routing makes of a demand.
#[derive(Clone, Debug, PartialEq)]
pub struct Walked {
    /// The expected load of every link.
    pub loads: ChannelLoads,
    /// How many links the packets cross: (links, probability), in order of links, impossible numbers left out.
    pub distances: Vec<(u32, f64)>,
}

/// The expected loads and the distances of a routing on a fabric whose ports have `virtual_channels` each.
///
/// Exact, for routings that draw but take no notice of congestion. A packet stands for all that could be in the first
/// of the virtual channels that it is offered: those of one range may not lead to different places.
///
/// # Errors
/// Where the routing is adaptive, or it would take too long.
///
/// # Panics
/// If a permutation does not give every terminal a destination, or blocks do not share out the terminals.
pub fn walked(
    wired: &WiredGraph,
    routing: &impl Routing,
    virtual_channels: u8,
    demand: &Demand,
) -> Result<Walked, NotComputed> {
    walked_on(wired.network(), routing, virtual_channels, demand)
}

/// The same of any network.
pub(super) fn walked_on(
    network: &Network,
    routing: &impl Routing,
    virtual_channels: u8,
    demand: &Demand,
) -> Result<Walked, NotComputed> {
    let terminals = network.terminals().len();
    let senders = Senders::new(demand, terminals as u32);
    let destinations = by_switch(network);
    let parts: Vec<_> = destinations
        .par_chunks(destinations.len().div_ceil(PARTS).max(1))
        .map(|part| Walker::new(network, routing, virtual_channels).walk(&senders, part))
        .collect();
    let mut loads = ChannelLoads::of_ports(network.switches(), usize::from(network.ports()));
    let mut arrived: Vec<f64> = Vec::new();
    for part in parts {
        let (more, arrived_there) = part?;
        loads.add(&more, 1.0);
        arrived.resize(arrived.len().max(arrived_there.len()), 0.0);
        for (sum, more) in arrived.iter_mut().zip(arrived_there) {
            *sum += more;
        }
    }
    let share = 1.0 / terminals as f64;
    let distances = (0..).zip(arrived).map(|(links, sum)| (links, sum * share));
    Ok(Walked {
        loads,
        distances: distances.filter(|&(_, probability)| probability > 0.0).collect(),
    })
}

/// Of [`walked`] the loads.
///
/// # Errors
/// As [`walked`].
///
/// # Panics
/// As [`walked`].
pub fn walked_loads(
    wired: &WiredGraph,
    routing: &impl Routing,
    virtual_channels: u8,
    demand: &Demand,
) -> Result<ChannelLoads, NotComputed> {
    Ok(walked(wired, routing, virtual_channels, demand)?.loads)
}

/// Of [`walked`] the distances.
///
/// # Errors
/// As [`walked`].
///
/// # Panics
/// As [`walked`].
pub fn walked_distances(
    wired: &WiredGraph,
    routing: &impl Routing,
    virtual_channels: u8,
    demand: &Demand,
) -> Result<Vec<(u32, f64)>, NotComputed> {
    Ok(walked(wired, routing, virtual_channels, demand)?.distances)
}

/// Follows packets through a network.
pub(super) struct Walker<'a, R> {
    network: &'a Network,
    routing: &'a R,
    virtual_channels: u8,
    ways: Candidates,
    numbers: Numbers,
    /// Questions and steps that are left.
    pub work: u64,
}

/// What a packet is told, for one outcome of its draws.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Told {
    probability: f64,
    port: u8,
    vc: u8,
    tag: u32,
}

impl<'a, R: Routing> Walker<'a, R> {
    pub fn new(network: &'a Network, routing: &'a R, virtual_channels: u8) -> Self {
        Self {
            network,
            routing,
            virtual_channels,
            ways: Candidates::new(),
            numbers: Numbers::new(network, virtual_channels),
            work: MOST_WORK,
        }
    }

    /// Loads and distances of the packets to some destinations, given by switch; the latter as sums, by links crossed.
    fn walk(
        mut self,
        senders: &Senders,
        destinations: &[Vec<u32>],
    ) -> Result<(ChannelLoads, Vec<f64>), NotComputed> {
        let network = self.network;
        let mut loads = ChannelLoads::of_ports(network.switches(), usize::from(network.ports()));
        let mut packets = Packets::default();
        let mut parts = vec![0.0; network.terminals().len()];
        for of_switch in destinations {
            let mut left = of_switch.clone();
            while let Some(&first) = left.first() {
                let mut sources = Vec::new();
                for &dest in &left {
                    senders.to(dest, |source, _| sources.push(source));
                }
                sources.sort_unstable();
                sources.dedup();
                let routes = Routes::new(&mut self, &sources, first)?;
                let mut others = Vec::new();
                for dest in left {
                    if dest == first || routes.are_those_to(&mut self, dest)? {
                        senders.to(dest, |source, part| parts[source as usize] += part);
                    } else {
                        others.push(dest);
                    }
                }
                let part = |&source: &u32| std::mem::take(&mut parts[source as usize]);
                let sent = (0..).zip(sources.iter().map(part));
                let cross = |slot: usize, packets| loads.loads[slot] += packets;
                match Course::of(&routes) {
                    Some(course) => packets.follow_course(&routes, &course, sent, &mut self.work, cross)?,
                    None => packets.follow(&routes, sent, &mut self.work, cross)?,
                }
                left = others;
            }
        }
        Ok((loads, packets.arrived))
    }

    /// The first of the virtual channels into which a packet for `dest` is injected.
    fn injection_vc(&self, dest: u32) -> u8 {
        let packet = Packet {
            dest,
            flits: 1,
            class: 0,
        };
        self.routing.injection_vcs(&packet, self.virtual_channels).start
    }

    /// Shows what a packet is told, for every outcome of its draws in turn, until `see` returns false.
    fn ask(
        &mut self,
        standing: Standing,
        dest: u32,
        mut see: impl FnMut(Told) -> bool,
    ) -> Result<(), NotComputed> {
        let place = standing.place();
        let (routing, ways) = (self.routing, &mut self.ways);
        let mut compares = false;
        let mut outcomes = Outcomes::default();
        while let Some((tag, probability)) = outcomes.next(|draw| {
            ways.clear();
            let mut tag = standing.tag;
            let mut draw = Watched {
                draw,
                compares: &mut compares,
            };
            routing.route(place, dest, &mut tag, &mut draw, ways);
            tag
        }) {
            self.work = self.work.checked_sub(1).ok_or(TOO_MUCH)?;
            let (way, others) = ways.split_first().ok_or(NO_WAY_ON)?;
            if compares || others.iter().any(|other| other.port != way.port) {
                return Err(ADAPTIVE);
            }
            let goes_on = see(Told {
                probability,
                port: way.port,
                vc: way.first_vc,
                tag,
            });
            if !goes_on {
                break;
            }
        }
        Ok(())
    }
}

/// The terminals of each switch that has any.
fn by_switch(network: &Network) -> Vec<Vec<u32>> {
    let mut terminals = vec![Vec::new(); network.switches() as usize];
    for (terminal, at) in (0..).zip(network.terminals()) {
        terminals[at.switch as usize].push(terminal);
    }
    terminals.retain(|of_switch: &Vec<u32>| !of_switch.is_empty());
    terminals
}

/// Draws, and notes whether queues are compared.
struct Watched<'a> {
    draw: &'a mut Outcomes,
    compares: &'a mut bool,
}

impl Draw for Watched<'_> {
    fn draw(&mut self, n: u32) -> u32 {
        self.draw.draw(n)
    }

    fn is_no_longer(&mut self, first: Queue, second: Queue) -> bool {
        *self.compares = true;
        self.draw.is_no_longer(first, second)
    }
}

/// A packet that has arrived stands nowhere.
const ARRIVED: u32 = u32::MAX;

/// Where none stood yet.
const NOT_MET: u32 = u32::MAX;

/// The numbers of standings on the way to one destination.
#[derive(Default)]
struct Numbers {
    ports: usize,
    virtual_channels: usize,
    /// Standings that have the same tag.
    of_a_tag: usize,
    tags: TagNumbers,
    /// A table for each tag, one after the other.
    numbers: Vec<u32>,
    met: Vec<usize>,
}

impl Numbers {
    fn new(network: &Network, virtual_channels: u8) -> Self {
        Self {
            ports: network.ports().into(),
            virtual_channels: virtual_channels.into(),
            of_a_tag: inputs(network) * usize::from(virtual_channels),
            ..Self::default()
        }
    }

    fn forget(&mut self) {
        for met in self.met.drain(..) {
            self.numbers[met] = NOT_MET;
        }
        self.tags.forget();
    }

    /// That of a standing, to be set where it is not met yet.
    fn of(&mut self, standing: Standing) -> &mut u32 {
        let vc = usize::from(standing.vc);
        if vc >= self.virtual_channels {
            self.widen(vc + 1);
        }
        let slot = standing.at.switch as usize * self.ports + usize::from(standing.at.port);
        let place = slot * self.virtual_channels + vc;
        let table = self.tags.of(standing.tag);
        let needed = (table + 1) * self.of_a_tag;
        if self.numbers.len() < needed {
            self.numbers.resize(needed, NOT_MET);
        }
        let number = table * self.of_a_tag + place;
        if self.numbers[number] == NOT_MET {
            self.met.push(number);
        }
        &mut self.numbers[number]
    }

    /// Makes room for more virtual channels: those between switches may be more than those of a terminal.
    fn widen(&mut self, virtual_channels: usize) {
        let (before, after) = (self.virtual_channels, virtual_channels);
        let wider = |place: usize| place / before * after + place % before;
        let mut numbers = vec![NOT_MET; wider(self.numbers.len())];
        for met in &mut self.met {
            let number = self.numbers[*met];
            *met = wider(*met);
            numbers[*met] = number;
        }
        self.numbers = numbers;
        self.of_a_tag = wider(self.of_a_tag);
        self.virtual_channels = after;
    }

    fn len(&self) -> usize {
        self.numbers.len()
    }
}

/// All places where packets for one destination may stand, with what they are told there.
pub(super) struct Routes {
    /// The sources' first.
    standings: Vec<Standing>,
    /// By standing: where what it is told begins; the last is the end.
    first: Vec<u32>,
    told: Vec<Told>,
    /// By what is told: the link, and the standing behind it.
    links: Vec<(u32, u32)>,
}

impl Routes {
    /// Of packets from `sources`, which are different.
    pub fn new<R: Routing>(walker: &mut Walker<R>, sources: &[u32], dest: u32) -> Result<Self, NotComputed> {
        let network = walker.network;
        let vc = walker.injection_vc(dest);
        let injected = sources.iter().map(|&source| Standing {
            at: network.terminals()[source as usize],
            vc,
            tag: 0,
        });
        let mut routes = Self {
            standings: injected.collect(),
            first: vec![0],
            told: Vec::new(),
            links: Vec::new(),
        };
        let mut numbers = std::mem::take(&mut walker.numbers);
        numbers.forget();
        let routing = walker.routing;
        let alike = |standing: Standing| {
            let same = routing.same_place(standing.place());
            Standing {
                at: PortRef {
                    switch: same.switch,
                    port: same.in_port,
                },
                vc: same.in_vc,
                ..standing
            }
        };
        while let Some(&standing) = routes.standings.get(routes.first.len() - 1) {
            walker.ask(standing, dest, |told| {
                let from = PortRef {
                    switch: standing.at.switch,
                    port: told.port,
                };
                let next = match network.link(from) {
                    Some(link) => {
                        let next = Standing {
                            at: link.to,
                            vc: told.vc,
                            tag: told.tag,
                        };
                        let number = numbers.of(alike(next));
                        if *number == NOT_MET {
                            *number = routes.standings.len() as u32;
                            routes.standings.push(next);
                        }
                        *number
                    }
                    None => {
                        debug_assert_eq!(network.terminals()[dest as usize], from, "a terminal");
                        ARRIVED
                    }
                };
                routes.told.push(told);
                routes.links.push((slot(network, from) as u32, next));
                true
            })?;
            if routes.standings.len() > MOST_STANDINGS
                || routes.told.len() > 4 * MOST_STANDINGS
                || numbers.len() > MOST_NUMBERS
            {
                return Err(TOO_MUCH);
            }
            routes.first.push(routes.told.len() as u32);
        }
        walker.numbers = numbers;
        Ok(routes)
    }

    /// Whether packets for another terminal of the same switch are told the same everywhere.
    fn are_those_to<R: Routing>(&self, walker: &mut Walker<R>, dest: u32) -> Result<bool, NotComputed> {
        let at = walker.network.terminals()[dest as usize];
        // A source's virtual channel may be of the destination.
        let injected = self
            .standings
            .first()
            .is_none_or(|source| source.vc == walker.injection_vc(dest));
        if injected && walker.routing.terminals_are_alike() {
            return Ok(true);
        }
        let mut same = injected;
        for (number, &standing) in self.standings.iter().enumerate() {
            let range = self.range(number as u32);
            let mut expected = self.told[range.clone()].iter().zip(&self.links[range]);
            walker.ask(standing, dest, |told| {
                same &= expected.next().is_some_and(|(before, &(_, next))| match next {
                    ARRIVED => told.port == at.port && told.probability == before.probability,
                    _ => told == *before,
                });
                same
            })?;
            same &= expected.next().is_none();
            if !same {
                break;
            }
        }
        Ok(same)
    }

    /// What a standing is told: probability, link, and the standing behind it.
    fn told(&self, standing: u32) -> impl Iterator<Item = (f64, u32, u32)> {
        let told = self.told[self.range(standing)]
            .iter()
            .zip(self.links_of(standing));
        told.map(|(told, &(link, next))| (told.probability, link, next))
    }

    fn links_of(&self, standing: u32) -> &[(u32, u32)] {
        &self.links[self.range(standing)]
    }

    fn range(&self, standing: u32) -> Range<usize> {
        let standing = standing as usize;
        self.first[standing] as usize..self.first[standing + 1] as usize
    }
}

/// Routes on which all packets from a place cross as many links, whatever they draw.
struct Course {
    /// The standings, each before those that it leads to.
    order: Vec<u32>,
    /// By standing: the links to the destination.
    links: Vec<u32>,
}

impl Course {
    fn of(routes: &Routes) -> Option<Self> {
        let standings = routes.standings.len();
        let mut before = vec![0_u32; standings];
        let onward = |&&(_, next): &&(u32, u32)| next != ARRIVED;
        for &(_, next) in routes.links.iter().filter(onward) {
            before[next as usize] += 1;
        }
        let mut order: Vec<u32> = (0..standings as u32)
            .filter(|&standing| before[standing as usize] == 0)
            .collect();
        let mut looked_at = 0;
        while let Some(&standing) = order.get(looked_at) {
            looked_at += 1;
            for &(_, next) in routes.links_of(standing).iter().filter(onward) {
                before[next as usize] -= 1;
                if before[next as usize] == 0 {
                    order.push(next);
                }
            }
        }
        let mut links = vec![0; standings];
        for &standing in order.iter().rev() {
            let mut all = routes.links_of(standing).iter().map(|&(_, next)| match next {
                ARRIVED => 0,
                next => links[next as usize] + 1,
            });
            let first = all.next()?;
            if all.any(|other| other != first) {
                return None;
            }
            links[standing as usize] = first;
        }
        // Those that lead back to each other are never free of others before them.
        (order.len() == standings).then_some(Self { order, links })
    }
}

/// Packets on their way, as probabilities.
#[derive(Default)]
pub(super) struct Packets {
    /// By standing: how many stand there now, and after the next link.
    here: Vec<f64>,
    there: Vec<f64>,
    /// The standings where any are.
    now: Vec<u32>,
    next: Vec<u32>,
    /// By links crossed: how many have arrived, of all that were followed.
    pub arrived: Vec<f64>,
}

impl Packets {
    /// As [`Packets::follow`], each place once.
    fn follow_course(
        &mut self,
        routes: &Routes,
        course: &Course,
        sent: impl Iterator<Item = (u32, f64)>,
        work: &mut u64,
        mut cross: impl FnMut(usize, f64),
    ) -> Result<(), NotComputed> {
        *work = work.checked_sub(routes.links.len() as u64).ok_or(TOO_MUCH)?;
        self.here.resize(self.here.len().max(routes.standings.len()), 0.0);
        for (standing, packets) in sent.filter(|&(_, packets)| packets > 0.0) {
            self.here[standing as usize] = packets;
            let links = course.links[standing as usize] as usize;
            self.arrived.resize(self.arrived.len().max(links + 1), 0.0);
            self.arrived[links] += packets;
        }
        for &standing in &course.order {
            let packets = std::mem::take(&mut self.here[standing as usize]);
            if packets == 0.0 {
                continue;
            }
            for (probability, link, next) in routes.told(standing) {
                if next != ARRIVED {
                    cross(link as usize, packets * probability);
                    self.here[next as usize] += packets * probability;
                }
            }
        }
        Ok(())
    }

    /// Follows as many packets as `sent` says from sources by their place in the order of `routes`, and shows each link
    /// that they cross, by its number, with how many do.
    pub fn follow(
        &mut self,
        routes: &Routes,
        sent: impl Iterator<Item = (u32, f64)>,
        work: &mut u64,
        mut cross: impl FnMut(usize, f64),
    ) -> Result<(), NotComputed> {
        // Nobody is left of those that were followed before.
        let places = self.here.len().max(routes.standings.len());
        self.here.resize(places, 0.0);
        self.there.resize(places, 0.0);
        for (standing, packets) in sent.filter(|&(_, packets)| packets > 0.0) {
            self.here[standing as usize] = packets;
            self.now.push(standing);
        }
        let mut links = 0;
        while !self.now.is_empty() {
            // Whoever crosses more links than there are places has stood somewhere twice.
            if links > routes.standings.len() {
                return Err(AROUND);
            }
            let mut arrived = 0.0;
            self.next.clear();
            for &standing in &self.now {
                let packets = std::mem::take(&mut self.here[standing as usize]);
                for (probability, link, next) in routes.told(standing) {
                    *work = work.checked_sub(1).ok_or(TOO_MUCH)?;
                    let packets = packets * probability;
                    if next == ARRIVED {
                        arrived += packets;
                        continue;
                    }
                    cross(link as usize, packets);
                    let there = &mut self.there[next as usize];
                    if *there == 0.0 {
                        self.next.push(next);
                    }
                    *there += packets;
                }
            }
            if arrived > 0.0 {
                self.arrived.resize(self.arrived.len().max(links + 1), 0.0);
                self.arrived[links] += arrived;
            }
            std::mem::swap(&mut self.here, &mut self.there);
            std::mem::swap(&mut self.now, &mut self.next);
            links += 1;
        }
        Ok(())
    }
}
