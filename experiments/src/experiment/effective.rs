//! The experiment with every default spelled out.

use fabricsim_core::{AllocatorKind, SwitchConfig};
use ron::ser::PrettyConfig;

use super::file;
use super::names::{LongStages, Queueing, Switching, VcReallocation};
use super::plan::Point;
use super::resolve::{Base, Choice, MAX_CYCLES, PRECISION, filled_in};
use super::spec::FabricSpec;
use super::syntax;
use super::topology::Topology;

/// The file that says everything about an experiment.
pub(super) fn experiment(written: &file::Experiment, base: &Base, points: &[Point]) -> file::Experiment {
    let everywhere = |has: fn(&FabricSpec) -> bool| points.iter().all(|point| has(&point.spec.fabric));
    let draws = |flow: usize| {
        let mut flows = points.iter().map(|point| &point.spec.traffic[flow]);
        flows.any(|flow| flow.include_self.is_some())
    };
    file::Experiment {
        name: written.name.clone(),
        about: written.about.clone(),
        fabric: file::Fabric {
            preset: base.preset,
            topology: spelled_out(&written.fabric.topology, &base.topology),
            routing: base.routing,
            half_way: meaningful(base.half_way, everywhere(|fabric| fabric.half_way.is_some())),
            dateline: meaningful(base.dateline, everywhere(|fabric| fabric.dateline.is_some())),
            selection: meaningful(base.selection, everywhere(|fabric| fabric.selection.is_some())),
            spread: meaningful(base.spread, everywhere(|fabric| fabric.spread.is_some())),
            allow_deadlock: Some(base.allow_deadlock),
            switch: Some(file::Switch {
                message_classes: Some(base.message_classes.into()),
                ports: written.fabric.switch.clone().unwrap_or_default().ports,
                ..switch(&base.switch, base.queueing)
            }),
            // Quantities stay in the units that they are written in.
            ..filled_in(&written.fabric)
        },
        traffic: written
            .traffic
            .iter()
            .zip(&base.traffic)
            .enumerate()
            .map(|(i, (entry, resolved))| file::Traffic {
                injection: Some(resolved.injection),
                packet: entry.packet.or(Some(file::Length::Flits(1))),
                include_self: draws(i).then_some(resolved.include_self.value),
                ..*entry
            })
            .collect(),
        sweep: written.sweep.clone(),
        measure: Some(measure(&written.measure.unwrap_or_default())),
        seed: Some(base.seed),
    }
}

/// Its text; it parses to what it was made from.
pub(super) fn text(experiment: &file::Experiment) -> String {
    let pretty = PrettyConfig::new()
        .struct_names(true)
        .compact_arrays(true)
        .new_line("\n");
    // Numbers, names, texts and lists: nothing in it that RON could refuse.
    let text = syntax::options()
        .to_string_pretty(experiment, pretty)
        .unwrap_or_default();
    text + "\n"
}

/// A default is spelled out only where it means something at every point: elsewhere the file would be refused.
fn meaningful<T>(choice: Choice<T>, is_everywhere: bool) -> Option<T> {
    (choice.is_written || is_everywhere).then_some(choice.value)
}

/// Kept as the family that was written.
fn spelled_out(written: &file::Topology, resolved: &Topology) -> file::Topology {
    let Some(grid) = resolved.grid() else {
        return written.clone();
    };
    let sides = grid.sides().iter().map(|&side| i64::from(side)).collect();
    let terminals_per_switch = Some(i64::from(grid.concentration()));
    match written {
        file::Topology::Torus { .. } => file::Topology::Torus {
            sides,
            wrap: Some(grid.wrap().to_vec()),
            terminals_per_switch,
        },
        _ => file::Topology::Mesh {
            sides,
            terminals_per_switch,
        },
    }
}

fn switch(resolved: &SwitchConfig, queueing: Queueing) -> file::Switch {
    // What the queueing sets a file may not say.
    let is_free = |set_by| queueing != set_by;
    file::Switch {
        queueing: Some(queueing),
        virtual_channels: is_free(Queueing::VirtualOutputQueues).then_some(resolved.virtual_channels.into()),
        message_classes: None,
        buffer_flits: Some(resolved.buffer_flits.into()),
        ports: Vec::new(),
        routing_delay: Some(resolved.routing_delay.into()),
        vc_alloc_delay: Some(resolved.vc_alloc_delay.into()),
        sw_alloc_delay: Some(resolved.sw_alloc_delay.into()),
        st_prepare_delay: Some(resolved.st_prepare_delay.into()),
        st_final_delay: Some(resolved.st_final_delay.into()),
        credit_delay: Some(resolved.credit_delay.into()),
        speculative: Some(resolved.speculative),
        internal_speedup: is_free(Queueing::OutputQueues).then_some(resolved.internal_speedup.into()),
        long_stages: Some(LongStages::from(resolved.long_stages)),
        switching: Some(Switching::from(resolved.switching)),
        combined_allocation: Some(resolved.combined_allocation),
        hold_switch_for_packet: Some(resolved.hold_switch_for_packet),
        vc_reallocation: Some(VcReallocation::from(resolved.vc_reallocation)),
        vc_allocator: Some(allocator(resolved.vc_allocator)),
        sw_allocator: Some(allocator(resolved.sw_allocator)),
    }
}

fn allocator(resolved: AllocatorKind) -> file::Allocator {
    match resolved {
        AllocatorKind::Islip { iterations } => file::Allocator::Islip {
            iterations: iterations.into(),
        },
        AllocatorKind::SeparableInputFirst => file::Allocator::SeparableInputFirst,
        AllocatorKind::SeparableOutputFirst => file::Allocator::SeparableOutputFirst,
        AllocatorKind::Pim { iterations } => file::Allocator::Pim {
            iterations: iterations.into(),
        },
        AllocatorKind::Wavefront => file::Allocator::Wavefront,
        AllocatorKind::Select { iterations } => file::Allocator::Select {
            iterations: iterations.into(),
        },
        AllocatorKind::Loa => file::Allocator::Loa,
    }
}

fn measure(written: &file::Measure) -> file::Measure {
    file::Measure {
        precision: written.precision.or(Some(PRECISION)),
        warmup: written.warmup.or(Some(file::Warmup::Automatic)),
        cycles: written.cycles.or(Some(file::Window::UntilPrecise)),
        max_cycles: written.max_cycles.or(Some(file::Time::Cycles(MAX_CYCLES.into()))),
    }
}
