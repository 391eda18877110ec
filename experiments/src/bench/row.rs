//! A row of the table: the medians of a configuration, and where they come from.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::sample::Sample;
use crate::manifest::{Machine, REVISION, VERSION, utc};

/// A configuration's row. Its fields are the columns of the table, in their order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The configuration.
    pub name: String,
    /// Simulated cycles that were measured.
    pub cycles: u64,
    /// Flits through switches in them.
    pub flit_hops: u64,
    /// Runs that the medians are of.
    pub repeats: usize,
    /// Median rate.
    pub flit_hops_per_s: f64,
    /// Rate of the fastest run.
    pub flit_hops_per_s_best: f64,
    /// Rate of the slowest run.
    pub flit_hops_per_s_worst: f64,
    /// Median time.
    pub ns_per_flit_hop: f64,
    /// Median time in which the simulating thread had a processor.
    #[serde(default)]
    pub cpu_ns_per_flit_hop: Option<f64>,
    /// Median of the instructions of the simulating thread, without the system's.
    #[serde(default)]
    pub instructions_per_flit_hop: Option<f64>,
    /// Median of the processor's cycles, likewise.
    #[serde(default)]
    pub cpu_cycles_per_flit_hop: Option<f64>,
    /// Median of the simulated cycles a second.
    pub cycles_per_s: f64,
    /// Memory of the simulation as it is estimated before it starts, by terminal.
    pub bytes_per_node: f64,
    /// Memory that the process grew by, by terminal; of large fabrics.
    #[serde(default)]
    pub resident_bytes_per_node: Option<f64>,
    /// Reading and checking the experiment, network, routing, deadlock proof, bounds.
    pub prepare_s: f64,
    /// Median time to build sources and engine, and of a first cycle.
    pub build_s: f64,
    /// Version of fabricsim.
    pub version: String,
    /// Revision that it was built from, where the build was told.
    #[serde(default)]
    pub revision: Option<String>,
    /// Whether it was built with optimisation.
    pub optimised: bool,
    /// Model of the processors.
    #[serde(default)]
    pub cpu: Option<String>,
    /// Processors that the process may use.
    pub processors: usize,
    /// When it was measured, UTC.
    pub measured: String,
}

/// What measures, and on what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Version of fabricsim.
    pub version: String,
    /// Revision that it was built from, where the build was told.
    pub revision: Option<String>,
    /// Whether it was built with optimisation.
    pub optimised: bool,
    /// Model of the processors.
    pub cpu: Option<String>,
    /// Processors that the process may use.
    pub processors: usize,
}

impl Origin {
    /// This program on this machine.
    pub fn this() -> Self {
        let machine = Machine::this();
        Self {
            version: VERSION.to_owned(),
            revision: REVISION.map(str::to_owned),
            // The profiles that check the engine as they go are those that are slow.
            optimised: !cfg!(debug_assertions),
            cpu: machine.cpu,
            processors: machine.processors,
        }
    }

    /// Model and number of the processors.
    pub fn machine(&self) -> String {
        let cpu = self.cpu.as_deref().unwrap_or("unknown processors");
        format!("{cpu}, {} to use", self.processors)
    }
}

/// How large a simulation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Terminals.
    pub nodes: u32,
    /// Bytes as estimated.
    pub estimated: u64,
    /// Bytes that the process grew by.
    pub resident: Option<u64>,
}

