//! Ways of all three routings, and what they need.

use std::collections::BTreeSet;

use fabricsim_core::{Outcomes, Queue};

use super::*;
use crate::ChannelDependencyGraph;
use crate::graph::samples::{Dice, assert_promises_hold, links_crossed, path, wired_family};

/// Canonical ones, several links between two groups, ports left over, groups of one switch.
fn dragonflies() -> Vec<Dragonfly> {
    let mut all = Vec::new();
    for arrangement in Arrangement::ALL {
        for (p, a, h, groups) in [
            (1, 2, 1, None),
            (2, 4, 2, Some(4)),
            (1, 3, 2, Some(5)),
            (1, 3, 1, Some(3)),
            (2, 2, 2, Some(2)),
            (1, 1, 4, None),
        ] {
            all.push(Dragonfly::new(p, a, h, groups, arrangement).unwrap());
        }
    }
    all
}

/// The groups that a packet comes through, and `l` or `g` for each link.
fn course(routing: &impl Routing, ways: &Ways, pair: (u32, u32), draw: &mut impl Draw) -> (Vec<u16>, String) {
    let network = ways.wired.network();
    let mut groups = vec![ways.places[network.terminals()[pair.0 as usize].switch as usize].group];
    let mut links = String::new();
    for from in path(&ways.wired, routing, pair, draw) {
        let there = ways.places[network.link(from).unwrap().to.switch as usize].group;
        links.push(if groups.last() == Some(&there) { 'l' } else { 'g' });
        if groups.last() != Some(&there) {
            groups.push(there);
        }
    }
    (groups, links)
}

fn pairs(ways: &Ways) -> impl Iterator<Item = (u32, u32)> {
    let terminals = ways.wired.terminals();
    (0..terminals).flat_map(move |source| (0..terminals).map(move |dest| (source, dest)))
}

fn is_proved(routing: &impl Provable) -> bool {
    matches!(routing.prove(), Proof::Proved { .. })
}

#[test]
fn minimal_goes_by_a_local_a_global_and_a_local_link() {
    for dragonfly in dragonflies() {
        let routing = DragonflyMinimal::new(wired_family(&dragonfly), &dragonfly, 2).unwrap();
        let mut dice = Dice(1);
        for pair in pairs(&routing.0) {
            let found = links_crossed(&routing.0.wired, &routing, pair, 3);
            assert!(!found.is_empty());
            let (groups, links) = course(&routing, &routing.0, pair, &mut dice);
            assert!(["", "l", "g", "lg", "gl", "lgl"].contains(&&*links), "{links}");
            assert!(groups.len() <= 2);
        }
    }
}

#[test]
fn promises_hold() {
    for dragonfly in dragonflies() {
        let wired = wired_family(&dragonfly);
        for vcs in 1..=4 {
            let wired = || Arc::clone(&wired);
            let minimal = DragonflyMinimal::new(wired(), &dragonfly, vcs).unwrap();
            assert_promises_hold(&wired(), &minimal, vcs);
            let valiant = DragonflyValiant::new(wired(), &dragonfly, vcs).unwrap();
            assert_promises_hold(&wired(), &valiant, vcs);
            let ugal_l = DragonflyUgalL::new(wired(), &dragonfly, vcs).unwrap();
            assert_promises_hold(&wired(), &ugal_l, vcs);
        }
    }
}

#[test]
fn valiant_comes_through_a_third_group() {
    for dragonfly in dragonflies() {
        let routing = DragonflyValiant::new(wired_family(&dragonfly), &dragonfly, 3).unwrap();
        let mut dice = Dice(1);
        for pair in pairs(&routing.0) {
            links_crossed(&routing.0.wired, &routing, pair, 5);
            let mut via = BTreeSet::new();
            for _ in 0..60 {
                let (groups, _) = course(&routing, &routing.0, pair, &mut dice);
                let expected = match groups.first() == groups.last() {
                    true => 1,
                    false => 3.min(routing.0.groups as usize),
                };
                assert_eq!(groups.len(), expected, "{dragonfly:?} {pair:?} {groups:?}");
                if groups.len() == 3 {
                    via.insert(groups[1]);
                }
            }
            // All others, in so many tries of a handful.
            if !via.is_empty() && routing.0.groups <= 5 {
                assert_eq!(via.len() as u32, routing.0.groups - 2);
            }
        }
    }
}

#[test]
fn ugal_goes_one_way_or_the_other() {
    for dragonfly in dragonflies() {
        let routing = DragonflyUgalL::new(wired_family(&dragonfly), &dragonfly, 3).unwrap();
        for pair in pairs(&routing.0) {
            links_crossed(&routing.0.wired, &routing, pair, 5);
        }
    }
}

/// A draw by which the first queue is no longer or is, and which sees what is compared.
struct Compared {
    dice: Dice,
    is_no_longer: bool,
    seen: Option<(Queue, Queue)>,
}

impl Draw for Compared {
    fn draw(&mut self, n: u32) -> u32 {
        self.dice.draw(n)
    }

