//! The experiment as a commented RON file.

use std::fmt;

use fabricsim_core::{AllocatorKind, LongStages, SwitchConfig, VcReallocation};

use super::fabric::{Fabric, Topology};
use super::measure::Measurement;
use super::note::Note;
use super::traffic::Flow;

/// Everything that the file says.
#[derive(Debug)]
pub(super) struct Contents<'a> {
    pub name: &'a str,
    /// The files and overrides that it comes from.
    pub origin: &'a str,
    pub fabric: &'a Fabric,
    pub switch: SwitchConfig,
    pub flows: &'a [Flow],
    pub measurement: &'a Measurement,
    pub notes: &'a [Note],
}

/// Lines of a file, with their comments in one column a block.
#[derive(Debug, Default)]
struct Block(Vec<(String, &'static str)>);

impl Block {
    fn line(&mut self, text: impl Into<String>, comment: &'static str) {
        self.0.push((text.into(), comment));
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let commented = self.0.iter().filter(|(_, comment)| !comment.is_empty());
        let width = commented.map(|(text, _)| text.len()).max().unwrap_or_default();
        for (text, comment) in &self.0 {
            match *comment {
                "" => writeln!(f, "{text}")?,
                comment => writeln!(f, "{text:width$} // {comment}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Contents<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_header(f)?;
        writeln!(f, "Experiment(")?;
        writeln!(f, "    name: {:?},", self.name)?;
        self.write_fabric(f)?;
        self.write_traffic(f)?;
        self.write_measurement(f)?;
        writeln!(f, ")")
    }
}

impl Contents<'_> {
    fn write_header(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "// Imported from BookSim2 parameters: {}", self.origin)?;
        if self.notes.is_empty() {
            return writeln!(f, "// Everything in them has a counterpart here.");
        }
        writeln!(f, "// Without a counterpart:")?;
        for note in self.notes {
            writeln!(f, "//   {note}")?;
        }
        Ok(())
    }

    fn write_fabric(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let torus = self.fabric.topology == Topology::Torus;
        let mut block = Block::default();
        block.line("    fabric: Fabric(", "");
        block.line(
            format!("        topology: {},", self.fabric.shape.written),
            self.fabric.shape.parameters,
        );
        block.line(
            format!("        routing: {},", self.fabric.routing),
            "routing_function",
        );
        if torus {
            block.line(
                "        half_way: Random,",
                "either direction at exactly half a ring",
            );
        }
        if torus && self.fabric.routing != "MinimalAdaptive" {
            block.line(
                "        dateline: OnEntry,",
                "the class of virtual channels is chosen on entering a ring",
            );
        }
        block.line("        switch: Switch(", "");
        write_switch(self.switch, &mut block);
        block.line("        ),", "");
        let latency = self.fabric.shape.link_latency;
        block.line(
            format!("        link: Link(latency: Cycles({latency})),"),
            self.fabric.shape.why_latency,
        );
        if !self.fabric.shape.links.is_empty() {
            block.line("        links: [", "");
            for link in &self.fabric.shape.links {
                block.line(format!("            {link},"), "");
            }
            block.line("        ],", "");
        }
        block.line("    ),", "");
        write!(f, "{block}")
    }

    fn write_traffic(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "    traffic: [")?;
        for flow in self.flows {
            let (pattern, flits, load) = (flow.pattern, flow.packet_flits, flow.load);
            let own = if pattern == "Uniform" {
                ", include_self: true"
            } else {
                ""
            };
            writeln!(f, "        // Load in flits/terminal/cycle.")?;
            write!(
                f,
                "        Traffic(pattern: {pattern}{own}, injection: Bernoulli, "
            )?;
            writeln!(f, "packet: Flits({flits}), load: {load:?}),")?;
        }
        writeln!(f, "    ],")
    }

    fn write_measurement(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Measurement {
            warmup,
            cycles,
            precision,
            seeds,
        } = self.measurement;
        let mut block = Block::default();
        block.line("    measure: Measure(", "");
        if let Some(warmup) = warmup {
            block.line(
                format!("        warmup: Cycles({warmup}),"),
                "warmup_periods x sample_period",
            );
        }
        block.line(
            format!("        cycles: Cycles({cycles}),"),
            "3 x sample_period, the least that BookSim2 measures; it goes on until 3 samples agree",
        );
        block.line(
            format!("        precision: {precision:?},"),
            "stopping_thres, here of the 95 % interval",
        );
        let enough = self.enough_cycles();
        if enough > DEFAULT_MAX_CYCLES {
            block.line(format!("        max_cycles: Cycles({enough}),"), "");
        }
        block.line("    ),", "");
        let first = seeds.first().copied().unwrap_or(1);
        if seeds.len() > 1 {
            block.line(format!("    sweep: [Seed({seeds:?})],"), "sim_count");
        }
        block.line(
            format!("    seed: {first},"),
            "its random numbers are not BookSim2's",
        );
        write!(f, "{block}")
    }

    /// Warm-up, window and as much again to drain.
    fn enough_cycles(&self) -> u64 {
        let Measurement { warmup, cycles, .. } = self.measurement;
        warmup
            .unwrap_or_default()
            .saturating_add(*cycles)
            .saturating_mul(2)
    }
}

/// What a run is given where the file does not say.
const DEFAULT_MAX_CYCLES: u64 = 1_000_000;

fn write_switch(switch: SwitchConfig, block: &mut Block) {
    let SwitchConfig {
        virtual_channels,
        buffer_flits,
        routing_delay,
        vc_alloc_delay,
        sw_alloc_delay,
        st_prepare_delay,
        st_final_delay,
        credit_delay,
        speculative,
        internal_speedup,
        long_stages,
        // BookSim2 has wormhole switching and separate allocations only.
        switching: _,
        combined_allocation: _,
        hold_switch_for_packet,
        vc_reallocation,
        vc_allocator,
        sw_allocator,
    } = switch;
    let mut field = |name: &str, value: &dyn fmt::Display, comment| {
        block.line(format!("            {name}: {value},"), comment);
    };
    field("virtual_channels", &virtual_channels, "num_vcs");
    field("buffer_flits", &buffer_flits, "vc_buf_size");
    field("routing_delay", &routing_delay, "");
    field("vc_alloc_delay", &vc_alloc_delay, "");
    field("sw_alloc_delay", &sw_alloc_delay, "");
    field("st_prepare_delay", &st_prepare_delay, "");
    field("st_final_delay", &st_final_delay, "");
    field("credit_delay", &credit_delay, "");
    field("speculative", &speculative, "");
    field("internal_speedup", &internal_speedup, "");
    field(
        "long_stages",
        &stages(long_stages),
        "stages of several cycles take new flits when those before have left",
    );
    field("hold_switch_for_packet", &hold_switch_for_packet, "");
    field(
        "vc_reallocation",
        &reallocation(vc_reallocation),
        "wait_for_tail_credit",
    );
    field("vc_allocator", &allocator(vc_allocator), "");
    field("sw_allocator", &allocator(sw_allocator), "");
}

fn stages(long: LongStages) -> &'static str {
    match long {
        LongStages::Pipelined => "Pipelined",
        LongStages::Batched => "Batched",
    }
}

fn reallocation(policy: VcReallocation) -> &'static str {
    match policy {
        VcReallocation::NonAtomic => "NonAtomic",
        VcReallocation::WholePacketFits => "WholePacketFits",
        VcReallocation::Atomic => "Atomic",
    }
}

fn allocator(kind: AllocatorKind) -> String {
    match kind {
        AllocatorKind::Islip { iterations } => format!("Islip(iterations: {iterations})"),
        AllocatorKind::SeparableInputFirst => "SeparableInputFirst".to_owned(),
        AllocatorKind::SeparableOutputFirst => "SeparableOutputFirst".to_owned(),
        AllocatorKind::Pim { iterations } => format!("Pim(iterations: {iterations})"),
        AllocatorKind::Wavefront => "Wavefront".to_owned(),
        AllocatorKind::Select { iterations } => format!("Select(iterations: {iterations})"),
        AllocatorKind::Loa => "Loa".to_owned(),
    }
}