impl Row {
    /// The medians of `samples`, at least one, all of the same work.
    pub fn of(name: &str, origin: &Origin, samples: &[Sample], prepare_s: f64, size: Size) -> Self {
        let of = |value: fn(&Sample) -> f64| samples.iter().map(value).collect::<Vec<_>>();
        let some = |value: fn(&Sample) -> Option<f64>| {
            let values: Option<Vec<f64>> = samples.iter().map(value).collect();
            values.map(median)
        };
        let rates = of(Sample::flit_hops_per_s);
        let rate = median(rates.clone());
        let a_node = |bytes: u64| bytes as f64 / f64::from(size.nodes);
        let work = |value: fn(&Sample) -> u64| samples.first().map_or(0, value);
        Self {
            name: name.to_owned(),
            cycles: work(Sample::cycles),
            flit_hops: work(Sample::flit_hops),
            repeats: samples.len(),
            flit_hops_per_s: rate,
            flit_hops_per_s_best: rates.iter().copied().fold(rate, f64::max),
            flit_hops_per_s_worst: rates.iter().copied().fold(rate, f64::min),
            ns_per_flit_hop: 1e9 / rate,
            cpu_ns_per_flit_hop: some(Sample::cpu_ns),
            instructions_per_flit_hop: some(Sample::instructions),
            cpu_cycles_per_flit_hop: some(Sample::cpu_cycles),
            cycles_per_s: median(of(Sample::cycles_per_s)),
            bytes_per_node: a_node(size.estimated),
            resident_bytes_per_node: size.resident.map(a_node),
            prepare_s,
            build_s: median(of(Sample::build_s)),
            version: origin.version.clone(),
            revision: origin.revision.clone(),
            optimised: origin.optimised,
            cpu: origin.cpu.clone(),
            processors: origin.processors,
            measured: utc(SystemTime::now()),
        }
    }

    /// What measured it, and on what.
    pub fn origin(&self) -> Origin {
        Origin {
            version: self.version.clone(),
            revision: self.revision.clone(),
            optimised: self.optimised,
            cpu: self.cpu.clone(),
            processors: self.processors,
        }
    }

    /// Distance of the fastest from the slowest run, as a share of the median.
    pub fn spread(&self) -> f64 {
        (self.flit_hops_per_s_best - self.flit_hops_per_s_worst) / self.flit_hops_per_s
    }

    /// The share of the time in which the simulating thread had a processor.
    pub fn busy(&self) -> Option<f64> {
        Some(self.cpu_ns_per_flit_hop? / self.ns_per_flit_hop)
    }
}

/// The middle one, or the mean of the two in the middle; 0 of nothing.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::sample::tests::sample;
    use super::*;

    /// A row of so many flit-hops a second.
    pub fn row(name: &str, flit_hops_per_s: f64) -> Row {
        let size = Size {
            nodes: 64,
            estimated: 640_000,
            resident: None,
        };
        let origin = Origin {
            version: "1.2.3".to_owned(),
            revision: None,
            optimised: true,
            cpu: Some("Fast, with \"quotes\"".to_owned()),
            processors: 2,
        };
        Row {
            flit_hops_per_s,
            ns_per_flit_hop: 1e9 / flit_hops_per_s,
            ..Row::of(name, &origin, &[sample(100)], 0.5, size)
        }
    }

    #[test]
    fn medians_are_in_the_middle() {
        assert_eq!(median(vec![]), 0.0);
        assert_eq!(median(vec![3.0]), 3.0);
        assert_eq!(median(vec![4.0, 1.0]), 2.5);
        assert_eq!(median(vec![9.0, 1.0, 2.0]), 2.0);
    }

    #[test]
    fn a_row_has_the_medians() {
        let samples = [sample(100), sample(400), sample(200)];
        let size = Size {
            nodes: 10,
            estimated: 1_000,
            resident: Some(2_000),
        };
        let row = Row::of("x", &Origin::this(), &samples, 0.5, size);
        assert_eq!(row.flit_hops_per_s, 5e6);
        assert_eq!(
            (row.flit_hops_per_s_worst, row.flit_hops_per_s_best),
            (2.5e6, 10e6)
        );
        assert_eq!(
            (row.ns_per_flit_hop, row.cpu_ns_per_flit_hop),
            (200.0, Some(100.0))
        );
        assert_eq!((row.spread(), row.busy()), (1.5, Some(0.5)));
        assert_eq!(
            (row.bytes_per_node, row.resident_bytes_per_node),
            (100.0, Some(200.0))
        );
    }
}
