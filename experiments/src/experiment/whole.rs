//! What a text in RON is as a whole, for messages.

/// What a text should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whole {
    /// A file that is an experiment.
    Experiment,
    /// A fabric on the command line.
    Fabric,
}

impl Whole {
    /// What it looks like.
    pub(super) fn form(self) -> &'static str {
        match self {
            Self::Experiment => {
                "an experiment is `Experiment(name: \"…\", fabric: Fabric(…), traffic: [Traffic(…)])`"
            }
            Self::Fabric => {
                "a fabric is a family with its parameters, `Torus(sides: [8, 8])`: see `fabricsim topology --list`"
            }
        }
    }

    /// Of a text without anything in it.
    pub(super) fn is_empty(self) -> &'static str {
        match self {
            Self::Experiment => "the file is empty",
            Self::Fabric => "no fabric is given",
        }
    }

    /// Of a text that is something else.
    pub(super) fn is_none(self) -> &'static str {
        match self {
            Self::Experiment => "this is not an experiment",
            Self::Fabric => "this is not a fabric",
        }
    }

    /// Of comments alone.
    pub(super) fn is_lacking(self) -> &'static str {
        match self {
            Self::Experiment => "the file holds no experiment",
            Self::Fabric => "no fabric is given",
        }
    }

    /// What follows it, and what should be there.
    pub(super) fn has_more(self) -> (&'static str, &'static str) {
        match self {
            Self::Experiment => ("text after the experiment", "a file holds one `Experiment(…)`"),
            Self::Fabric => ("text after the fabric", "one fabric at a time"),
        }
    }
}
