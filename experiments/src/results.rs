//! The files of a result folder that are made from its points: tables, pictures, the experiment, the manifest.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use fabricsim_viz::{LaidOut, draw_all, read_results};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::axes;
use crate::deadlock::{self, Deadlock};
use crate::experiment::{Plan, Point, Topology, load};
use crate::manifest::{Manifest, VERSION};
use crate::prepare::{Prepared, PreparedPoint};
use crate::record::Record;
use crate::store::{Store, StoreError, StoredPoint};
use crate::tables::{
    DEADLOCK, DeadlockTable, LatencyTable, LinkRows, LinkTable, PointRow, QUANTILES, QuantileTable,
    write_points,
};
use crate::topology::drawn;

const POINTS: &str = "points.csv";
const LINKS: &str = "links.csv";
const LATENCIES: &str = "latencies.csv";
const EXPERIMENT: &str = "experiment.ron";
const MANIFEST: &str = "manifest.json";

/// Why a result folder can't be finished.
#[derive(Debug, Error)]
pub enum ResultsError {
    /// A file can't be written or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The pictures can't be drawn.
    #[error("cannot draw the pictures: {0}")]
    Pictures(String),
}

/// `points.csv` while a run goes on: rewritten as points end, but never for more than a twentieth of the time.
#[derive(Debug)]
pub struct PointsTable<'a> {
    store: &'a Store,
    prepared: &'a Prepared,
    next: Instant,
}

/// Of the time of a run, the table takes at most 1 in this.
const PATIENCE: u32 = 20;

impl<'a> PointsTable<'a> {
    /// The table of a folder.
    pub fn new(store: &'a Store, prepared: &'a Prepared) -> Self {
        Self {
            store,
            prepared,
            next: Instant::now(),
        }
    }

    /// Writes the rows that are there, in the order of the sweep, unless that was done a moment ago.
    ///
    /// # Errors
    /// Where the table can't be written.
    pub fn update(&mut self, records: &[Option<Record>]) -> Result<(), StoreError> {
        let begun = Instant::now();
        if begun < self.next {
            return Ok(());
        }
        self.write(records)?;
        let took: Duration = begun.elapsed();
        self.next = Instant::now() + took * PATIENCE;
        Ok(())
    }

