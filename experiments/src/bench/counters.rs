//! What the processor counts itself: instructions and cycles of the calling thread, of the program alone and not of the
//! system on its behalf.

/// Counted since the start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counts {
    /// Instructions completed.
    pub instructions: f64,
    /// Cycles of the processor.
    pub cycles: f64,
}

#[cfg(target_os = "linux")]
pub use linux::Counters;
#[cfg(not(target_os = "linux"))]
pub use none::Counters;

#[cfg(target_os = "linux")]
mod linux {
    use std::fmt::{self, Debug, Formatter};
    use std::io;

    use perf_event::events::{Event, Hardware};
    use perf_event::{Builder, Counter, Group};

    use super::Counts;

    /// Counters of the thread that opened them. They run all the time, and what they say is subtracted: some kinds do not
    /// survive being stopped and started.
    pub struct Counters {
        group: Group,
        instructions: Counter,
        cycles: Counter,
        /// At the start.
        first: Option<Reading>,
    }

    /// What they say at a point in time.
    #[derive(Clone, Copy)]
    struct Reading {
        instructions: u64,
        cycles: u64,
        /// Time in which they should have been counting, and did \[s\]: there are few counters in a processor, for all
        /// who want some.
        enabled: f64,
        running: f64,
    }

    impl Debug for Counters {
        fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
            f.debug_struct("Counters").finish_non_exhaustive()
        }
    }

    impl Counters {
        /// Opens them.
        ///
        /// # Errors
        /// Why the system has none for us, in words.
        pub fn open() -> Result<Self, String> {
            let opened = Self::of(Hardware::INSTRUCTIONS, Hardware::CPU_CYCLES);
            opened.map_err(|error| match error.kind() {
                io::ErrorKind::PermissionDenied => {
                    "not permitted: /proc/sys/kernel/perf_event_paranoid has to be 2 or less".to_owned()
                }
                _ => format!("this machine has no counters: {error}"),
            })
        }

        fn of(instructions: impl Event, cycles: impl Event) -> io::Result<Self> {
            let mut group = Group::new()?;
            // The builder leaves the kernel out.
            let instructions = group.add(&Builder::new(instructions))?;
            let cycles = group.add(&Builder::new(cycles))?;
            group.enable()?;
            Ok(Self {
                group,
                instructions,
                cycles,
                first: None,
            })
        }

        /// Counts from here on.
        pub fn start(&mut self) {
            self.first = self.read();
        }

        /// What was counted since the start; `None` where the processor counted something else instead.
        pub fn stop(&mut self) -> Option<Counts> {
            let (first, last) = (self.first.take()?, self.read()?);
            let share = (last.running - first.running) / (last.enabled - first.enabled);
            let count = |first: u64, last: u64| last.saturating_sub(first) as f64 / share;
            let counts = Counts {
                instructions: count(first.instructions, last.instructions),
                cycles: count(first.cycles, last.cycles),
            };
            (share > 0.0 && counts.instructions > 0.0).then_some(counts)
        }

        fn read(&mut self) -> Option<Reading> {
            let data = self.group.read().ok()?;
            Some(Reading {
                instructions: data.get(&self.instructions)?.value(),
                cycles: data.get(&self.cycles)?.value(),
                enabled: data.time_enabled()?.as_secs_f64(),
                running: data.time_running()?.as_secs_f64(),
            })
        }
    }

    #[cfg(test)]
    mod tests {
        use std::hint::black_box;

        use perf_event::events::Software;

        use super::*;

        /// Virtual machines without counters of instructions still have the system's own clock as one.
        #[test]
        fn what_happens_between_start_and_stop_is_counted() {
            let Ok(mut counters) = Counters::of(Software::TASK_CLOCK, Software::TASK_CLOCK) else {
                return;
            };
            let mut nanoseconds = |steps| {
                counters.start();
                work(steps);
                let counted = counters.stop().unwrap();
                work(LONG / 4);
                assert_eq!(counters.stop(), None, "not started");
                counted.instructions
            };
            let (long, short) = (nanoseconds(LONG), nanoseconds(LONG / 40));
            // Time in which the thread waits for a processor does not count.
            assert!(short > 0.0 && long > 4.0 * short, "{long} ns, {short} ns");
        }

        /// Steps that take some 50 ms.
        const LONG: u64 = 40_000_000;

        /// So much, however long it takes.
        fn work(steps: u64) {
            for step in 0..steps {
                black_box(step);
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod none {
    use super::Counts;

    /// There are none that we know of here.
    #[derive(Debug)]
    pub struct Counters(std::convert::Infallible);

    impl Counters {
        /// Opens none.
        ///
        /// # Errors
        /// Always.
        pub fn open() -> Result<Self, String> {
            Err("they are read on Linux only".to_owned())
        }

        /// Counts from zero.
        pub fn start(&mut self) {}

        /// What was counted.
        pub fn stop(&mut self) -> Option<Counts> {
            match self.0 {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_work_is_more_instructions_where_they_are_counted() {
        // Virtual machines often have no counters.
        let Ok(mut counters) = Counters::open() else {
            return;
        };
        let mut count = |rounds: u64| {
            counters.start();
            let sum = (0..rounds).fold(0, |sum: u64, round| std::hint::black_box(sum ^ round));
            std::hint::black_box(sum);
            counters.stop().map(|counts| counts.instructions)
        };
        if let (Some(few), Some(many)) = (count(10_000), count(10_000_000)) {
            assert!(many > 100.0 * few, "{few} {many}");
        }
    }
}
