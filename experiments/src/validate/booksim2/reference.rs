//! The reference rows: what BookSim2 measured.

use std::fmt;

use serde::Deserialize;

/// One (configuration, pattern, load), averaged over `seeds` runs of BookSim2.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Row {
    /// Name of the configuration.
    pub config: String,
    /// Traffic pattern, by BookSim2's name.
    pub traffic: String,
    /// Length of packets \[flits\].
    pub packet_flits: u32,
    /// What BookSim2 was asked for.
    pub mode: Mode,
    /// Offered load \[flits/terminal/cycle\].
    pub offered: f64,
    /// Runs that were averaged.
    pub seeds: u32,
    /// How they ended.
    pub status: Status,
    /// Mean packet latency \[cycles\].
    pub latency_mean: Option<f64>,
    /// Range of that over the seeds; 0 for one seed.
    pub latency_spread: Option<f64>,
    /// Mean number of switches visited.
    pub hops_mean: Option<f64>,
    /// Accepted rate \[flits/terminal/cycle\].
    pub accepted: f64,
    /// Packets measured, in all runs.
    pub packets: Option<u64>,
    /// Simulated before measurement.
    pub warmup_cycles: u64,
    /// Measured; `None` where BookSim2 gave up.
    pub measured_cycles: Option<u64>,
}

/// What BookSim2 was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Latency, with all measured packets drained.
    Latency,
    /// The accepted rate beyond saturation; latency means nothing there.
    Throughput,
}

/// How BookSim2's runs ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// By its own stopping rule.
    Ok,
    /// It gave up above a mean of 500 cycles: the load is beyond saturation.
    Unstable,
}

/// `CONFIG TRAFFIC MODE LOAD`: names a row in tables, filters and explanations.
impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            config,
            traffic,
            mode,
            offered,
            ..
        } = self;
        f.pad(&format!("{config} {traffic} {mode} {offered}"))
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Latency => "latency",
            Self::Throughput => "throughput",
        })
    }
}

impl Row {
    /// Rows that share a curve with this one.
    pub(super) fn curve<'a>(&self, rows: &'a [Self]) -> impl Iterator<Item = &'a Self> + use<'a> {
        let (config, traffic) = (self.config.clone(), self.traffic.clone());
        rows.iter()
            .filter(move |row| row.config == config && row.traffic == traffic)
    }

    /// Flits times switches visited in one run, roughly: those measured, and as many in warm-up. `None` where the
    /// reference does not say.
    pub(super) fn flit_hops(&self) -> Option<f64> {
        let flits = self.packets? as f64 * f64::from(self.packet_flits);
        Some(2.0 * flits * self.hops_mean? / f64::from(self.seeds.max(1)))
    }

    pub(super) fn is(&self, mode: Mode, status: Status) -> bool {
        self.mode == mode && self.status == status
    }
}
