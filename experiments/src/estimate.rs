//! How long an experiment will take, roughly.

use std::fmt;

use fabricsim_core::TrafficInside;

use crate::analysis::Analysis;
use crate::execution::Schedule;
use crate::experiment::PointSpec;
use crate::prepare::{Prepared, PreparedPoint};

/// What a flit-hop takes on one thread where the fabric is in the processor's caches \[s\]: of a packet's head, and of each
/// flit behind it, which needs no route and no virtual channel.
const FLIT_HOP: f64 = 100e-9;
const FLIT_HOP_BEHIND: f64 = 60e-9;

/// What a switch that does anything in a cycle takes more where the fabric is not: its state comes from memory \[s\].
const VISIT: f64 = 90e-9;

/// Simulations that take more are not in the caches \[bytes\].
const CACHE: u64 = 32 << 20;

/// What each thread of a point beyond the first adds, as a part of what it does alone.
const EFFICIENCY: f64 = 0.9;

/// Cycles in which a flit keeps a switch busy: one a stage.
const STAGES: f64 = 3.0;

/// Standard deviation of packet latency over its mean, below saturation.
const VARIATION: f64 = 0.5;

/// Packets that tell as much as one would that did not depend on the others, far from saturation.
const CORRELATION: f64 = 5.0;

/// Where fabrics saturate as a rule, as a share of their bound.
const SATURATION: f64 = 0.7;

/// How many times more packets a point near saturation needs, at the most.
const MOST_NEAR_SATURATION: f64 = 20.0;

/// Quantile of the normal distribution for intervals of 95 %.
const Z95: f64 = 1.96;

/// Share of the places behind others that flits take in a fabric that is saturated.
const FULL: f64 = 0.5;

/// How much is inside a fabric at a time.
pub fn inside(spec: &PointSpec, analysis: &Analysis) -> TrafficInside {
    let bound = analysis.capacity_bound.rate().unwrap_or(1.0);
    let topology = &spec.fabric.topology;
    let accepted = spec.offered().min(bound) * f64::from(topology.terminals());
    let buffers = spec.fabric.engine_switch();
    let ports = f64::from(topology.switches()) * f64::from(topology.ports());
    let places = ports * f64::from(buffers.virtual_channels) * f64::from(buffers.buffer_flits - 1);
    let is_saturated = spec.offered() > SATURATION * bound;
    TrafficInside {
        // Into the fabric, from switch to switch, and out of it.
        flits_a_cycle: accepted * (analysis.mean_distance + 2.0),
        waiting: if is_saturated { FULL * places } else { 0.0 },
    }
}

/// What a run of a whole experiment will take \[s\].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Time {
    /// Most likely. Good to a factor of two as a rule: how long a point takes to become precise is known afterwards only.
    pub likely: f64,
    /// Where no point becomes precise, or is found to be saturated, before its limit of cycles.
    pub to_limits: f64,
}

impl Time {
    /// Of all points, shared out like that.
    pub fn of(prepared: &Prepared, schedule: Schedule) -> Self {
        Self {
            likely: seconds(prepared, schedule, cycles),
            to_limits: seconds(prepared, schedule, cycles_to_limit),
        }
    }
}

impl fmt::Display for Time {
    /// `about 3 s, up to 2 min where points come to their limit of cycles`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (likely, to_limits) = (in_words(self.likely), in_words(self.to_limits));
        write!(f, "{likely}")?;
        if likely != to_limits {
            let most = to_limits.trim_start_matches("about ");
            write!(f, ", up to {most} where points come to their limit of cycles")?;
        }
        Ok(())
    }
}

/// Seconds of all points, where a point takes so many `cycles`, which depend on the flits that it accepts in each.
fn seconds(
    prepared: &Prepared,
    schedule: Schedule,
    cycles: fn(&PointSpec, &PreparedPoint, f64) -> f64,
) -> f64 {
    let points = prepared.plan.points.iter().zip(&prepared.points);
    let seconds: Vec<f64> = points
        .map(|(point, prepared)| {
            let threads = prepared.cut(schedule).threads;
            let flits_a_cycle = flits_a_cycle(&point.spec, prepared);
            let cycles = cycles(&point.spec, prepared, flits_a_cycle);
            let alone = point_seconds(&point.spec, prepared, cycles, flits_a_cycle);
            alone / (1.0 + EFFICIENCY * (threads - 1) as f64)
        })
        .collect();
    let longest = seconds.iter().copied().fold(0.0, f64::max);
    longest.max(seconds.iter().sum::<f64>() / schedule.side_by_side as f64)
}

