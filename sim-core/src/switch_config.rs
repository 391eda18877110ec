//! The microarchitecture that the switches of a fabric share.

use thiserror::Error;

/// When an output virtual channel may be given to a new packet. A premise of every deadlock proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VcReallocation {
    /// As soon as the tail of the packet before has won the switch, full or not (BookSim2's default).
    NonAtomic,
    /// When there is room for the whole packet; for a packet longer than the buffer, when it is empty.
    WholePacketFits,
    /// When it is empty, all its credits back (BookSim2's `wait_for_tail_credit`).
    Atomic,
}

/// When a packet goes on from a switch (Dally & Towles, chapter 13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Switching {
    /// Flit by flit: as soon as its head is there, as long as there is a credit for the next flit.
    Wormhole,
    /// As soon as its head is there and the next buffer has room for all of it (Kermani & Kleinrock 1979), but from a
    /// slower link to a faster one only when its tail is there, since the faster must not run dry. No packet may be
    /// longer than a buffer.
    CutThrough,
    /// When its tail is there and the next buffer has room for all of it. No packet may be longer than a buffer.
    StoreAndForward,
}

/// How route computation and switch traversal take new flits when they last several cycles. (Allocations of several
/// cycles are always pipelined.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LongStages {
    /// Every cycle, as in the textbook.
    Pipelined,
    /// All that wait, when those before have left: what BookSim2 does.
    Batched,
}

/// How requests are matched with resources (Dally & Towles, chapter 19). Names are BookSim2's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AllocatorKind {
    /// Grant, then accept, by round-robin pointers that move only on grants accepted in the first
    /// iteration (McKeown, "The iSLIP scheduling algorithm for input-queued switches", 1999).
    Islip {
        /// Iterations, at least 1.
        iterations: u8,
    },
    /// An arbiter at each input, then one at each output (Dally & Towles, section 19.3).
    SeparableInputFirst,
    /// An arbiter at each output, then one at each input (Dally & Towles, section 19.3).
    SeparableOutputFirst,
    /// Grant, then accept, at random (Anderson et al., "High-speed switch scheduling for local-area networks", 1993).
    Pim {
        /// Iterations, at least 1.
        iterations: u8,
    },
    /// Diagonal by diagonal of the request matrix, from another one each time (Tamir & Chi, "Symmetric crossbar
    /// arbiters for VLSI communication switches", 1993).
    Wavefront,
    /// iSLIP with priorities (McKeown, 1999, "Prioritized iSLIP").
    Select {
        /// Iterations, at least 1.
        iterations: u8,
    },
    /// Lonely output: inputs ask for the output that the fewest ask for (Dally & Towles, section 19.3).
    Loa,
}

impl AllocatorKind {
    /// Rounds of grant and accept; 1 of kinds that know no other number.
    fn iterations(self) -> u8 {
        match self {
            Self::Islip { iterations } | Self::Pim { iterations } | Self::Select { iterations } => iterations,
            Self::SeparableInputFirst | Self::SeparableOutputFirst | Self::Wavefront | Self::Loa => 1,
        }
    }

    /// It draws random numbers.
    pub(crate) fn draws(self) -> bool {
        matches!(self, Self::Pim { .. })
    }
}

/// The buffers of one input port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PortBuffers {
    /// Virtual channels, 1 to 64.
    pub virtual_channels: u8,
    /// Flits that the buffer of one of them holds, at least 1.
    pub buffer_flits: u16,
}

/// The switch: buffers, pipeline and allocators. Delays in cycles; field names are BookSim2's where it has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SwitchConfig {
    /// Virtual channels of every port, 1 to 64; the most of any where ports differ (see [`Setup`](crate::Setup)).
    pub virtual_channels: u8,
    /// Flits that the buffer of one virtual channel of one input port holds, at least 1; likewise.
    pub buffer_flits: u16,
    /// Route computation; 0 is lookahead routing.
    pub routing_delay: u8,
    /// Virtual-channel allocation, at least 1.
    pub vc_alloc_delay: u8,
    /// Switch allocation, at least 1.
    pub sw_alloc_delay: u8,
    /// Switch traversal: preparation.
    pub st_prepare_delay: u8,
    /// Switch traversal: the crossbar. With preparation at least 1.
    pub st_final_delay: u8,
    /// From the arrival of a credit to its use.
    pub credit_delay: u8,
    /// A head flit bids for the switch while it bids for a virtual channel.
    pub speculative: bool,
    /// Passes through the pipeline in a cycle; the output links stay at a flit a cycle.
    pub internal_speedup: u8,
    /// How stages of several cycles take new flits.
    pub long_stages: LongStages,
    /// When a packet goes on.
    pub switching: Switching,
    /// A packet that has won the switch keeps its input and output port as long as it has a flit and a credit in every
    /// pass, so that no other comes between its flits.
    pub hold_switch_for_packet: bool,
    /// No stage of virtual-channel allocation: a head bids for the switch as soon as some virtual channel is to be had,
    /// and takes one when it wins (Kumar et al., "A 4.6Tbits/s 3.6GHz single-cycle NoC router", ICCD 2007, section III).
    pub combined_allocation: bool,
    /// When an output virtual channel is free again.
    pub vc_reallocation: VcReallocation,
    /// Matches input with output virtual channels.
    pub vc_allocator: AllocatorKind,
    /// Matches input with output ports.
    pub sw_allocator: AllocatorKind,
}

