//! Where something stands in a configuration.

use std::fmt;
use std::sync::Arc;

/// A file, or one `key=value` of the command line, with its text for messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Path as the user gave it, or `command line`.
    pub name: String,
    /// Its whole text.
    pub text: String,
}

/// A stretch of a line of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The document.
    pub document: Arc<Document>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Length in characters; 0 where something is missing.
    pub length: usize,
}

impl Place {
    /// The point just behind this place.
    pub(super) fn end(&self) -> Self {
        Self {
            column: self.column + self.length,
            length: 0,
            ..self.clone()
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.document.name, self.line, self.column)
    }
}
