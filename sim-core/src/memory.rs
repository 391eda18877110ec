//! What a run will take, known before anything is allocated.

use crate::active_set::ActiveSet;
use crate::engine::LONGEST_LOOKAHEAD;
use crate::event::{CreditArrival, FlitArrival, Slots};
use crate::exchange::mailbox_bytes;
use crate::flit_pool::FlitPool;
use crate::measure::Meter;
use crate::pace::Pace;
use crate::pipeline::CrossbarBatch;
use crate::switches::Switches;
use crate::terminals::Terminals;
use crate::tiling::Homes;
use crate::width::with_width;
use crate::wiring::Wiring;
use crate::{Cycle, NetworkSize, Stream, SwitchConfig};

/// What the memory of a simulation depends on beside the fabric: how much is inside at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TrafficInside {
    /// Flits that enter a link in a cycle, in the whole fabric.
    pub flits_a_cycle: f64,
    /// Flits that stand in buffers behind others.
    pub waiting: f64,
}

/// How a fabric is cut, as far as its memory depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutSize {
    /// Tiles.
    pub tiles: u32,
    /// Threads that simulate them.
    pub threads: usize,
    /// Links from one tile to another.
    pub crossing: u64,
    /// Pairs of tiles, each in both orders, that are joined by such links.
    pub borders: u64,
}

impl CutSize {
    /// The fabric in one.
    pub const WHOLE: Self = Self {
        tiles: 1,
        threads: 1,
        crossing: 0,
        borders: 0,
    };
}

/// Slots of the event queue that are in use at a time, and how much larger than its events a slot's vector is on average:
/// they grow by doubling.
const SLOTS_IN_USE: f64 = 4.0;
const SLOT_SLACK: f64 = 1.5;

/// The same of tiles: each has busier cycles of its own (measured on a million nodes).
const SLOT_SLACK_OF_TILES: f64 = 3.3;

/// Bytes that a simulation will allocate, sources of `source_bytes` each included. `max_candidates` is the routing's.
pub fn memory_estimate(
    network: NetworkSize,
    switch: &SwitchConfig,
    max_candidates: usize,
    source_bytes: usize,
    inside: TrafficInside,
    cut: CutSize,
) -> u64 {
    let (switches, ports) = (network.switches as usize, usize::from(network.ports));
    let terminals = network.terminals as usize;
    let slots = switches * ports;
    let of_switches =
        with_width!(ports, switch, W => Switches::<W>::bytes(switches, ports, switch, max_candidates));
    let sped_up = switch.internal_speedup > 1;
    let paces = usize::from(switch.queues_at_outputs() || network.slow_links) + usize::from(sped_up);
    let streams = switches * (1 + usize::from(switch.draws_in_allocation()));
    let crossbars = usize::from(switch.batches_traversal()) * switches;
    let event = size_of::<FlitArrival>() + size_of::<CreditArrival>();
    let slack = if cut.tiles == 1 {
        SLOT_SLACK
    } else {
        SLOT_SLACK_OF_TILES
    };
    let on_their_way = inside.flits_a_cycle * event as f64 * SLOTS_IN_USE * slack;
    let waiting = inside.waiting * FlitPool::BYTES_A_FLIT as f64;
    // The flits of each link when the window closes, and in the outcome.
    let of_links = 2 * slots * size_of::<u64>();
    let bytes = of_switches
        + Wiring::bytes(slots, terminals, network.slow_links)
        + Terminals::<()>::bytes(terminals, switch, source_bytes)
        + cut.threads * Meter::BYTES
        + of_tiles(network, switch, cut)
        + ActiveSet::bytes(switches)
        + streams * size_of::<Stream>()
        + slots * paces * size_of::<Pace>()
        + crossbars * size_of::<CrossbarBatch>()
        + of_links
        + (on_their_way + waiting) as usize;
    bytes as u64
}

/// What there is of each tile beside what there is of its switches and terminals.
fn of_tiles(network: NetworkSize, switch: &SwitchConfig, cut: CutSize) -> usize {
    let flight = Cycle::from(1 + network.latency + u32::from(switch.credit_delay));
    let wheels = Slots::new(flight + switch.longest_stage(), cut.tiles == 1).bytes();
    let homes = match cut.tiles {
        1 => 0,
        // In the fabric, and by their names in the tile.
        _ => Homes::bytes(network.switches as usize, network.terminals as usize) * 3 / 2,
    };
    let lookahead = switch.lookahead(network.latency).min(LONGEST_LOOKAHEAD);
    // A flit one way and a credit back, for each link and pass, of twice the lookahead; as if all borders were as long.
    let letters = cut.crossing * 2 * u64::from(switch.internal_speedup) * 2 * lookahead;
    let mailbox = mailbox_bytes(letters.div_ceil(cut.borders.max(1)) as usize);
    cut.tiles as usize * wheels + homes + cut.borders as usize * mailbox
}
