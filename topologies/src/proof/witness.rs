//! Packets that wait for each other in a cycle.

use fabricsim_core::{Network, Routing};

use super::Names;
use crate::Channel;
use crate::walk::{Answer, Walk};

/// A packet of a deadlock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The terminal that it comes from.
    pub source: u32,
    /// The terminal that it goes to.
    pub dest: u32,
    /// A channel that it may be in on its way.
    pub holds: Channel,
    /// The only one that it then may go on by.
    pub waits_for: Channel,
    /// All that in a line.
    pub words: String,
}

/// A packet for each channel of a cycle, which holds it and waits for the next alone: one that is injected beside the channel
/// where there is such a one, so that nothing keeps it from its place.
pub(super) fn of_cycle(
    names: &impl Names,
    network: &Network,
    routing: &impl Routing,
    vcs: &[u8],
    cycle: &[Channel],
) -> Vec<Witness> {
    let mut walk = Walk::new(network, routing, vcs);
    let next = cycle.iter().cycle().skip(1);
    let waits = cycle.iter().zip(next);
    let of_wait = |(&holds, &waits_for): (&Channel, &Channel)| {
        let (source, dest) = find(&mut walk, network, holds, waits_for)?;
        Some(Witness {
            source,
            dest,
            holds,
            waits_for,
            words: format!(
                "a packet from terminal {source} to terminal {dest} holds {} and waits for {}",
                in_words(names, network, holds),
                in_words(names, network, waits_for),
            ),
        })
    };
    waits.filter_map(of_wait).collect()
}

/// Source and destination of a packet that holds one channel and waits for another alone.
fn find(
    walk: &mut Walk<impl Routing>,
    network: &Network,
    holds: Channel,
    waits_for: Channel,
) -> Option<(u32, u32)> {
    let end = network.link(holds.from)?.to;
    let is_one = |answer: &Answer| {
        let vcs = holds.first_vc..holds.first_vc + holds.vcs;
        let [way] = answer.ways[..] else { return false };
        answer.standing.at == end
            && vcs.contains(&answer.standing.vc)
            && (way.port, way.first_vc, way.vcs) == (waits_for.from.port, waits_for.first_vc, waits_for.vcs)
    };
    let terminals = || (0..).zip(network.terminals());
    let beside = terminals().filter(|(_, at)| at.switch == holds.from.switch);
    let beside: Vec<u32> = beside.map(|(terminal, _)| terminal).collect();
    let all: Vec<u32> = terminals().map(|(terminal, _)| terminal).collect();
    for sources in [beside, all] {
        for dest in 0..network.terminals().len() as u32 {
            let mut found = None;
            walk.packets(sources.iter().copied(), dest, |answer| {
                if found.is_none() && is_one(answer) {
                    found = Some((answer.source, dest));
                }
            });
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

/// `port 1 of a to b, virtual channel 0`.
fn in_words(names: &impl Names, network: &Network, channel: Channel) -> String {
    let Channel { from, first_vc, vcs } = channel;
    let to = network.link(from).map_or(String::new(), |link| {
        format!(" to {}", names.switch(link.to.switch))
    });
    let virtual_channels = match vcs {
        1 => format!("virtual channel {first_vc}"),
        _ => format!("virtual channels {first_vc} to {}", first_vc + vcs - 1),
    };
    format!(
        "{} of {}{to}, {virtual_channels}",
        names.port(from),
        names.switch(from.switch)
    )
}
