//! Who waits for whom, as a graph.

use std::collections::VecDeque;

/// Something that a blocked input waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The input that must move first.
    pub on: usize,
    /// The output, of the switch of the one that waits, through which it is waited for.
    pub through: usize,
}

/// Waits that a search for the shortest cycle follows: millions of packets may stand still.
const MOST_STEPS: usize = 1 << 24;

/// No node.
const NOBODY: u32 = u32::MAX;

/// The blocked inputs and what each waits for: one of these must move first. It is filled anew at each look, in memory that
/// stays.
#[derive(Debug, Default)]
pub struct WaitGraph {
    /// The blocked inputs, rising: the nodes.
    blocked: Vec<usize>,
    /// By node, the end of its waits; they begin at the end of those before.
    ends: Vec<usize>,
    waits: Vec<Wait>,
    /// By wait, the node of the one waited for, or [`NOBODY`] if that is not blocked.
    nodes: Vec<u32>,
    /// Whether a node can never move.
    dead: Vec<bool>,
    /// Waits by the node that is waited for, as their waiters: the first of each node, and all.
    first_waiters: Vec<usize>,
    waiters: Vec<u32>,
    /// Nodes that are known to move and not followed up.
    alive: Vec<u32>,
    /// The search for cycles.
    trails: Trails,
}

/// How a search came to each node.
#[derive(Debug, Default)]
struct Trails {
    /// Search that came there last.
    search: Vec<u32>,
    /// The node that it came from.
    from: Vec<u32>,
    /// Nodes to go on from, and their distance from the first.
    queue: VecDeque<(u32, usize)>,
}

impl Trails {
    fn clear(&mut self, nodes: usize) {
        self.search.clear();
        self.search.resize(nodes, NOBODY);
        self.from.clear();
        self.from.resize(nodes, NOBODY);
    }

    /// The nodes from the first of a search to `last`.
    fn to(&self, first: usize, last: usize) -> Vec<usize> {
        let mut path = vec![last];
        let mut at = last;
        while at != first {
            at = self.from[at] as usize;
            path.push(at);
        }
        path.reverse();
        path
    }
}

impl WaitGraph {
    /// Forgets the last look.
    pub fn clear(&mut self) {
        self.blocked.clear();
        self.ends.clear();
        self.waits.clear();
    }

    /// Where to add what an input waits for, before [`WaitGraph::settle`] is called for it.
    pub fn waits_mut(&mut self) -> &mut Vec<Wait> {
        &mut self.waits
    }

    /// An input, higher than those before, is blocked by what was added; or not, and that is taken back.
    pub fn settle(&mut self, input: usize, is_blocked: bool) {
        if is_blocked {
            self.blocked.push(input);
            self.ends.push(self.waits.len());
        } else {
            self.waits.truncate(self.ends.last().copied().unwrap_or(0));
        }
    }

    /// What an input waits for.
    pub fn waits_of(&self, input: usize) -> &[Wait] {
        let node = self.blocked.binary_search(&input);
        node.map_or(&[], |node| &self.waits[self.range(node)])
    }

    /// The shortest cycle of inputs each of which can only move after the next has, beginning with its least. Where very many
    /// wait it is the shortest of those that were looked at.
    pub fn shortest_cycle(&mut self) -> Option<Vec<usize>> {
        self.number();
        self.find_dead();
        let mut shortest = self.any_cycle();
        self.shorten(&mut shortest);
        let cycle = shortest?;
        let least = (0..cycle.len()).min_by_key(|&i| cycle[i]).unwrap_or(0);
        let from_least = cycle[least..].iter().chain(&cycle[..least]);
        Some(from_least.map(|&node| self.blocked[node]).collect())
    }

    fn range(&self, node: usize) -> std::ops::Range<usize> {
        let start = if node == 0 { 0 } else { self.ends[node - 1] };
        start..self.ends[node]
    }

    fn number(&mut self) {
        let Self { blocked, waits, .. } = self;
        let node = |wait: &Wait| blocked.binary_search(&wait.on).map_or(NOBODY, |node| node as u32);
        self.nodes.clear();
        self.nodes.extend(waits.iter().map(node));
    }

