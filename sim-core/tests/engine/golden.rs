//! What random switches on a small torus did when the engine was written for clarity alone (commit 0b1b792). Whoever makes
//! it faster must not change it.
//!
//! What was meant to change: of switches with internal speed-up, links are counted what they carried in the window, not what they
//! were handed.
//!
//! What it has caught: a short way of allocation that forgot urgency and the second iteration of `Select`; a switch that
//! made a pass when a head entered a long route computation, in which others speculated once more.

use fabricsim_core::{Execution, Outcome};

use crate::random_switches::{CASES, KINDS, outcome};

/// By kind.
const GOLDEN: [u64; 11] = [
    0xc75f_880e_069a_ece2,
    0x2c64_9002_4b55_4dc6,
    0xa959_e04d_2649_d184,
    0xf22e_8dc3_3468_0694,
    0x3636_3688_b794_1dba,
    0x0467_7b22_0b5a_628f,
    0x8cac_c6c8_2ce0_e778,
    0x0ee9_6dd1_6038_7d4f,
    0xda5e_8f6e_aa2a_d640,
    0x0d1f_5e3d_4be3_23e6,
    0x201d_bbdf_f8a2_3701,
];

/// FNV-1a, of what is counted.
fn digest(outcomes: impl Iterator<Item = Outcome>) -> u64 {
    let mut digest = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |number: u64| {
        for byte in number.to_le_bytes() {
            digest = (digest ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    };
    for outcome in outcomes {
        add(outcome.cycles);
        add(outcome.flit_hops);
        add(outcome.generated);
        add(outcome.accepted);
        add(outcome.packets);
        outcome.link_flits.iter().for_each(|&flits| add(flits));
        for step in &outcome.latency_distribution {
            add(step.latency);
            add(step.packets);
        }
    }
    digest
}

#[test]
fn results_are_what_they_were() {
    for (kind, golden) in KINDS.into_iter().zip(GOLDEN) {
        let found = digest((0..CASES).map(|case| outcome(case, kind, |_| Execution::default())));
        assert_eq!(found, golden, "{}: {found:#018x}", kind.0);
    }
}
