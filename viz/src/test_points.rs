//! Made-up curves for tests.

use crate::results::Verdict;
use crate::series::{CurvePoint, Sample, Series};

#[derive(Clone, Copy, Debug)]
pub struct TestPoint {
    pub verdict: Verdict,
    pub offered: f64,
    pub accepted: Option<f64>,
    pub accepted_min: Option<f64>,
    pub latency: Option<f64>,
    pub interval: Option<f64>,
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
