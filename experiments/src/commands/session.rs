//! One experiment being run: from its result folder as it is to the folder finished.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Instant, SystemTime};

use fabricsim_core::{WatchEvent, WatchRequest};
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::run::results_folder;
use super::{Ending, Failure};
use crate::execution::{Asked, Cut, Effort, Schedule};
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

/// One experiment being run.
pub(super) struct Session<'a> {
    /// Where it comes from.
    pub file: &'a Path,
    /// What it is.
    pub prepared: &'a Prepared,
    /// Where its results go.
    pub store: &'a Store,
    /// Packets to watch at its first point.
    pub watch: &'a [WatchRequest],
    /// The threads that it may use.
    pub threads: Asked,
}

impl Session<'_> {
    /// Simulates what is missing and finishes the folder.
    pub(super) fn run(&self) -> Result<Ending, Failure> {
        let started = SystemTime::now();
        say(&header(self.prepared))?;
        let mut records = self.kept()?;
        let pending = self.pending(&records);
        if pending.is_empty() && results::is_complete(self.store, self.prepared) {
            return self.tell_complete(records);
        }
        results::begin(self.store, self.prepared)?;
        let schedule = self.prepared.schedule(pending.len(), self.threads);
        let clock = Instant::now();
        let (watched, effort) = self.simulate(&pending, schedule, &mut records)?;
        let elapsed_s = clock.elapsed().as_secs_f64();
        PointsTable::new(self.store, self.prepared).write(&records)?;
        let Some(done) = all(&records) else {
            return self.tell_interrupted(&records);
        };
        say(&saturation(self.prepared, &done))?;
        let files = self
            .finish(&done, pending.len(), (schedule, effort.cut), started)?
            .join(" ");
        let performance = performance(&pending, &done, elapsed_s, schedule.side_by_side, effort);
        say(&format!("{}: {files}     {performance}\n", self.place()))?;
        self.tell_watched(&watched)?;
        Ok(ending(&done))
    }

    /// What earlier runs have found.
    fn kept(&self) -> Result<Vec<Option<Record>>, StoreError> {
        let load = |hash: &str| Ok(self.store.load(hash)?.map(|stored| stored.record));
        let points = self.prepared.points.iter();
        points.map(|point| load(&point.hash)).collect()
    }

    /// The points to simulate: what is missing, and the first where packets are watched. Of points that are the same,
    /// one.
    fn pending(&self, records: &[Option<Record>]) -> Vec<usize> {
        let is_watched = |point| point == 0 && !self.watch.is_empty();
        let mut seen = BTreeSet::new();
        let first_of_its_kind = |point: &usize| seen.insert(&self.prepared.points[*point].hash);
        let missing = (0..records.len()).filter(|&point| records[point].is_none() || is_watched(point));
        missing.filter(first_of_its_kind).collect()
    }

    /// Simulates the pending points and fills in their records; prints a line a point in the order of the sweep.
    fn simulate(
        &self,
        pending: &[usize],
        schedule: Schedule,
        records: &mut [Option<Record>],
    ) -> Result<(Vec<WatchEvent>, Effort), Failure> {
        let twins = twins(self.prepared);
        let twins_of = |point: usize| &twins[&*self.prepared.points[point].hash];
        for &twin in pending.iter().flat_map(|&point| twins_of(point)) {
            records[twin] = None;
        }
        let kept = records.iter().flatten().count();
        if kept > 0 {
            let all = records.len();
            say(&format!(
                "  {kept} of {all} points are there from an earlier run\n"
            ))?;
        }
        let lines = Lines::new(self.prepared);
        let mut table = PointsTable::new(self.store, self.prepared);
        let mut watched = Vec::new();
        let mut effort = Effort::NONE;
        let mut printed = print_lines(&lines, records, 0)?;
        // The first that fails; the points that are under way are finished and kept all the same.
        let mut failure = Ok(());
        let pool = pool(schedule.side_by_side)?;
        run(
            self.prepared,
            pending,
            self.watch,
            self.store,
            (&pool, schedule),
            &mut |finished, bar| {
                let Finished {
                    point,
                    record,
                    watched: events,
                    effort: of_point,
                } = finished;
                effort = effort.and(of_point);
                for &twin in twins_of(point) {
                    records[twin] = Some(record.clone());
                }
                watched.extend(events);
                let told = bar.aside(|| print_lines(&lines, records, printed));
                let told = told.map(|next| printed = next).map_err(Failure::from);
                let updated = table.update(records).map_err(Failure::from);
                if failure.is_ok() {
                    failure = told.and(updated);
                }
            },
        );
        failure?;
        for (point, record) in records.iter().enumerate().skip(printed) {
            if let Some(record) = record {
                say(&lines.line(point, record))?;
            }
        }
        Ok((watched, effort))
    }

    /// Writes all but `points.csv`, and drops the points of earlier experiments; answers the names of the files.
    fn finish(
        &self,
        records: &[Record],
        simulated: usize,
        (schedule, cut): (Schedule, Cut),
        started: SystemTime,
    ) -> Result<Vec<String>, Failure> {
        let Self { prepared, store, .. } = *self;
        let plan = &prepared.plan;
        results::write_links(store, prepared)?;
        results::write_latencies(store, prepared)?;
        results::write_deadlocks(store, self.prepared, records)?;
        let hashes: BTreeSet<&str> = prepared.points.iter().map(|point| &*point.hash).collect();
        let dropped = store.retain(&hashes)?;
        if dropped > 0 {
            say(&format!(
                "dropped {dropped} stored results that are not of this experiment\n"
            ))?;
        }
        let pool = pool(self.threads.threads)?;
        let pictures = pool.install(|| results::draw(store.folder(), plan, store.folder()))?;
        for reason in &pictures.left_out {
            say(&format!("left out {reason}\n"))?;
        }
        let names = results::file_names(store, plan, &pictures.names);
        let manifest = Manifest {
            name: &plan.name,
            version: VERSION,
            revision: REVISION,
            seed: plan.points[0].spec.seed,
            experiment_sha256: results::experiment_sha256(prepared),
            files: results::sizes(store, &names),
            points: plan.points.len(),
            simulated,
            side_by_side: schedule.side_by_side,
            threads_a_point: cut.threads,
            tiles: cut.tiles,
            machine: Machine::this(),
            started: utc(started),
            ended: utc(SystemTime::now()),
        };
        results::write_manifest(store, &manifest)?;
        Ok(names)
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
        let fabric = &self.prepared.points[0].fabric;
        let text = timetable(self.watch, events, &|switch| fabric.switch_name(switch));
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

/// The points of each hash.
fn twins(prepared: &Prepared) -> BTreeMap<&str, Vec<usize>> {
    let mut twins: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, point) in prepared.points.iter().enumerate() {
        twins.entry(&point.hash).or_default().push(number);
    }
    twins
}

fn pool(threads: usize) -> Result<ThreadPool, Failure> {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|error| Failure::Failed(format!("cannot start {threads} threads: {error}")))
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

/// `11.2 s, 24 M flit-hops/s, 2 points side by side`, or where points were cut for several threads
/// `11.2 s, 24 M flit-hops/s, a point on 2 threads in 16 tiles (3 % waiting)`.
fn performance(
    pending: &[usize],
    records: &[Record],
    elapsed_s: f64,
    side_by_side: usize,
    effort: Effort,
) -> String {
    let measured = pending
        .iter()
        .filter_map(|&point| records[point].measured.as_ref());
    let flit_hops: u64 = measured.map(|measured| measured.flit_hops).sum();
    let rate = rate_in_words(flit_hops as f64 / elapsed_s.max(1e-9));
    let points = match side_by_side {
        1 => "1 point at a time".to_owned(),
        points => format!("{points} points side by side"),
    };
    let waiting = match effort.cut.threads {
        1 => String::new(),
        _ => format!(" ({:.0} % waiting)", 100.0 * effort.waiting_share()),
    };
    format!("{elapsed_s:.1} s, {rate}, {points}{}{waiting}", effort.cut)
}
