//! Makes curves of points: points that differ only in load are one curve, seeds are averaged.

use std::collections::HashMap;
use std::path::Path;

use crate::results::{Point, Verdict};

/// A curve: the points of one setting of all axes but load, rate and seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The values of the axes that vary between curves; empty where none does.
    pub label: String,
    /// Its points, in order of offered load.
    pub points: Vec<CurvePoint>,
}

/// All seeds of one point of a curve.
#[derive(Clone, Debug, PartialEq)]
pub struct CurvePoint {
    /// The worst of the seeds' verdicts.
    pub verdict: Verdict,
    /// Number of simulations that it is the mean of, at least 1.
    pub seeds: usize,
    /// In flits/terminal/cycle and cycles.
    pub cycles: Sample,
    /// In Gb/s and ns; empty in abstract fabrics.
    pub physical: Sample,
}

/// What a point shows, in some units: the mean over its seeds, `None` where any of them lacks it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// Offered load.
    pub offered: Option<f64>,
    /// Accepted load.
    pub accepted: Option<f64>,
    /// Accepted load of the worst terminal.
    pub accepted_min: Option<f64>,
    /// Mean packet latency.
    pub latency: Option<f64>,
    /// Half-width of its 95 % interval; of the mean of several seeds, which are independent, the root of the
    /// sum of their squares divided by the number of seeds.
    pub latency_ci95: Option<f64>,
    /// The lowest and the highest mean latency of several seeds.
    pub latency_seeds: Option<(f64, f64)>,
}

/// Groups points into curves, in the order of their first points.
pub fn group(points: &[Point]) -> Vec<Series> {
    let series = |(label, points): (String, Vec<&Point>)| Series {
        label,
        points: average_seeds(&points),
    };
    curves(points).into_iter().map(series).collect()
}

/// The points of each curve, with its label, in the order of their first points.
pub(crate) fn curves(points: &[Point]) -> Vec<(String, Vec<&Point>)> {
    let axes = CurveAxes::of(points);
    let mut index = HashMap::new();
    let mut curves: Vec<(String, Vec<&Point>)> = Vec::new();
    for point in points {
        let key = CURVE_AXES.map(|axis| axis(point));
        let curve = *index.entry((&point.folder, key)).or_insert_with(|| {
            curves.push((axes.label(point), Vec::new()));
            curves.len() - 1
        });
        curves[curve].1.push(point);
    }
    curves
}

/// What a label says of an axis; `None` where the point has no value.
type AxisValue = fn(&Point) -> Option<String>;

/// The axes whose values are curves of their own.
const CURVE_AXES: [AxisValue; 6] = [
    |point| point.topology.clone(),
    |point| point.routing.clone(),
    |point| point.pattern.clone(),
    |point| match point.virtual_channels? {
        1 => Some("1 VC".to_string()),
        n => Some(format!("{n} VCs")),
    },
    |point| point.buffer_flits.map(|n| format!("{n}-flit buffers")),
    |point| point.packet_flits.map(|n| format!("{n}-flit packets")),
];

/// Which axes tell the curves apart.
struct CurveAxes {
    varies: [bool; CURVE_AXES.len()],
    folders: FolderLabel,
}

/// How labels name the folder of a curve.
#[derive(Clone, Copy, PartialEq)]
enum FolderLabel {
    /// There is one folder.
    Omitted,
    /// The names of the folders differ.
    Name,
    /// Only their whole paths do.
    Path,
}

impl CurveAxes {
    fn of(points: &[Point]) -> Self {
        let Some(first) = points.first() else {
            return Self {
                varies: [false; CURVE_AXES.len()],
                folders: FolderLabel::Omitted,
            };
        };
        Self {
            varies: CURVE_AXES.map(|axis| points.iter().any(|point| axis(point) != axis(first))),
            folders: FolderLabel::of(points),
        }
    }

    fn label(&self, point: &Point) -> String {
        let folder = match self.folders {
            FolderLabel::Omitted => None,
            FolderLabel::Name => Some(folder_name(&point.folder)),
            FolderLabel::Path => Some(point.folder.display().to_string()),
        };
        let values = CURVE_AXES.iter().zip(self.varies).filter(|&(_, varies)| varies);
        let values = values.filter_map(|(axis, _)| axis(point));
        folder.into_iter().chain(values).collect::<Vec<_>>().join(", ")
    }
}

impl FolderLabel {
    fn of(points: &[Point]) -> Self {
        let mut folders: Vec<&Path> = points.iter().map(|point| point.folder.as_path()).collect();
        folders.sort_unstable();
        folders.dedup();
        if folders.len() <= 1 {
            return Self::Omitted;
        }
        let mut names: Vec<_> = folders.iter().map(|folder| folder_name(folder)).collect();
        names.sort_unstable();
        names.dedup();
        if names.len() == folders.len() {
            Self::Name
        } else {
            Self::Path
        }
    }
}

fn folder_name(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or(folder.as_os_str());
    name.to_string_lossy().into_owned()
}

/// One point of the curve for each load, in order of load.
fn average_seeds(points: &[&Point]) -> Vec<CurvePoint> {
    let mut index = HashMap::new();
    let mut groups: Vec<Vec<&Point>> = Vec::new();
    for &point in points {
        let group = *index
            .entry(point.nominal_load().map(f64::to_bits))
            .or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
        groups[group].push(point);
    }
    let mut curve: Vec<_> = groups.iter().filter_map(|group| CurvePoint::of(group)).collect();
    curve.sort_by(|a, b| {
        let offered = |point: &CurvePoint| point.physical.offered.or(point.cycles.offered).unwrap_or(0.0);
        offered(a).total_cmp(&offered(b))
    });
    curve
}

