//! What is kept of a simulated point.

use std::fmt;

use fabricsim_core::{LatencySummary, Link, Network, Outcome, Verdict as EngineVerdict};
use serde::{Deserialize, Serialize};

use crate::deadlock::Waiting;

/// The result of one point of a sweep: everything that tables, pictures and the terminal show of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// How it ended.
    pub verdict: Verdict,
    /// Why, in words.
    pub reason: String,
    /// What was measured; `None` for a point that failed.
    pub measured: Option<Measured>,
    /// Wall time of the whole simulation, warm-up and drain included, construction excluded \[s\].
    pub wall_s: f64,
}

/// How a point ended, by the name that `points.csv` gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Precise, and every measured packet arrived.
    Converged,
    /// The fabric accepts less than it is offered, and the sources' backlog grows.
    Saturated,
    /// The cycles ran out first.
    TimeLimit,
    /// A cycle of waiting packets was found.
    Deadlocked,
    /// Nothing moves, yet no such cycle was found.
    Stalled,
    /// It could not be simulated.
    Failed,
}

impl Verdict {
    /// Whether the run as a whole has failed because of such a point.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Deadlocked | Self::Stalled | Self::Failed)
    }

    /// The name in `points.csv`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::Saturated => "saturated",
            Self::TimeLimit => "time-limit",
            Self::Deadlocked => "deadlocked",
            Self::Stalled => "stalled",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The statistics of a simulated point. Counts are of flits unless named otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// Length of the measured window \[cycles\].
    pub window: u64,
    /// Terminals of the fabric.
    pub terminals: u64,
    /// Flits created in the window.
    pub generated: u64,
    /// Flits ejected in the window.
    pub accepted: u64,
    /// Flits ejected in the window at the terminal that received least.
    pub accepted_min: u64,
    /// Latency of the measured packets; `None` unless all of them arrived, and there was one.
    pub latency: Option<Latency>,
    /// Packets created in the window that arrived.
    pub packets: u64,
    /// Cycles simulated: warm-up, window and drain.
    pub cycles: u64,
    /// Flits through switches in the whole run.
    pub flit_hops: u64,
    /// The link with the highest utilisation; the first of equals; `None` where nothing crossed a link.
    pub hottest: Option<HotLink>,
    /// The cycle of waiting packets of a deadlocked point; each waits for the next, the last for the first.
    pub waiting: Vec<Waiting>,
}

impl Measured {
    /// A count of flits in the window as a rate \[flits/terminal/cycle\]; `None` for an empty window.
    pub fn rate(&self, flits: u64) -> Option<f64> {
        let slots = self.window as f64 * self.terminals as f64;
        (slots > 0.0).then(|| flits as f64 / slots)
    }

    /// A count of flits at one terminal in the window as a rate \[flits/cycle\].
    pub fn terminal_rate(&self, flits: u64) -> Option<f64> {
        (self.window > 0).then(|| flits as f64 / self.window as f64)
    }
}

/// Latency of the measured packets \[cycles\].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Latency {
    /// Mean packet latency, source queueing included.
    pub mean: f64,
    /// Half-width of its 95 % confidence interval; `None` with too few batches.
    pub ci95: Option<f64>,
    /// Median.
    pub p50: u64,
    /// 99th percentile.
    pub p99: u64,
    /// 99.9th percentile.
    pub p999: u64,
    /// Largest.
    pub max: u64,
    /// Mean from the injection of the head to the arrival of the tail.
    pub network_mean: f64,
    /// Mean number of switches visited.
    pub hops_mean: f64,
}

/// A link and how busy it was in the window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HotLink {
    /// Switch that drives it.
    pub from: u32,
    /// Output port of that switch.
    pub from_port: u8,
    /// Switch that it feeds.
    pub to: u32,
    /// Share of the flits that it could have carried.
    pub utilisation: f64,
}

impl HotLink {
    fn among(network: &Network, link_flits: &[u64], window: u64) -> Option<Self> {
        let mut hottest: Option<Self> = None;
        for (link, &flits) in network.links().zip(link_flits) {
            let utilisation = link_utilisation(link, flits, window)?;
            if utilisation > hottest.map_or(0.0, |h| h.utilisation) {
                hottest = Some(Self {
                    from: link.from.switch,
                    from_port: link.from.port,
                    to: link.to.switch,
                    utilisation,
                });
            }
        }
        hottest
    }
}

/// Share of the flits that `link` could have carried in `window` cycles; `None` for an empty window.
pub fn link_utilisation(link: &Link, flits: u64, window: u64) -> Option<f64> {
    let possible = window as f64 * link.flit_time.rate();
    (possible > 0.0).then(|| flits as f64 / possible)
}

impl Record {
    /// The record of a simulation of `network` that took `wall_s` seconds.
    pub fn of(outcome: &Outcome, network: &Network, wall_s: f64) -> Self {
        let (verdict, waiting) = match &outcome.verdict {
            EngineVerdict::Converged => (Verdict::Converged, Vec::new()),
            EngineVerdict::Saturated => (Verdict::Saturated, Vec::new()),
            EngineVerdict::TimeLimit => (Verdict::TimeLimit, Vec::new()),
            EngineVerdict::Deadlocked(cycle) => {
                (Verdict::Deadlocked, cycle.iter().map(Waiting::from).collect())
            }
            EngineVerdict::Stalled => (Verdict::Stalled, Vec::new()),
        };
        Self {
            verdict,
            reason: outcome.reason.clone(),
            measured: Some(Measured {
                window: outcome.window,
                terminals: network.terminals().len() as u64,
                generated: outcome.generated,
                accepted: outcome.accepted,
                accepted_min: outcome.accepted_min,
                latency: outcome.latency.map(Latency::from),
                packets: outcome.packets,
                cycles: outcome.cycles,
                flit_hops: outcome.flit_hops,
                hottest: HotLink::among(network, &outcome.link_flits, outcome.window),
                waiting,
            }),
            wall_s,
        }
    }

    /// The record of a point that could not be simulated.
    pub fn failed(reason: String) -> Self {
        Self {
            verdict: Verdict::Failed,
            reason,
            measured: None,
            wall_s: 0.0,
        }
    }

    /// Latency, where there is one.
    pub fn latency(&self) -> Option<&Latency> {
        self.measured.as_ref()?.latency.as_ref()
    }

    /// The cycle of waiting packets; empty unless it ended in a deadlock.
    pub fn waiting(&self) -> &[Waiting] {
        self.measured.as_ref().map_or(&[], |measured| &measured.waiting)
    }

    /// Accepted rate \[flits/terminal/cycle\], where there is one.
    pub fn accepted(&self) -> Option<f64> {
        let measured = self.measured.as_ref()?;
        measured.rate(measured.accepted)
    }

    /// What the sources made \[flits/terminal/cycle\], where it was measured.
    pub fn generated(&self) -> Option<f64> {
        let measured = self.measured.as_ref()?;
        measured.rate(measured.generated)
    }
}

impl From<LatencySummary> for Latency {
    fn from(summary: LatencySummary) -> Self {
        Self {
            mean: summary.mean,
            ci95: summary.ci95,
            p50: summary.p50,
            p99: summary.p99,
            p999: summary.p999,
            max: summary.max,
            network_mean: summary.network_mean,
            hops_mean: summary.hops_mean,
        }
    }
}
