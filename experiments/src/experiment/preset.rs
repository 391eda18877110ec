//! What presets fill in, and how well each default is known.

use std::fmt;

use fabricsim_core::{LongStages, SwitchConfig, Switching, VcReallocation};

use super::checker::Checker;
use super::components::BUFFER_FLITS;
use super::file::{Bandwidth, Duration, Frame, Size, Time};
use super::names::{Dateline, Preset};
use super::quantities::Rounding;
use super::units::Units;

/// What a file need not say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Defaults {
    pub dateline: Dateline,
    pub switch: SwitchConfig,
    pub latency: Time,
    pub bandwidth: Bandwidth,
    pub terminal_latency: Time,
    /// What a head takes through the switch \[ns\], and what a buffer holds \[B\], of a product: `switch` has both in the
    /// preset's own cycles and flits.
    pub product: Option<Product>,
    /// The units of a physical fabric.
    pub cycle: Option<Duration>,
    pub flit: Option<Size>,
    pub frame: Option<Frame>,
    /// The longest payload that an MTU may allow \[B\].
    pub largest_mtu: u32,
}

/// What is known of a product's switch in its own units.
#[derive(Clone, Copy, Debug)]
pub(super) struct Product {
    /// From the arrival of a head to its departure \[ns\].
    switch_ns: f64,
    /// Of an input port and virtual channel \[B\].
    buffer_bytes: u32,
}

impl Product {
    /// `switch` where a cycle and a flit are what `units` says: as fast and as large as it is. Its traversal takes what the
    /// other stages leave.
    fn in_units(self, switch: SwitchConfig, units: &Units, checker: &mut Checker) -> SwitchConfig {
        let exact = self.switch_ns / units.cycle.value();
        let before = u32::from(switch.routing_delay) + u32::from(switch.sw_alloc_delay);
        let most = 2 * u32::from(u8::MAX);
        let traversal = (exact.round() as u32).saturating_sub(before).clamp(1, most);
        let cycles = traversal + before;
        if f64::from(cycles) != exact {
            checker.round(Rounding {
                what: "switch".to_owned(),
                asked: format!("{} ns", self.switch_ns),
                taken: format!("{cycles} cycles"),
                error: f64::from(cycles) / exact - 1.0,
            });
        }
        let [least, most] = [*BUFFER_FLITS.start(), *BUFFER_FLITS.end()].map(u32::from);
        let prepare = (traversal - 1).min(u8::MAX.into());
        SwitchConfig {
            // Both are at most 255.
            st_prepare_delay: prepare as u8,
            st_final_delay: (traversal - prepare) as u8,
            buffer_flits: (self.buffer_bytes / units.flit_bytes).clamp(least, most) as u16,
            ..switch
        }
    }
}

impl Defaults {
    /// The switch where a cycle and a flit are what `units` says.
    pub(super) fn switch_in(&self, units: Option<&Units>, checker: &mut Checker) -> SwitchConfig {
        match (self.product, units) {
            (Some(product), Some(units)) => product.in_units(self.switch, units, checker),
            _ => self.switch,
        }
    }

    /// Those of a preset, or without one.
    pub(super) fn of(preset: Option<Preset>) -> Self {
        match preset {
            None => Self::default(),
            Some(Preset::BookSim) => Self {
                dateline: Dateline::OnEntry,
                switch: SwitchConfig {
                    long_stages: LongStages::Batched,
                    vc_reallocation: VcReallocation::NonAtomic,
                    ..SwitchConfig::default()
                },
                ..Self::default()
            },
            Some(Preset::CalxedaEcx1000) => Self {
                switch: SwitchConfig {
                    virtual_channels: 2,
                    // With `combined_allocation`: 1 + 2 + 1 cycles of 40 ns, of a pipeline that takes a flit every cycle.
                    routing_delay: 0,
                    switching: Switching::CutThrough,
                    combined_allocation: true,
                    ..SwitchConfig::default()
                },
                product: Some(Product {
                    switch_ns: 160.0,
                    buffer_bytes: 16 << 10,
                }),
                latency: Time::Ns(40.0),
                bandwidth: Bandwidth::Gbps(10.0),
                terminal_latency: Time::Cycles(0),
                cycle: Some(Duration::Ns(40.0)),
                flit: Some(Size::Bytes(50)),
                frame: Some(Frame {
                    overhead: Some(Size::Bytes(46)),
                    mtu: Some(Size::Bytes(1500)),
                }),
                largest_mtu: 9000,
                ..Self::default()
            },
        }
    }
}

