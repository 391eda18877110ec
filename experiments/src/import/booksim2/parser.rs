//! `key = value;`, again and again.

use std::sync::Arc;

use super::error::ImportError;
use super::lexer::{Kind, Token, tokens};
use super::place::{Document, Place};

/// A value as it is written; which of a key's values it sets depends on how (`1` is not `1.0`).
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Integer(i32),
    Real(f64),
}

/// One `key = value;`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Assignment {
    pub key: String,
    pub key_place: Place,
    pub value: Value,
    pub value_place: Place,
}

/// Parses a document: one assignment at least, each ended by `;`.
pub(super) fn parse(document: &Arc<Document>) -> Result<Vec<Assignment>, ImportError> {
    let tokens = tokens(document)?;
    let mut rest = tokens.as_slice();
    let mut assignments = Vec::new();
    loop {
        let (assignment, tail) = assignment(rest)?;
        assignments.push(assignment);
        if tail[0].kind == Kind::End {
            return Ok(assignments);
        }
        rest = tail;
    }
}

/// The assignment at the start of `tokens`, and what follows. The last token is [`Kind::End`].
fn assignment(tokens: &[Token]) -> Result<(Assignment, &[Token]), ImportError> {
    let first = &tokens[0];
    let Kind::Text(key) = &first.kind else {
        return Err(unexpected("a key", first));
    };
    let equals = &tokens[1];
    if equals.kind != Kind::Symbol('=') {
        return Err(unexpected(&format!("`=` after `{key}`"), equals));
    }
    let written = &tokens[2];
    let value = match &written.kind {
        Kind::Text(text) => Value::Text(text.clone()),
        Kind::Integer(integer) => Value::Integer(*integer),
        Kind::Real(real) => Value::Real(*real),
        Kind::Symbol(_) | Kind::End => return Err(unexpected(&format!("a value for `{key}`"), written)),
    };
    if tokens[3].kind != Kind::Symbol(';') {
        // Shown behind the value rather than at the token found, which is often on another line.
        let message = format!(
            "expected `;` after the value of `{key}`, found {}",
            shown(&tokens[3].kind)
        );
        return Err(ImportError::at(&written.place.end(), message));
    }
    let assignment = Assignment {
        key: key.clone(),
        key_place: first.place.clone(),
        value,
        value_place: written.place.clone(),
    };
    Ok((assignment, &tokens[4..]))
}

fn shown(kind: &Kind) -> String {
    match kind {
        Kind::Text(text) => format!("`{text}`"),
        Kind::Integer(integer) => format!("`{integer}`"),
        Kind::Real(real) => format!("`{real:?}`"),
        Kind::Symbol(symbol) => format!("`{symbol}`"),
        Kind::End => "the end".to_owned(),
    }
}

fn unexpected(expected: &str, found: &Token) -> ImportError {
    let error = ImportError::at(
        &found.place,
        format!("expected {expected}, found {}", shown(&found.kind)),
    );
    match found.kind {
        Kind::Symbol('"' | '\'') => error.with_help("BookSim2 has no quotes: write the bare word"),
        Kind::Symbol('{') => {
            error.with_help("BookSim2's lists have no blanks inside and are not empty: `{1,2}`")
        }
        Kind::Symbol('#') => error.with_help("comments start with `//`"),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Vec<Assignment>, ImportError> {
        parse(&Arc::new(Document {
            name: "f".into(),
            text: text.into(),
        }))
    }

    #[test]
    fn several_assignments_share_a_line() {
        let assignments = parsed("k=4;n = 3; // size\nvc_allocator = islip(2);").unwrap();
        let pairs: Vec<_> = assignments
            .iter()
            .map(|a| (a.key.as_str(), a.value.clone()))
            .collect();
        let allocator = Value::Text("islip(2)".into());
        assert_eq!(
            pairs,
            [
                ("k", Value::Integer(4)),
                ("n", Value::Integer(3)),
                ("vc_allocator", allocator)
            ]
        );
    }

    #[test]
    fn every_slip_has_its_place() {
        for (text, place, message) in [
            ("", "f:1:1", "expected a key, found the end"),
            ("k 8;", "f:1:3", "expected `=` after `k`, found `8`"),
            ("k = ;", "f:1:5", "expected a value for `k`, found `;`"),
            (
                "k = 8\nn = 2;",
                "f:1:6",
                "expected `;` after the value of `k`, found `n`",
            ),
            ("k = 8;;", "f:1:7", "expected a key, found `;`"),
            ("\n 8 = k;", "f:2:2", "expected a key, found `8`"),
            (
                "traffic = \"uniform\";",
                "f:1:11",
                "expected a value for `traffic`, found `\"`",
            ),
            (
                "k = 99999999999;",
                "f:1:5",
                "`99999999999` does not fit in an integer of 32 bits",
            ),
        ] {
            let error = parsed(text).unwrap_err();
            assert_eq!(
                error.place.as_ref().map(ToString::to_string).as_deref(),
                Some(place),
                "{text}"
            );
            assert!(error.message.starts_with(message), "{text}: {}", error.message);
        }
    }
}
