//! The latency of one packet alone in the fabric, by sending one through a row of switches.

use crate::engine::Engine;
use crate::width::with_width;
use crate::{
    Candidate, Candidates, Census, Cycle, Draw, Execution, FlitTime, Link, NEVER, Network, NetworkError,
    Packet, Place, PortBuffers, PortRef, Routing, Setup, Source, SwitchConfig,
};

/// A link between switches on the way of a packet, with the buffers behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathLink {
    /// Time of flight, in cycles.
    pub latency: u32,
    /// Time that a flit occupies it.
    pub flit_time: FlitTime,
    /// Of the input port that it feeds.
    pub buffers: PortBuffers,
}

/// The way of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The links between switches, in order; so `links.len() + 1` switches.
    pub links: Vec<PathLink>,
    /// Time of flight between terminals and switches, in cycles.
    pub terminal_latency: u32,
    /// Of the port that the packet comes in by.
    pub terminal_buffers: PortBuffers,
}

impl Path {
    /// `links` alike, and terminals with the same buffers one cycle away.
    pub fn of_like_links(links: usize, link: PathLink) -> Self {
        Self {
            links: vec![link; links],
            terminal_latency: 1,
            terminal_buffers: link.buffers,
        }
    }

    /// The different buffers of its links, each once.
    fn classes(&self) -> Vec<PortBuffers> {
        let mut classes: Vec<PortBuffers> = Vec::new();
        for link in &self.links {
            if !classes.contains(&link.buffers) {
                classes.push(link.buffers);
            }
        }
        classes
    }
}

/// The switches of the row have a port to the terminal, then for each class of buffers one onwards and one back.
const TERMINAL: u8 = 0;

fn onward(class: usize) -> u8 {
    1 + 2 * class as u8
}

fn back(class: usize) -> u8 {
    2 + 2 * class as u8
}

/// Packet latency, in cycles, of `flits` flits, alone, from creation to arrival of the tail.
///
/// It is what the engine does, whatever the pipeline: with one-cycle stages, links of latency L, terminals one cycle away and
/// packets that fit a buffer, `H (P + L) + 3 - L + (S - 1)` for H switches of P stages and S flits.
///
/// # Errors
/// Where no link can be like that (faster than a flit a cycle), or the path has more than 31 kinds of buffers.
pub fn zero_load_latency(switch: &SwitchConfig, path: &Path, flits: u16) -> Result<Cycle, NetworkError> {
    let classes = path.classes();
    let network = row(path, &classes)?;
    let silent = Single {
        packet: None,
        sent: false,
    };
    let mut sources = vec![silent; network.terminals().len()];
    let dest = sources.len() as u32 - 1;
    sources[0].packet = Some(Packet {
        dest,
        flits,
        class: 0,
    });
    let of_classes = classes.iter().flat_map(|&buffers| [buffers, buffers]);
    let buffers: Vec<_> = std::iter::once(path.terminal_buffers).chain(of_classes).collect();
    let channels = |of: &PortBuffers| of.virtual_channels;
    let switch = SwitchConfig {
        virtual_channels: buffers.iter().map(channels).max().unwrap_or(1),
        buffer_flits: buffers.iter().map(|of| of.buffer_flits).max().unwrap_or(1),
        ..*switch
    };
    let onward = path.links.iter().map(|link| {
        let class = classes.iter().position(|&c| c == link.buffers).unwrap_or(0);
        Candidate::new(onward(class), 0, link.buffers.virtual_channels)
    });
    let to_terminal = Candidate::new(TERMINAL, 0, path.terminal_buffers.virtual_channels);
    let ports = buffers.len();
    let setup = Setup {
        network: &network,
        switch,
        buffers,
        routing: &AlongTheRow {
            ways: onward.chain([to_terminal]).collect(),
        },
        sources,
        seed: 0,
        execution: Execution::default(),
    };
    Ok(with_width!(ports, &switch, W => latency_of_one::<W>(setup)))
}

