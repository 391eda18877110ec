//! Deadlock at run time: who waits for whom, and whether anybody can ever move.

mod facts;
mod wait_graph;
mod waiting_packet;

pub use wait_graph::WaitGraph;
pub use waiting_packet::{Blocker, PacketInside, WaitingPacket, Wanted};

use self::wait_graph::Wait;
use crate::engine::Engine;
use crate::mask::Mask;
use crate::switches::{InputVc, NONE, OutputVc};
use crate::tile::Tile;
use crate::wiring::Endpoint;
use crate::{Cycle, Routing, Source, Switching, VcReallocation};

impl<'a, R: Routing, S: Source, const W: usize> Engine<'a, R, S, W> {
    /// Some head flit that was there when the heads were last noted still is.
    pub fn some_head_is_stuck(&self) -> bool {
        self.tiles().any(Tile::some_head_is_stuck)
    }

    /// Notes which heads are there.
    pub fn note_heads(&mut self) {
        self.tiles_mut().for_each(Tile::note_heads);
    }

    /// A cycle of packets each of which can move only after the next has; `None` if every packet can still move. The heads
    /// were last noted in cycle `noted`.
    ///
    /// Exact for the state that it sees: whoever has a credit, a free virtual channel or something on its way is
    /// alive, and so is whoever waits for somebody alive. Those left wait for each other for ever.
    pub fn find_deadlock(&self, graph: &mut WaitGraph, noted: Cycle) -> Option<Vec<WaitingPacket>> {
        graph.clear();
        for input in 0..self.switches() as usize * self.model().units() {
            let is_blocked = self.site(input).waits_for(graph.waits_mut()).is_some();
            graph.settle(input, is_blocked);
        }
        let cycle = graph.shortest_cycle()?;
        let next = cycle.iter().cycle().skip(1);
        let members = cycle.iter().zip(next);
        let packets = members.map(|(&input, &next)| {
            let (waits, site) = (graph.waits_of(input), self.site(input));
            site.waiting_packet(waits, next, noted)
        });
        Some(packets.collect())
    }

    /// An input virtual channel by its number in the fabric: switch x units + unit.
    fn site(&self, input: usize) -> Site<'_, 'a, R, S, W> {
        let units = self.model().units();
        let (tile, switch) = self.locate((input / units) as u32);
        Site {
            engine: self,
            tile,
            switch,
            unit: input % units,
        }
    }
}

/// One input virtual channel.
struct Site<'e, 'a, R, S, const W: usize> {
    engine: &'e Engine<'a, R, S, W>,
    tile: &'e Tile<'a, R, S, W>,
    /// Its switch, in the tile.
    switch: usize,
    unit: usize,
}

impl<R: Routing, S: Source, const W: usize> Site<'_, '_, R, S, W> {
    fn index(&self) -> usize {
        self.tile.switches.index(self.switch, self.unit)
    }

    fn vc(&self) -> &InputVc {
        &self.tile.switches.inputs[self.index()]
    }

    /// An output virtual channel of its switch.
    fn output(&self, output: usize) -> &OutputVc {
        &self.tile.switches.outputs[self.tile.switches.index(self.switch, output)]
    }

    /// The number in the fabric of another input virtual channel of its switch.
    fn beside(&self, unit: usize) -> usize {
        self.tile.model.wiring.switch_name(self.switch) as usize * self.tile.model.units() + unit
    }

    /// The number in the fabric of the switch at an end of a link; `None` of a terminal.
    fn switch_at(&self, end: Endpoint) -> Option<u32> {
        let is_switch = self.tile.model.wiring.is_switch(end.node);
        is_switch.then(|| self.engine.switch_name(self.tile, end.node))
    }

    /// Adds what it waits for; `None` if it is idle or can move.
    fn waits_for(&self, waits: &mut Vec<Wait>) -> Option<()> {
        let (vc, config) = (self.vc(), &self.tile.model.config);
        match (vc.flits, vc.output) {
            // The rest of its packet has credits to come with.
            (0, _) => None,
            // What is missing of a packet that is stored here comes by itself: there is room for all of it.
            (_, NONE)
                if self.tile.switches.tails(self.index()) == 0 && config.switching != Switching::Wormhole =>
            {
                None
            }
            (_, NONE) if self.asks_for_vc() => self.waits_for_vc(waits),
            (_, NONE) => None,
            (_, output) => {
                let through = usize::from(output);
                let on = self.downstream(through)?;
                waits.push(Wait { on, through });
                (self.output(through).credits == 0).then_some(())
            }
        }
    }

    /// A head that is routed and has no virtual channel yet.
    fn asks_for_vc(&self) -> bool {
        let switches = &self.tile.switches;
        let stages = &switches.stages[self.switch];
        let asked = switches.rest.under_way.get(self.switch);
        let asking = stages.waiting | stages.blocked | asked.map_or(Mask::EMPTY, |way| way.vc_allocation);
        asking.contains(self.unit)
    }

    /// The full input behind an output; `None` if it is a terminal, or something is on its way between them.
    fn downstream(&self, output: usize) -> Option<usize> {
        let model = &self.tile.model;
        let to = model.wiring.at(self.switch, output / model.vcs).feeds;
        let next = self.switch_at(to)?;
        let far = next as usize * model.units() + usize::from(to.first) + output % model.vcs;
        let places = self.engine.site(far).vc().flits + self.output(output).credits;
        (places == model.output_capacity(self.switch, output)).then_some(far)
    }

    /// A head that waits for a virtual channel waits for the holders of all that it may be given.
    fn waits_for_vc(&self, waits: &mut Vec<Wait>) -> Option<()> {
        for way in self.tile.switches.ways(self.index()) {
            for through in self.tile.model.units_of_way::<W>(way).iter() {
                let on = self.keeper(through, way.packets())?;
                waits.push(Wait { on, through });
            }
        }
        Some(())
    }

    /// Who must move before its packet can be given `output`; `None` if it will be.
    fn keeper(&self, output: usize, packets: u8) -> Option<usize> {
        let state = self.output(output);
        if state.holder != NONE {
            return Some(self.beside(state.holder.into()));
        }
        let model = &self.tile.model;
        let capacity = model.output_capacity(self.switch, output);
        let room = self.vc().front().packet_flits() * u32::from(packets);
        let enough = match model.config.vc_reallocation {
            // With a virtual channel comes a place in its buffer.
            VcReallocation::NonAtomic if model.config.combined_allocation => 1,
            VcReallocation::NonAtomic => 0,
            VcReallocation::WholePacketFits => room.min(capacity.into()),
            VcReallocation::Atomic => capacity.into(),
        };
        if u32::from(state.credits) >= enough {
            return None;
        }
        self.downstream(output)
    }
}

impl<R: Routing, S: Source, const W: usize> Tile<'_, R, S, W> {
    fn some_head_is_stuck(&self) -> bool {
        let inputs = self.switches.inputs.chunks_exact(self.switches.units);
        self.switches.stages.iter().zip(inputs).any(|(stages, inputs)| {
            let mut inputs = inputs.iter().enumerate();
            inputs.any(|(unit, vc)| vc.flits > 0 && !stages.moved.contains(unit))
        })
    }

    fn note_heads(&mut self) {
        let inputs = self.switches.inputs.chunks_exact(self.switches.units);
        for (stages, inputs) in self.switches.stages.iter_mut().zip(inputs) {
            let empty = inputs.iter().enumerate().filter(|(_, vc)| vc.flits == 0);
            stages.moved = empty.fold(Mask::EMPTY, |all, (unit, _)| all | Mask::one(unit));
        }
    }
}
