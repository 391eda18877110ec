//! The experiments that are measured. A name means the same experiment for ever, so that tables of different versions
//! can be compared: one that has to change gets a new name.

use fabricsim_core::{Cycle, MeasurePlan, Window};

use crate::experiment::{Plan, Refused, parse};

/// An experiment of one point, and how many cycles of it are measured.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// Its name.
    pub name: String,
    /// What it is, in a line.
    pub about: String,
    /// Switches and links, as RON.
    fabric: String,
    /// What every terminal sends, as RON.
    traffic: String,
    /// Cycles in which the fabric fills; a power of two.
    fill: Cycle,
    /// Measured cycles, in as many cycles as it takes to fill; less than [`BATCHES`].
    fills: Cycle,
}

/// The engine cuts a window of 20 times 2^n cycles into batches of 2^n, and tells its progress after each: with the time
/// to fill as such a batch measurement begins and ends at an end of one.
const BATCHES: Cycle = 20;

/// The first progress is told after a cycle, so that it tells when the engine was built.
const FIRST_PROGRESS: Cycle = 1;

/// Precision only ends runs of no fixed length.
const ANY_PRECISION: f64 = 0.01;

impl Configuration {
    fn new(name: &str, about: &str, fabric: &str, traffic: &str, (fill, fills): (Cycle, Cycle)) -> Self {
        Self {
            name: name.to_owned(),
            about: about.to_owned(),
            fabric: fabric.to_owned(),
            traffic: traffic.to_owned(),
            fill,
            fills,
        }
    }

    /// Of a million nodes: it takes gigabytes.
    pub fn is_huge(&self) -> bool {
        self.fabric.contains("[1000, 1000]")
    }

    /// The experiment as it would be written in a file.
    pub fn experiment(&self) -> String {
        format!(
            "Experiment(\n    name: \"{}\",\n    about: \"{}\",\n    fabric: Fabric({}),\n    traffic: [Traffic({})],\n)\n",
            self.name, self.about, self.fabric, self.traffic
        )
    }

    /// The same, checked.
    ///
    /// # Errors
    /// What is wrong with it: nothing, as tests see to.
    pub fn plan(&self) -> Result<Plan, Refused> {
        parse(&format!("{}.ron", self.name), &self.experiment())
    }

    /// The cycle from which on it is measured.
    pub fn begin(&self) -> Cycle {
        FIRST_PROGRESS + self.fill
    }

    /// The cycle in which measurement ends.
    pub fn end(&self) -> Cycle {
        self.begin() + self.fills * self.fill
    }

    /// How long to simulate, in place of what the experiment would.
    pub fn measure(&self) -> MeasurePlan {
        MeasurePlan {
            warmup: FIRST_PROGRESS,
            window: Window::Fixed(BATCHES * self.fill),
            max_cycles: self.end(),
            precision: ANY_PRECISION,
            is_overloaded: false,
        }
    }
}

/// All of them, in the order in which they are measured.
pub fn configurations() -> Vec<Configuration> {
    [
        reference(),
        packets(),
        allocators(),
        torus_routings(),
        mesh_routings(),
        huge(),
    ]
    .concat()
}

/// BookSim2's fabric, 8 virtual channels of 8 flits and links of a cycle, from nearly empty to overfull.
fn reference() -> Vec<Configuration> {
    let torus = |name: &str, side: u32, load: f64, what: &str, length| {
        let about = format!("BookSim2's {side}x{side} torus, {what}: uniform, 1-flit packets, load {load}");
        let fabric =
            format!("preset: BookSim, topology: Torus(sides: [{side}, {side}]), routing: DimensionOrder");
        Configuration::new(name, &about, &fabric, &uniform(1, load), length)
    };
    vec![
        torus("8x8-low", 8, 0.05, "low load", (16_384, 16)),
        torus("8x8-mid", 8, 0.3, "the reference", (8_192, 12)),
        torus("8x8-sat", 8, 0.8, "saturated", (8_192, 8)),
        torus("64x64-idle", 64, 0.001, "nearly empty", (8_192, 8)),
        torus("64x64-low", 64, 0.05, "half of the reference", (512, 3)),
        torus("64x64-mid", 64, 0.1, "the reference", (512, 2)),
        torus("64x64-sat", 64, 0.2, "saturated", (512, 2)),
    ]
}

/// The reference with longer packets.
fn packets() -> Vec<Configuration> {
    let fabric = "preset: BookSim, topology: Torus(sides: [8, 8]), routing: DimensionOrder";
    let packets = |flits: u32| {
        let about = format!("8x8-mid with {flits}-flit packets");
        Configuration::new(
            &format!("8x8-packet{flits}"),
            &about,
            fabric,
            &uniform(flits, 0.3),
            (8_192, 12),
        )
    };
    vec![packets(4), packets(16)]
}

