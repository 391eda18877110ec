//! What a thread counts while a fabric runs.

use super::batch_means::{Batch, half_width};
use super::distribution::distribution;
use super::tally::Tally;
use crate::{Census, Cycle, LatencyStep, LatencySummary, Source};

/// Batches that there is room for from the start, so that counting does not allocate: those of 10^6 cycles, if as short as
/// any.
pub const RESERVED_BATCHES: usize = 4_096;

/// Counters of the measured window. Before it opens nothing is kept.
///
/// A packet belongs to the window if it was created there, whenever it arrives. The window may be closed on trial:
/// packets created later are kept apart until it is reopened or the run ends.
#[derive(Debug)]
pub struct Meter {
    is_open: bool,
    start: Cycle,
    /// End of the window on trial; [`Cycle::MAX`] while it is open.
    end: Cycle,
    batch_shift: u32,
    /// Batch that the last of a window of given length is merged into.
    last_batch: usize,
    batches: Vec<Batch>,
    inside: Tally,
    beyond: Tally,
}

impl Meter {
    pub fn new() -> Self {
        Self {
            is_open: false,
            start: 0,
            end: Cycle::MAX,
            batch_shift: 0,
            last_batch: usize::MAX,
            batches: Vec::new(),
            inside: Tally::new(),
            beyond: Tally::new(),
        }
    }

    /// Bytes of one.
    pub const BYTES: usize = 2 * Tally::BYTES;

    /// Opens the window now, with batches of `2^batch_shift` cycles, at most `batches` of them.
    pub fn open(&mut self, now: Cycle, batch_shift: u32, batches: usize) {
        self.is_open = true;
        self.start = now;
        self.batch_shift = batch_shift;
        self.last_batch = batches - 1;
        self.batches.reserve(batches.min(RESERVED_BATCHES));
    }

    /// The window has begun.
    #[inline]
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// The head of a packet leaves its source.
    #[inline]
    pub fn count_injected(&mut self, created: Cycle, now: Cycle) {
        if self.is_open && created >= self.start {
            self.tally(created).inject(now);
        }
    }

    /// Where a packet of the window, or of the time after it, is counted.
    #[inline]
    fn tally(&mut self, created: Cycle) -> &mut Tally {
        if created < self.end {
            &mut self.inside
        } else {
            &mut self.beyond
        }
    }

    /// A packet has arrived.
    #[inline]
    pub fn record(&mut self, created: Cycle, now: Cycle, hops: u32) {
        if !self.is_open || created < self.start {
            return;
        }
        let latency = now - created;
        let mut batch = ((created - self.start) >> self.batch_shift) as usize;
        if created < self.end {
            batch = batch.min(self.last_batch);
        }
        if batch >= self.batches.len() {
            self.batches.resize(batch + 1, Batch::default());
        }
        self.batches[batch].sum += latency;
        self.batches[batch].packets += 1;
        self.tally(created).record(latency, now, hops);
    }

    /// Closes the window now, on trial.
    pub fn close(&mut self, now: Cycle) {
        self.end = now;
    }

    /// The trial failed: the window goes on as if it had not been closed.
    pub fn reopen(&mut self) {
        self.end = Cycle::MAX;
        self.inside.absorb(&mut self.beyond);
    }

    /// Packets of the window that have arrived.
    pub fn arrived(&self) -> u64 {
        self.inside.packets
    }

    /// Latencies by batch of creation.
    pub fn batches(&self) -> &[Batch] {
        &self.batches
    }

    /// Adds what another thread has counted in the same window.
    pub fn absorb(&mut self, mut other: Self) {
        add_batches(&mut self.batches, &other.batches);
        self.inside.absorb(&mut other.inside);
        self.beyond.absorb(&mut other.beyond);
    }

    /// The latency of the window's packets; `None` if there was no packet. The interval is told by the first `batches`
    /// batches: the window may have been closed within another.
    pub fn summary(&self, batches: usize) -> Option<LatencySummary> {
        let tally = &self.inside;
        if tally.packets == 0 {
            return None;
        }
        let packets = tally.packets as f64;
        let batches = &self.batches[..batches.min(self.batches.len())];
        // The histogram gives the upper end of a range of values.
        let quantile = |share| tally.latency.value_at_quantile(share).min(tally.latency_max);
        Some(LatencySummary {
            mean: tally.latency_sum as f64 / packets,
            ci95: half_width(batches),
            p50: quantile(0.5),
            p99: quantile(0.99),
            p999: quantile(0.999),
            max: tally.latency_max,
            network_mean: tally.network() as f64 / packets,
            hops_mean: tally.hops as f64 / packets,
        })
    }

    /// How the latencies of the window's packets are distributed.
    pub fn latency_distribution(&self) -> Vec<LatencyStep> {
        distribution(&self.inside.latency, self.inside.latency_max)
    }
}

/// Adds batches to those of the same time.
pub fn add_batches(sums: &mut Vec<Batch>, batches: &[Batch]) {
    sums.resize(sums.len().max(batches.len()), Batch::default());
    for (sum, batch) in sums.iter_mut().zip(batches) {
        sum.sum += batch.sum;
        sum.packets += batch.packets;
    }
}

/// What all sources create before `end`.
pub fn census<'s, S: Source + 's>(sources: impl Iterator<Item = &'s mut S>, end: Cycle) -> Census {
    sources
        .map(|source| source.created_before(end))
        .fold(Census::default(), |a, b| Census {
            packets: a.packets + b.packets,
            flits: a.flits + b.flits,
        })
}
