//! A fabric of any graph as the engine has it.

use fabricsim_core::{FlitTime, Network, NetworkError, PortRef};

use super::fabric_graph::{End, FabricGraph, Link};

/// A graph with the engine's network of it. Switches and terminals have the same numbers in both. The engine numbers the
/// ports of each switch that are in use without gaps, in the order of their numbers in the graph; uplinks have none,
/// since no packet of a simulation leaves the fabric.
#[derive(Clone, Debug)]
pub struct WiredGraph {
    graph: FabricGraph,
    network: Network,
    /// By switch, then by the engine's port: the number in the graph.
    numbers: Vec<Vec<u32>>,
}

impl WiredGraph {
    /// Wires `graph`, each of whose links is as `link` says of its number and itself: its latency \[cycles\] and flit time,
    /// the same both ways.
    ///
    /// # Errors
    /// Where the engine can't have such a network: too many ports in use on a switch, no terminal, a link of more than a
    /// flit a cycle.
    pub fn new(
        graph: FabricGraph,
        terminal_latency: u32,
        link: impl Fn(u32, &Link) -> (u32, FlitTime),
    ) -> Result<Self, NetworkError> {
        let numbers = numbers(&graph);
        let most = numbers.iter().map(Vec::len).max().unwrap_or(0);
        let mut builder = Network::builder(graph.switch_count(), most)?;
        for (number, of) in (0..).zip(graph.links()) {
            let (latency, flit_time) = link(number, of);
            let [a, b] = of.ends.map(|end| port_ref(&numbers, end));
            for (from, to) in [(a, b), (b, a)] {
                builder.link(fabricsim_core::Link {
                    from,
                    to,
                    latency,
                    flit_time,
                })?;
            }
        }
        for &end in graph.terminals() {
            builder.terminal(port_ref(&numbers, end))?;
        }
        builder.terminal_latency(terminal_latency);
        let network = builder.build()?;
        Ok(Self {
            graph,
            network,
            numbers,
        })
    }

    /// The fabric.
    pub fn graph(&self) -> &FabricGraph {
        &self.graph
    }

    /// As the engine has it.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Number of terminals.
    pub fn terminals(&self) -> u32 {
        self.network.terminals().len() as u32
    }

    /// The port of the engine that has a number in the graph; `None` where that is not in use, or an uplink.
    pub fn port(&self, end: End) -> Option<PortRef> {
        let numbers = self.numbers.get(end.switch as usize)?;
        let port = numbers.binary_search(&end.port).ok()?;
        Some(PortRef {
            switch: end.switch,
            port: port as u8,
        })
    }

    /// The number in the graph of a port of the engine.
    ///
    /// # Panics
    /// If the port is not in use.
    pub fn end(&self, at: PortRef) -> End {
        End {
            switch: at.switch,
            port: self.numbers[at.switch as usize][usize::from(at.port)],
        }
    }

    /// What people call a switch.
    ///
    /// # Panics
    /// If there is no such switch.
    pub fn switch_name(&self, switch: u32) -> &str {
        &self.graph.switch(switch).name
    }
}

/// By switch: the numbers of the ports that links and terminals use, in order.
fn numbers(graph: &FabricGraph) -> Vec<Vec<u32>> {
    let mut numbers = vec![Vec::new(); graph.switch_count() as usize];
    let ends = graph.links().flat_map(|link| link.ends);
    for end in ends.chain(graph.terminals().iter().copied()) {
        numbers[end.switch as usize].push(end.port);
    }
    numbers.iter_mut().for_each(|numbers| numbers.sort_unstable());
    numbers
}

/// A port that is in use. The engine refuses a switch with more ports than a `u8` numbers before this is asked.
fn port_ref(numbers: &[Vec<u32>], end: End) -> PortRef {
    let of_switch = &numbers[end.switch as usize];
    PortRef {
        switch: end.switch,
        port: of_switch.partition_point(|&number| number < end.port) as u8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{GraphBuilder, Units};

    fn end(switch: u32, port: u32) -> End {
        End { switch, port }
    }

    fn pair() -> GraphBuilder {
        let mut builder = GraphBuilder::new(Units::Abstract);
        builder.switch("a", None).unwrap();
        builder.switch("b", None).unwrap();
        for ends in [[end(0, 70), end(1, 3)], [end(1, 9), end(0, 2)]] {
            builder
                .link(Link {
                    ends,
                    latency: 1.0,
                    rate: 1.0,
                })
                .unwrap();
        }
        builder.terminal(end(0, 1000)).unwrap();
        builder.terminal(end(1, 5)).unwrap();
        builder.uplink(end(1, 4)).unwrap();
        builder
    }

    #[test]
    fn ports_in_use_are_numbered_without_gaps() {
        let graph = pair().build().unwrap();
        let wired = WiredGraph::new(graph, 1, |_, link| (link.ends[0].port, FlitTime::ONE)).unwrap();
        let network = wired.network();
        assert_eq!((network.switches(), network.ports()), (2, 3));
        let links: Vec<_> = network
            .links()
            .map(|link| (link.from.switch, link.from.port, link.to.port, link.latency))
            .collect();
        // Both directions of both links, by switch and port.
        assert_eq!(links, [(0, 0, 2, 9), (0, 1, 0, 70), (1, 0, 1, 70), (1, 2, 0, 9)]);
        let terminals: Vec<_> = network
            .terminals()
            .iter()
            .map(|at| (at.switch, at.port))
            .collect();
        assert_eq!(terminals, [(0, 2), (1, 1)]);
        assert_eq!(wired.port(end(1, 4)), None, "an uplink");
        assert_eq!(wired.port(end(7, 4)), None);
        for number in [3, 5, 9] {
            assert_eq!(wired.end(wired.port(end(1, number)).unwrap()), end(1, number));
        }
        assert_eq!(wired.switch_name(1), "b");
    }

    #[test]
    fn what_the_engine_can_not_have_is_refused() {
        let mut builder = pair();
        for port in 100..170 {
            builder.terminal(end(1, port)).unwrap();
        }
        let refused = WiredGraph::new(builder.build().unwrap(), 1, |_, _| (1, FlitTime::ONE));
        assert_eq!(refused.unwrap_err(), NetworkError::TooManyPorts(73));
    }
}
