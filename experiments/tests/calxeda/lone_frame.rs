//! The unloaded latency of a frame.

use fabricsim::experiment::PointSpec;
use fabricsim_core::{Cycle, Path, PathLink, zero_load_latency};
use proptest::prelude::*;

use crate::script::lone;
use crate::{build, cycles, point};

/// Flits of frames with 46 B of overhead: the shortest, a full one, and a jumbo.
const FRAMES: [(u32, u16); 4] = [(46, 2), (64, 3), (1500, 31), (9000, 181)];

/// What the engine says of a row of links with these flit times.
fn asked(spec: &PointSpec, flit_times: &[fabricsim_core::FlitTime], flits: u16) -> Cycle {
    let fabric = &spec.fabric;
    let link = |&flit_time| PathLink {
        latency: fabric.link.latency,
        flit_time,
        buffers: fabric.switch.port_buffers(),
    };
    let path = Path {
        links: flit_times.iter().map(link).collect(),
        terminal_latency: fabric.terminal_latency,
        terminal_buffers: fabric.switch.port_buffers(),
    };
    zero_load_latency(&fabric.switch, &path, flits).expect("ordinary links")
}

#[test]
fn is_the_closed_form_over_every_distance() {
    for (payload, flits) in FRAMES {
        let fields = "topology: Torus(sides: [64, 64]), frame: Frame(mtu: Bytes(9000))";
        let spec = point(fields, &format!("Bytes({payload})"));
        assert_eq!(spec.traffic[0].packet_flits, flits);
        for distance in 0..=64 {
            let links = vec![spec.fabric.link.flit_time; distance];
            assert_eq!(
                asked(&spec, &links, flits),
                cycles(distance as u64, flits.into()),
                "{distance} links"
            );
        }
    }
}

/// From one corner to every distance of the torus, through the whole fabric.
#[test]
fn is_the_closed_form_in_the_running_fabric() {
    for (sides, farthest) in [([16, 18], 17), ([64, 64], 64)] {
        let spec = point(&format!("topology: Torus(sides: {sides:?})"), "Bytes(1500)");
        let fabric = build(&spec);
        let grid = fabric.routed_grid().expect("a grid");
        let [x, y]: [u32; 2] = sides;
        // Debug builds take their time for 4,096 switches: every fifth distance of those.
        for distance in (0..=farthest)
            .step_by(if x > 16 { 5 } else { 1 })
            .chain([farthest])
        {
            let along_x = distance.min(x / 2);
            let dest = grid
                .switch_at(&[along_x, (distance - along_x).min(y / 2)])
                .expect("a switch");
            assert_eq!(grid.distance(0, dest), distance);
            assert_eq!(
                lone(&fabric, [0, dest], 31),
                cycles(distance.into(), 31),
                "{sides:?}, {distance} links"
            );
        }
    }
}

/// Flit times of the link speeds in cycles of 40 ns, as fractions: 10, 7.5, 5, 2.5 and 1 Gb/s.
const SPEEDS: [(u32, u32); 5] = [(1, 1), (4, 3), (2, 1), (4, 1), (10, 1)];

/// The closed form over unlike links. A switch whose way out is no faster than its way in passes flits on as they come,
/// held back by a slower link: its tail is later by that link's pace, but only the last link to the host counts. Where the way
/// out is faster the frame is stored: what its tail is behind its head on the way in, (flits - 1) flit times rounded up to
/// whole cycles, is added.
fn over(speeds: &[(u32, u32)], flits: u64) -> u64 {
    let host = (1, 1);
    let with_hosts: Vec<(u32, u32)> = [host].iter().chain(speeds).chain([&host]).copied().collect();
    let stored = with_hosts.windows(2).map(|pair| {
        let ((n_in, d_in), (n_out, d_out)) = (pair[0], pair[1]);
        let steps_up = n_out * d_in < n_in * d_out;
        let spread = ((flits - 1) * u64::from(n_in)).div_ceil(d_in.into());
        if steps_up { spread } else { 0 }
    });
    cycles(speeds.len() as u64, flits) + stored.sum::<u64>()
}

#[test]
fn steps_up_store_and_steps_down_hold() {
    let full = 31;
    let [ten, seven, _, two, one] = SPEEDS;
    // A step down, then the step up to the host.
    assert_eq!(over(&[two], full), cycles(1, full) + 30 * 4);
    assert_eq!(over(&[two, ten], full), cycles(2, full) + 30 * 4);
    assert_eq!(over(&[ten, ten, seven], full), cycles(3, full) + 40);
    assert_eq!(over(&[one, two], full), cycles(2, full) + 300 + 120);
    assert_eq!(over(&[two, one], full), cycles(2, full) + 300);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn mixed_speeds_are_the_closed_form(
        speeds in prop::collection::vec(prop::sample::select(SPEEDS.to_vec()), 0..9), flits in 1_u16..60,
    ) {
        let spec = point("topology: Torus(sides: [4, 4])", "Bytes(1500)");
        let links: Vec<_> = speeds
            .iter()
            .map(|&(numerator, denominator)| fabricsim_core::FlitTime { numerator, denominator })
            .collect();
        prop_assert_eq!(asked(&spec, &links, flits), over(&speeds, flits.into()));
    }
}

/// Rules for dimensions and for pairs, through the whole fabric.
#[test]
fn mixed_speeds_in_the_running_fabric() {
    let fields = "topology: Torus(sides: [8, 6]), links: [
        Links(of: Dimension(1), bandwidth: Gbps(2.5)),
        Links(of: Between(from: [2, 0], to: [1, 0]), bandwidth: Gbps(7.5)),
        Links(of: Between(from: [3, 1], to: [3, 2]), bandwidth: Gbps(5)),
    ]";
    let fabric = build(&point(fields, "Bytes(1500)"));
    let [ten, seven, five, two, _] = SPEEDS;
    let at = |coordinates: &[u32]| {
        fabric
            .routed_grid()
            .expect("a grid")
            .switch_at(coordinates)
            .expect("a switch")
    };
    let between = |from: &[u32], to: &[u32]| lone(&fabric, [at(from), at(to)], 31);
    assert_eq!(between(&[0, 0], &[1, 0]), over(&[ten], 31));
    assert_eq!(between(&[0, 0], &[3, 0]), over(&[ten, seven, ten], 31));
    assert_eq!(
        between(&[3, 0], &[1, 0]),
        over(&[ten, seven], 31),
        "the other direction"
    );
    assert_eq!(between(&[1, 0], &[3, 2]), over(&[seven, ten, two, five], 31));
    assert_eq!(between(&[3, 2], &[3, 0]), over(&[five, two], 31));
}
