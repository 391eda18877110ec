//! Looks become more or fewer by what they were of use.

use crate::exchange::spins::{PROBE, Spins};
use crate::exchange::sync::{LEAST_SPINS, MOST_SPINS};

/// Whether a wait of so many looks ends while the thread looks.
fn wait(spins: &Spins, needed: usize) -> bool {
    let is_over = needed <= spins.looks();
    if is_over {
        spins.were_of_use(needed);
    } else {
        spins.were_in_vain();
    }
    is_over
}

fn all_in_vain(spins: &Spins, waits: usize) {
    (0..waits).for_each(|_| assert!(!wait(spins, usize::MAX)));
}

#[test]
fn looks_in_vain_become_few() {
    let spins = Spins::new();
    assert_eq!(spins.looks(), MOST_SPINS);
    all_in_vain(&spins, 20);
    assert_eq!(spins.looks(), LEAST_SPINS);
}

#[test]
fn looks_of_use_become_more() {
    let spins = Spins::new();
    all_in_vain(&spins, 20);
    (0..20).for_each(|_| assert!(wait(&spins, LEAST_SPINS)));
    assert_eq!(spins.looks(), MOST_SPINS);
}

/// Waits are too long for the fewest looks, yet short: that is found out, and stays.
#[test]
fn one_disturbance_is_not_for_ever() {
    let spins = Spins::new();
    all_in_vain(&spins, 20);
    let needed = MOST_SPINS / 8;
    let in_vain = (0..2 * PROBE).take_while(|_| !wait(&spins, needed)).count();
    assert!((1..PROBE).contains(&in_vain), "{in_vain}");
    (0..10).for_each(|_| assert!(wait(&spins, needed)));
}

/// Where nothing is of use, little is spent on finding out.
#[test]
fn few_waits_probe() {
    let spins = Spins::new();
    all_in_vain(&spins, 20);
    let looks = |_| {
        let looks = spins.looks();
        all_in_vain(&spins, 1);
        looks
    };
    let all: usize = (0..10 * PROBE).map(looks).sum();
    assert!(all <= 10 * (MOST_SPINS + PROBE * LEAST_SPINS), "{all}");
}
