//! A chart: axes, curves, and what is said about them.

use crate::layout;
use crate::render::{self, RenderError};
use crate::results::Verdict;
use crate::scale::Scale;

/// A chart of curves over offered load.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    pub(crate) title: String,
    /// A line below the title.
    pub(crate) note: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    /// The unit of y, for values in words.
    pub(crate) y_unit: &'static str,
    pub(crate) curves: Vec<Curve>,
    /// A dashed line where y = x, by its name in the legend.
    pub(crate) diagonal: Option<&'static str>,
    /// The name in the legend of the curves' faint lines.
    pub(crate) faint_name: &'static str,
    pub(crate) at_saturation: AtSaturation,
    /// What stands in the place of the curves where there are none.
    pub(crate) empty: &'static str,
    /// With too many curves to name: two that are, and as what.
    pub(crate) extremes: [Extreme; 2],
}

/// A curve that stands out among many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extreme {
    /// What it is: `last to saturate`.
    pub name: &'static str,
    /// Its index.
    pub curve: usize,
}

impl Extreme {
    /// The curves with the highest and the lowest rank, the first of equals.
    pub(crate) fn pair<R: PartialOrd>(
        curves: &[Curve],
        names: [&'static str; 2],
        rank: impl Fn(&Curve) -> R,
    ) -> [Self; 2] {
        let ranks: Vec<R> = curves.iter().map(rank).collect();
        let first_of = |better: fn(&R, &R) -> bool| {
            (0..ranks.len()).reduce(|best, next| {
                if better(&ranks[next], &ranks[best]) {
                    next
                } else {
                    best
                }
            })
        };
        let highest = first_of(|a, b| a > b).unwrap_or(0);
        let lowest = first_of(|a, b| a < b).unwrap_or(0);
        [(names[0], highest), (names[1], lowest)].map(|(name, curve)| Self { name, curve })
    }
}

/// The dashed line that shows where a curve's fabric saturates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AtSaturation {
    /// Leads from the curve's last point up to the first beyond it: latency grows without bound.
    Climb,
    /// Falls from the curve's first saturated point to the axis.
    Plumb,
}

/// An axis with its label, units included.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Axis {
    pub label: String,
    pub scale: Scale,
}

/// A curve. Every value is drawable on its axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Curve {
    /// Its name in the legend.
    pub label: String,
    /// Its points, in order of x.
    pub dots: Vec<Dot>,
    /// Points that have an x but no y, in order of x: they stand above the curves.
    pub beyond: Vec<Beyond>,
    /// A thin line that goes with it.
    pub faint: Vec<(f64, f64)>,
}

/// A point of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Dot {
    pub x: f64,
    pub y: f64,
    /// Half-width of the 95 % interval of y.
    pub interval: Option<f64>,
    /// The lowest and the highest y of several seeds.
    pub seeds: Option<(f64, f64)>,
    pub verdict: Verdict,
}

/// A point without a y, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Beyond {
    pub x: f64,
    pub verdict: Verdict,
}

impl Chart {
    /// Whether no point has a y.
    pub(crate) fn is_empty(&self) -> bool {
        self.curves.iter().all(|curve| curve.dots.is_empty())
    }

    /// The chart as an SVG document.
    ///
    /// # Errors
    /// [`RenderError`], which the bundled font leaves no known cause for.
    pub fn svg(&self) -> Result<String, RenderError> {
        render::svg(&layout::lay_out(self))
    }

    /// The chart as a PNG file.
    ///
    /// # Errors
    /// As [`Chart::svg`].
    pub fn png(&self) -> Result<Vec<u8>, RenderError> {
        render::png(&layout::lay_out(self))
    }
}
