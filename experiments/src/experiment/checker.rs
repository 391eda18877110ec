//! Collects the mistakes of a file whose types are right.

use std::fmt::Display;
use std::ops::RangeInclusive;

use super::diagnostic::{Diagnostic, Refused};
use super::quantities::Rounding;
use super::source::Source;

/// Ends of ranges above this are told only to who exceeds them.
const WORTH_SAYING: u64 = 65_535;

/// More mistakes than this are one mistake made many times.
const MOST_TOLD: usize = 50;

/// The mistakes found so far. Every check gives back a value that can be gone on with, so that one run tells all
/// independent mistakes.
pub(super) struct Checker<'a> {
    pub source: &'a Source,
    found: Vec<Diagnostic>,
    roundings: Vec<Rounding>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(source: &'a Source) -> Self {
        Self {
            source,
            found: Vec::new(),
            roundings: Vec::new(),
        }
    }

    /// Adds a mistake; one that is known already is not told again.
    pub(super) fn add(&mut self, diagnostic: Diagnostic) {
        if !self.is_full() && !self.found.contains(&diagnostic) {
            self.found.push(diagnostic);
        }
    }

    /// Notes what had to be rounded, once.
    pub(super) fn round(&mut self, rounding: Rounding) {
        if !self.roundings.contains(&rounding) {
            self.roundings.push(rounding);
        }
    }

    /// What had to be rounded.
    pub(super) fn roundings(&self) -> Vec<Rounding> {
        self.roundings.clone()
    }

    /// Enough has been found; the rest is not looked for.
    fn is_full(&self) -> bool {
        self.found.len() >= MOST_TOLD
    }

    pub(super) fn is_clean(&self) -> bool {
        self.found.is_empty()
    }

    /// A whole number of `range`; the least of it, if it is another.
    pub(super) fn whole<T>(&mut self, path: &str, name: &str, value: i64, range: RangeInclusive<T>) -> T
    where
        T: Copy + PartialOrd + TryFrom<i64> + Into<u64>,
    {
        if let Some(value) = T::try_from(value).ok().filter(|value| range.contains(value)) {
            return value;
        }
        let (least, most) = ((*range.start()).into(), (*range.end()).into());
        let possible = match i128::from(value) < i128::from(least) {
            _ if most <= WORTH_SAYING => format!("{least} to {most}"),
            true => format!("at least {least}"),
            false => format!("at most {most}"),
        };
        self.out_of_range(path, name, value, &possible);
        *range.start()
    }

    /// An offered load \[flits/terminal/cycle\].
    pub(super) fn load(&mut self, path: &str, name: &str, value: f64) -> f64 {
        if value > 0.0 && value <= 1.0 {
            return value;
        }
        self.out_of_range(path, name, value, "above 0 and at most 1");
        1.0
    }

    pub(super) fn out_of_range(&mut self, path: &str, name: &str, value: impl Display, possible: &str) {
        if self.is_full() {
            return;
        }
        let message = format!("`{name}` is {value}, but must be {possible}");
        let diagnostic = self.source.at(path, message).label(format!("must be {possible}"));
        self.add(diagnostic);
    }

    /// The file's refusal, in the order of its lines, if anything was found.
    pub(super) fn finish(mut self) -> Result<(), Refused> {
        let at = |diagnostic: &Diagnostic| diagnostic.place.as_ref().map(|place| (place.line, place.column));
        self.found.sort_by_key(at);
        match Refused::from_all(self.found) {
            Some(refused) => Err(refused),
            None => Ok(()),
        }
    }
}
