//! Flits and credits are conserved and packets arrive whole, whatever the microarchitecture. Debug builds
//! check conservation at every epoch and the order within a virtual channel at every flit; every build
//! checks the books after the run.

use fabricsim_core::{
    AllocatorKind, FlitTime, LongStages, PortBuffers, SwitchConfig, Switching, VcReallocation, Verdict,
};
use proptest::prelude::*;

use crate::support::{Rings, Steady, fixed, run_with_buffers};

pub fn allocator() -> impl Strategy<Value = AllocatorKind> {
    prop_oneof![
        (1_u8..4).prop_map(|iterations| AllocatorKind::Islip { iterations }),
        Just(AllocatorKind::SeparableInputFirst),
        Just(AllocatorKind::SeparableOutputFirst),
        (1_u8..4).prop_map(|iterations| AllocatorKind::Pim { iterations }),
        Just(AllocatorKind::Wavefront),
        (1_u8..4).prop_map(|iterations| AllocatorKind::Select { iterations }),
        Just(AllocatorKind::Loa),
    ]
}

fn any_switch() -> impl Strategy<Value = SwitchConfig> {
    let reallocation = prop_oneof![
        Just(VcReallocation::NonAtomic),
        Just(VcReallocation::WholePacketFits),
        Just(VcReallocation::Atomic),
    ];
    let buffers = (1_u8..24, 1_u16..12);
    let delays = (0_u8..4, 1_u8..4, 1_u8..4, 0_u8..3, 1_u8..3, 0_u8..4);
    let long_stages = prop_oneof![Just(LongStages::Pipelined), Just(LongStages::Batched)];
    let rest = (
        any::<bool>(),
        1_u8..4,
        reallocation,
        allocator(),
        allocator(),
        long_stages,
        any::<bool>(),
        any::<bool>(),
    );
    (buffers, delays, rest).prop_map(|((half, buffer), delays, rest)| SwitchConfig {
        // Of both allocations together only the simple form exists.
        combined_allocation: rest.6 && delays.1 == 1 && delays.2 == 1,
        switching: Switching::Wormhole,
        hold_switch_for_packet: rest.7 && delays.2 == 1,
        virtual_channels: 2 * half,
        buffer_flits: buffer,
        routing_delay: delays.0,
        vc_alloc_delay: delays.1,
        sw_alloc_delay: delays.2,
        st_prepare_delay: delays.3,
        st_final_delay: delays.4,
        credit_delay: delays.5,
        speculative: rest.0 && !rest.6,
        internal_speedup: rest.1,
        vc_reallocation: rest.2,
        vc_allocator: rest.3,
        sw_allocator: rest.4,
        long_stages: rest.5,
    })
}

/// How packets go on, buffers of the links' and of the terminals' input ports, and whether each packet has to fit the
/// smaller of them.
fn any_fabric() -> impl Strategy<Value = (SwitchConfig, Vec<PortBuffers>)> {
    let switching = prop_oneof![
        2 => Just(Switching::Wormhole),
        1 => Just(Switching::CutThrough),
        1 => Just(Switching::StoreAndForward),
    ];
    let terminal = prop::option::of((1_u8..48, 1_u16..12));
    (any_switch(), switching, terminal).prop_map(|(mut switch, switching, terminal)| {
        switch.switching = switching;
        if switching != Switching::Wormhole && switch.vc_reallocation == VcReallocation::NonAtomic {
            switch.vc_reallocation = VcReallocation::WholePacketFits;
        }
        let links = switch.port_buffers();
        let Some((virtual_channels, buffer_flits)) = terminal else {
            return (switch, vec![links; 3]);
        };
        let terminals = PortBuffers {
            virtual_channels,
            buffer_flits,
        };
        switch.virtual_channels = switch.virtual_channels.max(virtual_channels);
        switch.buffer_flits = switch.buffer_flits.max(buffer_flits);
        (switch, vec![links, links, terminals])
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// A limited number of packets: each arrives, at its destination, with its flits in order.
    #[test]
    fn every_packet_arrives(
        (switch, buffers) in any_fabric(),
        size in 2_u32..7,
        latency in 1_u32..5,
        slow in 0_u32..3,
        packets in prop::collection::vec((0_u32..7, 1_u16..20, 1_u64..9, 1_u64..30), 7),
    ) {
        let rings = Rings::new(&[size], buffers[0].virtual_channels)
            .with_terminal_vcs(buffers[2].virtual_channels)
            .with_dateline();
        let flit_time = FlitTime { numerator: 3 + slow, denominator: 3 };
        let network = rings.network(latency, flit_time);
        let longest = match switch.switching {
            Switching::Wormhole => u16::MAX,
            _ => buffers.iter().map(|of| of.buffer_flits).min().unwrap(),
        };
        let sources: Vec<_> = packets[..size as usize]
            .iter()
            .map(|&(dest, flits, gap, limit)| Steady::new(dest % size, flits.min(longest), gap).at_most(limit))
            .collect();
        let expected: u64 = sources.iter().map(|s| s.limit * u64::from(s.packet.flits)).sum();
        let outcome = run_with_buffers(&network, &rings, switch, buffers, sources, &fixed(0, 60_000));
        prop_assert!(!matches!(outcome.verdict, Verdict::Deadlocked(_) | Verdict::Stalled), "{:?}", outcome.verdict);
        prop_assert_eq!(outcome.generated, expected);
        prop_assert_eq!(outcome.accepted, expected);
    }
}
