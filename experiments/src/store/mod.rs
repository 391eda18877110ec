//! The result folder of an experiment: every finished point in a file of its own, `points/<hash>.json`,
//! written at once and whole, so that nothing finished is ever lost and an interrupted run goes on where it
//! stopped.

pub mod atomic;

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::manifest::VERSION;
use crate::record::Record;

const LOCK: &str = ".lock";
const POINTS: &str = "points";

/// A finished point as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredPoint {
    /// Version of the program that simulated it: another may find something else.
    pub version: String,
    /// Its result.
    pub record: Record,
    /// Flits on each link in the measured window, in the order of `Network::links`.
    pub link_flits: Vec<u64>,
    /// The cumulative distribution of packet latency: pairs of a latency \[cycles\] and the packets that took at most
    /// as long, rising. Empty where there is no latency.
    pub latencies: Vec<(u64, u64)>,
}

/// Why a result folder can't be used.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The file system refused.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another process writes to it.
    #[error(
        "another fabricsim is writing to `{}`; wait for it, or choose another folder with `--out`",
        .0.display()
    )]
    InUse(PathBuf),
}

impl StoreError {
    /// Wraps what the system said of `action` on `path`.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}

/// An open result folder. One process at a time: the folder is locked until this is dropped, or the process
/// ends in whatever way.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    points: PathBuf,
    /// Holds the lock.
    _lock: File,
}

impl Store {
    /// Opens `folder`, making it where it is missing, and clears what a killed process left half-written.
    ///
    /// # Errors
    /// Where it can't be written to, or another process has it open.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let points = folder.join(POINTS);
        fs::create_dir_all(&points).map_err(StoreError::io("create the folder", &points))?;
        let lock = lock(folder)?;
        for place in [folder, &points] {
            atomic::remove_leftovers(place).map_err(StoreError::io("clean the folder", place))?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            points,
            _lock: lock,
        })
    }

    /// How many of some points `folder` has a result of, whether it can be used or not. Changes nothing.
    pub fn finished<'a>(folder: &Path, hashes: impl IntoIterator<Item = &'a str>) -> usize {
        let points = folder.join(POINTS);
        let is_there = |hash: &&str| points.join(format!("{hash}.json")).is_file();
        hashes.into_iter().filter(is_there).count()
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The stored point of that hash. A file that can't be understood or is from another version counts as none: the
    /// point is simulated again.
    ///
    /// # Errors
    /// Where the file is there but can't be read.
    pub fn load(&self, hash: &str) -> Result<Option<StoredPoint>, StoreError> {
        let path = self.point_path(hash);
        match fs::read(&path) {
            Ok(bytes) => {
                let point: Option<StoredPoint> = serde_json::from_slice(&bytes).ok();
                Ok(point.filter(|point| point.version == VERSION))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::io("read", &path)(error)),
        }
    }

    /// Stores a finished point.
    ///
    /// # Errors
    /// Where it can't be written.
    pub fn save(&self, hash: &str, point: &StoredPoint) -> Result<(), StoreError> {
        let path = self.point_path(hash);
        atomic::write(&path, |out| {
            serde_json::to_writer(out, point).map_err(io::Error::from)
        })
        .map_err(StoreError::io("write", &path))
    }

    /// Drops every stored point whose hash is not in `keep`; answers how many.
    ///
    /// # Errors
    /// Where one can't be deleted.
    pub fn retain(&self, keep: &BTreeSet<&str>) -> Result<usize, StoreError> {
        let mut dropped = 0;
        for hash in self.stored()? {
            if keep.contains(hash.as_str()) {
                continue;
            }
            let path = self.point_path(&hash);
            fs::remove_file(&path).map_err(StoreError::io("delete", &path))?;
            dropped += 1;
        }
        Ok(dropped)
    }

    /// Writes a file of the folder whole or not at all.
    ///
    /// # Errors
    /// Where it can't be written.
    pub fn write(
        &self,
        name: &str,
        fill: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
    ) -> Result<(), StoreError> {
        let path = self.folder.join(name);
        atomic::write(&path, fill).map_err(StoreError::io("write", &path))
    }

    /// Deletes a file of the folder, if it is there.
    ///
    /// # Errors
    /// Where it is there but can't be deleted.
    pub fn remove(&self, name: &str) -> Result<(), StoreError> {
        let path = self.folder.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::io("delete", &path)(error))
            }
            _ => Ok(()),
        }
    }

    fn stored(&self) -> Result<Vec<String>, StoreError> {
        let listing = StoreError::io("read the folder", &self.points);
        let names: io::Result<Vec<_>> = match fs::read_dir(&self.points) {
            Ok(entries) => entries.map(|entry| Ok(entry?.file_name())).collect(),
            Err(error) => Err(error),
        };
        let hashes = names.map_err(listing)?.into_iter().filter_map(|name| {
            let hash = name.to_str()?.strip_suffix(".json")?;
            hash.bytes()
                .all(|b| b.is_ascii_hexdigit())
                .then(|| hash.to_owned())
        });
        Ok(hashes.collect())
    }

    fn point_path(&self, hash: &str) -> PathBuf {
        self.points.join(format!("{hash}.json"))
    }
}

