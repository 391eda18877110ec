//! Physical units, links and ports that differ.

use super::*;

#[test]
fn abstract_fabrics_have_no_physical_units() {
    let help =
        "`Fabric(cycle: Ns(40), flit: Bytes(50), …)` makes it physical, and so does `preset: CalxedaEcx1000`";
    let wrong = |text: String, name: &str| {
        let message = format!("`{name}` has a physical unit, but this fabric is abstract").leak();
        Mistake::new(text, message, help)
    };
    check(&[
        wrong(fabric("link: Link(latency: ⟦Ns(40)⟧),"), "latency"),
        wrong(fabric("link: Link(bandwidth: ⟦Gbps(10)⟧),"), "bandwidth"),
        wrong(fabric("terminal_latency: ⟦Ns(40)⟧,"), "terminal_latency"),
        wrong(fabric("frame: ⟦Frame(overhead: Bytes(46))⟧,"), "frame"),
        wrong(rest("measure: Measure(warmup: ⟦Us(3)⟧),"), "warmup"),
        wrong(rest("measure: Measure(cycles: ⟦Ms(0.3)⟧),"), "cycles"),
        wrong(
            traffic("Traffic(pattern: Uniform, packet: ⟦Bytes(64)⟧, load: 0.1)"),
            "packet",
        ),
        wrong(traffic("Traffic(pattern: Uniform, rate: ⟦Gbps(1)⟧)"), "rate"),
        wrong(rest("sweep: [Rate([⟦Gbps(1)⟧])],"), "rate"),
    ]);
}

#[test]
fn cycle_and_flit_go_together() {
    check(&[
        Mistake::new(
            fabric("⟦cycle⟧: Ns(40), link: Link(bandwidth: Gbps(10)),"),
            "`cycle` without `flit`",
            "needs `flit`, for example `flit: Bytes(50)`",
        ),
        Mistake::new(
            fabric("⟦flit⟧: Bytes(50),"),
            "`flit` without `cycle`",
            "needs `cycle`, for example `cycle: Ns(40)`",
        ),
        Mistake::new(
            fabric("cycle: ⟦Ns(0)⟧, flit: Bytes(50),"),
            "`cycle` is 0 ns, but must be above 0, at most a second, and a decimal of at most 9 places",
            "above 0",
        ),
        Mistake::new(
            fabric("cycle: ⟦40⟧, flit: Bytes(50),"),
            "`cycle` needs a unit",
            "write `Ns(40)`",
        ),
        Mistake::new(
            fabric("cycle: Ns(40), flit: ⟦Bytes(0)⟧,"),
            "`flit` is 0, but must be 1 to 65535",
            "1 to 65535",
        ),
        Mistake::new(
            physical("frame: Frame(mtu: ⟦Bytes(9001)⟧),", ""),
            "`mtu` is 9001, but must be 1 to 9000",
            "1 to 9000",
        ),
    ]);
}

#[test]
fn times_far_from_whole_cycles_are_refused() {
    check(&[
        Mistake::new(
            physical("link: Link(latency: ⟦Ns(10)⟧),", ""),
            "`latency` is 10 ns, far from a whole number of cycles",
            "1 cycle of 40 ns would be the nearest",
        ),
        Mistake::new(
            physical("link: Link(latency: ⟦Ns(-40)⟧),", ""),
            "`latency` is -40 ns, but must be a decimal of at most 9 places, not negative",
            "not negative",
        ),
        Mistake::new(
            physical("", "measure: Measure(max_cycles: ⟦Ns(5)⟧),"),
            "`max_cycles` is 5 ns, far from a whole number of cycles",
            "a shorter `cycle`",
        ),
    ]);
}

