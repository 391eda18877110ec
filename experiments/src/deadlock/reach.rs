//! Where a packet can have come from.

use fabricsim_topologies::Legs;

use super::waiting::Packet;
use crate::fabric::Fabric;

/// Whether a packet that is seen in the switch `at` can have been sent by a terminal, by the number of switches that it has
/// passed.
pub fn can_have_come(fabric: &Fabric, packet: &Packet, at: u32, terminal: u32) -> bool {
    let Some(hops) = packet.hops else {
        return true;
    };
    let Some(grid) = fabric.routed_grid() else {
        return true;
    };
    let distance = |switch| grid.distance(grid.home(terminal).switch, switch);
    match fabric.legs() {
        Legs::Minimal => {
            let dest = grid.home(packet.dest).switch;
            distance(at) == hops && hops + grid.distance(at, dest) == distance(dest)
        }
        Legs::ByRandomSwitch => distance(at) <= hops,
    }
}
