//! The confidence interval of a mean by batch means (Law & Kelton, *Simulation Modeling and Analysis*,
//! section 9.5.3): latencies of successive packets depend on each other, means of long batches hardly.

/// Batches that the basic ones are gathered into: enough for a fair estimate of their variance, few enough to be
/// long.
const GROUPS: usize = 20;

/// Fewer packets in a group, on average, and the interval is not trusted.
const PACKETS_A_GROUP: u64 = 30;

/// 97.5 % quantile of Student's t distribution by degrees of freedom, from 1. A table, since a value
/// computed in floating point may differ between machines. Source: Law & Kelton, table T.1.
const STUDENT: [f64; 40] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    2.040, 2.037, 2.035, 2.032, 2.030, 2.028, 2.026, 2.024, 2.023, 2.021,
];

/// One batch: the packets created in a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Sum of their latencies.
    pub sum: u64,
    /// Their number.
    pub packets: u64,
}

/// Half-width of the 95 % confidence interval of the mean latency over all batches; `None` with too little
/// to go by.
pub fn half_width(batches: &[Batch]) -> Option<f64> {
    let groups = gather(batches);
    let n = groups.len();
    let total = total(&groups);
    if n < 2 || total.packets < PACKETS_A_GROUP * n as u64 {
        return None;
    }
    // A ratio estimator, since batches differ in their number of packets.
    let mean = total.sum as f64 / total.packets as f64;
    let residuals = groups.iter().map(|g| g.sum as f64 - mean * g.packets as f64);
    let variance = residuals.map(|r| r * r).sum::<f64>() / (n - 1) as f64;
    let packets_a_group = total.packets as f64 / n as f64;
    let student = STUDENT[(n - 2).min(STUDENT.len() - 1)];
    Some(student * (variance / n as f64).sqrt() / packets_a_group)
}

/// The same, relative to the mean.
pub fn relative_half_width(batches: &[Batch]) -> Option<f64> {
    let total = total(batches);
    Some(half_width(batches)? * total.packets as f64 / total.sum as f64)
}

/// Number of first batches of which every packet has arrived, given how many were created in each.
pub fn complete_batches(batches: &[Batch], created: &[u64]) -> usize {
    let arrived = batches.iter().map(|b| b.packets).chain(std::iter::repeat(0));
    created
        .iter()
        .zip(arrived)
        .take_while(|(created, arrived)| **created == *arrived)
        .count()
}

/// Merges neighbours into [`GROUPS`] to `2 * GROUPS - 1` groups of equally many batches, or into the
/// batches themselves where there are fewer; what is left over goes to the last.
fn gather(batches: &[Batch]) -> Vec<Batch> {
    let size = (batches.len() / GROUPS).max(1);
    let whole = batches.len() / size;
    (0..whole)
        .map(|g| {
            let end = if g + 1 == whole {
                batches.len()
            } else {
                (g + 1) * size
            };
            total(&batches[g * size..end])
        })
        .collect()
}

fn total(batches: &[Batch]) -> Batch {
    batches.iter().fold(Batch::default(), |a, b| Batch {
        sum: a.sum + b.sum,
        packets: a.packets + b.packets,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Purpose, stream};
    use rand::RngExt;

    /// Means of independent samples: the interval must hold the true mean in 95 % of the cases. 2,000 cases have
    /// a standard error of 0.5 %.
    #[test]
    fn covers_the_true_mean() {
        let mut random = stream(1, 0, Purpose::Routing);
        let covered = (0..2_000)
            .filter(|_| {
                let batches: Vec<Batch> = (0..25)
                    .map(|_| Batch {
                        sum: (0..40).map(|_| random.random_range(0..=200_u64)).sum(),
                        packets: 40,
                    })
                    .collect();
                let all = total(&batches);
                let mean = all.sum as f64 / all.packets as f64;
                half_width(&batches).is_some_and(|half| (mean - 100.0).abs() <= half)
            })
            .count();
        let share = covered as f64 / 2_000.0;
        assert!((0.935..=0.965).contains(&share), "covered {share}");
    }

    #[test]
    fn needs_packets_and_batches() {
        let batch = Batch {
            sum: 100,
            packets: 10,
        };
        assert_eq!(half_width(&[]), None);
        assert_eq!(half_width(&[batch; 1]), None);
        assert_eq!(half_width(&[batch; 10]), None, "ten packets a batch are too few");
    }

    #[test]
    fn gathers_evenly() {
        let batch = Batch { sum: 1, packets: 1 };
        for (n, groups) in [
            (1, 1),
            (19, 19),
            (20, 20),
            (39, 39),
            (40, 20),
            (59, 29),
            (2_000, 20),
        ] {
            let gathered = gather(&vec![batch; n]);
            assert_eq!(gathered.len(), groups);
            assert_eq!(total(&gathered).packets, n as u64);
        }
    }
}
