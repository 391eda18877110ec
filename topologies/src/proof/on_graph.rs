//! Whether a routing on a fabric of any graph can deadlock.

use fabricsim_core::Routing;

use super::{Proof, escape, path};
use crate::ChannelDependencyGraph;
use crate::graph::WiredGraph;

/// Follows every packet of a routing whose ports all have `virtual_channels`: proved where the channels that packets
/// wait for have no cycle (Dally & Seitz 1987).
pub fn prove_every_route(wired: &WiredGraph, routing: &impl Routing, virtual_channels: u8) -> Proof {
    let network = wired.network();
    let by_port = vec![virtual_channels; usize::from(network.ports())];
    let graph = ChannelDependencyGraph::new(network, routing, &by_port);
    match graph.cycle() {
        Some(cycle) => Proof::Deadlock {
            summary: format!("packets can wait for each other around {} channels", cycle.len()),
            path: path(wired, &cycle),
            cycle,
            help: "more virtual channels may break the cycle".to_owned(),
        },
        None => Proof::Proved {
            argument: format!(
                "over every route between {} terminals, {} channels with {} dependencies have no cycle",
                wired.terminals(),
                graph.channels(),
                graph.dependencies(),
            ),
        },
    }
}

/// Duato's condition (1993) for a routing whose ports all have `virtual_channels`: proved where every packet may escape by a
/// way of the second rank, and the channels of those ways have no cycle of direct or indirect dependencies. Holds for
/// `WholePacketFits` and `Atomic` reallocation, under which a packet's head comes to stand in front of its buffer whatever
/// else waits.
pub fn prove_with_escape(wired: &WiredGraph, routing: &impl Routing, virtual_channels: u8) -> Proof {
    let network = wired.network();
    let by_port = vec![virtual_channels; usize::from(network.ports())];
    let why = format!(
        "a packet in front of a buffer may always escape (Duato 1993): over every route between {} terminals",
        wired.terminals(),
    );
    escape::prove_on(wired, network, routing, &by_port, &why)
}
