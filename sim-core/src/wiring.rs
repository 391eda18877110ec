//! The fabric's links as a flat table that the pipeline looks up.

use prefetch_index::prefetch_index;

use crate::event::{CreditArrival, FlitArrival};
use crate::flit::Flit;
use crate::{Cycle, FlitTime, Network, PortRef, SwitchConfig};

/// One end of a link: a switch, or number of switches + terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub node: u32,
    /// Number of the first of its port's virtual channels: port x virtual channels, 0 of a terminal.
    pub first: u16,
    /// What has to be added to the number of a virtual channel at this end of the link, modulo 2^16, to get its number at
    /// that end.
    pub shift: u16,
}

/// Where nothing is connected.
const NOWHERE: Endpoint = Endpoint {
    node: u32::MAX,
    first: 0,
    shift: 0,
};

impl Endpoint {
    /// The number at this end of the virtual channel that has number `unit` at the other.
    #[inline(always)]
    pub fn unit(self, unit: usize) -> u16 {
        (unit as u16).wrapping_add(self.shift)
    }
}

/// What is connected to one port of a switch.
#[derive(Clone, Copy, Debug)]
pub struct Port {
    /// The input at the far end of its output.
    pub feeds: Endpoint,
    /// The output at the far end of its input, which gets its credits.
    pub fed_by: Endpoint,
    /// Cycles from a flit's last in the switch to its arrival at the far end.
    pub flit_flight: u32,
    /// Cycles from a place becoming free to its use as a credit at the far end.
    pub credit_flight: u32,
}

impl Port {
    /// The arrival of a flit that leaves by virtual channel `unit`.
    #[inline(always)]
    pub fn arrival(&self, unit: usize, flit: Flit) -> FlitArrival {
        FlitArrival {
            node: self.feeds.node,
            unit: self.feeds.unit(unit),
            flit,
        }
    }

    /// The arrival of a credit for a place in virtual channel `unit`.
    #[inline(always)]
    pub fn credit(&self, unit: usize) -> CreditArrival {
        CreditArrival {
            node: self.fed_by.node,
            output: self.fed_by.unit(unit),
        }
    }
}

/// Links by (switch x ports + port), and by terminal.
#[derive(Debug)]
pub struct Wiring {
    pub switches: u32,
    pub ports: usize,
    by_port: Vec<Port>,
    /// The switch input that each terminal feeds.
    entries: Vec<Endpoint>,
    /// The same of flits that a terminal sends, and of its credits.
    pub injection_flight: u32,
    pub ejection_credit_flight: u32,
    /// Flit time of each output port's link; empty if all carry a flit a cycle.
    flit_time: Vec<FlitTime>,
}

impl Wiring {
    pub fn new(network: &Network, config: &SwitchConfig) -> Self {
        let (switches, ports) = (network.switches(), usize::from(network.ports()));
        let slots = switches as usize * ports;
        let vcs = u16::from(config.virtual_channels);
        // Seen from a port, or from a terminal, whose virtual channels count from 0.
        let end = |node, port: u8, from: u8| Endpoint {
            node,
            first: u16::from(port) * vcs,
            shift: (u16::from(port) * vcs).wrapping_sub(u16::from(from) * vcs),
        };
        let credit_delay = u32::from(config.credit_delay);
        let near = 1 + network.terminal_latency();
        let unconnected = Port {
            feeds: NOWHERE,
            fed_by: NOWHERE,
            flit_flight: near,
            credit_flight: near,
        };
        let mut wiring = Self {
            switches,
            ports,
            by_port: vec![unconnected; slots],
            entries: network
                .terminals()
                .iter()
                .map(|at| end(at.switch, at.port, 0))
                .collect(),
            injection_flight: near,
            ejection_credit_flight: near + credit_delay,
            flit_time: Vec::new(),
        };
        for link in network.links() {
            let (from, to) = (wiring.slot_of(link.from), wiring.slot_of(link.to));
            wiring.by_port[from].feeds = end(link.to.switch, link.to.port, link.from.port);
            wiring.by_port[from].flit_flight = 1 + link.latency;
            wiring.by_port[to].fed_by = end(link.from.switch, link.from.port, link.to.port);
            wiring.by_port[to].credit_flight = 1 + link.latency + credit_delay;
            if link.flit_time != FlitTime::ONE {
                wiring.flit_time.resize(slots, FlitTime::ONE);
                wiring.flit_time[from] = link.flit_time;
            }
        }
        for (terminal, at) in network.terminals().iter().enumerate() {
            let slot = wiring.slot_of(*at);
            let node = end(switches + terminal as u32, 0, at.port);
            wiring.by_port[slot].feeds = node;
            wiring.by_port[slot].fed_by = node;
        }
        wiring
    }

