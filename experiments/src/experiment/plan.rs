//! A validated experiment: its points, ready to run, and its text, for what is found wrong later.

use std::sync::Arc;

use super::checker::Checker;
use super::combination::Combinations;
use super::diagnostic::{Diagnostic, Refused};
use super::effective;
use super::file;
use super::names::Preset;
use super::quantities::Rounding;
use super::recorded::{Recorded, read_from_files};
use super::resolve::{self, Base};
use super::source::Source;
use super::spec::PointSpec;
use super::sweep::{self, Axis, AxisValue};
use super::syntax;
use super::topology::{GraphTopology, Topology};
use super::units::{PhysicalPoint, Units};

/// A validated experiment.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its name, fit for a folder.
    pub name: String,
    /// What it is, in a line.
    pub about: Option<String>,
    /// Run even where the routes can deadlock.
    pub allow_deadlock: bool,
    /// The axes of the sweep; the first is the outermost.
    pub axes: Vec<Axis>,
    /// The points, in the order of the sweep; at least one.
    pub points: Vec<Point>,
    /// What a cycle and a flit are; `None` of an abstract fabric.
    pub units: Option<Units>,
    /// What had to be rounded to whole cycles and flits.
    pub roundings: Vec<Rounding>,
    /// The preset of its fabric.
    pub preset: Option<Preset>,
    /// The text that it was read from.
    pub source: Source,
    effective: file::Experiment,
    /// Fabrics that were read from files.
    read: Vec<Arc<GraphTopology>>,
}

/// A point of the sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Its value on each axis, in the order of the axes.
    pub values: Vec<AxisValue>,
    /// What it is.
    pub spec: PointSpec,
    /// The same in Gb/s and ns; `None` of an abstract fabric. Its result does not depend on it.
    pub physical: Option<PhysicalPoint>,
    /// Payload of the packets of each entry of `traffic` \[B\]; empty in an abstract fabric.
    pub payloads: Vec<u32>,
    /// The number of each value on its axis.
    items: Vec<usize>,
}

impl Plan {
    /// Types and checks an experiment.
    ///
    /// # Errors
    /// The first mistake in the types, else all that are found in the values.
    pub(super) fn new(source: Source) -> Result<Self, Refused> {
        let file = syntax::parse(&source).map_err(|mistake| Refused::from(*mistake))?;
        let mut checker = Checker::new(&source);
        let units = resolve::units(&file.fabric, &mut checker);
        let base = Base::resolve(&file, units, &mut checker);
        let axes = sweep::axes(&file.sweep, file.traffic.len(), units.as_ref(), &mut checker);
        let points = match &base {
            // Impossible combinations of wrong values would only be noise.
            Some(base) if checker.is_clean() => points(base, &axes, &mut checker),
            _ => Vec::new(),
        };
        let roundings = checker.roundings();
        checker.finish()?;
        let Some(base) = base else {
            // What can't be resolved has been told; this is for the compiler.
            return Err(Diagnostic::of_file(source.file(), "the experiment can't be resolved").into());
        };
        Ok(Self {
            effective: effective::experiment(&file, &base, &points),
            read: read_from_files(topologies(&base, &axes)),
            name: file.name,
            about: file.about,
            allow_deadlock: base.allow_deadlock,
            axes,
            points,
            units,
            roundings,
            preset: base.preset,
            source,
        })
    }

    /// The experiment with every default spelled out, as RON; it parses to the same points.
    ///
    /// Left out is only what has no meaning at some of the points: `dateline` and `half_way` where there is no ring
    /// or one virtual channel, `include_self` of permutations.
    pub fn effective(&self) -> String {
        effective::text(&self.effective)
    }

    /// The same as a folder of results keeps it.
    pub fn recorded(&self) -> Recorded {
        Recorded::new(&self.effective, &self.read)
    }

    /// A mistake of one point in the field at a path, such as `fabric.routing`: at the axis item that sets it there,
    /// else at the field, else at what should hold it.
    pub fn at(&self, point: &Point, path: &str, message: impl Into<String>) -> Diagnostic {
        self.source
            .at(&written_path(&self.axes, &point.items, path), message)
    }

    /// A step of the work on a point, from 0, as it is told while it lasts: `rack, point 2 of 7: building the fabric`.
    pub fn step(&self, point: usize, step: &str) -> String {
        match self.points.len() {
            1 => format!("{}: {step}", self.name),
            all => format!("{}, point {} of {all}: {step}", self.name, point + 1),
        }
    }
}

/// Where the file sets the field at `path` for the point with these items of the axes.
pub(super) fn written_path(axes: &[Axis], items: &[usize], path: &str) -> String {
    let set_by = axes
        .iter()
        .zip(items)
        .enumerate()
        .find(|(_, (axis, _))| axis.kind.sets(path));
    match set_by {
        Some((i, (axis, item))) if axis.is_list => format!("sweep[{i}][{item}]"),
        Some((i, _)) => format!("sweep[{i}]"),
        None => path.to_owned(),
    }
}

/// That of the fabric, and those of an axis.
fn topologies<'a>(base: &'a Base, axes: &'a [Axis]) -> impl Iterator<Item = &'a Topology> {
    let values = axes.iter().flat_map(|axis| &axis.values);
    let of_axes = values.filter_map(|value| match value {
        AxisValue::Topology(topology) => Some(topology),
        _ => None,
    });
    [&base.topology].into_iter().chain(of_axes)
}

/// Every combination of the axes' values, the last axis fastest.
fn points(base: &Base, axes: &[Axis], checker: &mut Checker) -> Vec<Point> {
    let mut combinations = Combinations::new(axes, base.traffic.len());
    let count = axes.iter().map(|axis| axis.values.len()).product();
    let points = (0..count)
        .filter_map(|number| {
            let items = items_of(number, axes);
            let values: Vec<AxisValue> = axes
                .iter()
                .zip(&items)
                .map(|(axis, &item)| axis.values[item].clone())
                .collect();
            let mut point = base.clone();
            values.iter().for_each(|value| value.apply(&mut point));
            let spec = match point.spec(checker) {
                Ok(spec) => spec,
                Err((field, misplaced)) => {
                    combinations.misplaced(field, &misplaced, &items, checker);
                    return None;
                }
            };
            combinations.point(&point, &spec, &items, checker);
            Some(Point {
                values,
                physical: point.physical(),
                payloads: point.payloads(),
                spec,
                items,
            })
        })
        .collect();
    combinations.experiment(base, checker);
    points
}

/// The digits of a point's number, in the mixed radix of the axes.
fn items_of(number: usize, axes: &[Axis]) -> Vec<usize> {
    let mut rest = number;
    let mut items = vec![0; axes.len()];
    for (item, axis) in items.iter_mut().zip(axes).rev() {
        *item = rest % axis.values.len();
        rest /= axis.values.len();
    }
    items
}
