//! The subcommands.

mod bench;
mod check;
mod list;
mod plot;
mod run;
mod session;
mod topology;

use std::fmt;
use std::io;
use std::path::Path;

use clap::CommandFactory;
use thiserror::Error;

use crate::cli::{Cli, Command, CompletionsArgs};
use crate::experiment::{Diagnostic, Refused, load};
use crate::prepare::Prepared;
use crate::results::ResultsError;
use crate::store::StoreError;
use crate::terminal::{say, waiting};
use crate::{import, validate};

/// How a command ended that did what it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All is well.
    Done,
    /// Some point deadlocked, stalled or failed; it has been said which.
    SomeFailed,
    /// Ctrl-C.
    Interrupted,
    /// With this exit code, of a command that has words of its own for it.
    Exit(u8),
}

/// Why a command ended early.
#[derive(Debug, Error)]
pub enum Failure {
    /// The experiments are wrong.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// The command line is wrong.
    #[error("error: {0}")]
    Wrong(String),
    /// It went wrong.
    #[error("error: {0}")]
    Failed(String),
}

impl Failure {
    fn wrong(reason: impl fmt::Display) -> Self {
        Self::Wrong(reason.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<ResultsError> for Failure {
    fn from(error: ResultsError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Failed(format!("cannot write to standard output: {error}"))
    }
}

/// Does what the command line says.
///
/// # Errors
/// Why it could not.
pub fn execute(cli: &Cli) -> Result<Ending, Failure> {
    match &cli.command {
        Command::Run(args) => run::execute(args),
        Command::Check(args) => check::execute(args),
        Command::List(args) => list::execute(args),
        Command::Plot(args) => plot::execute(args),
        Command::Import(args) => Ok(Ending::Exit(import::run(args))),
        Command::Validate(args) => Ok(Ending::Exit(validate::run(args))),
        Command::Bench(args) => bench::execute(args),
        Command::Topology(args) => topology::execute(args),
        Command::Completions(args) => completions(args),
    }
}

fn completions(args: &CompletionsArgs) -> Result<Ending, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "fabricsim", &mut script);
    say(&String::from_utf8_lossy(&script))?;
    Ok(Ending::Done)
}

/// Reads an experiment and prepares it; what takes long is shown meanwhile.
fn prepare(file: &Path) -> Result<Prepared, Refused> {
    let plan = load(file)?;
    waiting(|tell| Prepared::telling(plan, tell))
}

/// All that several files say wrong.
#[derive(Default)]
struct Refusals(Vec<Diagnostic>);

impl Refusals {
    /// The value, or what is wrong instead of it.
    fn take<T>(&mut self, result: Result<T, Refused>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(refused) => {
                self.add(&refused);
                None
            }
        }
    }

    fn add(&mut self, refused: &Refused) {
        self.0.extend_from_slice(refused.diagnostics());
    }

    fn all(self) -> Option<Refused> {
        Refused::from_all(self.0)
    }
}
