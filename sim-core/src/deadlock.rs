//! Deadlock at run time: who waits for whom, and whether anybody can ever move.

use crate::engine::Engine;
use crate::switches::NONE;
use crate::{PortRef, Routing, Source, Switching, VcReallocation, WaitingPacket};

/// What a blocked input virtual channel waits for: one of these others must move first.
struct Blocked {
    input: usize,
    /// (input virtual channel, output virtual channel of this switch through which it is waited for).
    waits_for: Vec<(usize, usize)>,
}

/// Not (yet) among the blocked.
const NOT_BLOCKED: u32 = u32::MAX;

impl<R: Routing, S: Source, const W: usize> Engine<'_, R, S, W> {
    /// Some head flit that was there at the last call still is.
    pub fn some_head_is_stuck(&mut self) -> bool {
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

    /// A cycle of packets each of which can move only after the next has; `None` if every packet can still move.
    ///
    /// Exact for the state that it sees: whoever has a credit, a free virtual channel or something on its way is
    /// alive, and so is whoever waits for somebody alive. Those left wait for each other for ever.
    pub fn find_deadlock(&self) -> Option<Vec<WaitingPacket>> {
        let blocked = self.blocked();
        let mut number = vec![NOT_BLOCKED; self.switches.inputs.len()];
        for (i, b) in blocked.iter().enumerate() {
            number[b.input] = i as u32;
        }
        let dead = dead(&blocked, &number);
        let mut dead = (0..blocked.len()).filter(|&i| dead[i]);
        dead.find_map(|first| self.follow(&blocked, &number, first))
    }

    /// Every input virtual channel that has or expects flits and can't move by itself.
    fn blocked(&self) -> Vec<Blocked> {
        (0..self.switches.inputs.len())
            .filter_map(|input| {
                let waits_for = self.waits_for(input)?;
                Some(Blocked { input, waits_for })
            })
            .collect()
    }

    /// Whom `input` waits for; `None` if it is idle or can move.
    fn waits_for(&self, input: usize) -> Option<Vec<(usize, usize)>> {
        let (switch, unit) = (input / self.switches.units, input % self.switches.units);
        let vc = self.switches.inputs[input];
        match (vc.flits, vc.output) {
            (0, NONE) => None,
            (0, output) => Some(vec![(self.upstream(input)?, usize::from(output))]),
            // What is missing of a packet that is stored here comes by itself: there is room for all of it.
            (_, NONE)
                if self.switches.tails(input) == 0 && self.model.config.switching != Switching::Wormhole =>
            {
                None
            }
            (_, NONE) if self.switches.stages[switch].waiting.contains(unit) => {
                self.waits_for_vc(switch, input)
            }
            (_, NONE) => None,
            (_, output) => {
                let output = usize::from(output);
                let credits = self.switches.outputs[self.switches.index(switch, output)].credits;
                let far = self.downstream(switch, output, credits)?;
                (credits == 0).then(|| vec![(far, output)])
            }
        }
    }

    /// The packet that `input` expects the rest of stands upstream; `None` if flits or credits are on their way, or
    /// a terminal is sending.
    fn upstream(&self, input: usize) -> Option<usize> {
        let vcs = self.model.vcs;
        let (switch, unit) = (input / self.switches.units, input % self.switches.units);
        let from = self.model.wiring.at(switch, unit / vcs).fed_by;
        if self.model.wiring.is_terminal(from.node) {
            return None;
        }
        let first = self.switches.index(from.node as usize, 0);
        let output = self.switches.outputs[first + usize::from(from.first) + input % vcs];
        let capacity = self.model.capacity[unit];
        let settled = output.credits == capacity;
        (settled && output.holder != NONE).then(|| first + usize::from(output.holder))
    }

    /// The full input behind an output; `None` if it is a terminal, or something is on its way between them.
    fn downstream(&self, switch: usize, output: usize, credits: u16) -> Option<usize> {
        let vcs = self.model.vcs;
        let to = self.model.wiring.at(switch, output / vcs).feeds;
        if self.model.wiring.is_terminal(to.node) {
            return None;
        }
        let far = self
            .switches
            .index(to.node as usize, usize::from(to.first) + output % vcs);
        let capacity = self.model.output_capacity(switch, output);
        let settled = self.switches.inputs[far].flits + credits == capacity;
        settled.then_some(far)
    }

    /// A head that waits for a virtual channel waits for the holders of all that it may be given.
    fn waits_for_vc(&self, switch: usize, input: usize) -> Option<Vec<(usize, usize)>> {
        let mut waits_for = Vec::new();
        for way in self.switches.ways(input) {
            for output in self.model.units_of_way::<W>(way).iter() {
                waits_for.push((self.keeper(switch, output, input, way.packets())?, output));
            }
        }
        Some(waits_for)
    }

    /// Who must move before the packet at `input` can be given `output`; `None` if it will be.
    fn keeper(&self, switch: usize, output: usize, input: usize, packets: u8) -> Option<usize> {
        let state = self.switches.outputs[self.switches.index(switch, output)];
        if state.holder != NONE {
            return Some(self.switches.index(switch, usize::from(state.holder)));
        }
        let capacity = self.model.output_capacity(switch, output);
        let room = self.switches.inputs[input].front().packet_flits() * u32::from(packets);
        let enough = match self.model.config.vc_reallocation {
            // With a virtual channel comes a place in its buffer.
            VcReallocation::NonAtomic if self.model.config.combined_allocation => 1,
            VcReallocation::NonAtomic => 0,
            VcReallocation::WholePacketFits => room.min(capacity.into()),
            VcReallocation::Atomic => capacity.into(),
        };
        if u32::from(state.credits) >= enough {
            return None;
        }
        self.downstream(switch, output, state.credits)
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
        // An input without flits only hands on that its packet is held up further back.
        let members = path[start..].iter().map(|&i| &blocked[i]);
        let waiting = members.filter(|b| self.switches.inputs[b.input].flits > 0);
        Some(waiting.map(|b| self.waiting_packet(b)).collect())
    }

    fn waiting_packet(&self, blocked: &Blocked) -> WaitingPacket {
        let (units, vcs) = (self.switches.units, self.model.vcs);
        let (switch, unit) = (blocked.input / units, blocked.input % units);
        let (_, output) = blocked.waits_for[0];
        WaitingPacket {
            at: PortRef {
                switch: switch as u32,
                port: (unit / vcs) as u8,
            },
            vc: (unit % vcs) as u8,
            flits: self.switches.inputs[blocked.input].flits,
            dest: self.switches.inputs[blocked.input].front().dest,
            wants: (output / vcs) as u8,
            wants_vc: (output % vcs) as u8,
        }
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
