//! Fabrics in files: GraphML, DOT, edge lists, BookSim2's `anynet` and Calxeda's link maps.
//!
//! GraphML and DOT carry all that a [`FabricGraph`] has. An edge list lacks locations and switches without ports;
//! `anynet` also names, ports, rates and uplinks, and can have no parallel links; link maps are of Calxeda nodes alone
//! and lack locations, uplinks, and which of several links between two nodes is which.
//!
//! A file that says nothing of terminals has one on every switch. Ports that are not given are the lowest free ones, in
//! the order of the file.

mod anynet;
mod assembly;
mod dot;
mod dot_lexer;
mod edge_list;
mod graphml;
mod link_map;
mod mistake;
#[cfg(test)]
mod tests;

use thiserror::Error;

use super::fabric_graph::FabricGraph;

pub use link_map::{read_link_maps, write_link_maps};
pub use mistake::{FileMistake, Span, shortened};

/// A file that holds a whole fabric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// GraphML: <http://graphml.graphdrawing.org/primer/graphml-primer.html>.
    GraphMl,
    /// The undirected part of Graphviz' language: <https://graphviz.org/doc/info/lang.html>.
    Dot,
    /// A table of links, as CSV with a header.
    EdgeList,
    /// The `network_file` of BookSim2's `anynet` topology.
    AnyNet,
    /// The link maps of all Calxeda nodes, each under its name.
    LinkMap,
}

/// Why a fabric can't be written in a format.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{0}")]
pub struct CanNotCarry(pub String);

impl Format {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::GraphMl,
        Self::Dot,
        Self::EdgeList,
        Self::AnyNet,
        Self::LinkMap,
    ];

    /// Endings of the names of its files, the usual one first.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::GraphMl => &["graphml"],
            Self::Dot => &["dot", "gv"],
            Self::EdgeList => &["csv", "edges"],
            Self::AnyNet => &["anynet"],
            Self::LinkMap => &["linkmap"],
        }
    }

    /// The format of files whose names end so.
    pub fn of_extension(extension: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|format| format.extensions().contains(&extension))
    }

    /// What it can't carry of a fabric, in words; `None` where it carries all.
    pub fn lacks(self) -> Option<&'static str> {
        match self {
            Self::GraphMl | Self::Dot => None,
            Self::EdgeList => Some("places of switches"),
            Self::AnyNet => Some("names and places of switches, ports, rates, units and uplinks"),
            Self::LinkMap => Some("places of nodes, uplinks, top-of-rack switches, latencies and rates"),
        }
    }

    /// The fabric in a text.
    ///
    /// # Errors
    /// The first mistake in it, with its place.
    pub fn read(self, text: &str) -> Result<FabricGraph, FileMistake> {
        match self {
            Self::GraphMl => graphml::read(text),
            Self::Dot => dot::read(text),
            Self::EdgeList => edge_list::read(text),
            Self::AnyNet => anynet::read(text),
            Self::LinkMap => link_map::read(text),
        }
    }

    /// The fabric as a text.
    ///
    /// # Errors
    /// Where the format can't have such a fabric; what it merely lacks is left out.
    pub fn write(self, graph: &FabricGraph) -> Result<String, CanNotCarry> {
        match self {
            Self::GraphMl => Ok(graphml::write(graph)),
            Self::Dot => Ok(dot::write(graph)),
            Self::EdgeList => edge_list::write(graph),
            Self::AnyNet => anynet::write(graph),
            Self::LinkMap => link_map::write(graph),
        }
    }
}
