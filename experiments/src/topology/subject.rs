//! What a command line names: a family with its parameters, a file, or the fabrics of an experiment.

use std::path::Path;

use fabricsim_topologies::graph::{
    AnyFamily, FabricGraph, Family, GraphError, GridFabric, Link, Units as GraphUnits,
};

use super::{expression, read_fabric};
use crate::axes;
use crate::experiment::{Diagnostic, FabricSpec, Plan, Refused, Topology, Units, load, no_such_file};
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
            subjects.push(of_spec(&point.spec.fabric, plan.units.as_ref(), written, path)?);
        }
    }
    Ok(subjects)
}

/// The fabric of a point, with its links: of a physical experiment in ns and Gb/s, of others in cycles and flits a cycle.
fn of_spec(
    spec: &FabricSpec,
    units: Option<&Units>,
    written: String,
    path: &Path,
) -> Result<Subject, Refused> {
    let file = path.display().to_string();
    let (family, mut graph) = match &spec.topology {
        Topology::Torus(grid) | Topology::Mesh(grid) => {
            let family = GridFabric::of_grid(grid)
                .map_err(|impossible| Diagnostic::of_file(&file, impossible.to_string()))?;
            let graph = family.graph().map_err(|error| unwired(&file, &error))?;
            (Some(family.into()), graph)
        }
        Topology::Graph(topology) => (topology.family.clone(), topology.graph.clone()),
    };
    let of_link = |number: u32, link: &Link| match spec.topology {
        Topology::Graph(_) => spec.links.of_link(spec.link, number),
        // A grid has at most 64 ports.
        Topology::Torus(_) | Topology::Mesh(_) => spec.link_of(link.ends[0].switch, link.ends[0].port as u8),
    };
    let (unit, cycle, flit_rate) = match units {
        Some(units) => (GraphUnits::Physical, units.cycle.value(), units.flit_rate()),
        None => (GraphUnits::Abstract, 1.0, 1.0),
    };
    let wired = graph.set_links(unit, |number, link| {
        let of = of_link(number, link);
        (f64::from(of.latency) * cycle, of.flit_time.rate() * flit_rate)
    });
    wired.map_err(|error| unwired(&file, &error))?;
    Ok(Subject {
        written,
        family,
        graph,
    })
}

fn unwired(file: &str, error: &GraphError) -> Diagnostic {
    Diagnostic::of_file(file, error.to_string())
}
