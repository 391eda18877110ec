//! Our runs of the reference rows.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use fabricsim_core::{Execution, Outcome, Verdict, simulate};
use fabricsim_traffic::Flow;
use rayon::prelude::*;
use thiserror::Error;

use super::comparison::{Run, compare};
use super::question::{asked, window};
use super::reference::Row;
use super::report::{Answer, Judged, Report};
use super::suite::Suite;
use crate::experiment::{self, Pattern, PointSpec, Refused};
use crate::fabric::Fabric;

/// Why the rows can't be simulated.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum Failure {
    #[error("{0}")]
    Refused(#[from] Refused),
    #[error("{row}: {reason}")]
    Impossible { row: String, reason: String },
}

/// Simulates the rows of `suite` that `chosen` accepts, once for each seed, and compares.
///
/// The runs are spread over the threads of the current rayon pool; the report does not depend on how many those
/// are. `progress` is told of every run that ends.
///
/// # Errors
/// Where an experiment of the suite is wrong, or a run ends in a deadlock.
pub fn validate(
    suite: &Suite,
    chosen: impl Fn(&Row) -> bool,
    seeds: &[u64],
    progress: &(dyn Fn() + Sync),
) -> Result<Report, Failure> {
    let rows: Vec<&Row> = suite.rows.iter().filter(|row| chosen(row)).collect();
    let bench = Bench::build(suite, &rows)?;
    let compared = rows.iter().filter(|row| suite.experiment(row).is_ok());
    let jobs: Vec<(&Row, u64)> = compared
        .flat_map(|&row| seeds.iter().map(move |&seed| (row, seed)))
        .collect();
    let runs: Result<Vec<Run>, Failure> = jobs
        .par_iter()
        .map(|&(row, seed)| {
            let run = bench.run(suite, row, seed);
            progress();
            run
        })
        .collect();
    let mut runs = runs?.into_iter();
    let answers = rows.into_iter().map(|row| {
        let answer = match suite.experiment(row) {
            Err(why) => Answer::NotCompared(why.to_owned()),
            Ok(_) => judged(suite, row, &runs.by_ref().take(seeds.len()).collect::<Vec<_>>()),
        };
        (row.clone(), answer)
    });
    Ok(Report {
        answers: answers.collect(),
    })
}

/// Number of simulations that [`validate`] will make.
pub fn simulations(suite: &Suite, chosen: impl Fn(&Row) -> bool, seeds: &[u64]) -> usize {
    let compared = suite
        .rows
        .iter()
        .filter(|row| chosen(row) && suite.experiment(row).is_ok());
    compared.count() * seeds.len()
}

fn judged(suite: &Suite, row: &Row, runs: &[Run]) -> Answer {
    let judge = |asked: super::Asked| Judged {
        comparison: compare(row, asked, runs),
        explanation: suite.explanation(row, asked.question).map(str::to_owned),
    };
    Answer::Compared(asked(row, &suite.rows).into_iter().map(judge).collect())
}

/// The experiments of the suite, each built once.
struct Bench {
    fabrics: BTreeMap<PathBuf, (PointSpec, Fabric)>,
}

impl Bench {
    fn build(suite: &Suite, rows: &[&Row]) -> Result<Self, Failure> {
        let mut fabrics = BTreeMap::new();
        for path in rows.iter().filter_map(|row| suite.experiment(row).ok()) {
            if let Entry::Vacant(place) = fabrics.entry(path) {
                let built = built(place.key())?;
                place.insert(built);
            }
        }
        Ok(Self { fabrics })
    }

    fn run(&self, suite: &Suite, row: &Row, seed: u64) -> Result<Run, Failure> {
        let impossible = |reason: String| Failure::Impossible {
            row: row.to_string(),
            reason,
        };
        let path = suite.experiment(row).map_err(|why| impossible(why.to_owned()))?;
        let (experiment, fabric) = &self.fabrics[&path];
        let spec = at_row(experiment, row, window(row, &suite.rows), seed)
            .ok_or_else(|| impossible(format!("there is no pattern `{}`", row.traffic)))?;
        let outcome = simulated(&spec, fabric).map_err(impossible)?;
        match outcome.verdict {
            Verdict::Deadlocked(_) | Verdict::Stalled => Err(impossible(outcome.reason)),
            _ => Ok(result(&outcome, fabric)),
        }
    }
}

fn built(path: &Path) -> Result<(PointSpec, Fabric), Failure> {
    let plan = experiment::load(path)?;
    let impossible = |reason: String| Failure::Impossible {
        row: path.display().to_string(),
        reason,
    };
    let [point] = plan.points.as_slice() else {
        return Err(impossible("an experiment of the suite has no sweep".to_owned()));
    };
    let fabric = Fabric::new(point.spec.fabric.clone()).map_err(|error| impossible(error.to_string()))?;
    Ok((point.spec.clone(), fabric))
}

/// Our name of a pattern of BookSim2.
fn pattern(theirs: &str) -> Option<Pattern> {
    match theirs {
        "uniform" => Some(Pattern::Uniform),
        "tornado" => Some(Pattern::Tornado),
        "transpose" => Some(Pattern::Transpose),
        "bitcomp" => Some(Pattern::BitComplement),
        "bitrev" => Some(Pattern::BitReverse),
        "shuffle" => Some(Pattern::Shuffle),
        "neighbor" => Some(Pattern::Neighbor),
        _ => None,
    }
}

/// The experiment at the pattern, load, warm-up and window of a row; `None` of a pattern that we don't have.
fn at_row(experiment: &PointSpec, row: &Row, window: u64, seed: u64) -> Option<PointSpec> {
    let mut spec = experiment.clone();
    let pattern = pattern(&row.traffic)?;
    for flow in &mut spec.traffic {
        flow.pattern = pattern;
        flow.load = row.offered;
    }
    spec.measure.warmup = Some(row.warmup_cycles);
    spec.measure.cycles = Some(window);
    spec.seed = seed;
    Some(spec)
}

fn simulated(spec: &PointSpec, fabric: &Fabric) -> Result<Outcome, String> {
    let shape = fabric.spec.topology.shape();
    let flow = |flow: &experiment::FlowSpec| {
        let destinations = flow.pattern().destinations(shape);
        Ok(flow.flow(destinations.map_err(|error| error.to_string())?))
    };
    let flows: Result<Vec<Flow>, String> = spec.traffic.iter().map(flow).collect();
    let setup = fabric.setup(&flows?, spec.seed, Execution::default());
    let plan = spec.measure.plan(0);
    let outcome = simulate(setup, &plan, &[], &mut |_| ControlFlow::Continue(()));
    outcome.ok_or_else(|| "the simulation was broken off".to_owned())
}

fn result(outcome: &Outcome, fabric: &Fabric) -> Run {
    let slots = outcome.window as f64 * f64::from(fabric.terminals());
    Run {
        saturated: outcome.verdict == Verdict::Saturated,
        latency_mean: outcome.latency.map(|latency| latency.mean),
        accepted: outcome.accepted as f64 / slots,
    }
}
