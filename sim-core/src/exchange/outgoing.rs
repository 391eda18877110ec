//! The way out of a tile.

use super::{Mail, Outbox};
use crate::Cycle;
use crate::event::{CreditArrival, FlitArrival};
use crate::wiring::ABROAD;

/// A switch of another tile.
#[derive(Clone, Copy, Debug)]
pub struct Address {
    /// Which of the outboxes leads to its tile.
    pub outbox: u32,
    /// Its number there.
    pub switch: u32,
}

/// What a tile writes to its neighbours.
#[derive(Debug, Default)]
pub struct Outgoing {
    /// By number abroad (see [`Wiring::abroad`](crate::wiring::Wiring::abroad)).
    addresses: Vec<Address>,
    /// By neighbour.
    outboxes: Vec<Outbox>,
}

impl Outgoing {
    pub fn new(addresses: Vec<Address>, outboxes: Vec<Outbox>) -> Self {
        Self { addresses, outboxes }
    }

    #[cold]
    pub fn send_flit(&mut self, due: Cycle, arrival: FlitArrival) {
        let Address { outbox, switch } = self.address(arrival.node);
        let arrival = FlitArrival {
            node: switch,
            ..arrival
        };
        self.outboxes[outbox as usize].put(Mail::Flit(due, arrival).write());
    }

    #[cold]
    pub fn send_credit(&mut self, due: Cycle, arrival: CreditArrival) {
        let Address { outbox, switch } = self.address(arrival.node);
        let arrival = CreditArrival {
            node: switch,
            ..arrival
        };
        self.outboxes[outbox as usize].put(Mail::Credit(due, arrival).write());
    }

    fn address(&self, node: u32) -> Address {
        self.addresses[(node - ABROAD) as usize]
    }

    /// Lets the neighbours see what was sent.
    pub fn publish(&mut self) {
        for outbox in &mut self.outboxes {
            outbox.publish();
        }
    }
}
