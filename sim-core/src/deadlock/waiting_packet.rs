//! What is told of a deadlock.

use crate::{Cycle, PortRef};

/// One member of a cycle of waiting packets; each waits for the next, the last for the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingPacket {
    /// The packet.
    pub packet: PacketInside,
    /// Input port whose buffer it stands at the head of.
    pub at: PortRef,
    /// Virtual channel of that port.
    pub vc: u8,
    /// Flits in that buffer: of this packet, and of those behind it.
    pub buffered: u16,
    /// A cycle in which it was seen to stand here, after which it has not moved; `None` if it came after the watchdog's last
    /// look.
    pub unmoved_since: Option<Cycle>,
    /// What it waits for: any of these would do. The first is the one that the next packet of the cycle is in the way of.
    pub wants: Vec<Wanted>,
}

/// An output virtual channel that a packet waits for, to be given it or, if it has it, for room behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Output port, of the switch that the packet waits in.
    pub port: u8,
    /// Virtual channel of that port.
    pub vc: u8,
    /// Free places in the buffer behind it \[flits\].
    pub credits: u16,
    /// The packet that must move first.
    pub blocker: Blocker,
}

/// A packet in the way of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocker {
    /// The packet.
    pub packet: PacketInside,
    /// Input port where its flits are to go on from.
    pub at: PortRef,
    /// Virtual channel of that port.
    pub vc: u8,
    /// It holds the output virtual channel; else it is at the head of the buffer behind it.
    pub is_holder: bool,
}

/// A packet inside the fabric, as far as its flits tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketInside {
    /// Terminal that sent it; `None` where a packet of one flit has left its terminal's switch.
    pub source: Option<u32>,
    /// Terminal that it goes to.
    pub dest: u32,
    /// Cycle of its creation.
    pub created: Cycle,
    /// Its length in flits; `None` where its head has gone on.
    pub flits: Option<u16>,
    /// Switches that all of it has passed before this one; `None` where its tail is not the first flit here.
    pub hops: Option<u32>,
}
