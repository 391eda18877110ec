//! How the threads of the machine are shared out: points of a sweep first, then tiles of each point.

use std::fmt;

use fabricsim_core::{CutSize, Execution, TrafficInside};

use crate::experiment::FabricSpec;
use crate::fabric::Fabric;

/// Simulations that take more than this are cut into tiles that fit a processor's own cache, even for one thread: a tile
/// goes through several cycles while it is there \[bytes\].
const WHOLE: u64 = 24 << 20;

/// Such a tile takes this, or up to twice as much \[bytes\].
const TILE: u64 = 2 << 20;

/// Tiles that a thread needs, so that one of them can go on while others wait for their neighbours.
const TILES_A_THREAD: u32 = 4;

/// Switches of a tile, at least: fewer are hardly more than a border.
const LEAST_TILE: u32 = 64;

/// Flit-hops of a thread between two exchanges, at least, for which it is worth having.
const LEAST_WORK: f64 = 25.0;

/// What the user asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Threads in all.
    pub threads: usize,
    /// Threads of each point; `None` leaves it to the tool.
    pub a_point: Option<usize>,
    /// Threads stay on processors of their own.
    pub pinned: bool,
}

/// How the points of an experiment share the threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Points that are simulated side by side.
    pub side_by_side: usize,
    /// Threads that each of them may use.
    pub a_point: ThreadsAPoint,
    /// These stay on processors of their own. Not where several points would choose the same.
    pub pinned: bool,
}

/// Threads of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThreadsAPoint {
    /// As many as make it faster, up to this.
    UpTo(usize),
    /// As many as the user asks for.
    Exactly(usize),
}

impl Schedule {
    /// A point at a time, on one thread.
    pub const ALONE: Self = Self {
        side_by_side: 1,
        a_point: ThreadsAPoint::UpTo(1),
        pinned: false,
    };

    /// For so many points, where no more than `fitting` fit the memory at a time.
    pub fn new(points: usize, fitting: usize, asked: Asked) -> Self {
        let Asked {
            threads,
            a_point,
            pinned,
        } = asked;
        let most = a_point.map_or(threads, |each| (threads / each).max(1));
        let side_by_side = most.min(points).min(fitting).max(1);
        let a_point = match a_point {
            Some(each) => ThreadsAPoint::Exactly(each),
            None => ThreadsAPoint::UpTo((threads / side_by_side).max(1)),
        };
        Self {
            side_by_side,
            a_point,
            pinned: pinned && side_by_side == 1,
        }
    }
}

/// How a point is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Tiles, at most: a fabric may have fewer switches.
    pub tiles: u32,
    /// Threads that simulate them.
    pub threads: usize,
    /// These stay on processors of their own.
    pub pinned: bool,
}

impl Cut {
    /// In one.
    pub const WHOLE: Self = Self {
        tiles: 1,
        threads: 1,
        pinned: false,
    };

    /// For a fabric whose simulation takes `bytes` in one.
    pub fn choose(spec: &FabricSpec, bytes: u64, inside: TrafficInside, schedule: Schedule) -> Self {
        let switches = spec.topology.switches();
        let most = match schedule.a_point {
            ThreadsAPoint::Exactly(threads) => threads.min(switches as usize),
            ThreadsAPoint::UpTo(threads) => threads.min(worth_having(spec, switches, inside)),
        };
        let for_cache = match bytes {
            bytes if bytes <= WHOLE => 1,
            bytes => (bytes / (2 * TILE)).next_power_of_two() as u32,
        };
        let threads = most.max(1);
        let for_threads = match threads as u32 {
            1 => 1,
            threads => {
                let each = (switches / LEAST_TILE / threads).clamp(1, TILES_A_THREAD);
                // Halving comes out even.
                threads * (1 << each.ilog2())
            }
        };
        Self {
            tiles: for_cache.max(for_threads),
            threads,
            pinned: schedule.pinned,
        }
    }

    /// What its memory depends on.
    pub fn size(self, fabric: &Fabric) -> CutSize {
        fabric.cut_size(self.tiles, self.threads)
    }

