//! Whether a routing on a fabric of any graph can deadlock.

use fabricsim_core::Routing;

use super::{ALL_THE_SAME, MOST_QUESTIONS, Proof, escape, not_proved, path, too_many_questions, witness};
use crate::ChannelDependencyGraph;
use crate::channel_dependency::Cycle;
use crate::graph::WiredGraph;

/// Follows every packet of a routing whose ports all have `virtual_channels`.
///
/// Proved where the channels that packets wait for have no cycle (Dally & Seitz 1987). Deadlock is shown where they have one
/// of packets each of which waits for the next alone, in whichever virtual channel it is: if all of them come to be in
/// their places at once, none leaves again. (That they can come there is argued by Dally & Seitz for packets that only
/// have to be routed so; a fabric whose packets never meet so, as those of Schwiebert 1997, is not told from others.)
/// Not proved where each cycle has packets that may go on by other ways.
///
/// Asks everywhere; where the routing says that the terminals of a switch are alike
/// ([`Routing::terminals_are_alike`]), from and to one of each switch.
pub fn prove_every_route(wired: &WiredGraph, routing: &impl Routing, virtual_channels: u8) -> Proof {
    let network = wired.network();
    let by_port = vec![virtual_channels; usize::from(network.ports())];
    let Some(graph) = ChannelDependencyGraph::within(network, routing, &by_port, MOST_QUESTIONS) else {
        let reason = too_many_questions();
        return Proof::NotProved { reason };
    };
    if let Some(cycle) = graph.deadlock() {
        return deadlock(wired, routing, &by_port, cycle);
    }
    match graph.cycle() {
        Some(cycle) => not_proved(
            wired,
            "the channels that its packets wait for, though not for them alone,",
            &cycle.channels,
        ),
        None => Proof::Proved {
            argument: format!(
                "{}, {} channels with {} dependencies have no cycle",
                over_every_route(wired, routing),
                graph.channels(),
                graph.dependencies(),
            ),
        },
    }
}

/// Duato's condition (1993) for a routing whose ports all have `virtual_channels`.
///
/// Proved where every packet may escape by a way of the second rank, and the channels of those ways have no cycle of direct
/// or indirect dependencies. Holds for `WholePacketFits` and `Atomic` reallocation, under which a packet's head comes to
/// stand in front of its buffer whatever else waits.
///
/// Takes time proportional to the virtual channels: of several that the routing does not tell apart one can stand for all.
pub fn prove_with_escape(wired: &WiredGraph, routing: &impl Routing, virtual_channels: u8) -> Proof {
    let network = wired.network();
    let by_port = vec![virtual_channels; usize::from(network.ports())];
    let why = format!(
        "a packet in front of a buffer may always escape (Duato 1993): {}",
        over_every_route(wired, routing),
    );
    escape::prove_on(wired, network, routing, &by_port, &why)
}

/// `over every route between 64 terminals`.
fn over_every_route(wired: &WiredGraph, routing: &impl Routing) -> String {
    let alike = match routing.terminals_are_alike() {
        true => ", those of a switch being alike",
        false => "",
    };
    format!("over every route between {} terminals{alike}", wired.terminals())
}

fn deadlock(wired: &WiredGraph, routing: &impl Routing, vcs: &[u8], cycle: Cycle) -> Proof {
    let Cycle {
        channels: cycle,
        is_shortest,
    } = cycle;
    let how_short = match is_shortest {
        true => "no cycle is shorter",
        false => "the shortest cycle that was found",
    };
    Proof::Deadlock {
        summary: format!(
            "packets can wait for each other around {} channels, {how_short}",
            cycle.len()
        ),
        path: path(wired, &cycle),
        packets: witness::of_cycle(wired, wired.network(), routing, vcs, &cycle),
        help: ALL_THE_SAME.to_owned(),
        cycle,
    }
}
