//! `manifest.json`: where a folder of results comes from.

use std::collections::BTreeMap;
use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

/// Version of this program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What is written of the last run that simulated anything. Points kept from runs before are counted, not described.
#[derive(Clone, Debug, Serialize)]
pub struct Manifest<'a> {
    /// Name of the experiment.
    pub name: &'a str,
    /// Version of fabricsim.
    pub version: &'static str,
    /// Revision that it was built from, where the build was told (`FABRICSIM_REVISION`).
    pub revision: Option<&'static str>,
    /// Seed of the experiment; points of a sweep over seeds have their own in `points.csv`.
    pub seed: u64,
    /// SHA-256 of `experiment.ron`.
    pub experiment_sha256: String,
    /// The other files of the folder, and their sizes \[B\].
    pub files: BTreeMap<String, u64>,
    /// Points of the sweep.
    pub points: usize,
    /// Points that this run simulated.
    pub simulated: usize,
    /// Points that were simulated side by side.
    pub side_by_side: usize,
    /// Threads that simulated a point; of different points, the most.
    pub threads_a_point: usize,
    /// Tiles that a point was cut into; likewise.
    pub tiles: u32,
    /// Where it ran.
    pub machine: Machine,
    /// Start of the run, UTC.
    pub started: String,
    /// End of the run, UTC.
    pub ended: String,
}

/// Revision that this program was built from, where the build was told.
pub const REVISION: Option<&str> = option_env!("FABRICSIM_REVISION");

/// A machine.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// Its name, where the system says.
    pub host: Option<String>,
    /// Operating system.
    pub os: &'static str,
    /// Instruction set.
    pub architecture: &'static str,
    /// Model of its processors, where the system says.
    pub cpu: Option<String>,
    /// Processors that this process may use.
    pub processors: usize,
}

impl Machine {
    /// The one that this runs on.
    pub fn this() -> Self {
        let first_line = |path| Some(fs::read_to_string(path).ok()?.lines().next()?.trim().to_owned());
        Self {
            host: first_line("/proc/sys/kernel/hostname"),
            os: std::env::consts::OS,
            architecture: std::env::consts::ARCH,
            cpu: fs::read_to_string("/proc/cpuinfo")
                .ok()
                .and_then(|info| cpu_model(&info)),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

fn cpu_model(cpuinfo: &str) -> Option<String> {
    let line = cpuinfo.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// A time as `2026-11-22T18:30:05Z`.
pub fn utc(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month and day of a day counted from 1970-01-01: Hinnant, "chrono-compatible low-level date algorithms",
/// `civil_from_days`.
fn civil(days: u64) -> (u64, u64, u64) {
    // From here on years begin on 1 March, so that the leap day is the last of its year.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era;
    if month < 10 {
        (year, month + 3, day)
    } else {
        (year + 1, month - 9, day)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_utc() {
        let at = |seconds| utc(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(at(1_798_761_599), "2026-12-31T23:59:59Z");
    }

    #[test]
    fn the_processor_is_named() {
        let info = "processor\t: 0\nmodel name\t: Fast CPU @ 3 GHz\n\nmodel name\t: Other\n";
        assert_eq!(cpu_model(info).as_deref(), Some("Fast CPU @ 3 GHz"));
        assert_eq!(cpu_model("processor: 0\n"), None);
    }
}
