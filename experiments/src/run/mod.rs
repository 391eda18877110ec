//! Simulates the points of an experiment side by side; each result is stored as soon as it is there.

pub mod progress;
mod simulate;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};

use fabricsim_core::{WatchEvent, WatchRequest};
use rayon::ThreadPool;

use self::progress::{Bar, Meters};
use self::simulate::{Simulated, simulate_point};
use crate::execution::{Effort, Schedule};
use crate::interrupt;
use crate::prepare::Prepared;
use crate::record::Record;
use crate::store::Store;

/// A point that is done.
#[derive(Debug)]
pub struct Finished {
    /// Its place in the sweep, from 0.
    pub point: usize,
    /// Its result.
    pub record: Record,
    /// The timetable of the watched packets.
    pub watched: Vec<WatchEvent>,
    /// What it took.
    pub effort: Effort,
}

/// Simulates the points `pending` (places in the sweep), in that order, as many at a time as `pool` has threads, each as
/// `schedule` has it, and stores what does not fail. `done` is called for each on the calling thread, in the order in which they
/// end. Returns early after Ctrl-C.
///
/// The packets `watch` are watched at the first point of the sweep.
pub fn run(
    prepared: &Prepared,
    pending: &[usize],
    watch: &[WatchRequest],
    store: &Store,
    (pool, schedule): (&ThreadPool, Schedule),
    done: &mut dyn FnMut(Finished, &Bar),
) {
    let meters = Meters::new(pending.len());
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    let work = |sender: &mpsc::Sender<Finished>| {
        while !interrupt::asked() {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(&point) = pending.get(number) else {
                return;
            };
            let watch = if point == 0 { watch } else { &[] };
            let seed = prepared.plan.points[point].spec.seed;
            let (prepared_point, meter) = (&prepared.points[point], meters.point(number));
            let Some(simulated) = simulate_point(prepared_point, seed, schedule, watch, meter) else {
                return;
            };
            let finished = keep(point, simulated, prepared, store);
            meters.point(number).finish();
            // The receiver lives until all senders are gone.
            let _ = sender.send(finished);
        }
    };
    std::thread::scope(|scope| {
        let work = &work;
        scope.spawn(move || pool.broadcast(|_| work(&sender)));
        let bar = Bar::new(pending.len());
        loop {
            match receiver.recv_timeout(Bar::PERIOD) {
                Ok(finished) => done(finished, &bar),
                Err(RecvTimeoutError::Timeout) => bar.draw(&meters),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
    });
}

/// Stores a result, unless it failed: then it is to be tried again by the next run.
fn keep(point: usize, simulated: Simulated, prepared: &Prepared, store: &Store) -> Finished {
    let Simulated {
        stored,
        watched,
        effort,
    } = simulated;
    let saved = match stored.record.measured {
        Some(_) => store.save(&prepared.points[point].hash, &stored),
        None => Ok(()),
    };
    let record = match saved {
        Ok(()) => stored.record,
        Err(error) => Record::failed(error.to_string()),
    };
    Finished {
        point,
        record,
        watched,
        effort,
    }
}

#[cfg(test)]
mod tests {
    use rayon::ThreadPoolBuilder;

    use super::*;
    use crate::experiment::parse;
    use crate::record::Verdict;

    /// Runs a sweep of three seeds; answers points and records in the order in which they ended.
    fn finished(store: &Store, pending: &[usize]) -> Vec<Finished> {
        let plan = parse(
            "x.ron",
            "Experiment(name: \"x\", fabric: Fabric(topology: Torus(sides: [4]), routing: DimensionOrder),
             traffic: [Traffic(pattern: Uniform, load: 0.1)], sweep: [Seed([1, 2, 3])],
             measure: Measure(warmup: Cycles(10), cycles: Cycles(100)))",
        );
        let prepared = Prepared::new(plan.unwrap()).unwrap();
        let pool = ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let mut all = Vec::new();
        run(
            &prepared,
            pending,
            &[],
            store,
            (&pool, Schedule::ALONE),
            &mut |finished, _| all.push(finished),
        );
        all
    }

    #[test]
    fn only_pending_points_are_simulated_and_each_is_stored() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let mut points: Vec<usize> = finished(&store, &[0, 2])
            .iter()
            .map(|finished| finished.point)
            .collect();
        points.sort_unstable();
        assert_eq!(points, [0, 2]);
        assert_eq!(
            std::fs::read_dir(folder.path().join("points")).unwrap().count(),
            2
        );
    }

    #[test]
    fn a_point_that_cannot_be_stored_fails_with_the_reason_and_the_others_go_on() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        std::fs::remove_dir(folder.path().join("points")).unwrap();
        let finished = finished(&store, &[0, 1, 2]);
        assert_eq!(finished.len(), 3);
        for Finished { record, .. } in finished {
            assert_eq!(record.verdict, Verdict::Failed);
            assert!(record.reason.starts_with("cannot write `"), "{}", record.reason);
        }
    }
}
