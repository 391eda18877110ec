//! What is counted while a fabric runs.

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
    open: bool,
    start: Cycle,
    /// End of the window on trial; [`Cycle::MAX`] while it is open.
    end: Cycle,
    batch_shift: u32,
    /// Batch that the last of a window of given length is merged into.
    last_batch: usize,
    batches: Vec<Batch>,
    inside: Tally,
    beyond: Tally,
    /// Flits ejected in the window, by terminal.
    accepted: Vec<u32>,
    accepted_total: u64,
    created_at_start: Census,
}

/// The counters of flits at the end of a window.
#[derive(Clone, Debug, Default)]
pub struct Closed {
    pub window: Cycle,
    pub generated: Census,
    pub accepted: u64,
    pub accepted_min: u64,
}

impl Meter {
    pub fn new(terminals: usize) -> Self {
        Self {
            open: false,
            start: 0,
            end: Cycle::MAX,
            batch_shift: 0,
            last_batch: usize::MAX,
            batches: Vec::new(),
            inside: Tally::new(),
            beyond: Tally::new(),
            accepted: vec![0; terminals],
            accepted_total: 0,
            created_at_start: Census::default(),
        }
    }

    pub fn bytes(terminals: usize) -> usize {
        terminals * 4 + 2 * Tally::BYTES
    }

    /// Opens the window now, with batches of `2^batch_shift` cycles, at most `batches` of them.
    pub fn open(&mut self, now: Cycle, batch_shift: u32, batches: usize, created: Census) {
        self.open = true;
        self.start = now;
        self.batch_shift = batch_shift;
        self.last_batch = batches - 1;
        self.batches.reserve(batches.min(RESERVED_BATCHES));
        self.created_at_start = created;
    }

    /// A flit reaches its destination.
    #[inline]
    pub fn count_ejected(&mut self, terminal: usize) {
        if self.open {
            self.accepted[terminal] += 1;
            self.accepted_total += 1;
        }
    }

    /// The head of a packet leaves its source.
    #[inline]
    pub fn count_injected(&mut self, created: Cycle, now: Cycle) {
        if self.open && created >= self.start {
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
        if !self.open || created < self.start {
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
    pub fn close(&mut self, now: Cycle, created: Census) -> Closed {
        self.end = now;
        Closed {
            window: now - self.start,
            generated: Census {
                packets: created.packets - self.created_at_start.packets,
                flits: created.flits - self.created_at_start.flits,
            },
            accepted: self.accepted_total,
            accepted_min: self.accepted.iter().copied().min().unwrap_or(0).into(),
        }
    }

    /// The trial failed: the window goes on as if it had not been closed.
    pub fn reopen(&mut self) {
        self.end = Cycle::MAX;
        self.inside.absorb(&mut self.beyond);
    }

    /// Packets created before the window.
    pub fn created_before_window(&self) -> u64 {
        self.created_at_start.packets
    }

    /// Packets of the window that have arrived.
    pub fn arrived(&self) -> u64 {
        self.inside.packets
    }

    /// Number of first batches of which every packet has arrived, given how many were created in each.
    pub fn complete_batches(&self, created: &[u64]) -> usize {
        let arrived = self.batches.iter().map(|b| b.packets).chain(std::iter::repeat(0));
        created
            .iter()
            .zip(arrived)
            .take_while(|(created, arrived)| **created == *arrived)
            .count()
    }

    /// Half-width of the 95 % confidence interval over the first batches, relative to the mean.
    pub fn relative_half_width(&self, batches: usize) -> Option<f64> {
        let batches = &self.batches[..batches.min(self.batches.len())];
        let (sum, packets) = batches
            .iter()
            .fold((0, 0), |(s, n), b| (s + b.sum, n + b.packets));
        Some(half_width(batches)? * packets as f64 / sum as f64)
    }

    /// The latency of the window's packets, closed after `batches` batches; `None` if there was no packet.
    pub fn summary(&self, batches: usize) -> Option<LatencySummary> {
        let tally = &self.inside;
        if tally.packets == 0 {
            return None;
        }
        let packets = tally.packets as f64;
        let batches = &self.batches[..batches.min(self.batches.len())];
        let sum: u64 = batches.iter().map(|b| b.sum).sum();
        // The histogram gives the upper end of a range of values.
        let quantile = |share| tally.latency.value_at_quantile(share).min(tally.latency_max);
        Some(LatencySummary {
            mean: sum as f64 / packets,
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

/// What all sources create before `end`.
pub fn census<S: Source>(sources: &[S], end: Cycle) -> Census {
    sources
        .iter()
        .map(|source| source.created_before(end))
        .fold(Census::default(), |a, b| Census {
            packets: a.packets + b.packets,
            flits: a.flits + b.flits,
        })
}
