//! The table: a line a pair.

use std::fmt;

use super::{Pair, Row};
use crate::validate::Failure;

/// What was found of each pair, in order.
#[derive(Debug)]
pub struct Report {
    /// Pairs that go together.
    pub rows: Vec<(Pair, Result<Row, Failure>)>,
}

impl Report {
    fn passed(&self) -> usize {
        let passes = |(_, found): &&(Pair, Result<Row, Failure>)| found.as_ref().is_ok_and(Row::passes);
        self.rows.iter().filter(passes).count()
    }

    /// All are proved and carry no more than their bounds.
    pub fn holds(&self) -> bool {
        self.passed() == self.rows.len()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widest =
            |of: &dyn Fn(&Pair) -> usize| self.rows.iter().map(|(pair, _)| of(pair)).max().unwrap_or(0);
        let topologies = widest(&|pair| pair.topology.len());
        let routings = widest(&|pair| pair.routing.to_string().len());
        writeln!(
            f,
            "{:topologies$}  {:routings$}  needs   bound   with  accepts  saturates   share        free of deadlock because",
            "", ""
        )?;
        for (pair, found) in &self.rows {
            let routing = pair.routing.to_string();
            write!(f, "{:topologies$}  {routing:routings$}  ", pair.topology)?;
            match found {
                Ok(found) => row(f, found)?,
                Err(failure) => writeln!(f, "MISS  {failure}")?,
            }
        }
        write!(
            f,
            "{} pass, {} missed; uniform packets of a flit, 8 flits a virtual channel, rates in flits/terminal/cycle",
            self.passed(),
            self.rows.len() - self.passed()
        )
    }
}

fn row(f: &mut fmt::Formatter<'_>, found: &Row) -> fmt::Result {
    let rate = |rate: Option<f64>| rate.map_or("-".to_owned(), |rate| format!("{rate:.4}"));
    let share = found
        .share()
        .map_or("-".to_owned(), |share| format!("{:.0} %", 100.0 * share));
    let verdict = if found.passes() { "pass" } else { "MISS" };
    writeln!(
        f,
        "{:2} VC  {:>6}  {:2} VC  {:>7}  {:>9}  {share:>6}  {verdict}  {}",
        found.virtual_channels,
        rate(found.bound.ok()),
        found.measured_with,
        rate(Some(found.saturation.accepts)),
        rate(found.saturation.saturates),
        found.argument
    )
}
