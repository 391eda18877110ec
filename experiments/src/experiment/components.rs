//! The values of a `Fabric`: its switches and their allocators.

use std::ops::RangeInclusive;

use fabricsim_core::{AllocatorKind, SwitchConfig, SwitchConfigError};

use super::checker::Checker;
use super::file;
use super::names::{LongStages, Switching, VcReallocation};

/// See [`SwitchConfig::validate`].
pub(crate) const VIRTUAL_CHANNELS: RangeInclusive<u8> = 1..=64;
/// See [`SwitchConfig::validate`].
pub(super) const BUFFER_FLITS: RangeInclusive<u16> = 1..=32_767;

pub(super) fn switch(written: &file::Switch, default: SwitchConfig, checker: &mut Checker) -> SwitchConfig {
    let virtual_channels = written.virtual_channels.map(|value| {
        checker.whole(
            "fabric.switch.virtual_channels",
            "virtual_channels",
            value,
            VIRTUAL_CHANNELS,
        )
    });
    let buffer_flits = written
        .buffer_flits
        .map(|value| checker.whole("fabric.switch.buffer_flits", "buffer_flits", value, BUFFER_FLITS));
    let mut small = |name: &str, value: Option<i64>, default: u8, range: RangeInclusive<u8>| {
        value.map_or(default, |value| {
            checker.whole(&format!("fabric.switch.{name}"), name, value, range)
        })
    };
    let delay = 0..=u8::MAX;
    let stage = 1..=u8::MAX;
    let switch = SwitchConfig {
        virtual_channels: virtual_channels.unwrap_or(default.virtual_channels),
        buffer_flits: buffer_flits.unwrap_or(default.buffer_flits),
        routing_delay: small(
            "routing_delay",
            written.routing_delay,
            default.routing_delay,
            delay.clone(),
        ),
        vc_alloc_delay: small(
            "vc_alloc_delay",
            written.vc_alloc_delay,
            default.vc_alloc_delay,
            stage.clone(),
        ),
        sw_alloc_delay: small(
            "sw_alloc_delay",
            written.sw_alloc_delay,
            default.sw_alloc_delay,
            stage,
        ),
        st_prepare_delay: small(
            "st_prepare_delay",
            written.st_prepare_delay,
            default.st_prepare_delay,
            delay.clone(),
        ),
        st_final_delay: small(
            "st_final_delay",
            written.st_final_delay,
            default.st_final_delay,
            delay.clone(),
        ),
        credit_delay: small("credit_delay", written.credit_delay, default.credit_delay, delay),
        speculative: written.speculative.unwrap_or(default.speculative),
        internal_speedup: small(
            "internal_speedup",
            written.internal_speedup,
            default.internal_speedup,
            1..=64,
        ),
        long_stages: written.long_stages.map_or(default.long_stages, LongStages::into),
        switching: written.switching.map_or(default.switching, Switching::into),
        hold_switch_for_packet: written
            .hold_switch_for_packet
            .unwrap_or(default.hold_switch_for_packet),
        combined_allocation: written.combined_allocation.unwrap_or(default.combined_allocation),
        vc_reallocation: written
            .vc_reallocation
            .map_or(default.vc_reallocation, VcReallocation::into),
        vc_allocator: allocator(
            "vc_allocator",
            written.vc_allocator.as_ref(),
            default.vc_allocator,
            checker,
        ),
        sw_allocator: allocator(
            "sw_allocator",
            written.sw_allocator.as_ref(),
            default.sw_allocator,
            checker,
        ),
    };
    if let Err(error) = switch.validate() {
        let is_asked = written.combined_allocation.is_some();
        refuse(&error, switch.combined_allocation && !is_asked, checker);
    }
    switch
}

/// A value that no such switch can have; `is_implied` where the file does not itself say `combined_allocation: true`.
fn refuse(error: &SwitchConfigError, is_implied: bool, checker: &mut Checker) {
    let SwitchConfigError { field, value, range } = error;
    let message = match *field {
        "speculative" => format!("`speculative` must be {range}"),
        _ => format!("`{field}` is {value}, but must be {range}"),
    };
    let diagnostic = checker.source.at(&format!("fabric.switch.{field}"), message);
    let diagnostic = diagnostic.label(format!("must be {range}"));
    checker.add(match is_implied && range.contains("combined_allocation") {
        true => diagnostic
            .help("`queueing` or `preset` implies it here; `combined_allocation: false` takes it back"),
        false => diagnostic,
    });
}

fn allocator(
    field: &str,
    written: Option<&file::Allocator>,
    default: AllocatorKind,
    checker: &mut Checker,
) -> AllocatorKind {
    let mut whole = |iterations| {
        let path = format!("fabric.switch.{field}.iterations");
        checker.whole(&path, "iterations", iterations, 1..=u8::MAX)
    };
    match written {
        None => default,
        Some(&file::Allocator::Islip { iterations }) => AllocatorKind::Islip {
            iterations: whole(iterations),
        },
        Some(file::Allocator::SeparableInputFirst) => AllocatorKind::SeparableInputFirst,
        Some(file::Allocator::SeparableOutputFirst) => AllocatorKind::SeparableOutputFirst,
        Some(&file::Allocator::Pim { iterations }) => AllocatorKind::Pim {
            iterations: whole(iterations),
        },
        Some(file::Allocator::Wavefront) => AllocatorKind::Wavefront,
        Some(&file::Allocator::Select { iterations }) => AllocatorKind::Select {
            iterations: whole(iterations),
        },
        Some(file::Allocator::Loa) => AllocatorKind::Loa,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ranges here are those of the engine: nothing that they let pass is refused by it.
    #[test]
    fn the_engine_accepts_the_ends_of_every_range() {
        let ends = |virtual_channels, buffer_flits| SwitchConfig {
            virtual_channels,
            buffer_flits,
            ..SwitchConfig::default()
        };
        assert_eq!(
            ends(*VIRTUAL_CHANNELS.start(), *BUFFER_FLITS.start()).validate(),
            Ok(())
        );
        assert_eq!(
            ends(*VIRTUAL_CHANNELS.end(), *BUFFER_FLITS.end()).validate(),
            Ok(())
        );
        assert!(ends(VIRTUAL_CHANNELS.end() + 1, 1).validate().is_err());
        assert!(ends(1, BUFFER_FLITS.end() + 1).validate().is_err());
    }
}