impl Default for Defaults {
    fn default() -> Self {
        Self {
            dateline: Dateline::AtDateline,
            switch: SwitchConfig::default(),
            product: None,
            latency: Time::Cycles(1),
            bandwidth: Bandwidth::FlitsPerCycle(1.0),
            terminal_latency: Time::Cycles(1),
            cycle: None,
            flit: None,
            frame: None,
            largest_mtu: 65_535,
        }
    }
}

/// How well a default is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// Published.
    Published,
    /// Derived from what is published.
    Derived,
    /// Assumed: a knob.
    Assumed,
}

impl fmt::Display for Grade {
    /// `P`, `D` or `A`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Published => "P",
            Self::Derived => "D",
            Self::Assumed => "A",
        })
    }
}

/// A default of a preset, with where it comes from.
#[derive(Clone, Copy, Debug)]
pub struct GradedDefault {
    /// The struct that has the field, by its path from the experiment.
    pub within: &'static str,
    /// The field.
    pub field: &'static str,
    /// Its value as files write it.
    pub value: &'static str,
    /// How well it is known.
    pub grade: Grade,
    /// From where, or why.
    pub source: &'static str,
}

impl GradedDefault {
    /// What it is in a file whose cycle or flit differs from the preset's, where it counts these; `None` where it is `value`.
    pub fn elsewhere(&self, switch: &SwitchConfig) -> Option<String> {
        let now = match self.field {
            "st_prepare_delay" => switch.st_prepare_delay.to_string(),
            "st_final_delay" => switch.st_final_delay.to_string(),
            "buffer_flits" => switch.buffer_flits.to_string(),
            _ => return None,
        };
        (now != self.value).then_some(now)
    }

    /// The path of the field, as in `fabric.switch.virtual_channels`.
    pub fn path(&self) -> String {
        format!("{}.{}", self.within, self.field)
    }
}

/// The graded defaults of a preset that models a product; none of others.
pub fn graded(preset: Preset) -> &'static [GradedDefault] {
    match preset {
        Preset::BookSim => &[],
        Preset::CalxedaEcx1000 => CALXEDA_ECX1000,
    }
}

const fn row(
    within: &'static str,
    field: &'static str,
    value: &'static str,
    grade: Grade,
    source: &'static str,
) -> GradedDefault {
    GradedDefault {
        within,
        field,
        value,
        grade,
        source,
    }
}

