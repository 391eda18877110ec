//! Injection processes: when a terminal creates packets.
//!
//! A process has a rate of load / packet flits packets a cycle. Its times are a cycle and a fraction of one
//! in fixed point, so that neither long runs nor odd rates make it drift.

use fabricsim_core::{Cycle, NEVER, Stream};
use rand::Rng;

use crate::draw::unit;
use crate::geometric::Geometric;

/// How the creation of packets is spread over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Injection {
    /// In each cycle, from cycle 0 on, a packet with probability p = load / packet flits; at most one a
    /// cycle. Gaps are geometric with mean 1/p and variance (1 - p)/p^2. BookSim2's `bernoulli`.
    Bernoulli,
    /// Exponential gaps with mean packet flits / load in continuous time; a packet is created in the cycle
    /// that its time falls into, several in one cycle where the draws say so. The count over w cycles has
    /// mean and variance w x load / packet flits.
    Poisson,
    /// A packet every packet flits / load cycles, from a phase drawn uniformly from one such interval for
    /// each terminal; created in the cycle that its time falls into.
    Periodic,
}

impl Injection {
    /// Every injection process.
    pub const ALL: [Self; 3] = [Self::Bernoulli, Self::Poisson, Self::Periodic];

    /// The name that experiments know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bernoulli => "Bernoulli",
            Self::Poisson => "Poisson",
            Self::Periodic => "Periodic",
        }
    }
}

/// A time, or a span of it: whole cycles and a fraction in units of 2^-64 cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time {
    cycles: Cycle,
    fraction: u64,
}

impl Time {
    const NEVER: Self = Self {
        cycles: NEVER,
        fraction: 0,
    };

    /// Spans from here on, 2^63 cycles, are never over.
    const LONGEST: f64 = (1_u64 << 63) as f64;

    /// The whole cycles of a span; `None` if it is never over, as that of `NaN`, from a mean gap that overflowed, is.
    #[inline]
    fn whole_cycles(cycles: f64) -> Option<u64> {
        (cycles < Self::LONGEST).then_some(cycles as u64)
    }

    /// Exact for spans of a cycle and more: their fraction has at most 52 bits.
    fn from_cycles(cycles: f64) -> Self {
        let Some(whole) = Self::whole_cycles(cycles) else {
            return Self::NEVER;
        };
        Self {
            cycles: whole,
            fraction: ((cycles - whole as f64) * 2.0 * Self::LONGEST) as u64,
        }
    }

    /// `numerator` / 2^64 of it.
    fn portion(self, numerator: u64) -> Self {
        // In units of 2^-64 cycle; the sum is below 2^128 since the portion is below the whole.
        let of_cycles = u128::from(self.cycles) * u128::from(numerator);
        let of_fraction = (u128::from(self.fraction) * u128::from(numerator)) >> 64;
        let portion = of_cycles + of_fraction;
        Self {
            cycles: (portion >> 64) as u64,
            fraction: portion as u64,
        }
    }

    fn plus(self, span: Self) -> Self {
        let (fraction, carry) = self.fraction.overflowing_add(span.fraction);
        Self {
            cycles: self
                .cycles
                .saturating_add(span.cycles)
                .saturating_add(u64::from(carry)),
            fraction,
        }
    }
}

/// An injection process at one rate: what the terminals of a flow share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Process {
    Never,
    /// The trials of cycles that fail.
    Bernoulli(Geometric),
    Poisson {
        /// Mean gap in cycles.
        mean: f64,
    },
    Periodic {
        spacing: Time,
    },
}

impl Process {
    /// The process at `load`, from 0 to 1, in packets of `flits`. Nothing is created at load 0.
    pub fn new(injection: Injection, flits: u16, load: f64) -> Self {
        if load == 0.0 {
            return Self::Never;
        }
        let mean = f64::from(flits) / load;
        match injection {
            Injection::Bernoulli => Self::Bernoulli(Geometric::new(load / f64::from(flits))),
            Injection::Poisson => Self::Poisson { mean },
            Injection::Periodic => match Time::from_cycles(mean) {
                Time::NEVER => Self::Never,
                spacing => Self::Periodic { spacing },
            },
        }
    }

    /// The time of the first packet.
    fn first(&self, stream: &mut Stream) -> Time {
        match self {
            // The first trial is in cycle 0, one cycle before the end of the gap.
            Self::Bernoulli(_) => match self.gap(stream) {
                Time::NEVER => Time::NEVER,
                Time { cycles, fraction } => Time {
                    cycles: cycles - 1,
                    fraction,
                },
            },
            Self::Periodic { spacing } => spacing.portion(stream.next_u64()),
            Self::Never | Self::Poisson { .. } => self.gap(stream),
        }
    }

