//! Looks at the clocks as a simulation passes its marks.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use fabricsim_core::{Cycle, Progress};

use super::counters::{Counters, Counts};
use crate::{interrupt, memory};

/// Follows the progress of one simulation: until it is built, until the fabric is full, until enough is measured.
#[derive(Debug)]
pub struct Stopwatch<'a> {
    begin: Cycle,
    end: Cycle,
    counters: Option<&'a mut Counters>,
    started: Instant,
    built: Option<Duration>,
    first: Option<Mark>,
    last: Option<Mark>,
    counts: Option<Counts>,
    resident: Option<u64>,
}

/// What has been done by a point in time.
#[derive(Clone, Copy, Debug)]
struct Mark {
    wall: Instant,
    /// Of the thread.
    cpu: Option<Duration>,
    cycle: Cycle,
    flit_hops: u64,
}

/// What was seen of a simulation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// From the start of the watch to the end of the first cycle.
    pub built: Duration,
    /// Time of the measured part.
    pub wall: Duration,
    /// Time in which the thread had a processor in it, where the system says.
    pub cpu: Option<Duration>,
    /// What the processor counted in it.
    pub counts: Option<Counts>,
    /// Simulated cycles of it.
    pub cycles: Cycle,
    /// Flit-hops of it.
    pub flit_hops: u64,
    /// Bytes of memory of the process at its end, where the system says.
    pub resident: Option<u64>,
}

impl<'a> Stopwatch<'a> {
    /// Starts. The cycles from `begin` to `end` are measured.
    pub fn start(begin: Cycle, end: Cycle, counters: Option<&'a mut Counters>) -> Self {
        Self {
            begin,
            end,
            counters,
            started: Instant::now(),
            built: None,
            first: None,
            last: None,
            counts: None,
            resident: None,
        }
    }

    /// Told of progress; breaks the simulation off when all is measured, or the user has had enough.
    pub fn see(&mut self, progress: Progress) -> ControlFlow<()> {
        if self.built.is_none() {
            self.built = Some(self.started.elapsed());
        }
        if interrupt::asked() {
            return ControlFlow::Break(());
        }
        if self.first.is_none() && progress.cycle >= self.begin {
            self.begin(progress);
        } else if progress.cycle >= self.end {
            self.finish(progress);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    fn begin(&mut self, progress: Progress) {
        if let Some(counters) = &mut self.counters {
            counters.start();
        }
        self.first = Some(Mark::now(progress));
    }

    fn finish(&mut self, progress: Progress) {
        self.last = Some(Mark::now(progress));
        self.counts = self.counters.as_mut().and_then(|counters| counters.stop());
        self.resident = memory::resident();
    }

    /// What was seen; `None` if the simulation ended before its time.
    pub fn seen(&self) -> Option<Seen> {
        let (first, last) = (self.first?, self.last?);
        Some(Seen {
            built: self.built?,
            wall: last.wall - first.wall,
            cpu: last
                .cpu
                .zip(first.cpu)
                .map(|(last, first)| last.saturating_sub(first)),
            counts: self.counts,
            cycles: last.cycle - first.cycle,
            flit_hops: last.flit_hops - first.flit_hops,
            resident: self.resident,
        })
    }
}

impl Mark {
    fn now(progress: Progress) -> Self {
        Self {
            wall: Instant::now(),
            cpu: thread_time(),
            cycle: progress.cycle,
            flit_hops: progress.flit_hops,
        }
    }
}

/// Time for which this thread has had a processor, where the system says.
#[cfg(target_os = "linux")]
fn thread_time() -> Option<Duration> {
    use nix::time::{ClockId, clock_gettime};
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)
        .ok()
        .map(Duration::from)
}

#[cfg(not(target_os = "linux"))]
fn thread_time() -> Option<Duration> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(cycle: Cycle) -> Progress {
        Progress {
            cycle,
            expected: 100,
            flit_hops: 10 * cycle,
            waited: Duration::ZERO,
        }
    }

    #[test]
    fn the_part_between_the_marks_is_measured() {
        let mut watch = Stopwatch::start(11, 31, None);
        for cycle in [1, 11, 16, 21] {
            assert!(watch.see(progress(cycle)).is_continue());
            assert_eq!(watch.seen(), None);
        }
        assert!(watch.see(progress(31)).is_break());
        let seen = watch.seen().unwrap();
        assert_eq!((seen.cycles, seen.flit_hops), (20, 200));
        assert!(seen.wall <= watch.started.elapsed() && seen.counts.is_none());
    }

    #[test]
    fn coarse_progress_is_measured_from_what_there_is() {
        let mut watch = Stopwatch::start(11, 31, None);
        assert!(watch.see(progress(1024)).is_continue());
        assert!(watch.see(progress(2048)).is_break());
        assert_eq!(watch.seen().unwrap().cycles, 1024);
    }

    #[test]
    fn a_thread_that_works_takes_time() {
        if let Some(before) = thread_time() {
            let begin = Instant::now();
            while begin.elapsed() < Duration::from_millis(20) {}
            assert!(thread_time().unwrap() > before);
        }
    }
}
