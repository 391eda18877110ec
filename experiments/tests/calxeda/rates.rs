//! Throughput of the links and of the switch's pipeline.

use crate::script::burst;
use crate::{build, cycles, point};

/// Frames of one virtual channel follow each other back to back through the pipeline of four cycles.
#[test]
fn frames_follow_each_other_back_to_back() {
    let fabric = build(&point("topology: Mesh(sides: [5])", "Bytes(1500)"));
    let outcome = burst(&fabric, [0, 4], 100, 31, 10_000);
    let last = outcome.latency.expect("all arrive").max;
    assert_eq!(last, cycles(4, 100 * 31), "as one frame of all their flits");
}

/// Three flits in four cycles for more than 10^5 flits: the last arrives when the closed form of a single long frame says.
#[test]
fn seven_and_a_half_gigabits_do_not_drift() {
    let fields =
        "topology: Mesh(sides: [3]), link: Link(bandwidth: Gbps(7.5)), switch: Switch(switching: Wormhole)";
    let fabric = build(&point(fields, "Bytes(1500)"));
    let (frames, flits) = (4_000, 31);
    let outcome = burst(&fabric, [0, 2], frames, flits, 200_000);
    let all = frames * u64::from(flits);
    assert!(all > 100_000);
    // The last flit leaves (all - 1) x 4/3 cycles after the first, which takes the latency of one flit.
    let expected = cycles(2, 1) + ((all - 1) * 4).div_ceil(3);
    assert_eq!(outcome.latency.expect("all arrive").max, expected);
    assert_eq!(outcome.link_flits.iter().sum::<u64>(), 2 * all);
}
