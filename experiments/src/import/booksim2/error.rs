//! Why a configuration can't be imported.

use std::error::Error;
use std::fmt;

use super::place::Place;
use crate::experiment::{self, Diagnostic};

/// A mistake in a configuration, or something in it that has no counterpart here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// Where, if it is about something that is written down.
    pub place: Option<Place>,
    /// What.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl ImportError {
    pub(super) fn at(place: &Place, message: impl Into<String>) -> Self {
        Self {
            place: Some(place.clone()),
            message: message.into(),
            help: None,
        }
    }

    pub(super) fn new(place: Option<Place>, message: impl Into<String>) -> Self {
        Self {
            place,
            message: message.into(),
            help: None,
        }
    }

    pub(super) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<&ImportError> for Diagnostic {
    fn from(error: &ImportError) -> Self {
        let Some(at) = &error.place else {
            let diagnostic = Self::of_file("command line", &error.message);
            return error
                .help
                .iter()
                .fold(diagnostic, |diagnostic, help| diagnostic.help(help));
        };
        let line = at.document.text.split('\n').nth(at.line - 1).unwrap_or_default();
        let mut diagnostic = Self::of_file(&at.document.name, &error.message);
        diagnostic.place = Some(experiment::Place {
            line: at.line,
            column: at.column,
            length: at.length.max(1),
            source: line.trim_end_matches('\r').to_owned(),
        });
        error
            .help
            .iter()
            .fold(diagnostic, |diagnostic, help| diagnostic.label(help))
    }
}

impl fmt::Display for ImportError {
    /// As all mistakes in files are shown: the message, the line with a caret, the help.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Diagnostic::from(self).fmt(f)
    }
}

impl Error for ImportError {}
