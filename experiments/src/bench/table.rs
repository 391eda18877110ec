//! The rows as a file: `bench.csv`.

use std::io;
use std::path::Path;

use thiserror::Error;

use super::row::Row;
use crate::store::atomic;

/// Rows, in the order in which they were measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// A configuration each.
    pub rows: Vec<Row>,
}

/// Why a table can't be read.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum TableError {
    #[error("cannot read {path}: {source}")]
    Unreadable { path: String, source: io::Error },
    #[error("{path} is no table of `fabricsim bench`: {source}")]
    Malformed { path: String, source: csv::Error },
}

impl Table {
    /// Reads a table.
    ///
    /// # Errors
    /// Where there is none, or something else.
    pub fn read(path: &Path) -> Result<Self, TableError> {
        let name = path.display().to_string();
        let text = std::fs::read(path).map_err(|source| TableError::Unreadable {
            path: name.clone(),
            source,
        })?;
        Self::parse(&text).map_err(|source| TableError::Malformed { path: name, source })
    }

    fn parse(text: &[u8]) -> Result<Self, csv::Error> {
        let mut table = csv::Reader::from_reader(text);
        let rows = table.deserialize().collect::<Result<_, _>>()?;
        Ok(Self { rows })
    }

    /// Writes it.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        atomic::write(path, |out| {
            let mut table = csv::Writer::from_writer(out);
            for row in &self.rows {
                table.serialize(row)?;
            }
            table.flush()
        })
    }

    /// The row of a configuration.
    pub fn row(&self, name: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::super::row::tests::row;
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bench.csv");
        let table = Table {
            rows: vec![row("8x8-low", 1.0e7 / 3.0), row("8x8-mid", 2.5e7)],
        };
        table.write(&path).unwrap();
        assert_eq!(Table::read(&path).unwrap(), table);
        assert_eq!(table.row("8x8-mid").unwrap().flit_hops_per_s, 2.5e7);
        assert_eq!(table.row("8x8"), None);
    }

    #[test]
    fn columns_may_come_and_go() {
        let text = "name,cycles,flit_hops,repeats,flit_hops_per_s,flit_hops_per_s_best,flit_hops_per_s_worst,\
                    ns_per_flit_hop,cycles_per_s,bytes_per_node,prepare_s,build_s,version,optimised,processors,measured,new\n\
                    8x8-low,10,20,3,1e6,1e6,1e6,1000,5,6,0.1,0.2,0.0.1,true,2,2026-01-01T00:00:00Z,7\n";
        let table = Table::parse(text.as_bytes()).unwrap();
        assert_eq!(table.rows[0].version, "0.0.1");
        assert_eq!(table.rows[0].instructions_per_flit_hop, None);
    }

    #[test]
    fn other_files_are_refused() {
        let missing = Table::read(Path::new("/no/such/table.csv")).unwrap_err();
        assert!(
            missing
                .to_string()
                .starts_with("cannot read /no/such/table.csv: ")
        );
        for text in ["load,verdict\n0.1,converged\n", "name\n\u{0}\n"] {
            assert!(Table::parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
