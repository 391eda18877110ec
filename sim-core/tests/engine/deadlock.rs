//! A cycle of waiting packets is found, explained, and told from other standstills.

use std::ops::ControlFlow;

use fabricsim_core::{
    Candidates, Draw, Execution, FlitTime, Place, Routing, Setup, SwitchConfig, VcReallocation, Verdict,
    WaitingPacket, Wanted, simulate,
};

use crate::support::{BACK, ONWARD, Rings, Steady, TERMINAL, fixed, run, switch};

/// Everybody sends 4-flit packets two links on, as fast as it goes.
fn two_on(first: u32, size: u32) -> Vec<Steady> {
    (0..size)
        .map(|i| Steady::new(first + (i + 2) % size, 4, 4))
        .collect()
}

fn waiting(verdict: Verdict) -> Vec<WaitingPacket> {
    match verdict {
        Verdict::Deadlocked(cycle) => cycle,
        other => panic!("expected a deadlock, got {other:?}"),
    }
}

/// The members of a cycle, each with the next; what is told of them agrees.
fn members(cycle: &[WaitingPacket]) -> impl Iterator<Item = (&WaitingPacket, &WaitingPacket)> {
    let members = cycle.iter().zip(cycle.iter().cycle().skip(1));
    members.inspect(|(packet, next)| {
        assert!(packet.buffered > 0);
        let Wanted { credits, blocker, .. } = &packet.wants[0];
        assert_eq!(
            (blocker.at, blocker.vc),
            (next.at, next.vc),
            "each waits for the next"
        );
        assert_eq!(blocker.packet, next.packet);
        if packet.packet.flits.is_none() {
            assert_eq!(
                (*credits, blocker.is_holder),
                (0, false),
                "it has its way on, but no room"
            );
        }
        if blocker.is_holder {
            assert_eq!(packet.at.switch, next.at.switch);
        }
    })
}

#[test]
fn a_ring_without_a_dateline_deadlocks() {
    for reallocation in [
        VcReallocation::NonAtomic,
        VcReallocation::WholePacketFits,
        VcReallocation::Atomic,
    ] {
        let config = SwitchConfig {
            vc_reallocation: reallocation,
            ..switch(1, 4)
        };
        let outcome = run(&Rings::new(&[4], 1), config, two_on(0, 4), &fixed(0, 100_000));
        let cycle = waiting(outcome.verdict);
        assert_eq!(cycle.len(), 4, "{reallocation:?}");
        for (packet, next) in members(&cycle) {
            assert_eq!((packet.at.port, packet.wants[0].port), (BACK, ONWARD));
            assert_eq!((packet.at.switch + 1) % 4, next.at.switch);
        }
        assert!(outcome.latency.is_none());
    }
}

/// A head may be in the middle of an allocation whenever it is looked at.
#[test]
fn heads_in_a_long_allocation_wait_as_well() {
    for (delay, flits) in (1..=5).flat_map(|delay| [2, 4, 5].map(|flits| (delay, flits))) {
        let config = SwitchConfig {
            vc_alloc_delay: delay,
            vc_reallocation: VcReallocation::NonAtomic,
            ..switch(1, 4)
        };
        let sources = (0..4).map(|i| Steady::new((i + 2) % 4, flits, 4)).collect();
        let outcome = run(&Rings::new(&[4], 1), config, sources, &fixed(0, 100_000));
        let cycle = waiting(outcome.verdict);
        assert!(members(&cycle).count() > 0, "{delay} cycles, {flits} flits");
    }
}

#[test]
fn a_dateline_keeps_it_going() {
    let outcome = run(
        &Rings::new(&[4], 2).with_dateline(),
        switch(2, 4),
        two_on(0, 4),
        &fixed(0, 20_000),
    );
    assert_eq!(outcome.verdict, Verdict::Saturated);
}

/// The other ring keeps moving flits all the while.
#[test]
fn one_dead_ring_is_found_while_another_flows() {
    let rings = Rings::new(&[3, 4], 1);
    let mut sources = vec![
        Steady::new(1, 4, 20),
        Steady::new(2, 4, 20),
        Steady::new(0, 4, 20),
    ];
    sources.extend(two_on(3, 4));
    let outcome = run(&rings, switch(1, 4), sources, &fixed(0, 1_000_000 - 1));
    let cycle = waiting(outcome.verdict);
    assert_eq!(cycle.len(), 4);
    assert!(
        cycle.iter().all(|packet| packet.at.switch >= 3),
        "the ring of four is the dead one"
    );
    assert!(outcome.accepted > 0, "the ring of three flows");
}

