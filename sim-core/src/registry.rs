//! How a choice that experiments name (a fabric, a routing, a pattern, …) is told to users.

/// A name that experiments may use. The crate that a name belongs to keeps its entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name.
    pub name: &'static str,
    /// What it is, in a line.
    pub help: &'static str,
    /// Its own fields, or for a bare name the fields beside it that have a meaning only with it.
    pub parameters: &'static [Parameter],
}

/// A field that goes with an [`Entry`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Name of the field.
    pub name: &'static str,
    /// What it means, with its default.
    pub help: &'static str,
}

impl Entry {
    /// A name without parameters.
    pub const fn bare(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            help,
            parameters: &[],
        }
    }
}
