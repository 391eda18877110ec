//! `fabricsim validate`.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};
use indicatif::{ProgressBar, ProgressStyle};

use super::booksim2::{Report, Row, Suite, simulations, validate};
use crate::cli::Threads;
use crate::exit;

/// Compare with another simulator, run by run
#[derive(Debug, Args)]
pub struct ValidateArgs {
    #[command(subcommand)]
    with: With,
}

#[derive(Debug, Subcommand)]
enum With {
    Booksim2(Booksim2Args),
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
    let With::Booksim2(args) = &args.with;
    match report(args) {
        Ok(report) if report.holds() => exit::DONE,
        Ok(_) => exit::RUN_FAILED,
        Err((message, code)) => {
            eprintln!("{message}");
            code
        }
    }
}

/// A message and the exit code that goes with it.
type Failed = (String, u8);

fn report(args: &Booksim2Args) -> Result<Report, Failed> {
    let wrong_input = |error: &dyn std::fmt::Display| (format!("error: {error}"), exit::WRONG_INPUT);
    let suite = Suite::read(&args.data).map_err(|error| wrong_input(&error))?;
    let seeds: Vec<u64> = (1..=args.seeds).collect();
    let words: Vec<&str> = args.rows.split_whitespace().collect();
    let chosen = |row: &Row| {
        let name = row.to_string();
        words.iter().all(|word| name.contains(word)) && (!args.quick || suite.is_quick(row))
    };
    if !suite.rows.iter().any(chosen) {
        return Err((
            format!("error: no row has `{}` in its name", args.rows),
            exit::WRONG_INPUT,
        ));
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(args.threads.resolve())
        .build();
    let pool = pool.map_err(|error| (format!("error: no threads: {error}"), exit::RUN_FAILED))?;
    let bar = bar(simulations(&suite, chosen, &seeds));
    let report = pool.install(|| validate(&suite, chosen, &seeds, &|| bar.inc(1)));
    bar.finish_and_clear();
    let report = report.map_err(|error| wrong_input(&error))?;
    write(args, &suite, &report).map_err(|error| (format!("error: {error}"), exit::RUN_FAILED))?;
    Ok(report)
}

/// Hidden where standard error is no terminal.
fn bar(simulations: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("  {bar:30} {pos}/{len} simulations   {eta} left");
    ProgressBar::new(simulations as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn write(args: &Booksim2Args, suite: &Suite, report: &Report) -> Result<(), String> {
    for stray in suite.stray_explanations() {
        eprintln!("warning: explanations.csv: there is no row `{}`", stray.row);
    }
    match writeln!(io::stdout(), "{report}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error.to_string()),
        _ => {}
    }
    let Some(path) = &args.csv else { return Ok(()) };
    let unwritable = |error: &dyn std::fmt::Display| format!("cannot write {}: {error}", path.display());
    let file = File::create(path).map_err(|error| unwritable(&error))?;
    report.write_csv(file).map_err(|error| unwritable(&error))
}
