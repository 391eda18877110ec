//! `latencies.csv`: how packet latency is distributed at each point.

use std::io::{self, Write};

/// The columns: the row of `points.csv` from 0, a latency \[cycles\], and how many of the measured packets took at most
/// as long.
const HEADER: [&str; 3] = ["point", "latency", "packets_at_most"];

/// `latencies.csv` being written, a point after the other.
pub struct LatencyTable<W: Write> {
    table: csv::Writer<W>,
}

impl<W: Write> LatencyTable<W> {
    /// Starts the table with its header.
    ///
    /// # Errors
    /// What `out` says.
    pub fn new(out: W) -> io::Result<Self> {
        let mut table = csv::Writer::from_writer(out);
        table.write_record(HEADER)?;
        Ok(Self { table })
    }

    /// Adds the point that is row `point` (from 0) of `points.csv`, by its cumulative distribution: none without
    /// packets.
    ///
    /// # Errors
    /// What the table's writer says.
    pub fn point(&mut self, point: usize, latencies: &[(u64, u64)]) -> io::Result<()> {
        for (latency, packets) in latencies {
            self.table
                .write_record([point.to_string(), latency.to_string(), packets.to_string()])?;
        }
        Ok(())
    }

    /// Writes out what is buffered.
    ///
    /// # Errors
    /// What the table's writer says.
    pub fn finish(mut self) -> io::Result<()> {
        self.table.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_a_step() {
        let mut out = Vec::new();
        let mut table = LatencyTable::new(&mut out).unwrap();
        table.point(0, &[(30, 5), (41, 9)]).unwrap();
        table.point(1, &[]).unwrap();
        table.point(2, &[(7, 1)]).unwrap();
        table.finish().unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "point,latency,packets_at_most\n0,30,5\n0,41,9\n2,7,1\n"
        );
    }
}
