//! `fabricsim list`.

use fabricsim_core::Entry;
use fabricsim_topologies::{DATELINES, HALF_WAYS, ROUTINGS, SELECTIONS, TOPOLOGIES};
use fabricsim_traffic::{INJECTIONS, PATTERNS};

use super::{Ending, Failure};
use crate::cli::{ListArgs, Listing};
use crate::experiment::{GradedDefault, Preset, graded};
use crate::terminal::say;

/// A name as it is listed.
struct Item {
    name: &'static str,
    help: &'static str,
    /// Name and meaning of each.
    parameters: Vec<(&'static str, &'static str)>,
    /// How an experiment has it.
    example: String,
    /// More lines.
    notes: Vec<String>,
}

/// Names of a kind.
struct Section {
    listing: Listing,
    title: &'static str,
    items: Vec<Item>,
}

/// Prints the names that experiments may use.
pub(super) fn execute(args: &ListArgs) -> Result<Ending, Failure> {
    let sections = sections()
        .into_iter()
        .filter(|section| args.what.is_none_or(|what| what == section.listing));
    let texts: Vec<String> = sections.map(|section| text(&section)).collect();
    say(&texts.join("\n"))?;
    Ok(Ending::Done)
}

fn text(section: &Section) -> String {
    let parameters = section.items.iter().flat_map(|item| &item.parameters);
    let names = section.items.iter().map(|item| item.name.len());
    let width = parameters
        .map(|(name, _)| name.len() + 2)
        .chain(names)
        .max()
        .unwrap_or(0);
    let mut text = format!("{}\n", section.title);
    for item in &section.items {
        text.push_str(&format!("  {:<width$}  {}\n", item.name, item.help));
        for (name, help) in &item.parameters {
            text.push_str(&format!("    {name:<0$}  {help}\n", width - 2));
        }
        if !item.example.is_empty() {
            text.push_str(&format!("  {:width$}  {}\n", "", item.example));
        }
        for note in &item.notes {
            text.push_str(&format!("    {note}\n"));
        }
    }
    text
}

fn sections() -> Vec<Section> {
    vec![
        Section {
            listing: Listing::Presets,
            title: "Presets (`preset` of `Fabric`; what the file says goes before)",
            items: presets(),
        },
        Section {
            listing: Listing::Topologies,
            title: "Topologies (`topology` of `Fabric`)",
            items: registered(&TOPOLOGIES, |name| format!("topology: {name}(sides: [8, 8])")),
        },
        Section {
            listing: Listing::Routings,
            title: "Routings (`routing` of `Fabric`; VCs: virtual channels that rings / lines need)",
            items: registered(&ROUTINGS, routing),
        },
        Section {
            listing: Listing::Routings,
            title: "Ways at exactly half a ring (`half_way` of `Fabric`)",
            items: registered(&HALF_WAYS, |name| format!("half_way: {name}")),
        },
        Section {
            listing: Listing::Routings,
            title: "Datelines (`dateline` of `Fabric`)",
            items: registered(&DATELINES, |name| format!("dateline: {name}")),
        },
        Section {
            listing: Listing::Routings,
            title: "Ways on of adaptive routings (`selection` of `Fabric`)",
            items: registered(&SELECTIONS, |name| {
                format!("routing: MinimalAdaptive, selection: {name}")
            }),
        },
        Section {
            listing: Listing::Patterns,
            title: "Patterns (`pattern` of `Traffic`)",
            items: registered(&PATTERNS, |name| {
                format!("traffic: [Traffic(pattern: {name}, load: 0.1)]")
            }),
        },
        Section {
            listing: Listing::Injections,
            title: "Injection processes (`injection` of `Traffic`)",
            items: registered(&INJECTIONS, |name| {
                format!("traffic: [Traffic(pattern: Uniform, injection: {name}, load: 0.1)]")
            }),
        },
        Section {
            listing: Listing::Allocators,
            title: "Allocators (`vc_allocator` and `sw_allocator` of `Switch`)",
            items: allocators(),
        },
        Section {
            listing: Listing::Switches,
            title: "When an output virtual channel may be given again (`vc_reallocation` of `Switch`)",
            items: reallocations(),
        },
        Section {
            listing: Listing::Switches,
            title: "Route computation and switch traversal of several cycles (`long_stages` of `Switch`)",
            items: long_stages(),
        },
        Section {
            listing: Listing::Axes,
            title: "Axes (`sweep` of `Experiment`; the first is the outermost)",
            items: axes(),
        },
    ]
}

/// Names of a registry, each with the example that its name makes.
fn registered(entries: &[Entry], example: impl Fn(&str) -> String) -> Vec<Item> {
    let items = entries.iter().map(|entry| Item {
        name: entry.name,
        help: entry.help,
        parameters: entry.parameters.iter().map(|p| (p.name, p.help)).collect(),
        example: example(entry.name),
        notes: Vec::new(),
    });
    items.collect()
}

