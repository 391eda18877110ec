//! The distribution of packet latency: which points, and their curves.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use crate::cdf_layout::lay_out;
use crate::chart::Axis;
use crate::render::{self, RenderError};
use crate::results::Point;
use crate::scale::{Scale, drawable_on_log};
use crate::series::curves;
use crate::table::{ResultsError, Table};
use crate::units::Units;
use crate::utilisation::NoPicture;
use crate::words::offered;

/// The table of latencies in a result folder.
const LATENCIES_FILE: &str = "latencies.csv";

/// The most curves that can be told apart.
const CURVES: usize = 8;

/// With latencies further apart than this the axis is logarithmic.
const LINEAR_RANGE: f64 = 8.0;

/// Shares of the packets that are marked on a curve, and up to which the body shows them.
const BODY_MARKS: [f64; 2] = [0.5, 0.9];
const TAIL_MARKS: [f64; 3] = [0.9, 0.99, 0.999];

/// The distribution of packet latency at several points: the share of packets at most as slow, and on a logarithmic axis
/// the share that is slower.
#[derive(Clone, Debug, PartialEq)]
pub struct LatencyCdf {
    pub(crate) title: String,
    /// What is added to the line below the title.
    pub(crate) note: String,
    pub(crate) latency: Axis,
    /// Percentage of packets at most as slow.
    pub(crate) at_most: Axis,
    /// Percentage of slower packets.
    pub(crate) slower: Axis,
    pub(crate) curves: Vec<CdfCurve>,
}

/// The distribution at one point.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CdfCurve {
    pub label: String,
    /// Latency and the share of packets at most as slow, rising from the least latency to the largest.
    pub steps: Vec<(f64, f64)>,
}

impl CdfCurve {
    /// The latency that a share of the packets does not exceed.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        // A share of 1 of a finite count may fall a rounding short of the next packet.
        let step = self.steps.iter().find(|(_, at_most)| *at_most >= share - 1e-12);
        step.map(|(latency, _)| *latency)
    }

    /// Marks of the body: latency and percentage at most as slow.
    pub fn body_marks(&self) -> impl Iterator<Item = (f64, f64)> {
        let mark = |share| Some((self.quantile(share)?, 100.0 * share));
        BODY_MARKS.into_iter().filter_map(mark)
    }

    /// Marks of the tail: latency and percentage slower.
    pub fn tail_marks(&self) -> impl Iterator<Item = (f64, f64)> {
        let mark = |share| Some((self.quantile(share)?, 100.0 * (1.0 - share)));
        TAIL_MARKS.into_iter().filter_map(mark)
    }
}

impl LatencyCdf {
    /// The picture as an SVG document.
    ///
    /// # Errors
    /// As [`crate::Chart::svg`].
    pub fn svg(&self) -> Result<String, RenderError> {
        render::svg(&lay_out(self))
    }

    /// The picture as a PNG file.
    ///
    /// # Errors
    /// As [`crate::Chart::png`].
    pub fn png(&self) -> Result<Vec<u8>, RenderError> {
        render::png(&lay_out(self))
    }
}

