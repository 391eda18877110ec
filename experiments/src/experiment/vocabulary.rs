//! Words of the experiment format for messages: what a field wants, with an example, and names that are yet to come.

/// What a field holds.
pub(crate) struct Meaning {
    /// As in "expected …".
    pub noun: &'static str,
    /// A value that would do.
    pub example: &'static str,
}

/// What the field or axis of this name holds.
pub(crate) fn meaning(field: &str) -> Option<Meaning> {
    let (noun, example) = match field {
        "name" => ("a name in quotes", "\"torus-8x8\""),
        "about" => ("text in quotes", "\"uniform traffic on a torus\""),
        "fabric" => (
            "a `Fabric`",
            "Fabric(topology: Torus(sides: [8, 8]), routing: DimensionOrder)",
        ),
        "traffic" => ("a list of `Traffic`", "[Traffic(pattern: Uniform, load: 0.1)]"),
        "sweep" => ("a list of axes", "[Load([0.1, 0.2])]"),
        "measure" => ("a `Measure`", "Measure(precision: 0.02)"),
        "seed" | "Seed" => ("a whole number", "1"),
        "preset" => ("a preset", "BookSim"),
        "topology" | "Topology" => ("a topology", "Torus(sides: [8, 8])"),
        "sides" => ("a list of whole numbers", "[8, 8]"),
        "wrap" => ("a list of `true` and `false`", "[true, false]"),
        "routing" | "Routing" => ("a routing", "DimensionOrder"),
        "half_way" => ("a half-way rule", "Random"),
        "dateline" => ("a dateline rule", "AtDateline"),
        "selection" => ("a selection rule", "MostCredits"),
        "spread" => ("a rule for ways that are as good", "Flow"),
        "path" => ("a path in quotes", "\"site.graphml\""),
        "Level" => ("a whole number", "1"),
        "switch" => ("a `Switch`", "Switch(virtual_channels: 8)"),
        "long_stages" => ("a rule for long stages", "Pipelined"),
        "queueing" => ("a place to wait", "Fifo"),
        "switching" => ("a kind of switching", "CutThrough"),
        "vc_reallocation" => ("a reallocation rule", "WholePacketFits"),
        "vc_allocator" | "sw_allocator" => ("an allocator", "Islip(iterations: 1)"),
        "link" => ("a `Link`", "Link(latency: Cycles(2))"),
        "latency" | "terminal_latency" => ("a time with its unit", "Cycles(2)"),
        "cycle" => ("a time with its unit", "Ns(40)"),
        "flit" | "overhead" => ("a size with its unit", "Bytes(50)"),
        "mtu" => ("a size with its unit", "Bytes(1500)"),
        "frame" => ("a `Frame`", "Frame(overhead: Bytes(46))"),
        "links" => (
            "a list of `Links`",
            "[Links(of: Dimension(1), latency: Cycles(2))]",
        ),
        "ports" => ("a list of `Ports`", "[Ports(of: Terminals, virtual_channels: 1)]"),
        "of" => ("what it is of", "Dimension(1)"),
        "rate" | "Rate" => ("a rate with its unit", "Gbps(1)"),
        "bandwidth" => ("a bandwidth with its unit", "FlitsPerCycle(0.5)"),
        "pattern" | "Pattern" => ("a pattern", "Uniform"),
        "injection" => ("an injection process", "Bernoulli"),
        "packet" => ("a length with its unit", "Flits(4)"),
        "load" | "Load" | "from" | "to" => ("a number", "0.1"),
        "precision" => ("a number", "0.01"),
        "warmup" | "cycles" | "max_cycles" => ("a time with its unit", "Cycles(10000)"),
        "allow_deadlock"
        | "speculative"
        | "combined_allocation"
        | "hold_switch_for_packet"
        | "include_self" => ("`true` or `false`", "true"),
        "message_classes" => ("a whole number", "2"),
        "class" => ("a whole number", "0"),
        "virtual_channels" | "buffer_flits" | "VirtualChannels" | "BufferFlits" | "PacketFlits" => {
            ("a whole number", "8")
        }
        "routing_delay"
        | "vc_alloc_delay"
        | "sw_alloc_delay"
        | "st_prepare_delay"
        | "st_final_delay"
        | "credit_delay"
        | "internal_speedup"
        | "iterations"
        | "terminals_per_switch" => ("a whole number", "1"),
        "steps" => ("a whole number", "10"),
        "switches" => ("a whole number", "8"),
        "dimensions" | "cards" | "a" | "groups" => ("a whole number", "4"),
        "k" | "n" | "p" | "h" | "uplinks" | "chassis" | "top_of_rack" => ("a whole number", "2"),
        "widths" => ("a list of whole numbers", "[1, 1]"),
        "arrangement" => ("an arrangement", "PalmTree"),
        "Dimension" => ("a whole number", "1"),
        _ => return None,
    };
    Some(Meaning { noun, example })
}

