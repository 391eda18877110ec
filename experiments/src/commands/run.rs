//! `fabricsim run`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use fabricsim_core::{WatchEvent, WatchRequest};
use rayon::ThreadPoolBuilder;

use super::{Ending, Failure, Refusals};
use crate::cli::RunArgs;
use crate::experiment::{find, load};
use crate::interrupt;
use crate::manifest::{Machine, Manifest, REVISION, VERSION, utc};
use crate::prepare::Prepared;
use crate::record::Record;
use crate::results::{self, PointsTable};
use crate::run::progress::rate_in_words;
use crate::run::{Finished, run};
use crate::store::{Store, StoreError};
use crate::terminal::{Lines, header, saturation, say};
use crate::watch::timetable;

/// The timetable of the watched packets, in the folder of results.
const WATCH: &str = "watch.txt";

/// Runs the experiments one after the other, once all are found to be right.
pub(super) fn execute(args: &RunArgs) -> Result<Ending, Failure> {
    let watch: Vec<WatchRequest> = args.watch.iter().map(|packet| packet.0).collect();
    let experiments = prepare(&args.files)?;
    for (_, prepared) in &experiments {
        check_watch(prepared, &watch)?;
    }
    let folders = folders(&experiments, args.out.as_deref())?;
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
            threads: prepared.side_by_side(args.threads.resolve()),
        };
        match session.run()? {
            Ending::Done => {}
            Ending::Interrupted => return Ok(Ending::Interrupted),
            failed => ending = failed,
        }
    }
    Ok(ending)
}