/// The distribution of packet latency, from the `latencies.csv` of the points' folders. Of one curve of points, loads
/// spread from the lowest to the highest; of several, all at the load that the most of them have in common.
///
/// # Errors
/// [`NoPicture::NotApplicable`] where no point has a distribution; [`NoPicture::Unreadable`] where a table is there but
/// not what it should be.
pub fn latency_cdf(points: &[Point], title: &str) -> Result<LatencyCdf, NoPicture> {
    let chosen = choose(points);
    let tables = read_latencies(chosen.points.iter().map(|(_, point)| *point))?;
    let measured = chosen.points.iter().filter_map(|(label, point)| {
        let steps = tables.get(&*point.folder)?.get(&point.row)?;
        Some((label, *point, steps))
    });
    let measured: Vec<_> = measured.collect();
    if measured.is_empty() {
        let reason = match (chosen.points.is_empty(), tables.is_empty()) {
            (true, _) => "no point has a steady latency",
            (false, true) => "there is no latencies.csv",
            (false, false) => "latencies.csv has none of the points",
        };
        return Err(NoPicture::NotApplicable(reason.to_string()));
    }
    let units = match measured.iter().all(|(_, point, _)| cycle_ns(point).is_some()) {
        true => Units::Physical,
        false => Units::Abstract,
    };
    let cycle = |point| match units {
        Units::Physical => cycle_ns(point).unwrap_or(1.0),
        Units::Abstract => 1.0,
    };
    let largest = measured
        .iter()
        .map(|(_, point, rows)| rows.last().map_or(0.0, |row| row.latency) * cycle(point));
    let unit = units.time(largest.fold(0.0, f64::max));
    let curves = measured.iter();
    let curves = curves.map(|(label, point, rows)| curve(label, rows, cycle(point) * unit.factor));
    let curves: Vec<CdfCurve> = curves.collect();
    Ok(LatencyCdf {
        title: title.to_string(),
        note: chosen.note,
        latency: Axis {
            label: format!("Packet latency [{}]", unit.name),
            scale: latency_scale(&curves),
        },
        at_most: Axis {
            label: "At most as slow [% of packets]".to_string(),
            scale: Scale::linear(100.0),
        },
        slower: Axis {
            label: "Slower [% of packets]".to_string(),
            scale: tail_scale(&curves),
        },
        curves,
    })
}

/// The points that are drawn, with their names, and what is said of the choice.
struct Chosen<'a> {
    points: Vec<(String, &'a Point)>,
    note: String,
}

fn choose(points: &[Point]) -> Chosen<'_> {
    let several_seeds = points.iter().any(|point| point.seed != points[0].seed);
    let curves: Vec<(String, Vec<&Point>)> = curves(points)
        .into_iter()
        .map(|(label, points)| (label, first_seeds(&points)))
        .filter(|(_, points)| !points.is_empty())
        .collect();
    let mut chosen = match &*curves {
        [(_, points)] => Chosen {
            points: spread(points)
                .into_iter()
                .map(|point| (offered(point), point))
                .collect(),
            note: String::new(),
        },
        curves => at_common_load(curves),
    };
    if several_seeds {
        chosen.note.push_str("; the first seed of each");
    }
    chosen
}

/// The points with a latency, by load; of several seeds the first.
fn first_seeds<'a>(points: &[&'a Point]) -> Vec<&'a Point> {
    let mut first: Vec<&Point> = Vec::new();
    for &point in points {
        let is_new = |other: &&Point| other.nominal_load() != point.nominal_load();
        if point.latency_mean.is_some() && first.iter().all(is_new) {
            first.push(point);
        }
    }
    first.sort_by(|a, b| {
        a.nominal_load()
            .unwrap_or(0.0)
            .total_cmp(&b.nominal_load().unwrap_or(0.0))
    });
    first
}

/// At most six of the points, evenly from the first to the last.
fn spread<'a>(points: &[&'a Point]) -> Vec<&'a Point> {
    const MOST: usize = 6;
    if points.len() <= MOST {
        return points.to_vec();
    }
    (0..MOST)
        .map(|i| points[i * (points.len() - 1) / (MOST - 1)])
        .collect()
}

/// The first curves at the highest of the loads that the most of them have.
fn at_common_load<'a>(curves: &[(String, Vec<&'a Point>)]) -> Chosen<'a> {
    let loads = curves
        .iter()
        .flat_map(|(_, points)| points)
        .filter_map(|point| point.nominal_load());
    let at = |load: f64| {
        curves.iter().filter_map(move |(label, points)| {
            let point = points.iter().find(|point| point.nominal_load() == Some(load))?;
            Some((label.clone(), *point))
        })
    };
    let best = loads.map(|load| (at(load).count(), load)).max_by(|a, b| {
        let (count, load) = (a.0.cmp(&b.0), a.1.total_cmp(&b.1));
        count.then(load)
    });
    let Some((count, load)) = best else {
        return Chosen {
            points: Vec::new(),
            note: String::new(),
        };
    };
    let points: Vec<_> = at(load).take(CURVES).collect();
    let common = points.first().map_or(String::new(), |(_, point)| offered(point));
    let mut note = format!("; at {common}");
    if count > CURVES {
        note.push_str(&format!("; the first {CURVES} of {count} curves"));
    } else if count < curves.len() {
        note.push_str(&format!(", which {count} of {} curves carry", curves.len()));
    }
    Chosen { points, note }
}

