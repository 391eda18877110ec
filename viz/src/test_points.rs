//! Made-up curves for tests.

use std::fmt::Write as _;

use tempfile::TempDir;

use crate::results::{Point, Verdict, read_results};
use crate::series::{CurvePoint, Sample, Series};

#[derive(Clone, Copy, Debug)]
pub struct TestPoint {
    pub verdict: Verdict,
    pub offered: f64,
    pub accepted: Option<f64>,
    pub accepted_min: Option<f64>,
    pub latency: Option<f64>,
    pub interval: Option<f64>,
    /// The lowest and the highest latency of several seeds.
    pub seeds: Option<(f64, f64)>,
    /// The values are in physical units, too.
    pub physical: bool,
}

impl TestPoint {
    /// A point that accepts what is offered, without an interval.
    pub fn converged(load: f64, latency: f64) -> Self {
        Self {
            accepted: Some(load),
            latency: Some(latency),
            ..Self::ended(load, Verdict::Converged)
        }
    }

    /// A point of which nothing is known but how it ended.
    pub fn ended(load: f64, verdict: Verdict) -> Self {
        Self {
            verdict,
            offered: load,
            accepted: None,
            accepted_min: None,
            latency: None,
            interval: None,
            seeds: None,
            physical: false,
        }
    }

    fn curve_point(&self) -> CurvePoint {
        let sample = Sample {
            offered: Some(self.offered),
            accepted: self.accepted,
            accepted_min: self.accepted_min,
            latency: self.latency,
            latency_ci95: self.interval,
            latency_seeds: self.seeds,
        };
        CurvePoint {
            verdict: self.verdict,
            seeds: 1,
            cycles: sample,
            physical: if self.physical { sample } else { Sample::default() },
        }
    }
}

pub fn series(label: &str, points: &[TestPoint]) -> Series {
    Series {
        label: label.to_string(),
        points: points.iter().map(TestPoint::curve_point).collect(),
    }
}

/// A made-up folder of results.
pub struct Folder {
    folder: TempDir,
    points: String,
    links: String,
    latencies: String,
    rows: usize,
}

impl Folder {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            points: "load,routing,topology,seed,verdict,offered,accepted,latency_mean,latency_mean_ns\n"
                .to_string(),
            links: "point,from,from_port,to,to_port,flits,utilisation\n".to_string(),
            latencies: "point,latency,packets_at_most\n".to_string(),
            rows: 0,
        }
    }

    /// Adds a point with a latency of 40 cycles if it converged, 1,600 ns where `physical`; answers its number.
    pub fn point(
        &mut self,
        load: f64,
        routing: &str,
        topology: &str,
        verdict: &str,
        physical: bool,
    ) -> usize {
        let (cycles, nanoseconds) = match (verdict, physical) {
            ("converged", false) => ("40", ""),
            ("converged", true) => ("40", "1600"),
            _ => ("", ""),
        };
        writeln!(
            self.points,
            "{load},{routing},\"{topology}\",1,{verdict},{load},{load},{cycles},{nanoseconds}"
        )
        .unwrap();
        self.rows += 1;
        self.rows - 1
    }

    /// Adds a link: the switch and port that drive it, and its utilisation.
    pub fn link(&mut self, point: usize, from: u32, port: u8, utilisation: f64) {
        writeln!(self.links, "{point},{from},{port},0,0,1,{utilisation}").unwrap();
    }

    /// Adds all links of a torus of two dimensions, as busy as their switches' numbers say in thousandths.
    pub fn torus_links(&mut self, point: usize, switches: u32) {
        for from in 0..switches {
            for port in 0..4 {
                self.link(point, from, port, f64::from(from) / 1000.0);
            }
        }
    }

    /// Adds the distribution of a point's latency.
    pub fn latencies(&mut self, point: usize, steps: &[(u64, u64)]) {
        for (latency, packets) in steps {
            writeln!(self.latencies, "{point},{latency},{packets}").unwrap();
        }
    }

    /// Writes the tables.
    pub fn written(self) -> TempDir {
        let write = |name, text| std::fs::write(self.folder.path().join(name), text).unwrap();
        write("points.csv", &self.points);
        write("links.csv", &self.links);
        write("latencies.csv", &self.latencies);
        self.folder
    }
}

/// The points of a folder.
pub fn points_of(folder: &TempDir) -> Vec<Point> {
    read_results(&[folder.path()]).unwrap()
}
