//! The timetable of chosen packets.

use crate::flit::Flit;
use crate::{Cycle, Packet, WatchEvent, WatchRequest, WatchStage};

/// A packet of the watch list that has been created.
#[derive(Clone, Copy, Debug, Default)]
struct Watched {
    /// Low 32 bits.
    created: u32,
    flits: u16,
}

/// Follows the flits that are marked; costs the others a bit test.
#[derive(Debug)]
pub struct Watch {
    requests: Vec<WatchRequest>,
    /// By number in the watch list.
    packets: Vec<Watched>,
    events: Vec<WatchEvent>,
}

impl Watch {
    pub fn new(requests: &[WatchRequest]) -> Self {
        Self {
            requests: requests.to_vec(),
            packets: vec![Watched::default(); requests.len()],
            events: Vec::new(),
        }
    }

    /// A packet is created; its number in the list if it is to be watched.
    #[inline]
    pub fn created(&mut self, request: WatchRequest, cycle: Cycle, packet: Packet) -> Option<u32> {
        if self.requests.is_empty() {
            return None;
        }
        let number = self.requests.iter().position(|&r| r == request)?;
        self.packets[number] = Watched {
            created: cycle as u32,
            flits: packet.flits,
        };
        self.events.push(WatchEvent {
            cycle,
            packet: request,
            flit: 0,
            stage: WatchStage::Created {
                dest: packet.dest,
                flits: packet.flits,
            },
        });
        Some(number as u32)
    }

    /// Creation of a watched flit's packet, low 32 bits.
    pub fn creation(&self, flit: &Flit) -> u32 {
        self.packets[flit.created as usize].created
    }

    /// A watched flit does something.
    #[cold]
    pub fn note(&mut self, cycle: Cycle, flit: &Flit, stage: WatchStage) {
        let number = flit.created as usize;
        let position = if flit.is_tail() {
            self.packets[number].flits - 1
        } else {
            flit.position() as u16
        };
        self.events.push(WatchEvent {
            cycle,
            packet: self.requests[number],
            flit: position,
            stage,
        });
    }

    /// All that was noted, by time, in a cycle by packet and flit; what a flit does in one cycle in the order in which it
    /// does it.
    pub fn timetable(mut self) -> Vec<WatchEvent> {
        self.events.sort_by_key(|event| {
            let WatchRequest { terminal, packet } = event.packet;
            (event.cycle, terminal, packet, event.flit)
        });
        self.events
    }
}