/// A row of the table.
#[derive(Clone, Copy, Deserialize)]
struct LatencyRow {
    latency: f64,
    packets_at_most: u64,
}

/// The distributions of some points, by folder and row.
type Latencies<'a> = BTreeMap<&'a Path, BTreeMap<usize, Vec<LatencyRow>>>;

/// Reads the distributions of these points, each folder's table once; nothing of a folder without one.
fn read_latencies<'a>(points: impl Iterator<Item = &'a Point>) -> Result<Latencies<'a>, ResultsError> {
    let mut wanted: BTreeMap<&Path, BTreeSet<usize>> = BTreeMap::new();
    for point in points {
        wanted.entry(&point.folder).or_default().insert(point.row);
    }
    let mut latencies = Latencies::new();
    for (folder, rows) in wanted {
        let Some(table) = Table::open_if_there(folder, LATENCIES_FILE)? else {
            continue;
        };
        let of_folder = latencies.entry(folder).or_default();
        table.rows_of_points(
            |point| rows.contains(&point),
            |point, row| of_folder.entry(point).or_default().push(row),
        )?;
    }
    Ok(latencies)
}

/// Length of a cycle in ns, in physical fabrics.
fn cycle_ns(point: &Point) -> Option<f64> {
    let cycle = point.latency_mean_ns? / point.latency_mean?;
    drawable_on_log(cycle).then_some(cycle)
}

fn curve(label: &str, rows: &[LatencyRow], factor: f64) -> CdfCurve {
    let packets = rows.last().map_or(1, |row| row.packets_at_most).max(1) as f64;
    let step = |row: &LatencyRow| (row.latency * factor, row.packets_at_most as f64 / packets);
    let drawable = |step: &(f64, f64)| drawable_on_log(step.0);
    CdfCurve {
        label: label.to_string(),
        steps: rows.iter().map(step).filter(drawable).collect(),
    }
}

/// Logarithmic where the slow packets of a curve are far from the typical ones of another.
fn latency_scale(curves: &[CdfCurve]) -> Scale {
    let quantiles = |share| {
        curves
            .iter()
            .filter_map(move |curve: &CdfCurve| curve.quantile(share))
    };
    let typical = quantiles(0.5).fold(f64::INFINITY, f64::min);
    let slow = quantiles(0.999).fold(0.0, f64::max);
    let latencies = || curves.iter().flat_map(|curve| &curve.steps).map(|step| step.0);
    if slow > LINEAR_RANGE * typical {
        let least = latencies().fold(f64::INFINITY, f64::min);
        return Scale::log(least, latencies().fold(0.0, f64::max));
    }
    Scale::linear_for(latencies())
}

