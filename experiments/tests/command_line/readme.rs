//! What the README says can be written.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use crate::desk::Desk;
use crate::fragment::whole;
use crate::schema::Schema;

/// The fabric of a site: three switches in a row, a terminal each.
const SITE: &str = "from,to\ns0,s1\ns1,s2\ns0,terminal\ns1,terminal\ns2,terminal\n";

/// Code in a text: blocks of ```` ```ron ````, and what stands between single backticks outside of blocks.
fn snippets(text: &str) -> Vec<String> {
    let mut snippets = Vec::new();
    for (number, part) in text.split("```").enumerate() {
        match part.strip_prefix("ron\n") {
            Some(block) if number % 2 == 1 => snippets.push(block.to_owned()),
            None if number % 2 == 0 => {
                let spans = part.split('`').skip(1).step_by(2);
                snippets.extend(spans.map(str::to_owned));
            }
            _ => {}
        }
    }
    snippets
}

fn readme() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    snippets(&fs::read_to_string(path).unwrap())
}

/// Every snippet that is a part of an experiment passes `check`. Those with `…` in them are no whole ones.
#[test]
fn every_line_of_an_experiment_runs() {
    let schema = Schema::of_experiments();
    let desk = Desk::new();
    let mut count = 0;
    for snippet in readme().iter().filter(|snippet| !snippet.contains('…')) {
        let Some(text) = whole(snippet, &schema) else {
            assert!(
                !snippet.contains(": "),
                "neither an experiment nor a part of one: {snippet}"
            );
            continue;
        };
        count += 1;
        let origin = snippet.replace('\n', " ");
        desk.file(&format!("readme/{count:03}.ron"), &format!("// {origin}\n{text}"));
    }
    assert!(count > 60, "{count} snippets");
    desk.file("readme/site.edges", SITE);
    let said = desk.fabricsim(&["check", "readme"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
}

#[test]
fn every_name_of_the_format_is_there() {
    let text = readme().join("\n");
    let is_other = |letter: char| !letter.is_ascii_alphanumeric() && letter != '_';
    let words: HashSet<&str> = text.split(is_other).collect();
    let schema = Schema::of_experiments();
    let variants = schema.enums.values().flatten();
    let variants = variants.flat_map(|(variant, fields)| fields.iter().chain([variant]));
    let names = schema.structs.values().copied().flatten().chain(variants);
    let missing: Vec<_> = names.filter(|name| !words.contains(**name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn snippets_are_blocks_and_spans() {
    assert_eq!(
        snippets("a `b` c\n```sh\nd `e`\n```\n```ron\nf\n```\n`g`"),
        ["b", "f\n", "g"]
    );
}
