//! The tokens of BookSim2's configuration language.
//!
//! The language is what BookSim2 accepts, its oddities included, so that a file means here what it means there:
//! of the rules that match at a point the longest wins. `/` may be part of a word, so `islip//x` is one;
//! a list in braces has no blanks inside; there are no quotes; `1` is an integer and `1.0` or `1e0` a real.

use std::sync::Arc;

use super::error::ImportError;
use super::place::{Document, Place};

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub kind: Kind,
    pub place: Place,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A bare word or a list in braces.
    Text(String),
    Integer(i32),
    Real(f64),
    /// Any other character: `=` and `;` have a meaning.
    Symbol(char),
    /// The end of the document.
    End,
}

/// All tokens of a document, [`Kind::End`] last.
pub(super) fn tokens(document: &Arc<Document>) -> Result<Vec<Token>, ImportError> {
    let mut tokens = Vec::new();
    for (index, line) in document.text.split('\n').enumerate() {
        line_tokens(document, index + 1, line, &mut tokens)?;
    }
    tokens.push(end(document));
    Ok(tokens)
}

fn end(document: &Arc<Document>) -> Token {
    let last = document.text.split('\n').next_back().unwrap_or_default();
    let place = Place {
        document: document.clone(),
        line: document.text.split('\n').count(),
        column: last.chars().count() + 1,
        length: 0,
    };
    Token {
        kind: Kind::End,
        place,
    }
}

fn line_tokens(
    document: &Arc<Document>,
    number: usize,
    line: &str,
    tokens: &mut Vec<Token>,
) -> Result<(), ImportError> {
    let mut rest = line;
    let mut column = 1;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            return Ok(());
        }
        let (text, tail) = rest.split_at(token_length(rest, first));
        let place = Place {
            document: document.clone(),
            line: number,
            column,
            length: text.chars().count(),
        };
        column += place.length;
        rest = tail;
        if !matches!(first, ' ' | '\t' | '\r') {
            let kind = kind(text, first, &place)?;
            tokens.push(Token { kind, place });
        }
    }
    Ok(())
}

/// Length in bytes of the longest token at the start of `rest`, whose first character is `first`.
fn token_length(rest: &str, first: char) -> usize {
    let longest = number_length(rest).max(word_length(rest)).max(list_length(rest));
    if longest == 0 { first.len_utf8() } else { longest }
}

/// What the token `text` is. Of a number and a word that are equally long the number wins (`-5`).
fn kind(text: &str, first: char, place: &Place) -> Result<Kind, ImportError> {
    if number_length(text) == text.len() {
        return number(text, place);
    }
    if list_length(text) == text.len() || word_length(text) == text.len() {
        return Ok(Kind::Text(text.to_owned()));
    }
    Ok(Kind::Symbol(first))
}

fn number(text: &str, place: &Place) -> Result<Kind, ImportError> {
    if text.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit()) {
        return text.parse().map(Kind::Integer).map_err(|_| {
            ImportError::at(
                place,
                format!("`{text}` does not fit in an integer of 32 bits, which BookSim2 uses"),
            )
        });
    }
    let real: f64 = text
        .parse()
        .map_err(|_| ImportError::at(place, format!("`{text}` is not a number")))?;
    if !real.is_finite() {
        return Err(ImportError::at(place, format!("`{text}` is too large")));
    }
    Ok(Kind::Real(real))
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// `-` if any, digits, a fraction of at least a digit, an exponent; 0 where there is no number.
fn number_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut length = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits(&bytes[length..]);
    length += whole;
    let fraction = match bytes.get(length) {
        Some(b'.') => digits(&bytes[length + 1..]),
        _ => 0,
    };
    if fraction > 0 {
        length += 1 + fraction;
    }
    if whole + fraction == 0 {
        return 0;
    }
    length + exponent_length(&bytes[length..])
}

