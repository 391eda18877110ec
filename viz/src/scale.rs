//! Axes: from values to positions, and the ticks between.

/// The largest and the smallest positive value that an axis shows. What a simulation measures lies well
/// within.
const LARGEST: f64 = 1e15;
const SMALLEST: f64 = 1e-9;

/// Whether a value has a place on a linear axis.
pub fn drawable(value: f64) -> bool {
    value == 0.0 || drawable_on_log(value)
}

/// Whether a value has a place on a logarithmic axis.
pub fn drawable_on_log(value: f64) -> bool {
    (SMALLEST..=LARGEST).contains(&value)
}

/// The range of an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// From 0.
    Linear {
        /// Upper end.
        to: f64,
        /// Distance between ticks.
        step: f64,
    },
    /// Between two powers of ten times 1, 2 or 5.
    Log {
        /// Lower end.
        from: f64,
        /// Upper end.
        to: f64,
    },
}

/// A labelled place on an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Its value.
    pub value: f64,
    /// The value in words.
    pub label: String,
}

impl Scale {
    /// From 0 to a little more than `max`; to 1 where there is nothing to show.
    pub fn linear(max: f64) -> Self {
        if !drawable_on_log(max) {
            return Self::Linear { to: 1.0, step: 0.2 };
        }
        Self::Linear {
            to: max * 1.04,
            step: round_up(max / 8.0),
        }
    }

