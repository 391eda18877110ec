//! What must hold of a fabric between cycles.

use crate::engine::Engine;
use crate::tile::Tile;
use crate::wiring::Endpoint;
use crate::{Routing, Source};

impl<'a, R: Routing, S: Source, const W: usize> Engine<'a, R, S, W> {
    /// Every place of every buffer is a credit with the sender, a flit in the buffer, or one of them on its way; and every
    /// injected flit is ejected or still inside.
    ///
    /// # Panics
    /// Where it does not hold: the engine is wrong.
    pub fn check_conservation(&self) {
        let places = self.places();
        for (switch, of_switch) in (0..).zip(places.of_switches.chunks_exact(self.model().units())) {
            let (tile, switch) = self.locate(switch);
            for (unit, &count) in of_switch.iter().enumerate() {
                let is_connected = tile.model.wiring.is_connected(switch, unit / tile.model.vcs);
                let full = tile.model.output_capacity(switch, unit);
                assert!(
                    !is_connected || count == u32::from(full),
                    "credits are not conserved"
                );
            }
        }
        for (terminal, of_terminal) in (0..).zip(places.of_terminals.chunks_exact(self.model().vcs)) {
            let (tile, terminal) = self.locate_terminal(terminal);
            for (vc, &count) in of_terminal.iter().enumerate() {
                let full = tile.injection_capacity(terminal, vc);
                assert_eq!(count, u32::from(full), "credits are not conserved");
            }
        }
        let inputs = self.tiles().flat_map(|tile| &tile.switches.inputs);
        let buffered: u64 = inputs.map(|vc| u64::from(vc.flits)).sum();
        let flying: usize = self.tiles().map(|tile| tile.events.flits.iter().count()).sum();
        let ejected: u64 = self.tiles().map(|tile| tile.terminals.ejected).sum();
        assert_eq!(
            self.injected(),
            ejected + buffered + flying as u64,
            "flits are not conserved"
        );
    }

    /// Credits, flits and those on their way.
    fn places(&self) -> Places {
        let (units, vcs) = (self.model().units(), self.model().vcs);
        let terminals: usize = self.tiles().map(|tile| tile.terminals.len()).sum();
        let mut places = Places {
            of_switches: vec![0; self.switches() as usize * units],
            of_terminals: vec![0; terminals * vcs],
        };
        for tile in self.tiles() {
            let wiring = &tile.model.wiring;
            for (i, output) in tile.switches.outputs.iter().enumerate() {
                let first = wiring.switch_name(i / units) as usize * units;
                places.of_switches[first + i % units] += u32::from(output.credits);
            }
            for (i, &credits) in tile.terminals.credits.iter().enumerate() {
                let first = wiring.terminal_name(i / vcs) as usize * vcs;
                places.of_terminals[first + i % vcs] += u32::from(credits);
            }
            for credit in tile.events.credits.iter() {
                *self.behind(tile, credit.node, credit.output.into(), &mut places) += 1;
            }
            for (i, vc) in tile
                .switches
                .inputs
                .iter()
                .enumerate()
                .filter(|(_, vc)| vc.flits > 0)
            {
                let Endpoint { node, first, .. } = wiring.at(i / units, i % units / vcs).fed_by;
                let sender = usize::from(first) + i % vcs;
                *self.behind(tile, node, sender, &mut places) += u32::from(vc.flits);
            }
            for arrival in tile.events.flits.iter() {
                let unit = usize::from(arrival.unit);
                let Endpoint { node, first, .. } = if wiring.is_terminal(arrival.node) {
                    wiring.entry((arrival.node - wiring.switches) as usize)
                } else {
                    wiring.at(arrival.node as usize, unit / vcs).fed_by
                };
                *self.behind(tile, node, usize::from(first) + unit % vcs, &mut places) += 1;
            }
        }
        places
    }

    /// The places behind an output of a node, seen from a tile.
    fn behind<'p>(
        &self,
        tile: &Tile<'a, R, S, W>,
        node: u32,
        output: usize,
        places: &'p mut Places,
    ) -> &'p mut u32 {
        let wiring = &tile.model.wiring;
        if wiring.is_switch(node) {
            let switch = self.switch_name(tile, node) as usize;
            return &mut places.of_switches[switch * tile.model.units() + output];
        }
        let terminal = wiring.terminal_name((node - wiring.switches) as usize) as usize;
        &mut places.of_terminals[terminal * tile.model.vcs + output]
    }
}

/// Places in the buffer behind each output virtual channel: of switches, by switch x units + unit; of terminals' injection
/// links, by terminal x virtual channels + virtual channel.
struct Places {
    of_switches: Vec<u32>,
    of_terminals: Vec<u32>,
}
