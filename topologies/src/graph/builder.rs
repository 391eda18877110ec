//! Puts a fabric together, so that what comes out is one.

use std::collections::{HashMap, HashSet};

use petgraph::graph::{NodeIndex, UnGraph};
use thiserror::Error;

use super::fabric_graph::{End, FabricGraph, Link, Switch, Units};
use super::location::Location;

/// Why something can't be part of a fabric.
#[derive(Clone, Debug, Error, PartialEq)]
#[allow(missing_docs)]
pub enum GraphError {
    #[error("there is no switch")]
    NoSwitch,
    #[error("a switch needs a name")]
    NoName,
    #[error("two switches are named `{name}`")]
    NameTwice { name: String },
    #[error("there is no switch number {switch}")]
    UnknownSwitch { switch: u32 },
    #[error("port {port} of `{name}` is used twice")]
    PortTwice { name: String, port: u32 },
    #[error("`{name}` is linked to itself")]
    SelfLink { name: String },
    #[error("a latency is {latency}, but must be a number, at least 0")]
    Latency { latency: f64 },
    #[error("a rate is {rate}, but must be a number above 0")]
    Rate { rate: f64 },
}

/// A fabric in the making.
#[derive(Clone, Debug)]
pub struct GraphBuilder {
    units: Units,
    switches: Vec<Switch>,
    numbers: HashMap<String, u32>,
    links: Vec<Link>,
    terminals: Vec<End>,
    uplinks: Vec<End>,
    taken: HashSet<End>,
    /// By switch: no port below it is free.
    first_free: Vec<u32>,
}

impl GraphBuilder {
    /// An empty fabric whose latencies and rates are in these units.
    pub fn new(units: Units) -> Self {
        Self {
            units,
            switches: Vec::new(),
            numbers: HashMap::new(),
            links: Vec::new(),
            terminals: Vec::new(),
            uplinks: Vec::new(),
            taken: HashSet::new(),
            first_free: Vec::new(),
        }
    }

    /// Adds a switch; its number.
    ///
    /// # Errors
    /// [`GraphError::NoName`], [`GraphError::NameTwice`].
    pub fn switch(&mut self, name: impl Into<String>, location: Option<Location>) -> Result<u32, GraphError> {
        let name = name.into();
        if name.is_empty() {
            return Err(GraphError::NoName);
        }
        let number = self.switches.len() as u32;
        if self.numbers.insert(name.clone(), number).is_some() {
            return Err(GraphError::NameTwice { name });
        }
        self.switches.push(Switch { name, location });
        self.first_free.push(0);
        Ok(number)
    }

    /// The number of the switch of this name.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// Number of switches so far.
    pub fn switch_count(&self) -> u32 {
        self.switches.len() as u32
    }

    /// Adds a link.
    ///
    /// # Errors
    /// What is wrong with its ends, its latency or its rate.
    pub fn link(&mut self, link: Link) -> Result<(), GraphError> {
        check_link(&link)?;
        let [a, b] = link.ends;
        if a.switch == b.switch {
            let name = self.name(a.switch)?;
            return Err(GraphError::SelfLink { name });
        }
        self.take(a)?;
        self.take(b)?;
        self.links.push(link);
        Ok(())
    }

    /// Adds a terminal; its number.
    ///
    /// # Errors
    /// Where the port is taken or not there.
    pub fn terminal(&mut self, at: End) -> Result<u32, GraphError> {
        self.take(at)?;
        self.terminals.push(at);
        Ok(self.terminals.len() as u32 - 1)
    }

    /// Adds an uplink; its number.
    ///
    /// # Errors
    /// Where the port is taken or not there.
    pub fn uplink(&mut self, at: End) -> Result<u32, GraphError> {
        self.take(at)?;
        self.uplinks.push(at);
        Ok(self.uplinks.len() as u32 - 1)
    }

    /// The lowest port of a switch that is free.
    ///
    /// # Errors
    /// [`GraphError::UnknownSwitch`].
    pub fn free_port(&mut self, switch: u32) -> Result<End, GraphError> {
        let Some(first_free) = self.first_free.get_mut(switch as usize) else {
            return Err(GraphError::UnknownSwitch { switch });
        };
        while self.taken.contains(&End {
            switch,
            port: *first_free,
        }) {
            *first_free += 1;
        }
        Ok(End {
            switch,
            port: *first_free,
        })
    }

