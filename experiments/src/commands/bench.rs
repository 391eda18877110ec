//! `fabricsim bench`.

use std::fs;
use std::path::Path;

use super::{Ending, Failure};
use crate::bench::{
    self, Comparison, Configuration, Counters, Lines, Origin, Row, Summary, Table, configurations, disturbed,
    elsewhere, measure,
};
use crate::cli::BenchArgs;
use crate::experiment::nearest;
use crate::interrupt;
use crate::terminal::{count, say};

/// Measures the chosen configurations, a line each, and compares them with an earlier table.
pub(super) fn execute(args: &BenchArgs) -> Result<Ending, Failure> {
    let chosen = chosen(args)?;
    if args.list {
        say(&list(&chosen))?;
        return Ok(Ending::Done);
    }
    let before = args
        .against
        .as_deref()
        .map(|path| table(path, &chosen))
        .transpose()?;
    if let Some(out) = &args.out {
        check_writable(out)?;
    }
    interrupt::listen().map_err(|error| Failure::Failed(format!("cannot listen for Ctrl-C: {error}")))?;

    let session = Session {
        args,
        origin: Origin::this(),
        lines: Lines::new(chosen.iter().map(|one| one.name.as_str()), before.is_some()),
        before,
    };
    session.run(&chosen)
}

/// What is the same for all configurations.
struct Session<'a> {
    args: &'a BenchArgs,
    origin: Origin,
    lines: Lines,
    before: Option<Table>,
}

impl Session<'_> {
    fn run(&self, chosen: &[Configuration]) -> Result<Ending, Failure> {
        say(&self.lines.header(&self.origin, self.args.repeat))?;
        let (mut counters, uncounted) = match Counters::open() {
            Ok(counters) => (Some(counters), None),
            Err(reason) => (None, Some(reason)),
        };
        let mut now = Table::default();
        let mut ending = Ending::Done;
        for configuration in chosen {
            match measure(configuration, self.args.repeat, &mut counters, &self.origin) {
                Ok(row) => {
                    say(&self.lines.row(&row, self.comparison(&row).as_ref()))?;
                    now.rows.push(row);
                }
                Err(bench::Failure::Impossible(reason)) => {
                    say(&self.lines.left_out(&configuration.name, &reason))?;
                    ending = Ending::SomeFailed;
                }
                Err(bench::Failure::Interrupted) => {
                    // What is finished is kept.
                    ending = Ending::Interrupted;
                    break;
                }
            }
        }
        say(&self.closing(&now, uncounted.as_deref()))?;
        if let (Some(out), false) = (&self.args.out, now.rows.is_empty()) {
            now.write(out)
                .map_err(|error| Failure::Failed(format!("cannot write {}: {error}", out.display())))?;
            say(&format!("{}: {}\n", out.display(), count(now.rows.len(), "row")))?;
        }
        Ok(ending)
    }

    fn comparison(&self, row: &Row) -> Option<Comparison> {
        let before = self.before.as_ref()?.row(&row.name)?;
        Some(Comparison::new(row, before))
    }

    /// What there is to say of all rows together.
    fn closing(&self, now: &Table, uncounted: Option<&str>) -> String {
        let mut text = String::new();
        if let Some(reason) = uncounted {
            text.push_str(&format!("-: instructions and cycles are not counted, {reason}\n"));
        }
        let rows: Vec<&Row> = now.rows.iter().collect();
        text.push_str(&disturbed(&rows, "now").unwrap_or_default());
        if let Some(before) = &self.before {
            let known: Vec<&Row> = rows.iter().filter_map(|row| before.row(&row.name)).collect();
            if let Some(first) = known.first() {
                text.push_str(&elsewhere(first, &self.origin));
            }
            text.push_str(&disturbed(&known, "before").unwrap_or_default());
            let comparisons = rows.iter().filter_map(|row| self.comparison(row)).collect();
            text.push_str(&Summary::new(comparisons).to_string());
        }
        text
    }
}

fn chosen(args: &BenchArgs) -> Result<Vec<Configuration>, Failure> {
    let all = configurations();
    let wanted = |one: &&Configuration| one.name.contains(&args.only) && !(args.quick && one.is_huge());
    let chosen: Vec<Configuration> = all.iter().filter(wanted).cloned().collect();
    if !chosen.is_empty() {
        return Ok(chosen);
    }
    if let Some(huge) = all.iter().find(|one| one.name.contains(&args.only)) {
        return Err(Failure::Wrong(format!("`--quick` leaves out `{}`", huge.name)));
    }
    let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
    let hint = match nearest(&args.only, &names) {
        Some(name) => format!("did you mean `{name}`?"),
        None => "`fabricsim bench --list` prints them".to_owned(),
    };
    Err(Failure::Wrong(format!(
        "no configuration has `{}` in its name; {hint}",
        args.only
    )))
}

fn list(chosen: &[Configuration]) -> String {
    let width = chosen.iter().map(|one| one.name.len()).max().unwrap_or(0);
    let line = |one: &Configuration| format!("{:width$}  {}\n", one.name, one.about);
    chosen.iter().map(line).collect()
}

/// The earlier table, which has to have one of the chosen configurations.
fn table(path: &Path, chosen: &[Configuration]) -> Result<Table, Failure> {
    let table = Table::read(path).map_err(Failure::wrong)?;
    match chosen.iter().any(|one| table.row(&one.name).is_some()) {
        true => Ok(table),
        false => Err(Failure::Wrong(format!(
            "{} has none of the chosen configurations",
            path.display()
        ))),
    }
}

/// Before minutes are spent on what could not be written.
fn check_writable(out: &Path) -> Result<(), Failure> {
    let unwritable =
        |error: &dyn std::fmt::Display| Failure::Wrong(format!("cannot write {}: {error}", out.display()));
    if out.is_dir() {
        return Err(unwritable(&"it is a folder"));
    }
    let folder = out.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder).map_err(|error| unwritable(&error))
}
