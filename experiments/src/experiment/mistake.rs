//! What keeps a text from being typed, in the words of the experiment format, at the place where it has to be mended.

use fabricsim_topologies::graph::shortened;
use ron::error::SpannedError;

use super::diagnostic::Diagnostic;
use super::places::{BracketFault, Kind, Node};
use super::source::Source;
use super::vocabulary::{listed, meaning, nearest, to_come, unit, variant_noun};
use super::whole::Whole;

/// What `ron` found, and where.
pub(super) struct Mistake<'a> {
    source: &'a Source,
    whole: Whole,
    /// The value being read, or the struct around it.
    path: String,
    /// The innermost field, or variant, by name.
    field: Option<String>,
    start: usize,
    end: usize,
    code: ron::Error,
}

impl<'a> Mistake<'a> {
    pub(super) fn new(
        source: &'a Source,
        whole: Whole,
        path: String,
        field: Option<String>,
        error: SpannedError,
    ) -> Self {
        let SpannedError { code, span } = error;
        Self {
            source,
            whole,
            path,
            field,
            start: source.offset(span.start.line, span.start.col),
            end: source.offset(span.end.line, span.end.col),
            code,
        }
    }

    pub(super) fn diagnostic(self) -> Diagnostic {
        if self.rest().starts_with("..") {
            return self.struct_update();
        }
        let diagnostic = match &self.code {
            ron::Error::NoSuchStructField {
                expected,
                found,
                outer,
            } => self.unknown_field(expected, found, outer.as_deref()),
            ron::Error::NoSuchEnumVariant {
                expected,
                found,
                outer,
            } => self.unknown_variant(expected, found, outer.as_deref()),
            ron::Error::ExpectedDifferentStructName { expected, found } => self
                .here(format!("expected `{expected}`, found `{}`", shortened(found)))
                .label(format!("write `{expected}`")),
            ron::Error::MissingStructField { field, outer } => self.missing_field(field, outer.as_deref()),
            ron::Error::DuplicateStructField { field, outer } => {
                self.duplicate_field(field, outer.as_deref())
            }
            ron::Error::ExpectedComma => self.expected_comma(),
            ron::Error::ExpectedMapColon => self.expected_colon(),
            ron::Error::ExpectedStringEnd => self.unclosed_text(),
            _ if self.is_no_experiment() => self.no_experiment(),
            code => match expected_by(code) {
                Some(noun) => self.wrong_type(noun),
                None => self.bracket_fault().unwrap_or_else(|| self.other()),
            },
        };
        self.with_bracket_help(diagnostic)
    }

