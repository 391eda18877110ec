//! Betweenness: how the shortest ways between terminals share links and switches; and how many ways there are.

use super::distances::NotCounted;
use super::fabric_graph::FabricGraph;
use super::summary::Summary;

/// More switches and links than this are not looked at, all sources together; some seconds.
const MOST_STEPS: u64 = 500_000_000;

const UNREACHED: u32 = u32::MAX;

/// The shortest ways between the switches of terminals. Two ways differ if they differ in a link: each of several links
/// between two switches is on ways of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Betweenness {
    /// Betweenness by link: pairs of terminals whose shortest ways cross it, each pair shared out evenly among its ways
    /// (Girvan & Newman, PNAS 2002).
    pub links: Vec<f64>,
    /// Betweenness by switch: the same of ways that lead through it, ends left out (Freeman, Sociometry 1977).
    pub switches: Vec<f64>,
    /// Shortest ways between two terminals of different switches; `None` where all are on one switch.
    pub ways: Option<Summary>,
}

impl FabricGraph {
    /// Betweenness and number of shortest ways, by a search from the switch of each terminal and back (Brandes, Journal of
    /// Mathematical Sociology 2001). Counts above 2^53 are rounded.
    ///
    /// # Errors
    /// Where it can't be counted, or there are no two terminals.
    pub fn betweenness(&self) -> Result<Betweenness, NotCounted> {
        if self.terminals().len() < 2 {
            return Err(NotCounted::TooFewTerminals);
        }
        let terminals: Vec<f64> = self.terminals_by_switch().into_iter().map(f64::from).collect();
        let sources = terminals.iter().filter(|&&count| count > 0.0).count() as u64;
        let steps = u64::from(self.switch_count()) + 2 * self.links().len() as u64;
        if sources * steps > MOST_STEPS {
            return Err(NotCounted::TooLarge);
        }
        let mut search = Search::new(self);
        let mut ways = Betweenness {
            links: vec![0.0; self.links().len()],
            switches: vec![0.0; terminals.len()],
            ways: None,
        };
        for source in 0..terminals.len() {
            if terminals[source] == 0.0 {
                continue;
            }
            search.out(source);
            for (dest, &receivers) in terminals.iter().enumerate() {
                if receivers == 0.0 || dest == source {
                    continue;
                }
                if search.distances[dest] == UNREACHED {
                    return Err(NotCounted::NotConnected);
                }
                let pairs = terminals[source] * receivers;
                Summary::add(&mut ways.ways, search.ways[dest], pairs);
            }
            search.back(&terminals, &mut ways);
        }
        // Each pair was counted from both of its ends.
        for betweenness in ways.links.iter_mut().chain(&mut ways.switches) {
            *betweenness /= 2.0;
        }
        Ok(ways)
    }
}

/// A breadth-first search that counts ways.
struct Search {
    /// By switch: neighbours, with the number of the link.
    neighbours: Vec<Vec<(usize, usize)>>,
    distances: Vec<u32>,
    /// By switch: shortest ways from the source.
    ways: Vec<f64>,
    /// Switches in the order in which they are reached.
    reached: Vec<usize>,
    /// By switch: packets that lead on from it, of one to each terminal.
    onwards: Vec<f64>,
}

impl Search {
    fn new(graph: &FabricGraph) -> Self {
        let switches = graph.switch_count() as usize;
        let mut neighbours = vec![Vec::new(); switches];
        for (number, link) in graph.links().enumerate() {
            let [a, b] = link.ends.map(|end| end.switch as usize);
            neighbours[a].push((b, number));
            neighbours[b].push((a, number));
        }
        Self {
            neighbours,
            distances: vec![UNREACHED; switches],
            ways: vec![0.0; switches],
            reached: Vec::with_capacity(switches),
            onwards: vec![0.0; switches],
        }
    }

    /// From a source: distances, ways, and the order of switches.
    fn out(&mut self, source: usize) {
        self.distances.fill(UNREACHED);
        self.ways.fill(0.0);
        self.reached.clear();
        self.distances[source] = 0;
        self.ways[source] = 1.0;
        self.reached.push(source);
        let mut next = 0;
        while let Some(&here) = self.reached.get(next) {
            next += 1;
            for &(neighbour, _) in &self.neighbours[here] {
                if self.distances[neighbour] == UNREACHED {
                    self.distances[neighbour] = self.distances[here] + 1;
                    self.reached.push(neighbour);
                }
                if self.distances[neighbour] == self.distances[here] + 1 {
                    self.ways[neighbour] += self.ways[here];
                }
            }
        }
    }

