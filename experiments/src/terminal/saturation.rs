//! Between which loads a fabric saturates.

use super::RATE;
use crate::axes;
use crate::experiment::{AxisKind, Plan};
use crate::prepare::Prepared;
use crate::record::{Record, Verdict};

/// More curves than this are not told one by one.
const MOST_CURVES: usize = 12;

/// A line for each curve, that is each setting of the axes other than load and seed: between which loads it saturates. Nothing
/// where the load is not varied. `records` are in the order of the sweep.
pub fn saturation(prepared: &Prepared, records: &[Record]) -> String {
    let plan = &prepared.plan;
    if !plan
        .axes
        .iter()
        .any(|axis| axis.kind.is_offered() && axis.values.len() > 1)
    {
        return String::new();
    }
    let curves = curves(plan);
    let several = curves.len() > 1;
    let mut text = String::new();
    for curve in curves.iter().take(MOST_CURVES) {
        let first = curve.points[0];
        let physical = plan.points[first].physical;
        let bound = prepared.points[first].analysis.capacity_bound.rate();
        let bound = bound.map(|flits| physical.map_or(flits, |physical| physical.gbps(flits)));
        let points = curve
            .points
            .iter()
            .map(|&point| (axes::offered(&plan.points[point]), records[point].verdict));
        let points = worst_of_seeds(points.collect());
        let finding = finding(&points, bound, physical.is_some());
        let label = if several {
            format!("{}: ", curve.label)
        } else {
            String::new()
        };
        text.push_str(&format!("{label}{finding}\n"));
    }
    if curves.len() > MOST_CURVES {
        text.push_str(&format!(
            "… and {} more curves: see points.csv\n",
            curves.len() - MOST_CURVES
        ));
    }
    text
}

/// The points of one setting of the axes other than load and seed.
struct Curve {
    label: String,
    points: Vec<usize>,
}

fn curves(plan: &Plan) -> Vec<Curve> {
    let mut curves: Vec<Curve> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for (number, point) in plan.points.iter().enumerate() {
        let label = axes::label(plan, point, &[AxisKind::Load, AxisKind::Rate, AxisKind::Seed]).join(", ");
        let place = *places.entry(label.clone()).or_insert(curves.len());
        if place == curves.len() {
            curves.push(Curve {
                label,
                points: Vec::new(),
            });
        }
        curves[place].points.push(number);
    }
    curves
}

/// One verdict for each load, in order of load: saturated if any seed is, converged if all are.
fn worst_of_seeds(mut points: Vec<(f64, Verdict)>) -> Vec<(f64, Verdict)> {
    let badness = |verdict| match verdict {
        Verdict::Converged => 0,
        Verdict::Saturated => 2,
        _ => 1,
    };
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(badness(b.1).cmp(&badness(a.1))));
    points.dedup_by_key(|&mut (load, _)| load);
    points
}

/// What (offered, verdict) in order of what is offered say, and its bound: Gb/s or flits/terminal/cycle.
fn finding(points: &[(f64, Verdict)], bound: Option<f64>, is_physical: bool) -> String {
    let unit = if is_physical { "Gb/s a node" } else { RATE };
    let first_saturated = points
        .iter()
        .position(|&(_, verdict)| verdict == Verdict::Saturated);
    let Some(first) = first_saturated else {
        let most = points.last().map_or(0.0, |&(load, _)| load);
        if points.iter().any(|&(_, verdict)| verdict != Verdict::Converged) {
            return format!("no point up to {most} {unit} is known to be saturated");
        }
        return format!("does not saturate up to {most} {unit}");
    };
    let above = points[first].0;
    let below = points[..first]
        .iter()
        .rfind(|&&(_, verdict)| verdict == Verdict::Converged);
    let Some(&(below, _)) = below else {
        let why = if first == 0 {
            "the lowest load that was tried"
        } else {
            "no lower load converged"
        };
        return format!("saturates at or below {above} {unit}: {why}");
    };
    let share = bound.map_or_else(String::new, |bound| {
        // Nothing above it is carried, so that it is known to saturate there.
        let [below, above] = [below, above].map(|rate| 100.0 * (rate / bound).min(1.0));
        format!(", {below:.0} to {above:.0} % of the bound")
    });
    format!("saturates between {below} and {above} {unit}{share}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(points: &[(f64, Verdict)]) -> String {
        finding(points, Some(0.5), false)
    }

    #[test]
    fn the_worst_seed_speaks_for_a_load() {
        use Verdict::{Converged, Saturated, TimeLimit};
        let seeds = vec![
            (0.3, Converged),
            (0.4, Saturated),
            (0.1, TimeLimit),
            (0.3, Saturated),
            (0.1, Converged),
        ];
        assert_eq!(
            worst_of_seeds(seeds),
            [(0.1, TimeLimit), (0.3, Saturated), (0.4, Saturated)]
        );
    }

    #[test]
    fn saturation_lies_between_the_last_converged_and_the_first_saturated_load() {
        use Verdict::{Converged, Saturated, TimeLimit};
        assert_eq!(
            found(&[
                (0.1, Converged),
                (0.3, Converged),
                (0.35, TimeLimit),
                (0.4, Saturated),
                (0.5, Saturated)
            ]),
            "saturates between 0.3 and 0.4 flits/terminal/cycle, 60 to 80 % of the bound"
        );
        assert_eq!(
            found(&[(0.4, Saturated), (0.5, Saturated)]),
            "saturates at or below 0.4 flits/terminal/cycle: the lowest load that was tried"
        );
        assert_eq!(
            found(&[(0.1, TimeLimit), (0.4, Saturated)]),
            "saturates at or below 0.4 flits/terminal/cycle: no lower load converged"
        );
        assert_eq!(
            found(&[(0.1, Converged), (0.2, Converged)]),
            "does not saturate up to 0.2 flits/terminal/cycle"
        );
        assert_eq!(
            finding(&[(2.5, Converged), (3.0, Saturated)], Some(5.0), true),
            "saturates between 2.5 and 3 Gb/s a node, 50 to 60 % of the bound"
        );
        assert_eq!(
            found(&[(0.1, Converged), (0.2, TimeLimit)]),
            "no point up to 0.2 flits/terminal/cycle is known to be saturated"
        );
        assert_eq!(
            found(&[(0.4, Converged), (0.6, Saturated)]),
            "saturates between 0.4 and 0.6 flits/terminal/cycle, 80 to 100 % of the bound"
        );
    }
}
