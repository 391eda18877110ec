//! The threads beside the caller's own.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Scope;

use crate::blueprint::Blueprint;
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
    from_it: Receiver<Returned<'a, R, S, W>>,
}

/// A crew and the cycle before which it is to simulate.
type Epoch<'a, R, S, const W: usize> = (Crew<'a, R, S, W>, Cycle);

/// A crew that was built or has simulated.
type Returned<'a, R, S, const W: usize> = Result<Crew<'a, R, S, W>, Panic>;

/// What a panic says.
type Panic = Box<dyn Any + Send>;

/// A team, and all crews.
type Assembled<'a, R, S, const W: usize> = (Team<'a, R, S, W>, Vec<Crew<'a, R, S, W>>);

impl<'a, R: Routing, S: Source, const W: usize> Team<'a, R, S, W> {
    /// Starts a thread for each crew but the first, and has every crew built by its own. They end when the team is dropped.
    ///
    /// # Panics
    /// If one of them does.
    pub fn assemble<'scope>(
        blueprints: Vec<Blueprint<'a, R, S>>,
        pinned: bool,
        signals: &Arc<Signals>,
        scope: &'scope Scope<'scope, '_>,
    ) -> Assembled<'a, R, S, W>
    where
        'a: 'scope,
        S: 'scope,
    {
        let mut blueprints = blueprints.into_iter();
        let own = blueprints.next();
        let members = blueprints.map(|blueprint| {
            let (to_it, epochs) = channel::<Epoch<'a, R, S, W>>();
            let (back, from_it) = channel();
            let signals = Arc::clone(signals);
            scope.spawn(move || {
                if back.send(try_build(blueprint, pinned)).is_err() {
                    return;
                }
                while let Ok((crew, end)) = epochs.recv() {
                    if back.send(try_run(crew, end, &signals)).is_err() {
                        return;
                    }
                }
            });
            Member { to_it, from_it }
        });
        let team = Self {
            members: members.collect(),
        };
        let mut crews = Vec::with_capacity(1 + team.members.len());
        team.gather(own.map(|blueprint| try_build(blueprint, pinned)), &mut crews);
        (team, crews)
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
        self.gather(own, crews);
    }

    /// Waits for the crews of all threads; `own` is the caller's.
    fn gather(&self, own: Option<Returned<'a, R, S, W>>, crews: &mut Vec<Crew<'a, R, S, W>>) {
        let others = self.members.iter().map(|member| match member.from_it.recv() {
            Ok(returned) => returned,
            Err(gone) => Err(Box::new(gone.to_string()) as Panic),
        });
        // All of them are waited for before a panic goes on, so that none is left behind.
        let all: Vec<_> = own.into_iter().chain(others).collect();
        for returned in all {
            match returned {
                Ok(crew) => crews.push(crew),
                Err(panic) => resume_unwind(panic),
            }
        }
    }
}

fn try_build<'a, R: Routing, S: Source, const W: usize>(
    blueprint: Blueprint<'a, R, S>,
    pinned: bool,
) -> Returned<'a, R, S, W> {
    if pinned {
        pin(blueprint.thread);
    }
    // The blueprint is lost with the panic.
    catch_unwind(AssertUnwindSafe(|| blueprint.build()))
}

/// Binds this thread to the processor of that number among those that the process may use. Where the system does not let
/// it, it goes on unbound: it is only a matter of speed.
fn pin(thread: usize) {
    let processors = core_affinity::get_core_ids().unwrap_or_default();
    if let Some(&processor) = processors.get(thread) {
        core_affinity::set_for_current(processor);
    }
}

/// A panic must not leave the other threads waiting.
fn try_run<'a, R: Routing, S: Source, const W: usize>(
    mut crew: Crew<'a, R, S, W>,
    end: Cycle,
    signals: &Signals,
) -> Returned<'a, R, S, W> {
    // The crew is lost with the panic, so that nobody sees it half changed.
    let result = catch_unwind(AssertUnwindSafe(|| crew.run_to(end, signals)));
    if result.is_err() {
        signals.abandon();
    }
    result.map(|()| crew)
}
