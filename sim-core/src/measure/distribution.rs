//! The distribution of packet latency, in few enough steps to be kept.

use hdrhistogram::Histogram;

use crate::{Cycle, LatencyStep};

/// Percentiles that are always among the steps, in the order of time.
const QUANTILES: [f64; 4] = [0.5, 0.9, 0.99, 0.999];

/// Steps of equal shares of the packets, for the body.
const BODY: u64 = 96;

/// Halvings of the share of slower packets, four steps each, for the tail: down to one packet of 10^11.
const HALVINGS: u32 = 37;

/// The most steps: as many histogram values are kept whole.
const MOST: usize = 4 * HALVINGS as usize + BODY as usize + QUANTILES.len() + 2;

/// The cumulative distribution of `latency`, of which the largest is `max`: every distinct value where they are few;
/// else the least, the largest, the [`QUANTILES`], and values so chosen that neither the body nor the tail is coarse.
pub fn distribution(latency: &Histogram<u64>, max: Cycle) -> Vec<LatencyStep> {
    let mut packets = 0;
    let mut steps: Vec<LatencyStep> = Vec::new();
    for value in latency.iter_recorded() {
        packets += value.count_at_value();
        let latency = value.value_iterated_to().min(max);
        steps.push(LatencyStep { latency, packets });
    }
    if steps.len() <= MOST {
        return steps;
    }
    let always = QUANTILES.map(|quantile| latency.value_at_quantile(quantile).min(max));
    let first = steps[0];
    let mut ranks = ranks(packets).into_iter().peekable();
    steps.retain(|step| {
        let mut reached = false;
        while ranks.next_if(|&rank| rank <= step.packets).is_some() {
            reached = true;
        }
        reached || *step == first || always.contains(&step.latency)
    });
    steps
}

/// The numbers of packets, in rising order, at which a step is kept; the last is all of them.
fn ranks(packets: u64) -> Vec<u64> {
    // Without overflow, and never 0: there are more packets than steps.
    let body = (1..=BODY).map(|i| packets / BODY * i + packets % BODY * i / BODY);
    let quarters = |k: u32| (5..=8).map(move |m| (packets >> k) / 8 * m + (packets >> k) % 8 * m / 8);
    let slower = (1..=HALVINGS).flat_map(quarters);
    let mut ranks: Vec<u64> = body.chain(slower.map(|slower| packets - slower)).collect();
    ranks.sort_unstable();
    ranks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn histogram(values: &[u64]) -> Histogram<u64> {
        let mut histogram = Histogram::new_with_bounds(1, 1 << 40, 3).unwrap();
        for &value in values {
            histogram.record(value).unwrap();
        }
        histogram
    }

    fn pairs(steps: &[LatencyStep]) -> Vec<(u64, u64)> {
        steps.iter().map(|step| (step.latency, step.packets)).collect()
    }

    #[test]
    fn few_values_are_all_there() {
        let steps = distribution(&histogram(&[30, 7, 30, 55]), 55);
        assert_eq!(pairs(&steps), [(7, 1), (30, 3), (55, 4)]);
        assert_eq!(distribution(&histogram(&[]), 0), []);
    }

    #[test]
    fn the_largest_is_exact() {
        let steps = distribution(&histogram(&[10, 1_000_001]), 1_000_001);
        assert_eq!(pairs(&steps), [(10, 1), (1_000_001, 2)]);
    }

    #[test]
    fn the_tail_is_as_fine_as_the_body() {
        // A thousand values, the slower the rarer: every latency has half the packets of that ten before.
        let mut histogram = Histogram::new_with_bounds(1, 1 << 40, 3).unwrap();
        for latency in 1..=350_u64 {
            let shift = latency / 10;
            histogram.record_n(latency, 1 << (36 - shift)).unwrap();
        }
        let steps = distribution(&histogram, 350);
        let all = histogram.len();
        assert!(steps.len() <= 256);
        for pair in steps.windows(2) {
            let (before, after) = (all - pair[0].packets, all - pair[1].packets);
            assert!(
                after * 2 >= before
                    || before - after <= all / BODY + 1
                    || pair[1].latency - pair[0].latency == 1,
                "{pair:?} of {all}"
            );
        }
    }

    proptest! {
        #[test]
        fn steps_rise_and_hold_what_is_promised(values in prop::collection::vec(1_u64..3_000_000, 1..3_000)) {
            let histogram = histogram(&values);
            let (min, max) = (*values.iter().min().unwrap(), *values.iter().max().unwrap());
            let steps = distribution(&histogram, max);
            prop_assert!(steps.len() <= 256);
            prop_assert!(steps.windows(2).all(|p| p[0].latency < p[1].latency && p[0].packets < p[1].packets));
            prop_assert!(histogram.equivalent(steps[0].latency, min));
            prop_assert_eq!(*steps.last().unwrap(), LatencyStep { latency: max, packets: values.len() as u64 });
            for step in &steps {
                let at_most = values.iter().filter(|&&v| v <= step.latency).count() as u64;
                prop_assert_eq!(at_most, step.packets);
            }
            for quantile in QUANTILES {
                let latency = histogram.value_at_quantile(quantile).min(max);
                prop_assert!(steps.iter().any(|step| step.latency == latency));
            }
        }
    }
}