    /// As [`Scale::linear`] for all of `values`; where they are one value, it is not at the very end.
    pub fn linear_for(values: impl Iterator<Item = f64>) -> Self {
        let (lowest, highest) = values.fold((f64::INFINITY, 0.0_f64), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        if lowest < highest {
            return Self::linear(highest);
        }
        Self::linear((highest * 1.5).min(LARGEST))
    }

    /// From `min` or a little less to `max` or a little more; both drawable on a logarithmic axis.
    pub fn log(min: f64, max: f64) -> Self {
        Self::Log {
            from: round_down(min / 1.05),
            to: round_up(max * 1.05),
        }
    }

    /// The place of a value, from 0 at the lower end to 1 at the upper; beyond the ends, the end.
    pub fn position(&self, value: f64) -> f64 {
        let position = match *self {
            Self::Linear { to, .. } => value / to,
            Self::Log { from, to } => (value.max(from) / from).ln() / (to / from).ln(),
        };
        position.clamp(0.0, 1.0)
    }

    /// The value at the upper end.
    pub fn end(&self) -> f64 {
        match *self {
            Self::Linear { to, .. } | Self::Log { to, .. } => to,
        }
    }

    /// The labelled values, in rising order.
    pub fn ticks(&self) -> Vec<Tick> {
        match *self {
            Self::Linear { to, step } => (0..=(to / step + 1e-9) as u32)
                .map(|i| {
                    let value = f64::from(i) * step;
                    Tick {
                        value,
                        label: plain(value, step),
                    }
                })
                .collect(),
            Self::Log { from, to } => log_ticks(from, to),
        }
    }
}

/// 1, 2, 5 in each power of ten over up to three of them; else the powers, not more than eight.
fn log_ticks(from: f64, to: f64) -> Vec<Tick> {
    let decades = (to / from).log10();
    let stride = (decades / 8.0).ceil().max(1.0) as i32;
    let multiples: &[f64] = if decades <= 3.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let first = from.log10().floor() as i32;
    let last = to.log10().ceil() as i32;
    let mut ticks = Vec::new();
    for exponent in (first..=last).filter(|e| (e - first) % stride == 0) {
        let power = 10_f64.powi(exponent);
        for multiple in multiples {
            let value = multiple * power;
            if value >= from * (1.0 - 1e-9) && value <= to * (1.0 + 1e-9) {
                ticks.push(Tick {
                    value,
                    label: plain(value, power),
                });
            }
        }
    }
    ticks
}

/// The next 1, 2 or 5 times a power of ten that is not below `value`, a positive one.
fn round_up(value: f64) -> f64 {
    let power = 10_f64.powi(value.log10().floor() as i32);
    let candidates = [1.0, 2.0, 5.0, 10.0].map(|multiple| multiple * power);
    candidates
        .into_iter()
        .find(|&c| c >= value * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

/// The next 1, 2 or 5 times a power of ten that is not above `value`, a positive one.
fn round_down(value: f64) -> f64 {
    let power = 10_f64.powi(value.log10().floor() as i32);
    let candidates = [5.0, 2.0, 1.0, 0.5].map(|multiple| multiple * power);
    candidates
        .into_iter()
        .find(|&c| c <= value * (1.0 + 1e-9))
        .unwrap_or(power)
}

/// A number with as many decimals as steps of `step` need; powers of ten where it would be very long.
fn plain(value: f64, step: f64) -> String {
    if value != 0.0 && !(1e-6..1e7).contains(&value) {
        return with_exponent(value);
    }
    let decimals = (-(step * (1.0 + 1e-9)).log10().floor()).clamp(0.0, 12.0);
    format!("{value:.0$}", decimals as usize)
}

/// Up to four digits and a power of ten: `1.5e9`.
fn with_exponent(value: f64) -> String {
    let text = format!("{value:.3e}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let digits = digits.trim_end_matches('0').trim_end_matches('.');
            format!("{digits}e{exponent}")
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels(scale: Scale) -> Vec<String> {
        scale.ticks().into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn linear_ticks_are_plain() {
        assert_eq!(
            labels(Scale::linear(0.6)),
            ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6"]
        );
        assert_eq!(
            labels(Scale::linear(63.0)),
            ["0", "10", "20", "30", "40", "50", "60"]
        );
        assert_eq!(labels(Scale::linear(0.05))[1], "0.01");
        assert_eq!(labels(Scale::linear(12_000.0))[1], "2000");
        assert_eq!(labels(Scale::linear(1.6e9))[7..], ["1.4e9", "1.6e9"]);
        assert_eq!(labels(Scale::linear(f64::NAN)).len(), 6);
    }

    #[test]
    fn a_single_value_is_not_at_the_end() {
        let place = |values: &[f64]| Scale::linear_for(values.iter().copied()).position(values[0]);
        assert!((0.6..0.7).contains(&place(&[31.0])));
        assert!(place(&[31.0, 10.0]) > 0.9);
    }

    #[test]
    fn log_ticks_are_plain_and_few() {
        assert_eq!(labels(Scale::log(32.0, 450.0)), ["20", "50", "100", "200", "500"]);
        assert_eq!(
            labels(Scale::log(30.0, 1e6)),
            ["100", "1000", "10000", "100000", "1000000"]
        );
        assert!(labels(Scale::log(SMALLEST, LARGEST)).len() <= 9);
    }

    #[test]
    fn positions_run_from_end_to_end() {
        let linear = Scale::linear(0.6);
        assert_eq!(
            [0.0, 0.3, 0.6, 7.0].map(|v| (linear.position(v) * 100.0).round()),
            [0.0, 48.0, 96.0, 100.0]
        );
        let log = Scale::Log {
            from: 10.0,
            to: 1000.0,
        };
        assert_eq!(
            [0.0, 10.0, 100.0, 1000.0].map(|v| (log.position(v) * 100.0).round()),
            [0.0, 0.0, 50.0, 100.0]
        );
    }

    proptest! {
        #[test]
        fn every_drawable_range_has_a_few_rising_ticks(low in -9.0_f64..14.0, decades in 0.9_f64..24.0) {
            let (min, max) = (10_f64.powf(low), 10_f64.powf((low + decades).min(15.0)));
            for scale in [Scale::linear(max), Scale::log(min, max)] {
                let ticks = scale.ticks();
                prop_assert!((1..=11).contains(&ticks.len()), "{scale:?}: {}", ticks.len());
                prop_assert!(ticks.windows(2).all(|pair| pair[0].value < pair[1].value));
                prop_assert!(scale.position(max) > 0.5, "{scale:?} for {max}");
                prop_assert!(ticks.iter().all(|tick| tick.label.len() <= 12), "{ticks:?}");
            }
        }
    }
}
