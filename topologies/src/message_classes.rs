//! Virtual networks: message classes that never share a virtual channel (Dally & Towles, section 14.1.5).

use std::ops::Range;

use fabricsim_core::{Candidates, Draw, Packet, Place, Routing, Selection};

/// A routing in each of several equal parts of the virtual channels, one a message class: requests can't hold up the
/// replies that they wait for.
///
/// The virtual channels of a class are successive; a packet is injected into those of its class and stays in them. What is
/// proved of the routing holds in each class, since no packet of one waits for a packet of another.
#[derive(Clone, Debug)]
pub struct MessageClasses<R> {
    inner: R,
    classes: u8,
    /// Of one class, by port.
    vcs: Vec<u8>,
}

impl<R: Routing> MessageClasses<R> {
    /// `classes` of them, each routed by `inner`, which was made for `share`, the virtual channels of one class by port (see
    /// [`GridChannels::divided`](crate::GridChannels::divided)).
    pub fn new(inner: R, classes: u8, share: Vec<u8>) -> Self {
        debug_assert!(classes > 0 && !share.contains(&0));
        Self {
            inner,
            classes,
            vcs: share,
        }
    }

    /// The routing of each class.
    pub fn inner(&self) -> &R {
        &self.inner
    }
}

impl<R: Routing> Routing for MessageClasses<R> {
    #[inline(always)]
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        if self.classes == 1 {
            self.inner.route(at, dest, tag, draw, out);
            return;
        }
        let share = self.vcs[usize::from(at.in_port)];
        let class = at.in_vc / share;
        let within = Place {
            in_vc: at.in_vc % share,
            ..at
        };
        let first = out.len();
        self.inner.route(within, dest, tag, draw, out);
        for candidate in &mut out[first..] {
            candidate.first_vc += class * self.vcs[usize::from(candidate.port)];
        }
    }

    fn max_candidates(&self) -> usize {
        self.inner.max_candidates()
    }

    fn selection(&self) -> Selection {
        self.inner.selection()
    }

    fn injection_vcs(&self, packet: &Packet, all: u8) -> Range<u8> {
        let share = all / self.classes;
        let within = self.inner.injection_vcs(packet, share);
        let first = packet.class * share;
        first + within.start..first + within.end
    }
}
