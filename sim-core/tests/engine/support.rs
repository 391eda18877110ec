//! Rings of switches with a terminal each, and sources that do as they are told.

use std::ops::ControlFlow;

use fabricsim_core::{
    Candidate, Candidates, Census, Cycle, Draw, Execution, FlitTime, Link, MeasurePlan, NEVER, Network,
    Outcome, Packet, Place, PortBuffers, PortRef, Routing, Setup, Source, SwitchConfig, VcReallocation,
    Window, simulate,
};

pub const ONWARD: u8 = 0;
pub const BACK: u8 = 1;
pub const TERMINAL: u8 = 2;
const IDLE: u8 = 3;

/// Unidirectional rings, one after another, and routing along them in the virtual channels of the packet's class.
pub struct Rings {
    /// First switch and size of each.
    rings: Vec<(u32, u32)>,
    vcs: u8,
    terminal_vcs: u8,
    /// Upper half of the virtual channels from the ring's last link on, so that no cycle closes.
    dateline: bool,
    /// Flit time of a link that leads nowhere that a packet goes, from switch 0 to switch 1, if there is one.
    idle_link: Option<FlitTime>,
}

impl Rings {
    pub fn new(sizes: &[u32], vcs: u8) -> Self {
        let mut first = 0;
        let rings = sizes
            .iter()
            .map(|&size| {
                first += size;
                (first - size, size)
            })
            .collect();
        Self {
            rings,
            vcs,
            terminal_vcs: vcs,
            dateline: false,
            idle_link: None,
        }
    }

    pub fn with_terminal_vcs(mut self, vcs: u8) -> Self {
        self.terminal_vcs = vcs;
        self
    }

    pub fn with_dateline(mut self) -> Self {
        self.dateline = true;
        self
    }

    pub fn with_idle_link(mut self, flit_time: FlitTime) -> Self {
        self.idle_link = Some(flit_time);
        self
    }

    pub fn switches(&self) -> u32 {
        self.rings.iter().map(|&(_, size)| size).sum()
    }

    pub fn network(&self, latency: u32, flit_time: FlitTime) -> Network {
        let ports = if self.idle_link.is_some() { 4 } else { 3 };
        let mut network = Network::builder(self.switches(), ports).expect("few ports");
        for &(first, size) in &self.rings {
            for i in 0..size {
                let link = Link {
                    from: port(first + i, ONWARD),
                    to: port(first + (i + 1) % size, BACK),
                    latency,
                    flit_time,
                };
                network.link(link).expect("each link once");
            }
        }
        if let Some(flit_time) = self.idle_link {
            let link = Link {
                from: port(0, IDLE),
                to: port(1, IDLE),
                latency,
                flit_time,
            };
            network.link(link).expect("two switches");
        }
        for switch in 0..self.switches() {
            network
                .terminal(port(switch, TERMINAL))
                .expect("a terminal a switch");
        }
        network.build().expect("terminals exist")
    }
}

impl Routing for Rings {
    fn route(&self, at: Place, dest: u32, _: &mut u32, _: &mut impl Draw, out: &mut Candidates) {
        let all = |port| Candidate::new(port, 0, self.vcs);
        if at.switch == dest {
            return out.push(Candidate::new(TERMINAL, 0, self.terminal_vcs));
        }
        if !self.dateline {
            return out.push(all(ONWARD));
        }
        let last = |&&(first, size): &&(u32, u32)| at.switch == first + size - 1;
        let half = self.vcs / 2;
        let crossed = at.in_port == BACK && at.in_vc >= half || self.rings.iter().any(|r| last(&r));
        let first = if crossed { half } else { 0 };
        out.push(Candidate::new(ONWARD, first, half));
    }

    fn max_candidates(&self) -> usize {
        1
    }
}

pub fn port(switch: u32, port: u8) -> PortRef {
    PortRef { switch, port }
}

/// Packets for one terminal, of one length, every `gap` cycles from `first` on, at most `limit`.
#[derive(Clone, Copy, Debug)]
pub struct Steady {
    pub packet: Packet,
    pub first: Cycle,
    pub gap: Cycle,
    pub limit: u64,
    made: u64,
}

impl Steady {
    pub fn new(dest: u32, flits: u16, gap: Cycle) -> Self {
        Self {
            packet: Packet {
                dest,
                flits,
                class: 0,
            },
            first: 0,
            gap,
            limit: u64::MAX,
            made: 0,
        }
    }

    pub fn at_most(self, limit: u64) -> Self {
        Self { limit, ..self }
    }

    pub fn starting_at(self, first: Cycle) -> Self {
        Self { first, ..self }
    }

    pub fn silent() -> Self {
        Self {
            limit: 0,
            ..Self::new(0, 1, 1)
        }
    }
}

impl Source for Steady {
    fn next_creation(&self) -> Cycle {
        if self.made < self.limit {
            self.first + self.made * self.gap
        } else {
            NEVER
        }
    }

    fn create(&mut self) -> Packet {
        self.made += 1;
        self.packet
    }

    fn created_before(&mut self, end: Cycle) -> Census {
        let due = if end > self.first {
            (end - self.first).div_ceil(self.gap)
        } else {
            0
        };
        let packets = due.max(self.made).min(self.limit);
        Census {
            packets,
            flits: packets * u64::from(self.packet.flits),
        }
    }
}

pub fn fixed(warmup: Cycle, cycles: Cycle) -> MeasurePlan {
    MeasurePlan {
        warmup,
        window: Window::Fixed(cycles),
        max_cycles: 1_000_000,
        precision: 0.05,
        is_overloaded: false,
    }
}

/// BookSim2's switch, small.
pub fn switch(virtual_channels: u8, buffer_flits: u16) -> SwitchConfig {
    SwitchConfig {
        virtual_channels,
        buffer_flits,
        vc_reallocation: VcReallocation::NonAtomic,
        ..SwitchConfig::default()
    }
}

pub fn run(rings: &Rings, switch: SwitchConfig, sources: Vec<Steady>, plan: &MeasurePlan) -> Outcome {
    run_on(&rings.network(1, FlitTime::ONE), rings, switch, sources, plan)
}

pub fn run_on(
    network: &Network,
    rings: &Rings,
    switch: SwitchConfig,
    sources: Vec<Steady>,
    plan: &MeasurePlan,
) -> Outcome {
    run_with_buffers(network, rings, switch, Vec::new(), sources, plan)
}

/// `buffers` by port; empty where all are as in `switch`.
pub fn run_with_buffers(
    network: &Network,
    rings: &Rings,
    switch: SwitchConfig,
    buffers: Vec<PortBuffers>,
    sources: Vec<Steady>,
    plan: &MeasurePlan,
) -> Outcome {
    let setup = Setup {
        network,
        switch,
        buffers,
        routing: rings,
        sources,
        seed: 1,
        execution: Execution::default(),
    };
    simulate(setup, plan, &[], &mut |_| ControlFlow::Continue(())).expect("nobody breaks it off")
}
