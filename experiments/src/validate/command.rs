//! `fabricsim validate`.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueHint};
use indicatif::{ProgressBar, ProgressStyle};

use super::booksim2::{Failure, Report, Row, Suite, simulations, validate};
use super::fabrics;
use super::theory::{self, Theory};
use crate::cli::Threads;
use crate::exit;
use crate::terminal::complain;

/// Compare with another simulator, run by run, and with theory
#[derive(Debug, Args)]
pub struct ValidateArgs {
    #[command(subcommand)]
    with: With,
}

#[derive(Debug, Subcommand)]
enum With {
    Booksim2(Booksim2Args),
    Theory(TheoryArgs),
    Fabrics(FabricsArgs),
}

const FABRICS_HELP: &str = "\
Examples:
  fabricsim validate fabrics                           every pair: some minutes
  fabricsim validate fabrics --pairs Dragonfly         the pairs that have the word in their name

A pair is the example of a family with a routing that it may have, as `fabricsim list` has them.
Exit codes: 0 every pair passes, 1 one is missed, 2 no pair has these words in its name.";

/// Prove every family with every routing of its, and measure where they saturate against their bounds
#[derive(Debug, Args)]
#[command(after_help = FABRICS_HELP)]
pub struct FabricsArgs {
    /// Only pairs whose name (TOPOLOGY ROUTING) has all of these words in it
    #[arg(long, value_name = "WORDS", default_value = "", hide_default_value = true)]
    pairs: String,
    #[command(flatten)]
    threads: Threads,
}

const THEORY_HELP: &str = "\
Examples:
  fabricsim validate theory                            every row: a few minutes
  fabricsim validate theory --rows fifo                the rows that have the word in their name

Exit codes: 0 every row passes, 1 one is missed, 2 the tables are missing or wrong.";

/// Compare with theory: where routings saturate against their channel bounds, and the limits of a single switch
#[derive(Debug, Args)]
#[command(after_help = THEORY_HELP)]
pub struct TheoryArgs {
    /// Only rows whose name has all of these words in it
    #[arg(long, value_name = "WORDS", default_value = "", hide_default_value = true)]
    rows: String,
    #[command(flatten)]
    threads: Threads,
    /// Folder of the tables
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, default_value = "experiments/validation/theory")]
    data: PathBuf,
}

const BOOKSIM2_HELP: &str = "\
Examples:
  fabricsim validate booksim2                          every row: some minutes
  fabricsim validate booksim2 --quick                  a cheap row of every configuration: some seconds
  fabricsim validate booksim2 --rows 'b_ tornado'      the rows that have both words in their name
  fabricsim validate booksim2 --csv comparison.csv

Exit codes: 0 nothing is missed that is not explained, 1 something is, 2 the reference data is missing or wrong.";

/// Compare with what BookSim2 measured, row by row
#[derive(Debug, Args)]
#[command(after_help = BOOKSIM2_HELP)]
pub struct Booksim2Args {
    /// Only rows whose name (CONFIGURATION TRAFFIC MODE LOAD) has all of these words in it
    #[arg(long, value_name = "WORDS", default_value = "", hide_default_value = true)]
    rows: String,
    /// Only the cheapest rows of each configuration
    #[arg(long)]
    quick: bool,
    /// Seeds of each row, 1 to N
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(2..=1000))]
    seeds: u64,
    #[command(flatten)]
    threads: Threads,
    /// Also write the comparisons to a file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    csv: Option<PathBuf>,
    /// Folder of the reference data
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, default_value = "experiments/validation/booksim2")]
    data: PathBuf,
}

/// Runs it; the exit code of the process.
pub fn run(args: &ValidateArgs) -> u8 {
    let holds = match &args.with {
        With::Booksim2(args) => report(args).map(|report| report.holds()),
        With::Theory(args) => theory_report(args).map(|report| report.holds()),
        With::Fabrics(args) => fabrics_report(args).map(|report| report.holds()),
    };
    match holds {
        Ok(true) => exit::DONE,
        Ok(false) => exit::RUN_FAILED,
        Err((message, code)) => {
            complain(&format!("{message}\n"));
            code
        }
    }
}

