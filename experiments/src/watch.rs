//! `--watch`: the timetable of chosen packets, every stage and cycle.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::str::FromStr;

use fabricsim_core::{PortRef, WatchEvent, WatchRequest, WatchStage};
use thiserror::Error;

/// A packet on the command line: `TERMINAL:NUMBER`, the NUMBER-th packet (from 0) that TERMINAL creates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchedPacket(pub WatchRequest);

/// A text that names no packet.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("a packet is TERMINAL:NUMBER, such as 12:0 for the first packet that terminal 12 creates")]
pub struct NoPacket;

impl FromStr for WatchedPacket {
    type Err = NoPacket;

    fn from_str(text: &str) -> Result<Self, NoPacket> {
        let (terminal, packet) = text.split_once(':').ok_or(NoPacket)?;
        Ok(Self(WatchRequest {
            terminal: terminal.parse().map_err(|_| NoPacket)?,
            packet: packet.parse().map_err(|_| NoPacket)?,
        }))
    }
}

/// The timetable of the watched packets as an aligned table, packet after packet and flit after flit. `switch`
/// names a switch in words. A packet of `requests` without any event was not created in the run.
pub fn timetable(requests: &[WatchRequest], events: &[WatchEvent], switch: &dyn Fn(u32) -> String) -> String {
    let mut flits: BTreeMap<(u32, u64, u16), Vec<&WatchEvent>> = BTreeMap::new();
    for event in events {
        let key = (event.packet.terminal, event.packet.packet, event.flit);
        flits.entry(key).or_default().push(event);
    }
    let mut text = String::new();
    for request in requests {
        let of_packet = (request.terminal, request.packet, 0)..=(request.terminal, request.packet, u16::MAX);
        let mut rows: Vec<[String; 4]> = vec![["cycle", "flit", "stage", "where"].map(str::to_owned)];
        rows.extend(
            flits
                .range(of_packet)
                .flat_map(|(_, events)| events)
                .map(|event| row(event, switch)),
        );
        // Writing to a string can't fail.
        let _ = writeln!(text, "packet {}:{}", request.terminal, request.packet);
        if rows.len() == 1 {
            let _ = writeln!(text, "  not created in this run");
            continue;
        }
        push_aligned(&mut text, &rows);
    }
    text
}

fn row(event: &WatchEvent, switch: &dyn Fn(u32) -> String) -> [String; 4] {
    let place = |at: PortRef| format!("{} port {}", switch(at.switch), at.port);
    let channel = |at: PortRef, vc: u8| format!("{} VC {vc}", place(at));
    let (stage, place) = match event.stage {
        WatchStage::Created { dest, flits } => ("created", format!("for terminal {dest}, {flits} flits")),
        WatchStage::Injected { vc } => ("injected", format!("VC {vc}")),
        WatchStage::Arrived { at, vc } => ("arrived", channel(at, vc)),
        WatchStage::Routed { at } => ("routed", place(at)),
        WatchStage::VcAllocated { at, vc } => ("VC allocated", channel(at, vc)),
        WatchStage::SwitchAllocated { at, vc } => ("switch allocated", channel(at, vc)),
        WatchStage::Departed { at } => ("departed", place(at)),
        WatchStage::Ejected { terminal } => ("ejected", format!("terminal {terminal}")),
    };
    [
        event.cycle.to_string(),
        event.flit.to_string(),
        stage.to_owned(),
        place,
    ]
}

/// Adds the rows, indented, numbers to the right and words to the left.
fn push_aligned(text: &mut String, rows: &[[String; 4]]) {
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let (cycle, flit, stage) = (width(0), width(1), width(2));
    for [at, number, what, place] in rows {
        let _ = writeln!(text, "  {at:>cycle$}  {number:>flit$}  {what:<stage$}  {place}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_is_a_terminal_and_a_number() {
        let packet = WatchRequest {
            terminal: 12,
            packet: 3,
        };
        assert_eq!("12:3".parse(), Ok(WatchedPacket(packet)));
        for text in ["12", "12:", ":3", "a:b", "-1:0", "1:2:3", ""] {
            assert_eq!(text.parse::<WatchedPacket>(), Err(NoPacket), "{text}");
        }
    }

    #[test]
    fn events_are_listed_flit_after_flit_under_their_packet() {
        let request = |terminal| WatchRequest { terminal, packet: 0 };
        let event = |cycle, flit, stage| WatchEvent {
            cycle,
            packet: request(3),
            flit,
            stage,
        };
        let at = PortRef { switch: 1, port: 4 };
        let events = [
            event(9, 0, WatchStage::Created { dest: 5, flits: 2 }),
            event(10, 0, WatchStage::Arrived { at, vc: 2 }),
            event(11, 1, WatchStage::Arrived { at, vc: 2 }),
            event(12, 0, WatchStage::Ejected { terminal: 5 }),
        ];
        assert_eq!(
            timetable(&[request(3), request(4)], &events, &|switch| format!(
                "({switch},0)"
            )),
            "packet 3:0\n\
             \x20 cycle  flit  stage    where\n\
             \x20     9     0  created  for terminal 5, 2 flits\n\
             \x20    10     0  arrived  (1,0) port 4 VC 2\n\
             \x20    12     0  ejected  terminal 5\n\
             \x20    11     1  arrived  (1,0) port 4 VC 2\n\
             packet 4:0\n\
             \x20 not created in this run\n"
        );
    }
}
