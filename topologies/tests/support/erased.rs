//! Routings whose types are forgotten.

use fabricsim_core::{Candidates, Draw, Packet, Place, Queue, Routing, Selection};

/// Any routing, so that the engine is compiled for one only.
pub struct Erased<'a>(&'a dyn AnyRouting);

impl<'a> Erased<'a> {
    pub fn new(routing: &'a impl Routing) -> Self {
        Self(routing)
    }
}

trait AnyRouting: Sync {
    fn route_any(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut dyn Draw, out: &mut Candidates);
    fn max_candidates_any(&self) -> usize;
    fn selection_any(&self) -> Selection;
    fn injection_vcs_any(&self, packet: &Packet, all: u8) -> std::ops::Range<u8>;
}

/// Any source of random choices.
struct AnyDraw<'a>(&'a mut dyn Draw);

impl Draw for AnyDraw<'_> {
    fn draw(&mut self, n: u32) -> u32 {
        self.0.draw(n)
    }

    fn is_no_longer(&mut self, first: Queue, second: Queue) -> bool {
        self.0.is_no_longer(first, second)
    }
}

impl<R: Routing> AnyRouting for R {
    fn route_any(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut dyn Draw, out: &mut Candidates) {
        self.route(at, dest, tag, &mut AnyDraw(draw), out);
    }

    fn max_candidates_any(&self) -> usize {
        self.max_candidates()
    }

    fn selection_any(&self) -> Selection {
        self.selection()
    }

    fn injection_vcs_any(&self, packet: &Packet, all: u8) -> std::ops::Range<u8> {
        self.injection_vcs(packet, all)
    }
}

impl Routing for Erased<'_> {
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        self.0.route_any(at, dest, tag, draw, out);
    }

    fn max_candidates(&self) -> usize {
        self.0.max_candidates_any()
    }

    fn selection(&self) -> Selection {
        self.0.selection_any()
    }

    fn injection_vcs(&self, packet: &Packet, all: u8) -> std::ops::Range<u8> {
        self.0.injection_vcs_any(packet, all)
    }
}