fn theory_report(args: &TheoryArgs) -> Result<theory::Report, Failed> {
    let mut rows = Theory::read(&args.data).map_err(|failure| wrong_input(&failure))?;
    let words: Vec<&str> = args.rows.split_whitespace().collect();
    rows.choose(&words);
    if rows.rows() == 0 {
        return Err(wrong_input(&format!("no row has `{}` in its name", args.rows)));
    }
    let report = shared_out(args.threads, rows.rows(), "rows", |progress| {
        theory::validate(&args.data, &rows, progress)
    })?;
    say(&report)?;
    Ok(report)
}

fn fabrics_report(args: &FabricsArgs) -> Result<fabrics::Report, Failed> {
    let words: Vec<&str> = args.pairs.split_whitespace().collect();
    let pairs = fabrics::pairs(&words);
    if pairs.is_empty() {
        return Err(wrong_input(&format!("no pair has `{}` in its name", args.pairs)));
    }
    let report = shared_out(args.threads, pairs.len(), "pairs", |progress| {
        fabrics::validate(&pairs, progress)
    })?;
    say(&report)?;
    Ok(report)
}

/// What `work` gives on so many threads, which tells of each of `count` parts that is done.
fn shared_out<T: Send>(
    threads: Threads,
    count: usize,
    of: &str,
    work: impl FnOnce(&(dyn Fn() + Sync)) -> T + Send,
) -> Result<T, Failed> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.resolve())
        .build();
    let pool = pool.map_err(|error| (format!("error: no threads: {error}"), exit::RUN_FAILED))?;
    let bar = bar(count, of);
    let done = pool.install(|| work(&|| bar.inc(1)));
    bar.finish_and_clear();
    Ok(done)
}

/// A message and the exit code that goes with it.
type Failed = (String, u8);

fn wrong_input(error: &dyn Display) -> Failed {
    (format!("error: {error}"), exit::WRONG_INPUT)
}

fn report(args: &Booksim2Args) -> Result<Report, Failed> {
    let suite = Suite::read(&args.data).map_err(|error| wrong_input(&error))?;
    let seeds: Vec<u64> = (1..=args.seeds).collect();
    let words: Vec<&str> = args.rows.split_whitespace().collect();
    let chosen = |row: &Row| {
        let name = row.to_string();
        words.iter().all(|word| name.contains(word)) && (!args.quick || suite.is_quick(row))
    };
    if !suite.rows.iter().any(chosen) {
        return Err(wrong_input(&format!("no row has `{}` in its name", args.rows)));
    }
    // Before minutes are spent on what could not be written.
    let csv = args.csv.as_deref().map(created).transpose()?;
    let simulations = simulations(&suite, chosen, &seeds);
    let report = shared_out(args.threads, simulations, "simulations", |progress| {
        validate(&suite, chosen, &seeds, progress)
    })?;
    let report = report.map_err(|failure| match failure {
        Failure::Refused(refused) => (refused.to_string(), exit::WRONG_INPUT),
        Failure::Impossible { .. } => (format!("error: {failure}"), exit::RUN_FAILED),
    })?;
    print(&suite, &report)?;
    if let Some(csv) = csv {
        report.write_csv(csv).map_err(unwritable)?;
    }
    Ok(report)
}

fn created(path: &Path) -> Result<File, Failed> {
    File::create(path).map_err(|error| wrong_input(&format!("cannot write {}: {error}", path.display())))
}

/// Hidden where standard error is no terminal.
fn bar(count: usize, of: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(&format!("  {{bar:30}} {{pos}}/{{len}} {of}   {{eta}} left"));
    ProgressBar::new(count as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn print(suite: &Suite, report: &Report) -> Result<(), Failed> {
    for stray in suite.stray_explanations() {
        complain(&format!(
            "warning: explanations.csv: there is no row `{}`\n",
            stray.row
        ));
    }
    say(report)
}

fn say(report: &dyn Display) -> Result<(), Failed> {
    match writeln!(io::stdout(), "{report}") {
        // Whoever read it had enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(unwritable),
    }
}

fn unwritable(error: impl Display) -> Failed {
    (
        format!("error: cannot write the comparison: {error}"),
        exit::RUN_FAILED,
    )
}