#[test]
fn bandwidths_and_rates_have_their_highest() {
    check(&[
        Mistake::new(
            physical("link: Link(bandwidth: ⟦Gbps(40)⟧),", ""),
            "`bandwidth` is 40 Gb/s, but must be above 0 and at most 10 Gb/s",
            "a link carries at most a flit a cycle: 50 B in 40 ns",
        ),
        Mistake::new(
            physical("link: Link(bandwidth: ⟦Gbps(0)⟧),", ""),
            "`bandwidth` is 0 Gb/s, but must be above 0 and at most 10 Gb/s",
            "at most a flit a cycle",
        ),
        Mistake::new(
            physical("", "").replace("Gbps(1))]", "⟦Gbps(12)⟧)]"),
            "a rate of 12 Gb/s of payload is more than a terminal can inject: a flit a cycle, 9.677 Gb/s",
            "at most 9.677 Gb/s",
        ),
        Mistake::new(
            physical("", "sweep: [Rate([Gbps(9), ⟦Gbps(10)⟧])],"),
            "a rate of 10 Gb/s of payload is more than a terminal can inject: a flit a cycle, 9.677 Gb/s",
            "at most 9.677 Gb/s",
        ),
        Mistake::new(
            physical("", "sweep: [⟦RateRange(from: Gbps(9), to: Gbps(10), steps: 2)⟧],"),
            "a rate of 10 Gb/s of payload is more than a terminal can inject: a flit a cycle, 9.677 Gb/s",
            "at most 9.677 Gb/s",
        ),
        Mistake::new(
            physical("", "sweep: [RateRange(from: ⟦1⟧, to: Gbps(10), steps: 2)],"),
            "`from` needs a unit",
            "write `Gbps(1)`",
        ),
        Mistake::new(
            physical("", "sweep: [Rate([⟦Gbps(-1)⟧])],"),
            "`rate` is -1 Gb/s, but must be above 0",
            "above 0",
        ),
        Mistake::new(
            physical("", "").replace("rate: Gbps", "load: 0.1, ⟦rate⟧: Gbps"),
            "both `load` and `rate` say what is offered",
            "leave one of them out",
        ),
        Mistake::new(
            physical("", "sweep: [Load([0.1]), ⟦Rate⟧([Gbps(1)])],"),
            "two axes vary what is offered",
            "varied on line 8 already",
        ),
        Mistake::new(
            physical("flit: Bytes(16), link: Link(bandwidth: Gbps(3)),", "")
                .replace("Bytes(1500), rate: Gbps(1)", "Flits(2), rate: ⟦Gbps(1)⟧"),
            "a rate of payload needs packets with payload, but the frame's overhead fills these",
            "longer packets",
        ),
    ]);
}

#[test]
fn packets_fit_the_mtu_and_the_buffers() {
    check(&[
        Mistake::new(
            physical("", "").replace("Bytes(1500)", "⟦Bytes(1501)⟧"),
            "`packet` is 1501 B, longer than the MTU of 1500 B",
            "`Fabric(frame: Frame(mtu: Bytes(…)), …)` sets the MTU",
        ),
        Mistake::new(
            physical("", "").replace("Bytes(1500)", "⟦Flits(32)⟧"),
            "`packet` is 32 flits, longer than the MTU of 1500 B",
            "at most 31 flits",
        ),
        Mistake::new(
            physical("", "sweep: [PacketFlits([31, ⟦32⟧])],"),
            "`packet` is 32 flits, longer than the MTU of 1500 B",
            "at most 31 flits",
        ),
        Mistake::new(
            physical("switch: Switch(buffer_flits: 30),", "").replace("Bytes(1500)", "⟦Bytes(1500)⟧"),
            "a packet of 31 flits does not fit a buffer of 30, as `CutThrough` needs",
            "longer `buffer_flits`",
        ),
        Mistake::new(
            physical(
                "switch: Switch(ports: [Ports(of: Dimension(1), buffer_flits: 30)]),",
                "sweep: [PacketFlits([30, ⟦31⟧])],",
            ),
            "a packet of 31 flits does not fit a buffer of 30, as `CutThrough` needs",
            "at most 30 flits",
        ),
    ]);
}

#[test]
fn exceptions_name_links_and_ports_that_there_are() {
    check(&[
        Mistake::new(
            fabric("links: [Links(of: Dimension(0)), Links(of: ⟦Dimension(2)⟧, latency: Cycles(3))],"),
            "there is no dimension 2",
            "the dimensions are 0 to 1, x is 0",
        ),
        Mistake::new(
            fabric("links: [Links(of: ⟦Between(from: [0, 0], to: [2, 0])⟧, latency: Cycles(3))],"),
            "(0,0) and (2,0) are no neighbours",
            "no link joins the two",
        ),
        Mistake::new(
            fabric("links: [Links(of: ⟦Between(from: [0, 0], to: [0, 8])⟧, latency: Cycles(3))],"),
            "there is no switch at [0, 8]",
            "the last is at [7, 7]",
        ),
        Mistake::new(
            fabric("links: [Links(of: Between(from: ⟦0⟧, to: [0, 8]))],"),
            "expected a list in `[ ]`, found `0`",
            "",
        ),
        Mistake::new(
            fabric("switch: Switch(ports: [Ports(of: ⟦Dimension(-1)⟧, virtual_channels: 2)]),"),
            "there is no dimension -1",
            "the dimensions are 0 to 1, x is 0",
        ),
        Mistake::new(
            fabric("switch: Switch(ports: [Ports(of: Terminals, virtual_channels: ⟦65⟧)]),"),
            "`virtual_channels` is 65, but must be 1 to 64",
            "1 to 64",
        ),
        Mistake::new(
            fabric("links: [Links(of: Dimension(1), latency: ⟦Cycles(0)⟧)],"),
            "`latency` is 0, but must be at least 1",
            "at least 1",
        ),
        Mistake::new(
            fabric("links: [Links(of: Dimension(1))],").replace(
                "0.1)],",
                "0.1)], sweep: [Topology([Torus(sides: [4, 4]), ⟦Torus(sides: [8])⟧])],",
            ),
            "there is no dimension 1",
            "the dimensions are 0 alone, x is 0",
        ),
    ]);
}
