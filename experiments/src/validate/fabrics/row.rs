//! A family with a routing.

use std::fmt;

use fabricsim_topologies::Proof;

use crate::experiment::{Routing, VIRTUAL_CHANNELS, parse};
use crate::validate::Failure;
use crate::validate::saturation::{Saturation, saturation};
use crate::validate::simulation::only_point;

/// Saturation is measured with as many virtual channels at least, so that they are not what fills up.
const MEASURED_WITH: u8 = 8;

/// A family and a routing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// As experiments write it.
    pub topology: &'static str,
    /// Its routing.
    pub routing: Routing,
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.topology, self.routing)
    }
}

/// What is found of a pair, under uniform traffic of single flits.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The fewest virtual channels with which it is proved.
    pub virtual_channels: u8,
    /// Why it is free of deadlock.
    pub argument: String,
    /// The capacity bound \[flits/terminal/cycle\], or why there is none.
    pub bound: Result<f64, &'static str>,
    /// Virtual channels with which saturation was measured, 8 flits each.
    pub measured_with: u8,
    /// What was measured.
    pub saturation: Saturation,
}

impl Row {
    /// The highest load that is accepted, as a share of the bound.
    pub fn share(&self) -> Option<f64> {
        Some(self.saturation.accepts / self.bound.ok()?)
    }

    /// Nothing is carried beyond the bound, and something at all.
    pub fn passes(&self) -> bool {
        self.saturation.accepts > 0.0 && self.share().is_none_or(|share| share <= 1.0)
    }
}

/// An experiment on a pair with so many virtual channels.
pub(super) fn experiment(topology: &str, routing: Routing, virtual_channels: u8) -> String {
    let switching = match routing {
        Routing::BubbleDimensionOrder | Routing::AdaptiveBubble => ", switching: CutThrough",
        _ => "",
    };
    format!(
        "Experiment(
            name: \"pair\",
            fabric: Fabric(
                topology: {topology},
                routing: {routing},
                switch: Switch(virtual_channels: {virtual_channels}, buffer_flits: 8{switching}),
            ),
            traffic: [Traffic(pattern: Uniform, load: 0.1)],
            measure: Measure(warmup: Cycles(1000), cycles: Cycles(4000)),
        )"
    )
}

/// Looks for the fewest virtual channels with which a pair is proved, then for the load at which it saturates with them;
/// `None` of a pair that is refused with any number, since the routing is not for such a shape.
pub(super) fn found(pair: &Pair) -> Result<Option<Row>, Failure> {
    let plan = |channels| parse("pair", &experiment(pair.topology, pair.routing, channels));
    if plan(*VIRTUAL_CHANNELS.end()).is_err() {
        return Ok(None);
    }
    for virtual_channels in VIRTUAL_CHANNELS {
        // With too few the routing can't be made, or is not proved.
        if let Ok(plan) = plan(virtual_channels)
            && let Ok((point, _)) = only_point(plan)
            && let Proof::Proved { argument } = &*point.proof
        {
            return measured(pair, virtual_channels, argument.clone()).map(Some);
        }
    }
    Err(Failure::Impossible(format!(
        "no number of virtual channels up to {} is proved",
        VIRTUAL_CHANNELS.end()
    )))
}

/// Several times as many virtual channels where few are needed: each class has the same part of them.
fn measured(pair: &Pair, virtual_channels: u8, argument: String) -> Result<Row, Failure> {
    let measured_with = virtual_channels * MEASURED_WITH.div_ceil(virtual_channels);
    let text = experiment(pair.topology, pair.routing, measured_with);
    let (mut point, seed) = only_point(parse("pair", &text)?)?;
    let bound = point.analysis.capacity_bound;
    let bound = bound.rate().ok_or(bound.reason().unwrap_or_default());
    Ok(Row {
        virtual_channels,
        argument,
        bound,
        measured_with,
        saturation: saturation(&mut point, seed, bound.unwrap_or(1.0))?,
    })
}
