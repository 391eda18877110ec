//! How long an automatic warm-up takes.

use fabricsim_core::Cycle;

/// No automatic warm-up is shorter \[cycles\].
const SHORTEST: Cycle = 3_000;

/// An automatic warm-up takes this many times the mean zero-load latency.
const LATENCIES: f64 = 10.0;

/// Cycles of automatic warm-up of a point with this mean zero-load latency \[cycles\]: a rule of thumb, long enough for
/// the queues of a fabric below saturation to fill to what they will be.
pub fn automatic(zero_load_mean: f64) -> Cycle {
    let latencies = (LATENCIES * zero_load_mean).ceil() as Cycle;
    latencies.max(SHORTEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_fabrics_warm_up_for_longer() {
        assert_eq!(automatic(31.0), 3_000);
        assert_eq!(automatic(500.05), 5_001);
    }
}
