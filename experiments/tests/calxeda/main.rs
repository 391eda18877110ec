//! The Calxeda preset: the latency of a lone frame is the closed form, to the flit; rates are exact.

mod lone_frame;
mod rates;
mod script;

use fabricsim::experiment::{PointSpec, parse};
use fabricsim::fabric::Fabric;

/// Cycles of 40 ns that a frame takes over `distance` links of 10 Gb/s: 200 ns x distance + 160 ns + 40 ns a flit.
fn cycles(distance: u64, flits: u64) -> u64 {
    (200 * distance + 160 + 40 * flits) / 40
}

/// The only point of an experiment with the preset, on a fabric with these fields and packets.
fn point(fabric: &str, packet: &str) -> PointSpec {
    let text = format!(
        "(name: \"x\", fabric: (preset: CalxedaEcx1000, routing: DimensionOrder, {fabric}),
          traffic: [(pattern: Uniform, packet: {packet}, load: 0.1)])"
    );
    let plan = parse("x.ron", &text).unwrap_or_else(|refused| panic!("{refused}"));
    plan.points[0].spec.clone()
}

fn build(spec: &PointSpec) -> Fabric {
    Fabric::new(spec.fabric.clone()).unwrap_or_else(|error| panic!("{error}"))
}
