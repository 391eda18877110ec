//! One run of a configuration.

use fabricsim_core::{MeasurePlan, simulate};

use super::configurations::Configuration;
use super::counters::Counters;
use super::stopwatch::{Seen, Stopwatch};
use crate::execution::Schedule;
use crate::prepare::PreparedPoint;

/// What one run took. Rates are of the measured part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    seen: Seen,
}

impl Sample {
    /// Runs the point of a configuration; `None` if Ctrl-C broke it off.
    ///
    /// # Errors
    /// Why the run ended before its time.
    pub fn take(
        configuration: &Configuration,
        point: &PreparedPoint,
        seed: u64,
        counters: Option<&mut Counters>,
    ) -> Result<Option<Self>, String> {
        let plan: MeasurePlan = configuration.measure();
        let mut watch = Stopwatch::start(configuration.begin(), configuration.end(), counters);
        let setup = point.setup(seed, point.cut(Schedule::ALONE));
        let outcome = simulate(setup, &plan, &[], &mut |progress| watch.see(progress));
        match (watch.seen(), outcome) {
            (Some(seen), _) if seen.flit_hops > 0 => Ok(Some(Self { seen })),
            (Some(_), _) => Err("no flit moved".to_owned()),
            (None, Some(outcome)) => Err(outcome.reason),
            (None, None) => Ok(None),
        }
    }

    /// Simulated cycles.
    pub fn cycles(&self) -> u64 {
        self.seen.cycles
    }

    /// Flit-hops.
    pub fn flit_hops(&self) -> u64 {
        self.seen.flit_hops
    }

    /// Seconds from nothing but the prepared point to a simulation that runs.
    pub fn build_s(&self) -> f64 {
        self.seen.built.as_secs_f64()
    }

    /// Flit-hops a second.
    pub fn flit_hops_per_s(&self) -> f64 {
        self.flit_hops() as f64 / self.wall_s()
    }

    /// Simulated cycles a second.
    pub fn cycles_per_s(&self) -> f64 {
        self.cycles() as f64 / self.wall_s()
    }

    /// Time of a processor that a flit-hop took \[ns\].
    pub fn cpu_ns(&self) -> Option<f64> {
        Some(self.a_flit_hop(1e9 * self.seen.cpu?.as_secs_f64()))
    }

    /// Instructions of a flit-hop.
    pub fn instructions(&self) -> Option<f64> {
        Some(self.a_flit_hop(self.seen.counts?.instructions))
    }

    /// Cycles of the processor of a flit-hop.
    pub fn cpu_cycles(&self) -> Option<f64> {
        Some(self.a_flit_hop(self.seen.counts?.cycles))
    }

    /// Bytes of the process at the end of the run.
    pub fn resident(&self) -> Option<u64> {
        self.seen.resident
    }

    fn a_flit_hop(&self, of_all: f64) -> f64 {
        of_all / self.flit_hops() as f64
    }

    /// Never zero, whatever the clock says.
    fn wall_s(&self) -> f64 {
        self.seen.wall.as_secs_f64().max(1e-9)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use super::*;

    /// A run of a million flit-hops in so many milliseconds.
    pub fn sample(milliseconds: u64) -> Sample {
        Sample {
            seen: Seen {
                built: Duration::from_millis(2),
                wall: Duration::from_millis(milliseconds),
                cpu: Some(Duration::from_millis(milliseconds / 2)),
                counts: None,
                cycles: 5_000,
                flit_hops: 1_000_000,
                resident: Some(3_000_000),
            },
        }
    }

    #[test]
    fn rates_are_of_the_measured_part() {
        let sample = sample(100);
        assert_eq!(sample.flit_hops_per_s(), 10e6);
        assert_eq!(sample.cycles_per_s(), 50e3);
        assert_eq!(sample.cpu_ns(), Some(50.0));
        assert_eq!((sample.instructions(), sample.cpu_cycles()), (None, None));
        assert_eq!(sample.build_s(), 0.002);
    }
}