fn exponent_length(bytes: &[u8]) -> usize {
    if !matches!(bytes.first(), Some(b'e' | b'E')) {
        return 0;
    }
    let sign = usize::from(matches!(bytes.get(1), Some(b'+' | b'-')));
    match digits(&bytes[1 + sign..]) {
        0 => 0,
        digits => 1 + sign + digits,
    }
}

fn word_length(rest: &str) -> usize {
    let starts = |byte: u8| byte.is_ascii_alphabetic() || b"_-/.".contains(&byte);
    let continues = |byte: u8| byte.is_ascii_alphanumeric() || b"_-/.+({,)}".contains(&byte);
    match rest.bytes().next() {
        Some(first) if starts(first) => rest.bytes().take_while(|&byte| continues(byte)).count(),
        _ => 0,
    }
}

/// From `{` to the last `}` that only characters of lists come before; 0 where that is empty.
fn list_length(rest: &str) -> usize {
    let belongs = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.({,)}".contains(&byte);
    if !rest.starts_with('{') {
        return 0;
    }
    let run = rest.bytes().take_while(|&byte| belongs(byte)).count();
    match rest[..run].rfind('}') {
        Some(last) if last >= 2 => last + 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        let document = Arc::new(Document {
            name: "test".into(),
            text: text.into(),
        });
        let mut tokens = tokens(&document).unwrap();
        assert_eq!(tokens.pop().map(|token| token.kind), Some(Kind::End));
        tokens.into_iter().map(|token| token.kind).collect()
    }

    fn word(text: &str) -> Kind {
        Kind::Text(text.into())
    }

    #[test]
    fn numbers_are_integers_or_reals_by_how_they_are_written() {
        assert_eq!(kinds("1"), [Kind::Integer(1)]);
        assert_eq!(kinds("-12"), [Kind::Integer(-12)]);
        assert_eq!(kinds("1.0"), [Kind::Real(1.0)]);
        assert_eq!(kinds("-.5"), [Kind::Real(-0.5)]);
        assert_eq!(kinds("1e3"), [Kind::Real(1000.0)]);
        assert_eq!(kinds("2.5E-1"), [Kind::Real(0.25)]);
        // No digit behind the point: an integer and a word.
        assert_eq!(kinds("1."), [Kind::Integer(1), word(".")]);
        assert_eq!(kinds("1e"), [Kind::Integer(1), word("e")]);
    }

    #[test]
    fn words_take_slashes_brackets_and_commas() {
        assert_eq!(kinds("islip(2)"), [word("islip(2)")]);
        assert_eq!(kinds("tornado(8,2)"), [word("tornado(8,2)")]);
        assert_eq!(kinds("../net/file.txt"), [word("../net/file.txt")]);
        assert_eq!(kinds("-5a"), [word("-5a")]);
        assert_eq!(kinds("a//b"), [word("a//b")]);
    }

    #[test]
    fn lists_have_no_blanks() {
        assert_eq!(kinds("{1,2}"), [word("{1,2}")]);
        assert_eq!(kinds("{{1,4},{2}};"), [word("{{1,4},{2}}"), Kind::Symbol(';')]);
        assert_eq!(kinds("{1, 2}")[0], Kind::Symbol('{'));
        assert_eq!(kinds("{}"), [Kind::Symbol('{'), Kind::Symbol('}')]);
    }

    #[test]
    fn comments_end_with_the_line() {
        assert_eq!(kinds("//x\nk // = 3\n"), [word("k")]);
        assert_eq!(kinds("k;//c"), [word("k"), Kind::Symbol(';')]);
    }

    #[test]
    fn places_count_characters_from_one() {
        let document = Arc::new(Document {
            name: "f".into(),
            text: "\n\té k".into(),
        });
        let tokens = tokens(&document).unwrap();
        let places: Vec<_> = tokens.iter().map(|token| token.place.to_string()).collect();
        assert_eq!(places, ["f:2:2", "f:2:4", "f:2:5"]);
    }
}
