//! The names that stand for a choice: presets, topologies, routings, allocators, axes, …

use fabricsim_core::Entry;
use fabricsim_topologies::graph::FamilyEntry;
use fabricsim_topologies::{FAMILIES, FILE};

use super::fields::Field;
use crate::experiment::{GradedDefault, Preset, graded};

/// A name as it is listed.
pub(super) struct Item {
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    /// Name and meaning of each.
    pub(super) parameters: Vec<(&'static str, &'static str)>,
    /// How an experiment has it.
    pub(super) example: String,
    /// More lines.
    pub(super) notes: Vec<String>,
}

impl From<&Field> for Item {
    fn from(field: &Field) -> Self {
        plain(field.name, field.help, field.example.to_owned())
    }
}

fn plain(name: &'static str, help: &'static str, example: String) -> Item {
    Item {
        name,
        help,
        parameters: Vec::new(),
        example,
        notes: Vec::new(),
    }
}

/// Names of a registry, each with the example that its name makes.
pub(super) fn registered(entries: &[Entry], example: impl Fn(&str) -> String) -> Vec<Item> {
    let items = entries.iter().map(|entry| Item {
        parameters: entry.parameters.iter().map(|p| (p.name, p.help)).collect(),
        ..plain(entry.name, entry.help, example(entry.name))
    });
    items.collect()
}

/// The families, each with its paper, and files.
pub(super) fn topologies() -> Vec<Item> {
    let of = |entry: &Entry, topology: &str| Item {
        parameters: entry.parameters.iter().map(|p| (p.name, p.help)).collect(),
        ..plain(
            entry.name,
            entry.help,
            format!("topology: {topology}, routing: UpDown"),
        )
    };
    let family = |family: &FamilyEntry| Item {
        notes: vec![family.paper.to_owned()],
        ..of(&family.entry, family.example)
    };
    let file = of(&FILE, "File(path: \"site.graphml\")");
    FAMILIES.iter().map(family).chain([file]).collect()
}

/// Which global port of a dragonfly's group leads where.
pub(super) fn arrangements() -> Vec<Item> {
    let arrangement = |name, help| {
        let dragonfly = format!("topology: Dragonfly(p: 2, a: 4, h: 2, arrangement: {name})");
        plain(name, help, format!("{dragonfly}, routing: Minimal"))
    };
    vec![
        arrangement("PalmTree", "port k of group i leads to group i - k - 1 (default)"),
        arrangement(
            "Absolute",
            "port k leads to group k, of the groups after itself to k + 1",
        ),
    ]
}

/// What a rack of Calxeda's holds.
pub(super) fn chassis() -> Vec<Item> {
    let chassis = |name, help| {
        let rack = format!("topology: CalxedaRack(chassis: 2, of: {name}), routing: UpDown");
        plain(name, help, rack)
    };
    vec![
        chassis("Viridis", "48 nodes, four uplinks (default)"),
        chassis("Redstone", "288 nodes in four trays"),
    ]
}

/// Traffic of a pattern with all of its fields.
pub(super) fn pattern(name: &str) -> String {
    let fields = match name {
        "Adversarial" => "(offset: 1)",
        _ => "",
    };
    format!("traffic: [Traffic(pattern: {name}{fields}, load: 0.1)]")
}

/// A routing with what it needs beyond the defaults.
pub(super) fn routing(name: &str) -> String {
    let on = |topology: &str| format!("topology: {topology}, routing: {name}");
    match name {
        "BubbleDimensionOrder" | "AdaptiveBubble" => {
            format!("routing: {name}, switch: Switch(switching: CutThrough)")
        }
        "WestFirst" | "NorthLast" | "NegativeFirst" | "OddEven" => on("Mesh(sides: [8, 8])"),
        "NearestCommonAncestor" | "AdaptiveNearestCommonAncestor" | "DModK" => on("KAryNTree(k: 4, n: 3)"),
        "Minimal" | "UgalL" => on("Dragonfly(p: 2, a: 4, h: 2)"),
        "WeightedTables" => on("CardChain(cards: 4)"),
        _ => format!("routing: {name}"),
    }
}

