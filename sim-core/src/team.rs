//! The threads beside the caller's own.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Scope;

use crate::crew::Crew;
use crate::exchange::Signals;
use crate::{Cycle, Routing, Source};

/// A thread for each crew but the first. Between epochs the crews are the caller's alone, so that it decides on whole
/// fabrics without a lock; for an epoch each is lent to its thread.
pub struct Team<'a, R, S, const W: usize> {
    members: Vec<Member<'a, R, S, W>>,
}

struct Member<'a, R, S, const W: usize> {
    to_it: Sender<Epoch<'a, R, S, W>>,
    from_it: Receiver<Result<Crew<'a, R, S, W>, Panic>>,
}

/// A crew and the cycle before which it is to simulate.
type Epoch<'a, R, S, const W: usize> = (Crew<'a, R, S, W>, Cycle);

/// What a panic says.
type Panic = Box<dyn Any + Send>;

impl<'a, R: Routing, S: Source, const W: usize> Team<'a, R, S, W> {
    /// Starts so many threads. They end when the team is dropped.
    pub fn new<'scope>(threads: usize, signals: &Arc<Signals>, scope: &'scope Scope<'scope, '_>) -> Self
    where
        'a: 'scope,
        S: 'scope,
    {
        let members = (0..threads).map(|_| {
            let (to_it, epochs) = channel::<Epoch<'a, R, S, W>>();
            let (back, from_it) = channel();
            let signals = Arc::clone(signals);
            scope.spawn(move || {
                while let Ok((crew, end)) = epochs.recv() {
                    if back.send(try_run(crew, end, &signals)).is_err() {
                        return;
                    }
                }
            });
            Member { to_it, from_it }
        });
        Self {
            members: members.collect(),
        }
    }

    /// Every crew simulates the cycles before `end`.
    ///
    /// # Panics
    /// If one of them does.
    pub fn run_to(&mut self, end: Cycle, crews: &mut Vec<Crew<'a, R, S, W>>, signals: &Signals) {
        if self.members.is_empty() {
            return crews[0].run_to(end, signals);
        }
        let mut epochs = crews.drain(..);
        let own = epochs.next();
        for (member, crew) in self.members.iter().zip(epochs) {
            // A thread ends before its team only by a panic, which is told below.
            let _ = member.to_it.send((crew, end));
        }
        let own = own.map(|crew| try_run(crew, end, signals));
        let others = self.members.iter().map(|member| match member.from_it.recv() {
            Ok(result) => result,
            Err(gone) => Err(Box::new(gone.to_string()) as Panic),
        });
        let results: Vec<_> = own.into_iter().chain(others).collect();
        for result in results {
            match result {
                Ok(crew) => crews.push(crew),
                Err(panic) => resume_unwind(panic),
            }
        }
    }
}

/// A panic must not leave the other threads waiting.
fn try_run<'a, R: Routing, S: Source, const W: usize>(
    mut crew: Crew<'a, R, S, W>,
    end: Cycle,
    signals: &Signals,
) -> Result<Crew<'a, R, S, W>, Panic> {
    // The crew is lost with the panic, so that nobody sees it half changed.
    let result = catch_unwind(AssertUnwindSafe(|| crew.run_to(end, signals)));
    if result.is_err() {
        signals.abandon();
    }
    result.map(|()| crew)
}
