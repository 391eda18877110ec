//! `fabricsim check`.

use std::path::Path;

use fabricsim_topologies::Proof;
use serde::Serialize;

use super::list::{GRADES, graded_line};
use super::run::results_folder;
use super::{Ending, Failure, Refusals};
use crate::analysis::Bound;
use crate::axes;
use crate::cli::CheckArgs;
use crate::estimate;
use crate::execution::{Asked, Schedule};
use crate::experiment::{GradedDefault, Plan, Point, Rounding, find, graded, load};

use crate::memory;
use crate::prepare::{Prepared, PreparedPoint};
use crate::store::Store;
use crate::terminal::{argument, header, say, switch};

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
    let schedule = schedule(prepared, args);
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
        "{}\n{}{}{}{}  memory {} a simulation, {} side by side{}   time {}\n{there}",
        prepared.plan.effective(),
        graded_defaults(&prepared.plan),
        header(prepared),
        switch(prepared),
        argument(prepared),
        memory::in_words(prepared.bytes()),
        schedule.side_by_side,
        prepared.points[0].cut(schedule),
        estimate::in_words(estimate::seconds(prepared, schedule)),
    )
}

/// How a run of all its points would share the threads.
fn schedule(prepared: &Prepared, args: &CheckArgs) -> Schedule {
    let asked = Asked {
        threads: args.threads.resolve(),
        a_point: None,
        pinned: false,
    };
    prepared.schedule(prepared.points.len(), asked)
}

/// The defaults of the preset with their grades, those that the file overrules marked; empty of a preset without.
fn graded_defaults(plan: &Plan) -> String {
    let rows = plan.preset.map_or(&[][..], graded);
    if rows.is_empty() {
        return String::new();
    }
    let overruled = |row: &GradedDefault| plan.source.gives(&row.path());
    let mut text = format!("{GRADES}\n");
    for row in rows {
        let mark = if overruled(row) {
            "   (the file says otherwise)"
        } else {
            ""
        };
        text.push_str(&format!("  {}{mark}\n", graded_line(row)));
    }
    text + "\n"
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
    /// `None` is: not proved.
    deadlock_free: Option<bool>,
    argument: &'a str,
    memory_bytes: u64,
}

fn json(file: &Path, prepared: &Prepared, args: &CheckArgs) -> String {
    let points = prepared.plan.points.iter().zip(&prepared.points);
    let checked = Checked {
        name: &prepared.plan.name,
        file: file.display().to_string(),
        memory_bytes: prepared.bytes(),
        seconds: estimate::seconds(prepared, schedule(prepared, args)),
        roundings: prepared.plan.roundings.iter().map(Rounding::to_string).collect(),
        points: points.map(|(point, prepared)| checked(point, prepared)).collect(),
    };
    // Numbers and texts: nothing in it that JSON could refuse.
    serde_json::to_string(&checked).unwrap_or_default() + "\n"
}

fn checked<'a>(point: &Point, prepared: &'a PreparedPoint) -> CheckedPoint<'a> {
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
        deadlock_free,
        argument,
        memory_bytes: prepared.bytes,
    }
}