    /// Writes the rows that are there, in the order of the sweep.
    ///
    /// # Errors
    /// Where the table can't be written.
    pub fn write(&self, records: &[Option<Record>]) -> Result<(), StoreError> {
        let Prepared { plan, points } = self.prepared;
        let row = |((point, prepared), record): ((&Point, &'a PreparedPoint), _)| PointRow {
            axes: axes::cells(point),
            offered: point.spec.offered(),
            physical: point.physical,
            analysis: &prepared.analysis,
            record,
        };
        let all = plan.points.iter().zip(points).zip(records);
        let there = all.filter_map(|(point, record)| Some((point, record.as_ref()?)));
        let rows: Vec<_> = there.map(row).collect();
        self.store.write(POINTS, |out| write_points(out, &rows))
    }
}

/// Why a run of the experiment `name` may not write to a folder: what is there is not its own, and would be lost.
pub fn stranger(folder: &Path, name: &str) -> Option<String> {
    let choose = "choose another folder with `--out`, or remove this one";
    let written = folder.join(EXPERIMENT);
    if !written.exists() && folder.join(POINTS).exists() {
        return Some(format!(
            "`{}` has a `{POINTS}` that is not of a run of fabricsim: {choose}",
            folder.display()
        ));
    }
    // One that can't be read any more is of another version, whose points are not used either.
    let other = load(&written).ok().filter(|plan| plan.name != name)?;
    Some(format!(
        "`{}` has the results of `{}`, which those of `{name}` would replace: {choose}",
        folder.display(),
        other.name
    ))
}

/// Begins a run: the folder is not complete any more, and says what experiment it is of. Tables that are written when
/// all points are there go: they number the points of what was run before.
///
/// # Errors
/// Where it can't be written to.
pub fn begin(store: &Store, prepared: &Prepared) -> Result<(), StoreError> {
    for name in [MANIFEST, LINKS, QUANTILES, LATENCIES, DEADLOCK] {
        store.remove(name)?;
    }
    let recorded = prepared.plan.recorded();
    for (name, fabric) in &recorded.fabrics {
        store.write(name, |out| out.write_all(fabric.graphml().as_bytes()))?;
    }
    store.write(EXPERIMENT, |out| out.write_all(recorded.experiment.as_bytes()))
}

/// SHA-256 of the experiment as the folder keeps it, in hexadecimal.
pub fn experiment_sha256(prepared: &Prepared) -> String {
    let digest = Sha256::digest(prepared.plan.recorded().experiment);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes `links.csv`, and beside it the table of quantiles where it had to be shortened.
///
/// # Errors
/// Where a table can't be written or a point not be read.
pub fn write_links(store: &Store, prepared: &Prepared) -> Result<(), StoreError> {
    let rows = LinkRows::fitting(
        prepared
            .points
            .iter()
            .map(|point| point.fabric.network().links().count())
            .sum(),
    );
    store.write(LINKS, |out| {
        let mut table = LinkTable::new(out, rows)?;
        for_each_measured(store, prepared, |number, stored, window| {
            let fabric = &prepared.points[number].fabric;
            let port = |at| fabric.port_number(at);
            table.point(number, fabric.network(), port, &stored.link_flits, window)
        })?;
        table.finish()
    })?;
    if rows == LinkRows::All {
        return store.remove(QUANTILES);
    }
    store.write(QUANTILES, |out| {
        let mut table = QuantileTable::new(out)?;
        for_each_measured(store, prepared, |number, stored, window| {
            let network = prepared.points[number].fabric.network();
            table.point(number, network, &stored.link_flits, window)
        })?;
        table.finish()
    })
}

/// Writes `latencies.csv`.
///
/// # Errors
/// Where the table can't be written or a point not be read.
pub fn write_latencies(store: &Store, prepared: &Prepared) -> Result<(), StoreError> {
    store.write(LATENCIES, |out| {
        let mut table = LatencyTable::new(out)?;
        for_each_measured(store, prepared, |number, stored, _| {
            table.point(number, &stored.latencies)
        })?;
        table.finish()
    })
}

/// Writes `deadlock.csv`; where no point ended in a deadlock neither it nor its pictures are there.
///
/// # Errors
/// Where the table can't be written.
pub fn write_deadlocks(store: &Store, prepared: &Prepared, records: &[Record]) -> Result<(), StoreError> {
    let waiting = || records.iter().map(Record::waiting).enumerate();
    if waiting().all(|(_, waiting)| waiting.is_empty()) {
        let mut files = [DEADLOCK].into_iter().chain(deadlock::PICTURES);
        return files.try_for_each(|name| store.remove(name));
    }
    store.write(DEADLOCK, |out| {
        let mut table = DeadlockTable::new(out);
        for (point, waiting) in waiting() {
            let fabric = &prepared.points[point].fabric;
            table.point(point, waiting, |at| fabric.port_number(at))?;
        }
        table.finish()
    })
}

/// Reads stored points one after the other, so that the links of one only are in memory, and hands on the length of its
/// measured window.
fn for_each_measured(
    store: &Store,
    prepared: &Prepared,
    mut act: impl FnMut(usize, &StoredPoint, u64) -> io::Result<()>,
) -> io::Result<()> {
    for (number, point) in prepared.points.iter().enumerate() {
        let stored = store.load(&point.hash).map_err(io::Error::other)?;
        let Some(stored) = stored else {
            continue;
        };
        if let Some(measured) = &stored.record.measured {
            act(number, &stored, measured.window)?;
        }
    }
    Ok(())
}

/// The pictures of a folder.
#[derive(Debug)]
pub struct Pictures {
    /// Names of those that were drawn.
    pub names: Vec<String>,
    /// Those that do not apply to the results, each with its reason: `utilisation: the topology …`.
    pub left_out: Vec<String>,
}

/// Draws the pictures of the folder `results`, whose experiment is `plan`, from its tables into `out`.
///
/// # Errors
/// Where the tables can't be read or a picture not be written.
pub fn draw(results: &Path, plan: &Plan, out: &Path) -> Result<Pictures, ResultsError> {
    let title = plan.about.as_deref().unwrap_or(&plan.name);
    let fabric = |point: &fabricsim_viz::Point| laid_out(plan, point.row);
    let mut pictures = draw_pictures(&[results], title, out, &fabric)?;
    let deadlock = deadlock::draw(results, plan, out);
    match deadlock.map_err(|error| ResultsError::Pictures(format!("deadlock: {error}")))? {
        Deadlock::None => {}
        Deadlock::Drawn => pictures.names.extend(deadlock::PICTURES.map(str::to_owned)),
        Deadlock::LeftOut(reason) => pictures.left_out.push(format!("deadlock: {reason}")),
    }
    Ok(pictures)
}

/// Draws several folders together into pictures in `out`.
///
/// # Errors
/// As [`draw`].
pub fn draw_together(folders: &[&Path], title: &str, out: &Path) -> Result<Pictures, ResultsError> {
    draw_pictures(folders, title, out, &|_| None)
}

/// The fabric of a point as it is drawn; `None` of a grid, which its ports tell.
fn laid_out(plan: &Plan, point: usize) -> LaidOut {
    let Topology::Graph(topology) = &plan.points.get(point)?.spec.fabric.topology else {
        return None;
    };
    let layout = topology.graph.layout().map_err(|error| error.to_string());
    Some(layout.map(|layout| drawn(&topology.graph, &layout)))
}

fn draw_pictures(
    folders: &[&Path],
    title: &str,
    out: &Path,
    fabric: &dyn Fn(&fabricsim_viz::Point) -> LaidOut,
) -> Result<Pictures, ResultsError> {
    let points = read_results(folders).map_err(|error| ResultsError::Pictures(error.to_string()))?;
    let drawn =
        draw_all(&points, title, out, fabric).map_err(|error| ResultsError::Pictures(error.to_string()))?;
    let names = drawn.written.iter().filter_map(|path| path.file_name());
    Ok(Pictures {
        names: names.map(|name| name.to_string_lossy().into_owned()).collect(),
        left_out: drawn.left_out,
    })
}

/// Writes the manifest, the last file of a folder: where it is, and is that of the experiment, all else is there too.
///
/// # Errors
/// Where it can't be written.
pub fn write_manifest(store: &Store, manifest: &Manifest) -> Result<(), StoreError> {
    store.write(MANIFEST, |out| {
        serde_json::to_writer_pretty(&mut *out, manifest)?;
        out.write_all(b"\n")
    })
}

/// The sizes \[B\] of files of a folder, but of its manifest.
pub fn sizes(store: &Store, names: &[String]) -> BTreeMap<String, u64> {
    let others = names.iter().filter(|&name| name != MANIFEST);
    let size = |name: &String| Some((name.clone(), size_of_file(store, name)?));
    others.filter_map(size).collect()
}

fn size_of_file(store: &Store, name: &str) -> Option<u64> {
    let about = std::fs::metadata(store.folder().join(name)).ok()?;
    about.is_file().then_some(about.len())
}

/// Whether the folder has been finished for this very experiment, and all its files are there. Pictures may have been drawn
/// anew; the others are as long as they were.
pub fn is_complete(store: &Store, prepared: &Prepared) -> bool {
    #[derive(Deserialize)]
    struct Finished {
        version: String,
        experiment_sha256: String,
        files: BTreeMap<String, u64>,
    }
    let folder = store.folder();
    let Ok(manifest) = std::fs::read(folder.join(MANIFEST)) else {
        return false;
    };
    let Ok(finished) = serde_json::from_slice::<Finished>(&manifest) else {
        return false;
    };
    finished.version == VERSION
        && finished.experiment_sha256 == experiment_sha256(prepared)
        && finished.files.iter().all(|(name, &size)| {
            let is_picture = name.ends_with(".svg") || name.ends_with(".png");
            size_of_file(store, name).is_some_and(|now| is_picture || now == size)
        })
}

/// The files of an experiment's folder with these pictures, as the last line of a run lists them.
pub fn file_names(store: &Store, plan: &Plan, pictures: &[String]) -> Vec<String> {
    let mut names = vec![POINTS.to_owned(), LINKS.to_owned()];
    if store.folder().join(QUANTILES).is_file() {
        names.push(QUANTILES.to_owned());
    }
    names.push(LATENCIES.to_owned());
    if store.folder().join(DEADLOCK).is_file() {
        names.push(DEADLOCK.to_owned());
    }
    names.extend_from_slice(pictures);
    names.push(EXPERIMENT.to_owned());
    names.extend(plan.recorded().fabrics.into_iter().map(|(name, _)| name));
    names.push(MANIFEST.to_owned());
    names
}