fn lock(folder: &Path) -> Result<File, StoreError> {
    let path = folder.join(LOCK);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(StoreError::io("write", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(StoreError::io("lock", &path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::{Latency, Measured, Verdict};

    fn point(mean: f64, flits: u64) -> StoredPoint {
        StoredPoint {
            version: VERSION.to_owned(),
            record: Record {
                verdict: Verdict::TimeLimit,
                reason: "the cycles ran out".to_owned(),
                measured: Some(Measured {
                    window: 1000,
                    terminals: 64,
                    generated: flits,
                    accepted: flits,
                    accepted_min: 0,
                    latency: Some(Latency {
                        mean,
                        ci95: None,
                        p50: 1,
                        p99: 2,
                        p999: 3,
                        max: flits,
                        network_mean: mean / 3.0,
                        hops_mean: mean / 7.0,
                    }),
                    packets: flits,
                    cycles: 2000,
                    flit_hops: flits,
                    hottest: None,
                    waiting: Vec::new(),
                }),
                wall_s: mean / 11.0,
            },
            link_flits: vec![flits; 3],
            latencies: vec![(1, 1), (flits, flits)],
        }
    }

    proptest! {
        /// A kept point gives the same row as the day it was simulated, to the last bit.
        #[test]
        fn a_point_reads_back_the_same(mean in 0.0..1e9_f64, flits: u64) {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::open(folder.path()).unwrap();
            store.save("ab", &point(mean, flits)).unwrap();
            prop_assert_eq!(store.load("ab").unwrap(), Some(point(mean, flits)));
        }
    }

    #[test]
    fn a_torn_or_foreign_file_counts_as_missing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        store.save("ab", &point(1.5, 7)).unwrap();
        let path = store.point_path("ab");
        let whole = fs::read(&path).unwrap();
        for content in [&whole[..whole.len() / 2], b"", b"{\"other\": 1}"] {
            fs::write(&path, content).unwrap();
            assert_eq!(store.load("ab").unwrap(), None);
        }
    }

    #[test]
    fn a_point_of_another_version_counts_as_missing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let old = StoredPoint {
            version: "0.0.1".to_owned(),
            ..point(1.5, 7)
        };
        store.save("ab", &old).unwrap();
        assert_eq!(store.load("ab").unwrap(), None);
    }

    #[test]
    fn only_points_that_left_the_sweep_are_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        for hash in ["aa", "bb", "cc"] {
            store.save(hash, &point(1.0, 1)).unwrap();
        }
        fs::write(folder.path().join("points/notes.json"), "mine").unwrap();

        assert_eq!(store.retain(&BTreeSet::from(["bb"])).unwrap(), 2);

        assert!(store.load("bb").unwrap().is_some());
        assert!(store.load("aa").unwrap().is_none());
        assert!(folder.path().join("points/notes.json").exists());
    }

    #[test]
    fn a_folder_is_open_once() {
        let folder = tempfile::tempdir().unwrap();
        let first = Store::open(folder.path()).unwrap();
        assert!(matches!(Store::open(folder.path()), Err(StoreError::InUse(_))));
        drop(first);
        Store::open(folder.path()).unwrap();
    }
}
