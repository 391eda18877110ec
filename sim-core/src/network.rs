//! A fabric as the engine sees it: switches with numbered ports, links, terminals.

use thiserror::Error;

/// The most ports a switch may have: sets of ports are one machine word.
pub const MAX_PORTS: usize = 64;

/// One port of one switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PortRef {
    /// The switch, from 0.
    pub switch: u32,
    /// The port of that switch, from 0.
    pub port: u8,
}

/// The time that a flit occupies a link, in cycles: a fraction, so that a 7.5 Gb/s link keeps its rate
/// beside a 10 Gb/s one without drift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlitTime {
    /// Numerator, in cycles.
    pub numerator: u32,
    /// Denominator.
    pub denominator: u32,
}

impl FlitTime {
    /// A flit every cycle.
    pub const ONE: Self = Self {
        numerator: 1,
        denominator: 1,
    };

    /// A link with this one is the faster.
    pub fn is_shorter_than(self, other: Self) -> bool {
        let cross = |a: Self, b: Self| u64::from(a.numerator) * u64::from(b.denominator);
        cross(self, other) < cross(other, self)
    }

    /// Flits that the link carries in a cycle.
    pub fn rate(self) -> f64 {
        f64::from(self.denominator) / f64::from(self.numerator)
    }
}

/// A unidirectional link between two switches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The output port that drives it.
    pub from: PortRef,
    /// The input port that it feeds.
    pub to: PortRef,
    /// Time of flight of a flit, and of a credit the other way, in cycles.
    pub latency: u32,
    /// Time that a flit occupies it, in cycles.
    pub flit_time: FlitTime,
}

/// Where a terminal sits: it injects into, and ejects from, one port of one switch, over links of a flit a cycle.
pub type Attachment = PortRef;

/// Why a fabric can't be built.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum NetworkError {
    #[error("a switch has {0} ports; at most {MAX_PORTS} are possible")]
    TooManyPorts(usize),
    #[error("port {port} of switch {switch} does not exist")]
    NoSuchPort { switch: u32, port: u8 },
    #[error("port {port} of switch {switch} is used twice")]
    PortUsedTwice { switch: u32, port: u8 },
    #[error("the link from switch {from} to switch {to} has a flit time below one cycle")]
    LinkFasterThanSwitch { from: u32, to: u32 },
    #[error("the fabric has no terminal")]
    NoTerminal,
}

/// What the memory of a simulation depends on; known before a [`Network`] is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkSize {
    /// Switches.
    pub switches: u32,
    /// Ports of each, used or not.
    pub ports: u8,
    /// Terminals.
    pub terminals: u32,
    /// Some link carries less than a flit a cycle.
    pub slow_links: bool,
    /// Latency of most links, in cycles.
    pub latency: u32,
}

/// Switches, links and terminals of a fabric. Every switch has the same number of ports; some may be unused.
#[derive(Clone, Debug)]
pub struct Network {
    switches: u32,
    ports: u8,
    /// By output port (switch x ports + port), in that order; `None` where the port drives no link.
    links: Vec<Option<Link>>,
    terminals: Vec<Attachment>,
    terminal_latency: u32,
}

impl Network {
    /// Starts a fabric of `switches` switches with `ports` ports each.
    ///
    /// # Errors
    /// [`NetworkError::TooManyPorts`] above [`MAX_PORTS`].
    pub fn builder(switches: u32, ports: usize) -> Result<NetworkBuilder, NetworkError> {
        if ports > MAX_PORTS {
            return Err(NetworkError::TooManyPorts(ports));
        }
        let slots = switches as usize * ports;
        Ok(NetworkBuilder {
            network: Self {
                switches,
                ports: ports as u8,
                links: vec![None; slots],
                terminals: Vec::new(),
                terminal_latency: 1,
            },
            output_used: vec![false; slots],
            input_used: vec![false; slots],
        })
    }

    /// Number of switches.
    pub fn switches(&self) -> u32 {
        self.switches
    }

    /// Ports of every switch, used or not.
    pub fn ports(&self) -> u8 {
        self.ports
    }

    /// The terminals, in order of their numbers.
    pub fn terminals(&self) -> &[Attachment] {
        &self.terminals
    }

    /// Time of flight between a terminal and its switch, in cycles.
    pub fn terminal_latency(&self) -> u32 {
        self.terminal_latency
    }

    /// The links between switches, by (switch, port) of their sending end.
    pub fn links(&self) -> impl Iterator<Item = &Link> {
        self.links.iter().flatten()
    }

    /// The link that an output port drives, if any.
    pub fn link(&self, from: PortRef) -> Option<&Link> {
        self.links[self.slot(from)].as_ref()
    }

    fn slot(&self, at: PortRef) -> usize {
        at.switch as usize * self.ports as usize + at.port as usize
    }
}

/// A [`Network`] under construction.
#[derive(Debug)]
pub struct NetworkBuilder {
    network: Network,
    output_used: Vec<bool>,
    input_used: Vec<bool>,
}

impl NetworkBuilder {
    /// Adds a unidirectional link.
    ///
    /// # Errors
    /// Where a port does not exist or is already in use, or the link is faster than a flit a cycle.
    pub fn link(&mut self, link: Link) -> Result<(), NetworkError> {
        if link.flit_time.numerator < link.flit_time.denominator {
            return Err(NetworkError::LinkFasterThanSwitch {
                from: link.from.switch,
                to: link.to.switch,
            });
        }
        let from = self.checked_slot(link.from)?;
        let to = self.checked_slot(link.to)?;
        claim(&mut self.output_used[from], link.from)?;
        claim(&mut self.input_used[to], link.to)?;
        self.network.links[from] = Some(link);
        Ok(())
    }

    /// Attaches the next terminal; terminals are numbered in the order of these calls.
    ///
    /// # Errors
    /// Where the port does not exist or is already in use.
    pub fn terminal(&mut self, at: Attachment) -> Result<(), NetworkError> {
        let slot = self.checked_slot(at)?;
        claim(&mut self.output_used[slot], at)?;
        claim(&mut self.input_used[slot], at)?;
        self.network.terminals.push(at);
        Ok(())
    }

    /// Sets the time of flight between terminals and their switches; without, it is one cycle. 0 is a terminal on the
    /// switch's own chip.
    pub fn terminal_latency(&mut self, cycles: u32) {
        self.network.terminal_latency = cycles;
    }

    /// The finished fabric.
    ///
    /// # Errors
    /// [`NetworkError::NoTerminal`].
    pub fn build(self) -> Result<Network, NetworkError> {
        if self.network.terminals.is_empty() {
            return Err(NetworkError::NoTerminal);
        }
        Ok(self.network)
    }

    fn checked_slot(&self, at: PortRef) -> Result<usize, NetworkError> {
        if at.switch >= self.network.switches || at.port >= self.network.ports {
            return Err(NetworkError::NoSuchPort {
                switch: at.switch,
                port: at.port,
            });
        }
        Ok(self.network.slot(at))
    }
}

fn claim(used: &mut bool, at: PortRef) -> Result<(), NetworkError> {
    if std::mem::replace(used, true) {
        return Err(NetworkError::PortUsedTwice {
            switch: at.switch,
            port: at.port,
        });
    }
    Ok(())
}