pub(super) fn presets() -> Vec<Item> {
    let help = "BookSim2's choices: `dateline: OnEntry`, `half_way: Random`, `vc_reallocation: NonAtomic`, \
                `long_stages: Batched`";
    let calxeda = "the Calxeda ECX-1000's fabric: physical, 200 ns a hop, 10 Gb/s a link, Ethernet frames";
    let mut items = vec![
        plain("BookSim", help, "preset: BookSim".to_owned()),
        plain("CalxedaEcx1000", calxeda, "preset: CalxedaEcx1000".to_owned()),
    ];
    for (item, preset) in items.iter_mut().zip(Preset::ALL) {
        item.notes = graded(*preset).iter().map(graded_line).collect();
        if !item.notes.is_empty() {
            item.notes.insert(0, GRADES.to_owned());
        }
    }
    items
}

/// The head of a table of graded defaults.
pub(in crate::commands) const GRADES: &str =
    "defaults of the preset, each P published, D derived from what is published, or A assumed:";

/// A default with its grade and source.
pub(in crate::commands) fn graded_line(default: &GradedDefault) -> String {
    let assignment = format!("{}: {}", default.field, default.value);
    format!("{}  {assignment:<34}  {}", default.grade, default.source)
}

pub(super) fn queueings() -> Vec<Item> {
    let single = |name, help| {
        let switch = "topology: Mesh(sides: [1], terminals_per_switch: 8), switch: Switch";
        plain(name, help, format!("{switch}(queueing: {name})"))
    };
    vec![
        plain(
            "VirtualChannels",
            "in the virtual channels of the input ports (default)",
            "switch: Switch(queueing: VirtualChannels)".to_owned(),
        ),
        single(
            "Fifo",
            "in one queue at each input port: a packet that is blocked blocks those behind it",
        ),
        single(
            "VirtualOutputQueues",
            "in a queue for each output at every input port, of a single switch",
        ),
        single(
            "OutputQueues",
            "at the output ports: inside, the switch is as much faster than its links as it has ports",
        ),
    ]
}

pub(super) fn switchings() -> Vec<Item> {
    let rule = |name, help| plain(name, help, format!("switch: Switch(switching: {name})"));
    vec![
        rule(
            "Wormhole",
            "flit by flit, as there are credits (default); packets may be longer than buffers",
        ),
        rule(
            "CutThrough",
            "once its head is there and the next buffer has room for all of it, as `WholePacketFits` has it",
        ),
        rule(
            "StoreAndForward",
            "once its tail is there and the next buffer has room for all of it",
        ),
    ]
}

pub(super) fn reallocations() -> Vec<Item> {
    let rule = |name, help| plain(name, help, format!("switch: Switch(vc_reallocation: {name})"));
    vec![
        rule(
            "WholePacketFits",
            "when there is room for the whole packet, or none is used (default)",
        ),
        rule(
            "NonAtomic",
            "as soon as the tail of the packet before has won the switch (BookSim2)",
        ),
        rule("Atomic", "when it is empty and all its credits are back"),
    ]
}

pub(super) fn long_stages() -> Vec<Item> {
    let rule = |name, help| {
        plain(
            name,
            help,
            format!("switch: Switch(routing_delay: 2, long_stages: {name})"),
        )
    };
    vec![
        rule("Pipelined", "flits enter every cycle (default)"),
        rule(
            "Batched",
            "all that wait enter when those before have left (BookSim2)",
        ),
    ]
}

pub(super) fn allocators() -> Vec<Item> {
    let bare = |name, help| plain(name, help, format!("switch: Switch(vc_allocator: {name})"));
    let iterative = |name, help, iterations| Item {
        parameters: vec![("iterations", "rounds of grant and accept in a cycle, 1 to 255")],
        ..plain(
            name,
            help,
            format!("switch: Switch(sw_allocator: {name}(iterations: {iterations}))"),
        )
    };
    vec![
        iterative(
            "Islip",
            "grants and accepts by round-robin pointers that move on accepted grants (McKeown 1999)",
            1,
        ),
        bare(
            "SeparableInputFirst",
            "an arbiter at each input, then one at each output (Dally & Towles, section 19.3)",
        ),
        bare(
            "SeparableOutputFirst",
            "an arbiter at each output, then one at each input (Dally & Towles, section 19.3)",
        ),
        iterative("Pim", "grants and accepts at random (Anderson et al. 1993)", 1),
        bare(
            "Wavefront",
            "diagonal by diagonal of the request matrix, from another one each time (Tamir & Chi 1993)",
        ),
        iterative(
            "Select",
            "Islip that lets flits with a virtual channel go before speculative ones (BookSim2; McKeown 1999)",
            2,
        ),
        bare(
            "Loa",
            "each input asks for the output that the fewest ask for (Dally & Towles, section 19.3)",
        ),
    ]
}