/// A routing with what it needs beyond the defaults.
fn routing(name: &str) -> String {
    match name {
        "BubbleDimensionOrder" | "AdaptiveBubble" => {
            format!("routing: {name}, switch: Switch(switching: CutThrough)")
        }
        "WestFirst" | "NorthLast" | "NegativeFirst" | "OddEven" => {
            format!("topology: Mesh(sides: [8, 8]), routing: {name}")
        }
        _ => format!("routing: {name}"),
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

fn presets() -> Vec<Item> {
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
pub(super) const GRADES: &str =
    "defaults of the preset, each P published, D derived from what is published, or A assumed:";

/// A default with its grade and source.
pub(super) fn graded_line(default: &GradedDefault) -> String {
    let assignment = format!("{}: {}", default.field, default.value);
    format!("{}  {assignment:<34}  {}", default.grade, default.source)
}

fn reallocations() -> Vec<Item> {
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

fn long_stages() -> Vec<Item> {
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

fn allocators() -> Vec<Item> {
    let bare = |name, help| plain(name, help, format!("switch: Switch(vc_allocator: {name})"));
    let iterative = |name, help, iterations| Item {
        parameters: vec![("iterations", "rounds of grant and accept in a cycle")],
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

fn axes() -> Vec<Item> {
    let axis = |name, help, example: &str| Item {
        name,
        help,
        parameters: Vec::new(),
        example: format!("sweep: [{name}{example}]"),
        notes: Vec::new(),
    };
    vec![
        axis(
            "Load",
            "offered load of a terminal, flits/cycle; flows keep their proportions",
            "([0.1, 0.2])",
        ),
        Item {
            parameters: vec![
                ("from, to", "the ends, both included"),
                ("steps", "number of points"),
            ],
            ..axis(
                "LoadRange",
                "evenly spaced loads",
                "(from: 0.1, to: 0.5, steps: 5)",
            )
        },
        axis(
            "Rate",
            "offered payload of a terminal in a physical fabric; flows keep their proportions",
            "([Gbps(1), Gbps(2.5)])",
        ),
        Item {
            parameters: vec![
                ("from, to", "the ends, both included"),
                ("steps", "number of points"),
            ],
            ..axis(
                "RateRange",
                "evenly spaced rates",
                "(from: Gbps(0.5), to: Gbps(5), steps: 10)",
            )
        },
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::parse;
    use crate::prepare::Prepared;

    /// An experiment around an example of a section.
    fn experiment(listing: Listing, example: &str) -> String {
        let physical = "preset: CalxedaEcx1000, topology: Torus(sides: [8, 8]), routing: DimensionOrder";
        let fabric = match listing {
            Listing::Axes if example.contains("Gbps") => physical.to_owned(),
            Listing::Presets => {
                format!("{example}, topology: Torus(sides: [8, 8]), routing: DimensionOrder")
            }
            Listing::Topologies => format!("{example}, routing: DimensionOrder"),
            Listing::Routings if example.starts_with("topology") => example.to_owned(),
            Listing::Routings if example.starts_with("routing") => {
                format!("topology: Torus(sides: [8, 8]), {example}")
            }
            Listing::Routings | Listing::Allocators => {
                format!("topology: Torus(sides: [8, 8]), routing: DimensionOrder, {example}")
            }
            _ => "topology: Torus(sides: [8, 8]), routing: DimensionOrder".to_owned(),
        };
        let traffic = match listing {
            Listing::Patterns | Listing::Injections => example,
            _ if example.contains("Gbps") => {
                "traffic: [Traffic(pattern: Uniform, packet: Bytes(1500), rate: Gbps(1))]"
            }
            _ => "traffic: [Traffic(pattern: Uniform, load: 0.1)]",
        };
        let sweep = if listing == Listing::Axes { example } else { "" };
        format!("Experiment(name: \"x\", fabric: Fabric({fabric}), {traffic}, {sweep})")
    }

    #[test]
    fn every_example_is_an_experiment() {
        for section in sections() {
            for item in &section.items {
                let text = experiment(section.listing, &item.example);
                match parse("example.ron", &text).and_then(Prepared::new) {
                    Err(refused) => panic!("{text}\n{refused}"),
                    Ok(prepared) => assert!(prepared.deadlocks().is_none(), "{text}"),
                }
            }
        }
    }

    #[test]
    fn names_parameters_and_examples_are_aligned() {
        let section = Section {
            listing: Listing::Allocators,
            title: "Allocators",
            items: allocators(),
        };
        let text = text(&section);
        let lines: Vec<&str> = text.lines().collect();
        assert!(
            lines[1].starts_with("  Islip                 grants"),
            "{}",
            lines[1]
        );
        assert!(
            lines[2].starts_with("    iterations          rounds"),
            "{}",
            lines[2]
        );
        assert!(
            lines[3].starts_with("                        switch:"),
            "{}",
            lines[3]
        );
    }
}