    /// Back from the farthest switch: adds what the source's terminals send to all others.
    fn back(&mut self, terminals: &[f64], sums: &mut Betweenness) {
        self.onwards.fill(0.0);
        let source = self.reached[0];
        let senders = terminals[source];
        for &here in self.reached[1..].iter().rev() {
            let arriving = terminals[here] + self.onwards[here];
            sums.switches[here] += senders * self.onwards[here];
            for &(before, link) in &self.neighbours[here] {
                if self.distances[before] != UNREACHED && self.distances[before] + 1 == self.distances[here] {
                    let share = arriving * self.ways[before] / self.ways[here];
                    self.onwards[before] += share;
                    sums.links[link] += senders * share;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::graph::{Dragonfly, End, Family, GraphBuilder, GridFabric, Hypercube, KAryNTree, Link, Units};

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9 * b.abs().max(1.0)
    }

    /// A square with a tail, one side of it double: by hand.
    #[test]
    fn ways_of_a_small_fabric() {
        let mut builder = GraphBuilder::new(Units::Abstract);
        for name in ["a", "b", "c", "d", "e"] {
            builder.switch(name, None).unwrap();
        }
        for (port, [a, b]) in (0..).zip([[0, 1], [0, 1], [1, 2], [2, 3], [3, 0], [3, 4]]) {
            builder
                .link(Link {
                    ends: [a, b].map(|switch| End { switch, port }),
                    latency: 1.0,
                    rate: 1.0,
                })
                .unwrap();
        }
        for (switch, port) in [(0, 10), (2, 10), (4, 10), (4, 11)] {
            builder.terminal(End { switch, port }).unwrap();
        }
        let ways = builder.build().unwrap().betweenness().unwrap();
        // a to c: two ways over b, one over d. a to e, c to e: one over d each, twice for the two terminals of e.
        let third = 1.0 / 3.0;
        let expected = [third, third, 2.0 * third, third + 2.0, third + 2.0, 4.0];
        assert!(
            ways.links.iter().zip(expected).all(|(&a, b)| near(a, b)),
            "{ways:?}"
        );
        let expected = [0.0, 2.0 * third, 0.0, third + 4.0, 0.0];
        assert!(
            ways.switches.iter().zip(expected).all(|(&a, b)| near(a, b)),
            "{ways:?}"
        );
        let summary = ways.ways.unwrap();
        assert_eq!((summary.least, summary.most), (1.0, 3.0));
        assert!(near(summary.mean(), 7.0 / 5.0), "{summary:?}");
    }

    /// All links and switches of a hypercube are alike, and all n! orders of n dimensions are ways.
    #[test]
    fn ways_of_a_hypercube() {
        let ways = Hypercube::new(4, 1)
            .unwrap()
            .graph()
            .unwrap()
            .betweenness()
            .unwrap();
        // 16 x 4 x 8 / 2 links crossed by all pairs, over 32 links; less a switch each over 16 switches.
        assert!(ways.links.iter().all(|&link| near(link, 8.0)), "{ways:?}");
        assert!(
            ways.switches
                .iter()
                .all(|&switch| near(switch, (256.0 - 120.0) / 16.0))
        );
        let summary = ways.ways.unwrap();
        assert_eq!((summary.least, summary.most), (1.0, 24.0));
        assert!(near(
            summary.mean(),
            (4.0 * 1.0 + 6.0 * 2.0 + 4.0 * 6.0 + 24.0) / 15.0
        ));
    }

    #[test]
    fn links_crossed_sum_to_the_distances() {
        let graphs = [
            GridFabric::new(vec![5, 4], vec![true, false], 2).unwrap().graph(),
            Dragonfly::new(2, 4, 2, None, crate::graph::Arrangement::PalmTree)
                .unwrap()
                .graph(),
            KAryNTree::new(2, 3).unwrap().graph(),
        ];
        for graph in graphs.map(Result::unwrap) {
            let ways = graph.betweenness().unwrap();
            let total = graph.distances().unwrap().total as f64 / 2.0;
            assert!(near(ways.links.iter().sum(), total));
        }
    }
}
