//! From the paths of a command line to experiments.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::diagnostic::{Diagnostic, Refused};
use super::plan::Plan;
use super::source::Source;
use super::vocabulary::nearest;

/// How experiment files end.
const EXTENSION: &str = "ron";

/// The files that `paths` name: a file is itself, a folder every `.ron` file in it and below, by name.
///
/// # Errors
/// Every path that is not there, is not a `.ron` file, or is a folder without one.
pub fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Refused> {
    let mut files = Vec::new();
    let mut mistakes = Vec::new();
    for path in paths {
        match files_of(path) {
            Ok(found) => files.extend(found),
            Err(mistake) => mistakes.push(*mistake),
        }
    }
    match Refused::from_all(mistakes) {
        Some(refused) => Err(refused),
        None => Ok(files),
    }
}

/// Reads and validates an experiment file.
///
/// # Errors
/// Why it can't be read, or every mistake that is found in it.
pub fn load(path: &Path) -> Result<Plan, Refused> {
    super::parse(&path.display().to_string(), &read_text(path)?)
}

/// The text of a file.
///
/// # Errors
/// Why it can't be read, or where it is no text.
pub(crate) fn read_text(path: &Path) -> Result<String, Refused> {
    let bytes = fs::read(path).map_err(|error| Refused::from(*unreadable(path, &error)))?;
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Err(not_text(path, error).into()),
    };
    // Editors may begin a file with a byte order mark, which is not part of it.
    Ok(match text.strip_prefix('\u{feff}') {
        Some(text) => text.to_owned(),
        None => text,
    })
}

/// What is said of a path that leads nowhere.
pub(crate) fn no_such_file(path: &Path) -> Diagnostic {
    *unreadable(path, &io::Error::from(io::ErrorKind::NotFound))
}

fn files_of(path: &Path) -> Result<Vec<PathBuf>, Box<Diagnostic>> {
    let kind = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if !kind.is_dir() {
        return match is_experiment(path) {
            true => Ok(vec![path.to_owned()]),
            false => Err(Box::new(
                of_path(path, "not an experiment file: its name does not end in `.ron`")
                    .help("experiments are RON files; BookSim2 configurations are turned into them by `fabricsim import booksim2`"),
            )),
        };
    }
    let mut files = Vec::new();
    collect(path, &mut files)?;
    if files.is_empty() {
        return Err(Box::new(of_path(path, "the folder holds no `.ron` file")));
    }
    Ok(files)
}

/// What a folder of results holds once it is complete: its `experiment.ron` is a product, not a source.
const MANIFEST: &str = "manifest.json";

/// Adds the experiment files of a folder and below. Links to folders are not followed: they may lead back. Folders of
/// results are passed over.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<Diagnostic>> {
    let entries: io::Result<Vec<_>> = fs::read_dir(folder).and_then(Iterator::collect);
    let mut entries = entries.map_err(|error| unreadable(folder, &error))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type().map_err(|error| unreadable(&path, &error))?;
        if kind.is_dir() && !path.join(MANIFEST).exists() {
            collect(&path, files)?;
        } else if is_experiment(&path) {
            files.push(path);
        }
    }
    Ok(())
}

fn is_experiment(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == EXTENSION)
}

fn of_path(path: &Path, message: impl Into<String>) -> Diagnostic {
    Diagnostic::of_file(path.display().to_string(), message)
}

fn unreadable(path: &Path, error: &io::Error) -> Box<Diagnostic> {
    if error.kind() != io::ErrorKind::NotFound {
        return Box::new(of_path(path, format!("cannot be read: {error}")));
    }
    let diagnostic = of_path(path, "no such file or folder");
    Box::new(match similar(path) {
        Some(name) => diagnostic.help(format!("did you mean `{}`?", name.display())),
        None => diagnostic,
    })
}

/// A file or folder beside a missing one whose name is nearly the same.
fn similar(path: &Path) -> Option<PathBuf> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let entries = fs::read_dir(parent.unwrap_or(Path::new("."))).ok()?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort_unstable();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let name = nearest(path.file_name()?.to_str()?, &names)?;
    Some(path.with_file_name(name))
}

fn not_text(path: &Path, error: std::string::FromUtf8Error) -> Diagnostic {
    let start = error.utf8_error().valid_up_to();
    // All before is text, so its offsets are those of the file.
    let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
    Source::new(path.display().to_string(), text)
        .at_span(start..start + 1, "not a text file: this byte is not UTF-8")
        .label("save the file as UTF-8")
}
