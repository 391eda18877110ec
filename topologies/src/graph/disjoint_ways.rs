//! How many ways without a link in common lead from switch to switch.

use petgraph::algo::dinics;
use petgraph::graph::{DiGraph, NodeIndex};

use super::distances::NotCounted;
use super::fabric_graph::FabricGraph;
use super::summary::Summary;

/// Switches with terminals times links, at most: some seconds.
const MOST_STEPS: u64 = 100_000_000;

impl FabricGraph {
    /// Ways without a link in common between two terminals of different switches: as many as links have to be cut to part
    /// them (Menger 1927). Exact.
    ///
    /// A cut for each switch with terminals but one is enough for all pairs (Gusfield, SIAM Journal on Computing 1990).
    ///
    /// # Errors
    /// Where it can't be counted, or there are no terminals on two switches.
    pub fn disjoint_ways(&self) -> Result<Summary, NotCounted> {
        let terminals = self.terminals_by_switch();
        let homes: Vec<u32> = (0..self.switch_count())
            .filter(|&switch| terminals[switch as usize] > 0)
            .collect();
        if homes.len() as u64 * self.links().len() as u64 > MOST_STEPS {
            return Err(NotCounted::TooLarge);
        }
        let cuts = Cuts::new(self);
        // A tree of the homes: a home's parent comes before it, and the least cut of two is the least on the way between.
        let mut parents = vec![0; homes.len()];
        let mut of_parent = vec![0; homes.len()];
        for home in 1..homes.len() {
            let parent = parents[home];
            let (cut, is_near) = cuts.between(homes[home], homes[parent]);
            of_parent[home] = cut;
            for later in home + 1..homes.len() {
                if parents[later] == parent && is_near[homes[later] as usize] {
                    parents[later] = home;
                }
            }
        }
        let mut summary = None;
        // By home and home before it: the least cut between them.
        let mut least: Vec<Vec<u32>> = vec![Vec::new()];
        for home in 1..homes.len() {
            let (parent, cut) = (parents[home], of_parent[home]);
            let to = |before: usize| match parent == before {
                true => cut,
                false => cut.min(least[parent.max(before)][parent.min(before)]),
            };
            let cuts: Vec<u32> = (0..home).map(to).collect();
            let terminals = |home: usize| f64::from(terminals[homes[home] as usize]);
            for (before, &cut) in cuts.iter().enumerate() {
                Summary::add(&mut summary, f64::from(cut), terminals(home) * terminals(before));
            }
            least.push(cuts);
        }
        match summary {
            None => Err(NotCounted::OneSwitch),
            Some(summary) if summary.least == 0.0 => Err(NotCounted::NotConnected),
            Some(summary) => Ok(summary),
        }
    }
}

/// Least cuts of a fabric.
struct Cuts {
    /// Two arcs for each link, there and back, with what they can carry.
    arcs: DiGraph<(), u32>,
}

impl Cuts {
    fn new(graph: &FabricGraph) -> Self {
        let ends = graph.links().map(|link| link.ends.map(|end| end.switch));
        let arcs = ends.flat_map(|[a, b]| [(a, b, 1), (b, a, 1)]);
        let mut arcs = DiGraph::from_edges(arcs);
        while arcs.node_count() < graph.switch_count() as usize {
            arcs.add_node(());
        }
        Self { arcs }
    }

    /// Links of the least cut between two switches, and by switch whether it is on the side of the first.
    fn between(&self, first: u32, second: u32) -> (u32, Vec<bool>) {
        let [first, second] = [first, second].map(|switch| NodeIndex::new(switch as usize));
        let (cut, flows) = dinics(&self.arcs, first, second);
        let mut is_near = vec![false; self.arcs.node_count()];
        is_near[first.index()] = true;
        let mut pending = vec![first];
        while let Some(here) = pending.pop() {
            let mut out = self.arcs.neighbors(here).detach();
            while let Some((arc, there)) = out.next(&self.arcs) {
                // The arc back is its neighbour. A link has room unless its whole flow leads there.
                let back = arc.index() ^ 1;
                let has_room = flows[arc.index()] < 1 + flows[back];
                if has_room && !is_near[there.index()] {
                    is_near[there.index()] = true;
                    pending.push(there);
                }
            }
        }
        (cut, is_near)
    }
}

#[cfg(test)]
mod tests {
    use crate::graph::{Arrangement, Dragonfly, Family, FlattenedButterfly, GridFabric, KAryNTree};

    fn of(family: &impl Family) -> (f64, f64, f64) {
        let summary = family.graph().unwrap().disjoint_ways().unwrap();
        (summary.least, summary.mean(), summary.most)
    }

    /// Fabrics whose switches are alike have as many ways as links of a switch (Mader 1971).
    #[test]
    fn regular_fabrics_have_as_many_as_a_switch_has_links() {
        assert_eq!(
            of(&GridFabric::new(vec![4, 5], vec![true; 2], 1).unwrap()),
            (4.0, 4.0, 4.0)
        );
        assert_eq!(of(&FlattenedButterfly::new(4, 3).unwrap()), (6.0, 6.0, 6.0));
        let dragonfly = Dragonfly::new(2, 4, 2, None, Arrangement::PalmTree).unwrap();
        assert_eq!(of(&dragonfly), (5.0, 5.0, 5.0));
        assert_eq!(of(&KAryNTree::new(3, 2).unwrap()), (3.0, 3.0, 3.0));
    }

    #[test]
    fn a_mesh_has_as_many_as_its_lesser_switch_has_links() {
        let mesh = GridFabric::new(vec![4, 3], vec![false; 2], 1).unwrap();
        let (least, mean, most) = of(&mesh);
        // 4 x 8 + 6 pairs with a corner. The two inside have four links, but three part one half from the other.
        assert_eq!((least, most), (2.0, 3.0));
        assert!((mean - (38.0 * 2.0 + 28.0 * 3.0) / 66.0).abs() < 1e-12, "{mean}");
    }
}
