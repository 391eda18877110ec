//! One configuration: prepared once, run a few times.

use std::time::Instant;

use thiserror::Error;

use super::configurations::Configuration;
use super::counters::Counters;
use super::row::{Origin, Row, Size};
use super::sample::Sample;
use crate::experiment::Refused;
use crate::memory;
use crate::prepare::Prepared;

/// Why a configuration has no row.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Failure {
    /// It can't be run here, or not to its end.
    #[error("{0}")]
    Impossible(String),
    /// The user has had enough.
    #[error("interrupted")]
    Interrupted,
}

/// Above this an allocator gives back what it took, so that memory of the process before and after tells what a simulation
/// holds \[B\].
const LEAST_TELLING: u64 = 256_000_000;

/// Measures a configuration `repeats` times (at least once).
///
/// # Errors
/// Why it could not.
pub fn measure(
    configuration: &Configuration,
    repeats: u16,
    counters: &mut Option<Counters>,
    origin: &Origin,
) -> Result<Row, Failure> {
    let resident_before = memory::resident();
    let started = Instant::now();
    let prepared = configuration
        .plan()
        .and_then(Prepared::new)
        .map_err(|refused| refusal(&refused))?;
    let prepare_s = started.elapsed().as_secs_f64();
    if let Some(refused) = prepared.deadlocks() {
        return Err(refusal(&refused));
    }
    let ([point], [planned]) = (&*prepared.points, &*prepared.plan.points) else {
        return Err(Failure::Impossible("it has not one point".to_owned()));
    };
    let take = |_| match Sample::take(configuration, point, planned.spec.seed, counters.as_mut()) {
        Ok(Some(sample)) => Ok(sample),
        Ok(None) => Err(Failure::Interrupted),
        Err(reason) => Err(Failure::Impossible(reason)),
    };
    let samples: Vec<Sample> = (0..repeats.max(1)).map(take).collect::<Result<_, _>>()?;
    if samples.iter().any(|sample| work(sample) != work(&samples[0])) {
        return Err(Failure::Impossible("two runs of one seed differ".to_owned()));
    }
    let size = Size {
        nodes: point.fabric.terminals(),
        estimated: point.bytes,
        resident: held(&samples, resident_before).filter(|_| point.bytes >= LEAST_TELLING),
    };
    Ok(Row::of(&configuration.name, origin, &samples, prepare_s, size))
}

/// What is the same in all runs of a simulator that keeps its word.
fn work(sample: &Sample) -> (u64, u64) {
    (sample.cycles(), sample.flit_hops())
}

/// Bytes more than before, of the run that had most.
fn held(samples: &[Sample], before: Option<u64>) -> Option<u64> {
    let most = samples.iter().filter_map(Sample::resident).max()?;
    most.checked_sub(before?)
}

fn refusal(refused: &Refused) -> Failure {
    let reasons = refused.diagnostics().iter();
    let reasons: Vec<&str> = reasons.map(|diagnostic| &*diagnostic.message).collect();
    Failure::Impossible(reasons.join("; "))
}

#[cfg(test)]
mod tests {
    use super::super::sample::tests::sample;
    use super::*;

    #[test]
    fn memory_is_what_came_on_top() {
        assert_eq!(held(&[sample(1), sample(2)], Some(1_000_000)), Some(2_000_000));
        assert_eq!(held(&[sample(1)], Some(4_000_000)), None);
        assert_eq!(held(&[sample(1)], None), None);
    }
}
