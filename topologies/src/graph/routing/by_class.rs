//! Routing as a proof looks at it: one virtual channel for all that are alike.

use fabricsim_core::{Candidate, Candidates, Draw, Place, Routing};

use super::class_channels::ClassChannels;
use crate::graph::WiredGraph;
use crate::{Proof, prove_every_route};

/// A routing that never tells the virtual channels of a class apart, with one for each class. What can wait for what is the
/// same: a range of virtual channels is one place to wait for.
pub(super) struct ByClass<'a, R> {
    pub routing: &'a R,
    /// What it offers: all virtual channels of a class, or to terminals all there are.
    pub classes: &'a ClassChannels,
}

/// As [`prove_every_route`], in time proportional to the classes where these prove it; what can deadlock is told of all virtual
/// channels.
pub(super) fn prove_by_class(
    wired: &WiredGraph,
    routing: &impl Routing,
    classes: &ClassChannels,
    virtual_channels: u8,
) -> Proof {
    let all = || prove_every_route(wired, routing, virtual_channels);
    if classes.classes() == virtual_channels {
        return all();
    }
    let by_class = ByClass { routing, classes };
    match prove_every_route(wired, &by_class, classes.classes()) {
        proved @ Proof::Proved { .. } => proved,
        _ => all(),
    }
}

/// The same of a routing that never tells any virtual channels apart.
pub(super) fn prove_alike(wired: &WiredGraph, routing: &impl Routing, virtual_channels: u8) -> Proof {
    let classes = ClassChannels::new(1, virtual_channels);
    prove_by_class(wired, routing, &classes, virtual_channels)
}

impl<R> ByClass<'_, R> {
    fn full(&self, at: Place) -> Place {
        Place {
            in_vc: self.classes.of(at.in_vc).first,
            ..at
        }
    }

    fn take_one_of_each(&self, way: &mut Candidate) {
        let class = self.classes.class(way.first_vc);
        let offered = self.classes.of(class);
        (way.first_vc, way.vcs) = match (way.first_vc, way.vcs) == (offered.first, offered.vcs) {
            true => (class, 1),
            false => (0, self.classes.classes()),
        };
    }
}

impl<R: Routing> Routing for ByClass<'_, R> {
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let first = out.len();
        self.routing.route(self.full(at), dest, tag, draw, out);
        for way in &mut out[first..] {
            self.take_one_of_each(way);
        }
    }

    fn max_candidates(&self) -> usize {
        self.routing.max_candidates()
    }

    fn terminals_are_alike(&self) -> bool {
        self.routing.terminals_are_alike()
    }

    fn same_place(&self, at: Place) -> Place {
        let same = self.routing.same_place(self.full(at));
        Place {
            in_vc: self.classes.class(same.in_vc),
            ..same
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::ChannelDependencyGraph;
    use crate::graph::routing::{DragonflyValiant, ShortestPath, Spread};
    use crate::graph::samples::{connected_graphs, wired, wired_family};
    use crate::graph::{Arrangement, Dragonfly};

    /// Channels and dependencies of all virtual channels, and of one of each class.
    fn sizes(wired: &WiredGraph, routing: &impl Routing, classes: u8, vcs: u8) -> [(usize, usize); 2] {
        let of = |graph: ChannelDependencyGraph| (graph.channels(), graph.dependencies());
        let by_port = |vcs| vec![vcs; usize::from(wired.network().ports())];
        let classes = &ClassChannels::new(classes, vcs);
        let by_class = ByClass { routing, classes };
        [
            of(ChannelDependencyGraph::new(
                wired.network(),
                routing,
                &by_port(vcs),
            )),
            of(ChannelDependencyGraph::new(
                wired.network(),
                &by_class,
                &by_port(classes.classes()),
            )),
        ]
    }

    proptest! {
        #[test]
        fn the_dependencies_are_the_same(graph in connected_graphs(), vcs in 1_u8..=7) {
            let wired = wired(graph);
            for spread in Spread::ALL {
                let routing = ShortestPath::new(Arc::clone(&wired), spread, vcs).unwrap();
                let [all, by_class] = sizes(&wired, &routing, routing.classes(), vcs);
                prop_assert_eq!(all, by_class);
            }
        }
    }

    #[test]
    fn those_of_a_dragonfly_are_the_same() {
        let dragonfly = Dragonfly::new(1, 3, 1, None, Arrangement::PalmTree).unwrap();
        let wired = wired_family(&dragonfly);
        for vcs in 1..=7 {
            let routing = DragonflyValiant::new(Arc::clone(&wired), &dragonfly, vcs).unwrap();
            let [all, by_class] = sizes(&wired, &routing, vcs.min(3), vcs);
            assert_eq!(all, by_class, "{vcs} virtual channels");
        }
    }
}
