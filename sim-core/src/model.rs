//! What stays the same while a tile runs.

use crate::allocator::{columns_choose, grants_all_at_once};
use crate::blocked_heads::heads_can_block;
use crate::mask::Mask;
use crate::wiring::Wiring;
use crate::{Candidate, PortBuffers, PortRef, Routing, Selection, SwitchConfig, Switching};

/// The links of a tile, the fabric's routing and its switches. A *unit* is a virtual channel among those of all ports of a
/// switch: port x virtual channels + virtual channel.
#[derive(Debug)]
pub struct Model<'a, R> {
    pub config: SwitchConfig,
    pub routing: &'a R,
    pub selection: Selection,
    pub wiring: Wiring,
    pub ports: usize,
    pub vcs: usize,
    /// A little more than 2^32 / `vcs`: units are divided by a multiplication.
    reciprocal: u64,
    /// Flits that each input unit holds: alike in all switches. 0 where the port has no such channel.
    pub capacity: Vec<u16>,
    /// Virtual channels by port: alike in all switches.
    port_channels: Vec<u8>,
    /// A packet has one way on at the most.
    pub has_one_way: bool,
    /// Switches go through their pipeline once a cycle.
    pub has_one_pass: bool,
    /// See [`heads_can_block`].
    pub heads_can_block: bool,
    /// Requests that are not contested are granted as they are (see [`grants_all_at_once`]).
    pub grants_vcs_at_once: bool,
    pub grants_switch_at_once: bool,
    /// Of switch allocation, see [`columns_choose`].
    pub outputs_choose: bool,
}

impl<'a, R: Routing> Model<'a, R> {
    /// `buffers` is by port, empty where all are as in `config`.
    pub fn new(wiring: Wiring, config: SwitchConfig, buffers: &[PortBuffers], routing: &'a R) -> Self {
        let ports = wiring.ports;
        let vcs = usize::from(config.virtual_channels);
        let of_port = |port: usize| buffers.get(port).copied().unwrap_or(config.port_buffers());
        let buffers: Vec<PortBuffers> = (0..ports).map(of_port).collect();
        Self {
            selection: routing.selection(),
            ports,
            vcs,
            reciprocal: (1 << 32) / vcs as u64 + 1,
            capacity: capacities(vcs, &buffers),
            port_channels: buffers.iter().map(|of| of.virtual_channels).collect(),
            has_one_pass: config.internal_speedup == 1,
            has_one_way: routing.max_candidates() == 1 && routing.selection() == Selection::AnyFree,
            heads_can_block: heads_can_block(&config, wiring.has_slow_links()),
            grants_vcs_at_once: grants_all_at_once(config.vc_allocator),
            grants_switch_at_once: grants_all_at_once(config.sw_allocator),
            outputs_choose: columns_choose(config.sw_allocator),
            config,
            routing,
            wiring,
        }
    }

    /// Units of a switch.
    #[inline]
    pub fn units(&self) -> usize {
        self.ports * self.vcs
    }

    /// Port of a unit: `unit / vcs`, exact since a unit times the error of the reciprocal, at most 1, is below 2^32 / `vcs`.
    #[inline(always)]
    pub fn port(&self, unit: usize) -> usize {
        ((unit as u64 * self.reciprocal) >> 32) as usize
    }

    /// The units of a way on.
    #[inline(always)]
    pub fn units_of_way<const W: usize>(&self, way: Candidate) -> Mask<W> {
        let first = usize::from(way.port) * self.vcs + usize::from(way.first_vc);
        Mask::range(first, way.vcs.into())
    }

    /// The port and virtual channel of a unit.
    pub fn channel(&self, switch: usize, unit: usize) -> (PortRef, u8) {
        let port = self.port(unit);
        let vc = (unit - port * self.vcs) as u8;
        (self.port_ref(switch, port as u8), vc)
    }

    /// A port by its name in the fabric.
    pub fn port_ref(&self, switch: usize, port: u8) -> PortRef {
        PortRef {
            switch: self.wiring.switch_name(switch),
            port,
        }
    }

    /// Virtual channels of a port.
    #[inline]
    pub fn channels_of(&self, port: u8) -> u8 {
        self.port_channels[usize::from(port)]
    }

    /// Packets wait in every switch until they are there as a whole.
    #[inline]
    pub fn stores_packets(&self) -> bool {
        self.config.switching == Switching::StoreAndForward
    }

    /// Whether a switch does nothing but the four stages of a cycle each, without speculation or slow links: what most
    /// experiments have, so that the rest need not be looked for in every pass.
    pub fn is_plain(&self) -> bool {
        let config = &self.config;
        let one_cycle = config.routing_delay <= 1 && config.vc_alloc_delay == 1 && config.sw_alloc_delay == 1;
        let one_by_one = !config.speculative && !config.combined_allocation && !config.hold_switch_for_packet;
        let flows = !config.batches_traversal() && !self.wiring.has_slow_links() && !self.stores_packets();
        one_cycle && one_by_one && flows
    }

