//! `deadlock.svg`, `deadlock.png`: the cycle of channels on its fabric.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use fabricsim_topologies::graph::End;
use fabricsim_viz::RenderError;

use super::cycle_picture::{HeldChannel, Words, picture};
use crate::axes;
use crate::experiment::Plan;
use crate::store::atomic;
use crate::tables::{DEADLOCK, DeadlockRow, read_deadlocks};

/// The names of the pictures.
pub const PICTURES: [&str; 2] = ["deadlock.svg", "deadlock.png"];

/// What became of the picture of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deadlock {
    /// No point ended in a deadlock.
    None,
    /// It was drawn.
    Drawn,
    /// It can't be drawn, and why.
    LeftOut(String),
}

/// Draws the first deadlock of the folder `results`, whose experiment is `plan`, into the folder `out`.
///
/// # Errors
/// Where the table can't be read or a picture not be written.
pub fn draw(results: &Path, plan: &Plan, out: &Path) -> io::Result<Deadlock> {
    let mut rows = read_deadlocks(results)?;
    let Some(point) = rows.first().map(|row| row.point) else {
        return Ok(Deadlock::None);
    };
    rows.retain(|row| row.point == point);
    // Of each packet the first row is what it waits for in the cycle.
    rows.dedup_by_key(|row| row.order);
    let Some(of_plan) = plan.points.get(point) else {
        let reason = format!("{DEADLOCK} is of another experiment");
        return Ok(Deadlock::LeftOut(reason));
    };
    let words = Words {
        title: format!("{}: deadlock", axes::title(plan, of_plan)),
        do_what: "wait in a cycle",
        arrow_key: "a channel whose first packet waits for that of the next",
    };
    let cycle: Vec<HeldChannel> = rows.iter().map(held).collect();
    match picture(words, &of_plan.spec.fabric.topology, &cycle) {
        Ok(picture) => {
            let rendered = |error: RenderError| io::Error::other(error.to_string());
            let svg = picture.svg().map_err(rendered)?;
            let png = picture.png().map_err(rendered)?;
            for (name, bytes) in PICTURES.into_iter().zip([svg.as_bytes(), &png]) {
                atomic::write(&out.join(name), |file| file.write_all(bytes))?;
            }
            Ok(Deadlock::Drawn)
        }
        Err(reason) => {
            for name in PICTURES {
                match fs::remove_file(out.join(name)) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
            Ok(Deadlock::LeftOut(reason))
        }
    }
}

/// What the packet of a row holds.
fn held(row: &DeadlockRow) -> HeldChannel {
    HeldChannel {
        into: End {
            switch: row.at_switch,
            port: row.in_port,
        },
        vcs: BTreeSet::from([row.in_vc]),
    }
}
