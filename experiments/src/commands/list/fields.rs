//! The fields of the structs of an experiment.

/// A field of a struct, as it is listed.
pub(super) struct Field {
    pub(super) name: &'static str,
    /// What it means, its unit and range, and its default in brackets.
    pub(super) help: &'static str,
    /// How an experiment has it.
    pub(super) example: &'static str,
}

const fn field(name: &'static str, help: &'static str, example: &'static str) -> Field {
    Field { name, help, example }
}

pub(super) const EXPERIMENT: &[Field] = &[
    field(
        "name",
        "names the folder of the results; has to be given",
        "Experiment(name: \"a\", fabric: Fabric(topology: Mesh(sides: [8, 8]), routing: DimensionOrder), traffic: [Traffic(pattern: Uniform, load: 0.1)])",
    ),
    field(
        "about",
        "what it is, in a line (default none)",
        "about: \"Uniform traffic on an 8x8 torus\"",
    ),
    field(
        "fabric",
        "what carries the traffic; has to be given",
        "fabric: Fabric(topology: Torus(sides: [8, 8]), routing: DimensionOrder)",
    ),
    field(
        "traffic",
        "what every terminal sends: at least one `Traffic`, entries add up; has to be given",
        "traffic: [Traffic(pattern: Uniform, load: 0.2), Traffic(pattern: Tornado, load: 0.1)]",
    ),
    field(
        "sweep",
        "what is varied, the first axis outermost (default [], a single point)",
        "sweep: [Pattern([Uniform, Tornado]), LoadRange(from: 0.1, to: 0.5, steps: 5)]",
    ),
    field(
        "measure",
        "how long to measure (default until the mean latency is precise to 1 %)",
        "measure: Measure(precision: 0.02)",
    ),
    field("seed", "keys every random stream (default 1)", "seed: 7"),
];

pub(super) const FABRIC: &[Field] = &[
    field(
        "preset",
        "fills in what the file does not say (default none)",
        "preset: BookSim",
    ),
    field(
        "topology",
        "the shape; has to be given",
        "topology: Torus(sides: [8, 8])",
    ),
    field(
        "routing",
        "how packets find their way; has to be given",
        "routing: DimensionOrder",
    ),
    field(
        "half_way",
        "direction at exactly half a ring (default Random)",
        "half_way: Parity",
    ),
    field(
        "dateline",
        "how two classes of virtual channels break rings (default AtDateline)",
        "dateline: OnEntry",
    ),
    field(
        "selection",
        "which of several ways on a packet asks for, of adaptive routings (default MostCredits)",
        "routing: MinimalAdaptive, selection: AnyFree",
    ),
    field(
        "spread",
        "what takes one of several ways that are as good, of shortest ways (default Packet)",
        "routing: ShortestPath, spread: Flow",
    ),
    field(
        "allow_deadlock",
        "run even what is not proved free of deadlock (default false)",
        "allow_deadlock: true, switch: Switch(virtual_channels: 1)",
    ),
    field(
        "switch",
        "the switch that all share (default `Switch()`)",
        "switch: Switch(virtual_channels: 4, buffer_flits: 16)",
    ),
    field(
        "link",
        "the links between switches (default `Link()`)",
        "link: Link(latency: Cycles(2))",
    ),
    field(
        "links",
        "links that differ from `link`, the last entry that names a link wins (default [])",
        "links: [Links(of: Dimension(1), bandwidth: FlitsPerCycle(0.5))]",
    ),
    field(
        "terminal_latency",
        "time of flight between a terminal and its switch (default Cycles(1))",
        "terminal_latency: Cycles(0)",
    ),
    field(
        "cycle",
        "duration of a cycle; together with `flit` it makes the fabric physical (default none)",
        "cycle: Ns(5), flit: Bytes(16)",
    ),
    field(
        "flit",
        "size of a flit; together with `cycle` (default none)",
        "cycle: Ns(40), flit: Bytes(50)",
    ),
    field(
        "frame",
        "what comes on top of payload in a physical fabric (default none)",
        "frame: Frame(overhead: Bytes(46), mtu: Bytes(1500))",
    ),
];