/// From all packets down to a power of ten that the rarest are above.
fn tail_scale(curves: &[CdfCurve]) -> Scale {
    let slower = curves
        .iter()
        .flat_map(|curve| &curve.steps)
        .map(|step| 1.0 - step.1);
    let rarest = slower.filter(|&share| share > 1e-12).fold(0.1, f64::min);
    let mut from = 10.0;
    // A little more, so that the rarest do not lie on the axis.
    while from > 99.0 * rarest {
        from /= 10.0;
    }
    Scale::Log { from, to: 100.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_points::{Folder, points_of};

    const TORUS: &str = "Torus(sides: [3, 3])";

    fn cdf(folder: Folder) -> Result<LatencyCdf, String> {
        let folder = folder.written();
        latency_cdf(&points_of(&folder), "title").map_err(|error| error.to_string())
    }

    /// A folder with these points, all with the same distribution.
    fn folder(points: &[(f64, &str)], steps: &[(u64, u64)]) -> Folder {
        let mut folder = Folder::new();
        for &(load, routing) in points {
            let point = folder.point(load, routing, TORUS, "converged", false);
            folder.latencies(point, steps);
        }
        folder
    }

    fn labels(cdf: &LatencyCdf) -> Vec<&str> {
        cdf.curves.iter().map(|curve| &*curve.label).collect()
    }

    const STEPS: [(u64, u64); 3] = [(30, 500), (40, 990), (90, 1000)];

    #[test]
    fn quantiles_are_those_of_the_table() {
        let cdf = cdf(folder(&[(0.1, "Romm")], &STEPS)).unwrap();
        let curve = &cdf.curves[0];
        assert_eq!(curve.steps, [(30.0, 0.5), (40.0, 0.99), (90.0, 1.0)]);
        let quantiles = [0.5, 0.9, 0.99, 0.999, 1.0].map(|share| curve.quantile(share));
        assert_eq!(quantiles, [30.0, 40.0, 40.0, 90.0, 90.0].map(Some));
        assert_eq!(cdf.latency.label, "Packet latency [cycles]");
        assert!(matches!(cdf.latency.scale, Scale::Linear { .. }));
        assert_eq!(
            cdf.slower.scale,
            Scale::Log { from: 0.1, to: 100.0 },
            "the rarest of 1 % above the axis"
        );
        let svg = cdf.svg().unwrap();
        for text in [
            "title",
            "load 0.1",
            "At most as slow [% of packets]",
            "Slower [% of packets]",
        ] {
            assert!(svg.contains(text), "no {text:?}");
        }
    }

    #[test]
    fn a_long_tail_makes_the_axis_logarithmic() {
        let cdf = cdf(folder(&[(0.1, "Romm")], &[(30, 500), (40, 990), (400, 1000)])).unwrap();
        assert!(matches!(cdf.latency.scale, Scale::Log { .. }));
    }

    #[test]
    fn one_curve_shows_loads_from_end_to_end() {
        let loads: Vec<(f64, &str)> = (1..=16).rev().map(|i| (f64::from(i) / 20.0, "Romm")).collect();
        let mut folder = folder(&loads, &STEPS);
        folder.point(0.9, "Romm", TORUS, "saturated", false);
        let cdf = cdf(folder).unwrap();
        let expected = [
            "load 0.05",
            "load 0.2",
            "load 0.35",
            "load 0.5",
            "load 0.65",
            "load 0.8",
        ];
        assert_eq!(labels(&cdf), expected);
    }

    #[test]
    fn several_curves_meet_at_their_highest_common_load() {
        let points = [
            (0.1, "Romm"),
            (0.3, "Romm"),
            (0.4, "Romm"),
            (0.1, "Valiant"),
            (0.3, "Valiant"),
        ];
        let cdf = cdf(folder(&points, &STEPS)).unwrap();
        assert_eq!(labels(&cdf), ["Romm", "Valiant"]);
        assert_eq!(cdf.note, "; at load 0.3");
    }

    #[test]
    fn more_curves_than_can_be_told_apart_are_counted() {
        let names: Vec<String> = (0..30).map(|i| format!("Routing{i}")).collect();
        let points: Vec<(f64, &str)> = names.iter().map(|name| (0.1, &**name)).collect();
        let cdf = cdf(folder(&points, &STEPS)).unwrap();
        assert_eq!(cdf.curves.len(), 8);
        assert_eq!(cdf.note, "; at load 0.1; the first 8 of 30 curves");
    }

    #[test]
    fn physical_fabrics_are_in_units_of_time() {
        let mut folder = Folder::new();
        let point = folder.point(0.1, "Romm", TORUS, "converged", true);
        folder.latencies(point, &STEPS);
        let cdf = cdf(folder).unwrap();
        assert_eq!(cdf.latency.label, "Packet latency [µs]");
        assert!(
            (cdf.curves[0].steps[0].0 - 1.2).abs() < 1e-9,
            "30 cycles of 40 ns"
        );
    }

    #[test]
    fn without_a_distribution_there_is_no_picture() {
        let refusal = |folder: Folder| cdf(folder).unwrap_err();
        let mut saturated = Folder::new();
        saturated.point(0.9, "Romm", TORUS, "saturated", false);
        assert_eq!(refusal(saturated), "no point has a steady latency");
        assert_eq!(
            refusal(folder(&[(0.1, "Romm")], &[])),
            "latencies.csv has none of the points"
        );
        let folder = folder(&[(0.1, "Romm")], &STEPS).written();
        std::fs::remove_file(folder.path().join(LATENCIES_FILE)).unwrap();
        let refusal = latency_cdf(&points_of(&folder), "").unwrap_err();
        assert_eq!(refusal.to_string(), "there is no latencies.csv");
    }
}
