//! The families, a file each.

mod complete_graph;
mod dragonfly;
mod flattened_butterfly;
mod grid;
mod hypercube;
mod hyperx;
mod k_ary_n_tree;
mod ring;
#[cfg(test)]
mod tests;

use super::builder::{GraphBuilder, GraphError};
use super::fabric_graph::{End, Link};
use super::family::Impossible;

pub use complete_graph::CompleteGraph;
pub use dragonfly::{Arrangement, Dragonfly};
pub use flattened_butterfly::FlattenedButterfly;
pub use grid::GridFabric;
pub use hypercube::Hypercube;
pub use hyperx::HyperX;
pub use k_ary_n_tree::KAryNTree;
pub use ring::Ring;

/// A link of an abstract fabric: a cycle long, a flit a cycle.
fn abstract_link(a: (u32, u32), b: (u32, u32)) -> Link {
    Link {
        ends: [a, b].map(|(switch, port)| End { switch, port }),
        latency: 1.0,
        rate: 1.0,
    }
}

/// Puts `count` terminals on the ports of a switch from `first` on.
fn add_terminals(builder: &mut GraphBuilder, switch: u32, first: u32, count: u32) -> Result<(), GraphError> {
    for port in first..first + count {
        builder.terminal(End { switch, port })?;
    }
    Ok(())
}

/// Refuses a switch without terminals; `nearest` is the fabric with one.
fn check_terminals(parameter: &'static str, terminals: u32, nearest: String) -> Result<(), Impossible> {
    match terminals {
        0 => Err(Impossible::new(parameter, "a switch needs at least one terminal").nearest([nearest])),
        _ => Ok(()),
    }
}

/// `[8, 8]`.
fn listed(numbers: &[u32]) -> String {
    let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
    format!("[{}]", numbers.join(", "))
}

/// `, terminals_per_switch: 2`; nothing of one, the default.
fn terminals_field(terminals: u32) -> String {
    match terminals {
        1 => String::new(),
        _ => format!(", terminals_per_switch: {terminals}"),
    }
}

/// `8x8`.
fn by(sides: &[u32]) -> String {
    let sides: Vec<String> = sides.iter().map(u32::to_string).collect();
    sides.join("x")
}

/// ` with 2 terminals a switch`; nothing of one.
fn terminals_in_words(terminals: u32) -> String {
    match terminals {
        1 => String::new(),
        _ => format!(" with {terminals} terminals a switch"),
    }
}
