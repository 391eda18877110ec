//! A deadlock that is shown before the run, as a picture.

use std::path::Path;

use fabricsim_topologies::{Channel, Proof};

use super::cycle_picture::{HeldChannel, Words, picture};
use crate::axes;
use crate::commands::Failure;
use crate::experiment::{Plan, Point};
use crate::fabric::Fabric;
use crate::prepare::Prepared;
use crate::topology::write_picture;

/// Draws the cycle of the first point that can deadlock into a file, SVG or PNG by its name; what was done, in a line.
/// `None` where no deadlock is shown.
///
/// # Errors
/// A name of neither, a fabric that can't be drawn, what the system says.
pub fn draw_shown(prepared: &Prepared, path: &Path) -> Result<Option<String>, Failure> {
    let mut points = prepared.plan.points.iter().zip(&prepared.points);
    let shown = points.find_map(|(point, prepared)| match &*prepared.proof {
        Proof::Deadlock { cycle, .. } => Some((point, &prepared.fabric, cycle)),
        _ => None,
    });
    let Some((point, fabric, cycle)) = shown else {
        return Ok(None);
    };
    let mut cycle: Vec<HeldChannel> = cycle.iter().filter_map(|channel| held(fabric, channel)).collect();
    // From the switch on that the words of the proof begin with.
    cycle.rotate_right(1);
    let words = words(&prepared.plan, point);
    let picture = picture(words, &fabric.spec.topology, &cycle).map_err(Failure::Wrong)?;
    write_picture(&picture, path)?;
    Ok(Some(format!("drawn {}\n", path.display())))
}

fn words(plan: &Plan, point: &Point) -> Words<'static> {
    Words {
        title: format!("{}: a possible deadlock", axes::title(plan, point)),
        do_what: "can wait in a cycle",
        arrow_key: "a channel whose first packet can wait for that of the next",
    }
}

/// The buffer that a channel fills.
fn held(fabric: &Fabric, channel: &Channel) -> Option<HeldChannel> {
    let into = fabric.network().link(channel.from)?.to;
    Some(HeldChannel {
        into: fabric.end_of(into),
        vcs: (channel.first_vc..channel.first_vc + channel.vcs).collect(),
    })
}