    /// Who can never move: all but those that wait, over any number of others, for somebody who can.
    fn find_dead(&mut self) {
        self.turn_around();
        self.dead.clear();
        for node in 0..self.blocked.len() {
            let waits = &self.nodes[self.range(node)];
            let is_dead = !waits.contains(&NOBODY);
            self.dead.push(is_dead);
            if !is_dead {
                self.alive.push(node as u32);
            }
        }
        while let Some(node) = self.alive.pop() {
            let waiters = self.first_waiters[node as usize]..self.first_waiters[node as usize + 1];
            for &waiter in &self.waiters[waiters] {
                if std::mem::replace(&mut self.dead[waiter as usize], false) {
                    self.alive.push(waiter);
                }
            }
        }
    }

    /// Sorts the waits by the one waited for.
    fn turn_around(&mut self) {
        let known = |node: &&u32| **node != NOBODY;
        self.first_waiters.clear();
        // One more in front: while the waiters are put in place, entry `node + 1` is where the next of `node` goes.
        self.first_waiters.resize(self.blocked.len() + 2, 0);
        for &node in self.nodes.iter().filter(known) {
            self.first_waiters[node as usize + 2] += 1;
        }
        for i in 2..self.first_waiters.len() {
            self.first_waiters[i] += self.first_waiters[i - 1];
        }
        self.waiters.clear();
        self.waiters.resize(self.nodes.iter().filter(known).count(), 0);
        for waiter in 0..self.blocked.len() {
            for wait in self.range(waiter) {
                let node = self.nodes[wait];
                if node != NOBODY {
                    let place = &mut self.first_waiters[node as usize + 1];
                    self.waiters[*place] = waiter as u32;
                    *place += 1;
                }
            }
        }
    }

    /// A cycle that is quickly found: each goes to the first that it waits for.
    fn any_cycle(&mut self) -> Option<Vec<usize>> {
        let mut trails = std::mem::take(&mut self.trails);
        trails.clear(self.blocked.len());
        let mut found = None;
        for first in (0..self.blocked.len()).filter(|&node| self.dead[node]) {
            let mut at = first;
            while trails.search[at] == NOBODY {
                trails.search[at] = first as u32;
                // Without a way on it waits for nobody.
                let Some(&next) = self.nodes[self.range(at)].first() else {
                    break;
                };
                trails.from[next as usize] = at as u32;
                at = next as usize;
            }
            let waits_for_somebody = !self.range(at).is_empty();
            if trails.search[at] == first as u32 && waits_for_somebody {
                let last = trails.from[at] as usize;
                found = Some(trails.to(at, last));
                break;
            }
        }
        self.trails = trails;
        found
    }

    /// Looks for shorter cycles.
    fn shorten(&mut self, shortest: &mut Option<Vec<usize>>) {
        let mut trails = std::mem::take(&mut self.trails);
        trails.clear(self.blocked.len());
        let mut steps = 0;
        for first in (0..self.blocked.len()).filter(|&node| self.dead[node]) {
            let shorter_than = shortest.as_ref().map_or(usize::MAX, Vec::len);
            if let Some(last) = self.way_back(first, shorter_than, &mut trails, &mut steps) {
                *shortest = Some(trails.to(first, last));
            }
            if steps > MOST_STEPS {
                break;
            }
        }
        self.trails = trails;
    }