/// Reads, checks and prepares all experiments, or says all that is wrong with them.
fn prepare(paths: &[PathBuf]) -> Result<Vec<(PathBuf, Prepared)>, Failure> {
    let mut experiments = Vec::new();
    let mut refusals = Refusals::default();
    for file in find(paths)? {
        let Some(prepared) = refusals.take(load(&file).and_then(Prepared::new)) else {
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
    let terminals = prepared.points[0].fabric.grid().terminals();
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

/// One experiment being run.
struct Session<'a> {
    file: &'a Path,
    prepared: &'a Prepared,
    store: &'a Store,
    watch: &'a [WatchRequest],
    threads: usize,
}

impl Session<'_> {
    fn run(&self) -> Result<Ending, Failure> {
        let started = SystemTime::now();
        say(&header(self.prepared))?;
        let mut records = self.kept()?;
        let pending = self.pending(&records);
        if pending.is_empty() && results::is_complete(self.store, self.prepared) {
            return self.tell_complete(records);
        }
        results::write_experiment(self.store, self.prepared)?;
        let clock = Instant::now();
        let watched = self.simulate(&pending, &mut records)?;
        let elapsed_s = clock.elapsed().as_secs_f64();
        PointsTable::new(self.store, self.prepared).write(&records)?;
        let Some(done) = all(&records) else {
            return self.tell_interrupted(&records);
        };
        say(&saturation(self.prepared, &done))?;
        let files = self.finish(pending.len(), started)?;
        let performance = performance(&pending, &done, elapsed_s, self.threads);
        say(&format!(
            "{}: {}     {performance}\n",
            self.place(),
            files.join(" ")
        ))?;
        self.tell_watched(&watched)?;
        Ok(ending(&done))
    }

    /// What earlier runs have found.
    fn kept(&self) -> Result<Vec<Option<Record>>, StoreError> {
        let load = |hash: &str| Ok(self.store.load(hash)?.map(|stored| stored.record));
        self.prepared
            .points
            .iter()
            .map(|point| load(&point.hash))
            .collect()
    }

    /// The points to simulate: what is missing, and the first where packets are watched.
    fn pending(&self, records: &[Option<Record>]) -> Vec<usize> {
        let is_watched = |point| point == 0 && !self.watch.is_empty();
        (0..records.len())
            .filter(|&point| records[point].is_none() || is_watched(point))
            .collect()
    }

    /// Simulates the pending points and fills in their records; prints a line a point in the order of the sweep.
    fn simulate(
        &self,
        pending: &[usize],
        records: &mut [Option<Record>],
    ) -> Result<Vec<WatchEvent>, Failure> {
        let kept = records.len() - pending.len();
        if kept > 0 {
            say(&format!(
                "  {kept} of {} points are there from an earlier run\n",
                records.len()
            ))?;
        }
        for &point in pending {
            records[point] = None;
        }
        let workers = self.threads.min(pending.len()).max(1);
        let pool = ThreadPoolBuilder::new().num_threads(workers).build();
        let pool =
            pool.map_err(|error| Failure::Failed(format!("cannot start {workers} threads: {error}")))?;
        let lines = Lines::new(self.prepared);
        let mut table = PointsTable::new(self.store, self.prepared);
        let mut watched = Vec::new();
        let mut printed = print_lines(&lines, records, 0)?;
        // The first that fails; the points that are under way are finished and kept all the same.
        let mut failure = Ok(());
        run(
            self.prepared,
            pending,
            self.watch,
            self.store,
            &pool,
            &mut |finished, bar| {
                let Finished {
                    point,
                    record,
                    watched: events,
                } = finished;
                records[point] = Some(record);
                watched.extend(events);
                let told = bar
                    .aside(|| print_lines(&lines, records, printed))
                    .map(|now| printed = now);
                let updated = table.update(records).map_err(Failure::from);
                if failure.is_ok() {
                    failure = told.map_err(Failure::from).and(updated);
                }
            },
        );
        failure?;
        for (point, record) in records.iter().enumerate().skip(printed) {
            if let Some(record) = record {
                say(&lines.line(point, record))?;
            }
        }
        Ok(watched)
    }

    /// Writes all but `points.csv`, and drops the points of earlier experiments; answers the names of the files.
    fn finish(&self, simulated: usize, started: SystemTime) -> Result<Vec<String>, Failure> {
        let Self { prepared, store, .. } = *self;
        let plan = &prepared.plan;
        results::write_links(store, prepared)?;
        let dropped = store.retain(
            &prepared
                .points
                .iter()
                .map(|point| &*point.hash)
                .collect::<BTreeSet<_>>(),
        )?;
        if dropped > 0 {
            say(&format!(
                "dropped {dropped} stored points that the experiment no longer has\n"
            ))?;
        }
        let pictures = results::draw(store.folder(), plan.about.as_deref().unwrap_or(&plan.name))?;
        let manifest = Manifest {
            name: &plan.name,
            version: VERSION,
            revision: REVISION,
            seed: plan.points[0].spec.seed,
            experiment_sha256: results::experiment_sha256(prepared),
            points: plan.points.len(),
            simulated,
            threads: self.threads,
            machine: Machine::this(),
            started: utc(started),
            ended: utc(SystemTime::now()),
        };
        results::write_manifest(store, &manifest)?;
        Ok(results::file_names(store, &pictures))
    }

    fn tell_complete(&self, records: Vec<Option<Record>>) -> Result<Ending, Failure> {
        print_lines(&Lines::new(self.prepared), &records, 0)?;
        let done: Vec<Record> = records.into_iter().flatten().collect();
        say(&saturation(self.prepared, &done))?;
        say(&format!(
            "{}: complete already, nothing was simulated\n",
            self.place()
        ))?;
        Ok(ending(&done))
    }

    fn tell_interrupted(&self, records: &[Option<Record>]) -> Result<Ending, Failure> {
        let there = records.iter().flatten().count();
        say(&format!(
            "stopped: {there} of {} points are kept in {}; run `{}` again to go on\n",
            records.len(),
            self.place(),
            self.command()
        ))?;
        Ok(Ending::Interrupted)
    }

    /// Prints the timetable of the watched packets and writes it beside the results.
    fn tell_watched(&self, events: &[WatchEvent]) -> Result<(), Failure> {
        if self.watch.is_empty() {
            return Ok(());
        }
        let grid = self.prepared.points[0].fabric.grid();
        let text = timetable(self.watch, events, &|switch| grid.switch_name(switch));
        self.store.write(WATCH, |out| out.write_all(text.as_bytes()))?;
        say(&format!("\n{text}"))?;
        Ok(())
    }

    /// The folder of results in words: with a slash at its end.
    fn place(&self) -> String {
        let folder = self.store.folder().display().to_string();
        format!("{}/", folder.trim_end_matches('/'))
    }

    /// What to type to go on.
    fn command(&self) -> String {
        let file = self.file.display();
        if self.store.folder() == results_folder(self.prepared) {
            return format!("fabricsim run {file}");
        }
        format!("fabricsim run {file} --out {}", self.store.folder().display())
    }
}

/// Prints the lines from `first` on, up to the first point without a result; answers which that is.
fn print_lines(lines: &Lines, records: &[Option<Record>], first: usize) -> std::io::Result<usize> {
    let mut next = first;
    while let Some(Some(record)) = records.get(next) {
        say(&lines.line(next, record))?;
        next += 1;
    }
    Ok(next)
}

/// The results of all points, if they are there.
fn all(records: &[Option<Record>]) -> Option<Vec<Record>> {
    records.iter().cloned().collect()
}

fn ending(records: &[Record]) -> Ending {
    match records.iter().any(|record| record.verdict.is_failure()) {
        true => Ending::SomeFailed,
        false => Ending::Done,
    }
}

/// `11.2 s, 24 M flit-hops/s, 2 threads`.
fn performance(pending: &[usize], records: &[Record], elapsed_s: f64, threads: usize) -> String {
    let measured = pending
        .iter()
        .filter_map(|&point| records[point].measured.as_ref());
    let flit_hops: u64 = measured.map(|measured| measured.flit_hops).sum();
    let rate = rate_in_words(flit_hops as f64 / elapsed_s.max(1e-9));
    let plural = if threads == 1 { "" } else { "s" };
    format!("{elapsed_s:.1} s, {rate}, {threads} thread{plural}")
}
