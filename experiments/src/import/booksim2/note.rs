//! What an import lost, or changed.

use std::fmt;

use super::configuration::{Configuration, Setting};
use super::keys::Role;
use super::place::Place;

/// A value of the configuration that the experiment does not have, and what it does instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Where the value was set; `None` for a default.
    pub place: Option<Place>,
    /// BookSim2's key.
    pub key: &'static str,
    /// Its value.
    pub value: String,
    /// What it means there.
    pub why: String,
    /// What happens here.
    pub instead: String,
}

impl fmt::Display for Note {
    /// One line, without the place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} = {}: {}; here {}",
            self.key, self.value, self.why, self.instead
        )
    }
}

impl Note {
    pub(super) fn new<T: fmt::Display>(
        setting: &Setting<T>,
        why: impl Into<String>,
        instead: impl Into<String>,
    ) -> Self {
        Self {
            place: setting.place.clone(),
            key: setting.key,
            value: setting.value.to_string(),
            why: why.into(),
            instead: instead.into(),
        }
    }
}

/// Notes on the keys that have no counterpart whatever else is set.
pub(super) fn unmapped(configuration: &Configuration) -> Vec<Note> {
    let notes = configuration
        .changed()
        .filter_map(|(key, setting)| match key.role {
            Role::Unmodelled { why, instead } => Some(Note::new(&setting, why, instead)),
            Role::Ignored { why } => Some(Note::new(
                &setting,
                format!("BookSim2 ignores it ({why})"),
                "ignored too",
            )),
            Role::Mapped | Role::Irrelevant => None,
        });
    notes.collect()
}

/// The keys that were set and do not matter, as `key = value`.
pub(super) fn irrelevant(configuration: &Configuration) -> Vec<String> {
    let set = configuration
        .changed()
        .filter(|(key, _)| key.role == Role::Irrelevant);
    set.map(|(key, setting)| format!("{} = {}", key.name, setting.value))
        .collect()
}
