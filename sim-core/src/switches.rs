//! The state of all switches, in flat arrays.

use crate::allocator::Pointers;
use crate::flit::Flit;
use crate::mask::Mask;
use crate::{Candidate, SwitchConfig};

/// No virtual channel: an input that holds no output, an output that nobody holds.
pub const NONE: u16 = u16::MAX;

/// No output port won.
pub const NOT_WON: u8 = u8::MAX;

/// Which input virtual channels of a switch stand in which stage, and which output virtual channels are
/// free. Bit = port x virtual channels + virtual channel.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stages<const W: usize> {
    /// Head flits whose route is to be computed.
    pub routing: Mask<W>,
    /// Head flits that wait for the batch before to leave route computation.
    pub routing_next: Mask<W>,
    /// Head flits in a route computation of several cycles that takes batches.
    pub routing_batch: Mask<W>,
    /// Head flits that ask for an output virtual channel.
    pub waiting: Mask<W>,
    /// Head flits whose virtual-channel allocation is under way, where that takes several cycles.
    pub allocating: Mask<W>,
    /// Of those, the ones whose allocation ends in this cycle.
    pub vc_due: Mask<W>,
    /// Flits that bid for the switch.
    pub bidding: Mask<W>,
    /// Flits whose switch allocation is under way, where that takes several cycles.
    pub in_switch_allocation: Mask<W>,
    /// Of those, the ones whose allocation ends in this cycle.
    pub switch_due: Mask<W>,
    /// Output virtual channels that may be given to a packet.
    pub free: Mask<W>,
    /// Inputs whose head flit changed since the watchdog last looked.
    pub moved: Mask<W>,
}

impl<const W: usize> Stages<W> {
    /// Anything to do in the next pass.
    #[inline]
    pub fn busy(&self) -> bool {
        let next_batch = !self.routing_next.is_empty() && self.routing_batch.is_empty();
        next_batch || !(self.routing | self.waiting | self.bidding | self.vc_due | self.switch_due).is_empty()
    }
}

/// One virtual channel of one input port.
#[derive(Clone, Copy, Debug)]
pub struct InputVc {
    /// Place of the first flit in the ring buffer.
    pub first: u16,
    /// Flits in the buffer.
    pub flits: u16,
    /// The output virtual channel that its packet holds, or [`NONE`].
    pub output: u16,
    /// The output virtual channel matched by an allocation that is still under way, or [`NONE`].
    pub tentative: u16,
    /// Length of the packet that is waiting for a virtual channel, in flits, capped to the buffer.
    pub room_wanted: u16,
    /// Ways on that the routing offered.
    pub candidates: u8,
    /// The output port won in a switch allocation that is still under way, or [`NOT_WON`].
    pub won: u8,
}

/// One virtual channel of one output port, or of a terminal's injection link.
#[derive(Clone, Copy, Debug)]
pub struct OutputVc {
    /// Free places in the buffer at the far end.
    pub credits: u16,
    /// The input virtual channel whose packet holds it, or [`NONE`].
    pub holder: u16,
}

/// All switches.
#[derive(Debug)]
pub struct Switches<const W: usize> {
    pub ports: usize,
    pub vcs: usize,
    /// Virtual channels of all ports of a switch.
    pub units: usize,
    buffer_flits: usize,
    max_candidates: usize,
    /// By switch.
    pub stages: Vec<Stages<W>>,
    /// By switch x units + unit.
    pub inputs: Vec<InputVc>,
    /// Likewise.
    pub outputs: Vec<OutputVc>,
    /// Ring buffers, by (switch x units + unit) x buffer flits.
    buffers: Vec<Flit>,
    /// Ways on, by (switch x units + unit) x most candidates.
    candidates: Vec<Candidate>,
    /// Round-robin pointers: of virtual-channel allocation by unit, of switch allocation by port.
    vc_rows: Vec<u16>,
    vc_columns: Vec<u16>,
    switch_rows: Vec<u16>,
    switch_columns: Vec<u16>,
    /// Virtual channel at which each input port begins to look for a bid, by switch x ports + port.
    pub next_vc: Vec<u16>,
}