    /// The time from one packet to the next.
    fn gap(&self, stream: &mut Stream) -> Time {
        match *self {
            Self::Never => Time::NEVER,
            Self::Bernoulli(trials) => match trials.failures(unit(stream)) {
                None => Time::NEVER,
                Some(failures) => Time {
                    cycles: failures + 1,
                    fraction: 0,
                },
            },
            Self::Poisson { mean } => Time::from_cycles(-libm::log(unit(stream)) * mean),
            Self::Periodic { spacing } => spacing,
        }
    }
}

/// The creation times of one terminal's packets of one flow.
#[derive(Clone, Debug)]
pub(crate) struct Arrivals {
    next: Time,
    stream: Stream,
}

impl Arrivals {
    /// Starts at cycle 0.
    pub fn new(process: &Process, mut stream: Stream) -> Self {
        Self {
            next: process.first(&mut stream),
            stream,
        }
    }

    /// The cycle of the next packet; [`NEVER`] if there is none.
    pub fn next(&self) -> Cycle {
        self.next.cycles
    }

    /// Goes on to the packet after.
    pub fn advance(&mut self, process: &Process) {
        self.next = self.next.plus(process.gap(&mut self.stream));
    }

    /// Goes on to the first packet that is created at `end` or later; how many are before. Takes time in proportion to them.
    pub fn advance_to(&mut self, process: &Process, end: Cycle) -> u64 {
        let mut packets = 0;
        while self.next() < end {
            packets += 1;
            self.advance(process);
        }
        packets
    }
}

#[cfg(test)]
mod tests {
    use fabricsim_core::{Purpose, stream};

    use super::*;

    fn draws(terminal: u32) -> Stream {
        stream(1, terminal, Purpose::Arrivals(0))
    }

    /// The first `n` creation times of a terminal.
    fn times(injection: Injection, flits: u16, load: f64, terminal: u32, n: usize) -> Vec<Cycle> {
        let process = Process::new(injection, flits, load);
        let mut arrivals = Arrivals::new(&process, draws(terminal));
        (0..n)
            .map(|_| {
                let time = arrivals.next();
                arrivals.advance(&process);
                time
            })
            .collect()
    }

