//! The timetable of chosen packets.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

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
#[derive(Clone, Debug)]
pub struct Watch {
    requests: Vec<WatchRequest>,
    /// By number in the watch list, the same for all threads: creation, low 32 bits, and above it the length.
    ///
    /// Relaxed throughout: it is written once, before the packet's first flit is sent, and read by whoever has one of its
    /// flits; a flit that comes to another thread comes with all that was done before it was sent.
    packets: Arc<[AtomicU64]>,
    events: Vec<WatchEvent>,
}

impl Watch {
    pub fn new(requests: &[WatchRequest]) -> Self {
        Self {
            requests: requests.to_vec(),
            packets: requests.iter().map(|_| AtomicU64::default()).collect(),
            events: Vec::new(),
        }
    }

    fn watched(&self, number: usize) -> Watched {
        let packed = self.packets[number].load(Ordering::Relaxed);
        Watched {
            created: packed as u32,
            flits: (packed >> 32) as u16,
        }
    }

    /// A packet is created; its number in the list if it is to be watched.
    #[inline]
    pub fn created(&mut self, request: WatchRequest, cycle: Cycle, packet: Packet) -> Option<u32> {
        if self.requests.is_empty() {
            return None;
        }
        let number = self.requests.iter().position(|&r| r == request)?;
        let packed = u64::from(cycle as u32) | u64::from(packet.flits) << 32;
        self.packets[number].store(packed, Ordering::Relaxed);
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
        self.watched(flit.created as usize).created
    }

    /// A watched flit does something.
    #[cold]
    pub fn note(&mut self, cycle: Cycle, flit: &Flit, stage: WatchStage) {
        let number = flit.created as usize;
        let position = if flit.is_tail() {
            self.watched(number).flits - 1
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

    /// All that was noted by all threads, by time, in a cycle by packet and flit; what a flit does in one cycle, all of it
    /// in one thread, in the order in which it does it.
    pub fn timetable(all: Vec<Self>) -> Vec<WatchEvent> {
        let mut events: Vec<_> = all.into_iter().flat_map(|watch| watch.events).collect();
        events.sort_by_key(|event| {
            let WatchRequest { terminal, packet } = event.packet;
            (event.cycle, terminal, packet, event.flit)
        });
        events
    }
}