impl Default for SwitchConfig {
    /// BookSim2's defaults, but for the safer reallocation.
    fn default() -> Self {
        Self {
            virtual_channels: 8,
            buffer_flits: 8,
            routing_delay: 1,
            vc_alloc_delay: 1,
            sw_alloc_delay: 1,
            st_prepare_delay: 0,
            st_final_delay: 1,
            credit_delay: 0,
            speculative: false,
            internal_speedup: 1,
            long_stages: LongStages::Pipelined,
            switching: Switching::Wormhole,
            hold_switch_for_packet: false,
            combined_allocation: false,
            vc_reallocation: VcReallocation::WholePacketFits,
            vc_allocator: AllocatorKind::Islip { iterations: 1 },
            sw_allocator: AllocatorKind::Islip { iterations: 1 },
        }
    }
}

/// A value that no switch can have.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{field}` is {value}, but must be {range}")]
pub struct SwitchConfigError {
    /// Field of [`SwitchConfig`].
    pub field: &'static str,
    /// Its value.
    pub value: u64,
    /// What it may be.
    pub range: &'static str,
}

impl SwitchConfig {
    /// The buffers of a port like all others.
    pub fn port_buffers(&self) -> PortBuffers {
        PortBuffers {
            virtual_channels: self.virtual_channels,
            buffer_flits: self.buffer_flits,
        }
    }

    /// Cycles from winning the switch to the link.
    pub fn traversal_delay(&self) -> u32 {
        u32::from(self.st_prepare_delay) + u32::from(self.st_final_delay)
    }

    /// Cycles that a flit which nothing holds up is in the switch, and its credit before it is sent.
    pub(crate) fn slowest_pass(&self) -> u64 {
        let before = [
            self.routing_delay,
            self.vc_alloc_delay,
            self.sw_alloc_delay,
            self.credit_delay,
        ];
        before.map(u64::from).iter().sum::<u64>() + u64::from(self.traversal_delay())
    }

    /// Cycles of the longest stage.
    pub(crate) fn longest_stage(&self) -> u64 {
        let allocation = self.vc_alloc_delay.max(self.sw_alloc_delay);
        u64::from(self.routing_delay.max(allocation)).max(self.traversal_delay().into())
    }

    /// Cycles from a grant to the first effect of it at the far end of a link of `latency`, flits and credits alike: how far a
    /// tile may be ahead of its neighbours. 0 latency is a cycle.
    pub fn lookahead(&self, latency: u32) -> u64 {
        // With several passes in a cycle a flit may win the first and begin its traversal in the second.
        let before_link = self.traversal_delay() - u32::from(self.internal_speedup > 1);
        u64::from(1 + latency + before_link.min(self.credit_delay.into()))
    }

    /// Switch traversal takes flits in batches.
    pub fn batches_traversal(&self) -> bool {
        self.long_stages == LongStages::Batched && self.traversal_delay() > 1
    }

    /// Some stage keeps state of what is under way in it.
    pub(crate) fn has_long_stages(&self) -> bool {
        let batches = self.routing_delay > 1 && self.long_stages == LongStages::Batched;
        batches || self.vc_alloc_delay > 1 || self.sw_alloc_delay > 1
    }

    /// An allocator draws random numbers.
    pub(crate) fn draws_in_allocation(&self) -> bool {
        self.vc_allocator.draws() || self.sw_allocator.draws()
    }

    /// Flits may queue between the switch and a link that takes one a cycle.
    pub fn queues_at_outputs(&self) -> bool {
        self.internal_speedup > 1 || self.batches_traversal()
    }

    /// Checks every value by itself.
    ///
    /// # Errors
    /// The first field that is out of range.
    pub fn validate(&self) -> Result<(), SwitchConfigError> {
        let one_stage = self.combined_allocation;
        let (vc_stages, vc_range) = if one_stage {
            (1, "1 with `combined_allocation`")
        } else {
            (255, "1 to 255")
        };
        let (switch_stages, switch_range) = if one_stage || self.hold_switch_for_packet {
            (1, "1 with `combined_allocation` or `hold_switch_for_packet`")
        } else {
            (255, "1 to 255")
        };
        let checks: [(&'static str, u64, u64, u64, &'static str); 9] = [
            ("virtual_channels", self.virtual_channels.into(), 1, 64, "1 to 64"),
            ("buffer_flits", self.buffer_flits.into(), 1, 32_767, "1 to 32767"),
            (
                "speculative",
                self.speculative.into(),
                0,
                u64::from(!one_stage),
                "`false` with `combined_allocation`",
            ),
            (
                "vc_alloc_delay",
                self.vc_alloc_delay.into(),
                1,
                vc_stages,
                vc_range,
            ),
            (
                "sw_alloc_delay",
                self.sw_alloc_delay.into(),
                1,
                switch_stages,
                switch_range,
            ),
            (
                "st_final_delay",
                self.traversal_delay().into(),
                1,
                510,
                "at least 1 together with `st_prepare_delay`",
            ),
            ("internal_speedup", self.internal_speedup.into(), 1, 64, "1 to 64"),
            (
                "vc_allocator",
                self.vc_allocator.iterations().into(),
                1,
                255,
                "1 to 255 iterations",
            ),
            (
                "sw_allocator",
                self.sw_allocator.iterations().into(),
                1,
                255,
                "1 to 255 iterations",
            ),
        ];
        for (field, value, low, high, range) in checks {
            if !(low..=high).contains(&value) {
                return Err(SwitchConfigError { field, value, range });
            }
        }
        Ok(())
    }
}
