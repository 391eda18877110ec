//! What a routing makes of a demand before anything is simulated: expected channel loads, bounds, distances.

mod dimension_order;
mod distances;
mod parts;
mod quadrant;
mod senders;
mod walked;
mod worst_case;

use fabricsim_core::{FlitTime, PortRef};
use thiserror::Error;

use crate::{Grid, HalfWay};

pub use distances::{Legs, distances};
pub use walked::{Walked, walked, walked_distances, walked_loads};
pub use worst_case::{WorstCase, worst_case, worst_case_on_grid};

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
    /// To every terminal of a block, each as likely. The blocks are of successive terminals and go around.
    Block {
        /// Terminals of a block: a divisor of their number.
        block: u32,
        /// How many blocks on.
        offset: u32,
    },
}

impl Demand {
    /// The first terminal of the block that terminal `source` of a [`Demand::Block`] sends to.
    ///
    /// # Panics
    /// If a block has no terminal, or more than there are.
    pub fn first_of_block(source: u32, terminals: u32, block: u32, offset: u32) -> u32 {
        let blocks = terminals / block;
        (source / block + offset % blocks) % blocks * block
    }

    /// The permutations of which a demand by blocks is the mean: in the i-th the local indices are i apart.
    fn permutations_of_blocks(terminals: u32, block: u32, offset: u32) -> impl Iterator<Item = Vec<u32>> {
        debug_assert!(terminals.is_multiple_of(block), "blocks of {block}");
        (0..block).map(move |shift| {
            let destination = |source: u32| {
                Self::first_of_block(source, terminals, block, offset) + (source % block + shift) % block
            };
            (0..terminals).map(destination).collect()
        })
    }
}

/// The expected load of every link between switches: flits per cycle when every terminal injects one.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelLoads {
    /// Ports of a switch: of a grid those that lead to neighbours, of a graph all.
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
        self.channel_bound_of(|_| flit_time)
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
        Self::of_ports(grid.switches(), usize::from(grid.first_terminal_port()))
    }

    fn of_ports(switches: u32, ports: usize) -> Self {
        Self {
            ports,
            loads: vec![0.0; switches as usize * ports],
        }
    }

    /// Those of a mixture, each part with its share of a terminal's flits; `None` of nothing.
    ///
    /// # Panics
    /// If the parts are of different fabrics.
    pub fn mixed<'a>(parts: impl IntoIterator<Item = (f64, &'a Self)>) -> Option<Self> {
        let mut parts = parts.into_iter().peekable();
        let (_, first) = parts.peek()?;
        let mut total = Self {
            ports: first.ports,
            loads: vec![0.0; first.loads.len()],
        };
        for (share, part) in parts {
            assert_eq!(total.loads.len(), part.loads.len(), "loads of different fabrics");
            total.add(part, share);
        }
        Some(total)
    }

    /// Adds a share of others, of the same fabric.
    fn add(&mut self, other: &Self, share: f64) {
        for (load, more) in self.loads.iter_mut().zip(&other.loads) {
            *load += share * more;
        }
    }
}

/// Why there are no expected loads, though the routing has some.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("{why}")]
pub struct NotComputed {
    /// What would take too long: `not computed: …`.
    pub why: &'static str,
}

/// A routing that takes no notice of congestion, so that a demand has expected channel loads.
pub trait Oblivious {
    /// The grid that it routes.
    fn grid(&self) -> &Grid;

    /// The direction that it takes at exactly half a ring.
    fn half_way(&self) -> HalfWay;

    /// The expected loads under one demand.
    ///
    /// # Errors
    /// Where they would take too long.
    ///
    /// # Panics
    /// If a permutation does not give every terminal of the grid a destination on it.
    fn loads(&self, demand: &Demand) -> Result<ChannelLoads, NotComputed>;
}

/// The expected loads of a mixture of demands, each with its share of a terminal's flits (the shares usually
/// sum to 1).
///
/// Exact: it is the routing's own choice of directions that is asked, for every outcome of its draws.
///
/// # Errors
/// Where they would take too long.
///
/// # Panics
/// If a permutation does not give every terminal of the grid a destination on it.
pub fn channel_loads(
    routing: &impl Oblivious,
    mixture: &[(f64, Demand)],
) -> Result<ChannelLoads, NotComputed> {
    let mut total = ChannelLoads::none(routing.grid());
    for (share, demand) in mixture {
        total.add(&routing.loads(demand)?, *share);
    }
    Ok(total)
}

/// After how many positions of a dimension a routing looks the same: on a ring all are alike, or all of a parity.
fn period(grid: &Grid, half_way: HalfWay, dimension: usize) -> u32 {
    let side = grid.sides()[dimension];
    let has_ties = side.is_multiple_of(2);
    match (grid.is_ring(dimension), half_way) {
        (false, _) => side,
        (true, HalfWay::Parity) if has_ties => 2,
        (true, _) => 1,
    }
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
mod parts_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod walked_tests;
#[cfg(test)]
mod worst_case_tests;
