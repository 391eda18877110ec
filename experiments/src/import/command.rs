//! `fabricsim import`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueHint};

use super::booksim2::{self, ImportError, Imported, Source};
use crate::exit;
use crate::experiment::parse;
use crate::terminal::complain;

/// Turn another simulator's configuration into an experiment
#[derive(Debug, Args)]
pub struct ImportArgs {
    #[command(subcommand)]
    from: From,
}

#[derive(Debug, Subcommand)]
enum From {
    Booksim2(Booksim2Args),
}

const BOOKSIM2_HELP: &str = "\
Examples:
  fabricsim import booksim2 torus88 > torus88.ron
  fabricsim import booksim2 torus88 injection_rate=0.2 num_vcs=4 --out torus88.ron
  fabricsim import booksim2 torus88 --out experiments/

Files and overrides are read in order, later values win, and BookSim2's defaults hold for the rest. What has no
counterpart is said on standard error, a line a key, and in the first lines of the experiment.";

/// Turn a BookSim2 configuration into an experiment that `check` and `run` take
#[derive(Debug, Args)]
#[command(after_help = BOOKSIM2_HELP)]
pub struct Booksim2Args {
    /// Configuration files and KEY=VALUE overrides, as BookSim2's own command line takes them
    #[arg(required = true, value_name = "CONFIG", value_hint = ValueHint::FilePath)]
    configs: Vec<String>,
    /// File or folder to write to, instead of standard output; names the experiment
    #[arg(long, value_name = "FILE|DIR", value_hint = ValueHint::AnyPath)]
    out: Option<PathBuf>,
    /// Also name the keys that were set and change nothing that is simulated
    #[arg(long, short)]
    verbose: bool,
}

/// Runs it; the exit code of the process.
pub fn run(args: &ImportArgs) -> u8 {
    let From::Booksim2(args) = &args.from;
    match import(args) {
        Ok(()) => exit::DONE,
        Err(message) => {
            complain(&format!("{message}\n"));
            exit::WRONG_INPUT
        }
    }
}

fn import(args: &Booksim2Args) -> Result<(), String> {
    let sources: Result<Vec<_>, _> = args
        .configs
        .iter()
        .map(|argument| Source::from_argument(argument))
        .collect();
    let sources = sources.map_err(in_full)?;
    let out = args.out.as_deref().map(|out| file_in(out, &sources));
    let name = name(out.as_deref(), &sources);
    let imported = booksim2::import(&sources, &name).map_err(in_full)?;
    report(&imported, args.verbose);
    let file = format!("{name}.ron");
    if let Err(refused) = parse(&file, &imported.ron) {
        return Err(format!(
            "error: the experiment of this configuration would be refused:\n{refused}"
        ));
    }
    write(&imported.ron, out.as_deref())
}

fn in_full(error: ImportError) -> String {
    error.to_string()
}

fn report(imported: &Imported, verbose: bool) {
    for note in &imported.notes {
        let place = note
            .place
            .as_ref()
            .map_or(String::new(), |place| format!("{place}: "));
        complain(&format!("note: {place}{note}\n"));
    }
    if verbose {
        for setting in &imported.irrelevant {
            complain(&format!("note: {setting}: changes nothing that is simulated\n"));
        }
    }
}

/// Where to write: `out`, or the file in it that is named after the first configuration if it is a folder.
fn file_in(out: &Path, sources: &[Source]) -> PathBuf {
    let named_as_folder = out.as_os_str().to_string_lossy().ends_with(['/', '\\']);
    if named_as_folder || out.is_dir() {
        return out.join(format!("{}.ron", name(None, sources)));
    }
    out.to_owned()
}

/// The experiment's name: that of the file it goes to, else of the first configuration.
fn name(out: Option<&Path>, sources: &[Source]) -> String {
    let first = sources.iter().find_map(|source| match source {
        Source::File(document) => Some(Path::new(&document.name)),
        Source::Override(_) => None,
    });
    let stem = out.or(first).and_then(Path::file_stem);
    let name = stem.map(|stem| stem.to_string_lossy()).unwrap_or_default();
    // Names become folders of results.
    let safe = |c: char| {
        if c.is_alphanumeric() || "-_.".contains(c) {
            c
        } else {
            '-'
        }
    };
    let name: String = name.chars().map(safe).collect();
    if name.is_empty() {
        "booksim2".to_owned()
    } else {
        name
    }
}

fn write(ron: &str, out: Option<&Path>) -> Result<(), String> {
    let Some(out) = out else {
        return match io::stdout().write_all(ron.as_bytes()) {
            // Whoever read it had enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written.map_err(|error| format!("error: cannot write the experiment: {error}")),
        };
    };
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
    let made = folder.map_or(Ok(()), std::fs::create_dir_all);
    made.and_then(|()| std::fs::write(out, ron))
        .map_err(|error| format!("error: cannot write {}: {error}", out.display()))
}