fn latency_of_one<const W: usize>(setup: Setup<AlongTheRow, Single>) -> Cycle {
    std::thread::scope(|scope| {
        let mut engine = Engine::<_, _, W>::new(setup, &[], scope);
        engine.open_window(0, 1);
        while engine.arrived() == 0 {
            engine.run_to(engine.now + 1);
        }
        let (meter, _) = engine.into_results();
        meter.summary(1).map_or(0, |latency| latency.max)
    })
}

/// A row of switches with a terminal at either end.
fn row(path: &Path, classes: &[PortBuffers]) -> Result<Network, NetworkError> {
    let last = path.links.len() as u32;
    let mut network = Network::builder(last + 1, 1 + 2 * classes.len())?;
    for (switch, link) in (0..).zip(&path.links) {
        let class = classes.iter().position(|&c| c == link.buffers).unwrap_or(0);
        network.link(Link {
            from: port(switch, onward(class)),
            to: port(switch + 1, back(class)),
            latency: link.latency,
            flit_time: link.flit_time,
        })?;
    }
    network.terminal_latency(path.terminal_latency);
    network.terminal(port(0, TERMINAL))?;
    if last > 0 {
        network.terminal(port(last, TERMINAL))?;
    }
    network.build()
}

fn port(switch: u32, port: u8) -> PortRef {
    PortRef { switch, port }
}

struct AlongTheRow {
    /// By switch.
    ways: Vec<Candidate>,
}

impl Routing for AlongTheRow {
    fn route(&self, at: Place, _: u32, _: &mut u32, _: &mut impl Draw, out: &mut Candidates) {
        out.push(self.ways[at.switch as usize]);
    }

    fn max_candidates(&self) -> usize {
        1
    }
}

/// One packet in cycle 0, or none.
#[derive(Clone, Copy)]
struct Single {
    packet: Option<Packet>,
    sent: bool,
}

impl Source for Single {
    fn next_creation(&self) -> Cycle {
        if self.packet.is_some() && !self.sent {
            0
        } else {
            NEVER
        }
    }

    fn create(&mut self) -> Packet {
        self.sent = true;
        self.packet.unwrap_or(Packet {
            dest: 0,
            flits: 1,
            class: 0,
        })
    }