/// The reference with other allocators of channels and of the switch than iSLIP of one iteration.
fn allocators() -> Vec<Configuration> {
    let allocators = [
        ("islip2", "Islip(iterations: 2)"),
        ("pim", "Pim(iterations: 1)"),
        ("select", "Select(iterations: 1)"),
        ("separable-input-first", "SeparableInputFirst"),
        ("separable-output-first", "SeparableOutputFirst"),
        ("wavefront", "Wavefront"),
        ("loa", "Loa"),
    ];
    let of = |(name, allocator): (&str, &str)| {
        let fabric = format!(
            "preset: BookSim, topology: Torus(sides: [8, 8]), routing: DimensionOrder, \
             switch: Switch(vc_allocator: {allocator}, sw_allocator: {allocator})"
        );
        Configuration::new(
            &format!("alloc-{name}"),
            &format!("8x8-mid with {allocator} in both places"),
            &fabric,
            &uniform(1, 0.3),
            (8_192, 12),
        )
    };
    allocators.map(of).to_vec()
}

/// The routings of a torus: 8 virtual channels of 8 flits, or what bubbles need.
fn torus_routings() -> Vec<Configuration> {
    let torus = |name: &str, routing: &str, switch: &str, flits: u32| {
        let about = format!("8x8 torus, {routing}, uniform, {flits}-flit packets, load 0.3");
        let fabric = format!("topology: Torus(sides: [8, 8]), routing: {routing}, switch: Switch({switch})");
        Configuration::new(
            &format!("routing-{name}"),
            &about,
            &fabric,
            &uniform(flits, 0.3),
            (8_192, 12),
        )
    };
    let cut_through = "switching: CutThrough, virtual_channels: 2, buffer_flits: 32";
    vec![
        torus("dimension-order", "DimensionOrder", "", 1),
        torus("valiant", "Valiant", "", 1),
        torus("romm", "Romm", "", 1),
        torus("o1turn", "O1Turn", "", 1),
        torus("minimal-adaptive", "MinimalAdaptive", "", 1),
        torus("bubble", "BubbleDimensionOrder", cut_through, 16),
        torus("adaptive-bubble", "AdaptiveBubble", cut_through, 16),
    ]
}

/// The routings of a mesh.
fn mesh_routings() -> Vec<Configuration> {
    let mesh = |(name, routing): (&str, &str)| {
        Configuration::new(
            &format!("mesh-{name}"),
            &format!("8x8 mesh, {routing}, uniform, 1-flit packets, load 0.2"),
            &format!("topology: Mesh(sides: [8, 8]), routing: {routing}"),
            &uniform(1, 0.2),
            (8_192, 12),
        )
    };
    let routings = [
        ("dimension-order", "DimensionOrder"),
        ("west-first", "WestFirst"),
        ("north-last", "NorthLast"),
        ("negative-first", "NegativeFirst"),
        ("odd-even", "OddEven"),
    ];
    routings.map(mesh).to_vec()
}

/// A million nodes, and 64 whose switches have as much to do each.
fn huge() -> Vec<Configuration> {
    let torus = |name: &str, side: u32, what: &str, traffic: &str, length| {
        let about = format!("{side}x{side} torus, 4 virtual channels of 4 flits, {what}");
        let fabric = format!(
            "topology: Torus(sides: [{side}, {side}]), routing: DimensionOrder, \
             switch: Switch(virtual_channels: 4, buffer_flits: 4)"
        );
        Configuration::new(name, &about, &fabric, traffic, length)
    };
    let neighbor = "pattern: Neighbor, load: 0.3";
    let equal = "equal work a switch: neighbor, load 0.3";
    let (low, sat) = (uniform(1, 0.001), uniform(1, 0.3));
    vec![
        torus("equal-8x8", 8, equal, neighbor, (16_384, 10)),
        torus("equal-1000x1000", 1000, equal, neighbor, (32, 1)),
        torus("1000x1000-low", 1000, "uniform, load 0.001", &low, (128, 2)),
        torus(
            "1000x1000-sat",
            1000,
            "uniform, load 0.3, saturated",
            &sat,
            (32, 1),
        ),
    ]
}

fn uniform(flits: u32, load: f64) -> String {
    format!("pattern: Uniform, packet: Flits({flits}), load: {load}")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use fabricsim_topologies::Proof;

    use super::*;
    use crate::prepare::Prepared;

    #[test]
    fn names_are_short_and_unique() {
        let all = configurations();
        let names: HashSet<&str> = all.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names.len(), all.len());
        assert!(names.iter().all(|name| name.len() <= 28), "{names:?}");
    }

    #[test]
    fn each_is_measured_over_whole_batches() {
        for one in configurations() {
            assert!(one.fill.is_power_of_two(), "{}", one.name);
            assert!((1..BATCHES).contains(&one.fills), "{}", one.name);
        }
    }

    /// A million nodes are only read; the same fabric of a hundredth of them is prepared.
    #[test]
    fn each_is_one_point_and_proved_free_of_deadlock() {
        for mut one in configurations() {
            let plan = one.plan().unwrap_or_else(|refused| panic!("{refused}"));
            assert_eq!(plan.points.len(), 1, "{}", one.name);
            one.fabric = one.fabric.replace("[1000, 1000]", "[100, 100]");
            let prepared = Prepared::new(one.plan().unwrap()).unwrap();
            let proof = &*prepared.points[0].proof;
            assert!(matches!(proof, Proof::Proved { .. }), "{}: {proof:?}", one.name);
        }
    }
}
