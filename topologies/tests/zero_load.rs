//! The latency of a lone packet, for every source, destination and length, is BookSim2's closed form to the cycle.

mod support;

use std::ops::ControlFlow;

use fabricsim_core::{
    Cycle, Execution, FlitTime, MeasurePlan, Network, Packet, Setup, SwitchConfig, VcReallocation, Window,
    simulate,
};
use fabricsim_topologies::{Dateline, DimensionOrder, Grid, GridChannels, HalfWay};

use support::Script;

/// H switches, P = 4 stages, links of L cycles, S flits, B buffer flits: `H (P + L) + 3 - L + (S - 1)`, and where the
/// packet is longer than a buffer, `(ceil(S / B) - 1) (2 (1 + L) + 1 - B)` more. A packet to its own switch
/// waits for the credits of the terminals' links, which have one cycle.
fn formula(hops: u64, latency: u64, flits: u64, buffer: u64) -> u64 {
    let slowest = if hops == 1 { 1 } else { latency };
    let refill = (2 * (1 + slowest) + 1).saturating_sub(buffer);
    hops * (4 + latency) + 3 - latency + (flits - 1) + (flits.div_ceil(buffer) - 1) * refill
}

/// Long enough for any packet here to arrive.
const LONG: Cycle = 400;

fn latency(
    network: &Network,
    routing: &DimensionOrder,
    switch: SwitchConfig,
    source: u32,
    packet: Packet,
) -> u64 {
    let mut sources = vec![Script::default(); network.terminals().len()];
    sources[source as usize].packets.push((0, packet));
    let setup = Setup {
        network,
        switch,
        buffers: Vec::new(),
        routing,
        sources,
        seed: 1,
        execution: Execution::default(),
    };
    let plan = MeasurePlan {
        warmup: 0,
        window: Window::Fixed(LONG),
        max_cycles: 2 * LONG,
        precision: 0.5,
        is_overloaded: false,
    };
    let outcome = simulate(setup, &plan, &[], &mut |_| ControlFlow::Continue(()));
    let latency = outcome.and_then(|outcome| outcome.latency);
    latency.map_or(0, |latency| latency.max)
}

fn every_pair(grid: &Grid, link: u32) {
    let network = grid.network(link, FlitTime::ONE).expect("an ordinary fabric");
    let routing = DimensionOrder::new(
        grid,
        &GridChannels::alike(grid, 4),
        Some(Dateline::OnEntry),
        HalfWay::Random,
    );
    for buffer_flits in [4, 8] {
        let switch = SwitchConfig {
            virtual_channels: 4,
            buffer_flits,
            vc_reallocation: VcReallocation::NonAtomic,
            ..SwitchConfig::default()
        };
        for source in 0..grid.terminals() {
            for dest in 0..grid.terminals() {
                for flits in [1, 4, 20] {
                    let packet = Packet {
                        dest,
                        flits,
                        class: 0,
                    };
                    let found = latency(&network, &routing, switch, source, packet);
                    let hops = u64::from(grid.distance(source, dest)) + 1;
                    let expected = formula(hops, link.into(), flits.into(), buffer_flits.into());
                    assert_eq!(
                        found, expected,
                        "{source} to {dest}, {flits} flits, buffers of {buffer_flits}"
                    );
                }
            }
        }
    }
}

#[test]
fn on_a_torus() {
    every_pair(&Grid::torus(vec![5, 4], 1).expect("a small torus"), 2);
}

#[test]
fn on_a_mesh() {
    every_pair(&Grid::mesh(vec![4, 5], 1).expect("a small mesh"), 1);
}

#[test]
fn on_booksims_torus() {
    every_pair(&Grid::torus(vec![8, 8], 1).expect("an 8x8 torus"), 2);
}
