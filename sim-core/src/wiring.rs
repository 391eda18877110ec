//! The fabric's links as flat tables that the pipeline looks up.

use crate::{Cycle, FlitTime, Network};

/// One end of a link: a switch and its port, or (number of switches + terminal) and port 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub node: u32,
    pub port: u8,
}

/// Where nothing is connected.
const NOWHERE: Endpoint = Endpoint {
    node: u32::MAX,
    port: u8::MAX,
};

/// Links by (switch x ports + port), then by terminal.
#[derive(Debug)]
pub struct Wiring {
    pub switches: u32,
    pub ports: usize,
    /// What each output port, then each terminal's injection link, feeds.
    feeds: Vec<Endpoint>,
    /// What feeds each input port of a switch, and so gets its credits.
    fed_by: Vec<Endpoint>,
    /// Latency of each output port's link, in cycles.
    latency: Vec<u32>,
    /// Latency of the way back to what feeds each input port, in cycles.
    credit_latency: Vec<u32>,
    /// Flight time of the links between terminals and switches, in cycles.
    terminal_latency: u32,
    /// Flit time of each output port's link; empty if all carry a flit a cycle.
    flit_time: Vec<FlitTime>,
}

impl Wiring {
    pub fn new(network: &Network) -> Self {
        let (switches, ports) = (network.switches(), usize::from(network.ports()));
        let slots = switches as usize * ports;
        let mut wiring = Self {
            switches,
            ports,
            feeds: vec![NOWHERE; slots + network.terminals().len()],
            fed_by: vec![NOWHERE; slots],
            latency: vec![network.terminal_latency(); slots],
            credit_latency: vec![network.terminal_latency(); slots],
            terminal_latency: network.terminal_latency(),
            flit_time: Vec::new(),
        };
        for link in network.links() {
            let from = wiring.slot(link.from.switch, link.from.port);
            let to = wiring.slot(link.to.switch, link.to.port);
            wiring.feeds[from] = endpoint(link.to.switch, link.to.port);
            wiring.fed_by[to] = endpoint(link.from.switch, link.from.port);
            wiring.latency[from] = link.latency;
            wiring.credit_latency[to] = link.latency;
            if link.flit_time != FlitTime::ONE {
                wiring.flit_time.resize(slots, FlitTime::ONE);
                wiring.flit_time[from] = link.flit_time;
            }
        }
        for (terminal, at) in network.terminals().iter().enumerate() {
            let slot = wiring.slot(at.switch, at.port);
            let node = switches + terminal as u32;
            wiring.feeds[slot] = endpoint(node, 0);
            wiring.fed_by[slot] = endpoint(node, 0);
            wiring.feeds[slots + terminal] = endpoint(at.switch, at.port);
        }
        wiring
    }

    #[inline]
    pub fn slot(&self, switch: u32, port: u8) -> usize {
        switch as usize * self.ports + usize::from(port)
    }

    /// The input at the far end of output `slot`.
    #[inline]
    pub fn feeds(&self, slot: usize) -> Endpoint {
        self.feeds[slot]
    }

    /// The switch input at the far end of a terminal's injection link.
    #[inline]
    pub fn entry(&self, terminal: usize) -> Endpoint {
        self.feeds[self.latency.len() + terminal]
    }

    /// The output at the far end of input `slot`.
    #[inline]
    pub fn fed_by(&self, slot: usize) -> Endpoint {
        self.fed_by[slot]
    }

    /// Latency of the link behind output `slot`.
    #[inline]
    pub fn latency(&self, slot: usize) -> u32 {
        self.latency[slot]
    }

    /// Latency of the way back from input `slot` to what feeds it.
    #[inline]
    pub fn credit_latency(&self, slot: usize) -> u32 {
        self.credit_latency[slot]
    }

    /// Latency of the links of terminals.
    #[inline]
    pub fn terminal_latency(&self) -> u32 {
        self.terminal_latency
    }

    /// The link behind output `slot` is faster than the one that feeds input `from`.
    pub fn speeds_up(&self, from: usize, slot: usize) -> bool {
        let into = self.fed_by(from);
        let ingress = if self.is_terminal(into.node) {
            FlitTime::ONE
        } else {
            self.flit_time(self.slot(into.node, into.port))
        };
        self.flit_time(slot).is_shorter_than(ingress)
    }

    /// Flit time of the link behind output `slot`.
    #[inline]
    pub fn flit_time(&self, slot: usize) -> FlitTime {
        self.flit_time.get(slot).copied().unwrap_or(FlitTime::ONE)
    }

    /// Some link is slower than a flit a cycle.
    pub fn has_slow_links(&self) -> bool {
        !self.flit_time.is_empty()
    }

    /// The lowest port that any switch uses.
    pub fn first_port(&self) -> usize {
        let used = |&port: &usize| {
            let mut slots = self.fed_by.iter().skip(port).step_by(self.ports);
            slots.any(|&from| from != NOWHERE)
        };
        (0..self.ports).find(used).unwrap_or(0)
    }

    /// Longest flight of a flit or credit, in cycles.
    pub fn max_latency(&self) -> u32 {
        self.latency.iter().copied().max().unwrap_or(0)
    }

    /// Longest time that a flit occupies a link, in cycles.
    pub fn max_flit_time(&self) -> Cycle {
        let whole = |time: &FlitTime| Cycle::from(time.numerator.div_ceil(time.denominator));
        self.flit_time.iter().map(whole).max().unwrap_or(1)
    }

    pub fn is_terminal(&self, node: u32) -> bool {
        node >= self.switches
    }

    /// Bytes of the tables for so many output ports and terminals.
    pub fn bytes(slots: usize, terminals: usize, slow_links: bool) -> usize {
        let flit_times = if slow_links { size_of::<FlitTime>() } else { 0 };
        (2 * slots + terminals) * size_of::<Endpoint>() + slots * (8 + flit_times)
    }
}

fn endpoint(node: u32, port: u8) -> Endpoint {
    Endpoint { node, port }
}