/// Flits that the fabric accepts in a cycle.
fn flits_a_cycle(spec: &PointSpec, point: &PreparedPoint) -> f64 {
    let bound = point.analysis.capacity_bound.rate().unwrap_or(1.0);
    spec.offered().min(bound) * f64::from(spec.fabric.topology.terminals())
}

fn point_seconds(spec: &PointSpec, point: &PreparedPoint, cycles: f64, flits_a_cycle: f64) -> f64 {
    let topology = &spec.fabric.topology;
    let flit_hops = cycles * flits_a_cycle * (point.analysis.mean_distance + 1.0);
    let heads = flit_hops / mean_flits(spec, point);
    let in_cache = heads * FLIT_HOP + (flit_hops - heads) * FLIT_HOP_BEHIND;
    if point.bytes <= CACHE {
        return in_cache;
    }
    let visits = (flit_hops * STAGES).min(cycles * f64::from(topology.switches()));
    in_cache + visits * VISIT
}

/// Cycles of one point, most likely.
fn cycles(spec: &PointSpec, point: &PreparedPoint, flits_a_cycle: f64) -> f64 {
    let mean_flits = mean_flits(spec, point);
    let correlation = CORRELATION * near_saturation(spec.offered(), point);
    let packets = correlation * (Z95 * VARIATION / spec.measure.precision).powi(2);
    let window = match spec.measure.cycles {
        Some(cycles) => cycles as f64,
        None => (packets * mean_flits / flits_a_cycle).max(least_window(spec, point)),
    };
    let all = point.measure.warmup as f64 + window + point.analysis.zero_load_mean;
    all.min(spec.measure.max_cycles as f64)
}

/// Cycles of one point that comes to its limit, if its window has no fixed length.
fn cycles_to_limit(spec: &PointSpec, point: &PreparedPoint, flits_a_cycle: f64) -> f64 {
    match spec.measure.cycles {
        Some(_) => cycles(spec, point, flits_a_cycle),
        None => spec.measure.max_cycles as f64,
    }
}

/// Length of the packet that a flit is of, on average.
fn mean_flits(spec: &PointSpec, point: &PreparedPoint) -> f64 {
    let flows = point.flows.iter();
    let flits: f64 = flows.map(|flow| flow.load * f64::from(flow.flits)).sum();
    if flits > 0.0 { flits / spec.offered() } else { 1.0 }
}

/// Cycles of the shortest window that a run until precise may end with: so many batches before the first look, and more
/// before a fabric is called saturated.
fn least_window(spec: &PointSpec, point: &PreparedPoint) -> f64 {
    let bound = point.analysis.capacity_bound.rate().unwrap_or(1.0);
    let batch = (point.measure.warmup / 8).next_power_of_two().clamp(256, 65_536) as f64;
    let batches = if spec.offered() > SATURATION * bound {
        32.0
    } else {
        20.0
    };
    batches * batch
}

/// How many times more packets are needed than far from saturation: queues forget slowly near it, and above it a short window
/// shows that they grow.
fn near_saturation(offered: f64, point: &PreparedPoint) -> f64 {
    let bound = point.analysis.capacity_bound.rate().unwrap_or(1.0);
    let distance = (1.0 - offered / (SATURATION * bound)).abs();
    (1.0 / distance).clamp(1.0, MOST_NEAR_SATURATION)
}

