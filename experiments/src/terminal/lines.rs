//! One line a point.

use crate::analysis::Bound;
use crate::axes;
use crate::deadlock::{Waiting, by_packet, explanation};
use crate::experiment::PhysicalPoint;
use crate::prepare::Prepared;
use crate::record::{Measured, Record, Verdict};
use crate::units;

/// The switches of a cycle of waiting packets that a line shows in full.
const SHOWN: usize = 8;

/// In front of the lines that explain a line.
const INDENT: &str = "      ";

/// Writes the lines of points, aligned. They come in the order of the sweep, whatever the order in which the points end: a line
/// as soon as all before it are there.
pub struct Lines<'a> {
    prepared: &'a Prepared,
    labels: Vec<Vec<String>>,
    /// Of each part of the labels, in characters.
    widths: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// For the points of an experiment.
    pub fn new(prepared: &'a Prepared) -> Self {
        let plan = &prepared.plan;
        let label = |point| {
            let label = axes::label(plan, point, &[]);
            if label.is_empty() {
                vec![axes::offered_in_words(point)]
            } else {
                label
            }
        };
        let labels: Vec<Vec<String>> = plan.points.iter().map(label).collect();
        let parts = labels.first().map_or(0, Vec::len);
        let width = |part: usize| {
            labels
                .iter()
                .map(|label| label[part].chars().count())
                .max()
                .unwrap_or(0)
        };
        Self {
            prepared,
            widths: (0..parts).map(width).collect(),
            labels,
        }
    }

    /// The line of a point; of one that ended in a deadlock with the lines that explain it.
    pub fn line(&self, point: usize, record: &Record) -> String {
        let mut line = String::from("  ");
        for (part, &width) in self.labels[point].iter().zip(&self.widths) {
            line.push_str(&format!("{part:<width$}  "));
        }
        line.push_str(&format!("{:<10}   ", record.verdict));
        line.push_str(&self.findings(point, record));
        line.push('\n');
        line.push_str(&self.explanation(point, record));
        line
    }

    fn explanation(&self, point: usize, record: &Record) -> String {
        let Some(measured) = &record.measured else {
            return String::new();
        };
        let physical = self.prepared.plan.points[point].physical.as_ref();
        explanation(measured, &self.prepared.points[point], physical, INDENT)
    }

    /// The part of a line after the verdict: what matters of it.
    fn findings(&self, point: usize, record: &Record) -> String {
        let Some(measured) = &record.measured else {
            return record.reason.clone();
        };
        let physical = self.prepared.plan.points[point].physical.as_ref();
        let bound = self.prepared.points[point].analysis.capacity_bound;
        let accepted = accepted(record, bound, physical);
        let latency = |record| latency(record, physical);
        let parts = match record.verdict {
            Verdict::Converged => vec![latency(record), accepted],
            Verdict::Saturated => vec![accepted, self.hottest(point, measured)],
            Verdict::TimeLimit => vec![latency(record), accepted, record.reason.clone()],
            Verdict::Deadlocked => vec![self.waiting(point, &measured.waiting)],
            Verdict::Stalled | Verdict::Failed => vec![record.reason.clone()],
        };
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join("   ")
    }

    fn hottest(&self, point: usize, measured: &Measured) -> String {
        let Some(link) = &measured.hottest else {
            return String::new();
        };
        let name = self.prepared.points[point].fabric.link_name(link.from, link.to);
        format!("hottest link {name} at {:.0} %", 100.0 * link.utilisation)
    }

    /// `5 packets in 8 channels wait in a cycle, each for the next: (0,0) → (1,0) → … → (7,0) → (0,0)`.
    fn waiting(&self, point: usize, waiting: &[Waiting]) -> String {
        let fabric = &self.prepared.points[point].fabric;
        let mut switches: Vec<u32> = waiting.iter().map(|packet| packet.switch).collect();
        // Where packets wait for each other within a switch it is named once.
        switches.dedup();
        if switches.len() > 1 && switches.first() == switches.last() {
            switches.pop();
        }
        let path = match switches.as_slice() {
            [] => return String::new(),
            [first, second, third, .., last] if switches.len() > SHOWN => {
                let [first, second, third, last] =
                    [first, second, third, last].map(|&s| fabric.switch_name(s));
                format!("{first} → {second} → {third} → … → {last} → {first}")
            }
            all => {
                let closed = all.iter().chain(&all[..1]);
                closed
                    .map(|&switch| fabric.switch_name(switch))
                    .collect::<Vec<_>>()
                    .join(" → ")
            }
        };
        let packets = super::count(by_packet(waiting).len(), "packet");
        let channels = super::count(waiting.len(), "channel");
        format!("{packets} in {channels} wait in a cycle, each for the next: {path}")
    }
}

/// `accepted 0.486 Gb/s of 0.487 generated, bound 4.31`: in a short window sources make more or less than they were asked for,
/// which is neither lost nor gained in the fabric. Empty where nothing was measured.
fn accepted(record: &Record, bound: Bound, physical: Option<&PhysicalPoint>) -> String {
    let (Some(accepted), Some(generated)) = (record.accepted(), record.generated()) else {
        return String::new();
    };
    let accepted = units::rate(accepted, physical);
    let bound = bound
        .rate()
        .map(|bound| format!(", bound {}", units::bare_rate(bound, physical)));
    format!(
        "accepted {accepted} of {} generated{}",
        units::bare_rate(generated, physical),
        bound.unwrap_or_default()
    )
}

/// `31.24 cycles ±0.4 %   p99 52 cycles`, `3.24 us ±0.4 %   p99 5.00 us`; empty where there is none.
fn latency(record: &Record, physical: Option<&PhysicalPoint>) -> String {
    let Some(latency) = record.latency() else {
        return String::new();
    };
    let interval = match latency.ci95 {
        Some(half_width) => format!(" ±{:.1} %", 100.0 * half_width / latency.mean),
        None => String::new(),
    };
    let mean = units::time(latency.mean, physical);
    let p99 = units::whole_time(latency.p99, physical);
    let (mean_width, p99_width) = if physical.is_some() { (7, 7) } else { (15, 11) };
    format!("{mean:>mean_width$}{interval}   p99 {p99:>p99_width$}")
}
