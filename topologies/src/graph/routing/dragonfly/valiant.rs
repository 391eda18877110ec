//! Valiant's routing of dragonflies: by way of a random group (Kim et al., ISCA 2008, section 4.1).
//!
//! Needs three virtual channels, one for each number of global links crossed; any reallocation, any switching.
//! Deadlock-free, since the class rises with each global link, and within a class a packet crosses a local link and then a
//! global one at most, so that no cycle of channels can be waited around.

use fabricsim_core::Draw;

use super::{Courses, Departure, DragonflyRouting, GroupPlace, Home, Ways};

/// Minimal to a group drawn at the source's switch, each as likely but the source's and the destination's, then minimal
/// to the destination: at most two global links and three local ones. Packets within a group, and of a dragonfly of two
/// groups, go minimally. Of several links between two groups the same one, by its number, is taken both times.
pub type DragonflyValiant = DragonflyRouting<Valiant>;

/// See [`DragonflyValiant`].
#[derive(Clone, Debug)]
pub struct Valiant;

impl Departure for Valiant {
    const NEEDS: u8 = 3;
    const COURSES: Courses = Courses::Detours;

    #[inline(always)]
    fn depart(ways: &Ways, here: GroupPlace, home: Home, draw: &mut impl Draw) -> u32 {
        let round = ways.draw_round(draw);
        match ways.has_detour(here, home) {
            true => round | ways.draw_via(here.group, home.group, draw),
            false => round,
        }
    }
}