pub(super) fn link_classes() -> Vec<Item> {
    let class = |name, help, example: &str| plain(name, help, format!("links: [Links(of: {name}{example})]"));
    let on_dragonfly = |name, help| {
        let dragonfly = "topology: Dragonfly(p: 2, a: 4, h: 2), routing: Minimal";
        let links = format!("links: [Links(of: {name}, latency: Cycles(10))]");
        plain(name, help, format!("{dragonfly}, {links}"))
    };
    vec![
        class(
            "Dimension",
            "those along a dimension, x is 0",
            "(0), latency: Cycles(2)",
        ),
        Item {
            parameters: vec![
                ("from", "coordinates of one, x first"),
                ("to", "coordinates of the other"),
            ],
            ..class(
                "Between",
                "those between two neighbours on a grid, both directions",
                "(from: [3, 0], to: [4, 0]), bandwidth: FlitsPerCycle(0.75)",
            )
        },
        on_dragonfly("Local", "those inside the groups of a dragonfly"),
        on_dragonfly("Global", "those between the groups of a dragonfly"),
        plain(
            "Level",
            "those from a level of a tree to the one above; the roots are level 0",
            "topology: KAryNTree(k: 4, n: 3), routing: DModK, links: [Links(of: Level(1), latency: Cycles(5))]"
                .to_owned(),
        ),
        Item {
            parameters: vec![("from", "name of one"), ("to", "name of the other")],
            ..plain(
                "Joining",
                "those that join two switches of a fabric that is no grid, by name",
                "topology: EnergyCard, routing: UpDown, \
                 links: [Links(of: Joining(from: \"Node 0\", to: \"Node 1\"), latency: Cycles(5))]"
                    .to_owned(),
            )
        },
    ]
}

pub(super) fn axes() -> Vec<Item> {
    let axis = |name, help, example: &str| plain(name, help, format!("sweep: [{name}{example}]"));
    let range = |name, help, example| Item {
        parameters: vec![
            ("from", "the first"),
            ("to", "the last"),
            ("steps", "number of points, at least 2"),
        ],
        ..axis(name, help, example)
    };
    vec![
        axis(
            "Load",
            "offered load of a terminal, flits/cycle; flows keep their proportions",
            "([0.1, 0.2])",
        ),
        range(
            "LoadRange",
            "evenly spaced loads, both ends included",
            "(from: 0.1, to: 0.5, steps: 5)",
        ),
        axis(
            "Rate",
            "offered payload of a terminal in a physical fabric; flows keep their proportions",
            "([Gbps(1), Gbps(2.5)])",
        ),
        range(
            "RateRange",
            "evenly spaced rates, both ends included",
            "(from: Gbps(0.5), to: Gbps(5), steps: 10)",
        ),
        axis(
            "Routing",
            "routing algorithms",
            "([DimensionOrder, Valiant, MinimalAdaptive])",
        ),
        axis("Pattern", "patterns, of all flows", "([Uniform, Tornado])"),
        axis(
            "Topology",
            "fabrics",
            "([Torus(sides: [8, 8]), Mesh(sides: [8, 8])])",
        ),
        axis("VirtualChannels", "virtual channels of a port", "([2, 4, 8])"),
        axis("BufferFlits", "flits of buffer of a virtual channel", "([4, 8])"),
        axis("PacketFlits", "flits of a packet, of all flows", "([1, 4])"),
        axis("Seed", "seeds of all random streams", "([1, 2, 3])"),
    ]
}