    /// The fabric.
    ///
    /// # Errors
    /// [`GraphError::NoSwitch`].
    pub fn build(self) -> Result<FabricGraph, GraphError> {
        if self.switches.is_empty() {
            return Err(GraphError::NoSwitch);
        }
        let mut graph = UnGraph::with_capacity(self.switches.len(), self.links.len());
        for switch in self.switches {
            graph.add_node(switch);
        }
        for link in self.links {
            let [a, b] = link.ends.map(|end| NodeIndex::new(end.switch as usize));
            graph.add_edge(a, b, link);
        }
        Ok(FabricGraph {
            units: self.units,
            graph,
            terminals: self.terminals,
            uplinks: self.uplinks,
        })
    }

    fn take(&mut self, end: End) -> Result<(), GraphError> {
        let name = self.name(end.switch)?;
        match self.taken.insert(end) {
            true => Ok(()),
            false => Err(GraphError::PortTwice { name, port: end.port }),
        }
    }

    fn name(&self, switch: u32) -> Result<String, GraphError> {
        let found = self.switches.get(switch as usize);
        found
            .map(|switch| switch.name.clone())
            .ok_or(GraphError::UnknownSwitch { switch })
    }
}

/// Refuses what no link has.
pub(super) fn check_link(&Link { latency, rate, .. }: &Link) -> Result<(), GraphError> {
    if !(latency >= 0.0 && latency.is_finite()) {
        return Err(GraphError::Latency { latency });
    }
    if !(rate > 0.0 && rate.is_finite()) {
        return Err(GraphError::Rate { rate });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(switch: u32, port: u32) -> End {
        End { switch, port }
    }

    fn link(a: End, b: End) -> Link {
        Link {
            ends: [a, b],
            latency: 1.0,
            rate: 1.0,
        }
    }

    #[test]
    fn what_can_not_be_is_refused() {
        let mut builder = GraphBuilder::new(Units::Abstract);
        assert_eq!(builder.switch("", None), Err(GraphError::NoName));
        assert_eq!(builder.switch("a", None), Ok(0));
        let twice = GraphError::NameTwice { name: "a".into() };
        assert_eq!(builder.clone().switch("a", None), Err(twice));
        builder.switch("b", None).unwrap();
        let port_twice = Err(GraphError::PortTwice {
            name: "a".into(),
            port: 0,
        });
        builder.link(link(end(0, 0), end(1, 0))).unwrap();
        assert_eq!(builder.link(link(end(0, 0), end(1, 1))), port_twice);
        assert_eq!(builder.terminal(end(0, 0)).map(drop), port_twice);
        assert_eq!(builder.uplink(end(0, 0)).map(drop), port_twice);
        assert!(matches!(
            builder.link(link(end(0, 1), end(0, 2))),
            Err(GraphError::SelfLink { .. })
        ));
        assert!(matches!(
            builder.link(link(end(0, 1), end(7, 2))),
            Err(GraphError::UnknownSwitch { switch: 7 })
        ));
        for latency in [-1.0, f64::NAN, f64::INFINITY] {
            let link = Link {
                latency,
                ..link(end(0, 5), end(1, 5))
            };
            assert!(matches!(builder.link(link), Err(GraphError::Latency { .. })));
        }
        for rate in [0.0, f64::NAN, f64::INFINITY] {
            let link = Link {
                rate,
                ..link(end(0, 5), end(1, 5))
            };
            assert!(matches!(builder.link(link), Err(GraphError::Rate { .. })));
        }
        assert!(matches!(
            GraphBuilder::new(Units::Physical).build(),
            Err(GraphError::NoSwitch)
        ));
    }

    #[test]
    fn parallel_links_and_port_numbers_are_kept() {
        let mut builder = GraphBuilder::new(Units::Physical);
        builder.switch("a", None).unwrap();
        builder.switch("b", None).unwrap();
        builder.link(link(end(0, 7), end(1, 3))).unwrap();
        builder.link(link(end(1, 9), end(0, 0))).unwrap();
        assert_eq!(builder.free_port(0), Ok(end(0, 1)));
        let graph = builder.build().unwrap();
        let ends: Vec<_> = graph.links().map(|link| link.ends).collect();
        assert_eq!(ends, [[end(0, 7), end(1, 3)], [end(1, 9), end(0, 0)]]);
        assert_eq!(graph.neighbours()[0], [(7, end(1, 3)), (0, end(1, 9))]);
        assert_eq!((graph.radix(), graph.parts()), (2, 1));
    }
}
