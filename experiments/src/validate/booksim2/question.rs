//! What is asked of each row, and over which window.

use std::fmt;

use super::reference::{Mode, Row, Status};

/// One thing that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Mean packet latency.
    MeanLatency,
    /// The verdict must not be `saturated`.
    NotSaturated,
    /// The verdict must be `saturated`.
    Saturated,
    /// Accepted rate.
    Accepted,
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::MeanLatency => "mean latency",
            Self::NotSaturated => "not saturated",
            Self::Saturated => "saturated",
            Self::Accepted => "accepted",
        })
    }
}

/// A question, and whether its answer counts or is shown only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What.
    pub question: Question,
    /// Whether a miss is one.
    pub counted: bool,
}

/// Up to this share of the highest `ok` load, mean latencies count; nearer to saturation they hang on the window
/// and the seed.
const LATENCY_COUNTS_TO: f64 = 0.8;

/// What is asked of `row`, one of `rows`.
///
/// Mean latency of every `ok` latency row, counted up to 80 % of the highest of its curve; the verdict at that
/// highest `ok` load and at every `unstable` one, of which the lowest counts; the accepted rate of every
/// throughput row.
pub fn asked(row: &Row, rows: &[Row]) -> Vec<Asked> {
    let counted = |question| Asked {
        question,
        counted: true,
    };
    if row.mode == Mode::Throughput {
        return vec![counted(Question::Accepted)];
    }
    if row.status == Status::Unstable {
        let lowest = loads(row, rows, Status::Unstable).fold(f64::INFINITY, f64::min);
        return vec![Asked {
            question: Question::Saturated,
            counted: row.offered <= lowest,
        }];
    }
    let highest = loads(row, rows, Status::Ok).fold(0.0, f64::max);
    let latency = Asked {
        question: Question::MeanLatency,
        counted: row.offered <= LATENCY_COUNTS_TO * highest * (1.0 + f64::EPSILON),
    };
    if row.offered < highest {
        return vec![latency];
    }
    vec![latency, counted(Question::NotSaturated)]
}

/// Loads of the latency rows of a status on the curve of `row`.
fn loads(row: &Row, rows: &[Row], status: Status) -> impl Iterator<Item = f64> {
    row.curve(rows)
        .filter(move |other| other.is(Mode::Latency, status))
        .map(|other| other.offered)
}

/// Cycles to measure for `row`: its own; where BookSim2 gave up, those of the highest load of the curve that it
/// did not give up on, so that both verdicts of a curve are reached over the same time.
pub fn window(row: &Row, rows: &[Row]) -> u64 {
    let measured = row
        .curve(rows)
        .filter(|other| other.is(Mode::Latency, Status::Ok));
    let highest = measured.max_by(|a, b| a.offered.total_cmp(&b.offered));
    let neighbour = || highest.and_then(|other| other.measured_cycles);
    row.measured_cycles
        .or_else(neighbour)
        .unwrap_or(row.warmup_cycles)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(mode: Mode, status: Status, offered: f64, measured_cycles: Option<u64>) -> Row {
        Row {
            config: "c".into(),
            traffic: "uniform".into(),
            packet_flits: 1,
            mode,
            offered,
            seeds: 1,
            status,
            latency_mean: None,
            latency_spread: None,
            hops_mean: None,
            packets: None,
            accepted: 0.0,
            warmup_cycles: 100,
            measured_cycles,
        }
    }

    fn curve() -> Vec<Row> {
        use {Mode::*, Status::*};
        vec![
            row(Latency, Ok, 0.1, Some(300)),
            row(Latency, Ok, 0.4, Some(400)),
            row(Latency, Ok, 0.5, Some(500)),
            row(Latency, Unstable, 0.6, None),
            row(Latency, Unstable, 0.7, None),
            row(Throughput, Ok, 0.9, Some(200)),
            Row {
                traffic: "tornado".into(),
                ..row(Latency, Ok, 0.9, Some(900))
            },
        ]
    }

    #[test]
    fn questions_are_those_of_the_rule() {
        let rows = curve();
        let of = |index: usize| {
            let asked = asked(&rows[index], &rows);
            asked
                .iter()
                .map(|asked| (asked.question, asked.counted))
                .collect::<Vec<_>>()
        };
        assert_eq!(of(0), [(Question::MeanLatency, true)]);
        // Exactly 80 % of 0.5.
        assert_eq!(of(1), [(Question::MeanLatency, true)]);
        assert_eq!(
            of(2),
            [(Question::MeanLatency, false), (Question::NotSaturated, true)]
        );
        assert_eq!(of(3), [(Question::Saturated, true)]);
        assert_eq!(of(4), [(Question::Saturated, false)]);
        assert_eq!(of(5), [(Question::Accepted, true)]);
        assert_eq!(
            of(6),
            [(Question::MeanLatency, false), (Question::NotSaturated, true)]
        );
    }

    #[test]
    fn a_row_without_a_window_takes_that_of_its_neighbour() {
        let rows = curve();
        assert_eq!(window(&rows[0], &rows), 300);
        assert_eq!(window(&rows[3], &rows), 500);
        assert_eq!(window(&rows[3], &rows[3..4]), 100);
    }
}
