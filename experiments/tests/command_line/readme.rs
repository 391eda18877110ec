//! What the README says can be written.

use std::fs;
use std::path::Path;

use crate::desk::Desk;
use crate::fragment::whole;
use crate::schema::Schema;

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

/// Every snippet that is a part of an experiment is one that passes `check`. Those with `…` in them are no whole ones.
#[test]
fn every_line_of_an_experiment_runs() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let schema = Schema::of_experiments();
    let desk = Desk::new();
    let mut count = 0;
    for snippet in snippets(&readme).iter().filter(|snippet| !snippet.contains('…')) {
        let Some(text) = whole(snippet, &schema) else {
            assert!(
                !snippet.contains(": "),
                "neither an experiment nor a part of one: {snippet}"
            );
            continue;
        };
        count += 1;
        desk.file(
            &format!("readme/{count:03}.ron"),
            &format!("// {}\n{text}", snippet.replace('\n', " ")),
        );
    }
    assert!(count > 40, "{count} snippets");
    desk.fabricsim(&["check", "readme"]).ends(0);
}

#[test]
fn snippets_are_blocks_and_spans() {
    assert_eq!(
        snippets("a `b` c\n```sh\nd `e`\n```\n```ron\nf\n```\n`g`"),
        ["b", "f\n", "g"]
    );
}
