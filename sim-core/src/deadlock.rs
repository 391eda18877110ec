//! Deadlock at run time: who waits for whom, and whether anybody can ever move.

use crate::engine::Engine;
use crate::switches::{InputVc, NONE, OutputVc};
use crate::tile::Tile;
use crate::wiring::Endpoint;
use crate::{Routing, Source, Switching, VcReallocation, WaitingPacket};

/// What a blocked input virtual channel waits for: one of these others must move first. All are by switch x units + unit,
/// in the whole fabric.
struct Blocked {
    input: usize,
    /// (input virtual channel, output virtual channel of this switch through which it is waited for).
    waits_for: Vec<(usize, usize)>,
}

/// Not (yet) among the blocked.
const NOT_BLOCKED: u32 = u32::MAX;

impl<'a, R: Routing, S: Source, const W: usize> Engine<'a, R, S, W> {
    /// Some head flit that was there at the last call still is.
    pub fn some_head_is_stuck(&mut self) -> bool {
        // Every tile has to look, since it notes what it saw.
        let stuck = self.tiles_mut().map(Tile::some_head_is_stuck);
        stuck.fold(false, |some, stuck| some | stuck)
    }

    /// A cycle of packets each of which can move only after the next has; `None` if every packet can still move.
    ///
    /// Exact for the state that it sees: whoever has a credit, a free virtual channel or something on its way is
    /// alive, and so is whoever waits for somebody alive. Those left wait for each other for ever.
    pub fn find_deadlock(&self) -> Option<Vec<WaitingPacket>> {
        let inputs = self.switches() as usize * self.model().units();
        let blocked = |input| {
            let waits_for = self.site(input).waits_for()?;
            Some(Blocked { input, waits_for })
        };
        let blocked: Vec<Blocked> = (0..inputs).filter_map(blocked).collect();
        let mut number = vec![NOT_BLOCKED; inputs];
        for (i, b) in blocked.iter().enumerate() {
            number[b.input] = i as u32;
        }
        let dead = dead(&blocked, &number);
        let mut dead = (0..blocked.len()).filter(|&i| dead[i]);
        dead.find_map(|first| self.follow(&blocked, &number, first))
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

    /// Goes from one dead input to one that it waits for until an input comes again; `None` if that ends at a packet
    /// which no way on is open to.
    fn follow(&self, blocked: &[Blocked], number: &[u32], first: usize) -> Option<Vec<WaitingPacket>> {
        let mut path: Vec<usize> = Vec::new();
        let mut at = first;
        while !path.contains(&at) {
            path.push(at);
            let (next, _) = blocked[at].waits_for.first()?;
            at = number[*next] as usize;
        }
        let start = path.iter().position(|&i| i == at)?;
        let members = path[start..].iter().map(|&i| &blocked[i]);
        let packets = members.filter_map(|b| self.site(b.input).waiting_packet(b.waits_for[0].1));
        Some(packets.collect())
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

    /// Whom it waits for; `None` if it is idle or can move.
    fn waits_for(&self) -> Option<Vec<(usize, usize)>> {
        let (vc, config) = (self.vc(), &self.tile.model.config);
        match (vc.flits, vc.output) {
            (0, NONE) => None,
            (0, output) => Some(vec![(self.upstream()?, usize::from(output))]),
            // What is missing of a packet that is stored here comes by itself: there is room for all of it.
            (_, NONE)
                if self.tile.switches.tails(self.index()) == 0 && config.switching != Switching::Wormhole =>
            {
                None
            }
            (_, NONE) if self.tile.switches.stages[self.switch].waiting.contains(self.unit) => {
                self.waits_for_vc()
            }
            (_, NONE) => None,
            (_, output) => {
                let output = usize::from(output);
                let far = self.downstream(output)?;
                (self.output(output).credits == 0).then(|| vec![(far, output)])
            }
        }
    }

    /// The packet that it expects the rest of stands upstream; `None` if flits or credits are on their way, or
    /// a terminal is sending.
    fn upstream(&self) -> Option<usize> {
        let vcs = self.tile.model.vcs;
        let from = self.tile.model.wiring.at(self.switch, self.unit / vcs).fed_by;
        let before = self.switch_at(from)?;
        let units = self.tile.model.units();
        let sender = self.engine.site(before as usize * units);
        let output = sender.output(usize::from(from.first) + self.unit % vcs);
        let settled = output.credits == self.tile.model.capacity[self.unit];
        (settled && output.holder != NONE).then(|| sender.beside(output.holder.into()))
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
    fn waits_for_vc(&self) -> Option<Vec<(usize, usize)>> {
        let mut waits_for = Vec::new();
        for way in self.tile.switches.ways(self.index()) {
            for output in self.tile.model.units_of_way::<W>(way).iter() {
                waits_for.push((self.keeper(output, way.packets())?, output));
            }
        }
        Some(waits_for)
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

    /// Its packet, which waits for `output`. An input without flits only hands on that its packet is held up further back.
    fn waiting_packet(&self, output: usize) -> Option<WaitingPacket> {
        let (vc, model) = (self.vc(), &self.tile.model);
        let (at, channel) = model.channel(self.switch, self.unit);
        (vc.flits > 0).then(|| WaitingPacket {
            at,
            vc: channel,
            flits: vc.flits,
            dest: vc.front().dest,
            wants: (output / model.vcs) as u8,
            wants_vc: (output % model.vcs) as u8,
        })
    }
}

impl<R: Routing, S: Source, const W: usize> Tile<'_, R, S, W> {
    /// Some head flit that was there at the last call still is.
    fn some_head_is_stuck(&mut self) -> bool {
        let units = self.switches.units;
        let mut stuck = false;
        for (switch, stages) in self.switches.stages.iter_mut().enumerate() {
            let moved = std::mem::take(&mut stages.moved);
            let inputs = &self.switches.inputs[switch * units..(switch + 1) * units];
            for (unit, vc) in inputs.iter().enumerate() {
                if vc.flits == 0 {
                    stages.moved.insert(unit);
                } else {
                    stuck |= !moved.contains(unit);
                }
            }
        }
        stuck
    }
}

/// Who of the blocked can never move: all but those that wait, over any number of others, for somebody who can.
fn dead(blocked: &[Blocked], number: &[u32]) -> Vec<bool> {
    let mut waited_for_by = vec![Vec::new(); blocked.len()];
    let mut dead = vec![true; blocked.len()];
    let mut alive = Vec::new();
    for (i, b) in blocked.iter().enumerate() {
        for &(other, _) in &b.waits_for {
            match number[other] {
                NOT_BLOCKED if dead[i] => {
                    dead[i] = false;
                    alive.push(i);
                }
                NOT_BLOCKED => {}
                other => waited_for_by[other as usize].push(i),
            }
        }
    }
    while let Some(i) = alive.pop() {
        for &waiter in &waited_for_by[i] {
            if std::mem::replace(&mut dead[waiter], false) {
                alive.push(waiter);
            }
        }
    }
    dead
}
