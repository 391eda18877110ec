//! `fabricsim check --json`.

use std::path::Path;

use fabricsim_topologies::Proof;
use serde::Serialize;

use super::worst_case::WorstCases;
use super::{schedule, worst_cases};
use crate::analysis::Bound;
use crate::axes;
use crate::cli::CheckArgs;
use crate::estimate::Time;
use crate::experiment::{Point, Rounding};
use crate::prepare::{Prepared, PreparedPoint};

/// An experiment as `check --json` tells it.
#[derive(Serialize)]
struct Checked<'a> {
    name: &'a str,
    file: String,
    /// Of the largest simulation.
    memory_bytes: u64,
    /// Estimated time of the whole.
    seconds: f64,
    /// Where points come to their limit of cycles.
    seconds_to_limits: f64,
    /// What had to be rounded to whole cycles and flits.
    roundings: Vec<String>,
    points: Vec<CheckedPoint<'a>>,
}

/// A point as `check --json` tells it: the axes as in `points.csv`, then what is known.
#[derive(Serialize)]
struct CheckedPoint<'a> {
    load: f64,
    rate_gbps: Option<f64>,
    routing: String,
    pattern: String,
    topology: String,
    virtual_channels: u8,
    buffer_flits: u16,
    packet_flits: Option<u16>,
    seed: u64,
    zero_load_latency: f64,
    /// Those in ns and Gb/s of payload are of physical fabrics.
    zero_load_latency_ns: Option<f64>,
    zero_load_worst: u64,
    zero_load_worst_ns: Option<f64>,
    zero_load_is_sampled: bool,
    channel_bound: Option<f64>,
    channel_bound_gbps: Option<f64>,
    capacity_bound: Option<f64>,
    capacity_bound_gbps: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bound_reason: Option<&'static str>,
    worst_case: CheckedWorstCase<'a>,
    /// `None` is: not proved.
    deadlock_free: Option<bool>,
    argument: &'a str,
    memory_bytes: u64,
}

/// The permutation that the routing carries worst: a bound, or why there is none.
#[derive(Serialize)]
struct CheckedWorstCase<'a> {
    channel_bound: Option<f64>,
    channel_bound_gbps: Option<f64>,
    /// The switches of the link that bounds it.
    link: Option<[String; 2]>,
    /// By terminal; its own number where it sends nothing that the link carries.
    destinations: Option<&'a [u32]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

/// An experiment in a line.
pub(super) fn json(file: &Path, prepared: &Prepared, args: &CheckArgs) -> String {
    let worst_cases = worst_cases(prepared);
    let points = prepared.plan.points.iter().zip(&prepared.points);
    let time = Time::of(prepared, schedule(prepared, args));
    let checked = Checked {
        name: &prepared.plan.name,
        file: file.display().to_string(),
        memory_bytes: prepared.bytes(),
        seconds: time.likely,
        seconds_to_limits: time.to_limits,
        roundings: prepared.plan.roundings.iter().map(Rounding::to_string).collect(),
        points: points
            .map(|(point, prepared)| checked(point, prepared, &worst_cases))
            .collect(),
    };
    // Numbers and texts: nothing in it that JSON could refuse.
    serde_json::to_string(&checked).unwrap_or_default() + "\n"
}

fn checked<'a>(point: &Point, prepared: &'a PreparedPoint, worst_cases: &'a WorstCases) -> CheckedPoint<'a> {
    let [_, _, routing, pattern, topology, ..] = axes::cells(point);
    let (spec, physical) = (&point.spec, &point.physical);
    let analysis = &prepared.analysis;
    let in_ns = |cycles: f64| physical.map(|physical| physical.ns(cycles));
    let in_gbps = |bound: Bound| Some(physical.as_ref()?.gbps(bound.rate()?));
    let (deadlock_free, argument) = match &*prepared.proof {
        Proof::Proved { argument } => (Some(true), argument),
        Proof::Deadlock { summary, .. } => (Some(false), summary),
        Proof::NotProved { reason } => (None, reason),
    };
    CheckedPoint {
        load: spec.offered(),
        rate_gbps: physical.map(|physical| physical.offered),
        routing,
        pattern,
        topology,
        virtual_channels: spec.fabric.switch.virtual_channels,
        buffer_flits: spec.fabric.switch.buffer_flits,
        packet_flits: axes::packet_flits(spec),
        seed: spec.seed,
        zero_load_latency: analysis.zero_load_mean,
        zero_load_latency_ns: in_ns(analysis.zero_load_mean),
        zero_load_worst: analysis.zero_load_worst,
        zero_load_worst_ns: in_ns(analysis.zero_load_worst as f64),
        zero_load_is_sampled: analysis.is_sampled,
        channel_bound: analysis.channel_bound.rate(),
        channel_bound_gbps: in_gbps(analysis.channel_bound),
        capacity_bound: analysis.capacity_bound.rate(),
        capacity_bound_gbps: in_gbps(analysis.capacity_bound),
        bound_reason: analysis
            .channel_bound
            .reason()
            .or(analysis.capacity_bound.reason()),
        worst_case: worst_case(point, prepared, worst_cases),
        deadlock_free,
        argument,
        memory_bytes: prepared.bytes,
    }
}

fn worst_case<'a>(
    point: &Point,
    prepared: &PreparedPoint,
    worst_cases: &'a WorstCases,
) -> CheckedWorstCase<'a> {
    let found = worst_cases.of(prepared);
    let worst = found.as_ref().ok();
    let bound = worst.map(|worst| worst.channel_bound);
    CheckedWorstCase {
        channel_bound: bound,
        channel_bound_gbps: bound.and_then(|bound| Some(point.physical.as_ref()?.gbps(bound))),
        link: worst.map(|worst| prepared.fabric.ends_of(worst.channel)),
        destinations: worst.map(|worst| &*worst.destinations),
        reason: found.as_ref().err().copied(),
    }
}
