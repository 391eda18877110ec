//! A source that does as it is told.

use fabricsim_core::{Census, Cycle, NEVER, Packet, Source};

/// The packets of one terminal, in order of creation.
#[derive(Clone, Default)]
pub struct Script {
    pub packets: Vec<(Cycle, Packet)>,
    taken: usize,
}

impl Source for Script {
    fn next_creation(&self) -> Cycle {
        self.packets
            .get(self.taken)
            .map_or(NEVER, |&(created, _)| created)
    }

    fn create(&mut self) -> Packet {
        self.taken += 1;
        self.packets[self.taken - 1].1
    }

    fn created_before(&mut self, end: Cycle) -> Census {
        let packets = self.packets.iter().filter(|(created, _)| *created < end);
        packets.fold(Census::default(), |census, (_, packet)| Census {
            packets: census.packets + 1,
            flits: census.flits + u64::from(packet.flits),
        })
    }
}
