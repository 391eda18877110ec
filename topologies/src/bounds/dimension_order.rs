//! Expected loads of dimension order.
//!
//! Exact, since within a dimension a packet keeps the direction in which it enters it: only the entry is asked, for every
//! outcome of its draws, and the hops after it are added as a range. Uniform demand takes time proportional to the
//! links, a permutation to terminals x dimensions.

use fabricsim_core::Outcomes;

use super::{ChannelLoads, Demand, NotComputed, Oblivious, check_permutation};
use crate::compass::{Axis, Compass, Order};
use crate::grid::dimension_of;
use crate::{BubbleDimensionOrder, DimensionOrder, Grid, HalfWay};

impl Oblivious for DimensionOrder {
    fn grid(&self) -> &Grid {
        self.grid()
    }

    fn half_way(&self) -> HalfWay {
        self.compass().half_way()
    }

    fn loads(&self, demand: &Demand) -> Result<ChannelLoads, NotComputed> {
        Ok(loads(self.compass(), Order::Ascending, demand))
    }
}

impl Oblivious for BubbleDimensionOrder {
    fn grid(&self) -> &Grid {
        self.grid()
    }

    fn half_way(&self) -> HalfWay {
        self.compass().half_way()
    }

    fn loads(&self, demand: &Demand) -> Result<ChannelLoads, NotComputed> {
        Ok(loads(self.compass(), Order::Ascending, demand))
    }
}

/// With the dimensions in an order.
pub(super) fn loads(compass: &Compass, order: Order, demand: &Demand) -> ChannelLoads {
    match demand {
        Demand::Uniform { include_self } => uniform_loads(compass, *include_self),
        Demand::Permutation(destinations) => permutation_loads(compass, order, destinations),
        &Demand::Block { block, offset } => {
            let mut mean = ChannelLoads::none(compass.grid());
            let terminals = compass.grid().terminals();
            for destinations in Demand::permutations_of_blocks(terminals, block, offset) {
                let loads = permutation_loads(compass, order, &destinations);
                mean.add(&loads, 1.0 / f64::from(block));
            }
            mean
        }
    }
}

/// The output ports by which a packet enters a dimension, with their probabilities.
pub(super) fn entries(compass: &Compass, axis: &Axis, from: u32, to: u32) -> Vec<(u8, f64)> {
    let mut entries = Vec::new();
    let mut outcomes = Outcomes::default();
    while let Some(entry) = outcomes.next(|draw| compass.entry_port(axis, from, to, draw)) {
        entries.push(entry);
    }
    entries
}

/// Uniform demand. On each line of a dimension d all (from, to) of that coordinate are equally common: a
/// packet travels d with the earlier coordinates of its destination, the later ones of its source. So the
/// loads of one line under one packet for each (from, to), times the pairs of terminals behind each, over the
/// destinations of a terminal.
fn uniform_loads(compass: &Compass, include_self: bool) -> ChannelLoads {
    let grid = compass.grid();
    let mut result = ChannelLoads::none(grid);
    let choices = grid.terminals() - u32::from(!include_self);
    if choices == 0 {
        return result;
    }
    for dimension in 0..grid.dimensions() {
        let line = LineLoads::new(compass, dimension);
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
    fn new(compass: &Compass, dimension: usize) -> Self {
        let grid = compass.grid();
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
                for (port, probability) in entries(compass, &compass.axes()[dimension], source, to) {
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
fn permutation_loads(compass: &Compass, order: Order, destinations: &[u32]) -> ChannelLoads {
    let grid = compass.grid();
    check_permutation(grid, destinations);
    let mut result = ChannelLoads::none(grid);
    for (terminal, &dest) in (0..).zip(destinations) {
        let (source, home) = (compass.home(terminal), compass.home(dest));
        result.add_way(compass, order, (source, home), 1.0);
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
    /// Adds a packet from one switch to another, as differences (see [`ChannelLoads::add_range`]).
    pub(super) fn add_way(
        &mut self,
        compass: &Compass,
        order: Order,
        (source, home): (u32, u32),
        weight: f64,
    ) {
        let grid = compass.grid();
        let there = compass.position(home);
        let mut switch = source;
        while switch != home {
            let here = compass.position(switch);
            let axis = compass.next_axis(here, there, order);
            let (from, to) = (axis.coordinate(here), axis.coordinate(there));
            let (dimension, stride) = (axis.dimension(), grid.stride(axis.dimension()));
            let line = switch - from * stride;
            for (port, probability) in entries(compass, axis, from, to) {
                let range = crossed(grid.sides()[dimension], port, from, to);
                self.add_range(grid, line, port, range, weight * probability);
            }
            switch = line + to * stride;
        }
    }

    /// Adds to the output `port` of the positions `first..first + hops` of the line that starts at switch
    /// `line`, around its end, in the form of differences to the position before.
    fn add_range(&mut self, grid: &Grid, line: u32, port: u8, (first, hops): (u32, u32), weight: f64) {
        let dimension = dimension_of(port);
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
    pub(super) fn sum_ranges(&mut self, grid: &Grid) {
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
