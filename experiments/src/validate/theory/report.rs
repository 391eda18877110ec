//! The table: a line a row, then counts.

use std::fmt;

use super::bounds::{BoundFound, BoundRow};
use super::switches::SwitchRow;
use crate::validate::Failure;

/// Every row with what was found, in the order of the tables.
#[derive(Debug)]
pub struct Report {
    /// Channel bounds.
    pub bounds: Vec<(BoundRow, Result<BoundFound, Failure>)>,
    /// Accepted load of single switches.
    pub switches: Vec<(SwitchRow, Result<f64, Failure>)>,
}

impl Report {
    fn passed(&self) -> usize {
        let bounds = self
            .bounds
            .iter()
            .filter(|(row, found)| found.as_ref().is_ok_and(|found| found.passes(row)));
        let switches = self
            .switches
            .iter()
            .filter(|(row, found)| found.as_ref().is_ok_and(|&found| row.passes(found)));
        bounds.count() + switches.count()
    }

    fn missed(&self) -> usize {
        self.bounds.len() + self.switches.len() - self.passed()
    }

    /// Nothing is missed.
    pub fn holds(&self) -> bool {
        self.missed() == 0
    }
}

fn verdict(passes: bool) -> &'static str {
    if passes { "pass" } else { "MISS" }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.bounds.iter().map(|(row, _)| row.to_string());
        let names = names.chain(self.switches.iter().map(|(row, _)| row.to_string()));
        let width = names.map(|name| name.len()).max().unwrap_or(0);
        if !self.bounds.is_empty() {
            writeln!(f, "Channel bounds and saturation [flits/terminal/cycle]")?;
            writeln!(f, "{:width$}  published  computed  accepts  saturates  share", "")?;
        }
        for (row, found) in &self.bounds {
            write!(f, "{:width$}  ", row.to_string())?;
            match found {
                Ok(found) => bound(f, row, found)?,
                Err(failure) => writeln!(f, "MISS  {failure}")?,
            }
        }
        if !self.switches.is_empty() {
            writeln!(f, "Single switches, saturated [flits/terminal/cycle]")?;
            writeln!(f, "{:width$}  published  accepted  within", "")?;
        }
        for (row, found) in &self.switches {
            write!(f, "{:width$}  ", row.to_string())?;
            match found {
                Ok(found) => switch(f, row, *found)?,
                Err(failure) => writeln!(f, "MISS  {failure}")?,
            }
        }
        write!(f, "{} pass, {} missed", self.passed(), self.missed())
    }
}

fn bound(f: &mut fmt::Formatter<'_>, row: &BoundRow, found: &BoundFound) -> fmt::Result {
    let saturates = found
        .saturation
        .saturates
        .map_or("-".to_owned(), |load| format!("{load:.4}"));
    let share = 100.0 * found.share();
    let verdict = verdict(found.passes(row));
    let (published, computed, accepts) = (row.bound, found.computed, found.saturation.accepts);
    writeln!(
        f,
        "{published:9.4}  {computed:8.4}  {accepts:7.4}  {saturates:>9}  {share:4.0} %  {verdict}"
    )
}

fn switch(f: &mut fmt::Formatter<'_>, row: &SwitchRow, found: f64) -> fmt::Result {
    let SwitchRow {
        limit,
        within,
        source,
        ..
    } = row;
    let verdict = verdict(row.passes(found));
    writeln!(f, "{limit:9.4}  {found:8.4}  {within:6}  {verdict}   {source}")
}
