//! A deadlock is explained: in the terminal, as a table and as a picture.

use std::collections::BTreeMap;
use std::fs;

use crate::desk::{Desk, case};

/// The experiment of the contract that deadlocks, allowed to.
fn allowed() -> String {
    case("bad-deadlock.ron").replace("routing:", "allow_deadlock: true, routing:")
}

#[test]
fn who_waits_for_whom_is_told() {
    let desk = Desk::new();
    desk.file("a.ron", &allowed());
    let explained = [
        " packets in ",
        " channels wait in a cycle, each for the next: (",
        " 8 flits, in (",
        "waits for room in ",
        ", 0 credits, behind ",
        "none of them has moved for 1024 cycles or longer",
        "      help: 2 virtual channels break it at the dateline, `BubbleDimensionOrder` needs 1\n",
        " deadlock.csv latency.svg",
        " deadlock.svg deadlock.png ",
    ];
    let said = desk.fabricsim(&["run", "a.ron"]).ends(1);
    explained.into_iter().fold(said, |said, part| said.tells(part));
    // What is kept of the point is enough to say it again.
    let again = desk.fabricsim(&["run", "a.ron"]).ends(1);
    explained[..7]
        .iter()
        .fold(again, |said, part| said.tells(part))
        .tells("nothing was simulated");
}

#[test]
fn the_table_leads_around_the_cycle() {
    let desk = Desk::new();
    desk.file("a.ron", &allowed());
    desk.fabricsim(&["run", "a.ron"]).ends(1);
    let table = "results/bad-deadlock/deadlock.csv";
    let place = |columns: [&str; 3]| {
        let [switch, port, vc] = columns.map(|column| desk.column(table, column));
        let rows = switch.into_iter().zip(port).zip(vc);
        rows.map(|((switch, port), vc)| format!("{switch} {port} {vc}"))
            .collect::<Vec<_>>()
    };
    let stands = place(["at_switch", "in_port", "in_vc"]);
    let blocker = place(["blocker_switch", "blocker_port", "blocker_vc"]);
    // With one way on and one virtual channel each packet has one row.
    let next = stands.iter().cycle().skip(1);
    assert!(blocker.iter().zip(next).all(|(blocker, next)| blocker == next));
    let [packets, blockers] = ["packet", "blocker"].map(|column| desk.column(table, column));
    assert!(
        blockers
            .iter()
            .zip(packets.iter().cycle().skip(1))
            .all(|(a, b)| a == b)
    );
    let credits = desk.column(table, "credits");
    let obstacles = desk.column(table, "obstacle");
    for (credits, obstacle) in credits.iter().zip(&obstacles) {
        assert!(obstacle == "held" || (obstacle == "no-room" && credits == "0"));
    }
}

/// The timetable of a packet of the cycle is that of the packet that the table describes.
#[test]
fn packets_are_those_that_can_be_watched() {
    let desk = Desk::new();
    for (name, flits) in [("long", 8), ("short", 1)] {
        let text = allowed()
            .replace("\"bad-deadlock\"", &format!("\"{name}\""))
            .replace("Flits(8)", &format!("Flits({flits})"));
        desk.file(&format!("{name}.ron"), &text);
        desk.fabricsim(&["run", &format!("{name}.ron")]).ends(1);
        let table = format!("results/{name}/deadlock.csv");
        let columns = ["packet", "source", "destination", "created", "flits"];
        let columns: BTreeMap<_, _> = columns.map(|column| (column, desk.column(&table, column))).into();
        let known = columns["packet"].iter().position(|packet| !packet.is_empty());
        let row = known.expect("some packet is known");
        let of = |column: &str| columns[column][row].as_str();
        assert_eq!(of("packet").split(':').next(), Some(of("source")));
        assert_eq!(of("flits"), flits.to_string());
        desk.fabricsim(&["run", &format!("{name}.ron"), "--watch", of("packet")])
            .ends(1);
        let timetable = desk.read(&format!("results/{name}/watch.txt"));
        let created = timetable.lines().find(|line| line.contains("created")).unwrap();
        assert_eq!(
            created.split_whitespace().next(),
            Some(of("created")),
            "{timetable}"
        );
    }
}

#[test]
fn the_picture_is_drawn_again_as_it_was() {
    let desk = Desk::new();
    desk.file("a.ron", &allowed());
    desk.fabricsim(&["run", "a.ron"]).ends(1);
    let picture = "results/bad-deadlock/deadlock.svg";
    let drawn = desk.read(picture);
    assert!(drawn.contains("VC 0") && drawn.contains("(7,7)"));
    let png = fs::read(desk.path("results/bad-deadlock/deadlock.png")).unwrap();
    assert!(png.starts_with(b"\x89PNG"));
    fs::remove_file(desk.path(picture)).unwrap();
    desk.fabricsim(&["plot", "results/bad-deadlock"])
        .ends(0)
        .tells("deadlock.svg deadlock.png");
    assert_eq!(desk.read(picture), drawn);
}

#[test]
fn of_a_large_fabric_the_part_around_it_is_drawn() {
    let desk = Desk::new();
    desk.file("a.ron", &allowed().replace("[8, 8]", "[24, 24]"));
    desk.fabricsim(&["run", "a.ron"]).ends(1);
    let drawn = desk.read("results/bad-deadlock/deadlock.svg");
    assert!(drawn.contains("the part of 576 switches around it"));
    assert!(drawn.matches("<circle").count() < 200);
}

/// What an experiment that deadlocked has left is gone once it does not.
#[test]
fn without_a_deadlock_there_are_no_such_files() {
    let desk = Desk::new();
    desk.file("a.ron", &allowed());
    desk.fabricsim(&["run", "a.ron"]).ends(1);
    desk.file(
        "a.ron",
        &allowed()
            .replace("virtual_channels: 1", "virtual_channels: 2")
            .replace("load: 0.9", "load: 0.1"),
    );
    desk.fabricsim(&["run", "a.ron"]).ends(0);
    for name in ["deadlock.csv", "deadlock.svg", "deadlock.png"] {
        assert!(
            !desk.path(format!("results/bad-deadlock/{name}")).exists(),
            "{name}"
        );
    }
}
