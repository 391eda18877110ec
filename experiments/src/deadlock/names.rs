//! Switches, ports and terminals of a deadlock by the names of their fabric.

use std::fmt::Display;

use fabricsim_core::PortRef;

use super::waiting::Packet;
use crate::fabric::Fabric;

/// The names of a fabric.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a>(pub &'a Fabric);

impl Names<'_> {
    /// `(3,0)`.
    pub fn switch(self, switch: u32) -> String {
        self.0.switch_name(switch)
    }

    /// `-x VC 0`.
    pub fn channel(self, at: PortRef, vc: impl Display) -> String {
        format!("{} VC {vc}", self.port(at))
    }

    fn port(self, at: PortRef) -> String {
        self.0.spec.topology.port_name(self.0.port_number(at))
    }

    /// A terminal by its switch, and by its port where that has several: `(3,0)`, `(3,0) t1`.
    fn terminal(self, terminal: u32) -> String {
        let terminals = self.0.network().terminals();
        let home = terminals[terminal as usize];
        let switch = self.switch(home.switch);
        let beside = terminals.iter().filter(|at| at.switch == home.switch);
        match beside.count() {
            1 => switch,
            _ => format!("{switch} {}", self.port(home)),
        }
    }

    /// `(4,1) → (1,1)`; where its source is not known, `to (1,1)`.
    pub fn way(self, packet: &Packet) -> String {
        let dest = self.terminal(packet.dest);
        match packet.source {
            Some(source) => format!("{} → {dest}", self.terminal(source)),
            None => format!("to {dest}"),
        }
    }

    /// A packet as `--watch` names it, `12:37`, or by where it goes.
    pub fn packet(self, packet: &Packet) -> String {
        packet
            .name()
            .unwrap_or_else(|| format!("one {}", self.way(packet)))
    }
}
