//! Where everything stands in a RON text: a tolerant scanner that keeps the span of every field and item.
//!
//! serde forgets places once a value is typed. This scanner reads the same text beside it, checks nothing, and
//! answers where `fabric.switch.virtual_channels` or `sweep[0][2]` was written. Whatever it is given it ends with
//! a tree, of broken text a partial one.

use std::ops::Range;

/// Byte offsets in the text.
pub(crate) type Span = Range<usize>;

/// Deeper nesting than this is skipped; `ron` itself refuses more than 128 levels.
const MAX_DEPTH: usize = 100;

/// A value of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// The name of the field that it is the value of.
    pub key: Option<Span>,
    /// The name before its parenthesis, else its first character; all of it where it is an atom.
    pub head: Span,
    /// All of it.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
    /// Fields, arguments or items, in order.
    pub children: Vec<Node>,
}

/// What a [`Node`] looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `Name(…)` or `(…)`.
    Group,
    /// `[…]`.
    List,
    /// `{…}`.
    Map,
    /// `"…"`.
    Text,
    /// A number, a bare name, a character: anything without parts.
    Atom,
}

/// A bracket that does not match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BracketFault {
    /// Opened here, open at the end of the text.
    NeverClosed(Span),
    /// Opened here, closed there by a bracket of another kind.
    Mismatch {
        /// The opening bracket.
        open: Span,
        /// The bracket that closes it.
        close: Span,
    },
}

/// The places of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    root: Option<Node>,
    /// Where something follows the outermost value.
    trailing: Option<usize>,
    fault: Option<BracketFault>,
}

impl Places {
    /// Scans `text`, in time linear in its length.
    pub(crate) fn scan(text: &str) -> Self {
        let mut scanner = Scanner {
            text,
            at: 0,
            fault: None,
        };
        scanner.skip_attributes();
        let root = scanner.value(0);
        scanner.skip_space();
        Self {
            root,
            trailing: scanner.peek().map(|_| scanner.at),
            fault: scanner.fault,
        }
    }

    /// The outermost value; `None` where there is nothing but space and comments.
    pub(crate) fn root(&self) -> Option<&Node> {
        self.root.as_ref()
    }

    /// The first byte of what follows the outermost value, space and comments apart.
    pub(crate) fn trailing(&self) -> Option<usize> {
        self.trailing
    }

    /// The innermost bracket that is wrong.
    pub(crate) fn fault(&self) -> Option<&BracketFault> {
        self.fault.as_ref()
    }

    /// The value at a path such as `sweep[0].from`; the empty path is the whole.
    ///
    /// Variants with one nameless argument are looked through: item 2 of `sweep: [Load([…])]` is `sweep[0][2]`.
    pub(crate) fn find(&self, text: &str, path: &str) -> Option<&Node> {
        steps(path).try_fold(self.root.as_ref()?, |node, step| node.inner().child(text, step))
    }

    /// Like [`Places::find`], but of a path that was not written the nearest enclosing value that was.
    pub(crate) fn nearest(&self, text: &str, path: &str) -> Option<&Node> {
        let mut node = self.root.as_ref()?;
        for step in steps(path) {
            let Some(child) = node.inner().child(text, step) else {
                break;
            };
            node = child;
        }
        Some(node)
    }

    /// The innermost value around the byte at `offset`.
    pub(crate) fn around(&self, offset: usize) -> Option<&Node> {
        let mut node = self.root.as_ref().filter(|root| root.span.contains(&offset))?;
        while let Some(child) = node.children.iter().find(|child| child.span.contains(&offset)) {
            node = child;
        }
        Some(node)
    }
}

impl Node {
    fn inner(&self) -> &Self {
        let mut node = self;
        while let (Kind::Group, [only]) = (node.kind, node.children.as_slice()) {
            if only.key.is_some() {
                break;
            }
            node = only;
        }
        node
    }

    fn child(&self, text: &str, step: Step) -> Option<&Self> {
        match step {
            Step::Index(index) => self.children.get(index),
            Step::Field(name) => self
                .children
                .iter()
                .find(|child| child.key.clone().is_some_and(|key| &text[key] == name)),
        }
    }
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Index(usize),
}

