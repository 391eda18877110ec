//! Values in words.

use crate::results::Point;

/// What a point is offered: `load 0.35`, or `2.5 Gb/s` in physical fabrics; empty where it does not say.
pub fn offered(point: &Point) -> String {
    if let Some(rate) = point.offered_gbps.or(point.rate_gbps) {
        return format!("{} Gb/s", short(rate));
    }
    match point.load.or(point.offered) {
        Some(load) => format!("load {}", short(load)),
        None => String::new(),
    }
}

/// A share as a percentage, to a whole number from 10 % on: `97 %`.
pub fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent == 0.0 || percent >= 9.95 {
        format!("{percent:.0} %")
    } else {
        format!("{percent:.1} %")
    }
}

/// Those of the words that there are: `load 0.3, converged, mean 12 %`.
pub fn listed<const N: usize>(words: [String; N]) -> String {
    let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words.join(", ")
}

/// `mean 12 %`.
pub fn mean_in_words(mean: f64) -> String {
    format!("mean {}", percent(mean))
}

/// A number with four significant digits at most.
pub fn short(value: f64) -> String {
    digits(value, 4)
}

/// A number with so many significant digits at most; those before the point are all there.
pub fn digits(value: f64, most: i32) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let before_point = value.abs().log10().floor() as i32 + 1;
    let decimals = (most - before_point).clamp(0, 12) as usize;
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let cases = [
            (0.30000000000000004, "0.3"),
            (31.0625, "31.06"),
            (12345.6, "12346"),
            (0.00125, "0.00125"),
            (100.0, "100"),
            (0.0, "0"),
        ];
        for (value, text) in cases {
            assert_eq!(short(value), text);
        }
        assert_eq!(digits(0.3193, 2), "0.32");
    }

    #[test]
    fn percentages_have_two_digits() {
        let cases = [
            (0.974, "97 %"),
            (1.0, "100 %"),
            (0.0995, "10 %"),
            (0.0512, "5.1 %"),
            (0.0, "0 %"),
        ];
        for (share, text) in cases {
            assert_eq!(percent(share), text);
        }
    }
}