const CALXEDA_ECX1000: &[GradedDefault] = &{
    use Grade::{Assumed, Derived, Published};
    const FABRIC: &str = "fabric";
    const SWITCH: &str = "fabric.switch";
    const LINK: &str = "fabric.link";
    const FRAME: &str = "fabric.frame";
    [
        row(
            LINK,
            "latency",
            "Ns(40)",
            Assumed,
            "hop 200 ns = 160 switch + 40 link: P bound (\"under 200 ns\"), A split",
        ),
        row(
            LINK,
            "bandwidth",
            "Gbps(10)",
            Published,
            "XAUI; P set 1, 2.5, 5, 7.5, 10, A default",
        ),
        row(
            SWITCH,
            "routing_delay",
            "0",
            Assumed,
            "the switch is 4 cycles = 160 ns, pipelined: see link latency",
        ),
        row(SWITCH, "combined_allocation", "true", Assumed, "as above"),
        row(SWITCH, "sw_alloc_delay", "1", Assumed, "as above"),
        row(SWITCH, "st_prepare_delay", "2", Assumed, "as above"),
        row(SWITCH, "st_final_delay", "1", Assumed, "as above"),
        row(SWITCH, "credit_delay", "0", Assumed, "not published"),
        row(
            SWITCH,
            "internal_speedup",
            "1",
            Assumed,
            "P 8x8 crossbar, 80 Gb/s in all; A no speed-up",
        ),
        row(
            SWITCH,
            "switching",
            "CutThrough",
            Derived,
            "a hop is shorter than a frame; A stores where the egress is faster",
        ),
        row(
            SWITCH,
            "virtual_channels",
            "2",
            Assumed,
            "not published; two classes break a ring at its dateline",
        ),
        row(
            SWITCH,
            "buffer_flits",
            "327",
            Assumed,
            "not published; 16 KiB a port and virtual channel",
        ),
        row(
            SWITCH,
            "vc_reallocation",
            "WholePacketFits",
            Assumed,
            "not published; lossless links with credits",
        ),
        row(
            SWITCH,
            "vc_allocator",
            "Islip(iterations: 1)",
            Assumed,
            "not published; round robin",
        ),
        row(
            SWITCH,
            "sw_allocator",
            "Islip(iterations: 1)",
            Assumed,
            "not published; round robin",
        ),
        row(
            FABRIC,
            "terminal_latency",
            "Cycles(0)",
            Published,
            "the host's 10 GbE MAC is on the switch's chip",
        ),
        row(
            FRAME,
            "overhead",
            "Bytes(46)",
            Published,
            "14 MAC header + 4 FCS + 20 preamble and gap, P; + 8 fabric header, A",
        ),
        row(FRAME, "mtu", "Bytes(1500)", Published, "host MAC: 46 to 9000"),
        row(
            FABRIC,
            "cycle",
            "Ns(40)",
            Assumed,
            "model: a step that divides the delays above",
        ),
        row(
            FABRIC,
            "flit",
            "Bytes(50)",
            Assumed,
            "model: what 10 Gb/s carries in a cycle",
        ),
    ]
};

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    /// A finer cycle or flit does not make the product faster, or its buffers smaller.
    #[test]
    fn a_product_stays_what_it_is_in_other_units() {
        let switch = |units: &str| {
            let text = format!(
                "(name: \"x\", fabric: (preset: CalxedaEcx1000, topology: Torus(sides: [4, 4]), routing: DimensionOrder, \
                 {units}), traffic: [(pattern: Uniform, packet: Bytes(64), rate: Gbps(1))])"
            );
            let plan = parse("x.ron", &text).unwrap();
            let roundings: Vec<String> = plan.roundings.iter().map(|r| r.to_string()).collect();
            let switch = plan.points[0].spec.fabric.switch;
            let delays = (switch.st_prepare_delay, switch.st_final_delay);
            let said = roundings.into_iter().find(|said| said.starts_with("switch"));
            (delays, switch.buffer_flits, said)
        };
        assert_eq!(switch(""), ((2, 1), 327, None));
        assert_eq!(switch("cycle: Ns(8), flit: Bytes(10)"), ((18, 1), 1638, None));
        assert_eq!(
            switch("cycle: Ns(0.5), flit: Bytes(1)"),
            ((255, 64), 16_384, None)
        );
        let said = switch("cycle: Ns(38)").2.unwrap();
        assert_eq!(said, "switch 160 ns: 4 cycles (-5.00 %)");
    }

    /// Each graded value is what an experiment with the preset has.
    #[test]
    fn graded_values_are_those_in_force() {
        let plan = parse(
            "x.ron",
            "(name: \"x\", fabric: (preset: CalxedaEcx1000, topology: Torus(sides: [4, 4]), routing: DimensionOrder), \
             traffic: [(pattern: Uniform, packet: Bytes(64), rate: Gbps(1))])",
        )
        .unwrap();
        // On one line, as the table has them.
        let words: Vec<String> = plan.effective().split_whitespace().map(str::to_owned).collect();
        let effective = words
            .join(" ")
            .replace(".0)", ")")
            .replace("Islip( iterations: 1, )", "Islip(iterations: 1)");
        for default in graded(Preset::CalxedaEcx1000) {
            let field = format!("{}: {},", default.field, default.value);
            assert!(effective.contains(&field), "{field} is not in\n{effective}");
        }
    }
}
