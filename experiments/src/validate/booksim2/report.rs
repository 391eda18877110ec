//! The table: a line a comparison, then counts.

use std::fmt;
use std::io;

use super::comparison::Comparison;
use super::question::Question;
use super::reference::Row;

/// What became of one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It was not compared, and why.
    NotCompared(String),
    /// The answers to what was asked of it.
    Compared(Vec<Judged>),
}

/// A comparison, and what is known about a miss.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The comparison.
    pub comparison: Comparison,
    /// Why a miss is not an error of ours.
    pub explanation: Option<String>,
}

/// What a comparison is in the count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Near enough.
    Pass,
    /// Not near enough, from a known cause.
    Explained,
    /// Not near enough.
    Miss,
    /// Not counted, near enough.
    ShownNear,
    /// Not counted, not near enough.
    ShownFar,
}

impl Judged {
    /// What it is in the count.
    pub fn judgement(&self) -> Judgement {
        match (
            self.comparison.counted,
            self.comparison.passes(),
            &self.explanation,
        ) {
            (true, true, _) => Judgement::Pass,
            (true, false, Some(_)) => Judgement::Explained,
            (true, false, None) => Judgement::Miss,
            (false, true, _) => Judgement::ShownNear,
            (false, false, _) => Judgement::ShownFar,
        }
    }
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pass => "pass",
            Self::Explained => "explained",
            Self::Miss => "MISS",
            Self::ShownNear => "(near)",
            Self::ShownFar => "(far)",
        })
    }
}

/// Every row with its answer, in the order of the reference.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Rows and answers.
    pub answers: Vec<(Row, Answer)>,
}

impl Report {
    /// How often a judgement was reached.
    pub fn count(&self, judgement: Judgement) -> usize {
        self.judged()
            .filter(|(_, judged)| judged.judgement() == judgement)
            .count()
    }

    /// Whether every miss is explained.
    pub fn holds(&self) -> bool {
        self.count(Judgement::Miss) == 0
    }

    fn judged(&self) -> impl Iterator<Item = (&Row, &Judged)> {
        self.answers.iter().flat_map(|(row, answer)| {
            let judged = match answer {
                Answer::Compared(judged) => judged.as_slice(),
                Answer::NotCompared(_) => &[],
            };
            judged.iter().map(move |judged| (row, judged))
        })
    }

    /// Writes every line as CSV.
    ///
    /// # Errors
    /// Where `out` can't be written to.
    pub fn write_csv(&self, out: impl io::Write) -> Result<(), csv::Error> {
        let mut table = csv::Writer::from_writer(out);
        table.write_record([
            "config",
            "traffic",
            "mode",
            "load",
            "check",
            "theirs",
            "ours",
            "difference",
            "allowed",
            "result",
            "why",
        ])?;
        let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        for (row, answer) in &self.answers {
            let (mode, load) = (row.mode.to_string(), row.offered.to_string());
            let place = [&row.config, &row.traffic, &mode, &load].map(String::as_str);
            let mut write = |rest: [&str; 7]| table.write_record(place.iter().chain(&rest));
            match answer {
                Answer::NotCompared(why) => write(["", "", "", "", "", "not compared", why])?,
                Answer::Compared(judged) => {
                    for judged in judged {
                        let comparison = &judged.comparison;
                        write([
                            &comparison.question.to_string(),
                            &number(Some(comparison.theirs)),
                            &number(comparison.ours),
                            &number(comparison.difference()),
                            &number(Some(comparison.allowed)),
                            &judged.judgement().to_string(),
                            judged.explanation.as_deref().unwrap_or_default(),
                        ])?;
                    }
                }
            }
        }
        Ok(table.flush()?)
    }
}

/// Cells of a line that is about a number, or about a verdict.
fn cells(comparison: &Comparison) -> [String; 4] {
    // Nothing is a share of nothing.
    let share = |text: String| {
        if comparison.theirs == 0.0 {
            "-".to_owned()
        } else {
            text
        }
    };
    let percent = |value: f64| share(format!("{:.2} %", 100.0 * value / comparison.theirs));
    match comparison.question {
        Question::MeanLatency | Question::Accepted => [
            significant(comparison.theirs),
            comparison.ours.map_or_else(|| "none".to_owned(), significant),
            comparison
                .difference()
                .map(|difference| share(format!("{:+.2} %", 100.0 * difference / comparison.theirs)))
                .unwrap_or_default(),
            percent(comparison.allowed),
        ],
        Question::NotSaturated | Question::Saturated => {
            let theirs = if comparison.question == Question::Saturated {
                "unstable"
            } else {
                "ok"
            };
            let ours = comparison
                .ours
                .map_or_else(String::new, |share| format!("{:.0} % sat.", 100.0 * share));
            [theirs.to_owned(), ours, String::new(), String::new()]
        }
    }
}

/// Five significant digits, as the reference has them.
fn significant(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let digits = 4 - value.abs().log10().floor().clamp(-10.0, 4.0) as i32;
    format!("{value:.*}", digits.max(0) as usize)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self
            .answers
            .iter()
            .map(|(row, _)| row.config.len())
            .max()
            .unwrap_or_default()
            .max(13);
        writeln!(
            f,
            "{:width$} {:9} {:10} {:>5}  {:13} {:>8} {:>9} {:>9} {:>8}  result",
            "configuration", "traffic", "mode", "load", "compared", "theirs", "ours", "diff", "allowed"
        )?;
        for (row, answer) in &self.answers {
            let Row {
                config,
                traffic,
                mode,
                offered,
                ..
            } = row;
            let place = format!("{config:width$} {traffic:9} {mode:10} {offered:>5}");
            match answer {
                Answer::NotCompared(why) => writeln!(f, "{place}  not compared: {why}")?,
                Answer::Compared(judged) => {
                    for judged in judged {
                        let [theirs, ours, difference, allowed] = cells(&judged.comparison);
                        let (question, judgement) = (judged.comparison.question, judged.judgement());
                        write!(
                            f,
                            "{place}  {question:13} {theirs:>8} {ours:>9} {difference:>9} {allowed:>8}"
                        )?;
                        write!(f, "  {judgement}")?;
                        match (&judged.explanation, judgement) {
                            (Some(why), Judgement::Explained) => writeln!(f, ": {why}")?,
                            _ => writeln!(f)?,
                        }
                    }
                }
            }
        }
        self.fmt_counts(f)
    }
}

impl Report {
    fn fmt_counts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.answers.len();
        let left_out = self
            .answers
            .iter()
            .filter(|(_, answer)| matches!(answer, Answer::NotCompared(_)))
            .count();
        let [pass, explained, miss, near, far] = [
            Judgement::Pass,
            Judgement::Explained,
            Judgement::Miss,
            Judgement::ShownNear,
            Judgement::ShownFar,
        ]
        .map(|judgement| self.count(judgement));
        writeln!(
            f,
            "\n{rows} rows, {} compared, {left_out} not compared. {} comparisons count: {pass} pass, {explained} explained, \
             {miss} missed.",
            rows - left_out,
            pass + explained + miss
        )?;
        write!(
            f,
            "{} more mean latencies lie above 80 % of the highest load that BookSim2 could hold, or verdicts above the \
             lowest that it could not; they are shown only: {near} near, {far} far.",
            near + far
        )
    }
}
