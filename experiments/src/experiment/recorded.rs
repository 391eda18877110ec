//! An experiment as a folder of results keeps it: with the fabrics that it read from files beside it, so that it runs there
//! too, on whichever machine.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::effective;
use super::file;
use super::topology::{GraphTopology, Topology};

/// The text of an experiment with every default spelled out, and what it refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// As RON.
    pub experiment: String,
    /// The fabrics that it reads from files, by their names from its own folder on; these are GraphML.
    pub fabrics: Vec<(String, Arc<GraphTopology>)>,
}

impl Recorded {
    pub(super) fn new(experiment: &file::Experiment, read: &[Arc<GraphTopology>]) -> Self {
        let mut experiment = experiment.clone();
        let names = names(read);
        let of_sweep = experiment.sweep.iter_mut().flat_map(|axis| match axis {
            file::Axis::Topology(topologies) => topologies.as_mut_slice(),
            _ => &mut [],
        });
        for topology in [&mut experiment.fabric.topology].into_iter().chain(of_sweep) {
            if let file::Topology::File { path } = topology
                && let Some(number) = read.iter().position(|graph| graph.file() == Some(path))
            {
                *path = PathBuf::from(&names[number]);
            }
        }
        Self {
            experiment: effective::text(&experiment),
            fabrics: names.into_iter().zip(read.iter().cloned()).collect(),
        }
    }
}

/// The fabrics that were read from files, each file once.
pub(super) fn read_from_files<'a>(topologies: impl Iterator<Item = &'a Topology>) -> Vec<Arc<GraphTopology>> {
    let mut read: Vec<Arc<GraphTopology>> = Vec::new();
    for topology in topologies {
        if let Topology::Graph(graph) = topology
            && graph.file().is_some()
            && !read.iter().any(|known| known.file() == graph.file())
        {
            read.push(Arc::clone(graph));
        }
    }
    read
}

/// `site.graphml` of `fabrics/site.dot`; of several that would be the same the later ones have a number.
fn names(read: &[Arc<GraphTopology>]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for graph in read {
        let stem = graph.file().and_then(Path::file_stem).unwrap_or_default();
        let stem = stem.to_string_lossy();
        let numbered = (2..).map(|number| format!("{stem}-{number}.graphml"));
        let mut candidates = [format!("{stem}.graphml")].into_iter().chain(numbered);
        names.extend(candidates.find(|name| !names.contains(name)));
    }
    names
}
