//! Numbers drawn from a stream, bit for bit the same on every platform and with every version of `rand`.

use fabricsim_core::Stream;
use rand::Rng;

/// A number on (0, 1], one of 2^53 equally spaced ones: its logarithm is finite and not positive.
pub fn unit(stream: &mut Stream) -> f64 {
    let steps = (stream.next_u64() >> 11) + 1;
    steps as f64 / (1_u64 << 53) as f64
}

/// A number below `n`, each exactly as likely; `n` is at least 1. Source: Lemire, "Fast random integer
/// generation in an interval", 2019.
pub fn below(stream: &mut Stream, n: u32) -> u32 {
    let n = u64::from(n);
    let mut product = u128::from(stream.next_u64()) * u128::from(n);
    // The low half below `n` is where a value could come up once too often; below 2^64 mod `n` it does.
    if (product as u64) < n {
        let surplus = n.wrapping_neg() % n;
        while (product as u64) < surplus {
            product = u128::from(stream.next_u64()) * u128::from(n);
        }
    }
    (product >> 64) as u32
}

#[cfg(test)]
mod tests {
    use fabricsim_core::{Purpose, stream};

    use super::*;

    #[test]
    fn below_is_even() {
        let mut draws = stream(1, 0, Purpose::Destinations(0));
        let mut counts = [0_u32; 7];
        const N: u32 = 70_000;
        for _ in 0..N {
            counts[below(&mut draws, 7) as usize] += 1;
        }
        // Chi-square with 6 degrees of freedom: 22.5 is its 99.9 % quantile.
        let expected = f64::from(N) / 7.0;
        let chi_square: f64 = counts
            .iter()
            .map(|&c| (f64::from(c) - expected).powi(2) / expected)
            .sum();
        assert!(chi_square < 22.5, "{counts:?}");
    }

    #[test]
    fn below_reaches_the_ends_of_its_range() {
        let mut draws = stream(1, 0, Purpose::Destinations(0));
        assert!((0..100).all(|_| below(&mut draws, 1) == 0));
        let largest = (0..1000).map(|_| below(&mut draws, u32::MAX)).max();
        assert!(largest > Some(u32::MAX / 100 * 99));
    }

    #[test]
    fn unit_is_never_zero_and_has_the_mean_of_a_half() {
        let mut draws = stream(1, 0, Purpose::Arrivals(0));
        let values: Vec<f64> = (0..10_000).map(|_| unit(&mut draws)).collect();
        assert!(values.iter().all(|&u| u > 0.0 && u <= 1.0));
        let mean = values.iter().sum::<f64>() / 10_000.0;
        // Standard error: sqrt(1/12/10000) = 0.0029.
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
    }
}