    /// For the engine.
    pub fn execution(self, fabric: &Fabric) -> Execution {
        Execution {
            tiling: fabric.tiling(self.tiles),
            threads: self.threads,
            pinned: self.pinned,
        }
    }
}

impl fmt::Display for Cut {
    /// ` on 2 threads in 16 tiles`, as it stands behind something else.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if self.threads > 1 {
            write!(f, " on {} threads", self.threads)?;
        }
        if self.tiles > 1 {
            write!(f, " in {} tiles", self.tiles)?;
        }
        Ok(())
    }
}

/// Threads that have enough to do between two exchanges.
fn worth_having(spec: &FabricSpec, switches: u32, inside: TrafficInside) -> usize {
    let lookahead = spec.engine_switch().lookahead(spec.link.latency);
    let work = inside.flits_a_cycle * lookahead as f64;
    let by_size = (switches / LEAST_TILE) as usize;
    by_size.min((work / LEAST_WORK) as usize)
}

/// What simulating a point, or several, took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effort {
    /// How they were cut; of several, the most tiles and threads that one had.
    pub cut: Cut,
    /// Time of all threads \[s\].
    pub thread_s: f64,
    /// The part of it that they waited for each other \[s\].
    pub waited_s: f64,
}

impl Effort {
    /// Of no point.
    pub const NONE: Self = Self {
        cut: Cut::WHOLE,
        thread_s: 0.0,
        waited_s: 0.0,
    };

    /// Of these and of others.
    pub fn and(self, other: Self) -> Self {
        Self {
            cut: Cut {
                tiles: self.cut.tiles.max(other.cut.tiles),
                threads: self.cut.threads.max(other.cut.threads),
                pinned: self.cut.pinned || other.cut.pinned,
            },
            thread_s: self.thread_s + other.thread_s,
            waited_s: self.waited_s + other.waited_s,
        }
    }

    /// The share of the threads' time that went by waiting, from 0 to 1.
    pub fn waiting_share(self) -> f64 {
        if self.thread_s > 0.0 {
            self.waited_s / self.thread_s
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_come_first_and_threads_that_are_left_go_to_each() {
        let asked = |threads| Asked {
            threads,
            a_point: None,
            pinned: true,
        };
        let schedule = |threads, points| Schedule::new(points, usize::MAX, asked(threads));
        let of = |side_by_side, threads| Schedule {
            side_by_side,
            a_point: ThreadsAPoint::UpTo(threads),
            pinned: side_by_side == 1,
        };
        assert_eq!(schedule(8, 20), of(8, 1));
        assert_eq!(schedule(8, 8), of(8, 1));
        assert_eq!(schedule(8, 3), of(3, 2));
        assert_eq!(schedule(8, 1), of(1, 8));
        assert_eq!(schedule(1, 5), of(1, 1));
        assert_eq!(Schedule::new(20, 2, asked(8)), of(2, 4), "two fit the memory");
        assert_eq!(Schedule::new(20, 0, asked(8)), of(1, 8), "the machine may swap");
    }

    #[test]
    fn the_user_may_say_how_many_threads_a_point_gets() {
        let schedule = |threads, points, each| {
            let asked = Asked {
                threads,
                a_point: Some(each),
                pinned: false,
            };
            Schedule::new(points, usize::MAX, asked)
        };
        let of = |side_by_side, threads| Schedule {
            side_by_side,
            a_point: ThreadsAPoint::Exactly(threads),
            pinned: false,
        };
        assert_eq!(schedule(8, 20, 4), of(2, 4));
        assert_eq!(schedule(8, 20, 1), of(8, 1));
        assert_eq!(
            schedule(2, 20, 7),
            of(1, 7),
            "more than there are are a wish, too"
        );
    }

    #[test]
    fn waiting_is_a_share_of_all_threads_time() {
        let effort = |threads, thread_s, waited_s| Effort {
            cut: Cut {
                tiles: 8,
                threads,
                pinned: false,
            },
            thread_s,
            waited_s,
        };
        let both = effort(2, 6.0, 1.0).and(effort(4, 4.0, 1.0));
        assert_eq!((both.cut.threads, both.waiting_share()), (4, 0.2));
        assert_eq!(Effort::NONE.waiting_share(), 0.0);
    }
}
