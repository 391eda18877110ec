//! What is kept of a cycle of waiting packets.

use fabricsim_core::{PacketInside, WaitingPacket};
use serde::{Deserialize, Serialize};

/// One member of a cycle of waiting packets; each waits for the next, the last for the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// The packet.
    pub packet: Packet,
    /// Switch whose buffer it stands at the head of.
    pub switch: u32,
    /// Input port of that buffer.
    pub port: u8,
    /// Virtual channel of that port.
    pub vc: u8,
    /// Flits in that buffer.
    pub buffered: u16,
    /// A cycle since which it has not moved; `None` where it came shortly before the deadlock was found.
    pub since: Option<u64>,
    /// What it waits for: any of these would do. The first is the one that the next packet is in the way of.
    pub wants: Vec<Wanted>,
}

/// An output virtual channel that a packet waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Output port of the switch that it waits in.
    pub port: u8,
    /// Virtual channel of that port.
    pub vc: u8,
    /// Free places in the buffer behind it \[flits\].
    pub credits: u16,
    /// Who must move first.
    pub blocker: Blocker,
}

/// A packet in the way of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blocker {
    /// The packet.
    pub packet: Packet,
    /// Switch in which it waits itself.
    pub switch: u32,
    /// Input port there.
    pub port: u8,
    /// Virtual channel of that port.
    pub vc: u8,
    /// It holds the output virtual channel; else it is at the head of the buffer behind it, which has no room.
    pub is_holder: bool,
}

/// A packet, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Packet {
    /// Cycle of its creation.
    pub created: u64,
    /// Terminal that it goes to.
    pub dest: u32,
    /// Terminal that sent it.
    pub source: Option<u32>,
    /// Its number among those that this terminal created, from 0.
    pub number: Option<u64>,
    /// Its length in flits.
    pub flits: Option<u16>,
    /// Switches that all of it has passed before the one that it waits in; `None` where some of it is further back.
    pub hops: Option<u32>,
}

impl Packet {
    /// Whether both can be the same.
    pub fn is_like(&self, other: &Self) -> bool {
        (self.created, self.dest, self.source) == (other.created, other.dest, other.source)
    }

    /// As `--watch` names it: `12:37`; `None` where it is not known which it is.
    pub fn name(&self) -> Option<String> {
        Some(format!("{}:{}", self.source?, self.number?))
    }
}

impl From<&PacketInside> for Packet {
    fn from(packet: &PacketInside) -> Self {
        Self {
            created: packet.created,
            dest: packet.dest,
            source: packet.source,
            number: None,
            flits: packet.flits,
            hops: packet.hops,
        }
    }
}

impl From<&WaitingPacket> for Waiting {
    fn from(waiting: &WaitingPacket) -> Self {
        let wants = waiting.wants.iter().map(|wanted| Wanted {
            port: wanted.port,
            vc: wanted.vc,
            credits: wanted.credits,
            blocker: Blocker {
                packet: Packet::from(&wanted.blocker.packet),
                switch: wanted.blocker.at.switch,
                port: wanted.blocker.at.port,
                vc: wanted.blocker.vc,
                is_holder: wanted.blocker.is_holder,
            },
        });
        Self {
            packet: Packet::from(&waiting.packet),
            switch: waiting.at.switch,
            port: waiting.at.port,
            vc: waiting.vc,
            buffered: waiting.buffered,
            since: waiting.unmoved_since,
            wants: wants.collect(),
        }
    }
}
