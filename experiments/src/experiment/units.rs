//! What cycles and flits are outside of the simulation: nanoseconds, bytes and Gb/s.

use super::ratio::Ratio;
use super::spec::rounded;

/// The units of a physical fabric, and how its packets are put on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Units {
    /// Duration of a cycle \[ns\].
    pub cycle: Ratio,
    /// Size of a flit \[B\].
    pub flit_bytes: u32,
    /// What is added to payload.
    pub frame: Frame,
}

/// How payload becomes packets on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// Headers, checksums and gaps of a packet \[B\].
    pub overhead: u32,
    /// The most payload of a packet \[B\].
    pub mtu: Option<u32>,
}

/// The length of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packet {
    /// Flits that carry it.
    pub flits: u16,
    /// Payload in them \[B\]; 0 in abstract fabrics.
    pub payload: u32,
}

/// Bits of a byte; Gb/s are bits a nanosecond.
const BITS: f64 = 8.0;

impl Units {
    /// What a flit a cycle is \[Gb/s\].
    pub fn flit_rate(&self) -> f64 {
        BITS * f64::from(self.flit_bytes) / self.cycle.value()
    }

    /// The packet of `flits` flits: as much payload in it as goes in.
    pub(super) fn packet_of_flits(&self, flits: u16) -> Packet {
        let wire = u32::from(flits) * self.flit_bytes;
        let room = wire.saturating_sub(self.frame.overhead);
        Packet {
            flits,
            payload: self.frame.mtu.map_or(room, |mtu| mtu.min(room)),
        }
    }

    /// The MTU, if there is one, and the flits of the longest packet that it allows.
    pub(super) fn longest_frame(&self) -> Option<(u32, u32)> {
        let mtu = self.frame.mtu?;
        let wire = u64::from(mtu) + u64::from(self.frame.overhead);
        // Both are of 32 bits, and a flit has a byte at least.
        Some((mtu, wire.div_ceil(self.flit_bytes.into()) as u32))
    }

    /// Bytes of a packet on the wire.
    pub(super) fn wire_bytes(&self, packet: Packet) -> u32 {
        packet.payload + self.frame.overhead
    }

    /// The load \[flits/terminal/cycle\] of `rate` \[Gb/s of payload\] in such packets.
    pub(super) fn load(&self, rate: f64, packet: Packet) -> f64 {
        rate * (self.cycle.value() * f64::from(packet.flits)) / (BITS * f64::from(packet.payload))
    }

    /// The payload \[Gb/s\] of a load in such packets, to 12 digits.
    pub(super) fn rate(&self, load: f64, packet: Packet) -> f64 {
        let bits = BITS * f64::from(packet.payload);
        rounded(load * bits / (self.cycle.value() * f64::from(packet.flits)))
    }
}

/// A point of a physical fabric in Gb/s and ns.
///
/// Where flows of unlike packets are mixed, flits are taken to carry the payload of their offered mixture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PhysicalPoint {
    /// Offered payload of a terminal \[Gb/s\].
    pub offered: f64,
    /// Duration of a cycle \[ns\].
    cycle: f64,
    /// Payload of a flit, on average \[B\].
    payload: f64,
    /// The same with what frames add \[B\]. The empty end of a packet's last flit is no part of it.
    wire: f64,
}

impl PhysicalPoint {
    /// Of flows with these packets and loads \[flits/terminal/cycle\]; `offered` \[Gb/s\] where the file gives it.
    pub(super) fn new(units: &Units, flows: &[(Packet, f64)], offered: Option<f64>) -> Self {
        let loads: f64 = flows.iter().map(|&(_, load)| load).sum();
        let mean = |bytes: &dyn Fn(Packet) -> u32| {
            let a_flit = |packet: Packet| f64::from(bytes(packet)) / f64::from(packet.flits);
            let sum: f64 = flows.iter().map(|&(packet, load)| load * a_flit(packet)).sum();
            sum / loads
        };
        let mut point = Self {
            offered: 0.0,
            cycle: units.cycle.value(),
            payload: mean(&|packet| packet.payload),
            wire: mean(&|packet| units.wire_bytes(packet)),
        };
        point.offered = offered.unwrap_or_else(|| point.gbps(loads));
        point
    }

    /// A time \[cycles\] in ns.
    pub fn ns(&self, cycles: f64) -> f64 {
        rounded(cycles * self.cycle)
    }

    /// The payload \[Gb/s\] of a rate \[flits/cycle\].
    pub fn gbps(&self, flits: f64) -> f64 {
        rounded(flits * BITS * self.payload / self.cycle)
    }

    /// What is on the wire \[Gb/s\] of a rate \[flits/cycle\]: payload and all that frames add.
    pub fn wire_gbps(&self, flits: f64) -> f64 {
        rounded(flits * BITS * self.wire / self.cycle)
    }

    /// The offered rate on the wire \[Gb/s\].
    pub fn offered_wire(&self) -> f64 {
        match self.payload > 0.0 {
            true => rounded(self.offered * self.wire / self.payload),
            false => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALXEDA: Frame = Frame {
        overhead: 46,
        mtu: Some(1500),
    };

    fn units() -> Units {
        Units {
            cycle: Ratio::whole(40),
            flit_bytes: 50,
            frame: CALXEDA,
        }
    }

    const FULL: Packet = Packet {
        flits: 31,
        payload: 1500,
    };

    #[test]
    fn a_rate_is_payload_and_its_load_whole_flits() {
        assert_eq!(units().flit_rate(), 10.0);
        // 31 flits every 12,000 ns.
        assert_eq!(units().load(1.0, FULL), 31.0 * 40.0 / 12_000.0);
        assert_eq!(units().rate(units().load(0.7, FULL), FULL), 0.7);
        assert_eq!(units().wire_bytes(FULL), 1546);
    }

    #[test]
    fn flits_carry_as_much_payload_as_goes_in() {
        assert_eq!(units().packet_of_flits(2).payload, 54);
        assert_eq!(units().packet_of_flits(31).payload, 1500, "the MTU, not 1504");
        let small = Units {
            flit_bytes: 16,
            ..units()
        };
        assert_eq!(small.packet_of_flits(2).payload, 0);
    }

    #[test]
    fn mixtures_weigh_by_flits() {
        let short = units().packet_of_flits(1);
        let point = PhysicalPoint::new(&units(), &[(FULL, 0.31), (short, 0.01)], None);
        // A hundredth of 1500 B and a hundredth of 4 B a cycle.
        assert_eq!(point.offered, 0.01 * 8.0 * 1504.0 / 40.0);
        assert_eq!(point.gbps(0.32), point.offered);
        assert_eq!(point.wire_gbps(0.32), 0.01 * 8.0 * 1596.0 / 40.0);
        assert_eq!(
            (point.ns(31.5), point.offered_wire()),
            (1260.0, point.wire_gbps(0.32))
        );
    }
}
