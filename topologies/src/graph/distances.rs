//! How far it is between the terminals of a fabric.

use thiserror::Error;

use super::bisection::MOST_SWITCHES_BISECTED;
use super::fabric_graph::FabricGraph;

/// More switches and links than this are not looked at, all sources together; some seconds.
const MOST_STEPS: u64 = 3_000_000_000;

/// No way leads there.
const UNREACHED: u32 = u32::MAX;

/// Why something is not counted.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum NotCounted {
    #[error("not counted: the fabric is too large")]
    TooLarge,
    #[error("not counted: all halves of more than {MOST_SWITCHES_BISECTED} switches would have to be tried")]
    TooManyHalves,
    #[error("there is none: the fabric falls into parts")]
    NotConnected,
    #[error("there is none: the fabric has fewer than two terminals")]
    TooFewTerminals,
    #[error("there is none: all terminals are on one switch")]
    OneSwitch,
}

/// Distances between the switches of terminals: links crossed by a shortest way. Exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Distances {
    /// The largest.
    pub diameter: u32,
    /// The sum over all ordered pairs of terminals.
    pub total: u128,
    /// Number of terminals, at least 2.
    pub terminals: u64,
}

impl Distances {
    /// Mean over all ordered pairs of terminals, each with itself too.
    pub fn mean(&self) -> f64 {
        let terminals = self.terminals as f64;
        self.total as f64 / (terminals * terminals)
    }

    /// Mean over all ordered pairs of different terminals.
    pub fn mean_between_others(&self) -> f64 {
        let terminals = self.terminals as f64;
        self.total as f64 / (terminals * (terminals - 1.0))
    }

    /// Switches that the packet with the longest way visits.
    pub fn worst_hops(&self) -> u32 {
        self.diameter + 1
    }
}

impl FabricGraph {
    /// Distances between all terminals, by a search from the switch of each.
    ///
    /// # Errors
    /// Where they can't be counted, or there are none.
    pub fn distances(&self) -> Result<Distances, NotCounted> {
        let terminals = self.terminals_by_switch();
        if self.terminals().len() < 2 {
            return Err(NotCounted::TooFewTerminals);
        }
        let sources = terminals.iter().filter(|&&count| count > 0).count() as u64;
        let steps = u64::from(self.switch_count()) + 2 * self.links().len() as u64;
        if sources * steps > MOST_STEPS {
            return Err(NotCounted::TooLarge);
        }
        let mut search = Search::new(self);
        let (mut diameter, mut total) = (0, 0_u128);
        for (source, &senders) in (0..).zip(&terminals).filter(|&(_, &senders)| senders > 0) {
            let distances = search.from(source);
            let mut sum = 0_u64;
            for (&distance, &receivers) in distances.iter().zip(&terminals) {
                if receivers == 0 {
                    continue;
                }
                if distance == UNREACHED {
                    return Err(NotCounted::NotConnected);
                }
                diameter = diameter.max(distance);
                sum += u64::from(distance) * u64::from(receivers);
            }
            total += u128::from(sum) * u128::from(senders);
        }
        Ok(Distances {
            diameter,
            total,
            terminals: self.terminals().len() as u64,
        })
    }

    /// Links from one switch to each by a shortest way; `None` where none leads.
    ///
    /// # Panics
    /// If there is no such switch.
    pub fn distances_from(&self, switch: u32) -> Vec<Option<u32>> {
        let mut search = Search::new(self);
        let distances = search.from(switch).iter();
        distances
            .map(|&distance| (distance != UNREACHED).then_some(distance))
            .collect()
    }
}

/// A breadth-first search, again and again.
struct Search {
    /// By switch: where its neighbours begin; the last is their end.
    first: Vec<u32>,
    neighbours: Vec<u32>,
    distances: Vec<u32>,
    /// Switches in the order in which they are reached.
    reached: Vec<u32>,
}

impl Search {
    fn new(graph: &FabricGraph) -> Self {
        let mut first = vec![0];
        let mut neighbours = Vec::with_capacity(2 * graph.links().len());
        for of_switch in graph.neighbours() {
            neighbours.extend(of_switch.iter().map(|(_, end)| end.switch));
            first.push(neighbours.len() as u32);
        }
        let switches = graph.switch_count() as usize;
        Self {
            first,
            neighbours,
            distances: vec![UNREACHED; switches],
            reached: Vec::with_capacity(switches),
        }
    }

    /// The distance of every switch from one.
    fn from(&mut self, source: u32) -> &[u32] {
        self.distances.fill(UNREACHED);
        self.reached.clear();
        self.distances[source as usize] = 0;
        self.reached.push(source);
        let mut next = 0;
        while let Some(&here) = self.reached.get(next) {
            next += 1;
            let farther = self.distances[here as usize] + 1;
            let range = self.first[here as usize] as usize..self.first[here as usize + 1] as usize;
            for &neighbour in &self.neighbours[range] {
                let distance = &mut self.distances[neighbour as usize];
                if *distance == UNREACHED {
                    *distance = farther;
                    self.reached.push(neighbour);
                }
            }
        }
        &self.distances
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{End, GraphBuilder, Link, Units};

    /// A row of switches, a terminal on the first and two on the last.
    fn row(switches: u32) -> GraphBuilder {
        let mut builder = GraphBuilder::new(Units::Abstract);
        for switch in 0..switches {
            builder.switch(format!("s{switch}"), None).unwrap();
        }
        for switch in 1..switches {
            let ends = [
                End {
                    switch: switch - 1,
                    port: 1,
                },
                End { switch, port: 0 },
            ];
            builder
                .link(Link {
                    ends,
                    latency: 1.0,
                    rate: 1.0,
                })
                .unwrap();
        }
        for (switch, port) in [(0, 5), (switches - 1, 5), (switches - 1, 6)] {
            builder.terminal(End { switch, port }).unwrap();
        }
        builder
    }

    #[test]
    fn pairs_of_terminals_count_switches_between_them_do_not() {
        let distances = row(5).build().unwrap().distances().unwrap();
        // There and back between the one and the two.
        let expected = Distances {
            diameter: 4,
            total: 16,
            terminals: 3,
        };
        assert_eq!(distances, expected);
        assert!((distances.mean() - 16.0 / 9.0).abs() < 1e-12);
        assert!((distances.mean_between_others() - 16.0 / 6.0).abs() < 1e-12);
        assert_eq!(distances.worst_hops(), 5);
    }

    #[test]
    fn parts_have_no_distance() {
        let mut builder = row(3);
        let lonely = builder.switch("lonely", None).unwrap();
        assert_eq!(builder.clone().build().unwrap().distances().unwrap().diameter, 2);
        let alone = builder.clone().build().unwrap();
        assert_eq!(
            alone.distances_from(0),
            [Some(0), Some(1), Some(2), None],
            "{alone:?}"
        );
        builder
            .terminal(End {
                switch: lonely,
                port: 0,
            })
            .unwrap();
        let graph = builder.build().unwrap();
        assert_eq!(
            (graph.distances(), graph.parts()),
            (Err(NotCounted::NotConnected), 2)
        );
    }
}
