//! `fabricsim run`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fabricsim_core::WatchRequest;

use super::session::Session;
use super::{Ending, Failure, Refusals, prepare};
use crate::cli::RunArgs;
use crate::execution::Asked;
use crate::experiment::find;
use crate::interrupt;
use crate::prepare::Prepared;
use crate::results;
use crate::store::{Store, StoreError};
use crate::terminal::say;

/// Runs the experiments one after the other, once all are found to be right.
pub(super) fn execute(args: &RunArgs) -> Result<Ending, Failure> {
    let watch: Vec<WatchRequest> = args.watch.iter().map(|packet| packet.0).collect();
    let threads = asked(args)?;
    let experiments = prepare_all(&args.files)?;
    for (_, prepared) in &experiments {
        check_watch(prepared, &watch)?;
    }
    let folders = folders(&experiments, args.out.as_deref())?;
    for (folder, (_, prepared)) in folders.iter().zip(&experiments) {
        if let Some(reason) = results::stranger(folder, &prepared.plan.name) {
            return Err(Failure::Wrong(reason));
        }
    }
    let stores: Result<Vec<Store>, StoreError> = folders.iter().map(|folder| Store::open(folder)).collect();
    // Nothing has been simulated: a folder that can't be used is a mistake of the command line.
    let stores = stores.map_err(Failure::wrong)?;
    interrupt::listen().map_err(|error| Failure::Failed(format!("cannot listen for Ctrl-C: {error}")))?;

    let mut ending = Ending::Done;
    for (number, ((file, prepared), store)) in experiments.iter().zip(&stores).enumerate() {
        if number > 0 {
            say("\n")?;
        }
        let session = Session {
            file,
            prepared,
            store,
            watch: &watch,
            threads,
        };
        match session.run()? {
            Ending::Done => {}
            Ending::Interrupted => return Ok(Ending::Interrupted),
            failed => ending = failed,
        }
    }
    Ok(ending)
}

/// The threads that the command line asks for.
fn asked(args: &RunArgs) -> Result<Asked, Failure> {
    let a_point = args.threads_a_point.map(usize::from);
    if let (Some(threads), Some(each)) = (args.threads.number.map(usize::from), a_point)
        && each > threads
    {
        return Err(Failure::Wrong(format!(
            "`--threads-a-point {each}` is more than `--threads {threads}` allows in all"
        )));
    }
    Ok(Asked {
        threads: args.threads.resolve(),
        a_point,
        pinned: args.pin,
    })
}

/// Reads, checks and prepares all experiments, or says all that is wrong with them.
fn prepare_all(paths: &[PathBuf]) -> Result<Vec<(PathBuf, Prepared)>, Failure> {
    let mut experiments = Vec::new();
    let mut refusals = Refusals::default();
    for file in find(paths)? {
        let Some(prepared) = refusals.take(prepare(&file)) else {
            continue;
        };
        match prepared.deadlocks() {
            Some(refused) => refusals.add(&refused),
            None => experiments.push((file, prepared)),
        }
    }
    match refusals.all() {
        Some(refused) => Err(refused.into()),
        None => Ok(experiments),
    }
}

fn check_watch(prepared: &Prepared, watch: &[WatchRequest]) -> Result<(), Failure> {
    let terminals = prepared.points[0].fabric.terminals();
    match watch.iter().find(|request| request.terminal >= terminals) {
        Some(request) => Err(Failure::Wrong(format!(
            "there is no terminal {} to watch: the terminals of `{}` are 0 to {}",
            request.terminal,
            prepared.plan.name,
            terminals - 1
        ))),
        None => Ok(()),
    }
}

/// The folder of each experiment's results.
fn folders(experiments: &[(PathBuf, Prepared)], out: Option<&Path>) -> Result<Vec<PathBuf>, Failure> {
    if let (Some(out), 2..) = (out, experiments.len()) {
        return Err(Failure::Wrong(format!(
            "`--out {}` is the folder of one experiment, but there are {}",
            out.display(),
            experiments.len()
        )));
    }
    let mut names: BTreeMap<&str, &Path> = BTreeMap::new();
    for (file, prepared) in experiments {
        if let Some(other) = names.insert(&prepared.plan.name, file) {
            return Err(Failure::Wrong(format!(
                "`{}` and `{}` are both named `{}`: they would overwrite each other's results",
                other.display(),
                file.display(),
                prepared.plan.name
            )));
        }
    }
    let folder = |(_, prepared): &(PathBuf, Prepared)| match out {
        Some(out) => out.to_owned(),
        None => results_folder(prepared),
    };
    Ok(experiments.iter().map(folder).collect())
}

/// Where the results of an experiment go by default.
pub(super) fn results_folder(prepared: &Prepared) -> PathBuf {
    Path::new("results").join(&prepared.plan.name)
}
