//! What a routing makes of a demand before anything is simulated: expected channel loads, bounds, distances.

use fabricsim_core::{Candidates, FlitTime, Outcomes, Place, PortRef, Routing};

use crate::{DimensionOrder, Grid};

/// Who sends to whom. Every terminal sends at the same rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Demand {
    /// To every terminal, each as likely.
    Uniform {
        /// Whether a terminal is one of its own destinations.
        include_self: bool,
    },
    /// By terminal: its only destination. Fixed points and shared destinations are allowed.
    Permutation(Vec<u32>),
}

/// The expected load of every link between switches: flits per cycle when every terminal injects one.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelLoads {
    /// Ports of a switch that lead to neighbours.
    ports: usize,
    /// By (switch, port); 0 where there is no link.
    loads: Vec<f64>,
}

impl ChannelLoads {
    /// The load of the link that an output port drives; 0 if it drives none.
    pub fn of(&self, from: PortRef) -> f64 {
        if usize::from(from.port) >= self.ports {
            return 0.0;
        }
        self.loads[from.switch as usize * self.ports + usize::from(from.port)]
    }

    /// The largest load.
    pub fn max(&self) -> f64 {
        self.loads.iter().copied().fold(0.0, f64::max)
    }

    /// The link with the largest load, the first of equals; `None` if nothing crosses a link.
    pub fn hottest(&self) -> Option<PortRef> {
        let max = self.max();
        let slot = self.loads.iter().position(|&load| load == max && max > 0.0)?;
        Some(PortRef {
            switch: (slot / self.ports) as u32,
            port: (slot % self.ports) as u8,
        })
    }

    /// Links crossed a cycle by all packets together: terminals x mean distance.
    pub fn total(&self) -> f64 {
        self.loads.iter().sum()
    }

    /// The channel bound: what each terminal may inject before the hottest link is full
    /// \[flits/terminal/cycle\], with links of this `flit_time`. `None` if nothing crosses a link, so that no
    /// link bounds it.
    pub fn channel_bound(&self, flit_time: FlitTime) -> Option<f64> {
        let max = self.max();
        (max > 0.0).then(|| flit_time.rate() / max)
    }

    /// The channel bound where links differ: `flit_time` is asked for that of each link that carries a load, by the
    /// output port that drives it.
    pub fn channel_bound_of(&self, flit_time: impl Fn(PortRef) -> FlitTime) -> Option<f64> {
        let loaded = (0..).zip(&self.loads).filter(|&(_, &load)| load > 0.0);
        let bounds = loaded.map(|(slot, &load): (usize, _)| {
            let from = PortRef {
                switch: (slot / self.ports) as u32,
                port: (slot % self.ports) as u8,
            };
            flit_time(from).rate() / load
        });
        bounds.reduce(f64::min)
    }

    /// The capacity bound: the channel bound, but at most 1, what a terminal can inject
    /// \[flits/terminal/cycle\].
    pub fn capacity_bound(&self, flit_time: FlitTime) -> f64 {
        self.channel_bound(flit_time).map_or(1.0, |bound| bound.min(1.0))
    }

    fn none(grid: &Grid) -> Self {
        let ports = usize::from(grid.first_terminal_port());
        Self {
            ports,
            loads: vec![0.0; grid.switches() as usize * ports],
        }
    }

    fn add(&mut self, other: &Self, share: f64) {
        for (load, more) in self.loads.iter_mut().zip(&other.loads) {
            *load += share * more;
        }
    }
}

/// The expected loads of a mixture of demands, each with its share of a terminal's flits (the shares usually
/// sum to 1).
///
/// Exact, since within a dimension a packet keeps the direction in which it enters it: only the entry is
/// asked of the routing, for every outcome of its draws, and the hops after it are added as a range. Uniform
/// demand takes time proportional to the links, a permutation to terminals x dimensions.
///
/// # Panics
/// If a permutation does not give every terminal of the grid a destination on it.
pub fn channel_loads(routing: &DimensionOrder, mixture: &[(f64, Demand)]) -> ChannelLoads {
    let mut total = ChannelLoads::none(routing.grid());
    for (share, demand) in mixture {
        let loads = match demand {
            Demand::Uniform { include_self } => uniform_loads(routing, *include_self),
            Demand::Permutation(destinations) => permutation_loads(routing, destinations),
        };
        total.add(&loads, *share);
    }
    total
}

/// How far the packets of a mixture go: (distance, probability), in order of distance, impossible ones left
/// out.
///
/// # Panics
/// As [`channel_loads`].
pub fn distances(grid: &Grid, mixture: &[(f64, Demand)]) -> Vec<(u32, f64)> {
    let mut total: Vec<f64> = Vec::new();
    for (share, demand) in mixture {
        let probabilities = match demand {
            Demand::Uniform { include_self } => uniform_distances(grid, *include_self),
            Demand::Permutation(destinations) => permutation_distances(grid, destinations),
        };
        total.resize(total.len().max(probabilities.len()), 0.0);
        for (sum, probability) in total.iter_mut().zip(probabilities) {
            *sum += share * probability;
        }
    }
    (0..)
        .zip(total)
        .filter(|&(_, probability)| probability > 0.0)
        .collect()
}

