//! Chosen packets through a whole fabric.

use std::ops::ControlFlow;

use fabricsim::fabric::Fabric;
use fabricsim_core::{
    Census, Cycle, Execution, MeasurePlan, NEVER, Outcome, Packet, Setup, Source, Window, simulate,
};

/// So many packets of a terminal, from cycle 0 on back to back.
#[derive(Clone)]
pub struct Burst {
    pub packets: u64,
    pub packet: Packet,
    pub sent: u64,
}

impl Source for Burst {
    fn next_creation(&self) -> Cycle {
        if self.sent < self.packets { 0 } else { NEVER }
    }

    fn create(&mut self) -> Packet {
        self.sent += 1;
        self.packet
    }

    fn created_before(&mut self, end: Cycle) -> Census {
        let packets = if end > 0 { self.packets } else { 0 };
        Census {
            packets,
            flits: packets * u64::from(self.packet.flits),
        }
    }
}

/// What happens when terminal `source` alone sends `packets` of `flits` to `dest`, watched for so many cycles.
pub fn burst(fabric: &Fabric, [source, dest]: [u32; 2], packets: u64, flits: u16, cycles: Cycle) -> Outcome {
    let packet = Packet {
        dest,
        flits,
        class: 0,
    };
    let silent = Burst {
        packets: 0,
        packet,
        sent: 0,
    };
    let mut sources = vec![silent; fabric.network().terminals().len()];
    sources[source as usize].packets = packets;
    let setup = Setup {
        network: fabric.network(),
        switch: fabric.spec.engine_switch(),
        buffers: fabric.spec.ports.clone(),
        routing: &fabric.routing,
        sources,
        seed: 1,
        execution: Execution::default(),
    };
    let plan = MeasurePlan {
        warmup: 0,
        window: Window::Fixed(cycles),
        max_cycles: 100 * cycles,
        precision: 0.5,
        is_overloaded: false,
    };
    let outcome = simulate(setup, &plan, &[], &mut |_| ControlFlow::Continue(()));
    outcome.expect("nobody breaks it off")
}

/// Cycles that a lone packet takes.
pub fn lone(fabric: &Fabric, ends: [u32; 2], flits: u16) -> u64 {
    let latency = burst(fabric, ends, 1, flits, 4_000).latency;
    latency.expect("it arrives").max
}
