//! The tables of a result folder, as CSV: numbers in the shortest form that reads back the same, an empty cell
//! for what does not exist.

mod deadlocks;
mod latencies;
mod links;
mod points;

pub use deadlocks::{DEADLOCK, DeadlockRow, DeadlockTable, read_deadlocks};
pub use latencies::LatencyTable;
pub use links::{LinkRows, LinkTable, QUANTILES, QuantileTable};
pub use points::{AXES, COLUMNS, PointRow, write_points};

use std::fmt::Display;

/// A cell that may be empty.
fn cell<T: Display>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// A cell of a number that may not exist. What is not a number at all does not exist either.
fn number(value: Option<f64>) -> String {
    cell(value.filter(|value| value.is_finite()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_short_and_what_is_none_is_empty() {
        let cases = [
            (Some(0.1), "0.1"),
            (Some(3.0), "3"),
            (Some(1e-7), "0.0000001"),
            (Some(f64::NAN), ""),
            (Some(f64::INFINITY), ""),
            (None, ""),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }

    proptest! {
        #[test]
        fn numbers_read_back_the_same(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            prop_assert_eq!(number(Some(value)).parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
    }
}