    fn rest(&self) -> &'a str {
        &self.source.text()[self.start..]
    }

    /// At the place that `ron` gave.
    fn here(&self, message: String) -> Diagnostic {
        self.source.at_span(self.start..self.end, message)
    }

    fn unknown_field(&self, expected: &[&str], found: &str, outer: Option<&str>) -> Diagnostic {
        let found = shortened(found);
        let outer = outer.unwrap_or_default();
        if let Some(instead) = to_come(outer, &found) {
            return self.not_available(&found, instead);
        }
        let diagnostic = self.here(format!("unknown field `{found}` in `{outer}`"));
        suggest(diagnostic, &found, expected, &format!("not a field of `{outer}`"))
    }

    fn unknown_variant(&self, expected: &[&str], found: &str, outer: Option<&str>) -> Diagnostic {
        let found = shortened(found);
        let outer = outer.unwrap_or_default();
        if let Some(instead) = to_come(outer, &found) {
            return self.not_available(&found, instead);
        }
        let noun = variant_noun(outer).unwrap_or("name");
        let diagnostic = self.here(format!("unknown {noun} `{found}`"));
        suggest(diagnostic, &found, expected, "not known")
    }

    fn not_available(&self, name: &str, instead: &str) -> Diagnostic {
        self.here(format!("`{name}` is not available yet"))
            .label("not available yet")
            .help(instead)
    }

    /// Told at the name of the struct: that is what lacks it.
    fn missing_field(&self, field: &str, outer: Option<&str>) -> Diagnostic {
        let outer = outer.unwrap_or("the struct");
        let example = meaning(field).map_or(String::new(), |m| {
            format!(", for example `{field}: {}`", m.example)
        });
        self.source
            .at_head(&self.path, format!("missing field `{field}` in `{outer}`"))
            .label(format!("needs `{field}`{example}"))
    }

    fn duplicate_field(&self, field: &str, outer: Option<&str>) -> Diagnostic {
        let outer = outer.unwrap_or("the struct");
        let first = self.source.find(&format!("{}.{field}", self.path));
        let line = first
            .and_then(|node| node.key.clone())
            .map(|key| self.source.line_of(key.start));
        let label = line.map_or("given before".to_owned(), |line| {
            format!("given on line {line} already")
        });
        self.here(format!("field `{field}` is given twice in `{outer}`"))
            .label(label)
    }

    /// A comma is missed where a value could have ended, so also inside `4.5` where a whole number is wanted, and
    /// before the parenthesis of a name that takes none.
    fn expected_comma(&self) -> Diagnostic {
        let number = self.source.places().around(self.start).filter(|node| {
            node.kind == Kind::Atom && node.span.start < self.start && is_number(self.text_of(node))
        });
        if let Some(node) = number {
            return self.expected(WHOLE, node);
        }
        let before = self.source.text()[..self.start].trim_end();
        let name = before.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next();
        if let (Some(name), true) = (name.filter(|name| !name.is_empty()), self.rest().starts_with('(')) {
            return self
                .here(format!("`{}` takes no fields", shortened(name)))
                .label(format!("write `{}` alone", shortened(name)));
        }
        if let Some(fault) = self.bracket_mismatch() {
            return fault;
        }
        self.after_previous("a comma is missing")
            .label("expected `,` here")
    }

    fn expected_colon(&self) -> Diagnostic {
        self.here("a field and its value are separated by `:`".to_owned())
            .label("expected `:`")
    }

    /// At the end of what comes before, where the missing character belongs; comments are not "before".
    fn after_previous(&self, message: &str) -> Diagnostic {
        let text = self.source.text();
        let around = self.source.places().around(self.start);
        let children = around.into_iter().flat_map(|node| &node.children).chain(
            self.source
                .find(&self.path)
                .into_iter()
                .flat_map(|node| &node.children),
        );
        let previous = children
            .map(|child| child.span.end)
            .filter(|&end| end <= self.start)
            .max();
        let end = previous.unwrap_or_else(|| text[..self.start].trim_end().len());
        self.source.at_span(end..end + 1, message)
    }

    /// A value of another type than the field's.
    fn wrong_type(&self, noun: &'static str) -> Diagnostic {
        let Some(node) = self.value() else {
            return self.bracket_fault().unwrap_or_else(|| self.other());
        };
        let text = self.text_of(node);
        // A whole number is read up to its point; what follows should then have been the parenthesis.
        let is_cut_number = matches!(self.code, ron::Error::ExpectedStructLikeEnd) && is_number(text);
        let noun = if is_cut_number { WHOLE } else { noun };
        let field = self.field.as_deref().unwrap_or_default();
        // Where a number or a list is wanted, as by some fields of the same name, no unit is lacking.
        let is_bare = node.key.is_some() && is_number(text) && noun == NAME;
        if let (Some(unit), true) = (unit(field), is_bare) {
            return self
                .source
                .at_span(node.span.clone(), format!("`{field}` needs a unit"))
                .label(format!("write `{unit}({text})`"));
        }
        if matches!(self.code, ron::Error::IntegerOutOfBounds) {
            let bound = if text.starts_with('-') {
                "must not be negative"
            } else {
                "too large"
            };
            return self
                .source
                .at_span(
                    node.span.clone(),
                    format!("`{}` is out of range", shortened(text)),
                )
                .label(bound);
        }
        if text.is_empty() {
            let message = format!("`{field}` has no value");
            return self
                .source
                .at_key(&self.path, message)
                .label(format!("expected {noun}"));
        }
        self.expected(noun, node)
    }

    fn expected(&self, noun: &'static str, node: &Node) -> Diagnostic {
        let field = self.field_of(node);
        let meaning = field.and_then(meaning);
        let noun = match &meaning {
            // Where ron only misses a name, or a part of a value, the format knows what the value is.
            Some(meaning) if noun == NAME || node.kind == Kind::Group && node.key.is_some() => meaning.noun,
            _ => noun,
        };
        let found = describe(self.text_of(node), node.kind);
        let noun = match self.whole {
            Whole::Fabric if noun == NAME && self.path.is_empty() => "a fabric",
            _ => noun,
        };
        let lacks_fields = node.kind == Kind::Atom && is_struct_like(&self.code);
        let without = if lacks_fields && !is_number(self.text_of(node)) {
            " without `(…)`"
        } else {
            ""
        };
        let diagnostic = self.source.at_span(
            self.visible(node),
            format!("expected {noun}, found {found}{without}"),
        );
        match (field, meaning) {
            (Some(field), Some(meaning)) if field.starts_with(char::is_lowercase) => {
                diagnostic.label(format!("for example `{field}: {}`", meaning.example))
            }
            _ => diagnostic.label(format!("expected {noun}")),
        }
    }

    /// The name of the field that a value belongs to.
    fn field_of(&self, node: &Node) -> Option<&str> {
        match &node.key {
            Some(key) => Some(&self.source.text()[key.clone()]),
            None => self.field.as_deref(),
        }
    }

    /// The value being read: where the path leads, or the argument in `Cycles(1.5)` and the like.
    fn value(&self) -> Option<&'a Node> {
        let node = self.source.find(&self.path)?;
        match node.children.as_slice() {
            [argument] if self.stopped_within(node) && self.is_wrong_argument(argument) => Some(argument),
            _ => Some(node),
        }
    }

    /// Whether `ron` read as far as past the opening parenthesis.
    fn stopped_within(&self, node: &Node) -> bool {
        node.kind == Kind::Group && self.start > node.head.end
    }

    /// An argument has no key; one with parts was not even looked at.
    fn is_wrong_argument(&self, argument: &Node) -> bool {
        let is_value_wanted = expected_by(&self.code).is_some_and(|noun| noun != NAME)
            || matches!(self.code, ron::Error::ExpectedStructLikeEnd);
        argument.key.is_none() && argument.kind != Kind::Group && is_value_wanted
    }

    fn visible(&self, node: &Node) -> std::ops::Range<usize> {
        match self.text_of(node).contains('\n') {
            true => node.head.clone(),
            false => node.span.clone(),
        }
    }

    fn text_of(&self, node: &Node) -> &'a str {
        &self.source.text()[node.span.clone()]
    }

    fn struct_update(&self) -> Diagnostic {
        self.source
            .at_span(self.start..self.start + 2, "there is no `..` in experiment files")
            .label("leave it out: a field that is not given has its default")
    }

    /// What is wrong with the brackets, where that is why the text can't be read.
    fn bracket_fault(&self) -> Option<Diagnostic> {
        match self.source.places().fault()? {
            BracketFault::NeverClosed(open) => {
                let bracket = &self.source.text()[open.clone()];
                let diagnostic = self
                    .source
                    .at_span(open.clone(), format!("`{bracket}` is never closed"));
                Some(diagnostic.label(format!("has no matching `{}`", closing(bracket))))
            }
            BracketFault::Mismatch { .. } => self.bracket_mismatch(),
        }
    }

    fn bracket_mismatch(&self) -> Option<Diagnostic> {
        let BracketFault::Mismatch { open, close } = self.source.places().fault()? else {
            return None;
        };
        let (opening, found) = (
            &self.source.text()[open.clone()],
            &self.source.text()[close.clone()],
        );
        let line = self.source.line_of(open.start);
        let message = format!("`{found}` where `{}` is expected", closing(opening));
        let diagnostic = self.source.at_span(close.clone(), message);
        Some(diagnostic.label(format!("closes the `{opening}` of line {line}")))
    }

    /// A field in the wrong struct is often the parenthesis that is missing before it.
    fn with_bracket_help(&self, diagnostic: Diagnostic) -> Diagnostic {
        let is_misplaced = matches!(self.code, ron::Error::NoSuchStructField { .. });
        match (is_misplaced, self.source.places().fault()) {
            (true, Some(_)) => {
                diagnostic.help("a bracket is not closed in this file: perhaps one before this field")
            }
            _ => diagnostic,
        }
    }

    fn unclosed_text(&self) -> Diagnostic {
        let text = self
            .source
            .places()
            .around(self.start)
            .filter(|node| node.kind == Kind::Text);
        let quote = text.map_or(self.start..self.end, |node| node.span.start..node.span.start + 1);
        self.source
            .at_span(quote, "the text is never closed")
            .label("has no matching `\"`")
    }

    fn is_no_experiment(&self) -> bool {
        self.field.is_none() && is_struct_like(&self.code)
    }

    fn no_experiment(&self) -> Diagnostic {
        let diagnostic = match self.source.places().root() {
            Some(root) => self.source.at_span(self.visible(root), self.whole.is_none()),
            None => Diagnostic::of_file(self.source.file(), self.whole.is_lacking()),
        };
        diagnostic.help(self.whole.form())
    }

    fn other(&self) -> Diagnostic {
        match &self.code {
            ron::Error::TrailingCharacters => {
                let start = self.source.places().trailing().unwrap_or(self.start);
                let (message, label) = self.whole.has_more();
                self.source.at_span(start..start + 1, message).label(label)
            }
            code => self.here(format!("not valid RON: {}", uncapitalised(&code.to_string()))),
        }
    }
}