/// The unit that a bare number in this field lacks.
pub(crate) fn unit(field: &str) -> Option<&'static str> {
    match field {
        "latency" | "terminal_latency" | "warmup" | "cycles" | "max_cycles" => Some("Cycles"),
        "cycle" => Some("Ns"),
        "flit" | "overhead" | "mtu" => Some("Bytes"),
        "rate" | "Rate" | "from" | "to" => Some("Gbps"),
        "bandwidth" => Some("FlitsPerCycle"),
        "packet" => Some("Flits"),
        _ => None,
    }
}

/// What the variants of a type are, as in "unknown …".
pub(crate) fn variant_noun(of: &str) -> Option<&'static str> {
    Some(match of {
        "Preset" => "preset",
        "Arrangement" => "arrangement",
        "Product" => "product",
        "Topology" => "topology",
        "Routing" => "routing",
        "HalfWay" => "half-way rule",
        "Dateline" => "dateline rule",
        "Selection" => "selection rule",
        "Spread" => "rule for ways that are as good",
        "LongStages" => "rule for long stages",
        "Queueing" => "place to wait",
        "Switching" => "kind of switching",
        "VcReallocation" => "reallocation rule",
        "Allocator" => "allocator",
        "Pattern" => "pattern",
        "Injection" => "injection process",
        "Axis" => "axis",
        "Time" | "Duration" | "Warmup" | "Window" => "unit of time",
        "Bandwidth" => "unit of bandwidth",
        "Length" => "unit of length",
        "Size" => "unit of size",
        "Rate" => "unit of rate",
        "LinkClass" => "class of links",
        "PortClass" => "class of ports",
        _ => return None,
    })
}

/// Names that the format is to have but that nothing stands behind yet: (type, names, what will do meanwhile).
const TO_COME: &[(&str, &[&str], &str)] = &[
    (
        "Routing",
        &["Ugal", "UgalG", "Par"],
        "`fabricsim list routings` tells those that are available: `DimensionOrder`, `MinimalAdaptive`, …",
    ),
    (
        "Topology",
        &["SlimFly", "Jellyfish", "DragonflyPlus"],
        "`fabricsim list topologies` tells those that are available",
    ),
];

/// What to do without `name` of type `of`, if it is a name that is yet to come.
pub(crate) fn to_come(of: &str, name: &str) -> Option<&'static str> {
    let entry = TO_COME
        .iter()
        .find(|(type_name, names, _)| *type_name == of && names.contains(&name))?;
    Some(entry.2)
}

/// Nothing longer is close to a name of the format, and the distance takes quadratic memory.
const LONGEST_NAME: usize = 64;

/// The name that was meant, if one is near.
pub(crate) fn nearest<'a>(found: &str, possible: &[&'a str]) -> Option<&'a str> {
    if found.chars().count() > LONGEST_NAME {
        return None;
    }
    let found = found.to_lowercase();
    let near = possible.iter().map(|&name| {
        let distance = strsim::damerau_levenshtein(&found, &name.to_lowercase());
        (distance, name)
    });
    // At most a third of the letters may be wrong.
    let tolerance = found.chars().count().div_ceil(3).max(1);
    near.filter(|&(distance, _)| distance <= tolerance)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}

/// Names in a row: `a`, `b`.
pub(crate) fn listed(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let possible = ["topology", "routing", "switch"];
        assert_eq!(nearest("routng", &possible), Some("routing"));
        assert_eq!(nearest("Routing", &possible), Some("routing"));
        assert_eq!(nearest("colour", &possible), None);
        assert_eq!(nearest(&"routing".repeat(100_000), &possible), None);
        assert_eq!(listed(&possible), "`topology`, `routing`, `switch`");
    }

    #[test]
    fn examples_of_the_format_parse() {
        let file = |field: &str| {
            let example = meaning(field).unwrap().example;
            format!("Fabric(topology: Mesh(sides: [4]), routing: DimensionOrder, {field}: {example})")
        };
        let options =
            ron::Options::default().with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME);
        for field in [
            "preset",
            "half_way",
            "dateline",
            "allow_deadlock",
            "switch",
            "link",
            "links",
            "terminal_latency",
            "cycle",
            "flit",
            "frame",
        ] {
            let text = file(field);
            let parsed: Result<super::super::file::Fabric, _> = options.from_str(&text);
            assert!(parsed.is_ok(), "{text}: {parsed:?}");
        }
    }
}
