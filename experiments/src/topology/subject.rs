//! What a command line names: a family with its parameters, a file, or the fabrics of an experiment.

use std::path::Path;

use fabricsim_topologies::graph::{AnyFamily, FabricGraph, Family, GraphError, GridFabric};

use super::{expression, read_fabric};
use crate::axes;
use crate::experiment::{Diagnostic, FabricSpec, Plan, Refused, Topology, load, no_such_file};
use crate::tables::AXES;

/// A fabric to be described.
pub struct Subject {
    /// As the user, or the experiment, wrote it.
    pub written: String,
    /// Its family, if it is known.
    pub family: Option<AnyFamily>,
    /// What it is.
    pub graph: FabricGraph,
}

/// The fabrics that an argument names: one, or those that an experiment sweeps over.
///
/// # Errors
/// What is wrong with it, with the place.
pub fn subjects(argument: &str) -> Result<Vec<Subject>, Refused> {
    let path = Path::new(argument);
    if path.exists() {
        return of_path(path);
    }
    if is_expression(argument) {
        let family = expression::parse(argument)?;
        let graph = family.graph().map_err(|error| unwired(argument, &error))?;
        return Ok(vec![Subject {
            written: argument.trim().to_owned(),
            family: Some(family),
            graph,
        }]);
    }
    Err(no_such_file(path).into())
}

/// Whether an argument that is no file is meant as one, or as a family.
fn is_expression(argument: &str) -> bool {
    argument.contains('(') || !argument.contains(['/', '\\', '.'])
}

fn of_path(path: &Path) -> Result<Vec<Subject>, Refused> {
    if path.extension().is_some_and(|extension| extension == "ron") {
        return of_plan(&load(path)?, path);
    }
    Ok(vec![Subject {
        written: path.display().to_string(),
        family: None,
        graph: read_fabric(path)?,
    }])
}

/// The fabrics of all points, each once.
fn of_plan(plan: &Plan, path: &Path) -> Result<Vec<Subject>, Refused> {
    let mut subjects: Vec<Subject> = Vec::new();
    for point in &plan.points {
        let cells = AXES.iter().zip(axes::cells(point));
        let topology = cells
            .filter(|(axis, _)| **axis == "topology")
            .map(|(_, cell)| cell);
        let written: String = topology.collect();
        if subjects.iter().all(|subject| subject.written != written) {
            subjects.push(of_spec(&point.spec.fabric, written, path)?);
        }
    }
    Ok(subjects)
}

/// The fabric of a point, with its links in cycles and flits a cycle.
fn of_spec(spec: &FabricSpec, written: String, path: &Path) -> Result<Subject, Refused> {
    let file = path.display().to_string();
    let grid = match &spec.topology {
        Topology::Torus(grid) | Topology::Mesh(grid) => grid,
        Topology::Graph(topology) => {
            return Ok(Subject {
                written,
                family: topology.family.clone(),
                graph: topology.graph.clone(),
            });
        }
    };
    let family =
        GridFabric::of_grid(grid).map_err(|impossible| Diagnostic::of_file(&file, impossible.to_string()))?;
    let mut graph = family.graph().map_err(|error| unwired(&file, &error))?;
    let wired = graph.set_links(|link| {
        let [from, _] = link.ends;
        // A grid has at most 64 ports.
        let link = spec.link_of(from.switch, from.port as u8);
        (f64::from(link.latency), link.flit_time.rate())
    });
    wired.map_err(|error| unwired(&file, &error))?;
    Ok(Subject {
        written,
        family: Some(family.into()),
        graph,
    })
}

fn unwired(file: &str, error: &GraphError) -> Diagnostic {
    Diagnostic::of_file(file, error.to_string())
}
