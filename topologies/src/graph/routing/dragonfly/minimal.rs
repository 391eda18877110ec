//! Minimal routing of dragonflies (Kim et al., ISCA 2008, section 4.1).
//!
//! Needs two virtual channels, one before the global link and one after it; any reallocation, any switching.
//! Deadlock-free, since a packet crosses a local link, a global one and a local one in classes that only rise, so that no
//! cycle of channels can be waited around.

use fabricsim_core::Draw;

use super::{Courses, Departure, DragonflyRouting, GroupPlace, Home, Ways};

/// At most a local link, a global one to the destination's group, and a local one there. Of several links between the two
/// groups the source's switch draws one, each as likely, be it its own or another's: with several this is not always a
/// shortest way.
pub type DragonflyMinimal = DragonflyRouting<Minimal>;

/// See [`DragonflyMinimal`].
#[derive(Clone, Debug)]
pub struct Minimal;

impl Departure for Minimal {
    const NEEDS: u8 = 2;
    const COURSES: Courses = Courses::Direct;

    #[inline(always)]
    fn depart(ways: &Ways, _: GroupPlace, _: Home, draw: &mut impl Draw) -> u32 {
        ways.draw_round(draw)
    }
}
