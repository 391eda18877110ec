//! Files that are there whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Ending of a file that is being written. Whoever holds the folder's lock may delete what carries it.
const TEMPORARY: &str = "fabricsim-tmp";

/// Writes `path` through a temporary file beside it and a rename, so that a reader, or a process killed at
/// any moment, finds the old content or the new, never a part. The data is on the disk before the rename.
///
/// # Errors
/// What the file system or `fill` says; the temporary file is then removed.
pub fn write(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let temporary = temporary_of(path);
    let written = write_and_rename(&temporary, path, fill);
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn write_and_rename(
    temporary: &Path,
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(temporary)?);
    fill(&mut file)?;
    file.into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_data()?;
    fs::rename(temporary, path)
}

fn temporary_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(TEMPORARY);
    path.with_file_name(name)
}

/// Deletes what interrupted writes left in `folder`.
///
/// # Errors
/// Where the folder can't be read or a leftover not be deleted.
pub fn remove_leftovers(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == TEMPORARY) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_content_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("points.csv");
        write(&path, |out| out.write_all(b"old")).unwrap();

        let failed = write(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("disk full"))
        });

        assert_eq!(failed.unwrap_err().to_string(), "disk full");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn leftovers_of_a_killed_writer_are_removed_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.json", "b.json.fabricsim-tmp", "mine.tmp"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        remove_leftovers(folder.path()).unwrap();
        let mut left: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        left.sort();
        assert_eq!(left, ["a.json", "mine.tmp"]);
    }
}
