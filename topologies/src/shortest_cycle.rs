//! The shortest cycle of a directed graph.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

/// Edges are looked at up to so often, about a second; then the shortest cycle so far has to do.
const MOST_STEPS: u64 = 1 << 28;

/// Where a node has not been met.
const NEVER: u32 = u32::MAX;

/// The nodes of a cycle with as few as any, each with an edge to the next and the last to the first, and whether that is
/// certain; `None` if there is no cycle. `edges`: from a node to another, of `nodes` nodes.
///
/// Breadth first from each node of a knot, a set of nodes that all lead to each other, no farther than the best cycle so
/// far; a node from which all cycles are known is left out of the searches after it. Of equally short cycles the one with
/// the lowest first node is found, and of these the one that comes first by the order of the edges.
pub(crate) fn shortest_cycle(nodes: usize, edges: &[(u32, u32)]) -> Option<(Vec<u32>, bool)> {
    let mut search = Search::new(nodes, edges);
    let mut best: Option<Vec<u32>> = None;
    for start in 0..nodes as u32 {
        let most = best.as_ref().map_or(u32::MAX, |best| best.len() as u32 - 1);
        best = search.through(start, most).or(best);
        if best.is_some() && search.steps > MOST_STEPS {
            return best.map(|best| (best, false));
        }
    }
    best.map(|best| (best, true))
}

struct Search {
    /// By node: where the nodes begin to which it has edges within its knot; the last is their end.
    first: Vec<u32>,
    next: Vec<u32>,
    /// By node: the start of the search that met it last, and the node from which that came.
    met: Vec<(u32, u32)>,
    /// Nodes in the order in which the present search met them.
    queue: Vec<u32>,
    steps: u64,
}

impl Search {
    fn new(nodes: usize, edges: &[(u32, u32)]) -> Self {
        let knot = knots(nodes, edges);
        let inside = || {
            let same = |&&(from, to): &&(u32, u32)| knot[from as usize] == knot[to as usize];
            edges.iter().filter(same)
        };
        let mut first = vec![0; nodes + 1];
        inside().for_each(|&(from, _)| first[from as usize + 1] += 1);
        for node in 0..nodes {
            first[node + 1] += first[node];
        }
        let mut end = first.clone();
        let mut next = vec![0; first[nodes] as usize];
        for &(from, to) in inside() {
            next[end[from as usize] as usize] = to;
            end[from as usize] += 1;
        }
        Self {
            first,
            next,
            met: vec![(NEVER, NEVER); nodes],
            queue: Vec::new(),
            steps: 0,
        }
    }

    /// The shortest cycle of at most `most` nodes, of which `start` is the lowest.
    fn through(&mut self, start: u32, most: u32) -> Option<Vec<u32>> {
        self.queue.clear();
        self.queue.push(start);
        let mut length = 1;
        let mut level = 0..1;
        while !level.is_empty() && length <= most {
            for at in level.clone() {
                let node = self.queue[at];
                let range = self.first[node as usize]..self.first[node as usize + 1];
                self.steps += u64::from(range.end - range.start);
                for edge in range {
                    let next = self.next[edge as usize];
                    if next == start {
                        return Some(self.trace_back(start, node));
                    }
                    if next > start && self.met[next as usize].0 != start {
                        self.met[next as usize] = (start, node);
                        self.queue.push(next);
                    }
                }
            }
            level = level.end..self.queue.len();
            length += 1;
        }
        None
    }

    /// From the start of the search to `node`.
    fn trace_back(&self, start: u32, mut node: u32) -> Vec<u32> {
        let mut cycle = vec![node];
        while node != start {
            node = self.met[node as usize].1;
            cycle.push(node);
        }
        cycle.reverse();
        cycle
    }
}

/// By node: the number of its knot.
fn knots(nodes: usize, edges: &[(u32, u32)]) -> Vec<u32> {
    let mut graph = DiGraph::<(), ()>::with_capacity(nodes, edges.len());
    (0..nodes).for_each(|_| {
        graph.add_node(());
    });
    graph.extend_with_edges(edges);
    let mut knot = vec![0; nodes];
    for (number, members) in (0..).zip(kosaraju_scc(&graph)) {
        members
            .into_iter()
            .for_each(|node: NodeIndex| knot[node.index()] = number);
    }
    knot
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_cycle_is_none() {
        assert_eq!(shortest_cycle(3, &[(0, 1), (1, 2), (0, 2)]), None);
    }

    #[test]
    fn the_shortest_of_all_is_found_behind_a_longer_one() {
        let edges = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 3)];
        assert_eq!(shortest_cycle(5, &edges), Some((vec![3, 4], true)));
        assert_eq!(
            shortest_cycle(5, &[(4, 4), (0, 4), (4, 0)]),
            Some((vec![4], true))
        );
    }

    /// Links of the shortest cycle by the distances between all nodes (Floyd and Warshall).
    fn length(nodes: usize, edges: &[(u32, u32)]) -> Option<usize> {
        let mut distance = vec![vec![usize::MAX / 2; nodes]; nodes];
        for &(from, to) in edges {
            distance[from as usize][to as usize] = 1;
        }
        for via in 0..nodes {
            for from in 0..nodes {
                for to in 0..nodes {
                    let way = distance[from][via] + distance[via][to];
                    distance[from][to] = distance[from][to].min(way);
                }
            }
        }
        let shortest = (0..nodes).map(|node| distance[node][node]).min()?;
        (shortest < usize::MAX / 2).then_some(shortest)
    }

    proptest! {
        #[test]
        fn as_short_as_by_all_distances(
            (nodes, edges) in (1_usize..12).prop_flat_map(|nodes| {
                let node = 0..nodes as u32;
                (Just(nodes), prop::collection::vec((node.clone(), node), 0..24))
            })
        ) {
            let found = shortest_cycle(nodes, &edges);
            prop_assert_eq!(found.as_ref().map(|(cycle, _)| cycle.len()), length(nodes, &edges));
            if let Some((cycle, _)) = found {
                for (i, &from) in cycle.iter().enumerate() {
                    let to = cycle[(i + 1) % cycle.len()];
                    prop_assert!(edges.contains(&(from, to)), "{from} to {to}");
                }
            }
        }
    }
}