/// `a.b[0]` as field a, field b, item 0.
fn steps(path: &str) -> impl Iterator<Item = Step<'_>> {
    path.split(['.', '['])
        .filter(|part| !part.is_empty())
        .map(|part| match part.strip_suffix(']') {
            Some(index) => Step::Index(index.parse().unwrap_or(usize::MAX)),
            None => Step::Field(part),
        })
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    fault: Option<BracketFault>,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn advance(&mut self, bytes: usize) -> Span {
        let start = self.at;
        self.at += bytes;
        start..self.at
    }

    /// Skips what `accept` accepts, and says where it was.
    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> Span {
        let rest = self.rest();
        let bytes = rest.find(|c| !accept(c)).unwrap_or(rest.len());
        self.advance(bytes)
    }

    fn skip_space(&mut self) {
        loop {
            self.take_while(char::is_whitespace);
            if self.rest().starts_with("//") {
                self.take_while(|c| c != '\n');
            } else if self.rest().starts_with("/*") {
                self.skip_block_comment();
            } else {
                return;
            }
        }
    }

    /// Block comments nest.
    fn skip_block_comment(&mut self) {
        let mut depth = 0;
        loop {
            if self.rest().starts_with("/*") {
                depth += 1;
                self.advance(2);
            } else if self.rest().starts_with("*/") {
                depth -= 1;
                self.advance(2);
                if depth == 0 {
                    return;
                }
            } else if let Some(c) = self.peek() {
                self.advance(c.len_utf8());
            } else {
                return;
            }
        }
    }

    /// `#![enable(…)]` and the like before the value.
    fn skip_attributes(&mut self) {
        self.skip_space();
        while self.rest().starts_with("#!") {
            self.take_while(|c| c != ']');
            self.take_while(|c| c == ']');
            self.skip_space();
        }
    }

    /// A value; `None` where none begins.
    fn value(&mut self, depth: usize) -> Option<Node> {
        self.skip_space();
        let c = self.peek()?;
        let start = self.at;
        match c {
            '(' => Some(self.brackets(start..start + 1, Kind::Group, depth)),
            '[' => Some(self.brackets(start..start + 1, Kind::List, depth)),
            '{' => Some(self.brackets(start..start + 1, Kind::Map, depth)),
            '"' => Some(self.text_value()),
            '\'' => Some(self.character()),
            'r' if self.is_raw_text() => Some(self.raw_text_value()),
            c if is_word(c) => Some(self.word(depth)),
            _ => None,
        }
    }

    /// A bare name, a number, or a name with its parenthesis.
    fn word(&mut self, depth: usize) -> Node {
        let head = self.take_while(is_word);
        let after_head = self.at;
        self.skip_space();
        let names_group = !self.text[head.clone()].starts_with(|c: char| c.is_ascii_digit());
        if names_group && self.peek() == Some('(') {
            return self.brackets(head, Kind::Group, depth);
        }
        self.at = after_head;
        leaf(head, Kind::Atom)
    }

    /// From an opening bracket past its closing one.
    fn brackets(&mut self, head: Span, kind: Kind, depth: usize) -> Node {
        let open = self.advance(1);
        let mut node = Node {
            key: None,
            span: head.start..self.at,
            head,
            kind,
            children: Vec::new(),
        };
        if depth >= MAX_DEPTH {
            // Too deep for anything that can be an experiment: the rest is not looked at.
            self.at = self.text.len();
        }
        loop {
            self.skip_space();
            let Some(c) = self.peek() else {
                self.fault.get_or_insert(BracketFault::NeverClosed(open));
                break;
            };
            if matches!(c, ')' | ']' | '}') {
                let close = self.advance(1);
                if c != closing(kind) {
                    self.fault.get_or_insert(BracketFault::Mismatch { open, close });
                }
                break;
            }
            match self.entry(depth + 1) {
                Some(child) => node.children.push(child),
                // A comma, or something that has no place here.
                None => drop(self.advance(c.len_utf8())),
            }
        }
        node.span.end = self.at;
        node
    }

    /// `name: value` or `value`.
    fn entry(&mut self, depth: usize) -> Option<Node> {
        let start = self.at;
        let key = self.take_while(is_word);
        let after_key = self.at;
        self.skip_space();
        if key.is_empty() || self.peek() != Some(':') {
            self.at = start;
            return self.value(depth);
        }
        self.advance(1);
        let value = self
            .value(depth)
            .unwrap_or_else(|| leaf(after_key..after_key, Kind::Atom));
        Some(Node {
            key: Some(key),
            ..value
        })
    }

    fn text_value(&mut self) -> Node {
        let start = self.at;
        self.advance(1);
        while let Some(c) = self.peek() {
            self.advance(c.len_utf8());
            match c {
                '"' => break,
                '\\' => {
                    let escaped = self.peek().map_or(0, char::len_utf8);
                    self.advance(escaped);
                }
                _ => {}
            }
        }
        leaf(start..self.at, Kind::Text)
    }

    fn is_raw_text(&self) -> bool {
        self.rest()[1..].trim_start_matches('#').starts_with('"')
    }

    /// `r#"…"#` with any number of `#`.
    fn raw_text_value(&mut self) -> Node {
        let start = self.at;
        self.advance(1);
        let fence = self.take_while(|c| c == '#').len();
        self.advance(1);
        let end = format!("\"{}", "#".repeat(fence));
        let bytes = self
            .rest()
            .find(&end)
            .map_or(self.rest().len(), |at| at + end.len());
        self.advance(bytes);
        leaf(start..self.at, Kind::Text)
    }

    /// `'x'` or `'\n'`; a lone quote is an atom of its own.
    fn character(&mut self) -> Node {
        let start = self.at;
        let mut chars = self.rest().char_indices().skip(1).skip_while(|&(_, c)| c == '\\');
        chars.next();
        let end = match chars.next() {
            Some((at, '\'')) => at + 1,
            _ => 1,
        };
        self.advance(end);
        leaf(start..self.at, Kind::Atom)
    }
}