/// What a value of another type should have been.
fn expected_by(code: &ron::Error) -> Option<&'static str> {
    Some(match code {
        ron::Error::ExpectedInteger
        | ron::Error::InvalidIntegerDigit { .. }
        | ron::Error::IntegerOutOfBounds
        | ron::Error::UnderscoreAtBeginning => WHOLE,
        ron::Error::ExpectedFloat | ron::Error::FloatUnderscore => "a number",
        ron::Error::ExpectedString => "text in quotes",
        ron::Error::ExpectedBoolean => "`true` or `false`",
        ron::Error::ExpectedArray => "a list in `[ ]`",
        ron::Error::ExpectedIdentifier
        | ron::Error::SuggestRawIdentifier(_)
        | ron::Error::InvalidIdentifier(_)
        | ron::Error::ExpectedStructLike
        | ron::Error::ExpectedNamedStructLike(_)
        | ron::Error::ExpectedStructLikeEnd => NAME,
        _ => return None,
    })
}

const WHOLE: &str = "a whole number";
/// A name, with or without fields.
const NAME: &str = "a name";

fn is_struct_like(code: &ron::Error) -> bool {
    matches!(
        code,
        ron::Error::ExpectedStructLike | ron::Error::ExpectedNamedStructLike(_)
    )
}

/// The name that was meant at the caret, or `otherwise` there and all that is possible below.
fn suggest(diagnostic: Diagnostic, found: &str, possible: &[&str], otherwise: &str) -> Diagnostic {
    match nearest(found, possible) {
        Some(name) => diagnostic.label(format!("did you mean `{name}`?")),
        None => diagnostic
            .label(otherwise)
            .help(format!("possible: {}", listed(possible))),
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-', '.']);
    digits.starts_with(|c: char| c.is_ascii_digit())
}

/// A value as a message names it.
fn describe(text: &str, kind: Kind) -> String {
    match kind {
        Kind::Text => format!("the text {}", shortened(text)),
        Kind::List => "a list".to_owned(),
        Kind::Map => "a map in `{ }`".to_owned(),
        Kind::Atom | Kind::Group => format!("`{}`", shortened(text)),
    }
}

fn closing(bracket: &str) -> char {
    match bracket {
        "[" => ']',
        "{" => '}',
        _ => ')',
    }
}

fn uncapitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}
