//! The links of a tile as a flat table that the pipeline looks up.

use prefetch_index::prefetch_index;

use crate::event::CreditArrival;
use crate::tiling::{Home, Homes};
use crate::{Cycle, FlitTime, Network, SwitchConfig};

/// Of a node at the end of a link that leads out of the tile: its number in [`Wiring::abroad`] is added.
pub const ABROAD: u32 = 1 << 31;

/// One end of a link: a switch of the tile, its number of switches + terminal, or [`ABROAD`] + number.
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
    /// The arrival of a credit for a place in virtual channel `unit`.
    #[inline(always)]
    pub fn credit(&self, unit: usize) -> CreditArrival {
        CreditArrival {
            node: self.fed_by.node,
            output: self.fed_by.unit(unit),
        }
    }
}

/// The links of a tile by (switch x ports + port), and by terminal. Switches and terminals are numbered within the tile.
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
    /// Flit time of each output port's link, and of each input port's; empty if all carry a flit a cycle.
    flit_time: Vec<FlitTime>,
    ingress_time: Vec<FlitTime>,
    /// Switches in other tiles at the far ends of links.
    pub abroad: Vec<Home>,
    /// Numbers in the fabric; empty where they are the same.
    switch_names: Vec<u32>,
    terminal_names: Vec<u32>,
}

impl Wiring {
    /// Of every tile.
    pub fn of_tiles(network: &Network, config: &SwitchConfig, homes: &Homes) -> Vec<Self> {
        let ports = usize::from(network.ports());
        let vcs = u16::from(config.virtual_channels);
        let credit_delay = u32::from(config.credit_delay);
        let near = 1 + network.terminal_latency();
        let empty = || Self {
            switches: 0,
            ports,
            by_port: Vec::new(),
            entries: Vec::new(),
            injection_flight: near,
            ejection_credit_flight: near + credit_delay,
            flit_time: Vec::new(),
            ingress_time: Vec::new(),
            abroad: Vec::new(),
            switch_names: Vec::new(),
            terminal_names: Vec::new(),
        };
        let mut tiles: Vec<_> = std::iter::repeat_with(empty).take(homes.tiles).collect();
        settle(network, homes, &mut tiles);
        for tile in &mut tiles {
            let unconnected = Port {
                feeds: NOWHERE,
                fed_by: NOWHERE,
                flit_flight: near,
                credit_flight: near,
            };
            tile.by_port = vec![unconnected; tile.switches as usize * ports];
        }
        for link in network.links() {
            let (from, to) = (homes.switch(link.from.switch), homes.switch(link.to.switch));
            let sender = &mut tiles[from.tile as usize];
            let (port, node) = (link.from.port, sender.node(from.tile, to));
            let out = sender.slot(from.local as usize, port.into());
            sender.by_port[out].feeds = end(node, link.to.port, port, vcs);
            sender.by_port[out].flit_flight = 1 + link.latency;
            sender.set_flit_time(out, link.flit_time, |wiring| &mut wiring.flit_time);

            let receiver = &mut tiles[to.tile as usize];
            let (port, node) = (link.to.port, receiver.node(to.tile, from));
            let into = receiver.slot(to.local as usize, port.into());
            receiver.by_port[into].fed_by = end(node, link.from.port, port, vcs);
            receiver.by_port[into].credit_flight = 1 + link.latency + credit_delay;
            receiver.set_flit_time(into, link.flit_time, |wiring| &mut wiring.ingress_time);
        }
        for at in network.terminals() {
            let home = homes.switch(at.switch);
            tiles[home.tile as usize].attach(home.local, at.port, vcs);
        }
        tiles
    }

    /// The number of a switch, seen from tile `here`.
    fn node(&mut self, here: u32, switch: Home) -> u32 {
        if switch.tile == here {
            return switch.local;
        }
        self.abroad.push(switch);
        ABROAD + (self.abroad.len() - 1) as u32
    }

    fn set_flit_time(&mut self, slot: usize, time: FlitTime, table: fn(&mut Self) -> &mut Vec<FlitTime>) {
        if time == FlitTime::ONE {
            return;
        }
        let slots = self.by_port.len();
        self.flit_time.resize(slots, FlitTime::ONE);
        self.ingress_time.resize(slots, FlitTime::ONE);
        table(self)[slot] = time;
    }

    /// The next terminal sits at a port of a switch of the tile.
    fn attach(&mut self, switch: u32, port: u8, vcs: u16) {
        let terminal = self.entries.len() as u32;
        let slot = self.slot(switch as usize, port.into());
        let node = end(self.switches + terminal, 0, port, vcs);
        self.by_port[slot].feeds = node;
        self.by_port[slot].fed_by = node;
        self.entries.push(end(switch, port, 0, vcs));
    }

    /// The number in the fabric of a switch of the tile.
    #[inline(always)]
    pub fn switch_name(&self, switch: usize) -> u32 {
        self.switch_names.get(switch).copied().unwrap_or(switch as u32)
    }

    /// The same of a terminal.
    #[inline]
    pub fn terminal_name(&self, terminal: usize) -> u32 {
        self.terminal_names
            .get(terminal)
            .copied()
            .unwrap_or(terminal as u32)
    }

    /// Number of a port among those of all switches.
    #[inline]
    pub fn slot(&self, switch: usize, port: usize) -> usize {
        switch * self.ports + port
    }

    /// What is connected to a port.
    #[inline(always)]
    pub fn at(&self, switch: usize, port: usize) -> &Port {
        &self.by_port[switch * self.ports + port]
    }

    /// Something is connected to an output port.
    pub fn is_connected(&self, switch: usize, port: usize) -> bool {
        self.at(switch, port).feeds != NOWHERE
    }

