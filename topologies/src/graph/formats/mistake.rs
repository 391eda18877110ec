//! What is wrong with a file, and where.

use std::ops::Range;

/// Bytes of a text.
pub type Span = Range<usize>;

/// The first mistake in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMistake {
    /// Where.
    pub span: Span,
    /// What, in a line.
    pub message: String,
    /// What to say at the place: mostly what would be right.
    pub label: Option<String>,
}

impl FileMistake {
    pub(super) fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            label: None,
        }
    }

    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }
}

/// A whole number of at least 0.
pub(super) fn whole(text: &str, span: &Span, what: &str) -> Result<u32, FileMistake> {
    text.trim().parse().map_err(|_| {
        let is_large = text.trim().bytes().all(|byte| byte.is_ascii_digit()) && !text.trim().is_empty();
        let (must_be, label) = match is_large {
            true => ("at most 4294967295", "too large"),
            false => ("a whole number", "a whole number, at least 0"),
        };
        let message = format!("{what} is `{}`, but must be {must_be}", shortened(text));
        FileMistake::new(span.clone(), message).label(label)
    })
}

/// A number; its range is checked where it is used.
pub(super) fn number(text: &str, span: &Span, what: &str) -> Result<f64, FileMistake> {
    text.trim().parse().map_err(|_| {
        let message = format!("{what} is `{}`, but must be a number", shortened(text));
        FileMistake::new(span.clone(), message).label("a number, as `2.5`")
    })
}

/// At most a few words of what may be a whole file, on one line: for messages.
pub fn shortened(text: &str) -> String {
    const SHOWN: usize = 40;
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
