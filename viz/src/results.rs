//! Reads `points.csv`, the table of an experiment's results.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::table::{ResultsError, Table};

/// The table of points in a result folder.
const POINTS_FILE: &str = "points.csv";

/// How a point ended, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Precise, and every measured packet arrived.
    Converged,
    /// The cycles ran out first.
    TimeLimit,
    /// The fabric accepts less than is offered.
    Saturated,
    /// Nothing moves.
    Stalled,
    /// A cycle of waiting packets was found.
    Deadlocked,
    /// The simulation failed.
    Failed,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Converged => "converged",
            Self::TimeLimit => "time limit",
            Self::Saturated => "saturated",
            Self::Stalled => "stalled",
            Self::Deadlocked => "deadlocked",
            Self::Failed => "failed",
        })
    }
}

/// A row of `points.csv`. Loads are in flits/terminal/cycle and times in cycles unless named otherwise.
/// `None` is an empty cell or a column that the file does not have: the statistic does not exist.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Point {
    /// The result folder that it was read from.
    #[serde(skip)]
    pub folder: PathBuf,
    /// Its row in that folder's table, from 0: what the other tables call it by.
    #[serde(skip)]
    pub row: usize,
    /// Axis: load, as a fraction of a terminal's injection bandwidth.
    pub load: Option<f64>,
    /// Axis: payload rate of a terminal in Gb/s.
    pub rate_gbps: Option<f64>,
    /// Axis: routing.
    pub routing: Option<String>,
    /// Axis: traffic pattern.
    pub pattern: Option<String>,
    /// Axis: topology.
    pub topology: Option<String>,
    /// Axis: virtual channels.
    pub virtual_channels: Option<u32>,
    /// Axis: flits of buffer for each virtual channel.
    pub buffer_flits: Option<u32>,
    /// Axis: flits of a packet.
    pub packet_flits: Option<u32>,
    /// Axis: seed.
    pub seed: Option<u64>,
    /// How it ended.
    pub verdict: Verdict,
    /// What the experiment asks for.
    pub offered: Option<f64>,
    /// What the sources made.
    pub generated: Option<f64>,
    /// What was ejected.
    pub accepted: Option<f64>,
    /// What was ejected at the worst terminal.
    pub accepted_min: Option<f64>,
    /// Mean packet latency.
    pub latency_mean: Option<f64>,
    /// Half-width of its 95 % confidence interval.
    pub latency_ci95: Option<f64>,
    /// Median packet latency.
    pub latency_p50: Option<f64>,
    /// 99th percentile of packet latency.
    pub latency_p99: Option<f64>,
    /// 99.9th percentile of packet latency.
    pub latency_p999: Option<f64>,
    /// Largest packet latency.
    pub latency_max: Option<f64>,
    /// Mean latency from injection of the head.
    pub network_latency_mean: Option<f64>,
    /// Mean number of switches visited.
    pub hops_mean: Option<f64>,
    /// Measured packets.
    pub packets: Option<u64>,
    /// Cycles simulated.
    pub cycles: Option<u64>,
    /// Visits of flits to switches.
    pub flit_hops: Option<u64>,
    /// Time that the simulation took, in seconds.
    pub wall_s: Option<f64>,
    /// `offered` in Gb/s, in physical fabrics.
    pub offered_gbps: Option<f64>,
    /// `accepted` in Gb/s, in physical fabrics.
    pub accepted_gbps: Option<f64>,
    /// `accepted_min` in Gb/s, in physical fabrics.
    pub accepted_min_gbps: Option<f64>,
    /// `latency_mean` in ns, in physical fabrics.
    pub latency_mean_ns: Option<f64>,
    /// `latency_ci95` in ns, in physical fabrics.
    pub latency_ci95_ns: Option<f64>,
}

impl Point {
    /// What seeds of the same point agree in: load, else rate, else what is offered.
    pub(crate) fn nominal_load(&self) -> Option<f64> {
        self.load.or(self.rate_gbps).or(self.offered)
    }
}

/// Reads the `points.csv` of result folders, one after the other. Columns that it does not know are skipped.
///
/// # Errors
/// Where a file can't be read, a verdict is missing or unknown, or a cell is not a number that should be one.
pub fn read_results<P: AsRef<Path>>(folders: &[P]) -> Result<Vec<Point>, ResultsError> {
    let mut points = Vec::new();
    for folder in folders {
        read_folder(folder.as_ref(), &mut points)?;
    }
    Ok(points)
}

fn read_folder(folder: &Path, points: &mut Vec<Point>) -> Result<(), ResultsError> {
    let rows: Vec<Point> = Table::open(folder, POINTS_FILE)?.rows()?;
    points.extend(rows.into_iter().enumerate().map(|(row, point)| Point {
        folder: folder.to_path_buf(),
        row,
        ..point
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Point>, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(POINTS_FILE), text).unwrap();
        read_results(&[folder.path()]).map_err(|error| {
            let text = error.to_string();
            text.rsplit_once(POINTS_FILE).unwrap().1.to_string()
        })
    }

    #[test]
    fn rows_become_points() {
        let points = read(
            "load,rate_gbps,routing,seed,verdict,offered,latency_mean,latency_ci95,packets,unknown\n\
             0.1,,DimensionOrder,1,converged,0.1,33.25,0.3,1000,x\n\
             0.9,,DimensionOrder,1,saturated,0.9,,,5000,\n",
        )
        .unwrap();
        assert_eq!(points.len(), 2);
        assert_eq!((points[0].row, points[1].row), (0, 1));
        assert_eq!(points[0].verdict, Verdict::Converged);
        assert_eq!(points[0].latency_mean, Some(33.25));
        assert_eq!(points[0].packets, Some(1000));
        assert_eq!(points[0].routing.as_deref(), Some("DimensionOrder"));
        assert_eq!(points[1].verdict, Verdict::Saturated);
        assert_eq!((points[1].latency_mean, points[1].rate_gbps), (None, None));
        assert_eq!(points[1].accepted, None, "no such column");
    }

    #[test]
    fn every_verdict_is_read() {
        let points =
            read("verdict\nconverged\ntime-limit\nsaturated\nstalled\ndeadlocked\nfailed\n").unwrap();
        assert!(points.windows(2).all(|pair| pair[0].verdict < pair[1].verdict));
        assert_eq!(points.len(), 6);
    }

    #[test]
    fn a_table_without_rows_has_no_points() {
        assert_eq!(read("load,verdict\n"), Ok(vec![]));
    }

    #[test]
    fn errors_name_file_line_and_column() {
        let error = |text| read(text).unwrap_err();
        assert_eq!(
            error("load,verdict\n0.1,converged\nabc,converged\n"),
            ":3: column `load`: invalid float literal"
        );
        assert_eq!(error("load,verdict\n0.1\n"), ":2: 1 cells where the header has 2");
        assert!(error("load,verdict\n0.1,great\n").starts_with(":2: unknown variant `great`"));
        assert!(error("load\n0.1\n").starts_with(":2: missing field `verdict`"));
    }

    #[test]
    fn a_missing_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = read_results(&[folder.path()]).unwrap_err();
        assert!(matches!(&error, ResultsError::Open { path, .. } if path.ends_with(POINTS_FILE)));
    }
}
