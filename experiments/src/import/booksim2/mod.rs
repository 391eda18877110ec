//! BookSim2's configuration files as experiments.
//!
//! A configuration is read as BookSim2 (commit 28f43299) reads it: several files, then `key=value` overrides in
//! between, later values winning, its defaults for whatever is not set. What it means becomes an experiment
//! with every value written out, no preset: dateline classes chosen on entering a ring, either direction at
//! half a ring, a virtual channel free again as soon as the tail has won the switch. What has no counterpart
//! becomes a [`Note`], or an error where there would be nothing left to simulate.
//!
//! BookSim2 measures until three samples in a row agree; the experiment measures three sample periods, the
//! least and usual number, after the same warm-up. The verdict is by fabricsim's own rule.

mod configuration;
mod error;
mod fabric;
mod keys;
mod lexer;
mod measure;
mod note;
mod parser;
mod place;
mod switch;
mod text;
mod traffic;

use std::path::Path;
use std::sync::Arc;

pub use error::ImportError;
pub use note::Note;
pub use place::{Document, Place};

use configuration::Configuration;
use text::Contents;

/// One argument of BookSim2's command line, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A configuration file that was read.
    File(Document),
    /// `key=value`, or several with `;` between them.
    Override(String),
}

impl Source {
    /// What BookSim2 takes an argument for: an override if it has a `=`, else a file, which is read.
    ///
    /// # Errors
    /// Where the file can't be read.
    pub fn from_argument(argument: &str) -> Result<Self, ImportError> {
        if argument.contains('=') {
            return Ok(Self::Override(argument.to_owned()));
        }
        let bytes = std::fs::read(argument)
            .map_err(|error| ImportError::new(None, format!("cannot read {argument}: {error}")))?;
        Ok(Self::File(Document {
            name: argument.to_owned(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }))
    }

    /// The name that says where something comes from, without folders so that it is the same everywhere.
    fn origin(&self) -> String {
        match self {
            Self::File(document) => {
                let name = Path::new(&document.name).file_name();
                name.map_or_else(
                    || document.name.clone(),
                    |name| name.to_string_lossy().into_owned(),
                )
            }
            Self::Override(text) => text.clone(),
        }
    }

    fn document(&self) -> Arc<Document> {
        Arc::new(match self {
            Self::File(document) => document.clone(),
            Self::Override(text) => Document {
                name: "command line".to_owned(),
                text: format!("{text};"),
            },
        })
    }
}

/// An experiment made from a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The experiment file.
    pub ron: String,
    /// What has no counterpart, one a key.
    pub notes: Vec<Note>,
    /// Keys that were set and change nothing that is simulated, as `key = value`.
    pub irrelevant: Vec<String>,
}

/// Makes the experiment `name` from files and overrides.
///
/// # Errors
/// Where BookSim2 would refuse the configuration too, or nothing like it can be simulated here; with the place.
pub fn import(sources: &[Source], name: &str) -> Result<Imported, ImportError> {
    if !sources.iter().any(|source| matches!(source, Source::File(_))) {
        return Err(ImportError::new(
            None,
            "there is no configuration file among the arguments",
        ));
    }
    let configuration = configuration(sources)?;
    let mut notes = note::unmapped(&configuration);
    let fabric = fabric::fabric(&configuration, &mut notes)?;
    let switch = switch::switch(&configuration, &fabric, &mut notes)?;
    let flows = traffic::flows(&configuration, &fabric, &mut notes)?;
    let measurement = measure::measurement(&configuration, &mut notes)?;
    let origin: Vec<_> = sources.iter().map(Source::origin).collect();
    let contents = Contents {
        name,
        origin: &origin.join(" "),
        fabric: &fabric,
        switch,
        flows: &flows,
        measurement: &measurement,
        notes: &notes,
    };
    Ok(Imported {
        ron: contents.to_string(),
        irrelevant: note::irrelevant(&configuration),
        notes,
    })
}

fn configuration(sources: &[Source]) -> Result<Configuration, ImportError> {
    let mut configuration = Configuration::default();
    for source in sources {
        for assignment in parser::parse(&source.document())? {
            configuration.set(assignment)?;
        }
    }
    Ok(configuration)
}
