//! The table: a line a row, then counts.

use std::fmt;

use super::bounds::{BoundRow, Saturation};
use super::switches::SwitchRow;

/// Every row with what was found, in the order of the tables.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Channel bounds.
    pub bounds: Vec<(BoundRow, Saturation)>,
    /// Accepted load of single switches.
    pub switches: Vec<(SwitchRow, f64)>,
}

impl Report {
    fn passed(&self) -> usize {
        let bounds = self
            .bounds
            .iter()
            .filter(|(row, found)| found.passes(row))
            .count();
        let switches = self
            .switches
            .iter()
            .filter(|(row, found)| row.passes(*found))
            .count();
        bounds + switches
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
            let saturates = found
                .saturates
                .map_or("-".to_owned(), |load| format!("{load:.4}"));
            writeln!(
                f,
                "{:width$}  {:9.4}  {:8.4}  {:7.4}  {saturates:>9}  {:4.0} %  {}",
                row.to_string(),
                row.bound,
                found.computed,
                found.accepts,
                100.0 * found.share(),
                verdict(found.passes(row)),
            )?;
        }
        if !self.switches.is_empty() {
            writeln!(f, "Single switches, saturated [flits/terminal/cycle]")?;
            writeln!(f, "{:width$}  published  accepted  within", "")?;
        }
        for (row, found) in &self.switches {
            writeln!(
                f,
                "{:width$}  {:9.4}  {found:8.4}  {:6}  {}   {}",
                row.to_string(),
                row.limit,
                row.within,
                verdict(row.passes(*found)),
                row.source,
            )?;
        }
        write!(f, "{} pass, {} missed", self.passed(), self.missed())
    }
}