pub(super) const SWITCH: &[Field] = &[
    field(
        "virtual_channels",
        "virtual channels of a port, all message classes together, 1 to 64 (default 8)",
        "switch: Switch(virtual_channels: 4)",
    ),
    field(
        "message_classes",
        "equal parts of the virtual channels that never mix: virtual networks (default 1)",
        "switch: Switch(message_classes: 2)",
    ),
    field(
        "buffer_flits",
        "buffer of an input port and virtual channel [flits], 1 to 32767 (default 8)",
        "switch: Switch(buffer_flits: 16)",
    ),
    field(
        "ports",
        "ports that differ in these two, the last entry that names a port wins (default [])",
        "switch: Switch(ports: [Ports(of: Terminals, virtual_channels: 1)])",
    ),
    field(
        "routing_delay",
        "route computation [cycles]; 0 is lookahead (default 1)",
        "switch: Switch(routing_delay: 0)",
    ),
    field(
        "vc_alloc_delay",
        "virtual-channel allocation [cycles], at least 1 (default 1)",
        "switch: Switch(vc_alloc_delay: 2)",
    ),
    field(
        "sw_alloc_delay",
        "switch allocation [cycles], at least 1 (default 1)",
        "switch: Switch(sw_alloc_delay: 2)",
    ),
    field(
        "st_prepare_delay",
        "switch traversal, preparation [cycles] (default 0)",
        "switch: Switch(st_prepare_delay: 1)",
    ),
    field(
        "st_final_delay",
        "switch traversal, crossbar [cycles]; with preparation at least 1 (default 1)",
        "switch: Switch(st_final_delay: 2)",
    ),
    field(
        "credit_delay",
        "from the arrival of a credit to its use [cycles] (default 0)",
        "switch: Switch(credit_delay: 1)",
    ),
    field(
        "speculative",
        "heads bid for the switch while they bid for a virtual channel (default false)",
        "switch: Switch(speculative: true)",
    ),
    field(
        "internal_speedup",
        "passes through the pipeline in a cycle, 1 to 64 (default 1)",
        "switch: Switch(internal_speedup: 2)",
    ),
    field(
        "long_stages",
        "how stages of several cycles take new flits (default Pipelined)",
        "switch: Switch(routing_delay: 2, long_stages: Batched)",
    ),
    field(
        "queueing",
        "where packets wait (default VirtualChannels)",
        "topology: Mesh(sides: [1], terminals_per_switch: 8), switch: Switch(queueing: Fifo)",
    ),
    field(
        "switching",
        "when a packet goes on from a switch (default Wormhole)",
        "switch: Switch(switching: CutThrough)",
    ),
    field(
        "combined_allocation",
        "a head bids for the switch and takes a virtual channel when it wins (default false)",
        "switch: Switch(combined_allocation: true)",
    ),
    field(
        "hold_switch_for_packet",
        "a packet keeps its way through the switch while its flits follow each other (default false)",
        "switch: Switch(hold_switch_for_packet: true)",
    ),
    field(
        "vc_reallocation",
        "when an output virtual channel may be given again (default WholePacketFits)",
        "switch: Switch(vc_reallocation: Atomic)",
    ),
    field(
        "vc_allocator",
        "matches packets with virtual channels of outputs (default Islip(iterations: 1))",
        "switch: Switch(vc_allocator: SeparableInputFirst)",
    ),
    field(
        "sw_allocator",
        "matches inputs with outputs (default Islip(iterations: 1))",
        "switch: Switch(sw_allocator: Wavefront)",
    ),
];

pub(super) const PORTS: &[Field] = &[
    field(
        "of",
        "which ports; has to be given",
        "switch: Switch(ports: [Ports(of: Dimension(0), virtual_channels: 4)])",
    ),
    field(
        "virtual_channels",
        "their virtual channels (default as the other ports)",
        "switch: Switch(ports: [Ports(of: Terminals, virtual_channels: 1)])",
    ),
    field(
        "buffer_flits",
        "their buffer of a virtual channel [flits] (default as the other ports)",
        "switch: Switch(ports: [Ports(of: Terminals, buffer_flits: 64)])",
    ),
];

pub(super) const PORT_CLASSES: &[Field] = &[
    field(
        "Terminals",
        "the ports to terminals",
        "switch: Switch(ports: [Ports(of: Terminals, buffer_flits: 64)])",
    ),
    field(
        "Dimension",
        "the ports to the neighbours along a dimension, x is 0",
        "switch: Switch(ports: [Ports(of: Dimension(1), buffer_flits: 16)])",
    ),
];

pub(super) const LINK: &[Field] = &[
    field(
        "latency",
        "time of flight of a flit, and of a credit back (default Cycles(1))",
        "link: Link(latency: Cycles(2))",
    ),
    field(
        "bandwidth",
        "what each carries, at most a flit a cycle (default FlitsPerCycle(1.0))",
        "link: Link(bandwidth: Gbps(7.5))",
    ),
];

pub(super) const LINKS: &[Field] = &[
    field(
        "of",
        "which links, both directions; has to be given",
        "links: [Links(of: Dimension(1), latency: Cycles(4))]",
    ),
    field(
        "latency",
        "their time of flight (default that of `link`)",
        "links: [Links(of: Dimension(1), latency: Ns(80))]",
    ),
    field(
        "bandwidth",
        "what each carries (default that of `link`)",
        "links: [Links(of: Dimension(1), bandwidth: Gbps(2.5))]",
    ),
];

