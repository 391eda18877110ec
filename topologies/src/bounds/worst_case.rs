//! The permutation that a routing carries worst.
//!
//! B. Towles and W. J. Dally, "Worst-case traffic for oblivious routing functions", SPAA 2002: the load of one link is
//! the sum over all pairs of terminals of what each brings it, so that the worst permutation for it is a matching of
//! greatest weight between sources and destinations; the worst of all is that of the link that fares worst.

use std::cmp::Ordering;

use fabricsim_core::{FlitTime, Network, PortRef, Routing};
use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;

use super::walked::{Packets, Routes, Walker};
use super::{NotComputed, Oblivious, period};
use crate::walk::slot;

/// Matchings times the cube of the terminals, at most: less than a minute.
const MOST_STEPS: u64 = 10_000_000_000;

/// Links times the square of the terminals, at most: half a gigabyte.
const MOST_LOADS: u64 = 1 << 26;

/// Loads are matched in steps of this, so that sums are exact; a matching is worst but for the terminals times it.
const STEPS_OF_LOAD: f64 = (1_u64 << 40) as f64;

const TOO_LARGE: NotComputed = NotComputed {
    why: "not computed: a matching of all terminals for each link would take more than a minute",
};

/// The worst permutation under a routing.
#[derive(Clone, Debug, PartialEq)]
pub struct WorstCase {
    /// By terminal: its destination, itself where it adds nothing.
    pub destinations: Vec<u32>,
    /// The output port of the link that bounds it.
    pub channel: PortRef,
    /// The load of that link: flits per cycle when every terminal injects one.
    pub load: f64,
    /// What each terminal may inject before that link is full \[flits/terminal/cycle\].
    pub channel_bound: f64,
}

/// The permutation of terminals with the least channel bound, under a routing on a fabric whose ports have
/// `virtual_channels` each; `None` where no packet crosses a link. Exact to 1e-9.
///
/// # Errors
/// Where the routing is adaptive, or it would take more than a minute.
pub fn worst_case(
    network: &Network,
    routing: &impl Routing,
    virtual_channels: u8,
) -> Result<Option<WorstCase>, NotComputed> {
    let links: Vec<PortRef> = network.links().map(|link| link.from).collect();
    worst_of(network, routing, virtual_channels, &links)
}

/// The same of a grid whose links carry a flit a cycle each. Of links that a shift along the rings makes alike, one is
/// looked at.
///
/// # Errors
/// Where it would take more than a minute.
pub fn worst_case_on_grid(routing: &(impl Oblivious + Routing)) -> Result<Option<WorstCase>, NotComputed> {
    let grid = routing.grid();
    // A grid has a switch, a terminal, and no more ports than the engine has.
    let Ok(network) = grid.network(1, FlitTime::ONE) else {
        return Err(TOO_LARGE);
    };
    let is_first = |switch| {
        let mut dimensions = 0..grid.dimensions();
        dimensions.all(|d| grid.coordinate(switch, d) < period(grid, routing.half_way(), d))
    };
    let links = network.links().map(|link| link.from);
    let links: Vec<PortRef> = links.filter(|from| is_first(from.switch)).collect();
    // Packets without classes of messages may be injected into any virtual channel, the first too.
    worst_of(&network, routing, 1, &links)
}

/// The worst for any of some links.
fn worst_of(
    network: &Network,
    routing: &impl Routing,
    virtual_channels: u8,
    links: &[PortRef],
) -> Result<Option<WorstCase>, NotComputed> {
    let terminals = network.terminals().len();
    let pairs = terminals as u64 * terminals as u64;
    let steps_of_a_matching = pairs.saturating_mul(terminals as u64);
    if (links.len() as u64).saturating_mul(pairs) > MOST_LOADS || steps_of_a_matching > MOST_STEPS {
        return Err(TOO_LARGE);
    }
    let loads = PairLoads::new(network, routing, virtual_channels, links)?;
    let rate = |channel| network.link(channel).map_or(1.0, |link| link.flit_time.rate());
    let numbered = links.iter().enumerate();
    // Most links are not the worst, which sums tell faster than a matching.
    let mut at_least: Vec<(f64, usize)> = numbered
        .map(|(number, &channel)| (rate(channel) / at_most(loads.of(number), terminals), number))
        .collect();
    at_least.sort_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
    let mut worst: Option<WorstCase> = None;
    let mut steps = 0;
    for (at_least, number) in at_least {
        let least = worst.as_ref().map_or(f64::INFINITY, |worst| worst.channel_bound);
        if at_least >= least {
            break;
        }
        steps += steps_of_a_matching;
        if steps > MOST_STEPS {
            return Err(TOO_LARGE);
        }
        let (channel, of_link) = (links[number], loads.of(number));
        let destinations = matching(of_link, terminals);
        let load = (0..)
            .zip(&destinations)
            .map(|(source, &dest)| of_link[source * terminals + dest as usize])
            .sum();
        let channel_bound = rate(channel) / load;
        if channel_bound < least {
            worst = Some(WorstCase {
                destinations,
                channel,
                load,
                channel_bound,
            });
        }
    }
    Ok(worst)
}

/// What every pair of terminals brings some links.
struct PairLoads {
    pairs: usize,
    /// By link, source and destination.
    loads: Vec<f64>,
}

impl PairLoads {
    fn new<R: Routing>(
        network: &Network,
        routing: &R,
        virtual_channels: u8,
        links: &[PortRef],
    ) -> Result<Self, NotComputed> {
        let sources: Vec<u32> = (0..network.terminals().len() as u32).collect();
        let pairs = sources.len() * sources.len();
        let mut numbers = vec![None; network.switches() as usize * usize::from(network.ports())];
        for (number, &from) in links.iter().enumerate() {
            numbers[slot(network, from)] = Some(number);
        }
        let mut loads = vec![0.0; links.len() * pairs];
        let mut walker = Walker::new(network, routing, virtual_channels);
        let mut packets = Packets::default();
        for &dest in &sources {
            let routes = Routes::new(&mut walker, &sources, dest)?;
            for &source in &sources {
                let pair = source as usize * sources.len() + dest as usize;
                let sent = std::iter::once((source, 1.0));
                packets.follow(&routes, sent, &mut walker.work, |slot, packets| {
                    if let Some(number) = numbers[slot] {
                        loads[number * pairs + pair] += packets;
                    }
                })?;
            }
        }
        Ok(Self { pairs, loads })
    }

    /// What each pair brings a link, by source and destination.
    fn of(&self, link: usize) -> &[f64] {
        &self.loads[link * self.pairs..][..self.pairs]
    }
}

/// At least the weight of any matching: each row or each column at its best.
fn at_most(loads: &[f64], terminals: usize) -> f64 {
    let mut of_destination = vec![0.0_f64; terminals];
    let mut of_sources = 0.0;
    for row in loads.chunks_exact(terminals) {
        of_sources += row.iter().copied().fold(0.0, f64::max);
        for (most, &load) in of_destination.iter_mut().zip(row) {
            *most = most.max(load);
        }
    }
    of_destination.iter().sum::<f64>().min(of_sources)
}

/// The permutation with the largest sum of loads.
fn matching(loads: &[f64], terminals: usize) -> Vec<u32> {
    let weights = loads.chunks_exact(terminals).map(|row| {
        let weight = |&load: &f64| (load * STEPS_OF_LOAD).round() as i64;
        row.iter().map(weight)
    });
    let weights: Matrix<i64> = weights.collect();
    let (_, destinations) = kuhn_munkres(&weights);
    destinations.into_iter().map(|dest| dest as u32).collect()
}