/// Packets that span several switches: the inputs in between hold no flit of theirs.
#[test]
fn a_worm_longer_than_its_buffers() {
    let sources = (0..6).map(|i| Steady::new((i + 4) % 6, 32, 32)).collect();
    let outcome = run(&Rings::new(&[6], 1), switch(1, 2), sources, &fixed(0, 100_000));
    let cycle = waiting(outcome.verdict);
    assert!(members(&cycle).count() > 0);
}

/// Which packets they are is told wherever their tails are: at the terminal, in a buffer further back, in the same one.
#[test]
fn the_packets_of_a_deadlock_are_known() {
    for (flits, buffer_flits) in [(4, 4), (3, 8), (9, 2)] {
        let gap = u64::from(flits);
        let sources = (0..6)
            .map(|i| Steady::new((i + 3) % 6, flits, gap).at_most(100))
            .collect();
        let outcome = run(
            &Rings::new(&[6], 1),
            switch(1, buffer_flits),
            sources,
            &fixed(0, 100_000),
        );
        let cycle = waiting(outcome.verdict);
        for (WaitingPacket { packet, .. }, _) in members(&cycle) {
            assert_eq!(packet.source, Some((packet.dest + 3) % 6));
            assert!(packet.flits.is_none_or(|told| told == flits));
            assert_eq!(packet.created % gap, 0);
            assert!(packet.created < outcome.cycles);
        }
    }
}

/// A tail that stands alone keeps what the routing has put into it.
#[test]
fn the_source_of_a_packet_of_one_flit_is_not_known_far_from_it() {
    let sources = (0..4).map(|i| Steady::new((i + 3) % 4, 1, 1)).collect();
    let outcome = run(&Rings::new(&[4], 1), switch(1, 1), sources, &fixed(0, 100_000));
    let cycle = waiting(outcome.verdict);
    for (WaitingPacket { packet, at, .. }, _) in members(&cycle) {
        assert_eq!(packet.flits, Some(1));
        let is_at_home = at.port == TERMINAL;
        assert_eq!(packet.source.is_some(), is_at_home);
        let passed = (at.switch + 4 - (packet.dest + 1) % 4) % 4;
        assert_eq!(packet.hops, Some(passed));
    }
}

/// The watchdog looks every 1,024 cycles, and finds it in the first look after it.
#[test]
fn what_has_stood_since_the_last_look_is_told() {
    let sources = two_on(0, 4).into_iter().map(|source| source.starting_at(900));
    let outcome = run(
        &Rings::new(&[4], 1),
        switch(1, 4),
        sources.collect(),
        &fixed(0, 100_000),
    );
    assert_eq!(outcome.cycles, 2_048);
    let cycle = waiting(outcome.verdict);
    assert!(members(&cycle).all(|(packet, _)| packet.unmoved_since == Some(1_024)));
}

/// Slow, but nobody waits for himself: a hot terminal takes all there is.
#[test]
fn a_crowd_is_no_deadlock() {
    let rings = Rings::new(&[8], 2).with_dateline();
    let sources = (0..8)
        .map(|i| {
            if i == 0 {
                Steady::silent()
            } else {
                Steady::new(0, 8, 8)
            }
        })
        .collect();
    let outcome = run(&rings, switch(2, 4), sources, &fixed(0, 50_000));
    assert_eq!(outcome.verdict, Verdict::Saturated);
}

/// A routing with a hole in it.
struct Nowhere;

impl Routing for Nowhere {
    fn route(&self, _: Place, _: u32, _: &mut u32, _: &mut impl Draw, _: &mut Candidates) {}

    fn max_candidates(&self) -> usize {
        1
    }
}

#[test]
fn no_way_on_is_a_stall() {
    let rings = Rings::new(&[3], 1);
    let setup = Setup {
        network: &rings.network(1, FlitTime::ONE),
        switch: switch(1, 4),
        buffers: Vec::new(),
        routing: &Nowhere,
        sources: two_on(0, 3),
        seed: 1,
        execution: Execution::default(),
    };
    let outcome = simulate(setup, &fixed(0, 100_000), &[], &mut |_| ControlFlow::Continue(()));
    assert_eq!(outcome.map(|o| o.verdict), Some(Verdict::Stalled));
}