    /// Number of a port among those of all switches.
    #[inline]
    pub fn slot(&self, switch: usize, port: usize) -> usize {
        switch * self.ports + port
    }

    /// The same of a port by its name.
    pub fn slot_of(&self, at: PortRef) -> usize {
        self.slot(at.switch as usize, at.port.into())
    }

    /// What is connected to a port.
    #[inline(always)]
    pub fn at(&self, switch: usize, port: usize) -> &Port {
        &self.by_port[switch * self.ports + port]
    }

    /// Fetches what is connected to a port, by its number among those of all switches, into the cache.
    #[inline(always)]
    pub fn fetch(&self, slot: usize) {
        prefetch_index(&self.by_port, slot);
    }

    /// What is connected to the ports of a switch.
    #[inline(always)]
    pub fn of_switch(&self, switch: usize) -> &[Port] {
        &self.by_port[switch * self.ports..][..self.ports]
    }

    /// The switch input at the far end of a terminal's injection link.
    #[inline]
    pub fn entry(&self, terminal: usize) -> Endpoint {
        self.entries[terminal]
    }

    /// The link behind output port `to` is faster than the one that feeds input port `from`.
    pub fn speeds_up(&self, switch: usize, (from, to): (usize, usize), vcs: usize) -> bool {
        let into = self.at(switch, from).fed_by;
        let ingress = if self.is_terminal(into.node) {
            FlitTime::ONE
        } else {
            self.flit_time(self.slot(into.node as usize, usize::from(into.first) / vcs))
        };
        self.flit_time(self.slot(switch, to)).is_shorter_than(ingress)
    }

    /// Flit time of the link behind output `slot`.
    #[inline]
    pub fn flit_time(&self, slot: usize) -> FlitTime {
        self.flit_time.get(slot).copied().unwrap_or(FlitTime::ONE)
    }

    /// Some link is slower than a flit a cycle.
    #[inline]
    pub fn has_slow_links(&self) -> bool {
        !self.flit_time.is_empty()
    }

    /// The lowest port that any switch uses.
    pub fn first_port(&self) -> usize {
        let used = |&port: &usize| {
            let mut of_switches = self.by_port.iter().skip(port).step_by(self.ports);
            of_switches.any(|port| port.fed_by != NOWHERE)
        };
        (0..self.ports).find(used).unwrap_or(0)
    }

    /// Longest flight of a flit or credit, in cycles.
    pub fn max_latency(&self) -> u32 {
        self.by_port
            .iter()
            .map(|port| port.flit_flight - 1)
            .max()
            .unwrap_or(0)
    }

    /// Longest time that a flit occupies a link, in cycles.
    pub fn max_flit_time(&self) -> Cycle {
        let whole = |time: &FlitTime| Cycle::from(time.numerator.div_ceil(time.denominator));
        self.flit_time.iter().map(whole).max().unwrap_or(1)
    }

    #[inline]
    pub fn is_terminal(&self, node: u32) -> bool {
        node >= self.switches
    }

