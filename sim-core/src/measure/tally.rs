//! Sums over packets that have arrived.

use hdrhistogram::Histogram;

use crate::Cycle;

/// Latencies are told apart up to here, about 10^12 cycles; longer ones count as this.
const LONGEST: Cycle = 1 << 40;

/// Integer statistics of a set of packets; two can be merged, in any order, without loss.
#[derive(Clone, Debug)]
pub struct Tally {
    pub packets: u64,
    /// Packet latency, exact below 2,048 cycles and to 0.1 % above.
    pub latency: Histogram<u64>,
    pub latency_max: Cycle,
    /// Sum of packet latency.
    pub latency_sum: u64,
    /// Sum of network latency, modulo 2^64: that of the arrivals of tails less that of the injections of heads. It
    /// means something only when all that were injected have arrived.
    network: u64,
    /// Sum of switches visited.
    pub hops: u64,
}

impl Tally {
    /// Memory of a tally.
    pub const BYTES: usize = 32 * 1024 * size_of::<u64>();

    #[allow(clippy::missing_panics_doc)]
    pub fn new() -> Self {
        // Of full size: one that could grow caps a long latency instead, at its present size.
        let latency = Histogram::new_with_bounds(1, LONGEST, 3).expect("the bounds and digits are valid");
        Self {
            packets: 0,
            latency,
            latency_max: 0,
            latency_sum: 0,
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
        self.latency_sum += latency;
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
        self.latency_sum += std::mem::take(&mut other.latency_sum);
        self.network = self.network.wrapping_add(std::mem::take(&mut other.network));
        self.hops += std::mem::take(&mut other.hops);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_latencies_keep_their_place() {
        let mut tally = Tally::new();
        for latency in [1, 2_000, 5_000, 1_000_000, LONGEST] {
            tally.record(latency, latency, 1);
        }
        let values = tally.latency.iter_recorded();
        let lowest: Vec<u64> = values
            .map(|v| tally.latency.lowest_equivalent(v.value_iterated_to()))
            .collect();
        assert_eq!(lowest[..2], [1, 2_000]);
        for (found, latency) in lowest[2..].iter().zip([5_000_u64, 1_000_000, LONGEST]) {
            assert!(latency - found <= latency / 1_000, "{found} for {latency}");
        }
    }

    #[test]
    fn its_memory_is_that_of_the_histogram() {
        assert_eq!(
            Tally::BYTES,
            Tally::new().latency.distinct_values() * size_of::<u64>()
        );
    }
}
