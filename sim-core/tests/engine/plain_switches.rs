//! Switches that do nothing out of the ordinary have a pipeline pass of their own, made for speed. It gives what the
//! general one gives, to the bit.
//!
//! A slow link anywhere makes all switches use the general pass; where no packet goes over it, it changes nothing else.

use std::ops::ControlFlow;

use fabricsim_core::{
    Execution, FlitTime, LongStages, Outcome, Setup, SwitchConfig, Switching, VcReallocation, WatchRequest,
    simulate,
};
use proptest::prelude::*;

use crate::conservation::allocator;
use crate::support::{Rings, Steady, fixed};

/// Of those that have a pass of their own.
fn plain_switch() -> impl Strategy<Value = SwitchConfig> {
    let reallocation = prop_oneof![
        Just(VcReallocation::NonAtomic),
        Just(VcReallocation::WholePacketFits),
        Just(VcReallocation::Atomic),
    ];
    // One word of virtual channels, or several.
    let half = prop_oneof![4 => 1_u8..4, 1 => 9_u8..20];
    let buffers = (half, 1_u16..12);
    let delays = (0_u8..2, 0_u8..3, 1_u8..3, 0_u8..4);
    let speedup = prop_oneof![2 => Just(1_u8), 1 => 2_u8..4];
    let allocators = (allocator(), allocator());
    (buffers, delays, speedup, reallocation, allocators, any::<bool>()).prop_map(
        |((half, buffer), delays, internal_speedup, reallocation, allocators, cut_through)| SwitchConfig {
            virtual_channels: 2 * half,
            buffer_flits: buffer,
            routing_delay: delays.0,
            vc_alloc_delay: 1,
            sw_alloc_delay: 1,
            st_prepare_delay: delays.1,
            st_final_delay: delays.2,
            credit_delay: delays.3,
            speculative: false,
            internal_speedup,
            long_stages: LongStages::Pipelined,
            switching: match (cut_through, reallocation) {
                (false, _) | (_, VcReallocation::NonAtomic) => Switching::Wormhole,
                _ => Switching::CutThrough,
            },
            hold_switch_for_packet: false,
            combined_allocation: false,
            vc_reallocation: reallocation,
            vc_allocator: allocators.0,
            sw_allocator: allocators.1,
        },
    )
}

/// With a link of `idle` that nobody uses; the first packets of each source are watched.
fn outcome(size: u32, switch: SwitchConfig, idle: FlitTime, latency: u32, sources: Vec<Steady>) -> Outcome {
    let rings = Rings::new(&[size], switch.virtual_channels)
        .with_dateline()
        .with_idle_link(idle);
    let packets = (0..size).flat_map(|terminal| (0..3).map(move |packet| (terminal, packet)));
    let watch: Vec<_> = packets
        .map(|(terminal, packet)| WatchRequest { terminal, packet })
        .collect();
    let setup = Setup {
        network: &rings.network(latency, FlitTime::ONE),
        switch,
        buffers: Vec::new(),
        routing: &rings,
        sources,
        seed: 1,
        execution: Execution::default(),
    };
    simulate(setup, &fixed(200, 2_000), &watch, &mut |_| {
        ControlFlow::Continue(())
    })
    .expect("nobody breaks it off")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn the_plain_pass_gives_what_the_general_one_gives(
        switch in plain_switch(),
        size in 2_u32..7,
        latency in 1_u32..5,
        packets in prop::collection::vec((0_u32..7, 1_u16..12, 1_u64..40), 7),
    ) {
        let longest = match switch.switching {
            Switching::CutThrough => switch.buffer_flits,
            _ => u16::MAX,
        };
        let sources: Vec<_> = packets[..size as usize]
            .iter()
            .map(|&(dest, flits, gap)| Steady::new(dest % size, flits.min(longest), gap))
            .collect();
        let slow = FlitTime { numerator: 4, denominator: 3 };
        let plain = outcome(size, switch, FlitTime::ONE, latency, sources.clone());
        let general = outcome(size, switch, slow, latency, sources);
        prop_assert!(plain.accepted > 0);
        prop_assert_eq!(plain, general);
    }
}
