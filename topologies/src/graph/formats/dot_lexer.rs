//! The tokens of DOT.

use super::mistake::{FileMistake, Span};

/// A token and where it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    pub kind: Kind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A name or a number: may be a keyword.
    Word(String),
    /// A text in quotes.
    Quoted(String),
    /// `--`.
    Link,
    /// `->`.
    Arrow,
    /// `{`, `}`, `[`, `]`, `=`, `;`, `,` or `:`.
    Symbol(char),
    /// The end of the text.
    End,
}

impl Kind {
    /// As messages name it.
    pub fn shown(&self) -> String {
        match self {
            Self::Word(id) | Self::Quoted(id) => format!("`{}`", super::mistake::shortened(id)),
            Self::Link => "`--`".to_owned(),
            Self::Arrow => "`->`".to_owned(),
            Self::Symbol(symbol) => format!("`{symbol}`"),
            Self::End => "the end".to_owned(),
        }
    }
}

/// All tokens of a text, [`Kind::End`] last; comments are passed over.
pub fn tokens(text: &str) -> Result<Vec<Token>, FileMistake> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = match first {
            _ if first.is_whitespace() => first.len_utf8(),
            '#' => line_length(rest),
            '/' if rest.starts_with("//") => line_length(rest),
            '/' if rest.starts_with("/*") => comment_length(rest, at)?,
            _ => {
                let (kind, length) = token(rest, first, at)?;
                let span = at..at + length;
                tokens.push(Token { kind, span });
                length
            }
        };
        at += length;
    }
    tokens.push(Token {
        kind: Kind::End,
        span: at..at + 1,
    });
    Ok(tokens)
}

fn line_length(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

fn comment_length(rest: &str, at: usize) -> Result<usize, FileMistake> {
    let end = rest.find("*/").map(|end| end + 2);
    end.ok_or_else(|| FileMistake::new(at..at + 2, "the comment is never closed").label("has no `*/`"))
}

/// The token at the start of `rest`, and its length in bytes.
fn token(rest: &str, first: char, at: usize) -> Result<(Kind, usize), FileMistake> {
    if rest.starts_with("--") {
        return Ok((Kind::Link, 2));
    }
    if rest.starts_with("->") {
        return Ok((Kind::Arrow, 2));
    }
    if "{}[]=;,:".contains(first) {
        return Ok((Kind::Symbol(first), 1));
    }
    if first == '"' {
        return quoted(rest, at);
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.' || (c == '-' && first.is_numeric());
    let is_number = first == '-' && rest[1..].starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let head = if is_number { 1 } else { 0 };
    let length = head
        + rest[head..]
            .find(|c: char| !is_part(c))
            .unwrap_or(rest.len() - head);
    if length == 0 {
        let message = format!("unexpected `{first}`");
        return Err(FileMistake::new(at..at + first.len_utf8(), message)
            .label("names with other signs are written in quotes"));
    }
    // Of `1--2` the number ends before the link.
    let length = rest[..length].find("--").unwrap_or(length);
    Ok((Kind::Word(rest[..length].to_owned()), length))
}

/// A text in quotes: `\"` and `\\` are the sign, other escapes stay as they are.
fn quoted(rest: &str, at: usize) -> Result<(Kind, usize), FileMistake> {
    let mut value = String::new();
    let mut signs = rest.char_indices().skip(1).peekable();
    while let Some((byte, sign)) = signs.next() {
        match sign {
            '"' => return Ok((Kind::Quoted(value), byte + 1)),
            '\\' => match signs.next_if(|&(_, next)| next == '"' || next == '\\') {
                Some((_, escaped)) => value.push(escaped),
                None => value.push('\\'),
            },
            _ => value.push(sign),
        }
    }
    Err(FileMistake::new(at..at + 1, "the text is never closed").label("has no matching `\"`"))
}