/// The output ports by which a packet enters the next dimension at `switch`, with their probabilities.
fn entries(routing: &DimensionOrder, switch: u32, dest: u32) -> Vec<(u8, f64)> {
    let place = Place {
        switch,
        in_port: routing.grid().first_terminal_port(),
        in_vc: 0,
    };
    let mut candidates = Candidates::new();
    let mut entries = Vec::new();
    let mut outcomes = Outcomes::default();
    while let Some((port, probability)) = outcomes.next(|draw| {
        candidates.clear();
        routing.route(place, dest, &mut 0, draw, &mut candidates);
        candidates[0].port
    }) {
        entries.push((port, probability));
    }
    entries
}

/// Uniform demand. On each line of a dimension d all (from, to) of that coordinate are equally common: a
/// packet travels d with the lower coordinates of its destination, the higher ones of its source. So the
/// loads of one line under one packet for each (from, to), times the pairs of terminals behind each, over the
/// destinations of a terminal.
fn uniform_loads(routing: &DimensionOrder, include_self: bool) -> ChannelLoads {
    let grid = routing.grid();
    let mut result = ChannelLoads::none(grid);
    let choices = grid.terminals() - u32::from(!include_self);
    if choices == 0 {
        return result;
    }
    for dimension in 0..grid.dimensions() {
        let line = LineLoads::new(routing, dimension);
        let concentration = f64::from(grid.concentration());
        let others = f64::from(grid.switches() / grid.sides()[dimension]);
        let pairs = others * concentration * concentration;
        for switch in 0..grid.switches() {
            let at = grid.coordinate(switch, dimension);
            let slot = switch as usize * result.ports + 2 * dimension;
            result.loads[slot] = line.plus(at) * pairs / f64::from(choices);
            result.loads[slot + 1] = line.minus(at) * pairs / f64::from(choices);
        }
    }
    result
}

/// Packets across each link of one line when every position sends one to every other.
enum LineLoads {
    /// Without wrap: all that start on this side of the link and end on the other.
    Open { side: u32 },
    /// A ring looks the same from every position of the same parity: (+, -) loads at even and odd ones.
    Ring { even: [f64; 2], odd: [f64; 2] },
}

impl LineLoads {
    fn new(routing: &DimensionOrder, dimension: usize) -> Self {
        let grid = routing.grid();
        let side = grid.sides()[dimension];
        if !grid.is_ring(dimension) {
            return Self::Open { side };
        }
        let (mut even, mut odd) = ([0.0; 2], [0.0; 2]);
        // A link at an even position is crossed by packets from even positions at distance 0, 2, … before it
        // and from odd ones at 1, 3, …; the other way round at an odd one. In rings of odd side, where parity
        // changes at the dateline, there are no ties, so both send alike.
        for source in 0..2 {
            for ahead in 1..side {
                let to = (source + ahead) % side;
                let stride = grid.stride(dimension);
                let dest = to * stride * grid.concentration();
                for (port, probability) in entries(routing, source * stride, dest) {
                    let direction = usize::from(port % 2);
                    let hops = if direction == 0 { ahead } else { side - ahead };
                    let (same, other) = (f64::from(hops.div_ceil(2)), f64::from(hops / 2));
                    let (from_even, from_odd) = if source == 0 { (same, other) } else { (other, same) };
                    even[direction] += probability * from_even;
                    odd[direction] += probability * from_odd;
                }
            }
        }
        Self::Ring { even, odd }
    }

    /// On the + link of a position.
    fn plus(&self, at: u32) -> f64 {
        match self {
            Self::Open { side } => f64::from(at + 1) * f64::from(side - 1 - at),
            Self::Ring { even, odd } => {
                if at.is_multiple_of(2) {
                    even[0]
                } else {
                    odd[0]
                }
            }
        }
    }

    /// On the - link of a position.
    fn minus(&self, at: u32) -> f64 {
        match self {
            Self::Open { side } => f64::from(at) * f64::from(side - at),
            Self::Ring { even, odd } => {
                if at.is_multiple_of(2) {
                    even[1]
                } else {
                    odd[1]
                }
            }
        }
    }
}

/// Follows one packet of every terminal, a dimension at a time.
fn permutation_loads(routing: &DimensionOrder, destinations: &[u32]) -> ChannelLoads {
    let grid = routing.grid();
    check_permutation(grid, destinations);
    let mut result = ChannelLoads::none(grid);
    for (terminal, &dest) in (0..).zip(destinations) {
        let home = grid.home(dest).switch;
        let mut switch = grid.home(terminal).switch;
        for dimension in 0..grid.dimensions() {
            let (from, to) = (
                grid.coordinate(switch, dimension),
                grid.coordinate(home, dimension),
            );
            if from == to {
                continue;
            }
            let line = switch - from * grid.stride(dimension);
            for (port, probability) in entries(routing, switch, dest) {
                debug_assert_eq!(usize::from(port / 2), dimension);
                let (first, hops) = crossed(grid.sides()[dimension], port, from, to);
                result.add_range(grid, line, port, (first, hops), probability);
            }
            switch = line + to * grid.stride(dimension);
        }
    }
    result.sum_ranges(grid);
    result
}

