//! Reading the tables of a result folder.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use csv::{ByteRecord, Reader, StringRecord};
use serde::de::DeserializeOwned;
use thiserror::Error;

/// Why results can't be read.
#[derive(Debug, Error)]
pub enum ResultsError {
    /// The file can't be opened.
    #[error("{}: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A line is not what it should be.
    #[error("{}:{line}: {reason}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1, the header included.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
}

/// An open table with its header.
pub struct Table {
    path: PathBuf,
    reader: Reader<BufReader<File>>,
    headers: StringRecord,
}

impl Table {
    /// Opens a table of a folder.
    pub fn open(folder: &Path, name: &str) -> Result<Self, ResultsError> {
        let path = folder.join(name);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(source) => return Err(ResultsError::Open { path, source }),
        };
        let mut reader = Reader::from_reader(BufReader::new(file));
        let headers = match reader.headers() {
            Ok(headers) => headers.clone(),
            Err(error) => return Err(line_error(path, &error, &StringRecord::new())),
        };
        Ok(Self {
            path,
            reader,
            headers,
        })
    }

    /// Opens a table of a folder that need not be there.
    pub fn open_if_there(folder: &Path, name: &str) -> Result<Option<Self>, ResultsError> {
        match Self::open(folder, name) {
            Ok(table) => Ok(Some(table)),
            Err(ResultsError::Open { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All rows.
    pub fn rows<T: DeserializeOwned>(mut self) -> Result<Vec<T>, ResultsError> {
        let rows: Result<Vec<T>, csv::Error> = self.reader.deserialize().collect();
        rows.map_err(|error| line_error(self.path, &error, &self.headers))
    }

    /// Hands on the rows of which the first cell is a number that `wanted` wants. The others are only skimmed, since
    /// such tables may have a million rows.
    pub fn rows_of_points<T: DeserializeOwned>(
        mut self,
        wanted: impl Fn(usize) -> bool,
        mut act: impl FnMut(usize, T),
    ) -> Result<(), ResultsError> {
        let headers = self.headers.as_byte_record().clone();
        let mut record = ByteRecord::new();
        let mut read = || -> Result<(), csv::Error> {
            while self.reader.read_byte_record(&mut record)? {
                match point(&record) {
                    Some(point) if !wanted(point) => {}
                    // One that is no number is told where the row is read.
                    point => {
                        let row = record.deserialize(Some(&headers))?;
                        act(point.unwrap_or_default(), row);
                    }
                }
            }
            Ok(())
        };
        read().map_err(|error| line_error(self.path, &error, &self.headers))
    }
}

fn point(record: &ByteRecord) -> Option<usize> {
    std::str::from_utf8(record.get(0)?).ok()?.parse().ok()
}

fn line_error(path: PathBuf, error: &csv::Error, headers: &StringRecord) -> ResultsError {
    let line = error.position().map_or(1, csv::Position::line);
    let reason = match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => {
            let column = err.field().and_then(|field| headers.get(field as usize));
            match column {
                Some(column) => format!("column `{column}`: {}", err.kind()),
                None => err.kind().to_string(),
            }
        }
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => {
            format!("{len} cells where the header has {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => "not UTF-8".to_string(),
        _ => error.to_string(),
    };
    ResultsError::Line { path, line, reason }
}
