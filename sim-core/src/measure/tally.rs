//! Sums over packets that have arrived.

use hdrhistogram::Histogram;

use crate::Cycle;

/// Integer statistics of a set of packets; two can be merged, in any order, without loss.
#[derive(Clone, Debug)]
pub struct Tally {
    pub packets: u64,
    /// Packet latency, exact below 2,048 cycles and to 0.1 % above.
    pub latency: Histogram<u64>,
    pub latency_max: Cycle,
    /// Sum of network latency, modulo 2^64: that of the arrivals of tails less that of the injections of heads. It
    /// means something only when all that were injected have arrived.
    network: u64,
    /// Sum of switches visited.
    pub hops: u64,
}

impl Tally {
    #[allow(clippy::missing_panics_doc)]
    pub fn new() -> Self {
        let latency = Histogram::new(3).expect("three digits are a valid precision");
        Self {
            packets: 0,
            latency,
            latency_max: 0,
            network: 0,
            hops: 0,
        }
    }

    /// The head of a packet leaves its source.
    #[inline]
    pub fn inject(&mut self, now: Cycle) {
        self.network = self.network.wrapping_sub(now);
    }

    /// A packet arrives.
    pub fn record(&mut self, latency: Cycle, now: Cycle, hops: u32) {
        self.packets += 1;
        self.latency.saturating_record(latency);
        self.latency_max = self.latency_max.max(latency);
        self.network = self.network.wrapping_add(now);
        self.hops += u64::from(hops);
    }

    /// Sum of network latency, once all that were injected have arrived.
    pub fn network(&self) -> u64 {
        self.network
    }

    /// Adds the packets of another tally, which is left empty.
    pub fn absorb(&mut self, other: &mut Self) {
        self.packets += std::mem::take(&mut other.packets);
        for value in other.latency.iter_recorded() {
            self.latency
                .saturating_record_n(value.value_iterated_to(), value.count_at_value());
        }
        other.latency.reset();
        self.latency_max = self.latency_max.max(std::mem::take(&mut other.latency_max));
        self.network = self.network.wrapping_add(std::mem::take(&mut other.network));
        self.hops += std::mem::take(&mut other.hops);
    }
}