    /// Places in the buffer behind an output unit. A terminal has the buffers of the port that it sits at.
    #[inline]
    pub fn output_capacity(&self, switch: usize, unit: usize) -> u16 {
        let (port, vc) = (unit / self.vcs, unit % self.vcs);
        let to = self.wiring.at(switch, port).feeds;
        if self.wiring.is_switch(to.node) {
            self.capacity[usize::from(to.first) + vc]
        } else {
            self.capacity[unit]
        }
    }
}

/// By unit; `buffers` is by port.
fn capacities(vcs: usize, buffers: &[PortBuffers]) -> Vec<u16> {
    let of_port = |of: &PortBuffers| {
        let (channels, flits) = (usize::from(of.virtual_channels), of.buffer_flits);
        (0..vcs).map(move |vc| if vc < channels { flits } else { 0 })
    };
    buffers.iter().flat_map(of_port).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_fabric::{PORTS, Ways, model, model_of, pair};
    use crate::{AllocatorKind, FlitTime, LongStages, VcReallocation};

    fn is_plain(change: impl Fn(&mut SwitchConfig)) -> bool {
        let mut config = SwitchConfig::default();
        change(&mut config);
        assert_eq!(config.validate(), Ok(()));
        model(config, &Ways(1)).is_plain()
    }

    #[test]
    fn the_default_switch_is_plain() {
        assert!(is_plain(|_| {}));
    }

    /// What all passes look at.
    #[test]
    fn some_features_are_plain() {
        assert!(is_plain(|c| c.routing_delay = 0));
        assert!(is_plain(|c| c.st_prepare_delay = 2));
        assert!(is_plain(|c| c.st_final_delay = 3));
        assert!(is_plain(|c| c.credit_delay = 4));
        assert!(is_plain(|c| c.internal_speedup = 2));
        assert!(is_plain(|c| c.switching = Switching::CutThrough));
        assert!(is_plain(|c| c.vc_reallocation = VcReallocation::Atomic));
        assert!(is_plain(|c| c.vc_reallocation = VcReallocation::NonAtomic));
        assert!(is_plain(|c| c.vc_allocator = AllocatorKind::Wavefront));
        assert!(is_plain(|c| c.sw_allocator = AllocatorKind::Pim { iterations: 2 }));
        assert!(
            is_plain(|c| c.long_stages = LongStages::Batched),
            "no stage is long"
        );
    }

    #[test]
    fn each_other_feature_alone_is_not_plain() {
        assert!(!is_plain(|c| c.routing_delay = 2));
        assert!(!is_plain(|c| c.vc_alloc_delay = 2));
        assert!(!is_plain(|c| c.sw_alloc_delay = 2));
        assert!(!is_plain(|c| c.speculative = true));
        assert!(!is_plain(|c| c.combined_allocation = true));
        assert!(!is_plain(|c| c.hold_switch_for_packet = true));
        assert!(!is_plain(|c| c.switching = Switching::StoreAndForward));
        assert!(!is_plain(|c| {
            c.long_stages = LongStages::Batched;
            c.st_final_delay = 2;
        }));
    }

    #[test]
    fn a_slow_link_makes_all_switches_other_than_plain() {
        let flit_time = FlitTime {
            numerator: 5,
            denominator: 4,
        };
        let of = |network| model_of(&network, SwitchConfig::default(), &[], &Ways(1)).is_plain();
        assert!(of(pair(FlitTime::ONE)));
        assert!(!of(pair(flit_time)));
    }

    #[test]
    fn units_are_divided_by_the_virtual_channels() {
        for virtual_channels in 1..=u8::MAX {
            let config = SwitchConfig {
                virtual_channels,
                ..SwitchConfig::default()
            };
            let model = model(config, &Ways(1));
            for unit in 0..model.units() {
                assert_eq!(model.port(unit), unit / usize::from(virtual_channels));
            }
        }
    }

    /// Two virtual channels of three flits at the links' ports, three of five at the terminal's.
    #[test]
    fn outputs_have_the_room_of_the_far_end() {
        let config = SwitchConfig {
            virtual_channels: 3,
            buffer_flits: 5,
            ..SwitchConfig::default()
        };
        let link = PortBuffers {
            virtual_channels: 2,
            buffer_flits: 3,
        };
        let buffers = [link, link, config.port_buffers(), link];
        let model = model_of(&pair(FlitTime::ONE), config, &buffers, &Ways(1));
        let by_port = |of: &dyn Fn(usize) -> u16| -> Vec<u16> { (0..model.units()).map(of).collect() };
        let expected = [3, 3, 0, 3, 3, 0, 5, 5, 5, 3, 3, 0];
        assert_eq!(by_port(&|unit| model.capacity[unit]), expected);
        assert_eq!(by_port(&|unit| model.output_capacity(0, unit)), expected);
        assert_eq!([0, 1, 2, 3].map(|port| model.channels_of(port)), [2, 2, 3, 2]);
        for unit in 0..3 * PORTS {
            let (at, vc) = model.channel(1, unit);
            assert_eq!(
                (at.switch, usize::from(at.port), usize::from(vc)),
                (1, unit / 3, unit % 3)
            );
            assert_eq!(model.port(unit), unit / 3);
        }
    }
}
