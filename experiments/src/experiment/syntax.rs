//! From text to typed [`Experiment`], or to the one mistake that kept it from being typed.
//!
//! `ron` and serde say what is wrong in their own words; here it is said in those of the experiment format, at the
//! place where it has to be mended.

use ron::extensions::Extensions;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use super::diagnostic::Diagnostic;
use super::file::Experiment;
use super::mistake::{Mistake, Whole};
use super::source::Source;

/// The options of every experiment file: `implicit_some` is on.
pub(super) fn options() -> ron::Options {
    ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME)
}

/// Types the text of an experiment.
///
/// # Errors
/// The first mistake in it. Boxed: a diagnostic is large, and the good case should not pay for it.
pub(super) fn parse(source: &Source) -> Result<Experiment, Box<Diagnostic>> {
    parse_whole(source, Whole::Experiment)
}

/// Types a text that is `whole`.
///
/// # Errors
/// As [`parse`].
pub(crate) fn parse_whole<T: DeserializeOwned>(source: &Source, whole: Whole) -> Result<T, Box<Diagnostic>> {
    if source.text().trim().is_empty() {
        let empty = Diagnostic::of_file(source.file(), whole.is_empty());
        return Err(Box::new(empty.help(whole.form())));
    }
    let outside = |error| Box::new(Mistake::new(source, whole, String::new(), None, error).diagnostic());
    let mut deserializer =
        ron::Deserializer::from_str_with_options(source.text(), &options()).map_err(outside)?;
    let typed = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let (path, field) = written_path(error.path());
        let error = deserializer.span_error(error.into_inner());
        Box::new(Mistake::new(source, whole, path, field, error).diagnostic())
    })?;
    let end = deserializer.end();
    end.map_err(|error| outside(deserializer.span_error(error)))?;
    Ok(typed)
}

/// serde's path as [`Places`](super::places::Places) knows it (variants are not part of it), and the last name in it.
fn written_path(path: &Path) -> (String, Option<String>) {
    let mut written = String::new();
    let mut last = None;
    for segment in path {
        match segment {
            Segment::Seq { index } => written.push_str(&format!("[{index}]")),
            Segment::Map { key } => {
                written.push('.');
                written.push_str(key);
                last = Some(key.clone());
            }
            Segment::Enum { variant } => last = Some(variant.clone()),
            Segment::Unknown => {}
        }
    }
    (written, last)
}
