//! What only some fabrics need: each table but the routing's streams is empty where its mechanism is not used.

use crate::pace::Pace;
use crate::pipeline::CrossbarBatch;
use crate::wiring::Wiring;
use crate::{Purpose, Stream, SwitchConfig, stream};

/// State beside that of the plain switch.
#[derive(Debug)]
pub struct Occasional {
    /// Random choices of the routing, a stream a switch.
    pub streams: Vec<Stream>,
    /// Random choices of the allocators, likewise; empty where they make none.
    pub allocation_streams: Vec<Stream>,
    /// When each output's link is free, by switch x ports + port; empty where the switch itself keeps to a flit a cycle.
    pub link_paces: Vec<Pace>,
    /// When each input can send its next credit, likewise; empty without internal speed-up.
    pub credit_paces: Vec<Pace>,
    /// The flits in each crossbar, by switch; empty unless they traverse it in batches.
    pub crossbars: Vec<CrossbarBatch>,
}

impl Occasional {
    pub fn new(wiring: &Wiring, config: &SwitchConfig, seed: u64) -> Self {
        let switches = wiring.switches;
        let slots = switches as usize * wiring.ports;
        let if_used = |is_used: bool, count: usize| if is_used { count } else { 0 };
        let paced = config.queues_at_outputs() || wiring.has_slow_links();
        let drawing = if_used(config.draws_in_allocation(), switches as usize);
        let batches = if_used(config.batches_traversal(), switches as usize);
        let streams = |count: usize, purpose: Purpose| {
            let of = |switch| stream(seed, wiring.switch_name(switch), purpose);
            (0..count).map(of).collect()
        };
        Self {
            streams: streams(switches as usize, Purpose::Routing),
            allocation_streams: streams(drawing, Purpose::Allocation),
            link_paces: vec![Pace::default(); if_used(paced, slots)],
            credit_paces: vec![Pace::default(); if_used(config.internal_speedup > 1, slots)],
            crossbars: vec![CrossbarBatch::default(); batches],
        }
    }

    /// What the allocators of a switch draw from. Where no stream is kept for them, they draw nothing, and any will do.
    #[inline]
    pub fn drawn_from(&mut self, switch: usize) -> &mut Stream {
        let Self {
            streams,
            allocation_streams,
            ..
        } = self;
        allocation_streams.get_mut(switch).unwrap_or(&mut streams[switch])
    }
}
