//! Universal globally-adaptive load-balanced routing of dragonflies by local queues, UGAL-L (Kim et al., ISCA 2008,
//! section 4.2; UGAL: A. Singh, "Load-Balanced Routing in Interconnection Networks", PhD thesis, Stanford 2005).
//!
//! Needs three virtual channels, one for each number of global links crossed; any reallocation, any switching.
//! Deadlock-free as Valiant's routing is: minimal packets go through the first two of the same classes.

use fabricsim_core::{Draw, Queue};

use super::{Courses, Departure, DragonflyRouting, GroupPlace, Home, Ways};

/// Minimal or by way of a random group, as [`DragonflyMinimal`](super::DragonflyMinimal) and
/// [`DragonflyValiant`](super::DragonflyValiant) go: minimal if the queue of its port at the source's switch times its
/// links is at most that of the other way. A queue is what holds places in the buffers behind the port, of all virtual
/// channels. Decided once, as the packet leaves its source.
pub type DragonflyUgalL = DragonflyRouting<UgalL>;

/// See [`DragonflyUgalL`].
#[derive(Clone, Debug)]
pub struct UgalL;

impl Departure for UgalL {
    const NEEDS: u8 = 3;
    const COURSES: Courses = Courses::Both;

    #[inline(always)]
    fn depart(ways: &Ways, here: GroupPlace, home: Home, draw: &mut impl Draw) -> u32 {
        let minimal = ways.draw_round(draw);
        if !ways.has_detour(here, home) {
            return minimal;
        }
        let valiant = minimal | ways.draw_via(here.group, home.group, draw);
        let queue = |tag: u32| Queue {
            port: ways.port(here, home, tag).0,
            weight: ways.links(here, home, tag),
        };
        match draw.is_no_longer(queue(minimal), queue(valiant)) {
            true => minimal,
            false => valiant,
        }
    }
}
