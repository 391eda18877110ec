//! Parts of experiments, as documents show them, made whole.

use std::collections::BTreeMap;

use crate::schema::Schema;

/// Structs whose fields may stand alone, in the order in which a field is looked for in them.
const OWNERS: [&str; 6] = ["Experiment", "Fabric", "Switch", "Traffic", "Measure", "Link"];

/// How the structs are written in the struct around them.
const STRUCTS: [(&str, &str); 6] = [
    ("Fabric(", "fabric: "),
    ("Switch(", "switch: "),
    ("Traffic(", "traffic: ["),
    ("Measure(", "measure: "),
    ("Link(", "link: "),
    ("Links(", "links: ["),
];

/// The experiment that has the fields of `fragment`, and as little else as possible; `None` of what is no part of an
/// experiment.
pub fn whole(fragment: &str, schema: &Schema) -> Option<String> {
    if fragment.trim_start().starts_with("Experiment(") {
        return Some(fragment.to_owned());
    }
    let fields = fields(&without_comments(fragment))?;
    let mut parts: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for field in fields {
        let (name, _) = field.split_once(':')?;
        let owner = OWNERS
            .iter()
            .find(|owner| schema.structs[*owner].contains(&name))?;
        parts.entry(owner).or_default().push(field);
    }
    let is_physical = ["Ns(", "Us(", "Ms(", "Gbps(", "Bytes("]
        .iter()
        .any(|unit| fragment.contains(unit));
    Some(experiment(parts, is_physical))
}

fn experiment(mut parts: BTreeMap<&str, Vec<String>>, is_physical: bool) -> String {
    let mut part = |owner| parts.remove(owner).unwrap_or_default();
    let (mut experiment, mut fabric, mut traffic) = (part("Experiment"), part("Fabric"), part("Traffic"));
    for (field, owner) in [("switch", "Switch"), ("link", "Link")] {
        let fields = part(owner);
        if !fields.is_empty() {
            fabric.push(format!("{field}: {owner}({})", fields.join(", ")));
        }
    }
    let measure = part("Measure");
    if !measure.is_empty() {
        experiment.push(format!("measure: Measure({})", measure.join(", ")));
    }
    if !has(&experiment, "fabric") {
        add(&mut fabric, "topology", "Torus(sides: [8, 8])");
        add(&mut fabric, "routing", "DimensionOrder");
        if is_physical && !has(&fabric, "cycle") {
            add(&mut fabric, "preset", "CalxedaEcx1000");
        }
        experiment.push(format!("fabric: Fabric({})", fabric.join(", ")));
    }
    if !has(&experiment, "traffic") {
        add(&mut traffic, "pattern", "Uniform");
        if is_physical && !has(&traffic, "load") {
            add(&mut traffic, "packet", "Bytes(1500)");
            add(&mut traffic, "rate", "Gbps(1)");
        } else if !has(&traffic, "rate") {
            add(&mut traffic, "load", "0.1");
        }
        experiment.push(format!("traffic: [Traffic({})]", traffic.join(", ")));
    }
    add(&mut experiment, "name", "\"x\"");
    format!("Experiment({})\n", experiment.join(", "))
}

fn has(fields: &[String], name: &str) -> bool {
    fields.iter().any(|field| field.starts_with(&format!("{name}:")))
}

/// Adds a field that is not there.
fn add(fields: &mut Vec<String>, name: &str, value: &str) {
    if !has(fields, name) {
        fields.push(format!("{name}: {value}"));
    }
}

fn without_comments(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| line.split_once("//").map_or(line, |(code, _)| code));
    lines.collect::<Vec<_>>().join("\n")
}

/// The fields, each `name: value`; `None` where one is not.
fn fields(text: &str) -> Option<Vec<String>> {
    let mut fields = vec![String::new()];
    let mut depth = 0;
    for letter in text.chars() {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ => {}
        }
        match (letter, depth) {
            (',', 0) => fields.push(String::new()),
            _ => fields.last_mut()?.push(letter),
        }
    }
    let fields = fields
        .iter()
        .map(|field| field.trim())
        .filter(|field| !field.is_empty());
    fields.map(field).collect()
}

fn field(text: &str) -> Option<String> {
    for (start, before) in STRUCTS {
        if text.starts_with(start) {
            let after = if before.ends_with('[') { "]" } else { "" };
            return Some(format!("{before}{text}{after}"));
        }
    }
    let (name, value) = text.split_once(": ")?;
    let is_name = name
        .chars()
        .all(|letter| letter.is_ascii_lowercase() || letter == '_');
    (is_name && !value.is_empty()).then(|| text.to_owned())
}

#[test]
fn what_is_missing_is_added() {
    let schema = Schema::of_experiments();
    let whole = |fragment| whole(fragment, &schema);
    assert_eq!(
        whole("buffer_flits: 4, seed: 2").as_deref(),
        Some(
            "Experiment(seed: 2, fabric: Fabric(switch: Switch(buffer_flits: 4), topology: Torus(sides: [8, 8]), routing: DimensionOrder), traffic: [Traffic(pattern: Uniform, load: 0.1)], name: \"x\")\n"
        )
    );
    assert!(
        whole("rate: Gbps(2)").is_some_and(|text| text.contains("preset: CalxedaEcx1000")
            && text.contains("Traffic(rate: Gbps(2), pattern: Uniform"))
    );
    assert_eq!(whole("points.csv"), None);
    assert_eq!(whole("colour: Red"), None);
}