fn leaf(span: Span, kind: Kind) -> Node {
    Node {
        key: None,
        head: span.clone(),
        span,
        kind,
        children: Vec::new(),
    }
}

/// What names and numbers are made of, and the dots of `..`.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '+' | '-' | '#')
}

fn closing(kind: Kind) -> char {
    match kind {
        Kind::List => ']',
        Kind::Map => '}',
        Kind::Group | Kind::Text | Kind::Atom => ')',
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = r###"// A comment with ( brackets.
#![enable(implicit_some)]
Experiment(
    name: "a \" ) quote", /* nested /* block */ comment */
    fabric: Some(Fabric(topology: Torus(sides: [8, 4]), switch: (virtual_channels: 2))),
    sweep: [Load([0.1, -2e-3]), LoadRange(from: 0.5, to: 1)],
    about: r##"raw "# text"##,
)"###;

    fn found(path: &str) -> Option<&'static str> {
        let places = Places::scan(TEXT);
        places.find(TEXT, path).map(|node| &TEXT[node.span.clone()])
    }

    #[test]
    fn paths_lead_to_values() {
        assert_eq!(found("name"), Some(r#""a \" ) quote""#));
        assert_eq!(found("fabric.topology.sides[1]"), Some("4"));
        assert_eq!(found("fabric.switch.virtual_channels"), Some("2"));
        assert_eq!(found("sweep[0][1]"), Some("-2e-3"));
        assert_eq!(found("sweep[1].from"), Some("0.5"));
        assert_eq!(found("about"), Some(r###"r##"raw "# text"##"###));
        assert_eq!(found("fabric.nothing"), None);
        assert_eq!(found("sweep[7]"), None);
    }

    #[test]
    fn heads_and_keys_are_names() {
        let places = Places::scan(TEXT);
        let torus = places.find(TEXT, "fabric.topology").unwrap();
        assert_eq!(&TEXT[torus.head.clone()], "Torus");
        assert_eq!(&TEXT[torus.key.clone().unwrap()], "topology");
        let nearest = places.nearest(TEXT, "fabric.switch.buffer_flits").unwrap();
        assert_eq!(&TEXT[nearest.head.clone()], "(");
    }

    #[test]
    fn wrong_brackets_are_found() {
        let fault = |text| Places::scan(text).fault().cloned();
        assert_eq!(fault("A(b: [1, 2])"), None);
        assert_eq!(fault("A(b: [1, 2"), Some(BracketFault::NeverClosed(5..6)));
        assert_eq!(
            fault("A(b: [1, 2))"),
            Some(BracketFault::Mismatch {
                open: 5..6,
                close: 10..11
            })
        );
        assert_eq!(Places::scan("A() // end").trailing(), None);
        assert_eq!(Places::scan("A() /* and */ B()").trailing(), Some(14));
        assert_eq!(fault("A(b: \"(\" /* ( */ // (\n)"), None);
    }

    #[test]
    fn deep_nesting_does_not_overflow_the_stack() {
        let text = "(".repeat(1_000_000);
        assert!(Places::scan(&text).root().is_some());
        assert!(Places::scan("").root().is_none());
    }

    proptest! {
        #[test]
        fn any_text_is_scanned(text in r#"([a-zé(){}\[\]:,."'\\#r/* \n!0-9]|\PC){0,60}"#, offset in 0_usize..80) {
            let places = Places::scan(&text);
            places.around(offset);
            if let Some(node) = places.nearest(&text, "a.b[0]") {
                prop_assert!(text.get(node.span.clone()).is_some() && text.get(node.head.clone()).is_some());
            }
        }
    }
}
