//! The event queue against a reference that sorts.

use std::collections::BTreeSet;

use fabricsim_core::{Cycle, Wheel};
use proptest::prelude::*;
use proptest::sample::select;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

/// What the wheel is to do, after the last transition.
#[derive(Clone, Debug)]
struct Reference {
    slots: usize,
    now: Cycle,
    /// (Due, serial number): in the order in which they are to come.
    pending: BTreeSet<(Cycle, u32)>,
    /// Events pushed so far.
    pushed: u32,
    /// What the last `Take` is to give.
    taken: Vec<u32>,
    /// Vectors taken and not recycled.
    held: usize,
}

#[derive(Clone, Debug)]
enum Transition {
    /// An event for each of these cycles.
    Push(Vec<Cycle>),
    /// One cycle on.
    Step,
    /// To the next event.
    Jump,
    /// To a cycle at which, and before which, nothing needs to be due.
    Skip(Cycle),
    Take,
    /// The vector that was taken first.
    Recycle,
}

impl Reference {
    fn next_due(&self) -> Option<Cycle> {
        self.pending.first().map(|&(due, _)| due)
    }

    fn may_advance(&self, to: Cycle) -> bool {
        to >= self.now && self.next_due().is_none_or(|due| due >= to)
    }

    /// Cycles around everything at which the wheel turns from one way to another.
    fn dues(&self) -> BoxedStrategy<Vec<Cycle>> {
        let slots = self.slots as Cycle;
        let edges = vec![0, 63, 64, slots - 64, slots, slots + 64, 2 * slots, 10 * slots];
        let edge = (select(edges), 0_u64..3).prop_map(|(edge, off)| (edge + off).saturating_sub(1));
        let delay = prop_oneof![4 => 0..5_u64, 4 => edge, 1 => 0..4 * slots, 1 => Just(Cycle::MAX)];
        let now = self.now;
        let due = delay.prop_map(move |delay| now.saturating_add(delay));
        prop_oneof![
            4 => prop::collection::vec(due.clone(), 1..4),
            // A crowded cycle: its vector grows.
            1 => (due, 60_usize..200).prop_map(|(due, n)| vec![due; n]),
        ]
        .boxed()
    }
}

impl ReferenceStateMachine for Reference {
    type State = Self;
    type Transition = Transition;

    fn init_state() -> BoxedStrategy<Self> {
        let start = prop_oneof![Just(0), 0..1_000_u64, Cycle::MAX - 3_000..Cycle::MAX - 10];
        (select(vec![64, 128, 256]), start)
            .prop_map(|(slots, now)| Self {
                slots,
                now,
                pending: BTreeSet::new(),
                pushed: 0,
                taken: Vec::new(),
                held: 0,
            })
            .boxed()
    }

    fn transitions(state: &Self) -> BoxedStrategy<Transition> {
        let slots = state.slots as Cycle;
        let last = state.next_due().unwrap_or(state.now.saturating_add(3 * slots));
        prop_oneof![
            6 => state.dues().prop_map(Transition::Push),
            6 => Just(Transition::Step),
            4 => Just(Transition::Jump),
            1 => (state.now..=last).prop_map(Transition::Skip),
            8 => Just(Transition::Take),
            6 => Just(Transition::Recycle),
        ]
        .boxed()
    }

    fn preconditions(state: &Self, transition: &Transition) -> bool {
        match transition {
            Transition::Push(dues) => dues.iter().all(|&due| due >= state.now),
            Transition::Step => state.now < Cycle::MAX && state.may_advance(state.now + 1),
            Transition::Jump => state.next_due().is_some(),
            Transition::Skip(to) => state.may_advance(*to),
            Transition::Take => true,
            Transition::Recycle => state.held > 0,
        }
    }

    fn apply(mut state: Self, transition: &Transition) -> Self {
        match transition {
            Transition::Push(dues) => {
                for &due in dues {
                    state.pending.insert((due, state.pushed));
                    state.pushed += 1;
                }
            }
            Transition::Step => state.now += 1,
            Transition::Jump => state.now = state.next_due().expect("a precondition"),
            Transition::Skip(to) => state.now = *to,
            Transition::Take => {
                let due: Vec<_> = state.pending.range(..=(state.now, u32::MAX)).copied().collect();
                state.pending.retain(|event| !due.contains(event));
                state.taken = due.into_iter().map(|(_, serial)| serial).collect();
                state.held += 1;
            }
            Transition::Recycle => state.held -= 1,
        }
        state
    }
}

/// The wheel, and the vectors that it has given out.
struct Tested {
    wheel: Wheel<u32>,
    pushed: u32,
    held: Vec<Vec<u32>>,
}

impl StateMachineTest for Tested {
    type SystemUnderTest = Self;
    type Reference = Reference;

    fn init_test(reference: &Reference) -> Self {
        let mut wheel = Wheel::new(reference.slots);
        wheel.advance(reference.now);
        Self {
            wheel,
            pushed: 0,
            held: Vec::new(),
        }
    }

    fn apply(mut state: Self, reference: &Reference, transition: Transition) -> Self {
        match transition {
            Transition::Push(dues) => {
                for due in dues {
                    state.wheel.push(due, state.pushed);
                    state.pushed += 1;
                }
            }
            Transition::Jump => {
                let due = state.wheel.next_due().expect("something is pending");
                state.wheel.advance(due);
            }
            Transition::Step | Transition::Skip(_) => state.wheel.advance(reference.now),
            Transition::Take => {
                let taken = state.wheel.take();
                assert_eq!(taken, reference.taken);
                state.held.push(taken);
            }
            Transition::Recycle => state.wheel.recycle(state.held.remove(0)),
        }
        state
    }

    fn check_invariants(state: &Self, reference: &Reference) {
        assert_eq!(state.wheel.next_due(), reference.next_due());
        let mut pending: Vec<u32> = state.wheel.iter().copied().collect();
        pending.sort_unstable();
        let mut expected: Vec<u32> = reference.pending.iter().map(|&(_, serial)| serial).collect();
        expected.sort_unstable();
        assert_eq!(pending, expected);
    }

    /// What is left comes out in order, too.
    fn teardown(mut state: Self, reference: Reference) {
        let mut left = Vec::new();
        while let Some(due) = state.wheel.next_due() {
            state.wheel.advance(due);
            let events = state.wheel.take();
            assert!(!events.is_empty(), "nothing is due when it should be");
            left.extend(events.iter().map(|&serial| (due, serial)));
            state.wheel.recycle(events);
        }
        assert!(left.into_iter().eq(reference.pending));
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Same events in the same cycles and order, nothing lost, `next_due` exact and `iter` complete after every step.
    #[test]
    fn behaves_as_a_stable_sort(sequential 1..200 => Tested);
}

/// A far event was pushed first, so it comes first, though the others never left the ring.
#[test]
fn far_events_come_before_those_pushed_behind_them() {
    let mut wheel = Wheel::new(64);
    wheel.push(64, "far");
    wheel.advance(1);
    wheel.push(64, "near");
    wheel.advance(64);
    assert_eq!(wheel.take(), ["far", "near"]);
}

#[test]
#[should_panic(expected = "an event is left behind")]
#[cfg(debug_assertions)]
fn an_event_left_behind_is_noticed() {
    let mut wheel = Wheel::new(64);
    wheel.push(3, ());
    wheel.advance(4);
}
