//! One point: from what was prepared to its result.

use std::any::Any;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use fabricsim_core::{WatchEvent, WatchRequest, simulate};
use fabricsim_traffic::sources;

use super::progress::Meter;
use crate::deadlock;
use crate::execution::{Effort, Schedule};
use crate::interrupt;
use crate::manifest::VERSION;
use crate::prepare::PreparedPoint;
use crate::record::Record;
use crate::store::StoredPoint;

/// The result of a simulation.
#[derive(Debug)]
pub(super) struct Simulated {
    /// What is kept of it.
    pub stored: StoredPoint,
    /// The timetable of the watched packets.
    pub watched: Vec<WatchEvent>,
    /// What it took.
    pub effort: Effort,
}

/// Simulates a point; `None` if Ctrl-C broke it off. A bug in the engine fails the point, not the run.
pub(super) fn simulate_point(
    point: &PreparedPoint,
    seed: u64,
    schedule: Schedule,
    watch: &[WatchRequest],
    meter: &Meter,
) -> Option<Simulated> {
    // Nothing that the closure may leave half-changed is used after a panic.
    let result = catch_unwind(AssertUnwindSafe(|| {
        try_simulate(point, seed, schedule, watch, meter)
    }));
    result.unwrap_or_else(|panic| {
        Some(Simulated {
            stored: StoredPoint {
                version: VERSION.to_owned(),
                record: Record::failed(format!("internal error: {}", message(&*panic))),
                link_flits: Vec::new(),
                latencies: Vec::new(),
            },
            watched: Vec::new(),
            effort: Effort::NONE,
        })
    })
}

fn try_simulate(
    point: &PreparedPoint,
    seed: u64,
    schedule: Schedule,
    watch: &[WatchRequest],
    meter: &Meter,
) -> Option<Simulated> {
    let cut = point.cut(schedule);
    let setup = point.setup(seed, cut);
    let mut waited = Duration::ZERO;
    let started = Instant::now();
    let outcome = simulate(setup, &point.measure, watch, &mut |progress| {
        meter.update(progress);
        waited = progress.waited;
        if interrupt::asked() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    let wall_s = started.elapsed().as_secs_f64();
    let network = point.fabric.network();
    let mut record = Record::of(&outcome, network, wall_s);
    if let Some(measured) = &mut record.measured
        && !measured.waiting.is_empty()
    {
        let terminals = network.terminals().len() as u32;
        let sources = sources(&point.flows, terminals, seed);
        let fabric = &point.fabric;
        deadlock::identify(&mut measured.waiting, sources, |packet, at, terminal| {
            deadlock::can_have_come(fabric, packet, at, terminal)
        });
    }
    let steps = outcome.latency_distribution.iter();
    Some(Simulated {
        stored: StoredPoint {
            version: VERSION.to_owned(),
            record,
            latencies: steps.map(|step| (step.latency, step.packets)).collect(),
            link_flits: outcome.link_flits,
        },
        watched: outcome.watched,
        effort: Effort {
            cut,
            thread_s: wall_s * cut.threads as f64,
            waited_s: waited.as_secs_f64(),
        },
    })
}

/// What a panic says.
fn message(panic: &(dyn Any + Send)) -> &str {
    let literal = panic.downcast_ref::<&str>().copied();
    literal
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("panic")
}
