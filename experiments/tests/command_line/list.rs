//! `fabricsim list`.

use crate::desk::{Desk, small};
use crate::fragment::whole;
use crate::schema::Schema;

/// The column in which help and examples start.
const COLUMN: usize = 26;

/// A section as it is printed.
struct Section {
    title: String,
    items: Vec<Item>,
}

struct Item {
    name: String,
    help: String,
    parameters: Vec<String>,
    example: String,
}

impl Item {
    /// Its example has the name, not only as a part of another.
    fn shows_itself(&self) -> bool {
        let is_other = |letter: char| !letter.is_ascii_alphanumeric() && letter != '_';
        self.example.split(is_other).any(|word| word == self.name)
    }
}

fn sections(arguments: &[&str]) -> Vec<Section> {
    let desk = Desk::new();
    let text = desk.fabricsim(arguments).ends(0).stdout;
    text.split("\n\n").map(section).collect()
}

fn section(text: &str) -> Section {
    let mut lines = text.lines();
    let title = lines.next().unwrap().to_owned();
    let mut items: Vec<Item> = Vec::new();
    for line in lines {
        let name = || line.split_whitespace().next().unwrap().to_owned();
        match line.len() - line.trim_start().len() {
            2 => items.push(Item {
                name: name(),
                help: line[COLUMN..].to_owned(),
                parameters: Vec::new(),
                example: String::new(),
            }),
            4 => items.last_mut().unwrap().parameters.push(name()),
            COLUMN => items.last_mut().unwrap().example = line.trim().to_owned(),
            other => panic!("{other} blanks before `{line}`"),
        }
    }
    Section { title, items }
}

/// The item of this name in a section of fields of the struct, or of names.
fn find<'a>(sections: &'a [Section], of: Option<&str>, name: &str) -> Option<&'a Item> {
    let is_there = |section: &&Section| match of {
        Some(of) => section.title.starts_with(&format!("Fields of `{of}`")),
        None => !section.title.starts_with("Fields of "),
    };
    let mut items = sections
        .iter()
        .filter(is_there)
        .flat_map(|section| &section.items);
    items.find(|item| item.name == name)
}

#[test]
fn every_name_of_the_format_is_listed_with_an_example_of_it() {
    let sections = sections(&["list"]);
    let schema = Schema::of_experiments();
    for (of, fields) in &schema.structs {
        for field in *fields {
            let item = find(&sections, Some(of), field);
            let item = item.unwrap_or_else(|| panic!("`{field}` of `{of}` is not listed"));
            assert!(item.shows_itself(), "`{field}` of `{of}`: {}", item.example);
        }
    }
    for (of, variants) in &schema.enums {
        for (variant, fields) in variants {
            let item = find(&sections, None, variant);
            let item = item.unwrap_or_else(|| panic!("`{variant}` of `{of}` is not listed"));
            assert!(item.shows_itself(), "`{variant}` of `{of}`: {}", item.example);
            for field in *fields {
                let is_listed = item.parameters.iter().any(|parameter| parameter == field);
                assert!(is_listed, "`{field}` of `{variant}` is not listed");
            }
        }
    }
}

#[test]
fn nothing_is_listed_that_the_format_has_not() {
    let schema = Schema::of_experiments();
    for section in sections(&["list"]) {
        for Item { name, .. } in &section.items {
            let is_field = schema.structs.values().any(|fields| fields.contains(&&**name));
            let is_variant = schema
                .enums
                .values()
                .any(|variants| variants.contains_key(&**name));
            assert!(is_field || is_variant, "`{name}` in {}", section.title);
        }
    }
}

#[test]
fn every_example_runs() {
    let desk = Desk::new();
    let schema = Schema::of_experiments();
    for (number, section) in sections(&["list"]).iter().enumerate() {
        for Item { name, example, .. } in &section.items {
            let text = whole(example, &schema).unwrap_or_else(|| panic!("{name}: {example}"));
            desk.file(&format!("examples/{number:02}-{name}.ron"), &text);
        }
    }
    desk.fabricsim(&[
        "topology",
        "Ring(switches: 4)",
        "--export",
        "examples/site.graphml",
    ])
    .ends(0);
    let said = desk.fabricsim(&["check", "examples"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
}

/// What the help calls the default of a field is what the effective experiment has.
#[test]
fn defaults_are_those_in_force() {
    let desk = Desk::new();
    let text = small("x", "")
        .replace("switch: Switch(virtual_channels: 2, buffer_flits: 4),", "")
        .replace("packet: Flits(2), ", "")
        .replace("warmup: Cycles(200), cycles: Cycles(2000), precision: 0.5", "");
    desk.file("x.ron", &text);
    let said = desk.fabricsim(&["check", "x.ron"]).ends(0).stdout;
    let compact = |text: &str| text.split_whitespace().collect::<String>().replace(",)", ")");
    let effective = compact(said.split("\n\n").next().unwrap());
    let mut compared = 0;
    for section in sections(&["list"]) {
        let are_fixed = !["Ports", "Links", "Frame"]
            .iter()
            .any(|of| section.title.contains(&format!("`{of}`")));
        for Item { name, help, .. } in section.items.iter().filter(|_| are_fixed) {
            let default = help.split_once("(default ").map(|(_, rest)| rest);
            let Some(default) = default.and_then(|rest| rest.strip_suffix(')')) else {
                continue;
            };
            let is_value = default.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit())
                || ["true", "false"].contains(&default);
            if is_value && effective.contains(&format!("{name}:")) {
                let field = compact(&format!("{name}: {default}"));
                assert!(effective.contains(&field), "{field} is not in {effective}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 28, "{compared}");
}

#[test]
fn a_part_is_listed_by_its_name() {
    let desk = Desk::new();
    let patterns = desk.fabricsim(&["list", "patterns"]).ends(0).stdout;
    assert!(patterns.contains("Tornado") && !patterns.contains("Torus "));
    for part in [
        "experiment",
        "fabric",
        "switches",
        "links",
        "units",
        "traffic",
        "measure",
    ] {
        assert!(!sections(&["list", part]).is_empty());
    }
    desk.fabricsim(&["list", "presets"])
        .ends(0)
        .tells("A  latency: Ns(40)                     hop 200 ns = 160 switch + 40 link: P bound");
    desk.fabricsim(&["list", "colours"])
        .ends(2)
        .complains("[possible values: experiment, fabric, presets, topologies, routings");
}