    /// Bytes of the tables for so many output ports and terminals.
    pub fn bytes(slots: usize, terminals: usize, slow_links: bool) -> usize {
        let flit_times = if slow_links { size_of::<FlitTime>() } else { 0 };
        slots * (size_of::<Port>() + flit_times) + terminals * size_of::<Endpoint>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_fabric::{PORTS, pair, port};

    const SLOW: FlitTime = FlitTime {
        numerator: 7,
        denominator: 3,
    };

    fn wiring(flit_time: FlitTime) -> Wiring {
        let config = SwitchConfig {
            virtual_channels: 4,
            credit_delay: 1,
            ..SwitchConfig::default()
        };
        Wiring::new(&pair(flit_time), &config)
    }

    /// Ends are numbered by the first of four virtual channels of their port.
    #[test]
    fn links_lead_there_and_back() {
        let wiring = wiring(FlitTime::ONE);
        // `from`: the number of the first virtual channel at this end.
        let end = |node, first: u16, from: u16| Endpoint {
            node,
            first,
            shift: first.wrapping_sub(from),
        };
        for (switch, other) in [(0, 1), (1, 0)] {
            let [unused, input, terminal, output] = wiring.of_switch(switch) else {
                panic!("four ports");
            };
            assert_eq!((output.feeds, output.fed_by), (end(other, 4, 12), NOWHERE));
            assert_eq!((input.feeds, input.fed_by), (NOWHERE, end(other, 12, 4)));
            let node = end(2 + switch as u32, 0, 8);
            assert_eq!((terminal.feeds, terminal.fed_by), (node, node));
            assert_eq!((unused.feeds, unused.fed_by), (NOWHERE, NOWHERE));
            assert_eq!(wiring.entry(switch), end(switch as u32, 8, 0));
            assert_eq!((output.feeds.unit(13), input.fed_by.unit(5)), (5, 13));
        }
        assert!(!wiring.is_terminal(1) && wiring.is_terminal(2));
    }

    /// Links of three cycles and of five, terminals of two; credits are used a cycle after they arrive.
    #[test]
    fn flights_take_their_links_time() {
        let wiring = wiring(FlitTime::ONE);
        assert_eq!(
            (wiring.at(0, 3).flit_flight, wiring.at(1, 1).credit_flight),
            (4, 5)
        );
        assert_eq!(
            (wiring.at(1, 3).flit_flight, wiring.at(0, 1).credit_flight),
            (6, 7)
        );
        for switch in 0..2 {
            let terminal = wiring.at(switch, 2);
            assert_eq!((terminal.flit_flight, terminal.credit_flight), (3, 3));
        }
        assert_eq!((wiring.injection_flight, wiring.ejection_credit_flight), (3, 4));
        assert_eq!(wiring.max_latency(), 5);
    }

    #[test]
    fn ports_are_numbered_switch_by_switch() {
        let wiring = wiring(FlitTime::ONE);
        assert_eq!(wiring.slot_of(port(1, 3)), PORTS + 3);
        assert_eq!(wiring.slot(1, 3), PORTS + 3);
        assert_eq!(wiring.at(1, 3).feeds, wiring.of_switch(1)[3].feeds);
        assert_eq!(wiring.first_port(), 1, "nobody uses port 0");
    }

    #[test]
    fn one_slow_link_is_slow_alone() {
        let fast = wiring(FlitTime::ONE);
        assert!(!fast.has_slow_links());
        assert_eq!((fast.flit_time(3), fast.max_flit_time()), (FlitTime::ONE, 1));

        let slow = wiring(SLOW);
        assert!(slow.has_slow_links());
        for slot in 0..2 * PORTS {
            let expected = if slot == 3 { SLOW } else { FlitTime::ONE };
            assert_eq!(slow.flit_time(slot), expected);
        }
        assert_eq!(slow.max_flit_time(), 3, "in whole cycles");
    }

    /// Switch 1 is entered over the slow link; terminals and the link back are faster.
    #[test]
    fn a_slow_link_is_left_for_a_faster_one() {
        let slow = wiring(SLOW);
        assert!(slow.speeds_up(1, (1, 2), 4), "to the terminal");
        assert!(slow.speeds_up(1, (1, 3), 4), "back");
        assert!(!slow.speeds_up(0, (2, 3), 4), "from a terminal to the slow link");
        assert!(!slow.speeds_up(0, (1, 2), 4), "from a fast link to a terminal");
        assert!(!wiring(FlitTime::ONE).speeds_up(1, (1, 2), 4));
    }
}
