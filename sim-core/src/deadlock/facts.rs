//! What the flits and channels of a deadlock tell of it.

use super::Site;
use super::wait_graph::Wait;
use super::waiting_packet::{Blocker, PacketInside, WaitingPacket, Wanted};
use crate::flit::{Flit, restore};
use crate::switches::NONE;
use crate::{Cycle, Routing, Source};

impl<R: Routing, S: Source, const W: usize> Site<'_, '_, R, S, W> {
    /// Its packet, that waits for `waits`, of which `next` is a member of the cycle. The heads were last noted in cycle
    /// `noted`.
    pub fn waiting_packet(&self, waits: &[Wait], next: usize, noted: Cycle) -> WaitingPacket {
        let (at, vc) = self.tile.model.channel(self.switch, self.unit);
        let has_moved = self.tile.switches.stages[self.switch].moved.contains(self.unit);
        let mut wants: Vec<Wanted> = waits.iter().map(|wait| self.wanted(wait)).collect();
        if let Some(first) = waits.iter().position(|wait| wait.on == next) {
            wants[..=first].rotate_right(1);
        }
        WaitingPacket {
            packet: self.packet(),
            at,
            vc,
            buffered: self.vc().flits,
            unmoved_since: (!has_moved).then_some(noted),
            wants,
        }
    }

    fn wanted(&self, wait: &Wait) -> Wanted {
        let (port, vc) = self.tile.model.channel(self.switch, wait.through);
        let output = self.output(wait.through);
        let blocker = self.engine.site(wait.on);
        let (at, blocker_vc) = blocker.tile.model.channel(blocker.switch, blocker.unit);
        Wanted {
            port: port.port,
            vc,
            credits: output.credits,
            blocker: Blocker {
                packet: blocker.packet(),
                at,
                vc: blocker_vc,
                is_holder: output.holder != NONE && self.beside(output.holder.into()) == wait.on,
            },
        }
    }

    /// The packet at its head.
    fn packet(&self) -> PacketInside {
        let front = self.vc().front();
        let created = self.engine.creation(front);
        PacketInside {
            source: self.source(),
            dest: front.dest,
            created: restore(self.engine.now, created),
            flits: front.is_head().then(|| front.packet_flits() as u16),
            hops: front.is_tail().then(|| front.hops()),
        }
    }

    /// The terminal that sent the packet at its head: the one at its port, or what the tail says, wherever it is.
    fn source(&self) -> Option<u32> {
        let model = &self.tile.model;
        let fed_by = model.wiring.at(self.switch, self.unit / model.vcs).fed_by;
        if !model.wiring.is_switch(fed_by.node) {
            let terminal = fed_by.node - model.wiring.switches;
            return Some(model.wiring.terminal_name(terminal as usize));
        }
        let mut flits = self.tile.switches.flits(self.index());
        match flits.find(|flit| flit.is_tail()) {
            Some(tail) => Flit::source(tail),
            None => self.engine.site(self.upstream()?).source(),
        }
    }

    /// Where the rest of its packet stands; `None` if that is on its way.
    fn upstream(&self) -> Option<usize> {
        let model = &self.tile.model;
        let from = model.wiring.at(self.switch, self.unit / model.vcs).fed_by;
        let before = self.switch_at(from)?;
        let sender = self.engine.site(before as usize * model.units());
        let output = sender.output(usize::from(from.first) + self.unit % model.vcs);
        (output.holder != NONE).then(|| sender.beside(output.holder.into()))
    }
}
