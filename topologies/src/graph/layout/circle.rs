//! Switches on a circle.

use super::wires::Bends;
use super::{Plan, around};

/// All of them, in order.
pub fn plan(switches: u32) -> Plan {
    let radius = (f64::from(switches) / std::f64::consts::TAU).max(1.0);
    Plan {
        switches: (0..switches)
            .map(|switch| around(switch, switches, radius))
            .collect(),
        areas: Vec::new(),
        bends: Bends::Straight,
    }
}
