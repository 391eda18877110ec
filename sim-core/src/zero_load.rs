//! The latency of one packet alone in the fabric, by sending one through a row of switches.

use crate::engine::Engine;
use crate::{
    Candidate, Candidates, Census, Cycle, Draw, FlitTime, Link, NEVER, Network, NetworkError, Packet, Place,
    PortRef, Routing, Setup, Source, SwitchConfig,
};

/// Ports of the switches of the row: to the next, from the one before, terminal.
const NEXT: u8 = 0;
const PREVIOUS: u8 = 1;
const TERMINAL: u8 = 2;

/// Three ports of at most 64 virtual channels.
const WORDS: usize = 4;

/// Packet latency, in cycles of `flits` flits, alone, over `links` (latency and flit time of each link between
/// switches, in order; so `links.len() + 1` switches), from creation to arrival of the tail.
///
/// It is what the engine does, whatever the pipeline: with one-cycle stages, links of latency L and packets that
/// fit a buffer, `H (P + L) + 3 - L + (S - 1)` for H switches of P stages and S flits.
///
/// # Errors
/// Where no link can be like that (faster than a flit a cycle).
pub fn zero_load_latency(
    switch: &SwitchConfig,
    links: &[(u32, FlitTime)],
    flits: u16,
) -> Result<Cycle, NetworkError> {
    let network = row(links)?;
    let last = links.len() as u32;
    let silent = Single {
        packet: None,
        sent: false,
    };
    let mut sources = vec![silent; network.terminals().len()];
    let dest = sources.len() as u32 - 1;
    sources[0].packet = Some(Packet { dest, flits });
    let setup = Setup {
        network: &network,
        switch: *switch,
        routing: &AlongTheRow {
            last,
            vcs: switch.virtual_channels,
        },
        sources,
        seed: 0,
    };
    let mut engine = Engine::<_, _, WORDS>::new(setup, &[]);
    engine.meter.open(0, 0, 1, Census::default());
    while engine.meter.arrived() == 0 {
        engine.run_to(engine.now + 1);
    }
    Ok(engine.meter.summary(1).map_or(0, |latency| latency.max))
}

/// A row of switches with a terminal at either end.
fn row(links: &[(u32, FlitTime)]) -> Result<Network, NetworkError> {
    let last = links.len() as u32;
    let mut network = Network::builder(last + 1, 3)?;
    for (switch, &(latency, flit_time)) in (0..).zip(links) {
        let from = port(switch, NEXT);
        let to = port(switch + 1, PREVIOUS);
        network.link(Link {
            from,
            to,
            latency,
            flit_time,
        })?;
    }
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
    last: u32,
    vcs: u8,
}

impl Routing for AlongTheRow {
    fn route(&self, at: Place, _: u32, _: &mut impl Draw, out: &mut Candidates) {
        out.push(Candidate {
            port: if at.switch == self.last { TERMINAL } else { NEXT },
            first_vc: 0,
            vcs: self.vcs,
        });
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
        self.packet.unwrap_or(Packet { dest: 0, flits: 1 })
    }

    fn created_before(&self, end: Cycle) -> Census {
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
    use crate::VcReallocation;

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
        let links = vec![(latency as u32, FlitTime::ONE); hops as usize - 1];
        zero_load_latency(switch, &links, flits as u16).expect("a row of ordinary links")
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
        let fast = (2, FlitTime::ONE);
        let first = zero_load_latency(&switch, &[(2, slow), fast], 6).expect("ordinary links");
        let second = zero_load_latency(&switch, &[fast, (2, slow)], 6).expect("ordinary links");
        assert_eq!((first, second), (19 + 4 * 5 - 2 * 2, 19 + 4 * 5 - 2));
    }
}