/// The links that a packet crosses from one coordinate to another by `port`: the lowest of their positions,
/// from which they go on upwards and around, and their number.
fn crossed(side: u32, port: u8, from: u32, to: u32) -> (u32, u32) {
    let around = |low: u32, high: u32| {
        if high >= low {
            high - low
        } else {
            side - (low - high)
        }
    };
    if port.is_multiple_of(2) {
        (from, around(from, to))
    } else {
        let first = if to + 1 == side { 0 } else { to + 1 };
        (first, around(to, from))
    }
}

impl ChannelLoads {
    /// Adds to the output `port` of the positions `first..first + hops` of the line that starts at switch
    /// `line`, around its end, in the form of differences to the position before.
    fn add_range(&mut self, grid: &Grid, line: u32, port: u8, (first, hops): (u32, u32), weight: f64) {
        let dimension = usize::from(port / 2);
        let side = grid.sides()[dimension];
        let mut change = |position: u32, by: f64| {
            let switch = line + position * grid.stride(dimension);
            self.loads[switch as usize * self.ports + usize::from(port)] += by;
        };
        change(first, weight);
        let room = side - first;
        if hops < room {
            change(first + hops, -weight);
        } else if hops > room {
            change(0, weight);
            change(hops - room, -weight);
        }
    }

    /// Turns differences into loads.
    fn sum_ranges(&mut self, grid: &Grid) {
        for switch in 0..grid.switches() {
            for dimension in 0..grid.dimensions() {
                if grid.coordinate(switch, dimension) == 0 {
                    continue;
                }
                let before = (switch - grid.stride(dimension)) as usize * self.ports;
                let here = switch as usize * self.ports;
                for port in [2 * dimension, 2 * dimension + 1] {
                    self.loads[here + port] += self.loads[before + port];
                }
            }
        }
    }
}

/// Probability of each distance: the dimensions are independent, so a convolution of theirs.
fn uniform_distances(grid: &Grid, include_self: bool) -> Vec<f64> {
    let terminals = f64::from(grid.terminals());
    let mut total = vec![1.0];
    for dimension in 0..grid.dimensions() {
        total = convolve(&total, &line_distances(grid, dimension));
    }
    if include_self {
        return total;
    }
    if grid.terminals() == 1 {
        return Vec::new();
    }
    total[0] -= 1.0 / terminals;
    // Nothing but a terminal itself is at distance 0 of it; don't leave a rounding error there.
    if grid.concentration() == 1 {
        total[0] = 0.0;
    }
    for probability in &mut total {
        *probability *= terminals / (terminals - 1.0);
    }
    total
}

/// Probability of each distance along one dimension, from and to any position.
fn line_distances(grid: &Grid, dimension: usize) -> Vec<f64> {
    let side = grid.sides()[dimension];
    let pairs = f64::from(side) * f64::from(side);
    let longest = if grid.is_ring(dimension) {
        side / 2
    } else {
        side - 1
    };
    let mut probabilities = vec![1.0 / f64::from(side)];
    probabilities.extend((1..=longest).map(|distance| {
        let ways = if !grid.is_ring(dimension) {
            2.0 * f64::from(side - distance)
        } else if distance == side - distance {
            f64::from(side)
        } else {
            2.0 * f64::from(side)
        };
        ways / pairs
    }));
    probabilities
}

fn convolve(a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; a.len() + b.len() - 1];
    for (i, x) in a.iter().enumerate() {
        for (sum, y) in sums[i..].iter_mut().zip(b) {
            *sum += x * y;
        }
    }
    sums
}

fn permutation_distances(grid: &Grid, destinations: &[u32]) -> Vec<f64> {
    check_permutation(grid, destinations);
    let mut counts: Vec<u32> = Vec::new();
    for (terminal, &dest) in (0..).zip(destinations) {
        let distance = grid.distance(grid.home(terminal).switch, grid.home(dest).switch) as usize;
        counts.resize(counts.len().max(distance + 1), 0);
        counts[distance] += 1;
    }
    let terminals = f64::from(grid.terminals());
    counts
        .into_iter()
        .map(|count| f64::from(count) / terminals)
        .collect()
}

fn check_permutation(grid: &Grid, destinations: &[u32]) {
    assert_eq!(
        destinations.len(),
        grid.terminals() as usize,
        "destinations of a permutation"
    );
    assert!(
        destinations.iter().all(|&dest| dest < grid.terminals()),
        "a destination of a permutation is not on the grid"
    );
}

#[cfg(test)]
#[path = "bounds_tests.rs"]
mod tests;
