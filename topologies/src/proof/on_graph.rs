//! Whether a routing on a fabric of any graph can deadlock.

use fabricsim_core::Routing;

use super::Proof;
use crate::graph::WiredGraph;
use crate::{Channel, ChannelDependencyGraph};

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

fn path(wired: &WiredGraph, cycle: &[Channel]) -> String {
    let switches = cycle.iter().chain(cycle.first());
    let names: Vec<&str> = switches
        .map(|channel| wired.switch_name(channel.from.switch))
        .collect();
    names.join(" → ")
}