    fn is_no_longer(&mut self, first: Queue, second: Queue) -> bool {
        self.seen = Some((first, second));
        self.is_no_longer
    }
}

/// What is compared are the ports that the packet takes, times the links that it crosses.
#[test]
fn ugal_compares_the_ways_that_it_goes() {
    for dragonfly in dragonflies() {
        let routing = DragonflyUgalL::new(wired_family(&dragonfly), &dragonfly, 3).unwrap();
        for (seed, pair) in (0..).zip(pairs(&routing.0)) {
            for is_minimal in [true, false] {
                let mut draw = Compared {
                    dice: Dice(seed),
                    is_no_longer: is_minimal,
                    seen: None,
                };
                let path = path(&routing.0.wired, &routing, pair, &mut draw);
                let Some((minimal, valiant)) = draw.seen else {
                    continue;
                };
                let taken = if is_minimal { minimal } else { valiant };
                assert_eq!((path[0].port, path.len() as u32), (taken.port, taken.weight));
            }
        }
    }
}

#[test]
fn they_are_proved_with_what_they_need_and_no_less() {
    for dragonfly in dragonflies() {
        let wired = wired_family(&dragonfly);
        let minimal = |vcs| DragonflyMinimal::new(Arc::clone(&wired), &dragonfly, vcs).unwrap();
        let valiant = |vcs| DragonflyValiant::new(Arc::clone(&wired), &dragonfly, vcs).unwrap();
        let ugal = |vcs| DragonflyUgalL::new(Arc::clone(&wired), &dragonfly, vcs).unwrap();
        for more in [0, 2] {
            assert!(
                is_proved(&minimal(DragonflyMinimal::NEEDS + more)),
                "{dragonfly:?}"
            );
            assert!(
                is_proved(&valiant(DragonflyValiant::NEEDS + more)),
                "{dragonfly:?}"
            );
            assert!(is_proved(&ugal(DragonflyUgalL::NEEDS + more)), "{dragonfly:?}");
        }
        if dragonfly.a() > 2 && dragonfly.groups() > 3 {
            assert!(
                matches!(minimal(1).prove(), Proof::Deadlock { .. }),
                "{dragonfly:?}"
            );
            assert!(
                matches!(valiant(2).prove(), Proof::Deadlock { .. }),
                "{dragonfly:?}"
            );
            assert!(matches!(ugal(2).prove(), Proof::Deadlock { .. }), "{dragonfly:?}");
        }
    }
}

/// The tags that packets between two switches may leave with, of different groups.
fn departures<D: Departure>(ways: &Ways, pair: (u32, u32)) -> BTreeSet<u32> {
    let place =
        |terminal: u32| ways.places[ways.wired.network().terminals()[terminal as usize].switch as usize];
    let (here, home) = (place(pair.0), ways.homes[pair.1 as usize]);
    let mut outcomes = Outcomes::default();
    let tags = std::iter::from_fn(|| outcomes.next(|draw| D::depart(ways, here, home, draw)));
    tags.map(|(tag, _)| tag).collect()
}

/// Few detours are some of all, and packets by them wait for all that packets by any do.
fn assert_few_detours_are_enough<D: Departure>(wired: &Arc<WiredGraph>, dragonfly: &Dragonfly) {
    for vcs in 1..=D::NEEDS {
        let routing = DragonflyRouting::<D>::new(Arc::clone(wired), dragonfly, vcs).unwrap();
        let few = routing.with_few_detours();
        for pair in pairs(&few.0).filter(|&(source, dest)| {
            let group = |terminal: u32| few.0.homes[terminal as usize].group;
            group(source) != group(dest)
        }) {
            let (some, all) = (
                departures::<FewDetours<D>>(&few.0, pair),
                departures::<D>(&few.0, pair),
            );
            assert!(!some.is_empty() && some.is_subset(&all), "{dragonfly:?} {pair:?}");
        }
        let by_port = vec![vcs; usize::from(wired.network().ports())];
        let sizes = |graph: ChannelDependencyGraph| (graph.channels(), graph.dependencies());
        assert_eq!(
            sizes(ChannelDependencyGraph::new(wired.network(), &few, &by_port)),
            sizes(ChannelDependencyGraph::new(wired.network(), &routing, &by_port)),
            "{dragonfly:?} {vcs}"
        );
    }
}

#[test]
fn few_detours_are_enough() {
    let canonical = Arrangement::ALL.map(|arrangement| Dragonfly::new(1, 4, 2, None, arrangement).unwrap());
    for dragonfly in dragonflies().into_iter().chain(canonical) {
        let wired = wired_family(&dragonfly);
        assert_few_detours_are_enough::<minimal::Minimal>(&wired, &dragonfly);
        assert_few_detours_are_enough::<valiant::Valiant>(&wired, &dragonfly);
        assert_few_detours_are_enough::<ugal_l::UgalL>(&wired, &dragonfly);
    }
}