/// A duration as one says it of an estimate: `about 3 s`, `about 5 min`.
fn in_words(seconds: f64) -> String {
    match seconds {
        s if s < 1.0 => "less than 1 s".to_owned(),
        s if s < 100.0 => format!("about {s:.0} s"),
        s if s < 6_000.0 => format!("about {:.0} min", s / 60.0),
        s if s < 360_000.0 => format!("about {:.0} h", s / 3_600.0),
        s => format!("about {:.0} days", s / 86_400.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execution::Asked;
    use crate::experiment::parse;

    fn time(traffic: &str, measure: &str, threads: usize) -> Time {
        let text = format!(
            "Experiment(name: \"x\", fabric: Fabric(topology: Torus(sides: [8, 8]), routing: DimensionOrder),
             traffic: [Traffic(pattern: Uniform, {traffic})], sweep: [Seed([1, 2, 3, 4])], measure: Measure({measure}))"
        );
        let prepared = Prepared::new(parse("x.ron", &text).unwrap()).unwrap();
        let asked = Asked {
            threads,
            a_point: None,
            pinned: false,
        };
        let schedule = prepared.schedule(prepared.points.len(), asked);
        Time::of(&prepared, schedule)
    }

    fn estimate(traffic: &str, measure: &str, threads: usize) -> f64 {
        time(traffic, measure, threads).likely
    }

    #[test]
    fn fixed_windows_are_counted() {
        // 4 points of 64 terminals, half a flit each a cycle, 5 switches a flit, 10,000 cycles.
        let expected = 4.0 * 64.0 * 0.5 * 5.0 * 10_000.0 * FLIT_HOP;
        let one = estimate("load: 0.5", "warmup: Cycles(2000), cycles: Cycles(8000)", 1);
        assert!((one / expected - 1.0).abs() < 0.01, "{one} s, not {expected} s");
        let two = estimate("load: 0.5", "warmup: Cycles(2000), cycles: Cycles(8000)", 2);
        assert!((two / one - 0.5).abs() < 0.01);
        let many = estimate("load: 0.5", "warmup: Cycles(2000), cycles: Cycles(8000)", 100);
        assert!(
            (many / one - 0.25).abs() < 0.01,
            "no shorter than its longest point"
        );
    }

    #[test]
    fn flits_of_long_packets_take_less() {
        let of = |flits: u32| {
            let traffic = format!("load: 0.5, packet: Flits({flits})");
            estimate(&traffic, "warmup: Cycles(2000), cycles: Cycles(8000)", 1)
        };
        let (one, ten) = (of(1), of(10));
        let expected = (FLIT_HOP + 9.0 * FLIT_HOP_BEHIND) / (10.0 * FLIT_HOP);
        assert!((ten / one - expected).abs() < 0.01, "{ten} s and {one} s");
    }

    #[test]
    fn precision_costs_time_up_to_the_limit() {
        let coarse = estimate("load: 0.5", "precision: 0.01", 1);
        let fine = estimate("load: 0.5", "precision: 0.001", 1);
        let limited = estimate("load: 0.5", "precision: 0.001, max_cycles: Cycles(1000)", 1);
        assert!(fine > 10.0 * coarse && limited < coarse);
    }

    #[test]
    fn points_that_never_become_precise_come_to_their_limit() {
        let open = time("load: 0.5", "max_cycles: Cycles(500000)", 1);
        let flit_hops = 4.0 * 64.0 * 0.5 * 5.0 * 500_000.0;
        assert!((open.to_limits / (flit_hops * FLIT_HOP) - 1.0).abs() < 0.01);
        assert!(open.likely < open.to_limits);
        let fixed = time("load: 0.5", "warmup: Cycles(2000), cycles: Cycles(8000)", 1);
        assert_eq!(fixed.to_limits, fixed.likely);
    }

    #[test]
    fn a_time_says_what_it_may_come_to() {
        let text = |likely, to_limits| Time { likely, to_limits }.to_string();
        assert_eq!(
            text(3.0, 300.0),
            "about 3 s, up to 5 min where points come to their limit of cycles"
        );
        assert_eq!(text(3.0, 3.1), "about 3 s");
        assert_eq!(text(0.1, 0.2), "less than 1 s");
    }

    #[test]
    fn points_near_saturation_take_longest() {
        let [far, near, beyond] =
            [0.1, 0.7, 1.0].map(|load| estimate(&format!("load: {load}"), "precision: 0.005", 1));
        assert!(
            near > 10.0 * far && near > 2.0 * beyond,
            "{far} {near} {beyond} s"
        );
    }

    #[test]
    fn durations_are_short() {
        let words = [0.2, 3.4, 300.0, 9_000.0, 864_000.0].map(in_words);
        assert_eq!(
            words,
            [
                "less than 1 s",
                "about 3 s",
                "about 5 min",
                "about 2 h",
                "about 10 days"
            ]
        );
    }
}
