//! `deadlock.csv`: who waits for whom at the points that ended in a deadlock.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use fabricsim_core::PortRef;
use serde::{Deserialize, Serialize};

use crate::deadlock::{Packet, Waiting, Wanted};

/// The name of the table.
pub const DEADLOCK: &str = "deadlock.csv";

/// A row: an output virtual channel that a packet of the cycle waits for. Packets are named as `--watch` names them, switches,
/// ports and terminals by their numbers, as in `links.csv`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadlockRow {
    /// The row of `points.csv`, from 0.
    pub point: usize,
    /// The packet's place in the cycle, from 0. It waits for the next; of its rows the first is that wait.
    pub order: usize,
    /// The packet; empty where it is not known which it is.
    pub packet: Option<String>,
    /// Terminal that sent it, if that is known.
    pub source: Option<u32>,
    /// Terminal that it goes to.
    pub destination: u32,
    /// Cycle of its creation.
    pub created: u64,
    /// Its length in flits, if that is known.
    pub flits: Option<u16>,
    /// Switch whose buffer it stands at the head of.
    pub at_switch: u32,
    /// Input port of that buffer.
    pub in_port: u32,
    /// Virtual channel of that port.
    pub in_vc: u8,
    /// Flits in that buffer.
    pub buffered: u16,
    /// A cycle since which it has not moved; empty where it came shortly before the deadlock was found.
    pub since: Option<u64>,
    /// Output port that it waits for.
    pub wants_port: u32,
    /// Virtual channel of that port.
    pub wants_vc: u8,
    /// Free places in the buffer behind it \[flits\].
    pub credits: u16,
    /// Why that is no way on.
    pub obstacle: Obstacle,
    /// The packet in the way.
    pub blocker: Option<String>,
    /// Switch where it waits itself.
    pub blocker_switch: u32,
    /// Input port there.
    pub blocker_port: u32,
    /// Virtual channel of that port.
    pub blocker_vc: u8,
}

/// Why an output virtual channel is no way on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Obstacle {
    /// Another packet holds it.
    Held,
    /// The buffer behind it has no room.
    NoRoom,
}

/// `deadlock.csv` being written, a point after the other.
pub struct DeadlockTable<W: Write> {
    table: csv::Writer<W>,
}

impl<W: Write> DeadlockTable<W> {
    /// Starts the table.
    pub fn new(out: W) -> Self {
        Self {
            table: csv::Writer::from_writer(out),
        }
    }

    /// Adds the cycle of the point that is row `point` (from 0) of `points.csv`; `port` is the number that a port has in the
    /// fabric.
    ///
    /// # Errors
    /// What the table's writer says.
    pub fn point(
        &mut self,
        point: usize,
        waiting: &[Waiting],
        port: impl Fn(PortRef) -> u32,
    ) -> io::Result<()> {
        for (order, member) in waiting.iter().enumerate() {
            for wanted in &member.wants {
                self.table.serialize(row(point, order, (member, wanted), &port))?;
            }
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

fn row(
    point: usize,
    order: usize,
    (member, wanted): (&Waiting, &Wanted),
    number: impl Fn(PortRef) -> u32,
) -> DeadlockRow {
    let port = |switch, port| number(PortRef { switch, port });
    let Packet {
        created,
        dest,
        source,
        flits,
        ..
    } = member.packet;
    let blocker = &wanted.blocker;
    DeadlockRow {
        point,
        order,
        packet: member.packet.name(),
        source,
        destination: dest,
        created,
        flits,
        at_switch: member.switch,
        in_port: port(member.switch, member.port),
        in_vc: member.vc,
        buffered: member.buffered,
        since: member.since,
        wants_port: port(member.switch, wanted.port),
        wants_vc: wanted.vc,
        credits: wanted.credits,
        obstacle: match blocker.is_holder {
            true => Obstacle::Held,
            false => Obstacle::NoRoom,
        },
        blocker: blocker.packet.name(),
        blocker_switch: blocker.switch,
        blocker_port: port(blocker.switch, blocker.port),
        blocker_vc: blocker.vc,
    }
}

/// The rows of a folder's table; none where it has none.
///
/// # Errors
/// What is wrong with the table, with the line.
pub fn read_deadlocks(folder: &Path) -> io::Result<Vec<DeadlockRow>> {
    let file = match File::open(folder.join(DEADLOCK)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let rows = csv::Reader::from_reader(file).into_deserialize();
    rows.map(|row| row.map_err(io::Error::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deadlock::Blocker;

    fn packet(source: Option<u32>, number: Option<u64>) -> Packet {
        Packet {
            created: 80,
            dest: 5,
            source,
            number,
            flits: number.map(|_| 4),
            hops: None,
        }
    }

    fn waiting() -> Waiting {
        let wanted = |vc, is_holder| Wanted {
            port: 0,
            vc,
            credits: 3 * u16::from(vc),
            blocker: Blocker {
                packet: packet(None, None),
                switch: 2,
                port: 1,
                vc,
                is_holder,
            },
        };
        Waiting {
            packet: packet(Some(3), Some(7)),
            switch: 1,
            port: 1,
            vc: 0,
            buffered: 4,
            since: Some(1024),
            wants: vec![wanted(0, false), wanted(1, true)],
        }
    }

    #[test]
    fn a_row_for_each_virtual_channel_that_is_waited_for() {
        let mut out = Vec::new();
        let mut table = DeadlockTable::new(&mut out);
        table.point(2, &[waiting()], |at| at.port.into()).unwrap();
        table.finish().unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "point,order,packet,source,destination,created,flits,at_switch,in_port,in_vc,buffered,since,wants_port,\
             wants_vc,credits,obstacle,blocker,blocker_switch,blocker_port,blocker_vc\n\
             2,0,3:7,3,5,80,4,1,1,0,4,1024,0,0,0,no-room,,2,1,0\n\
             2,0,3:7,3,5,80,4,1,1,0,4,1024,0,1,3,held,,2,1,1\n"
        );
    }

    #[test]
    fn rows_are_read_as_they_were_written() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read_deadlocks(folder.path()).unwrap(), []);
        let mut table = DeadlockTable::new(File::create(folder.path().join(DEADLOCK)).unwrap());
        table.point(0, &[waiting()], |at| at.port.into()).unwrap();
        table.finish().unwrap();
        let expected: Vec<_> = waiting()
            .wants
            .iter()
            .map(|wanted| row(0, 0, (&waiting(), wanted), |at| at.port.into()))
            .collect();
        assert_eq!(read_deadlocks(folder.path()).unwrap(), expected);
        std::fs::write(folder.path().join(DEADLOCK), "point,order\n0,zero\n").unwrap();
        assert!(read_deadlocks(folder.path()).is_err());
    }
}
