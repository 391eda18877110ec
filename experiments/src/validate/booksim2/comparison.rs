//! Theirs against ours, by the rule of the reference.

use super::question::{Asked, Question};
use super::reference::Row;

/// What one of our runs gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Whether the verdict is `saturated`.
    pub saturated: bool,
    /// Mean packet latency \[cycles\]; `None` unless all measured packets arrived.
    pub latency_mean: Option<f64>,
    /// Accepted rate \[flits/terminal/cycle\].
    pub accepted: f64,
}

/// A question and its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What was compared.
    pub question: Question,
    /// Whether a miss is one.
    pub counted: bool,
    /// BookSim2's value; of a verdict, the share of runs that must be saturated.
    pub theirs: f64,
    /// Ours, the mean over seeds; of a verdict, the share of seeds that are saturated. `None` where a run has none.
    pub ours: Option<f64>,
    /// The largest difference that passes, in the unit of the values.
    pub allowed: f64,
}

impl Comparison {
    /// Ours less theirs.
    pub fn difference(&self) -> Option<f64> {
        self.ours.map(|ours| ours - self.theirs)
    }

    /// Whether ours is near enough.
    pub fn passes(&self) -> bool {
        self.difference()
            .is_some_and(|difference| difference.abs() <= self.allowed)
    }
}

/// Mean latency: this share of theirs is always allowed.
const LATENCY: f64 = 0.01;
/// Accepted rate: this share of theirs.
const ACCEPTED: f64 = 0.03;
/// Verdicts: fewer than half of the seeds may differ, so that one odd seed beside the edge of saturation does not
/// decide.
const VERDICT: f64 = 0.499;

/// Answers a question about `row` from our runs of it, a seed each.
pub fn compare(row: &Row, asked: Asked, runs: &[Run]) -> Comparison {
    let (theirs, ours, allowed) = match asked.question {
        Question::MeanLatency => latency(row, runs),
        Question::Accepted => accepted(row, runs),
        Question::Saturated => (1.0, saturated(runs), VERDICT),
        Question::NotSaturated => (0.0, saturated(runs), VERDICT),
    };
    Comparison {
        question: asked.question,
        counted: asked.counted,
        theirs,
        ours,
        allowed,
    }
}

fn latency(row: &Row, runs: &[Run]) -> (f64, Option<f64>, f64) {
    let theirs = row.latency_mean.unwrap_or(f64::NAN);
    let latencies: Option<Vec<f64>> = runs.iter().map(|run| run.latency_mean).collect();
    let relative = LATENCY * theirs;
    let Some(latencies) = latencies else {
        return (theirs, None, relative);
    };
    let deviation = deviation(&latencies);
    let error = standard_error(row, deviation).hypot(deviation / (latencies.len() as f64).sqrt());
    (theirs, mean(&latencies), relative.max(2.0 * error))
}

fn accepted(row: &Row, runs: &[Run]) -> (f64, Option<f64>, f64) {
    let rates: Vec<f64> = runs.iter().map(|run| run.accepted).collect();
    (row.accepted, mean(&rates), ACCEPTED * row.accepted)
}

fn saturated(runs: &[Run]) -> Option<f64> {
    let saturated: Vec<f64> = runs
        .iter()
        .map(|run| f64::from(u8::from(run.saturated)))
        .collect();
    mean(&saturated)
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Standard deviation of a sample; 0 of a single value.
fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values).unwrap_or_default();
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (values.len().max(2) - 1) as f64).sqrt()
}

/// Mean range of n values of a normal distribution in standard deviations, from n = 2 (the d2 of control charts).
const MEAN_RANGE: [f64; 9] = [1.128, 1.693, 2.059, 2.326, 2.534, 2.704, 2.847, 2.970, 3.078];

