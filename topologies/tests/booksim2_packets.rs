//! BookSim2's own packets, played through this engine: each takes as many cycles as it took there.
//!
//! `booksim2/*.csv` hold the first packets of a run of BookSim2 (commit 28f43299): creation, source, destination and packet
//! latency, empty where it arrived after the last creation listed. Sides are odd, or the fabric a mesh, so that no
//! route is drawn at random and nothing is left to chance.

mod support;

use std::ops::ControlFlow;

use fabricsim_core::{
    AllocatorKind, Cycle, Execution, FlitTime, LongStages, MeasurePlan, Packet, Setup, SwitchConfig,
    VcReallocation, WatchEvent, WatchRequest, WatchStage, Window, simulate,
};
use fabricsim_topologies::{Dateline, DimensionOrder, Grid, GridChannels, HalfWay};

use support::Script;

/// A line of a file.
struct Line {
    created: Cycle,
    source: u32,
    dest: u32,
    latency: Option<Cycle>,
}

fn lines(text: &str) -> Vec<Line> {
    let number = |cell: &str| cell.parse::<Cycle>().expect("a number");
    let line = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        Line {
            created: number(cells[0]),
            source: number(cells[1]) as u32,
            dest: number(cells[2]) as u32,
            latency: (!cells[3].is_empty()).then(|| number(cells[3])),
        }
    };
    text.lines().skip(1).map(line).collect()
}

/// BookSim2's switch.
fn switch(virtual_channels: u8, buffer_flits: u16) -> SwitchConfig {
    SwitchConfig {
        virtual_channels,
        buffer_flits,
        long_stages: LongStages::Batched,
        vc_reallocation: VcReallocation::NonAtomic,
        ..SwitchConfig::default()
    }
}

/// Cycle in which the last flit of a packet is ejected.
fn arrival(events: &[WatchEvent], packet: WatchRequest) -> Option<Cycle> {
    let ejected = |e: &&WatchEvent| e.packet == packet && matches!(e.stage, WatchStage::Ejected { .. });
    events.iter().filter(ejected).map(|e| e.cycle).max()
}

fn agrees(text: &str, grid: &Grid, link: u32, switch: SwitchConfig, flits: u16) {
    let lines = lines(text);
    let mut sources = vec![Script::default(); grid.terminals() as usize];
    let mut watch = Vec::new();
    for line in &lines {
        let script = &mut sources[line.source as usize].packets;
        watch.push(WatchRequest {
            terminal: line.source,
            packet: script.len() as u64,
        });
        let packet = Packet {
            dest: line.dest,
            flits,
            class: 0,
        };
        script.push((line.created, packet));
    }
    let channels = GridChannels::alike(grid, switch.virtual_channels);
    let setup = Setup {
        network: &grid.network(link, FlitTime::ONE).expect("an ordinary fabric"),
        switch,
        buffers: Vec::new(),
        routing: &DimensionOrder::new(grid, &channels, Some(Dateline::OnEntry), HalfWay::Random),
        sources,
        seed: 1,
        execution: Execution::default(),
    };
    let plan = MeasurePlan {
        warmup: 0,
        window: Window::Fixed(5_000),
        max_cycles: 10_000,
        precision: 0.5,
        is_overloaded: false,
    };
    let outcome = simulate(setup, &plan, &watch, &mut |_| ControlFlow::Continue(()));
    let events = outcome.expect("nobody breaks it off").watched;
    let mut compared = 0;
    for (line, &packet) in lines.iter().zip(&watch) {
        let Some(latency) = line.latency else { continue };
        let found = arrival(&events, packet).map(|cycle| cycle - line.created);
        assert_eq!(
            found,
            Some(latency),
            "packet {} of terminal {}",
            packet.packet,
            packet.terminal
        );
        compared += 1;
    }
    assert!(compared > 200, "only {compared} packets were compared");
}

fn torus7() -> Grid {
    Grid::torus(vec![7, 7], 1).expect("a small torus")
}

#[test]
fn single_flit_packets() {
    agrees(include_str!("booksim2/torus7.csv"), &torus7(), 2, switch(8, 8), 1);
}

#[test]
fn speculation_and_lookahead() {
    let switch = SwitchConfig {
        speculative: true,
        routing_delay: 0,
        ..switch(4, 8)
    };
    agrees(include_str!("booksim2/speculative.csv"), &torus7(), 2, switch, 3);
}

#[test]
fn separable_allocators() {
    let switch = SwitchConfig {
        vc_allocator: AllocatorKind::SeparableInputFirst,
        sw_allocator: AllocatorKind::SeparableInputFirst,
        ..switch(4, 8)
    };
    agrees(include_str!("booksim2/separable.csv"), &torus7(), 2, switch, 3);
}

#[test]
fn wavefront_and_output_first_under_speculation() {
    let switch = SwitchConfig {
        vc_allocator: AllocatorKind::Wavefront,
        sw_allocator: AllocatorKind::SeparableOutputFirst,
        speculative: true,
        ..switch(4, 8)
    };
    agrees(include_str!("booksim2/wavefront.csv"), &torus7(), 2, switch, 3);
}

#[test]
fn lonely_output_and_select_under_speculation() {
    let switch = SwitchConfig {
        vc_allocator: AllocatorKind::Loa,
        sw_allocator: AllocatorKind::Select { iterations: 2 },
        speculative: true,
        ..switch(4, 8)
    };
    agrees(include_str!("booksim2/lonely.csv"), &torus7(), 2, switch, 3);
}

#[test]
fn long_stages_in_batches() {
    let switch = SwitchConfig {
        routing_delay: 3,
        st_final_delay: 2,
        ..switch(4, 8)
    };
    agrees(include_str!("booksim2/batched.csv"), &torus7(), 2, switch, 3);
}

#[test]
fn internal_speedup_two_iterations_and_late_credits() {
    let two = AllocatorKind::Islip { iterations: 2 };
    let switch = SwitchConfig {
        internal_speedup: 2,
        credit_delay: 2,
        vc_allocator: two,
        sw_allocator: two,
        ..switch(4, 4)
    };
    agrees(include_str!("booksim2/speedup.csv"), &torus7(), 2, switch, 3);
}

#[test]
fn packets_hold_the_switch() {
    let switch = SwitchConfig {
        hold_switch_for_packet: true,
        ..switch(4, 4)
    };
    agrees(include_str!("booksim2/held.csv"), &torus7(), 2, switch, 6);
}

#[test]
fn atomic_reallocation_on_a_mesh() {
    let switch = SwitchConfig {
        vc_reallocation: VcReallocation::Atomic,
        ..switch(2, 8)
    };
    let mesh = Grid::mesh(vec![6, 6], 1).expect("a small mesh");
    agrees(include_str!("booksim2/atomic-mesh.csv"), &mesh, 1, switch, 5);
}
