//! A deadlock in a few lines.

use super::names::Names;
use super::prevention::prevention;
use super::waiting::{Waiting, Wanted};
use crate::experiment::PhysicalPoint;
use crate::prepare::PreparedPoint;
use crate::record::Measured;
use crate::tables::DEADLOCK;
use crate::units;

/// Of more packets the first are told, and the last.
const MOST_TOLD: usize = 6;
const FIRST_TOLD: usize = 3;

/// Which packet waits where for which, a line each, and what would have prevented it. Empty where none wait.
pub fn explanation(
    measured: &Measured,
    point: &PreparedPoint,
    physical: Option<&PhysicalPoint>,
    indent: &str,
) -> String {
    let waiting = &measured.waiting;
    if waiting.is_empty() {
        return String::new();
    }
    let names = Names(point.fabric.grid());
    let found = measured.cycles;
    let told = |member: &Waiting| {
        [
            names.packet(&member.packet),
            place(member, names),
            wish(member, names),
        ]
    };
    let left_out = match waiting.len() {
        ..=MOST_TOLD => 0,
        all => all - FIRST_TOLD - 1,
    };
    let (first, last) = match left_out {
        0 => (waiting.len(), waiting.len()),
        _ => (FIRST_TOLD, waiting.len() - 1),
    };
    let rows: Vec<[String; 3]> = waiting[..first]
        .iter()
        .chain(&waiting[last..])
        .map(told)
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let [packet, place] = [0, 1].map(|column| width(column).unwrap_or(0));
    let mut lines: Vec<String> = rows
        .iter()
        .map(|[name, stands, wants]| format!("{name:<packet$}  {stands:<place$}  {wants}"))
        .collect();
    if left_out > 0 {
        lines.insert(first, format!("… {left_out} more, all in {DEADLOCK}"));
    }
    lines.push(duration(waiting, found, physical));
    lines.extend(prevention(&point.fabric.spec, &point.proof).map(|help| format!("help: {help}")));
    lines.iter().map(|line| format!("{indent}{line}\n")).collect()
}

/// `(4,1) → (1,1), 8 flits, in (5,1) -x VC 0`.
fn place(member: &Waiting, names: Names) -> String {
    let packet = &member.packet;
    let flits = packet
        .flits
        .map(|flits| format!(", {}", crate::terminal::count(flits.into(), "flit")));
    format!(
        "{}{}, in {} {}",
        names.way(packet),
        flits.unwrap_or_default(),
        names.switch(member.switch),
        names.channel(member.port, member.vc)
    )
}

/// `waits for +x VC 0, which 13:30 holds`, `waits for room behind +x VC 0, 0 credits, where 13:30 is in front`.
fn wish(member: &Waiting, names: Names) -> String {
    let Some((next, others)) = member.wants.split_first() else {
        return String::new();
    };
    let others = match others.len() {
        0 => String::new(),
        others => format!("; the same of {}", crate::terminal::count(others, "other VC")),
    };
    format!("{}{others}", obstacle(next, names))
}

fn obstacle(wanted: &Wanted, names: Names) -> String {
    let channel = names.channel(wanted.port, wanted.vc);
    let blocker = names.packet(&wanted.blocker.packet);
    if wanted.blocker.is_holder {
        return format!("waits for {channel}, held by {blocker}");
    }
    let credits = crate::terminal::count(wanted.credits.into(), "credit");
    format!("waits for {channel}, {credits}: {blocker} fills the buffer behind it")
}

/// `found in cycle 3072; none of them has moved for 1024 cycles or longer`.
fn duration(waiting: &[Waiting], found: u64, physical: Option<&PhysicalPoint>) -> String {
    let when = match physical {
        Some(_) => format!("after {}", units::whole_time(found, physical)),
        None => format!("in cycle {found}"),
    };
    let shortest: Option<Vec<u64>> = waiting.iter().map(|member| member.since).collect();
    let stood = shortest.and_then(|since| since.into_iter().max());
    match stood {
        Some(since) => {
            let stood = units::whole_time(found - since, physical);
            format!("found {when}; none of them has moved for {stood} or longer")
        }
        None => format!("found {when}"),
    }
}
