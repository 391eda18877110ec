//! The units of a chart: flits and cycles, or Gb/s and ns where all points have them.

use crate::chart::{Axis, Curve};
use crate::scale::Scale;
use crate::series::{CurvePoint, Sample, Series};

/// What the values of a chart are measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Units {
    /// Flits/terminal/cycle and cycles.
    Abstract,
    /// Gb/s a terminal and ns.
    Physical,
}

/// A unit of time, and what values are multiplied by to be in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeUnit {
    pub name: &'static str,
    pub factor: f64,
}

impl Units {
    /// The units that all points have values in.
    pub fn of(series: &[Series]) -> Self {
        let mut points = series.iter().flat_map(|series| &series.points).peekable();
        if points.peek().is_some() && points.all(|point| point.physical.offered.is_some()) {
            Self::Physical
        } else {
            Self::Abstract
        }
    }

    /// A point's values in these units.
    pub fn sample(self, point: &CurvePoint) -> &Sample {
        match self {
            Self::Abstract => &point.cycles,
            Self::Physical => &point.physical,
        }
    }

    /// The unit that times up to `longest` are readable in.
    pub fn time(self, longest: f64) -> TimeUnit {
        let (name, factor) = match self {
            Self::Abstract => ("cycles", 1.0),
            Self::Physical if longest < 2_000.0 => ("ns", 1.0),
            Self::Physical => ("µs", 1e-3),
        };
        TimeUnit { name, factor }
    }

    /// The axis of offered load, as far as the curves go.
    pub fn offered_axis(self, curves: &[Curve]) -> Axis {
        let places = |curve: &Curve| -> Vec<f64> {
            let beyond = curve.beyond.iter().map(|beyond| beyond.x);
            curve.dots.iter().map(|dot| dot.x).chain(beyond).collect()
        };
        let label = match self {
            Self::Abstract => "Offered load [flits/terminal/cycle]",
            Self::Physical => "Offered rate [Gb/s per terminal]",
        };
        Axis {
            label: label.to_string(),
            scale: Scale::linear_for(curves.iter().flat_map(places)),
        }
    }

    /// The axis of accepted load, as far as the curves go.
    pub fn accepted_axis(self, curves: &[Curve]) -> Axis {
        let label = match self {
            Self::Abstract => "Accepted load [flits/terminal/cycle]",
            Self::Physical => "Accepted rate [Gb/s per terminal]",
        };
        let accepted = curves.iter().flat_map(|curve| &curve.dots).map(|dot| dot.y);
        Axis {
            label: label.to_string(),
            scale: Scale::linear_for(accepted),
        }
    }

    /// The unit of a load in words.
    pub fn load(self) -> &'static str {
        match self {
            Self::Abstract => "flits/terminal/cycle",
            Self::Physical => "Gb/s",
        }
    }
}

/// How many seeds the points are the mean of; empty where each is one simulation.
pub fn seeds_note(series: &[Series]) -> String {
    let seeds = || {
        series
            .iter()
            .flat_map(|series| &series.points)
            .map(|point| point.seeds)
    };
    match (seeds().min(), seeds().max()) {
        (None, _) | (_, None | Some(1)) => String::new(),
        (Some(least), Some(most)) if least == most => format!("mean of {most} seeds"),
        (Some(least), Some(most)) => format!("mean of {least} to {most} seeds"),
    }
}