    /// Mean and variance of `values`.
    fn moments(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
        let n = values.clone().count() as f64;
        let mean = values.clone().sum::<f64>() / n;
        (mean, values.map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0))
    }

    fn gaps(times: &[Cycle]) -> impl Iterator<Item = f64> + Clone {
        times.windows(2).map(|pair| (pair[1] - pair[0]) as f64)
    }

    #[test]
    fn bernoulli_gaps_are_geometric() {
        const N: usize = 100_000;
        for (flits, load) in [(1, 0.9), (1, 0.3), (4, 0.5), (20, 0.1)] {
            let p = load / f64::from(flits);
            let (mean, variance) = moments(gaps(&times(Injection::Bernoulli, flits, load, 0, N)));
            let expected = (1.0 - p) / (p * p);
            // Standard errors: of the mean sqrt(variance / n); of the variance by the geometric kurtosis, 9 +
            // p²/q.
            let n = N as f64;
            let error = (expected / n).sqrt();
            let variance_error = expected * ((8.0 + p * p / (1.0 - p)) / n).sqrt();
            assert!((mean - 1.0 / p).abs() < 4.0 * error, "p = {p}: mean {mean}");
            assert!(
                (variance - expected).abs() < 4.0 * variance_error,
                "p = {p}: variance {variance}"
            );
        }
    }

    #[test]
    fn bernoulli_first_trial_is_in_cycle_0() {
        const N: u32 = 10_000;
        let zeros = (0..N)
            .filter(|&terminal| times(Injection::Bernoulli, 1, 0.3, terminal, 1) == [0])
            .count();
        // Standard deviation: sqrt(10000 x 0.3 x 0.7) = 46.
        assert!(zeros.abs_diff(3_000) < 185, "{zeros}");
    }

    #[test]
    fn bernoulli_at_full_load_creates_a_packet_every_cycle() {
        assert!(
            times(Injection::Bernoulli, 1, 1.0, 0, 1000)
                .into_iter()
                .eq(0..1000)
        );
    }

    #[test]
    fn bernoulli_creates_at_most_one_packet_a_cycle() {
        let times = times(Injection::Bernoulli, 1, 0.99, 0, 10_000);
        assert!(times.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn poisson_counts_have_their_mean_as_variance() {
        const WINDOW: Cycle = 50;
        const WINDOWS: usize = 20_000;
        for (flits, load) in [(1, 1.0), (1, 0.2), (8, 0.8)] {
            let rate = load / f64::from(flits);
            let n = (rate * (WINDOW as usize * WINDOWS) as f64 * 1.1) as usize;
            let times = times(Injection::Poisson, flits, load, 3, n);
            let mut counts = vec![0.0; WINDOWS];
            for time in times {
                if let Some(count) = counts.get_mut((time / WINDOW) as usize) {
                    *count += 1.0;
                }
            }
            let expected = rate * WINDOW as f64;
            let (mean, variance) = moments(counts.iter().copied());
            // Standard errors; the fourth central moment of a Poisson number is λ + 3λ².
            let error = (expected / WINDOWS as f64).sqrt();
            let variance_error = ((expected + 2.0 * expected * expected) / WINDOWS as f64).sqrt();
            assert!((mean - expected).abs() < 4.0 * error, "rate {rate}: mean {mean}");
            assert!(
                (variance - expected).abs() < 4.0 * variance_error,
                "rate {rate}: variance {variance}"
            );
        }
    }

    #[test]
    fn poisson_packets_may_share_a_cycle() {
        const CYCLES: Cycle = 10_000;
        let times = times(Injection::Poisson, 1, 1.0, 0, 12_000);
        let mut counts = vec![0; CYCLES as usize];
        times
            .iter()
            .filter(|&&t| t < CYCLES)
            .for_each(|&t| counts[t as usize] += 1);
        let share = |n| counts.iter().filter(|&&count| count == n).count() as f64 / CYCLES as f64;
        // e^-1 / n!, with standard errors below 0.005.
        for (n, expected) in [(0, 0.3679), (1, 0.3679), (2, 0.1839), (3, 0.0613)] {
            assert!((share(n) - expected).abs() < 0.02, "{n}: {}", share(n));
        }
    }

    #[test]
    fn periodic_spacing_does_not_drift() {
        const N: usize = 1_000_000;
        for (flits, load) in [(1, 0.3), (3, 0.7), (1, 1.0), (20, 0.0123)] {
            let spacing = f64::from(flits) / load;
            let times = times(Injection::Periodic, flits, load, 0, N);
            assert!((times[0] as f64) < spacing, "phase {}", times[0]);
            for gap in gaps(&times) {
                assert!(
                    gap == spacing.floor() || gap == spacing.ceil(),
                    "{gap}, not {spacing}"
                );
            }
            let span = (times[N - 1] - times[0]) as f64;
            assert!(
                (span - spacing * (N - 1) as f64).abs() <= 1.0,
                "{span} cycles at load {load}"
            );
        }
    }

    #[test]
    fn periodic_phases_are_spread_over_the_interval() {
        let phases = (0..10_000).map(|terminal| times(Injection::Periodic, 1, 0.01, terminal, 1)[0] as f64);
        let (mean, variance) = moments(phases);
        // Uniform on 0, 1, … 99: mean 49.5, variance 833; standard errors 0.29 and 7.5.
        assert!(
            (mean - 49.5).abs() < 1.2 && (variance - 833.0).abs() < 30.0,
            "{mean} {variance}"
        );
    }

    #[test]
    fn no_load_creates_nothing() {
        for injection in Injection::ALL {
            assert_eq!(times(injection, 1, 0.0, 0, 3), [NEVER; 3], "{injection:?}");
        }
    }

    #[test]
    fn the_smallest_loads_create_nothing_in_time() {
        for injection in Injection::ALL {
            for load in [f64::MIN_POSITIVE, f64::from_bits(1), 1e-30] {
                assert_eq!(
                    times(injection, u16::MAX, load, 0, 3),
                    [NEVER; 3],
                    "{injection:?} {load}"
                );
            }
            // Late, but in the range of the clock.
            assert_ne!(times(injection, 1, 1e-15, 0, 1), [NEVER], "{injection:?}");
        }
    }

    #[test]
    fn time_stops_at_never() {
        let late = Time {
            cycles: NEVER - 1,
            fraction: u64::MAX,
        };
        let span = Time {
            cycles: 0,
            fraction: 1,
        };
        assert_eq!(late.plus(span).cycles, NEVER);
        assert_eq!(Time::NEVER.plus(late).cycles, NEVER);
    }

    #[test]
    fn times_are_counted_up_to_an_end() {
        for injection in Injection::ALL {
            let process = Process::new(injection, 2, 0.7);
            let mut arrivals = Arrivals::new(&process, draws(0));
            let times = times(injection, 2, 0.7, 0, 1000);
            let mut counted = 0;
            for end in [0, 1, 10, 777] {
                counted += arrivals.advance_to(&process, end);
                let expected = times.iter().filter(|&&t| t < end).count();
                assert_eq!(counted, expected as u64, "{injection:?} before {end}");
                assert_eq!(arrivals.next(), times[expected]);
            }
        }
    }

    /// Every golden result rests on these times.
    #[test]
    fn first_times_are_golden() {
        let first = |injection| times(injection, 4, 0.5, 7, 6);
        assert_eq!(first(Injection::Bernoulli), [4, 23, 37, 74, 78, 79]);
        assert_eq!(first(Injection::Poisson), [4, 24, 38, 77, 81, 81]);
        assert_eq!(first(Injection::Periodic), [4, 12, 20, 28, 36, 44]);
    }
}
