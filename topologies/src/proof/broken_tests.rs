//! Routings that are wrong on purpose: what is wrong with each has to be found.

use fabricsim_core::{Candidates, Draw, Place, Queue, Routing};

use super::bubble::prove_bubbles;
use super::escape::prove_escape;
use super::parts::prove_by_every_route;
use super::*;
use crate::{BubbleDimensionOrder, Dateline, HalfWay, MinimalAdaptive, Valiant};

/// What another routing answers, changed.
struct Changed<R, F>(R, F);

impl<R: Routing, F: Fn(Place, &mut Candidates) + Sync> Routing for Changed<R, F> {
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        self.0.route(at, dest, tag, draw, out);
        (self.1)(at, out);
    }

    fn max_candidates(&self) -> usize {
        self.0.max_candidates()
    }
}

fn reason(proof: Proof) -> String {
    match proof {
        Proof::NotProved { reason } => reason,
        wrong => panic!("{wrong:?}"),
    }
}

fn torus() -> Grid {
    Grid::torus(vec![4, 5], 1).unwrap()
}

#[test]
fn phases_that_share_virtual_channels() {
    let grid = torus();
    let valiant = Valiant::new(
        &grid,
        &GridChannels::alike(&grid, 4),
        Dateline::AtDateline,
        HalfWay::Random,
    );
    let one_half = Changed(valiant, |_, out: &mut Candidates| {
        out.iter_mut().for_each(|way| way.first_vc %= 2);
    });
    let proof = prove_by_every_route(&grid, &one_half, &GridChannels::alike(&grid, 4), "phases");
    assert!(reason(proof).contains("have a cycle"));
}

fn adaptive(grid: &Grid) -> (MinimalAdaptive, GridChannels) {
    let channels = GridChannels::alike(grid, 3);
    let selection = fabricsim_core::Selection::MostCredits;
    (
        MinimalAdaptive::new(grid, &channels, HalfWay::Random, selection),
        channels,
    )
}

#[test]
fn adaptive_without_an_escape() {
    let grid = torus();
    let (routing, channels) = adaptive(&grid);
    let without = Changed(routing, |_, out: &mut Candidates| {
        if out.len() > 1 {
            out.pop();
        }
    });
    assert!(reason(prove_escape(&grid, &without, &channels, "")).contains("has no escape"));
}

#[test]
fn escapes_without_classes() {
    let grid = torus();
    let (routing, channels) = adaptive(&grid);
    let without = Changed(routing, |_, out: &mut Candidates| {
        out.iter_mut()
            .filter(|way| way.rank() == 1)
            .for_each(|way| way.first_vc = 0);
    });
    assert!(reason(prove_escape(&grid, &without, &channels, "")).contains("have a cycle"));
}

/// The escapes alone have no cycle, but adaptive hops lead from a class back to the one before.
#[test]
fn escapes_in_adaptive_channels() {
    let grid = torus();
    let (routing, channels) = adaptive(&grid);
    let mixed = Changed(routing, |_, out: &mut Candidates| {
        out.iter_mut()
            .filter(|way| way.rank() == 0 && way.first_vc == 2)
            .for_each(|way| {
                (way.first_vc, way.vcs) = (0, 3);
            });
    });
    assert!(reason(prove_escape(&grid, &mixed, &channels, "")).contains("is an escape and adaptive"));
}

/// Hops that go away from the destination lead from an escape back to one before it.
#[test]
fn adaptive_hops_that_go_astray() {
    let grid = Grid::mesh(vec![4, 4], 1).unwrap();
    let channels = GridChannels::alike(&grid, 2);
    let selection = fabricsim_core::Selection::MostCredits;
    let routing = MinimalAdaptive::new(&grid, &channels, HalfWay::Random, selection);
    let astray_grid = grid.clone();
    let astray = Changed(routing, move |at: Place, out: &mut Candidates| {
        if out.len() > 1 {
            for port in (0..4).filter(|&port| astray_grid.neighbour(at.switch, port).is_some()) {
                out.push(fabricsim_core::Candidate::new(port, 1, 1));
            }
        }
    });
    assert!(reason(prove_escape(&grid, &astray, &channels, "")).contains("have a cycle"));
}

#[test]
fn rings_that_are_entered_without_a_bubble() {
    let grid = torus();
    let channels = GridChannels::alike(&grid, 1);
    let routing = BubbleDimensionOrder::new(&grid, &channels, HalfWay::Random);
    let full = Changed(routing, |at: Place, out: &mut Candidates| {
        // On a turn from x to y only.
        if at.in_port < 2 {
            out.iter_mut().for_each(|way| *way = way.with_room_for(1));
        }
    });
    let reason = reason(prove_bubbles(&grid, &full, &channels, 0, ""));
    assert!(
        reason.contains("may enter the ring of y") && reason.contains("without leaving a bubble"),
        "{reason}"
    );
}

/// Half of the packets x first, half y first, with bubbles, in one virtual channel.
struct BothOrders(crate::O1Turn);

impl Routing for BothOrders {
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        if *tag == 0 {
            *tag = 1 + draw.draw(2);
        }
        let place = Place {
            in_vc: 2 * (*tag as u8 - 1),
            in_port: at.in_port,
            ..at
        };
        let order = &mut Fixed(*tag - 1);
        self.0.route(place, dest, &mut 0, order, out);
        for way in out.iter_mut() {
            (way.first_vc, way.vcs) = (0, 1);
            *way = way.with_room_for(2);
        }
    }

    fn max_candidates(&self) -> usize {
        1
    }
}

struct Fixed(u32);

impl Draw for Fixed {
    fn draw(&mut self, _: u32) -> u32 {
        self.0
    }

    fn is_no_longer(&mut self, _: Queue, _: Queue) -> bool {
        true
    }
}

#[test]
fn rings_that_are_entered_in_both_orders() {
    let grid = torus();
    let o1turn = crate::O1Turn::new(
        &grid,
        &GridChannels::alike(&grid, 4),
        Dateline::OnEntry,
        HalfWay::Plus,
    );
    let proof = prove_bubbles(&grid, &BothOrders(o1turn), &GridChannels::alike(&grid, 1), 0, "");
    assert!(reason(proof).contains("may enter others that lead back to it"));
}
