//! Warm-up, window and seeds of a configuration.

use super::configuration::{Configuration, Setting, elements};
use super::error::ImportError;
use super::note::Note;

/// How long, and how often.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Measurement {
    /// Cycles before the window; `None` where BookSim2 decides while it runs.
    pub warmup: Option<u64>,
    /// Length of the window [cycles].
    pub cycles: u64,
    /// Relative half-width of the 95 % interval of mean latency below which a run is called converged.
    pub precision: f64,
    /// Seeds, one a repetition.
    pub seeds: Vec<u64>,
}

/// Sample periods that BookSim2 measures at least: it stops after three in a row that agree.
const PERIODS: i32 = 3;

/// The most repetitions that are taken for meant.
const MAX_REPETITIONS: i32 = 10_000;

pub(super) fn measurement(
    configuration: &Configuration,
    notes: &mut Vec<Note>,
) -> Result<Measurement, ImportError> {
    let period = configuration.integer("sample_period");
    if period.value < 1 {
        return Err(period.error(format!(
            "`sample_period` is {}, but must be at least 1 cycle",
            period.value
        )));
    }
    let warmup_periods = configuration.integer("warmup_periods").value.max(0);
    let max_samples = configuration.integer("max_samples");
    let periods = PERIODS.min(max_samples.value.saturating_sub(warmup_periods));
    if periods < 1 {
        let message = "BookSim2 would end before it measures: `max_samples` is not above `warmup_periods`";
        return Err(max_samples.error(message));
    }
    let cycles = |periods: i32| u64::from(periods.unsigned_abs()) * u64::from(period.value.unsigned_abs());
    Ok(Measurement {
        warmup: warmup(configuration, warmup_periods, cycles(warmup_periods), notes),
        cycles: cycles(periods),
        precision: precision(configuration, notes),
        seeds: seeds(configuration, notes)?,
    })
}

fn warmup(configuration: &Configuration, periods: i32, cycles: u64, notes: &mut Vec<Note>) -> Option<u64> {
    if periods > 0 {
        return Some(cycles);
    }
    let why = "it warms up until samples agree";
    let instead = "warm-up is automatic by fabricsim's own rule";
    notes.push(Note::new(&configuration.integer("warmup_periods"), why, instead));
    None
}

/// BookSim2 is content when a sample changes mean latency by less than this, we when its interval is that narrow.
fn precision(configuration: &Configuration, notes: &mut Vec<Note>) -> f64 {
    const DEFAULT: f64 = 0.05;
    let (list, number) = (
        configuration.text("stopping_thres"),
        configuration.real("stopping_thres"),
    );
    let written = match elements(&list.value).first().map(|first| first.parse()) {
        Some(Ok(first)) => Setting {
            key: list.key,
            value: first,
            place: list.place,
        },
        _ => number,
    };
    if written.value > 0.0 && written.value < 1.0 {
        return written.value;
    }
    let why = "samples need not agree";
    notes.push(Note::new(
        &written,
        why,
        format!("a run is called converged at {DEFAULT} as by default"),
    ));
    DEFAULT
}

fn seeds(configuration: &Configuration, notes: &mut Vec<Note>) -> Result<Vec<u64>, ImportError> {
    let first = first_seed(configuration, notes)?;
    let repetitions = configuration.integer("sim_count");
    if !(1..=MAX_REPETITIONS).contains(&repetitions.value) {
        let message = format!(
            "`sim_count` is {}, but must be 1 to {MAX_REPETITIONS}",
            repetitions.value
        );
        return Err(repetitions.error(message));
    }
    if repetitions.value > 1 {
        let why = "repetitions go on with the same random numbers and are averaged";
        notes.push(Note::new(
            &repetitions,
            why,
            "a sweep over as many seeds, each with a row of its own",
        ));
    }
    Ok((first..)
        .take(repetitions.value.unsigned_abs() as usize)
        .collect())
}

fn first_seed(configuration: &Configuration, notes: &mut Vec<Note>) -> Result<u64, ImportError> {
    let text = configuration.text("seed");
    if text.value.is_empty() {
        let seed = configuration.integer("seed");
        return u64::try_from(seed.value).map_err(|_| seed.error("seeds are not negative here"));
    }
    if text.value != "time" {
        return Err(text.error(format!("`seed` takes an integer or `time`, not `{}`", text.value)));
    }
    notes.push(Note::new(
        &text,
        "every run differs",
        "seed 1, so that runs can be repeated",
    ));
    Ok(1)
}