    fn created_before(&mut self, end: Cycle) -> Census {
        let one = |packet: Packet| Census {
            packets: 1,
            flits: packet.flits.into(),
        };
        self.packet.filter(|_| end > 0).map_or(Census::default(), one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Switching, VcReallocation};

    /// BookSim2's latency of a lone packet: H switches, P stages, links of L cycles, S flits, B buffer flits. A packet
    /// longer than a buffer waits for credits, which take 2 (1 + L) + 1 + `credit_delay` cycles to come round.
    fn formula(switch: &SwitchConfig, hops: u64, latency: u64, flits: u64) -> u64 {
        let mut stages = u64::from(switch.routing_delay)
            + u64::from(switch.vc_alloc_delay)
            + u64::from(switch.sw_alloc_delay)
            + u64::from(switch.traversal_delay());
        if switch.speculative {
            stages -= 1;
        }
        let buffer = u64::from(switch.buffer_flits);
        let round = 2 * (1 + latency) + 1 + u64::from(switch.credit_delay);
        let refills = flits.div_ceil(buffer) - 1;
        hops * (stages + latency) + 3 - latency + (flits - 1) + refills * round.saturating_sub(buffer)
    }

    fn measured(switch: &SwitchConfig, hops: u64, latency: u64, flits: u64) -> u64 {
        let path = Path::of_like_links(hops as usize - 1, link(switch, latency as u32, FlitTime::ONE));
        zero_load_latency(switch, &path, flits as u16).expect("a row of ordinary links")
    }

    fn link(switch: &SwitchConfig, latency: u32, flit_time: FlitTime) -> PathLink {
        PathLink {
            latency,
            flit_time,
            buffers: switch.port_buffers(),
        }
    }

    #[test]
    fn agrees_with_booksim2() {
        let mut checked = 0;
        for (routing_delay, speculative) in [(1, false), (0, false), (1, true), (0, true)] {
            for credit_delay in [0, 2] {
                for buffer_flits in [4, 8, 32] {
                    for vc_reallocation in [VcReallocation::NonAtomic, VcReallocation::Atomic] {
                        let switch = SwitchConfig {
                            routing_delay,
                            speculative,
                            credit_delay,
                            buffer_flits,
                            vc_reallocation,
                            ..SwitchConfig::default()
                        };
                        for (hops, latency, flits) in (2..9)
                            .flat_map(|h| (1..4).flat_map(move |l| [1, 4, 7, 20, 64].map(|s| (h, l, s))))
                        {
                            let expected = formula(&switch, hops, latency, flits);
                            let found = measured(&switch, hops, latency, flits);
                            assert_eq!(
                                found, expected,
                                "{hops} switches, links of {latency}, {flits} flits, {switch:?}"
                            );
                            checked += 1;
                        }
                    }
                }
            }
        }
        assert_eq!(checked, 48 * 105);
    }

    /// A packet to the same switch crosses the two terminal links only.
    #[test]
    fn within_a_switch() {
        let switch = SwitchConfig::default();
        assert_eq!(measured(&switch, 1, 1, 1), 7);
        assert_eq!(measured(&switch, 1, 1, 8), 14);
    }

    /// Two passes a cycle halve a pipeline of four one-cycle stages: 4 H + 1 over links of two cycles.
    #[test]
    fn internal_speedup_halves_the_pipeline() {
        let switch = SwitchConfig {
            internal_speedup: 2,
            ..SwitchConfig::default()
        };
        for hops in 1..8 {
            assert_eq!(measured(&switch, hops, 2, 1), 4 * hops + 1);
        }
    }

    /// Longer stages add what they last.
    #[test]
    fn longer_stages() {
        let one = |change: fn(&mut SwitchConfig)| {
            let mut switch = SwitchConfig::default();
            change(&mut switch);
            measured(&switch, 5, 2, 1)
        };
        assert_eq!(one(|_| {}), 31);
        assert_eq!(one(|s| s.routing_delay = 3), 41);
        assert_eq!(one(|s| s.vc_alloc_delay = 2), 36);
        assert_eq!(one(|s| s.sw_alloc_delay = 4), 46);
        assert_eq!(one(|s| s.st_prepare_delay = 1), 36);
        assert_eq!(one(|s| s.st_final_delay = 3), 41);
    }

    /// A slow link spaces flits, here four cycles apart. In each switch behind it the tail, which needs no route and
    /// no virtual channel, gains the two cycles of those stages on the head.
    #[test]
    fn a_slow_link_spaces_the_flits() {
        let switch = SwitchConfig::default();
        let slow = FlitTime {
            numerator: 4,
            denominator: 1,
        };
        let (slow, fast) = (link(&switch, 2, slow), link(&switch, 2, FlitTime::ONE));
        let over = |links: [PathLink; 2]| {
            let path = Path {
                links: links.to_vec(),
                ..Path::of_like_links(0, fast)
            };
            zero_load_latency(&switch, &path, 6).expect("ordinary links")
        };
        let (first, second) = (over([slow, fast]), over([fast, slow]));
        assert_eq!((first, second), (19 + 4 * 5 - 2 * 2, 19 + 4 * 5 - 2));
    }

    /// Each switch waits for the tail, and so does the destination.
    #[test]
    fn store_and_forward_waits_for_the_tail_in_every_switch() {
        let switch = SwitchConfig {
            switching: Switching::StoreAndForward,
            buffer_flits: 32,
            ..SwitchConfig::default()
        };
        for (hops, flits) in (1..6).flat_map(|hops| [1, 4, 32].map(|flits| (hops, flits))) {
            let alone = measured(&switch, hops, 2, 1);
            assert_eq!(
                measured(&switch, hops, 2, flits),
                alone + (hops + 1) * (flits - 1)
            );
        }
    }

    /// With both allocations at once and lookahead, a switch has two stages, and flits follow each other whatever packet
    /// they are of.
    #[test]
    fn both_allocations_at_once_save_a_stage() {
        let switch = SwitchConfig {
            combined_allocation: true,
            routing_delay: 0,
            ..SwitchConfig::default()
        };
        for hops in 1..6 {
            assert_eq!(measured(&switch, hops, 1, 1), 3 * hops + 2);
            assert_eq!(measured(&switch, hops, 1, 8), 3 * hops + 2 + 7);
        }
    }

    /// Terminals on the switch's own chip: the switches and the flits are all that takes time.
    #[test]
    fn terminals_without_a_link() {
        let switch = SwitchConfig::default();
        let link = link(&switch, 1, FlitTime::ONE);
        for links in 0..5 {
            let path = Path {
                terminal_latency: 0,
                ..Path::of_like_links(links, link)
            };
            let found = zero_load_latency(&switch, &path, 6).expect("ordinary links");
            assert_eq!(found, 4 * (links as u64 + 1) + links as u64 + 6);
        }
    }

    /// From a slow link to a fast one the packet is stored, so that the fast one carries it without a gap; from a fast
    /// one to a slow one it is not.
    #[test]
    fn cut_through_stores_where_the_way_on_is_faster() {
        let switch = SwitchConfig {
            switching: Switching::CutThrough,
            combined_allocation: true,
            routing_delay: 0,
            buffer_flits: 32,
            ..SwitchConfig::default()
        };
        let slow = FlitTime {
            numerator: 4,
            denominator: 1,
        };
        let (slow, fast) = (link(&switch, 1, slow), link(&switch, 1, FlitTime::ONE));
        let over = |links: Vec<PathLink>, flits: u16| {
            let path = Path {
                links,
                ..Path::of_like_links(0, fast)
            };
            zero_load_latency(&switch, &path, flits).expect("ordinary links")
        };
        let head = |links: u64| 3 * (links + 1) + 2;
        // The tail leaves the slow link 4 x 9 cycles after the head; then the whole packet follows at a flit a cycle.
        assert_eq!(over(vec![slow, fast, fast], 10), head(3) + 36 + 9);
        // The terminal takes a flit a cycle, too: the packet is stored before it.
        assert_eq!(over(vec![fast, fast, slow], 10), head(3) + 36 + 9);
        assert_eq!(over(vec![fast, fast, fast], 10), head(3) + 9);
    }

    /// A link with a buffer of one flit behind it carries a flit a loop of credits; the others go on as they do.
    #[test]
    fn short_buffers_hold_up_only_their_own_link() {
        let switch = SwitchConfig::default();
        let deep = link(&switch, 1, FlitTime::ONE);
        let shallow = PathLink {
            buffers: PortBuffers {
                virtual_channels: 2,
                buffer_flits: 1,
            },
            ..deep
        };
        let over = |links: Vec<PathLink>| {
            let path = Path {
                links,
                ..Path::of_like_links(0, deep)
            };
            zero_load_latency(&switch, &path, 8).expect("ordinary links")
        };
        // A credit comes round in 2 (1 + 1) + 1 cycles; the head's takes two more, since that waits for a route and a
        // virtual channel. As behind a slow link, in each switch the tail gains these two on the head.
        let head = 3 * 5 + 2;
        let tail = 5 * 7 + 2;
        assert_eq!(over(vec![deep, deep]), head + 7);
        assert_eq!(over(vec![deep, shallow]), head + tail - 2);
        assert_eq!(over(vec![shallow, deep]), head + tail - 4);
    }
}
