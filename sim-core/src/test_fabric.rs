//! A small fabric for unit tests.
//!
//! ```text
//!             port 3 ── 3 cycles ──▶ port 1
//! terminal 0 ─┐ switch 0               switch 1 ┌─ terminal 1
//!      port 2 ┘                                 └ port 2
//!             port 1 ◀── 5 cycles ── port 3
//! ```
//!
//! Nobody uses port 0.

use crate::model::Model;
use crate::tiling::Homes;
use crate::wiring::Wiring;
use crate::{
    Candidates, Draw, FlitTime, Link, Network, Place, PortBuffers, PortRef, Routing, SwitchConfig, Tiling,
};

pub const PORTS: usize = 4;

/// Offers nothing, of at most so many ways on.
pub struct Ways(pub usize);

impl Routing for Ways {
    fn route(&self, _: Place, _: u32, _: &mut u32, _: &mut impl Draw, _: &mut Candidates) {}

    fn max_candidates(&self) -> usize {
        self.0
    }
}

pub fn port(switch: u32, port: u8) -> PortRef {
    PortRef { switch, port }
}

/// `flit_time` is that of the link from switch 0 to switch 1; the one back carries a flit a cycle.
pub fn pair(flit_time: FlitTime) -> Network {
    let mut network = Network::builder(2, PORTS).expect("few ports");
    for (from, to, latency, flit_time) in [(0, 1, 3, flit_time), (1, 0, 5, FlitTime::ONE)] {
        let link = Link {
            from: port(from, 3),
            to: port(to, 1),
            latency,
            flit_time,
        };
        network.link(link).expect("each link once");
        network.terminal(port(from, 2)).expect("a terminal a switch");
    }
    network.terminal_latency(2);
    network.build().expect("terminals exist")
}

/// The fabric with links of a flit a cycle, and a routing of so many ways on.
pub fn model(config: SwitchConfig, routing: &Ways) -> Model<'_, Ways> {
    model_of(&pair(FlitTime::ONE), config, &[], routing)
}

/// A fabric in one tile.
pub fn model_of<'a>(
    network: &Network,
    config: SwitchConfig,
    buffers: &[PortBuffers],
    routing: &'a Ways,
) -> Model<'a, Ways> {
    let homes = Homes::new(network, &Tiling::whole());
    let wiring = Wiring::of_tiles(network, &config, &homes).remove(0);
    Model::new(wiring, config, buffers, routing)
}
