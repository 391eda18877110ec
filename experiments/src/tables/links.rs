//! `links.csv`: how busy each link was at each point.

use std::cmp::Ordering;
use std::io::{self, Write};

use fabricsim_core::{Link, Network, PortRef};

use super::{cell, number};
use crate::record::link_utilisation;

/// The most rows of `links.csv`. Where all links of all points would be more, each point gives its
/// [`HOTTEST`] links instead, hottest first, and its quantiles go to `links-quantiles.csv`.
pub const ROW_LIMIT: usize = 1_000_000;

/// Links of a point that a shortened table keeps.
const HOTTEST: usize = 1_000;

/// The name of the table of quantiles.
pub const QUANTILES: &str = "links-quantiles.csv";

const HEADER: [&str; 7] = [
    "point",
    "from",
    "from_port",
    "to",
    "to_port",
    "flits",
    "utilisation",
];
const QUANTILE_HEADER: [&str; 4] = ["point", "quantile", "flits", "utilisation"];

/// Which links of a point become rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkRows {
    /// All, in the order of `Network::links`.
    All,
    /// The hottest.
    Hottest,
}

impl LinkRows {
    /// What fits a table of that many rows, were it whole.
    pub fn fitting(rows: usize) -> Self {
        if rows > ROW_LIMIT {
            Self::Hottest
        } else {
            Self::All
        }
    }
}

/// One link at one point.
#[derive(Clone, Copy, Debug)]
struct Row<'a> {
    link: &'a Link,
    flits: u64,
    utilisation: Option<f64>,
}

/// `links.csv` being written, a point after the other.
pub struct LinkTable<W: Write> {
    table: csv::Writer<W>,
    rows: LinkRows,
}

impl<W: Write> LinkTable<W> {
    /// Starts the table with its header.
    ///
    /// # Errors
    /// What `out` says.
    pub fn new(out: W, rows: LinkRows) -> io::Result<Self> {
        let mut table = csv::Writer::from_writer(out);
        table.write_record(HEADER)?;
        Ok(Self { table, rows })
    }

    /// Adds the links of the point that is row `point` (from 0) of `points.csv`, measured for `window` cycles; `port` is the
    /// number that a port has in the fabric.
    ///
    /// # Errors
    /// What the table's writer says.
    pub fn point(
        &mut self,
        point: usize,
        network: &Network,
        port: impl Fn(PortRef) -> u32,
        flits: &[u64],
        window: u64,
    ) -> io::Result<()> {
        let mut rows = rows_of(network, flits, window);
        if self.rows == LinkRows::Hottest {
            rows.sort_by(|a, b| by_heat(b, a));
            rows.truncate(HOTTEST);
        }
        for row in rows {
            let Link { from, to, .. } = row.link;
            self.table.write_record([
                point.to_string(),
                from.switch.to_string(),
                port(*from).to_string(),
                to.switch.to_string(),
                port(*to).to_string(),
                row.flits.to_string(),
                number(row.utilisation),
            ])?;
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

/// `links-quantiles.csv` being written: for each point the links at every hundredth of the order of
/// utilisation, 0 the coolest and 1 the hottest (nearest rank).
pub struct QuantileTable<W: Write> {
    table: csv::Writer<W>,
}

impl<W: Write> QuantileTable<W> {
    /// Starts the table with its header.
    ///
    /// # Errors
    /// What `out` says.
    pub fn new(out: W) -> io::Result<Self> {
        let mut table = csv::Writer::from_writer(out);
        table.write_record(QUANTILE_HEADER)?;
        Ok(Self { table })
    }

    /// Adds a point, as [`LinkTable::point`] does.
    ///
    /// # Errors
    /// What the table's writer says.
    pub fn point(&mut self, point: usize, network: &Network, flits: &[u64], window: u64) -> io::Result<()> {
        let mut rows = rows_of(network, flits, window);
        rows.sort_by(by_heat);
        for percent in 0..=100 {
            let row = nearest_rank(&rows, percent);
            self.table.write_record([
                point.to_string(),
                number(Some(percent as f64 / 100.0)),
                cell(row.map(|row| row.flits)),
                number(row.and_then(|row| row.utilisation)),
            ])?;
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

fn rows_of<'a>(network: &'a Network, flits: &[u64], window: u64) -> Vec<Row<'a>> {
    let links = network.links().zip(flits);
    links
        .map(|(link, &flits)| Row {
            link,
            flits,
            utilisation: link_utilisation(link, flits, window),
        })
        .collect()
}

/// Coolest first.
fn by_heat(a: &Row, b: &Row) -> Ordering {
    let heat = |row: &Row| row.utilisation.unwrap_or(0.0);
    heat(a).total_cmp(&heat(b))
}

fn nearest_rank<T: Copy>(sorted: &[T], percent: usize) -> Option<T> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use fabricsim_core::FlitTime;

    use super::*;

    /// A ring of switches, a terminal each.
    fn ring(switches: u32) -> Network {
        let mut builder = Network::builder(switches, 3).unwrap();
        for switch in 0..switches {
            let to = PortRef {
                switch: (switch + 1) % switches,
                port: 1,
            };
            builder
                .link(Link {
                    from: PortRef { switch, port: 0 },
                    to,
                    latency: 1,
                    flit_time: FlitTime {
                        numerator: 2,
                        denominator: 1,
                    },
                })
                .unwrap();
            builder.terminal(PortRef { switch, port: 2 }).unwrap();
        }
        builder.build().unwrap()
    }

    #[test]
    fn a_row_a_link_with_its_share_of_what_it_could_carry() {
        let mut out = Vec::new();
        let mut table = LinkTable::new(&mut out, LinkRows::All).unwrap();
        table
            .point(4, &ring(2), |at| at.port.into(), &[25, 50], 100)
            .unwrap();
        table.finish().unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "point,from,from_port,to,to_port,flits,utilisation\n4,0,0,1,1,25,0.5\n4,1,0,0,1,50,1\n"
        );
    }

    #[test]
    fn a_table_above_the_limit_keeps_the_hottest_links_and_quantiles() {
        assert_eq!(LinkRows::fitting(ROW_LIMIT), LinkRows::All);
        assert_eq!(LinkRows::fitting(ROW_LIMIT + 1), LinkRows::Hottest);

        let network = ring(2_000);
        let flits: Vec<u64> = (0..2_000).collect();
        let mut out = Vec::new();
        let mut table = LinkTable::new(&mut out, LinkRows::Hottest).unwrap();
        table
            .point(0, &network, |at| at.port.into(), &flits, 4_000)
            .unwrap();
        table.finish().unwrap();
        let text = String::from_utf8(out).unwrap();
        let rows: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(rows.len(), HOTTEST);
        assert_eq!(rows[0], "0,1999,0,0,1,1999,0.9995");

        let mut out = Vec::new();
        let mut table = QuantileTable::new(&mut out).unwrap();
        table.point(0, &network, &flits, 4_000).unwrap();
        table.finish().unwrap();
        let text = String::from_utf8(out).unwrap();
        let rows: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(
            (rows.len(), rows[0], rows[50], rows[100]),
            (101, "0,0,0,0", "0,0.5,999,0.4995", "0,1,1999,0.9995")
        );
    }
}
