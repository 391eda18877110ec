//! `fabricsim check`.

use std::path::Path;

use fabricsim_topologies::Proof;
use serde::Serialize;

use super::run::results_folder;
use super::{Ending, Failure, Refusals};
use crate::axes;
use crate::cli::CheckArgs;
use crate::estimate;
use crate::experiment::{PointSpec, find, load};
use crate::memory;
use crate::prepare::{Prepared, PreparedPoint};
use crate::store::Store;
use crate::terminal::{argument, header, say};

/// Says of each experiment what would be simulated, or why it would not; all of them, whatever is wrong with some.
pub(super) fn execute(args: &CheckArgs) -> Result<Ending, Failure> {
    let mut refusals = Refusals::default();
    let mut is_first = true;
    for file in find(&args.files)? {
        let Some(prepared) = refusals.take(load(&file).and_then(Prepared::new)) else {
            continue;
        };
        let deadlocks = prepared.deadlocks();
        if args.json {
            // Also of a fabric that deadlocks: `deadlock_free` is part of the answer.
            say(&json(&file, &prepared, args))?;
        } else if deadlocks.is_none() {
            let separator = if is_first { "" } else { "\n" };
            say(&format!("{separator}{}", text(&prepared, args)))?;
        }
        is_first = false;
        if let Some(refused) = deadlocks {
            refusals.add(&refused);
        }
    }
    match refusals.all() {
        Some(refused) => Err(refused.into()),
        None => Ok(Ending::Done),
    }
}

fn text(prepared: &Prepared, args: &CheckArgs) -> String {
    let threads = prepared.side_by_side(args.threads.resolve());
    let folder = args.out.clone().unwrap_or_else(|| results_folder(prepared));
    let hashes = prepared.points.iter().map(|point| &*point.hash);
    let there = match Store::finished(&folder, hashes) {
        0 => String::new(),
        finished => format!(
            "  {finished} of {} points are in {} already\n",
            prepared.points.len(),
            folder.display()
        ),
    };
    format!(
        "{}\n{}{}  memory {} a simulation, {threads} side by side   time {}\n{there}",
        prepared.plan.effective(),
        header(prepared),
        argument(prepared),
        memory::in_words(prepared.bytes()),
        estimate::in_words(estimate::seconds(prepared, threads)),
    )
}

/// An experiment as `check --json` tells it.
#[derive(Serialize)]
struct Checked<'a> {
    name: &'a str,
    file: String,
    /// Of the largest simulation.
    memory_bytes: u64,
    /// Estimated time of the whole.
    seconds: f64,
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
    channel_bound: Option<f64>,
    capacity_bound: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bound_reason: Option<&'static str>,
    /// `None` is: not proved.
    deadlock_free: Option<bool>,
    argument: &'a str,
    memory_bytes: u64,
}

fn json(file: &Path, prepared: &Prepared, args: &CheckArgs) -> String {
    let threads = prepared.side_by_side(args.threads.resolve());
    let points = prepared.plan.points.iter().zip(&prepared.points);
    let checked = Checked {
        name: &prepared.plan.name,
        file: file.display().to_string(),
        memory_bytes: prepared.bytes(),
        seconds: estimate::seconds(prepared, threads),
        points: points
            .map(|(point, prepared)| checked(&point.spec, prepared))
            .collect(),
    };
    // Numbers and texts: nothing in it that JSON could refuse.
    serde_json::to_string(&checked).unwrap_or_default() + "\n"
}

fn checked<'a>(spec: &PointSpec, point: &'a PreparedPoint) -> CheckedPoint<'a> {
    let [_, _, routing, pattern, topology, ..] = axes::cells(spec);
    let analysis = &point.analysis;
    let (deadlock_free, argument) = match &*point.proof {
        Proof::Proved { argument } => (Some(true), argument),
        Proof::Deadlock { summary, .. } => (Some(false), summary),
        Proof::NotProved { reason } => (None, reason),
    };
    CheckedPoint {
        load: spec.offered(),
        rate_gbps: None,
        routing,
        pattern,
        topology,
        virtual_channels: spec.fabric.switch.virtual_channels,
        buffer_flits: spec.fabric.switch.buffer_flits,
        packet_flits: axes::packet_flits(spec),
        seed: spec.seed,
        zero_load_latency: analysis.zero_load_mean,
        channel_bound: analysis.channel_bound.rate(),
        capacity_bound: analysis.capacity_bound.rate(),
        bound_reason: analysis
            .channel_bound
            .reason()
            .or(analysis.capacity_bound.reason()),
        deadlock_free,
        argument,
        memory_bytes: point.bytes,
    }
}
