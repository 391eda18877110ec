//! A packet that keeps its way through the switch (BookSim2's `hold_switch_for_packet`).
//!
//! Who wins the switch with more of its packet behind it holds its input and its output port. In every pass after that
//! it sends a flit without bidding, and nobody else bids for either port; where the link is slow and not free yet, it sends
//! none and keeps both ports. It lets go with its tail, when its buffer is empty, or in a pass in which it has no credit:
//! then it bids again like any other.

use super::{Pass, Standing, Step};
use crate::Routing;
use crate::mask::Mask;

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
    #[inline(always)]
    pub fn has(&self, (input, output): (usize, usize)) -> bool {
        self.inputs.contains(input) || self.outputs.contains(output)
    }
}

impl<R: Routing, const W: usize> Step<'_, R, W> {
    #[inline(always)]
    pub(super) fn held(&self) -> Held<W> {
        let mut held = Held {
            units: self.state.stages().holding,
            inputs: Mask::EMPTY,
            outputs: Mask::EMPTY,
        };
        for unit in held.units.iter() {
            let output = usize::from(self.state.input(unit).output);
            held.inputs.insert(self.model.port(unit));
            held.outputs.insert(self.model.port(output));
        }
        held
    }

    /// Sends a flit of each packet that held the switch when the pass began, or makes it let go.
    #[inline(never)]
    pub(super) fn traverse_held(&mut self, standing: &Standing<W>, pass: Pass) {
        for unit in standing.held.units.iter() {
            let output = usize::from(self.state.input(unit).output);
            if !self.state.has_credit(output) {
                self.state.stages_mut().holding.remove(unit);
            } else if self.link_is_free(self.model.port(output), pass) {
                self.traverse(unit, output, pass);
            }
        }
    }

    /// After a flit of `unit` went through: whether the rest of its packet holds the switch.
    #[inline(always)]
    pub(super) fn update_hold(&mut self, unit: usize, is_tail: bool) {
        if !self.model.config.hold_switch_for_packet {
            return;
        }
        let is_empty = self.state.input(unit).flits == 0;
        let holding = &mut self.state.stages_mut().holding;
        if is_tail || is_empty {
            holding.remove(unit);
        } else {
            holding.insert(unit);
        }
    }
}
