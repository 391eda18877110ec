//! Text that is not RON, or not of an experiment.

use super::*;

#[test]
fn punctuation_is_missed_where_it_belongs() {
    check(&[
        Mistake::new(
            "Experiment(\n    name: \"x\"⟦⟧ // the name\n    fabric: Fabric(),\n)",
            "a comma is missing",
            "expected `,` here",
        ),
        Mistake::new(
            rest("sweep: [Load([0.1⟦ ⟧0.2])],"),
            "a comma is missing",
            "expected `,` here",
        ),
        Mistake::new(
            fabric("switch: Switch(virtual_channels⟦ ⟧= 4),"),
            "a field and its value are separated by `:`",
            "expected `:`",
        ),
        Mistake::new(
            "Experiment⟦(⟧\n    name: \"x\",\n",
            "`(` is never closed",
            "no matching `)`",
        ),
        Mistake::new(
            "Experiment(\n    name: \"x\",\n    sweep: ⟦[⟧\n        Seed([1, 2]),\n",
            "`[` is never closed",
            "no matching `]`",
        ),
        Mistake::new(
            rest("sweep: [Seed([1, 2⟦)⟧],"),
            "`)` where `]` is expected",
            "closes the `[` of line 5",
        ),
        Mistake::new(
            "Experiment(name: ⟦\"⟧x)\n",
            "the text is never closed",
            "no matching `\"`",
        ),
        Mistake::new(
            rest("") + "\n⟦E⟧xperiment()",
            "text after the experiment",
            "a file holds one `Experiment(…)`",
        ),
    ]);
}

/// The field of an outer struct seen in an inner one.
#[test]
fn a_parenthesis_that_is_missing_is_guessed() {
    check(&[Mistake::new(
        "Experiment(\n    name: \"x\",\n    fabric: Fabric(\n        topology: Torus(sides: [4]),\n    ⟦traffic⟧: [],\n)",
        "unknown field `traffic` in `Fabric`",
        "a bracket is not closed in this file",
    )]);
}

#[test]
fn there_is_no_struct_update() {
    let suggestion = "a field that is not given has its default";
    check(&[
        Mistake::new(
            fabric("switch: Switch(virtual_channels: 4, ⟦..⟧Default),"),
            "there is no `..` in experiment files",
            suggestion,
        ),
        Mistake::new(
            fabric("switch: Switch(⟦..⟧),"),
            "there is no `..` in experiment files",
            suggestion,
        ),
    ]);
}

#[test]
fn something_else_is_not_an_experiment() {
    let suggestion = "an experiment is `Experiment(name:";
    check(&[
        Mistake::new("⟦42⟧", "this is not an experiment", suggestion),
        Mistake::new("// A list.\n⟦[1, 2]⟧\n", "this is not an experiment", suggestion),
    ]);
    for (text, message) in [
        ("", "the file is empty"),
        (" \n\n", "the file is empty"),
        ("// Later.\n", "the file holds no experiment"),
    ] {
        let refused = refusal(text);
        let [diagnostic] = refused.diagnostics() else {
            panic!("{refused}")
        };
        assert_eq!((diagnostic.message.as_str(), &diagnostic.place), (message, &None));
        assert!(diagnostic.help[0].starts_with(suggestion));
    }
}

#[test]
fn what_ron_alone_knows_is_told_in_its_words() {
    for text in [
        "/* never closed",
        "#![enable(nothing)] Experiment()",
        "Experiment(name: \"a\\q\")",
    ] {
        let refused = refusal(text);
        let [diagnostic] = refused.diagnostics() else {
            panic!("{refused}")
        };
        assert!(diagnostic.message.starts_with("not valid RON: "), "{refused}");
        assert!(place(diagnostic).is_some_and(|(line, ..)| line == 1), "{refused}");
    }
    let deep = "(".repeat(100_000);
    assert_eq!(refusal(&deep).exit_code(), 2);
}
