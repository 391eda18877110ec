//! A deadlock in a few lines.

use fabricsim_core::PortRef;

use super::names::Names;
use super::prevention::prevention;
use super::waiting::Waiting;
use crate::experiment::PhysicalPoint;
use crate::prepare::PreparedPoint;
use crate::record::Measured;
use crate::tables::DEADLOCK;
use crate::terminal::count;
use crate::units;

/// Of more packets the first are told, and the last.
const MOST_TOLD: usize = 6;
const FIRST_TOLD: usize = 3;

/// Which packet waits in which channels for which, a line each, and what would have prevented it. Empty where none wait.
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
    let names = Names(&point.fabric);
    let packets = by_packet(waiting);
    let left_out = match packets.len() {
        ..=MOST_TOLD => 0,
        all => all - FIRST_TOLD - 1,
    };
    let (first, last) = match left_out {
        0 => (packets.len(), packets.len()),
        _ => (FIRST_TOLD, packets.len() - 1),
    };
    let told = packets[..first].iter().chain(&packets[last..]);
    let rows: Vec<[String; 3]> = told.map(|members| row(members, names)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let [packet, place] = [0, 1].map(|column| width(column).unwrap_or(0));
    let mut lines: Vec<String> = rows
        .iter()
        .map(|[name, stands, wants]| format!("{name:<packet$}  {stands:<place$}  {wants}"))
        .collect();
    if left_out > 0 {
        lines.insert(first, format!("… {left_out} more, all in {DEADLOCK}"));
    }
    lines.push(duration(waiting, measured.cycles, physical));
    lines.extend(prevention(&point.fabric.spec, &point.proof).map(|help| format!("help: {help}")));
    lines.iter().map(|line| format!("{indent}{line}\n")).collect()
}

/// Members of the cycle by packet: the channels that it fills, one after the other.
pub fn by_packet(waiting: &[Waiting]) -> Vec<Vec<&Waiting>> {
    let is_same = |a: &&Waiting, b: &&Waiting| a.packet.is_like(&b.packet);
    // A cycle has no beginning: its first packet may begin at its end.
    let starts = |&i: &usize| i > 0 && !is_same(&&waiting[i - 1], &&waiting[i]);
    let goes_on = waiting
        .first()
        .zip(waiting.last())
        .is_some_and(|(a, b)| is_same(&a, &b));
    let start = match goes_on {
        true => (0..waiting.len()).rev().find(starts).unwrap_or(0),
        false => 0,
    };
    let members: Vec<&Waiting> = waiting[start..].iter().chain(&waiting[..start]).collect();
    members.chunk_by(is_same).map(<[_]>::to_vec).collect()
}

/// A packet, where it stands, and what it waits for.
fn row(members: &[&Waiting], names: Names) -> [String; 3] {
    let (Some(tail), Some(head)) = (members.first(), members.last()) else {
        return Default::default();
    };
    let name = head.packet.name().unwrap_or_else(|| "a packet".to_owned());
    let flits = head
        .packet
        .flits
        .map(|flits| format!(", {}", count(flits.into(), "flit")));
    let place = |member: &Waiting| {
        let channel = names.channel(
            PortRef {
                switch: member.switch,
                port: member.port,
            },
            member.vc,
        );
        format!("{} {channel}", names.switch(member.switch))
    };
    let places = match members.len() {
        1 => place(head),
        2 => format!("{} and {}", place(tail), place(head)),
        _ => format!("{} to {}", place(tail), place(head)),
    };
    let way = names.way(&head.packet);
    let stands = format!("{way}{}, in {places}", flits.unwrap_or_default());
    [name, stands, wish(head, names)]
}

/// `waits for +x VC 0, held by 13:30`, `waits for room in +x VC 0, 0 credits, behind 13:30`.
fn wish(member: &Waiting, names: Names) -> String {
    let Some((next, others)) = member.wants.split_first() else {
        return String::new();
    };
    let wanted = PortRef {
        switch: member.switch,
        port: next.port,
    };
    let channel = names.channel(wanted, next.vc);
    let blocker = names.packet(&next.blocker.packet);
    let wish = match next.blocker.is_holder {
        true => format!("waits for {channel}, held by {blocker}"),
        false => {
            let credits = count(next.credits.into(), "credit");
            format!("waits for room in {channel}, {credits}, behind {blocker}")
        }
    };
    match others.len() {
        0 => wish,
        others => format!("{wish}, or for {}", count(others, "other VC")),
    }
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
