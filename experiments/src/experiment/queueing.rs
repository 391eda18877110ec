//! Where packets wait in a switch: what `queueing` makes of the rest of it.

use fabricsim_core::SwitchConfig;
use fabricsim_topologies::VirtualOutputQueues;

use super::checker::Checker;
use super::exceptions::Misplaced;
use super::file;
use super::names::Queueing;
use super::topology::Topology;

/// A switch that is all queueing decides everything in one cycle, and packets follow each other back to back.
pub(super) fn default_switch(queueing: Queueing, default: SwitchConfig) -> SwitchConfig {
    match queueing {
        Queueing::VirtualChannels => default,
        Queueing::Fifo | Queueing::VirtualOutputQueues | Queueing::OutputQueues => SwitchConfig {
            virtual_channels: 1,
            routing_delay: 0,
            combined_allocation: true,
            ..default
        },
    }
}

/// Fields of `Switch` that `queueing` sets.
pub(super) fn check(written: &file::Switch, queueing: Queueing, checker: &mut Checker) {
    let (field, is_given, why) = match queueing {
        Queueing::VirtualChannels => return,
        Queueing::Fifo => (
            "virtual_channels",
            written.virtual_channels.is_some_and(|count| count != 1),
            "a `Fifo` is one virtual channel",
        ),
        Queueing::VirtualOutputQueues => (
            "virtual_channels",
            written.virtual_channels.is_some(),
            "`VirtualOutputQueues` has a virtual channel for each terminal",
        ),
        Queueing::OutputQueues => (
            "internal_speedup",
            written.internal_speedup.is_some(),
            "`OutputQueues` is as much faster inside as the switch has ports",
        ),
    };
    if is_given {
        let message = format!("`{field}` is not free: {why}");
        let diagnostic = checker.source.at_key(&format!("fabric.switch.{field}"), message);
        checker.add(diagnostic.label("leave it out"));
    }
    let classes = written.message_classes.is_some_and(|classes| classes != 1);
    if queueing != Queueing::OutputQueues && classes {
        let message = format!("message classes have no virtual channels of their own: {why}");
        let diagnostic = checker.source.at_key("fabric.switch.message_classes", message);
        checker.add(diagnostic.label("leave it out"));
    }
    if queueing != Queueing::OutputQueues && !written.ports.is_empty() {
        let message = format!("ports can't differ: {why}");
        let diagnostic = checker.source.at_key("fabric.switch.ports", message);
        checker.add(diagnostic.label("leave it out"));
    }
}

/// The switch of a topology.
///
/// # Errors
/// Queues for each output in a fabric of several switches.
pub(super) fn on(
    queueing: Queueing,
    switch: SwitchConfig,
    topology: &Topology,
) -> Result<SwitchConfig, Misplaced> {
    Ok(match queueing {
        Queueing::VirtualChannels => switch,
        Queueing::Fifo => SwitchConfig {
            virtual_channels: 1,
            ..switch
        },
        Queueing::VirtualOutputQueues => SwitchConfig {
            virtual_channels: topology
                .grid()
                .and_then(VirtualOutputQueues::queues)
                .ok_or_else(|| Misplaced {
                    rule: None,
                    message: "`VirtualOutputQueues` is for a single switch".to_owned(),
                    label: "for example of `Mesh(sides: [1], terminals_per_switch: 8)`".to_owned(),
                })?,
            ..switch
        },
        Queueing::OutputQueues => SwitchConfig {
            internal_speedup: topology.ports(),
            ..switch
        },
    })
}