impl<const W: usize> Switches<W> {
    pub fn new(switches: usize, ports: usize, config: &SwitchConfig, max_candidates: usize) -> Self {
        let vcs = usize::from(config.virtual_channels);
        let units = ports * vcs;
        let all = switches * units;
        let buffer_flits = usize::from(config.buffer_flits);
        let stages = Stages {
            free: Mask::below(units),
            ..Stages::default()
        };
        let input = InputVc {
            first: 0,
            flits: 0,
            output: NONE,
            tentative: NONE,
            room_wanted: 0,
            candidates: 0,
            won: NOT_WON,
        };
        let output = OutputVc {
            credits: config.buffer_flits,
            holder: NONE,
        };
        let unrouted = Candidate {
            port: 0,
            first_vc: 0,
            vcs: 0,
        };
        Self {
            ports,
            vcs,
            units,
            buffer_flits,
            max_candidates,
            stages: vec![stages; switches],
            inputs: vec![input; all],
            outputs: vec![output; all],
            buffers: vec![Flit::default(); all * buffer_flits],
            candidates: vec![unrouted; all * max_candidates],
            vc_rows: vec![0; all],
            vc_columns: vec![0; all],
            switch_rows: vec![0; switches * ports],
            switch_columns: vec![0; switches * ports],
            next_vc: vec![0; switches * ports],
        }
    }

    /// Bytes that [`Switches::new`] allocates.
    pub fn bytes(switches: usize, ports: usize, config: &SwitchConfig, max_candidates: usize) -> usize {
        let units = ports * usize::from(config.virtual_channels);
        let a_unit = size_of::<InputVc>()
            + size_of::<OutputVc>()
            + usize::from(config.buffer_flits) * size_of::<Flit>()
            + max_candidates * size_of::<Candidate>()
            + 2 * size_of::<u16>();
        switches * (size_of::<Stages<W>>() + units * a_unit + ports * 3 * size_of::<u16>())
    }

    /// Index of `unit` of `switch` in the arrays by unit.
    #[inline]
    pub fn index(&self, switch: usize, unit: usize) -> usize {
        switch * self.units + unit
    }

    /// The flit at the head of an input virtual channel that is not empty.
    #[inline]
    pub fn front(&self, input: usize) -> &Flit {
        &self.buffers[input * self.buffer_flits + usize::from(self.inputs[input].first)]
    }

    /// Puts a flit at the end of an input virtual channel.
    #[inline]
    pub fn push(&mut self, input: usize, flit: Flit) {
        let vc = &mut self.inputs[input];
        debug_assert!(usize::from(vc.flits) < self.buffer_flits, "a buffer overflows");
        let mut place = usize::from(vc.first) + usize::from(vc.flits);
        if place >= self.buffer_flits {
            place -= self.buffer_flits;
        }
        vc.flits += 1;
        let buffer = &mut self.buffers[input * self.buffer_flits..][..self.buffer_flits];
        let before = if place == 0 { self.buffer_flits } else { place } - 1;
        debug_assert!(
            vc.flits == 1 || buffer[before].is_followed_by(&flit),
            "packets mix in a virtual channel"
        );
        buffer[place] = flit;
    }

    /// Takes the flit at the head of an input virtual channel that is not empty.
    #[inline]
    pub fn pop(&mut self, input: usize) -> Flit {
        let flit = *self.front(input);
        let vc = &mut self.inputs[input];
        debug_assert!(vc.flits > 0, "an empty buffer is read");
        vc.flits -= 1;
        vc.first += 1;
        if usize::from(vc.first) == self.buffer_flits {
            vc.first = 0;
        }
        flit
    }

    /// The ways on of the packet at the head of an input virtual channel.
    #[inline]
    pub fn candidates(&self, input: usize) -> &[Candidate] {
        let first = input * self.max_candidates;
        &self.candidates[first..first + usize::from(self.inputs[input].candidates)]
    }

    #[inline]
    pub fn set_candidates(&mut self, input: usize, found: &[Candidate]) {
        let first = input * self.max_candidates;
        self.candidates[first..first + found.len()].copy_from_slice(found);
        self.inputs[input].candidates = found.len() as u8;
    }

    /// Round-robin pointers of a switch's virtual-channel allocator.
    #[inline]
    pub fn vc_pointers(&mut self, switch: usize) -> Pointers<'_> {
        let range = switch * self.units..(switch + 1) * self.units;
        Pointers {
            of_row: &mut self.vc_rows[range.clone()],
            of_column: &mut self.vc_columns[range],
        }
    }

    /// Round-robin pointers of a switch's switch allocator.
    #[inline]
    pub fn switch_pointers(&mut self, switch: usize) -> Pointers<'_> {
        let range = switch * self.ports..(switch + 1) * self.ports;
        Pointers {
            of_row: &mut self.switch_rows[range.clone()],
            of_column: &mut self.switch_columns[range],
        }
    }
}
