//! Whether a routing can deadlock, and why.

mod bubble;
mod dimension_order;
mod escape;
mod on_graph;
mod parts;
mod shortened;
mod turns;
mod witness;

use fabricsim_core::{FlitTime, Network, PortRef, Routing};

use crate::graph::WiredGraph;
use crate::{Channel, ChannelDependencyGraph, Grid, GridChannels};

pub use on_graph::{prove_every_route, prove_with_escape};
pub use witness::Witness;

/// A proof by every route asks a routing up to so many questions: a minute or so.
const MOST_QUESTIONS: u64 = 1 << 31;

fn too_many_questions() -> String {
    format!("its routes are too many to be followed: more than {MOST_QUESTIONS} places and outcomes")
}

/// A cycle is written out up to this many switches.
const FULL_PATH: usize = 10;

/// What is known about deadlock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It cannot deadlock.
    Proved {
        /// Why, in words: what was looked at, and how much of it.
        argument: String,
    },
    /// It can.
    Deadlock {
        /// What is wrong, in a line.
        summary: String,
        /// The channels that can wait for each other: each for the next, the last for the first.
        cycle: Vec<Channel>,
        /// Their switches by name and in order, back to the first: `(0,0) → (1,0) → … → (7,0) → (0,0)`.
        path: String,
        /// For each channel of the cycle a packet that holds it and waits for the next; none where the cycle is known by
        /// the pattern of a grid.
        packets: Vec<Witness>,
        /// What to do about it, in a line.
        help: String,
    },
    /// What would have ruled it out does not hold; whether it can is open.
    NotProved {
        /// What does not hold, and where.
        reason: String,
    },
}

impl Proof {
    /// With what breaks the cycle, if there is one: `3 virtual channels break it`.
    pub fn broken_by(mut self, change: &str) -> Self {
        match &mut self {
            Self::Proved { .. } => {}
            Self::Deadlock { help, .. } => *help = format!("{change}; {ALL_THE_SAME}"),
            Self::NotProved { reason } => *reason = format!("{reason}; {change}"),
        }
        self
    }
}

/// What runs a fabric that can deadlock.
const ALL_THE_SAME: &str = "`allow_deadlock: true` runs it all the same";

/// A routing that knows by which argument it is free of deadlock. The premises on switching and reallocation, which each
/// routing names, are not looked at.
pub trait Provable {
    /// Looks whether the argument holds, by asking the very routing that runs.
    fn prove(&self) -> Proof;
}

/// Whether a routing can deadlock.
pub fn prove(routing: &impl Provable) -> Proof {
    routing.prove()
}

/// The links of a grid; what they are like does not matter here.
fn network(grid: &Grid) -> Network {
    grid.network(1, FlitTime::ONE)
        .expect("every grid has a network of links of a flit a cycle")
}

fn every_route(grid: &Grid, routing: &impl Routing, channels: &GridChannels) -> ChannelDependencyGraph {
    ChannelDependencyGraph::new(&network(grid), routing, &channels.by_port(grid))
}

/// What an acyclic graph says of every route.
fn over_every_route(grid: &Grid, graph: &ChannelDependencyGraph) -> String {
    format!(
        "over every route between {} terminals, {} channels with {} dependencies have no cycle",
        grid.terminals(),
        graph.channels(),
        graph.dependencies(),
    )
}

/// How people call the parts of a fabric.
trait Names {
    fn switch(&self, switch: u32) -> String;

    /// A port of a switch, without the switch.
    fn port(&self, at: PortRef) -> String;
}

impl Names for Grid {
    fn switch(&self, switch: u32) -> String {
        self.switch_name(switch)
    }

    fn port(&self, at: PortRef) -> String {
        self.port_name(at.port)
    }
}

impl Names for WiredGraph {
    fn switch(&self, switch: u32) -> String {
        self.switch_name(switch).to_owned()
    }

    /// `port 3`, by its number in the graph.
    fn port(&self, at: PortRef) -> String {
        format!("port {}", self.end(at).port)
    }
}

/// A graph with a cycle that proves nothing yet: packets need not be able to hold all of it at once.
fn not_proved(names: &impl Names, what: &str, cycle: &[Channel]) -> Proof {
    Proof::NotProved {
        reason: format!("{what} have a cycle: {}", path(names, cycle)),
    }
}

fn path(names: &impl Names, cycle: &[Channel]) -> String {
    let name = |channel: &Channel| names.switch(channel.from.switch);
    let mut names: Vec<String> = if cycle.len() <= FULL_PATH {
        cycle.iter().map(name).collect()
    } else {
        let mut shown: Vec<String> = cycle[..3].iter().map(name).collect();
        shown.push("…".to_owned());
        shown.push(name(&cycle[cycle.len() - 1]));
        shown
    };
    names.push(name(&cycle[0]));
    names.join(" → ")
}

#[cfg(test)]
mod broken_tests;
