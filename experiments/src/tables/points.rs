//! `points.csv`: a row a point, in the order of the sweep.

use std::io::{self, Write};

use super::{cell, number};
use crate::analysis::{Analysis, Bound};
use crate::experiment::PhysicalPoint;
use crate::record::Record;

/// The axes of a sweep, the first columns of the table.
pub const AXES: [&str; 9] = [
    "load",
    "rate_gbps",
    "routing",
    "pattern",
    "topology",
    "virtual_channels",
    "buffer_flits",
    "packet_flits",
    "seed",
];

/// What was found at a point, the columns after the axes. Rates in flits/terminal/cycle, latencies in cycles; in physical
/// fabrics also in Gb/s a terminal, of payload and with frames as on the wire, and in ns.
pub const COLUMNS: [&str; 35] = [
    "verdict",
    "offered",
    "generated",
    "accepted",
    "accepted_min",
    "latency_mean",
    "latency_ci95",
    "latency_p50",
    "latency_p99",
    "latency_p999",
    "latency_max",
    "network_latency_mean",
    "hops_mean",
    "packets",
    "cycles",
    "flit_hops",
    "wall_s",
    "offered_gbps",
    "generated_gbps",
    "accepted_gbps",
    "accepted_min_gbps",
    "offered_wire_gbps",
    "accepted_wire_gbps",
    "latency_mean_ns",
    "latency_ci95_ns",
    "latency_p50_ns",
    "latency_p99_ns",
    "latency_p999_ns",
    "latency_max_ns",
    "network_latency_mean_ns",
    "channel_bound",
    "capacity_bound",
    "channel_bound_gbps",
    "capacity_bound_gbps",
    "reason",
];

/// A point of the table.
#[derive(Clone, Debug)]
pub struct PointRow<'a> {
    /// Its values on the axes.
    pub axes: [String; AXES.len()],
    /// Offered load \[flits/terminal/cycle\].
    pub offered: f64,
    /// Its units; `None` in abstract fabrics, whose cells of such are empty.
    pub physical: Option<PhysicalPoint>,
    /// What is known of it beforehand.
    pub analysis: &'a Analysis,
    /// Its result.
    pub record: &'a Record,
}

/// Writes the table of some points.
///
/// # Errors
/// What `out` says.
pub fn write_points<'a>(out: impl Write, rows: impl IntoIterator<Item = &'a PointRow<'a>>) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(AXES.iter().chain(&COLUMNS))?;
    for row in rows {
        let found = found(row.offered, row.record);
        let physical = row
            .physical
            .map_or_else(Default::default, |physical| physical_cells(&physical, row.record));
        let bounds = bounds(row);
        let cells = row.axes.iter().chain(&found).chain(&physical).chain(&bounds);
        table.write_record(cells.chain([&row.record.reason]))?;
    }
    table.flush()
}

fn found(offered: f64, record: &Record) -> [String; 17] {
    let measured = record.measured.as_ref();
    let latency = record.latency();
    [
        record.verdict.name().to_owned(),
        number(Some(offered)),
        number(measured.and_then(|m| m.rate(m.generated))),
        number(record.accepted()),
        number(measured.and_then(|m| m.terminal_rate(m.accepted_min))),
        number(latency.map(|l| l.mean)),
        number(latency.and_then(|l| l.ci95)),
        cell(latency.map(|l| l.p50)),
        cell(latency.map(|l| l.p99)),
        cell(latency.map(|l| l.p999)),
        cell(latency.map(|l| l.max)),
        number(latency.map(|l| l.network_mean)),
        number(latency.map(|l| l.hops_mean)),
        cell(measured.map(|m| m.packets)),
        cell(measured.map(|m| m.cycles)),
        cell(measured.map(|m| m.flit_hops)),
        number(Some(record.wall_s)),
    ]
}

/// What stands beside the measured rates: empty where the routing is adaptive, or no link is used.
fn bounds(row: &PointRow) -> [String; 4] {
    let Analysis {
        channel_bound,
        capacity_bound,
        ..
    } = row.analysis;
    let gbps = |bound: &Bound| Some(row.physical?.gbps(bound.rate()?));
    [
        number(channel_bound.rate()),
        number(capacity_bound.rate()),
        number(gbps(channel_bound)),
        number(gbps(capacity_bound)),
    ]
}

