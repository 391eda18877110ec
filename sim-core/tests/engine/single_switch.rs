//! The textbook's limits of a single switch under saturated uniform traffic of one-flit packets, its own port included.

use std::ops::{ControlFlow, Range};

use fabricsim_core::{
    AllocatorKind, Candidate, Candidates, Census, Cycle, Draw, Execution, Network, Packet, Place, PortRef,
    Purpose, Routing, Setup, Source, Stream, SwitchConfig, simulate, stream,
};
use rand::RngExt;

use crate::support::fixed;

/// One switch with a terminal at every port.
struct Crossbar {
    vcs: u8,
    /// A virtual channel of every input for each output.
    by_output: bool,
}

impl Routing for Crossbar {
    fn route(&self, _: Place, dest: u32, _: &mut u32, _: &mut impl Draw, out: &mut Candidates) {
        out.push(Candidate::new(dest as u8, 0, self.vcs));
    }

    fn max_candidates(&self) -> usize {
        1
    }

    fn injection_vcs(&self, packet: &Packet, all: u8) -> Range<u8> {
        let output = packet.dest as u8;
        if self.by_output {
            output..output + 1
        } else {
            0..all
        }
    }
}

/// A packet every cycle, for any terminal.
struct Saturated {
    terminals: u32,
    made: u64,
    stream: Stream,
}

impl Source for Saturated {
    fn next_creation(&self) -> Cycle {
        self.made
    }

    fn create(&mut self) -> Packet {
        self.made += 1;
        Packet {
            dest: self.stream.random_range(0..self.terminals),
            flits: 1,
            class: 0,
        }
    }

    fn created_before(&mut self, end: Cycle) -> Census {
        let packets = end.max(self.made);
        Census {
            packets,
            flits: packets,
        }
    }
}

/// Accepted load of a switch that allocates everything in one cycle.
fn throughput(ports: u8, by_output: bool, change: impl Fn(&mut SwitchConfig)) -> f64 {
    let mut switch = SwitchConfig {
        virtual_channels: if by_output { ports } else { 1 },
        // Long enough that the random walk of a queue at full load seldom meets its end.
        buffer_flits: 2_048,
        routing_delay: 0,
        combined_allocation: true,
        sw_allocator: AllocatorKind::Pim { iterations: 1 },
        ..SwitchConfig::default()
    };
    change(&mut switch);
    let mut network = Network::builder(1, ports.into()).expect("few ports");
    for port in 0..ports {
        network
            .terminal(PortRef { switch: 0, port })
            .expect("a terminal a port");
    }
    let sources = (0..ports.into()).map(|terminal| Saturated {
        terminals: ports.into(),
        made: 0,
        stream: stream(1, terminal, Purpose::Destinations(0)),
    });
    let setup = Setup {
        network: &network.build().expect("terminals exist"),
        switch,
        buffers: Vec::new(),
        routing: &Crossbar {
            vcs: switch.virtual_channels,
            by_output,
        },
        sources: sources.collect(),
        seed: 1,
        execution: Execution::default(),
    };
    // Queues at full load take long to grow until none is ever empty.
    let cycles = 40_000;
    let outcome = simulate(setup, &fixed(60_000, cycles), &[], &mut |_| {
        ControlFlow::Continue(())
    });
    outcome.expect("nobody breaks it off").accepted as f64 / (cycles as f64 * f64::from(ports))
}

/// Karol, Hluchyj & Morgan 1987, table I: packets behind a blocked one wait with it.
#[test]
fn a_fifo_at_each_input_loses_to_head_of_line_blocking() {
    for (ports, limit) in [(2, 0.750), (4, 0.655), (8, 0.618)] {
        let found = throughput(ports, false, |_| {});
        assert!((found - limit).abs() < 0.005, "{ports} ports: {found}");
    }
}

/// McKeown 1999: with a queue for each output at every input, iSLIP desynchronises and fills the switch.
#[test]
fn virtual_output_queues_with_islip_fill_the_switch() {
    for ports in [2, 4, 8] {
        let found = throughput(ports, true, |switch| {
            switch.sw_allocator = AllocatorKind::Islip { iterations: 1 };
        });
        assert!(found > 0.995, "{ports} ports: {found}");
    }
}

/// Anderson et al. 1993: one random iteration matches 1 - (1 - 1/N)^N of the outputs, 0.632 as N grows.
#[test]
fn one_random_iteration_leaves_a_third_unmatched() {
    for (ports, limit) in [(2, 0.752), (4, 0.688), (8, 0.658)] {
        let found = throughput(ports, true, |_| {});
        assert!((found - limit).abs() < 0.01, "{ports} ports: {found}");
    }
}

/// As many passes a cycle as inputs: whatever comes reaches its output's queue at once.
#[test]
fn queues_at_the_outputs_fill_the_switch() {
    for ports in [2, 4, 8] {
        let found = throughput(ports, false, |switch| switch.internal_speedup = ports);
        assert!(found > 0.995, "{ports} ports: {found}");
    }
}