pub(super) const FRAME: &[Field] = &[
    field(
        "overhead",
        "headers, checksums and gaps of a packet (default none)",
        "frame: Frame(overhead: Bytes(38))",
    ),
    field(
        "mtu",
        "the most payload of a packet (default no limit)",
        "frame: Frame(mtu: Bytes(9000))",
    ),
];

pub(super) const TRAFFIC: &[Field] = &[
    field(
        "pattern",
        "where its packets go; has to be given",
        "traffic: [Traffic(pattern: Uniform, load: 0.1)]",
    ),
    field(
        "injection",
        "when they are created (default Bernoulli)",
        "traffic: [Traffic(pattern: Uniform, injection: Poisson, load: 0.1)]",
    ),
    field(
        "packet",
        "their length (default Flits(1))",
        "traffic: [Traffic(pattern: Uniform, packet: Flits(4), load: 0.1)]",
    ),
    field(
        "class",
        "its message class, from 0 (default 0)",
        "switch: Switch(message_classes: 2), traffic: [Traffic(pattern: Uniform, class: 1, load: 0.1)]",
    ),
    field(
        "include_self",
        "whether a terminal may draw itself, of `Uniform` (default true)",
        "traffic: [Traffic(pattern: Uniform, include_self: false, load: 0.1)]",
    ),
    field(
        "load",
        "offered by each terminal [flits/cycle], above 0, at most 1; this or `rate`, or an axis",
        "traffic: [Traffic(pattern: Uniform, load: 0.25)]",
    ),
    field(
        "rate",
        "offered payload of each terminal, in a physical fabric; instead of `load`",
        "traffic: [Traffic(pattern: Uniform, packet: Bytes(1500), rate: Gbps(2.5))]",
    ),
];

pub(super) const MEASURE: &[Field] = &[
    field(
        "precision",
        "half-width of the 95 % interval of mean packet latency, as a share of it (default 0.01)",
        "measure: Measure(precision: 0.02)",
    ),
    field(
        "warmup",
        "before the measured window (default Automatic)",
        "measure: Measure(warmup: Cycles(10000))",
    ),
    field(
        "cycles",
        "the measured window (default UntilPrecise)",
        "measure: Measure(cycles: Cycles(50000))",
    ),
    field(
        "max_cycles",
        "the whole run ends here at the latest (default Cycles(1000000))",
        "measure: Measure(max_cycles: Us(500))",
    ),
];

pub(super) const SPANS: &[Field] = &[
    field(
        "Automatic",
        "as `warmup`: long enough for the unloaded latency of the point",
        "measure: Measure(warmup: Automatic)",
    ),
    field(
        "UntilPrecise",
        "as `cycles`: until `precision` is reached, or the fabric is seen to be saturated",
        "measure: Measure(cycles: UntilPrecise)",
    ),
];

pub(super) const UNITS: &[Field] = &[
    field(
        "Cycles",
        "time: cycles of the simulation, whole",
        "link: Link(latency: Cycles(2)), measure: Measure(warmup: Cycles(10000))",
    ),
    field(
        "Ns",
        "time: nanoseconds, of physical fabrics",
        "cycle: Ns(40), flit: Bytes(50), link: Link(latency: Ns(40))",
    ),
    field(
        "Us",
        "time: microseconds, of physical fabrics",
        "measure: Measure(warmup: Us(200), cycles: Us(1000))",
    ),
    field(
        "Ms",
        "time: milliseconds, of physical fabrics",
        "measure: Measure(cycles: Ms(2))",
    ),
    field(
        "FlitsPerCycle",
        "bandwidth: at most 1, taken exactly as the decimal that is written",
        "link: Link(bandwidth: FlitsPerCycle(0.75))",
    ),
    field(
        "Gbps",
        "bandwidth of a link, or payload that a terminal offers, of physical fabrics",
        "link: Link(bandwidth: Gbps(10)), traffic: [Traffic(pattern: Uniform, packet: Bytes(1500), rate: Gbps(1))]",
    ),
    field(
        "Flits",
        "length of a packet: flits, whole",
        "traffic: [Traffic(pattern: Uniform, packet: Flits(4), load: 0.1)]",
    ),
    field(
        "Bytes",
        "length of a packet: payload, `frame` comes on top; sizes of `flit` and `frame`",
        "traffic: [Traffic(pattern: Uniform, packet: Bytes(64), rate: Gbps(0.5))]",
    ),
];
