//! A packet that keeps its way through the switch (BookSim2's `hold_switch_for_packet`).
//!
//! Who wins the switch with more of its packet behind it holds its input and its output port. In every pass after that
//! it sends a flit without bidding, and nobody else bids for either port. It lets go with its tail, when its buffer is
//! empty, or in a pass in which it has no credit: then it bids again like any other.

use super::{Pass, Standing};
use crate::engine::Engine;
use crate::mask::Mask;
use crate::{Routing, Source};

/// Ports that packets hold when a pass begins.
#[derive(Clone, Copy, Debug)]
pub struct Held<const W: usize> {
    /// The virtual channels that hold them.
    units: Mask<W>,
    inputs: Mask<1>,
    outputs: Mask<1>,
}

impl<const W: usize> Held<W> {
    /// Some packet holds the input port or the output port.
    #[inline]
    pub fn has(&self, input: usize, output: usize) -> bool {
        self.inputs.contains(input) || self.outputs.contains(output)
    }
}

impl<R: Routing, S: Source, const W: usize> Engine<'_, R, S, W> {
    #[inline]
    pub(super) fn held(&self, switch: usize) -> Held<W> {
        let mut held = Held {
            units: self.switches.stages[switch].holding,
            inputs: Mask::EMPTY,
            outputs: Mask::EMPTY,
        };
        for unit in held.units.iter() {
            let output = usize::from(self.switches.inputs[self.switches.index(switch, unit)].output);
            held.inputs.insert(usize::from(self.port_of[unit]));
            held.outputs.insert(usize::from(self.port_of[output]));
        }
        held
    }

    /// Sends a flit of each packet that held the switch when the pass began, or makes it let go.
    pub(super) fn traverse_held(&mut self, switch: usize, standing: &Standing<W>, pass: Pass) {
        for unit in standing.held.units.iter() {
            let output = usize::from(self.switches.inputs[self.switches.index(switch, unit)].output);
            let port = usize::from(self.port_of[output]);
            if !self.has_credit(switch, output) {
                self.switches.stages[switch].holding.remove(unit);
            } else if self.link_is_free(switch, port, pass) {
                self.traverse(switch, unit, output, pass);
            }
        }
    }

    /// After a flit of `unit` went through: whether the rest of its packet holds the switch.
    #[inline]
    pub(super) fn update_hold(&mut self, switch: usize, unit: usize, is_tail: bool) {
        if !self.config.hold_switch_for_packet {
            return;
        }
        let is_empty = self.switches.inputs[self.switches.index(switch, unit)].flits == 0;
        let holding = &mut self.switches.stages[switch].holding;
        if is_tail || is_empty {
            holding.remove(unit);
        } else {
            holding.insert(unit);
        }
    }
}