/// Standard error of their mean latency: from the range over their seeds; of a single seed there is none, and the
/// deviation over ours stands in.
fn standard_error(row: &Row, our_deviation: f64) -> f64 {
    let seeds = f64::from(row.seeds.max(1));
    let spread = row.latency_spread.unwrap_or_default();
    let in_range = (row.seeds as usize)
        .checked_sub(2)
        .and_then(|index| MEAN_RANGE.get(index));
    let deviation = in_range.map_or(our_deviation, |range| spread / range);
    deviation / seeds.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::booksim2::reference::{Mode, Status};

    fn row(seeds: u32, latency_mean: f64, latency_spread: f64) -> Row {
        Row {
            config: "c".into(),
            traffic: "uniform".into(),
            packet_flits: 1,
            mode: Mode::Latency,
            offered: 0.1,
            seeds,
            status: Status::Ok,
            latency_mean: Some(latency_mean),
            latency_spread: Some(latency_spread),
            hops_mean: None,
            packets: None,
            accepted: 0.5,
            warmup_cycles: 100,
            measured_cycles: Some(100),
        }
    }

    fn runs(latencies: &[f64]) -> Vec<Run> {
        let run = |&latency| Run {
            saturated: false,
            latency_mean: Some(latency),
            accepted: 0.49,
        };
        latencies.iter().map(run).collect()
    }

    fn compared(row: &Row, question: Question, runs: &[Run]) -> Comparison {
        compare(
            row,
            Asked {
                question,
                counted: true,
            },
            runs,
        )
    }

    #[test]
    fn one_percent_of_latency_is_allowed_whatever_the_spread() {
        let row = row(3, 100.0, 0.0);
        let near = compared(&row, Question::MeanLatency, &runs(&[101.0; 5]));
        assert!(near.passes());
        assert_eq!(near.difference(), Some(1.0));
        assert!(!compared(&row, Question::MeanLatency, &runs(&[101.1; 5])).passes());
        assert!(!compared(&row, Question::MeanLatency, &runs(&[98.9; 5])).passes());
    }

    #[test]
    fn two_standard_errors_of_both_sides_are_allowed_where_that_is_more() {
        let ours = runs(&[104.0, 106.0, 108.0, 110.0, 112.0]);
        // Deviation of ours sqrt(10); error of ours sqrt(2), of theirs 10 / 1.693 / sqrt(3).
        let from_range = compared(&row(3, 100.0, 10.0), Question::MeanLatency, &ours);
        let theirs = 10.0 / 1.693 / 3.0_f64.sqrt();
        assert!((from_range.allowed - 2.0 * (2.0 + theirs * theirs).sqrt()).abs() < 1e-12);
        // One seed: the deviation of ours stands in.
        let single = compared(&row(1, 100.0, 0.0), Question::MeanLatency, &ours);
        assert!((single.allowed - 2.0 * 12.0_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_run_without_a_latency_is_a_miss() {
        let mut ours = runs(&[100.0; 5]);
        ours[3].latency_mean = None;
        let comparison = compared(&row(1, 100.0, 0.0), Question::MeanLatency, &ours);
        assert_eq!(comparison.ours, None);
        assert!(!comparison.passes());
    }

    #[test]
    fn three_percent_of_the_accepted_rate_are_allowed() {
        let row = row(1, 100.0, 0.0);
        assert!(compared(&row, Question::Accepted, &runs(&[1.0; 5])).passes());
        let mut ours = runs(&[1.0; 5]);
        for run in &mut ours {
            run.accepted = 0.48;
        }
        assert!(!compared(&row, Question::Accepted, &ours).passes());
    }

    #[test]
    fn the_majority_of_seeds_gives_the_verdict() {
        let row = row(1, 100.0, 0.0);
        let with = |saturated: usize| {
            let mut ours = runs(&[1.0; 5]);
            ours[..saturated].iter_mut().for_each(|run| run.saturated = true);
            ours
        };
        assert!(compared(&row, Question::NotSaturated, &with(2)).passes());
        assert!(!compared(&row, Question::NotSaturated, &with(3)).passes());
        assert!(compared(&row, Question::Saturated, &with(3)).passes());
        assert!(!compared(&row, Question::Saturated, &with(2)).passes());
    }
}