    /// Fetches what is connected to a port, by its number among those of all switches, into the cache.
    #[inline(always)]
    pub fn fetch(&self, slot: usize) {
        prefetch_index(&self.by_port, slot);
    }

    /// What is connected to the ports of a switch.
    #[inline(always)]
    pub fn of_switch(&self, switch: usize) -> &[Port] {
        &self.by_port[switch * self.ports..(switch + 1) * self.ports]
    }

    /// The switch input at the far end of a terminal's injection link.
    #[inline]
    pub fn entry(&self, terminal: usize) -> Endpoint {
        self.entries[terminal]
    }

    /// The link behind output port `to` is faster than the one that feeds input port `from`.
    pub fn speeds_up(&self, switch: usize, (from, to): (usize, usize)) -> bool {
        let ingress = self.ingress_time.get(self.slot(switch, from));
        let ingress = ingress.copied().unwrap_or(FlitTime::ONE);
        self.flit_time(self.slot(switch, to)).is_shorter_than(ingress)
    }

    /// Flit time of the link behind output `slot`.
    #[inline]
    pub fn flit_time(&self, slot: usize) -> FlitTime {
        self.flit_time.get(slot).copied().unwrap_or(FlitTime::ONE)
    }

    /// Some link out of a switch of the tile, or into one, is slower than a flit a cycle.
    #[inline]
    pub fn has_slow_links(&self) -> bool {
        !self.flit_time.is_empty()
    }

    /// The lowest port that any switch uses, if one does.
    pub fn first_port(&self) -> Option<usize> {
        let used = |&port: &usize| {
            let mut of_switches = self.by_port.iter().skip(port).step_by(self.ports);
            of_switches.any(|port| port.fed_by != NOWHERE)
        };
        (0..self.ports).find(used)
    }

    /// Shortest latency of a link out of the tile, or of one whose credits leave it; `None` where there is none.
    pub fn least_latency_abroad(&self) -> Option<u32> {
        let leads_abroad = |end: &Endpoint| (ABROAD..NOWHERE.node).contains(&end.node);
        let credit_delay = self.ejection_credit_flight - self.injection_flight;
        let latencies = self.by_port.iter().flat_map(|port| {
            let flit = leads_abroad(&port.feeds).then(|| port.flit_flight - 1);
            let credit = leads_abroad(&port.fed_by).then(|| port.credit_flight - 1 - credit_delay);
            [flit, credit]
        });
        latencies.flatten().min()
    }

    /// Longest flight of a flit or credit, in cycles.
    pub fn longest_flight(&self) -> Cycle {
        let of_port = |port: &Port| port.flit_flight.max(port.credit_flight);
        let longest = self.by_port.iter().map(of_port).max();
        longest.unwrap_or(0).max(self.ejection_credit_flight).into()
    }

    /// Longest latency of a link, in cycles.
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

    /// Where a switch of another tile is; `None` of a node of this one.
    pub fn home(&self, node: u32) -> Option<Home> {
        let number = node.checked_sub(ABROAD)?;
        self.abroad.get(number as usize).copied()
    }

    /// A switch of this tile or another.
    #[inline]
    pub fn is_switch(&self, node: u32) -> bool {
        node < self.switches || (ABROAD..NOWHERE.node).contains(&node)
    }

    /// Of a node of the tile.
    #[inline]
    pub fn is_terminal(&self, node: u32) -> bool {
        node >= self.switches
    }

    /// Bytes of the tables for so many output ports and terminals.
    pub fn bytes(slots: usize, terminals: usize, slow_links: bool) -> usize {
        let flit_times = if slow_links { 2 * size_of::<FlitTime>() } else { 0 };
        slots * (size_of::<Port>() + flit_times) + terminals * size_of::<Endpoint>()
    }
}

/// The end of a link at a port of a node, seen from port `from`, or from a terminal, whose virtual channels count from 0.
fn end(node: u32, port: u8, from: u8, vcs: u16) -> Endpoint {
    let (first, seen_from) = (u16::from(port) * vcs, u16::from(from) * vcs);
    Endpoint {
        node,
        first,
        shift: first.wrapping_sub(seen_from),
    }
}

/// Counts the switches of each tile, and names switches and terminals where there are several.
fn settle(network: &Network, homes: &Homes, tiles: &mut [Wiring]) {
    if let [whole] = tiles {
        whole.switches = network.switches();
        return;
    }
    for switch in 0..network.switches() {
        let tile = &mut tiles[homes.switch(switch).tile as usize];
        tile.switches += 1;
        tile.switch_names.push(switch);
    }
    for terminal in 0..network.terminals().len() as u32 {
        let tile = &mut tiles[homes.terminal(terminal).tile as usize];
        tile.terminal_names.push(terminal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tiling;
    use crate::test_fabric::{PORTS, pair};

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
        let network = pair(flit_time);
        let homes = Homes::new(&network, &Tiling::whole());
        Wiring::of_tiles(&network, &config, &homes).remove(0)
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
        assert_eq!(wiring.slot(1, 3), PORTS + 3);
        assert_eq!(wiring.at(1, 3).feeds, wiring.of_switch(1)[3].feeds);
        assert_eq!(wiring.first_port(), Some(1), "nobody uses port 0");
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
        assert!(slow.speeds_up(1, (1, 2)), "to the terminal");
        assert!(slow.speeds_up(1, (1, 3)), "back");
        assert!(!slow.speeds_up(0, (2, 3)), "from a terminal to the slow link");
        assert!(!slow.speeds_up(0, (1, 2)), "from a fast link to a terminal");
        assert!(!wiring(FlitTime::ONE).speeds_up(1, (1, 2)));
    }
}
