//! The tiles that one thread simulates.

use std::time::{Duration, Instant};

use crate::exchange::Signals;
use crate::tile::Tile;
use crate::workspace::Workspace;
use crate::{Cycle, Routing, Source};

/// Tiles of consecutive numbers, and the thread's own workspace.
#[derive(Debug)]
pub struct Crew<'a, R, S, const W: usize> {
    /// Its number among the crews.
    pub thread: usize,
    pub tiles: Vec<Tile<'a, R, S, W>>,
    /// The order in which tiles are visited: no neighbour of one that was just visited, where that is possible, so that a
    /// tile finds all its neighbours ahead of it and goes on for twice the lookahead at a visit.
    order: Vec<u32>,
    pub workspace: Workspace<W>,
    /// Time spent waiting for tiles of other crews.
    pub waited: Duration,
}

impl<'a, R: Routing, S: Source, const W: usize> Crew<'a, R, S, W> {
    pub fn new(thread: usize, tiles: Vec<Tile<'a, R, S, W>>, workspace: Workspace<W>) -> Self {
        Self {
            thread,
            order: visiting_order(&tiles),
            tiles,
            workspace,
            waited: Duration::ZERO,
        }
    }

    /// Simulates the cycles before `end` of its tiles, each as far as its neighbours let it at a time. Returns early where
    /// another thread has panicked.
    pub fn run_to(&mut self, end: Cycle, signals: &Signals) {
        while !signals.is_abandoned() {
            let round = self.visit_all(end, signals);
            if round.is_done {
                return;
            }
            if !round.has_moved {
                self.wait(end, signals);
            } else if round.is_idle && signals.threads() == 1 {
                self.skip_idle_time(end, signals);
            }
        }
    }

    fn visit_all(&mut self, end: Cycle, signals: &Signals) -> Round {
        let mut round = Round {
            is_done: true,
            has_moved: false,
            is_idle: true,
        };
        for &i in &self.order {
            let tile = &mut self.tiles[i as usize];
            let horizon = horizon(tile, end, signals);
            if horizon > tile.now {
                tile.collect_mail();
                tile.run_to(horizon, &mut self.workspace);
                tile.events.outgoing.publish();
                signals.publish(tile.number, tile.now, &tile.watched_by);
                round.has_moved = true;
            }
            round.is_done &= tile.now == end;
            round.is_idle &= tile.is_idle();
        }
        round
    }

    /// Nothing moves anywhere: all tiles go on to the first cycle in which something is due.
    fn skip_idle_time(&mut self, end: Cycle, signals: &Signals) {
        self.tiles.iter_mut().for_each(Tile::collect_mail);
        let due = self.tiles.iter().filter_map(|tile| tile.events.next_due());
        let next = due.min().map_or(end, |due| due.min(end));
        for tile in self.tiles.iter_mut().filter(|tile| tile.now < next) {
            tile.now = next;
            signals.publish(tile.number, next, &[]);
        }
    }

    /// Waits until a tile can go on.
    fn wait(&mut self, end: Cycle, signals: &Signals) {
        let started = Instant::now();
        let can_go_on = |tile: &Tile<R, S, W>| horizon(tile, end, signals) > tile.now;
        signals.wait(self.thread, || self.tiles.iter().any(can_go_on));
        self.waited += started.elapsed();
    }
}

/// The cycle before which a tile may simulate now, on the way to `end`.
fn horizon<R: Routing, S: Source, const W: usize>(
    tile: &Tile<R, S, W>,
    end: Cycle,
    signals: &Signals,
) -> Cycle {
    signals.horizon(tile.neighbours()).min(end)
}

/// What a round of visits came to.
struct Round {
    /// All tiles are at the end.
    is_done: bool,
    /// Some tile has gone on.
    has_moved: bool,
    /// No switch and no terminal has anything to do.
    is_idle: bool,
}

/// Tiles of one colour after those of another; no two of a colour are neighbours.
fn visiting_order<R, S, const W: usize>(tiles: &[Tile<R, S, W>]) -> Vec<u32> {
    let Some(first) = tiles.first().map(|tile| tile.number) else {
        return Vec::new();
    };
    let mut colours: Vec<usize> = Vec::with_capacity(tiles.len());
    for tile in tiles {
        let coloured = tile.neighbours.iter().filter_map(|neighbour| {
            let before = neighbour.tile.checked_sub(first)? as usize;
            colours.get(before).copied()
        });
        let taken: Vec<usize> = coloured.collect();
        let free = (0..).find(|colour| !taken.contains(colour));
        colours.push(free.unwrap_or(0));
    }
    let mut order: Vec<u32> = (0..tiles.len() as u32).collect();
    order.sort_by_key(|&i| colours[i as usize]);
    order
}
