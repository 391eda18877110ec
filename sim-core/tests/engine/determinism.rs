//! The same inputs give the same bits.

use crate::support::{Rings, Steady, fixed, run, switch};

fn crossing() -> Vec<Steady> {
    (0..6)
        .map(|i| Steady::new((i + 3) % 6, 1 + i as u16, 7))
        .collect()
}

#[test]
fn a_run_repeats_to_the_bit() {
    let rings = Rings::new(&[6], 4).with_dateline();
    let once = || run(&rings, switch(4, 4), crossing(), &fixed(500, 5_000));
    assert_eq!(once(), once());
}