    /// The last node of a shortest cycle of fewer nodes than `shorter_than`, of which `first` is the least.
    fn way_back(
        &self,
        first: usize,
        shorter_than: usize,
        trails: &mut Trails,
        steps: &mut usize,
    ) -> Option<usize> {
        trails.queue.clear();
        trails.queue.push_back((first as u32, 1));
        while let Some((at, nodes)) = trails.queue.pop_front() {
            if nodes >= shorter_than {
                return None;
            }
            let waits = &self.nodes[self.range(at as usize)];
            *steps += waits.len();
            for &next in waits {
                let place = next as usize;
                if place == first {
                    return Some(at as usize);
                }
                if place > first && trails.search[place] != first as u32 {
                    trails.search[place] = first as u32;
                    trails.from[place] = at;
                    trails.queue.push_back((next, nodes + 1));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Of the inputs that are blocked, with what each waits for.
    fn graph(waits: &[(usize, Vec<usize>)]) -> WaitGraph {
        let mut graph = WaitGraph::default();
        fill(&mut graph, waits);
        graph
    }

    fn fill(graph: &mut WaitGraph, waits: &[(usize, Vec<usize>)]) {
        graph.clear();
        for (input, on) in waits {
            let waits = on.iter().map(|&on| Wait { on, through: 0 });
            graph.waits_mut().extend(waits);
            graph.settle(*input, true);
        }
    }

    #[test]
    fn the_shorter_of_two_rings_is_told() {
        let waits = [
            (2, vec![5]),
            (5, vec![9]),
            (9, vec![2]),
            (11, vec![12]),
            (12, vec![11]),
        ];
        assert_eq!(graph(&waits).shortest_cycle(), Some(vec![11, 12]));
        assert_eq!(graph(&waits[..3]).shortest_cycle(), Some(vec![2, 5, 9]));
    }

    #[test]
    fn a_shortcut_is_taken() {
        let waits = [(0, vec![1]), (1, vec![2, 3]), (2, vec![3]), (3, vec![0])];
        assert_eq!(graph(&waits).shortest_cycle(), Some(vec![0, 1, 3]));
    }

    #[test]
    fn who_can_get_past_is_not_dead() {
        // 7 is not blocked, so 3 will move, and 2 after it.
        let waits = [(1, vec![2]), (2, vec![1, 3]), (3, vec![7])];
        assert_eq!(graph(&waits).shortest_cycle(), None);
    }

    #[test]
    fn without_a_way_on_there_is_no_cycle() {
        assert_eq!(graph(&[(0, vec![1]), (1, vec![])]).shortest_cycle(), None);
        assert_eq!(graph(&[]).shortest_cycle(), None);
    }

    #[test]
    fn what_was_added_for_an_input_that_can_move_is_taken_back() {
        let mut graph = graph(&[(0, vec![1])]);
        graph.waits_mut().push(Wait { on: 0, through: 0 });
        graph.settle(1, false);
        assert_eq!(graph.shortest_cycle(), None);
        assert_eq!(graph.waits_of(0), [Wait { on: 1, through: 0 }]);
        assert!(graph.waits_of(1).is_empty());
    }

    /// Length of the shortest cycle of nodes that can never move, by trying.
    fn shortest_length(waits: &[(usize, Vec<usize>)]) -> Option<usize> {
        let of = |input: usize| waits.iter().find(|(i, _)| *i == input).map(|(_, on)| on);
        let mut dead: Vec<usize> = waits.iter().map(|(input, _)| *input).collect();
        while let Some(moves) = dead
            .iter()
            .position(|&input| of(input).unwrap().iter().any(|on| !dead.contains(on)))
        {
            dead.remove(moves);
        }
        let length_from = |first: usize| {
            let mut reached = vec![first];
            (1..=dead.len()).find(|_| {
                reached = reached.iter().flat_map(|&at| of(at).unwrap().clone()).collect();
                reached.sort_unstable();
                reached.dedup();
                reached.contains(&first)
            })
        };
        dead.iter().filter_map(|&first| length_from(first)).min()
    }

    proptest! {
        /// A graph that is used again finds in each look a shortest cycle of waits.
        #[test]
        fn cycles_are_shortest(
            looks in prop::collection::vec(
                prop::collection::btree_map(0_usize..12, prop::collection::vec(0_usize..14, 0..3), 0..12),
                1..4,
            ),
        ) {
            let mut graph = WaitGraph::default();
            for look in looks {
                let waits: Vec<_> = look.into_iter().collect();
                fill(&mut graph, &waits);
                let cycle = graph.shortest_cycle();
                prop_assert_eq!(cycle.as_ref().map(Vec::len), shortest_length(&waits));
                for (&input, &next) in cycle.iter().flat_map(|c| c.iter().zip(c.iter().cycle().skip(1))) {
                    prop_assert!(graph.waits_of(input).iter().any(|wait| wait.on == next));
                }
                prop_assert_eq!(cycle.as_ref().map(|c| c[0]), cycle.as_ref().and_then(|c| c.iter().min().copied()));
            }
        }
    }
}
