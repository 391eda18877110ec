//! A square torus with a terminal a switch.

use fabricsim_core::{FlitTime, Link, Network, PortRef};

/// Ports: onward and back in each dimension, and the terminal.
pub const TERMINAL: u8 = 4;

/// Coordinate of a switch in a dimension.
pub fn coordinate(switch: u32, dimension: u8, side: u32) -> u32 {
    if dimension == 0 {
        switch % side
    } else {
        switch / side
    }
}

/// Even ports lead onward, odd ones back.
fn neighbour(switch: u32, port: u8, side: u32) -> u32 {
    let step = if port.is_multiple_of(2) { 1 } else { side - 1 };
    let (x, y) = (coordinate(switch, 0, side), coordinate(switch, 1, side));
    if port / 2 == 0 {
        y * side + (x + step) % side
    } else {
        (y + step) % side * side + x
    }
}

/// `flit_time` is asked for each link, by switch and port.
pub fn network(side: u32, latency: u32, mut flit_time: impl FnMut() -> FlitTime) -> Network {
    let mut network = Network::builder(side * side, 5).expect("few ports");
    for switch in 0..side * side {
        for port in 0..TERMINAL {
            let link = Link {
                from: PortRef { switch, port },
                to: PortRef {
                    switch: neighbour(switch, port, side),
                    port: port ^ 1,
                },
                latency,
                flit_time: flit_time(),
            };
            network.link(link).expect("each link once");
        }
        let port = TERMINAL;
        network
            .terminal(PortRef { switch, port })
            .expect("a terminal a switch");
    }
    network.build().expect("terminals exist")
}
