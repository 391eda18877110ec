//! The state of all switches, in flat arrays.

use crate::allocator::Pointers;
use crate::flit::Flit;
use crate::mask::Mask;
use crate::wiring::Wiring;
use crate::{Candidate, PortBuffers, SwitchConfig};

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
    /// Flits whose packet holds its way through the switch.
    pub holding: Mask<W>,
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
        let standing = self.routing | self.waiting | self.bidding | self.holding;
        next_batch || !(standing | self.vc_due | self.switch_due).is_empty()
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
    /// Length of the packet that is waiting for a virtual channel, in flits.
    pub packet_flits: u16,
    /// Tails in the buffer: packets of which the last flit has come.
    pub tails: u16,
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

impl OutputVc {
    const NOWHERE: Self = Self {
        credits: 0,
        holder: NONE,
    };
}

/// All switches.
#[derive(Debug)]
pub struct Switches<const W: usize> {
    pub ports: usize,
    pub vcs: usize,
    /// Virtual channels of all ports of a switch.
    pub units: usize,
    /// Places that each ring buffer has, used or not.
    buffer_flits: usize,
    max_candidates: usize,
    /// Flits that an input virtual channel holds, by port x virtual channels + virtual channel: alike in all switches. 0
    /// where the port has no such channel.
    pub capacity: Vec<u16>,
    /// By port: alike in all switches.
    port_channels: Vec<u8>,
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
    pub fn new(
        wiring: &Wiring,
        config: &SwitchConfig,
        buffers: &[PortBuffers],
        max_candidates: usize,
    ) -> Self {
        let (switches, ports) = (wiring.switches as usize, wiring.ports);
        let vcs = usize::from(config.virtual_channels);
        let units = ports * vcs;
        let all = switches * units;
        let buffer_flits = usize::from(config.buffer_flits);
        let of_port = |port: usize| buffers.get(port).copied().unwrap_or(config.port_buffers());
        let buffers: Vec<PortBuffers> = (0..ports).map(of_port).collect();
        let input = InputVc {
            first: 0,
            flits: 0,
            output: NONE,
            tentative: NONE,
            packet_flits: 0,
            tails: 0,
            candidates: 0,
            won: NOT_WON,
        };
        let unrouted = Candidate::new(0, 0, 0);
        let mut made = Self {
            ports,
            vcs,
            units,
            buffer_flits,
            max_candidates,
            capacity: capacities(config, &buffers),
            port_channels: buffers.iter().map(|of| of.virtual_channels).collect(),
            stages: vec![Stages::default(); switches],
            inputs: vec![input; all],
            outputs: vec![OutputVc::NOWHERE; all],
            buffers: vec![Flit::default(); all * buffer_flits],
            candidates: vec![unrouted; all * max_candidates],
            vc_rows: vec![0; all],
            vc_columns: vec![0; all],
            switch_rows: vec![0; switches * ports],
            switch_columns: vec![0; switches * ports],
            next_vc: vec![0; switches * ports],
        };
        made.open_outputs(wiring);
        made
    }

    /// Every place behind every output is free.
    fn open_outputs(&mut self, wiring: &Wiring) {
        for switch in 0..self.stages.len() {
            for unit in 0..self.units {
                let credits = self.output_capacity(wiring, switch, unit);
                let index = self.index(switch, unit);
                self.outputs[index].credits = credits;
                if credits > 0 {
                    self.stages[switch].free.insert(unit);
                }
            }
        }
    }

    /// Places in the buffer behind an output virtual channel. A terminal has the buffers of the port that it sits at.
    #[inline]
    pub fn output_capacity(&self, wiring: &Wiring, switch: usize, unit: usize) -> u16 {
        let (port, vc) = (unit / self.vcs, unit % self.vcs);
        let to = wiring.feeds(switch * self.ports + port);
        if to.node < wiring.switches {
            self.capacity[usize::from(to.port) * self.vcs + vc]
        } else {
            self.capacity[unit]
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

    /// Virtual channels of a port.
    #[inline]
    pub fn channels_of(&self, port: u8) -> u8 {
        self.port_channels[usize::from(port)]
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

    /// Its tag, for the routing to change.
    #[inline]
    pub fn set_front_tag(&mut self, input: usize, tag: u32) {
        self.buffers[input * self.buffer_flits + usize::from(self.inputs[input].first)].tag = tag;
    }

    /// Puts a flit at the end of an input virtual channel.
    #[inline]
    pub fn push(&mut self, input: usize, flit: Flit) {
        let unit = input % self.units;
        let vc = &mut self.inputs[input];
        debug_assert!(vc.flits < self.capacity[unit], "a buffer overflows");
        let mut place = usize::from(vc.first) + usize::from(vc.flits);
        if place >= self.buffer_flits {
            place -= self.buffer_flits;
        }
        vc.flits += 1;
        vc.tails += u16::from(flit.is_tail());
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
        vc.tails -= u16::from(flit.is_tail());
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

/// By port x virtual channels + virtual channel; `buffers` is by port.
fn capacities(config: &SwitchConfig, buffers: &[PortBuffers]) -> Vec<u16> {
    let of_port = |of: &PortBuffers| {
        let PortBuffers {
            virtual_channels,
            buffer_flits,
        } = *of;
        (0..config.virtual_channels).map(move |vc| if vc < virtual_channels { buffer_flits } else { 0 })
    };
    buffers.iter().flat_map(of_port).collect()
}
