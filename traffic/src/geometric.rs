//! How often a Bernoulli trial fails before it succeeds.

/// The geometric distribution of a probability of success p, by inversion of P(failures >= n) = (1 - p)^n.
///
/// What it answers is floor(ln(u) / ln(1 - p)) with the logarithm of `libm`, to the bit. Most answers take a third of the
/// time: an estimate that is sure to have the same whole part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geometric {
    /// ln(1 - p); minus infinity where p = 1.
    log_miss: f64,
    /// Its reciprocal.
    inverse: f64,
    /// How far an estimate may be wrong.
    doubt: f64,
}

/// How far [`approximate_ln`] may be wrong: 2^-34 by its series, and little by rounding.
const LN_ERROR: f64 = 1.0 / (1_u64 << 32) as f64;

/// Below this an estimate is rounded by less than [`LN_ERROR`].
const MOST_ESTIMATED: f64 = (1_u64 << 20) as f64;

impl Geometric {
    /// Counts from 2^63 on are not told apart.
    const MOST: f64 = (1_u64 << 63) as f64;

    /// Of a probability above 0, at most 1.
    pub fn new(p: f64) -> Self {
        let log_miss = libm::log1p(-p);
        let inverse = 1.0 / log_miss;
        Self {
            log_miss,
            inverse,
            doubt: LN_ERROR * (1.0 - inverse),
        }
    }

    /// The failures before the first success, for a `unit` drawn from (0, 1]; `None` of 2^63 and more.
    #[inline]
    pub fn failures(&self, unit: f64) -> Option<u64> {
        let estimate = approximate_ln(unit) * self.inverse;
        let whole = estimate as u32;
        let part = estimate - f64::from(whole);
        let is_sure = part > self.doubt && part < 1.0 - self.doubt && estimate < MOST_ESTIMATED;
        if is_sure {
            Some(whole.into())
        } else {
            self.exact(unit)
        }
    }

    #[cold]
    fn exact(&self, unit: f64) -> Option<u64> {
        // Not below 0, and 0 where p = 1. `NaN`, of a probability so small that its logarithm is 0, is not below anything.
        let failures = libm::log(unit) / self.log_miss;
        (failures < Self::MOST).then_some(failures as u64)
    }
}

const INDEX_BITS: u32 = 7;
const MANTISSA_BITS: u32 = 52;

/// Of each part of 1 to 2, an inner point: its reciprocal and its logarithm.
static PARTS: [(f64, f64); 1 << INDEX_BITS] = parts();

/// The logarithm of a positive number that is not subnormal.
#[inline]
fn approximate_ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let exponent = (bits >> MANTISSA_BITS) as i32 - 1023;
    let index = (bits >> (MANTISSA_BITS - INDEX_BITS)) as usize % PARTS.len();
    let mantissa = f64::from_bits(bits & ((1 << MANTISSA_BITS) - 1) | 1.0_f64.to_bits());
    let (reciprocal, ln) = PARTS[index];
    let rest = mantissa * reciprocal - 1.0;
    let ln_of_rest = rest - rest * rest * (0.5 - rest * (1.0 / 3.0));
    f64::from(exponent) * std::f64::consts::LN_2 + ln + ln_of_rest
}

const fn parts() -> [(f64, f64); 1 << INDEX_BITS] {
    let mut parts = [(0.0, 0.0); 1 << INDEX_BITS];
    let mut i = 0;
    while i < parts.len() {
        let middle = 1.0 + (i as f64 + 0.5) / parts.len() as f64;
        parts[i] = (1.0 / middle, ln(middle));
        i += 1;
    }
    parts
}

/// From 1 to 2: 2 artanh((x - 1) / (x + 1)), whose series ends soon.
const fn ln(x: f64) -> f64 {
    let ratio = (x - 1.0) / (x + 1.0);
    let (mut power, mut sum, mut i) = (ratio, 0.0, 1);
    while i < 40 {
        sum += power / i as f64;
        power *= ratio * ratio;
        i += 2;
    }
    2.0 * sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Without the estimate.
    fn expected(p: f64, unit: f64) -> Option<u64> {
        let failures = libm::log(unit) / libm::log1p(-p);
        (failures < Geometric::MOST).then_some(failures as u64)
    }

    fn probability() -> impl Strategy<Value = f64> {
        prop_oneof![
            0.0001_f64..1.0,
            (0.0_f64..50.0).prop_map(|x| libm::exp2(-x)),
            Just(1.0)
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_096))]

        #[test]
        fn drawn_numbers_give_what_the_quotient_gives(p in probability(), steps in 1_u64..=1 << 53, shift in 0_u32..53) {
            for steps in [steps, (steps >> shift).max(1)] {
                let unit = steps as f64 / (1_u64 << 53) as f64;
                prop_assert_eq!(Geometric::new(p).failures(unit), expected(p, unit));
            }
        }

        /// Where the quotient is all but whole.
        #[test]
        fn so_do_numbers_at_the_steps(p in 0.0001_f64..0.999, depth in 0.0_f64..1.0, off in -40_i64..40) {
            let log_miss = libm::log1p(-p);
            let failures = (depth * -600.0 / log_miss).floor();
            let step = libm::exp(failures * log_miss);
            let unit = f64::from_bits((step.to_bits() as i64 + off) as u64).min(1.0);
            prop_assert_eq!(Geometric::new(p).failures(unit), expected(p, unit));
        }

        #[test]
        fn the_logarithm_is_as_near_as_is_said(x in 1e-300_f64..1.0) {
            prop_assert!((approximate_ln(x) - libm::log(x)).abs() < LN_ERROR);
        }
    }

    #[test]
    fn the_least_and_the_largest_are_told() {
        let least = 1.0 / (1_u64 << 53) as f64;
        assert_eq!(Geometric::new(1.0).failures(least), Some(0));
        assert_eq!(Geometric::new(0.5).failures(least), Some(53));
        assert_eq!(Geometric::new(0.5).failures(1.0), Some(0));
        assert_eq!(Geometric::new(1e-300).failures(least), None);
        assert_eq!(Geometric::new(1e-300).failures(1.0), Some(0));
        assert_eq!(Geometric::new(f64::MIN_POSITIVE / 4.0).failures(0.5), None);
    }
}
