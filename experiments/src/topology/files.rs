//! Fabrics from files and folders, and into them.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use fabricsim_topologies::graph::{FabricGraph, FileMistake, Format, read_link_maps, write_link_maps};

use crate::commands::Failure;
use crate::experiment::{Diagnostic, Refused, Source, read_text};
use crate::store::atomic;

/// The format that a file's name tells.
fn format_of(path: &Path) -> Option<Format> {
    Format::of_extension(path.extension()?.to_str()?)
}

/// Endings of all formats, for messages.
fn extensions() -> String {
    let all = Format::ALL.iter().flat_map(|format| format.extensions());
    let all: Vec<String> = all.map(|extension| format!("`.{extension}`")).collect();
    all.join(", ")
}

/// The fabric in a file or a folder of link maps.
///
/// # Errors
/// Why it can't be read, or the first mistake in it.
pub(crate) fn read_fabric(path: &Path) -> Result<FabricGraph, Refused> {
    if path.is_dir() {
        return read_folder(path);
    }
    let Some(format) = format_of(path) else {
        let message = "not a fabric: the ending of its name is of no format";
        let diagnostic = Diagnostic::of_file(path.display().to_string(), message);
        let formats = format!(
            "`.ron` of experiments, {}, or a folder of link maps",
            extensions()
        );
        return Err(diagnostic.help(formats).into());
    };
    read_file(path, format)
}

/// The fabric in a file.
///
/// # Errors
/// Why it can't be read, or the first mistake in it.
fn read_file(path: &Path, format: Format) -> Result<FabricGraph, Refused> {
    let text = read_text(path)?;
    format
        .read(&text)
        .map_err(|mistake| diagnostic(&path.display().to_string(), &text, mistake).into())
}

/// The fabric whose link maps are in a folder, a file a node.
///
/// # Errors
/// A file without a node's number in its name, or the first mistake in one.
fn read_folder(folder: &Path) -> Result<FabricGraph, Refused> {
    let files = files_of(folder)?;
    let mut maps = Vec::new();
    for path in &files {
        let Some(node) = node_of(path) else {
            let message = "the name has no number of a node";
            let diagnostic = Diagnostic::of_file(path.display().to_string(), message);
            return Err(diagnostic
                .help("a folder is read as link maps, a file a node, with its number at the end of its name")
                .into());
        };
        maps.push((node, read_text(path)?));
    }
    read_link_maps(&maps).map_err(|(file, mistake)| {
        let (path, text) = (&files[file], &maps[file].1);
        diagnostic(&path.display().to_string(), text, mistake).into()
    })
}

/// The files of a folder by name, hidden ones left out.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>, Refused> {
    let of_folder = |message: String| Diagnostic::of_file(folder.display().to_string(), message);
    let entries: io::Result<Vec<_>> = fs::read_dir(folder).and_then(Iterator::collect);
    let entries = entries.map_err(|error| of_folder(format!("cannot be read: {error}")))?;
    let mut files: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).collect();
    files.retain(|path| {
        let name = path.file_name().unwrap_or_default();
        path.is_file() && !name.to_string_lossy().starts_with('.')
    });
    files.sort();
    match files.is_empty() {
        true => Err(of_folder("the folder holds no link map".to_owned()).into()),
        false => Ok(files),
    }
}

/// The last number in the name of a file, without its ending: 12 of `node-12.txt`.
fn node_of(path: &Path) -> Option<u32> {
    let stem = path.file_stem()?.to_str()?;
    let up_to_digits = stem.trim_end_matches(|c: char| !c.is_ascii_digit());
    let before = up_to_digits.trim_end_matches(|c: char| c.is_ascii_digit());
    up_to_digits[before.len()..].parse().ok()
}

fn diagnostic(file: &str, text: &str, mistake: FileMistake) -> Diagnostic {
    let diagnostic = Source::new(file, text).at_span(mistake.span, mistake.message);
    match mistake.label {
        Some(label) => diagnostic.label(label),
        None => diagnostic,
    }
}

/// Writes a fabric to a file, in the format that its name tells, or as link maps to a folder; what was done, in a line.
///
/// # Errors
/// A name of no format, a fabric that the format can't have, what the system says.
pub fn export(graph: &FabricGraph, path: &Path) -> Result<String, Failure> {
    if path.extension().is_none() || path.is_dir() {
        return export_folder(graph, path);
    }
    let Some(format) = format_of(path) else {
        return Err(Failure::Wrong(format!(
            "`{}`: the ending is of no format: {}, or a folder for link maps",
            path.display(),
            extensions()
        )));
    };
    let text = format.write(graph).map_err(|error| wrong(path, error))?;
    write(path, text.as_bytes())?;
    let lacks = format.lacks().map(|lacks| format!(", without {lacks}"));
    Ok(format!(
        "exported {}{}\n",
        path.display(),
        lacks.unwrap_or_default()
    ))
}

fn export_folder(graph: &FabricGraph, folder: &Path) -> Result<String, Failure> {
    let maps = write_link_maps(graph).map_err(|error| wrong(folder, error))?;
    let is_used = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if is_used {
        return Err(wrong(folder, "the folder is not empty"));
    }
    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    for (node, map) in &maps {
        write(&folder.join(format!("node-{node}.linkmap")), map.as_bytes())?;
    }
    let lacks = Format::LinkMap.lacks().unwrap_or_default();
    Ok(format!(
        "exported {}: {} link maps, without {lacks}\n",
        folder.display(),
        maps.len()
    ))
}

/// Writes a file, whole or not at all.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    atomic::write(path, |out| out.write_all(bytes)).map_err(|error| failed(path, &error))
}

fn wrong(path: &Path, reason: impl fmt::Display) -> Failure {
    Failure::Wrong(format!("`{}`: {reason}", path.display()))
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::Failed(format!("`{}`: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_numbered_at_the_end_of_names() {
        for (name, node) in [
            ("node-12.txt", Some(12)),
            ("12", Some(12)),
            ("rack2-node7-linkmap.txt", Some(7)),
            ("é7.x", Some(7)),
            ("readme.md", None),
            ("node-99999999999.txt", None),
        ] {
            assert_eq!(node_of(Path::new(name)), node, "{name}");
        }
    }
}
