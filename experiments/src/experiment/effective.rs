//! The experiment with every default spelled out.

use fabricsim_core::{AllocatorKind, SwitchConfig};
use ron::ser::PrettyConfig;

use super::file;
use super::names::{LongStages, Switching, VcReallocation};
use super::plan::Point;
use super::resolve::{Base, Choice, Flow};
use super::spec::{FabricSpec, LinkSpec, MeasureSpec, Topology};
use super::syntax;

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
            allow_deadlock: Some(base.allow_deadlock),
            switch: Some(file::Switch {
                message_classes: Some(base.message_classes.into()),
                ..switch(&base.switch)
            }),
            link: Some(link(&base.link, base.bandwidth)),
        },
        traffic: base
            .traffic
            .iter()
            .enumerate()
            .map(|(i, entry)| flow(entry, draws(i)))
            .collect(),
        sweep: written.sweep.clone(),
        measure: Some(measure(&base.measure)),
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
    let grid = resolved.grid();
    let sides = grid.sides().iter().map(|&side| i64::from(side)).collect();
    let terminals_per_switch = Some(i64::from(grid.concentration()));
    match written {
        file::Topology::Torus { .. } => file::Topology::Torus {
            sides,
            wrap: Some(grid.wrap().to_vec()),
            terminals_per_switch,
        },
        file::Topology::Mesh { .. } => file::Topology::Mesh {
            sides,
            terminals_per_switch,
        },
    }
}

fn switch(resolved: &SwitchConfig) -> file::Switch {
    file::Switch {
        virtual_channels: Some(resolved.virtual_channels.into()),
        message_classes: None,
        buffer_flits: Some(resolved.buffer_flits.into()),
        routing_delay: Some(resolved.routing_delay.into()),
        vc_alloc_delay: Some(resolved.vc_alloc_delay.into()),
        sw_alloc_delay: Some(resolved.sw_alloc_delay.into()),
        st_prepare_delay: Some(resolved.st_prepare_delay.into()),
        st_final_delay: Some(resolved.st_final_delay.into()),
        credit_delay: Some(resolved.credit_delay.into()),
        speculative: Some(resolved.speculative),
        internal_speedup: Some(resolved.internal_speedup.into()),
        long_stages: Some(LongStages::from(resolved.long_stages)),
        switching: Some(Switching::from(resolved.switching)),
        combined_allocation: Some(resolved.combined_allocation),
        hold_switch_for_packet: Some(false),
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
    }
}

fn link(resolved: &LinkSpec, bandwidth: f64) -> file::Link {
    file::Link {
        latency: Some(file::Time::Cycles(resolved.latency.into())),
        bandwidth: Some(file::Bandwidth::FlitsPerCycle(bandwidth)),
    }
}

fn flow(resolved: &Flow, draws: bool) -> file::Traffic {
    file::Traffic {
        pattern: resolved.pattern,
        injection: Some(resolved.injection),
        packet: Some(file::Length::Flits(resolved.packet_flits.into())),
        class: Some(resolved.class.into()),
        include_self: draws.then_some(resolved.include_self.value),
        load: Some(resolved.load),
    }
}

fn measure(resolved: &MeasureSpec) -> file::Measure {
    // Checked to be far below 2^63.
    let cycles = |cycles: u64| i64::try_from(cycles).unwrap_or(i64::MAX);
    file::Measure {
        precision: Some(resolved.precision),
        warmup: Some(match resolved.warmup {
            Some(warmup) => file::Warmup::Cycles(cycles(warmup)),
            None => file::Warmup::Automatic,
        }),
        cycles: Some(match resolved.cycles {
            Some(window) => file::Window::Cycles(cycles(window)),
            None => file::Window::UntilPrecise,
        }),
        max_cycles: Some(file::Time::Cycles(cycles(resolved.max_cycles))),
    }
}