impl CurvePoint {
    /// `None` without any seed.
    fn of(seeds: &[&Point]) -> Option<Self> {
        let verdict = seeds.iter().map(|point| point.verdict).max()?;
        Some(Self {
            verdict,
            seeds: seeds.len(),
            cycles: Sample {
                offered: mean(seeds, |p| p.offered.or(p.load)),
                accepted: mean(seeds, |p| p.accepted),
                accepted_min: mean(seeds, |p| p.accepted_min),
                latency: mean(seeds, |p| p.latency_mean),
                latency_ci95: combined_interval(seeds, |p| p.latency_ci95),
                latency_seeds: range(seeds, |p| p.latency_mean),
            },
            physical: Sample {
                offered: mean(seeds, |p| p.offered_gbps.or(p.rate_gbps)),
                accepted: mean(seeds, |p| p.accepted_gbps),
                accepted_min: mean(seeds, |p| p.accepted_min_gbps),
                latency: mean(seeds, |p| p.latency_mean_ns),
                latency_ci95: combined_interval(seeds, |p| p.latency_ci95_ns),
                latency_seeds: range(seeds, |p| p.latency_mean_ns),
            },
        })
    }
}

fn mean(seeds: &[&Point], value: impl Fn(&Point) -> Option<f64>) -> Option<f64> {
    let sum: f64 = seeds.iter().map(|point| value(point)).sum::<Option<f64>>()?;
    Some(sum / seeds.len() as f64)
}

/// The lowest and the highest value of several seeds.
fn range(seeds: &[&Point], value: impl Fn(&Point) -> Option<f64>) -> Option<(f64, f64)> {
    if seeds.len() < 2 {
        return None;
    }
    let values: Option<Vec<f64>> = seeds.iter().map(|point| value(point)).collect();
    let values = values?;
    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Some((lowest, highest))
}

fn combined_interval(seeds: &[&Point], half_width: impl Fn(&Point) -> Option<f64>) -> Option<f64> {
    let squares = seeds.iter().map(|point| half_width(point).map(|w| w * w));
    let sum: f64 = squares.sum::<Option<f64>>()?;
    Some(sum.sqrt() / seeds.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A converged point.
    fn point(routing: &str, load: f64, seed: u64, latency: f64) -> Point {
        let text = format!(
            "load,routing,virtual_channels,seed,verdict,offered,accepted,latency_mean,latency_ci95\n\
             {load},{routing},8,{seed},converged,{load},{load},{latency},3\n"
        );
        csv::Reader::from_reader(text.as_bytes())
            .deserialize()
            .next()
            .unwrap()
            .unwrap()
    }

    fn labels(points: &[Point]) -> Vec<String> {
        group(points).into_iter().map(|series| series.label).collect()
    }

    #[test]
    fn points_that_differ_in_load_are_one_unlabelled_curve() {
        let series = group(&[point("Valiant", 0.3, 1, 50.0), point("Valiant", 0.1, 1, 40.0)]);
        assert_eq!(series.len(), 1);
        assert_eq!(series[0].label, "");
        let offered: Vec<_> = series[0].points.iter().map(|p| p.cycles.offered).collect();
        assert_eq!(offered, [Some(0.1), Some(0.3)], "in order of load");
    }

    #[test]
    fn labels_name_only_what_varies() {
        let mut points = vec![point("Romm", 0.1, 1, 40.0), point("Valiant", 0.1, 1, 50.0)];
        assert_eq!(labels(&points), ["Romm", "Valiant"]);
        points.push(Point {
            virtual_channels: Some(4),
            packet_flits: Some(16),
            ..point("Valiant", 0.1, 1, 60.0)
        });
        assert_eq!(
            labels(&points),
            ["Romm, 8 VCs", "Valiant, 8 VCs", "Valiant, 4 VCs, 16-flit packets"]
        );
    }

    #[test]
    fn folders_are_named_where_there_are_several() {
        let in_folder = |folder: &str| Point {
            folder: folder.into(),
            ..point("Romm", 0.1, 1, 40.0)
        };
        assert_eq!(
            labels(&[in_folder("results/a"), in_folder("results/b")]),
            ["a", "b"]
        );
        assert_eq!(labels(&[in_folder("x/a"), in_folder("y/a")]), ["x/a", "y/a"]);
    }

    #[test]
    fn seeds_are_averaged() {
        let points = [1, 2, 3, 4].map(|seed| point("Romm", 0.1, seed, 40.0 + seed as f64));
        let series = group(&points);
        assert_eq!(series[0].points.len(), 1);
        let averaged = &series[0].points[0];
        assert_eq!(averaged.seeds, 4);
        assert_eq!(averaged.cycles.latency, Some(42.5));
        assert_eq!(averaged.cycles.latency_ci95, Some(1.5), "sqrt(4 x 3²) / 4");
        assert_eq!(averaged.cycles.latency_seeds, Some((41.0, 44.0)));
    }

    #[test]
    fn the_worst_seed_decides() {
        let mut points = [point("Romm", 0.1, 1, 40.0), point("Romm", 0.1, 2, 40.0)];
        points[1].verdict = Verdict::Saturated;
        points[1].latency_mean = None;
        let series = group(&points);
        assert_eq!(series[0].points[0].verdict, Verdict::Saturated);
        assert_eq!(
            series[0].points[0].cycles.latency, None,
            "not the mean of the luckier seed"
        );
    }

    #[test]
    fn no_points_are_no_curves() {
        assert_eq!(group(&[]), []);
    }
}
