//! Exact fractions, made from the decimals that people write.

/// A fraction in its lowest terms; not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    numerator: u128,
    denominator: u128,
}

/// Decimals and values up to here are kept exactly; nothing that a fabric has needs more.
const MOST_DECIMALS: usize = 9;
const LARGEST: f64 = 1e12;

impl Ratio {
    /// `numerator / denominator`; `None` for a denominator of 0.
    pub(super) fn new(numerator: u128, denominator: u128) -> Option<Self> {
        let divisor = greatest_common_divisor(numerator, denominator);
        (denominator > 0).then(|| Self {
            numerator: numerator / divisor,
            denominator: denominator / divisor,
        })
    }

    /// A whole number.
    pub(super) fn whole(number: u64) -> Self {
        Self {
            numerator: number.into(),
            denominator: 1,
        }
    }

    /// The decimal that `value` is written as: 0.3 is 3/10. `None` where it is negative, not a number, above 10^12 or has
    /// more than 9 decimals.
    pub(super) fn of_decimal(value: f64) -> Option<Self> {
        if !(0.0..=LARGEST).contains(&value) {
            return None;
        }
        // `Display` writes the shortest decimal that reads back the same, without an exponent.
        let text = value.to_string();
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
        if decimals.len() > MOST_DECIMALS {
            return None;
        }
        let numerator = format!("{whole}{decimals}").parse().ok()?;
        Self::new(numerator, 10_u128.pow(decimals.len() as u32))
    }

    /// The product; `None` where it is too large.
    pub(super) fn times(self, other: Self) -> Option<Self> {
        let numerator = self.numerator.checked_mul(other.numerator)?;
        Self::new(numerator, self.denominator.checked_mul(other.denominator)?)
    }

    /// The quotient; `None` where it is too large, or divided by 0.
    pub(super) fn over(self, other: Self) -> Option<Self> {
        let numerator = self.numerator.checked_mul(other.denominator)?;
        Self::new(numerator, self.denominator.checked_mul(other.numerator)?)
    }

    /// The nearest whole number, the upper one of two as near.
    pub(super) fn rounded(self) -> u128 {
        self.numerator / self.denominator
            + u128::from(self.numerator % self.denominator * 2 >= self.denominator)
    }

    /// Numerator and denominator, where both fit.
    pub(super) fn parts<T: TryFrom<u128>>(self) -> Option<(T, T)> {
        Some((
            T::try_from(self.numerator).ok()?,
            T::try_from(self.denominator).ok()?,
        ))
    }

    /// As a floating-point number.
    pub fn value(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }
}

fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(value: f64) -> Option<(u64, u64)> {
        Ratio::of_decimal(value)?.parts()
    }

    #[test]
    fn decimals_are_what_is_written() {
        assert_eq!(parts(0.3), Some((3, 10)));
        assert_eq!(parts(7.5), Some((15, 2)));
        assert_eq!(parts(40.0), Some((40, 1)));
        assert_eq!(parts(0.0), Some((0, 1)));
        assert_eq!(parts(1e-9), Some((1, 1_000_000_000)));
        for wrong in [-1.0, f64::NAN, f64::INFINITY, 1.0 / 3.0, 1e-300, 2e12] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn arithmetic_is_exact() {
        let ratio = |n, d| Ratio::new(n, d).unwrap();
        assert_eq!(ratio(3, 10).times(ratio(10, 9)), Some(ratio(1, 3)));
        assert_eq!(ratio(3, 10).over(ratio(9, 10)), Some(ratio(1, 3)));
        assert_eq!(ratio(1, 3).over(ratio(0, 1)), None);
        assert_eq!(ratio(u128::MAX, 1).times(ratio(2, 1)), None);
        assert_eq!(
            [ratio(5, 2), ratio(7, 3), ratio(0, 4)].map(Ratio::rounded),
            [3, 2, 0]
        );
    }
}
