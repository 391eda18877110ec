//! A table of mistakes in experiment files: each is told at its line and column, with what would be right, and
//! ends with exit code 2.

mod combinations;
mod files;
mod form;
mod names;
mod physical;
mod switches;
mod types;
mod values;

use fabricsim::experiment::{Diagnostic, Refused, parse};

/// A wrong file. The place where the mistake has to be told is between `⟦` and `⟧`.
struct Mistake {
    /// The file with its marks.
    text: String,
    /// The message.
    message: &'static str,
    /// A part of what is said at the caret, or of the help: the suggestion.
    suggestion: &'static str,
}

impl Mistake {
    fn new(text: impl Into<String>, message: &'static str, suggestion: &'static str) -> Self {
        Self {
            text: text.into(),
            message,
            suggestion,
        }
    }
}

/// A good file but for what is added to its `Fabric`.
fn fabric(fields: &str) -> String {
    format!(
        "// A file like any other.
Experiment(
    name: \"x\",
    fabric: Fabric(
        topology: Torus(sides: [8, 8]),
        routing: DimensionOrder,
        {fields}
    ),
    traffic: [Traffic(pattern: Uniform, load: 0.1)],
)
"
    )
}

/// A good file but for its topology.
fn topology(topology: &str) -> String {
    format!(
        "Experiment(name: \"x\", fabric: Fabric(routing: DimensionOrder, topology: {topology}),
    traffic: [Traffic(pattern: Uniform, load: 0.1)])"
    )
}

/// A good file but for the fields of its only entry of traffic.
fn traffic(fields: &str) -> String {
    format!(
        "Experiment(
    name: \"x\",
    fabric: Fabric(topology: Mesh(sides: [4, 8]), routing: DimensionOrder),
    traffic: [{fields}],
)"
    )
}

/// A good file of a physical fabric but for what is added to its `Fabric`, and after its traffic.
fn physical(fabric: &str, rest: &str) -> String {
    format!(
        "Experiment(
    name: \"x\",
    fabric: Fabric(
        preset: CalxedaEcx1000, topology: Torus(sides: [8, 8]), routing: DimensionOrder,
        {fabric}
    ),
    traffic: [Traffic(pattern: Uniform, packet: Bytes(1500), rate: Gbps(1))],
    {rest}
)"
    )
}

/// A good file but for the fields after its traffic.
fn rest(fields: &str) -> String {
    format!(
        "Experiment(
    name: \"x\",
    fabric: Fabric(topology: Torus(sides: [4, 4]), routing: DimensionOrder),
    traffic: [Traffic(pattern: Uniform, load: 0.1)],
    {fields}
)"
    )
}

/// The text without its marks, and the marked line, column and length in characters.
fn unmarked(marked: &str) -> (String, (usize, usize, usize)) {
    let (before, rest) = marked.split_once('⟦').expect("the text has a mark");
    let (inside, after) = rest.split_once('⟧').expect("the mark ends");
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let place = (line, column, inside.chars().count().max(1));
    (format!("{before}{inside}{after}"), place)
}

fn place(diagnostic: &Diagnostic) -> Option<(usize, usize, usize)> {
    let place = diagnostic.place.as_ref()?;
    Some((place.line, place.column, place.length))
}

fn refusal(text: &str) -> Refused {
    match parse("wrong.ron", text) {
        Ok(_) => panic!("nothing is wrong with\n{text}"),
        Err(refused) => refused,
    }
}

/// Each mistake alone, told once, as the table says.
fn check(mistakes: &[Mistake]) {
    for Mistake {
        text,
        message,
        suggestion,
    } in mistakes
    {
        let (text, marked) = unmarked(text);
        let refused = refusal(&text);
        let [diagnostic] = refused.diagnostics() else {
            panic!("several mistakes:\n{refused}");
        };
        assert_eq!(refused.exit_code(), 2);
        assert_eq!(place(diagnostic), Some(marked), "\n{refused}");
        assert_eq!(diagnostic.message, *message, "\n{refused}");
        let mut told = diagnostic.label.iter().chain(&diagnostic.help);
        assert!(
            told.any(|line| line.contains(suggestion)),
            "no `{suggestion}` in\n{refused}"
        );
        let (line, column, _) = marked;
        assert!(
            refused
                .to_string()
                .contains(&format!("╭─[wrong.ron:{line}:{column}]")),
            "\n{refused}"
        );
    }
}