/// The same in Gb/s and ns.
fn physical_cells(physical: &PhysicalPoint, record: &Record) -> [String; 13] {
    let measured = record.measured.as_ref();
    let latency = record.latency();
    let gbps = |flits: Option<f64>| number(flits.map(|flits| physical.gbps(flits)));
    let ns = |cycles: Option<f64>| number(cycles.map(|cycles| physical.ns(cycles)));
    [
        number(Some(physical.offered)),
        gbps(measured.and_then(|m| m.rate(m.generated))),
        gbps(record.accepted()),
        gbps(measured.and_then(|m| m.terminal_rate(m.accepted_min))),
        number(Some(physical.offered_wire())),
        number(record.accepted().map(|flits| physical.wire_gbps(flits))),
        ns(latency.map(|l| l.mean)),
        ns(latency.and_then(|l| l.ci95)),
        ns(latency.map(|l| l.p50 as f64)),
        ns(latency.map(|l| l.p99 as f64)),
        ns(latency.map(|l| l.p999 as f64)),
        ns(latency.map(|l| l.max as f64)),
        ns(latency.map(|l| l.network_mean)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Latency, Measured, Verdict};

    fn axes() -> [String; AXES.len()] {
        [
            "0.5",
            "",
            "DimensionOrder",
            "Uniform",
            "Torus(sides: [8, 8])",
            "8",
            "4",
            "1",
            "7",
        ]
        .map(str::to_owned)
    }

    fn table(record: &Record) -> String {
        let mut out = Vec::new();
        let row = PointRow {
            axes: axes(),
            offered: 0.5,
            physical: None,
            analysis: &Analysis {
                zero_load_mean: 30.0,
                zero_load_worst: 50,
                is_sampled: false,
                mean_distance: 4.0625,
                channel_bound: Bound::Rate(1.25),
                capacity_bound: Bound::Rate(1.0),
            },
            record,
        };
        write_points(&mut out, &[row]).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_converged_point_fills_its_row() {
        let record = Record {
            verdict: Verdict::Converged,
            reason: "precise, and all arrived".to_owned(),
            measured: Some(Measured {
                window: 100,
                terminals: 4,
                generated: 202,
                accepted: 200,
                accepted_min: 10,
                latency: Some(Latency {
                    mean: 31.25,
                    ci95: Some(0.5),
                    p50: 30,
                    p99: 40,
                    p999: 50,
                    max: 60,
                    network_mean: 30.0,
                    hops_mean: 5.0625,
                }),
                packets: 202,
                cycles: 300,
                flit_hops: 1010,
                hottest: None,
                waiting: Vec::new(),
            }),
            wall_s: 0.25,
        };
        assert_eq!(
            table(&record),
            "load,rate_gbps,routing,pattern,topology,virtual_channels,buffer_flits,packet_flits,seed,\
             verdict,offered,generated,accepted,accepted_min,latency_mean,latency_ci95,latency_p50,latency_p99,\
             latency_p999,latency_max,network_latency_mean,hops_mean,packets,cycles,flit_hops,wall_s,\
             offered_gbps,generated_gbps,accepted_gbps,accepted_min_gbps,offered_wire_gbps,accepted_wire_gbps,\
             latency_mean_ns,latency_ci95_ns,latency_p50_ns,latency_p99_ns,latency_p999_ns,latency_max_ns,\
             network_latency_mean_ns,channel_bound,capacity_bound,channel_bound_gbps,capacity_bound_gbps,reason\n\
             0.5,,DimensionOrder,Uniform,\"Torus(sides: [8, 8])\",8,4,1,7,\
             converged,0.5,0.505,0.5,0.1,31.25,0.5,30,40,50,60,30,5.0625,202,300,1010,0.25,\
             ,,,,,,,,,,,,,1.25,1,,,\"precise, and all arrived\"\n"
        );
    }

    #[test]
    fn a_failed_point_has_empty_cells_and_its_reason() {
        let table = table(&Record::failed("out of memory".to_owned()));
        assert!(
            table.ends_with("failed,0.5,,,,,,,,,,,,,,,0,,,,,,,,,,,,,,1.25,1,,,out of memory\n"),
            "{table}"
        );
    }
}
