//! The load at which a fabric saturates, found by halving.

use fabricsim_core::Outcome;

use super::Failure;
use super::simulation::simulated;
use crate::prepare::PreparedPoint;

/// Saturation is looked for at multiples of a unit of load divided by this.
const STEPS: usize = 40;

/// Sources that hold back more flits in the second half of the window than in the first, by this share of all that were
/// generated, can't send what they are asked to.
const GROWTH: f64 = 0.0005;

/// Between which loads a fabric saturates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Saturation {
    /// The highest load that it was seen to accept \[flits/terminal/cycle\].
    pub accepts: f64,
    /// The lowest that saturated it; `None` if not even a full injection link does.
    pub saturates: Option<f64>,
}

/// Some link is asked for more than it carries. A verdict of saturation also wants the whole of the traffic to suffer, but of
/// many a permutation most packets never see the fullest link.
fn is_overloaded(outcome: &Outcome) -> bool {
    outcome.backlog_growth as f64 > GROWTH * outcome.generated as f64
}

/// Looks for the load at which a point saturates, up to a fortieth beyond `unit` \[flits/terminal/cycle\] or to what a terminal
/// can inject, in fortieths of `unit`. All of its flows get the same load.
pub(super) fn saturation(point: &mut PreparedPoint, seed: u64, unit: f64) -> Result<Saturation, Failure> {
    // A step beyond a bound, which has to saturate.
    let highest = ((STEPS + 1) as f64).min(STEPS as f64 / unit) as usize;
    let load = |step: usize| unit * step as f64 / STEPS as f64;
    let (mut accepts, mut saturates) = (0, highest + 1);
    while saturates - accepts > 1 {
        let step = accepts.midpoint(saturates);
        for flow in &mut point.flows {
            flow.load = load(step);
        }
        if is_overloaded(&simulated(point, seed)?) {
            saturates = step;
        } else {
            accepts = step;
        }
    }
    Ok(Saturation {
        accepts: load(accepts),
        saturates: (saturates <= highest).then(|| load(saturates)),
    })
}
