//! `fabricsim check`: what is known without simulating.

use serde_json::Value;

use crate::desk::{Desk, case, small};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn it_tells_all_and_simulates_nothing() {
    let desk = Desk::new();
    desk.file("torus-8x8.ron", &case("torus-8x8.ron"));
    desk.fabricsim(&["check", "torus-8x8.ron"])
        .ends(0)
        .tells("        routing_delay: 1,\n")
        .tells("vc_reallocation: NonAtomic")
        .tells("unloaded 31.00 cycles mean, 55 cycles worst   bound 1.0000 flits/terminal/cycle")
        .tells("  deadlock-free: over every route between 64 terminals, ")
        .tells("  memory ");
    assert!(!desk.path("results").exists());
}

#[test]
fn arguments_of_a_sweep_say_whose_they_are() {
    let desk = Desk::new();
    desk.file("compare-routings.ron", &case("compare-routings.ron"));
    desk.fabricsim(&["check", "compare-routings.ron"])
        .ends(0)
        .tells("\n  DimensionOrder: deadlock-free: over every route")
        .tells("\n  Valiant: deadlock-free: two phases")
        .tells("\n  MinimalAdaptive: deadlock-free: a packet in front");
}

#[test]
fn what_it_prints_is_an_experiment() {
    let desk = Desk::new();
    desk.file("a.ron", &small("a", "Load([0.1, 0.2]), Seed([1, 2])"));
    let first = desk.fabricsim(&["check", "a.ron"]).ends(0).stdout;
    let experiment = first.split("\n\n").next().unwrap();
    desk.file("b.ron", experiment);
    let second = desk.fabricsim(&["check", "b.ron"]).ends(0).stdout;
    assert_eq!(second.split("\n\n").next(), Some(experiment));
}

#[test]
fn json_has_the_axes_and_the_figures_of_every_point() {
    let desk = Desk::new();
    desk.file("torus-8x8.ron", &case("torus-8x8.ron"));
    let checked = json(
        &desk
            .fabricsim(&["check", "--json", "torus-8x8.ron"])
            .ends(0)
            .stdout,
    );
    assert_eq!(checked["name"], "torus-8x8");
    assert!(checked["memory_bytes"].as_u64().unwrap() > 10_000);
    let points = checked["points"].as_array().unwrap();
    assert_eq!(points.len(), 5);
    let point = &points[2];
    for (axis, value) in [
        ("load", Value::from(0.3)),
        ("rate_gbps", Value::Null),
        ("routing", "DimensionOrder".into()),
        ("pattern", "Uniform".into()),
        ("topology", "Torus(sides: [8, 8])".into()),
        ("virtual_channels", 8.into()),
        ("buffer_flits", 8.into()),
        ("packet_flits", 1.into()),
        ("seed", 1.into()),
        ("channel_bound", 1.0.into()),
        ("capacity_bound", 1.0.into()),
        ("deadlock_free", true.into()),
    ] {
        assert_eq!(point[axis], value, "{axis}");
    }
    let latency = point["zero_load_latency"].as_f64().unwrap();
    assert!((latency - 31.0).abs() < 1e-9, "{latency}");
    assert!(point["argument"].as_str().unwrap().contains("no cycle"));
}

#[test]
fn json_answers_for_a_deadlock_too() {
    let desk = Desk::new();
    desk.file("bad-deadlock.ron", &case("bad-deadlock.ron"));
    let said = desk
        .fabricsim(&["check", "--json", "bad-deadlock.ron"])
        .ends(2)
        .complains("can deadlock");
    let checked = json(&said.stdout);
    assert_eq!(checked["points"][0]["deadlock_free"], false);
    assert!(
        checked["points"][0]["argument"]
            .as_str()
            .unwrap()
            .contains("ring y=0 in +x")
    );
}

#[test]
fn a_fabric_of_one_switch_has_no_channel_bound_and_says_why() {
    let desk = Desk::new();
    desk.file("one.ron", &small("one", "").replace("[4, 4]", "[1]"));
    let checked = json(&desk.fabricsim(&["check", "--json", "one.ron"]).ends(0).stdout);
    assert_eq!(checked["points"][0]["channel_bound"], Value::Null);
    assert_eq!(
        checked["points"][0]["bound_reason"],
        "no packet crosses a link between switches"
    );
}

#[test]
fn several_files_are_a_line_of_json_each_and_all_mistakes_are_told() {
    let desk = Desk::new();
    desk.file("all/a.ron", &small("a", ""))
        .file("all/b.ron", &small("b", ""));
    let said = desk.fabricsim(&["check", "--json", "all"]).ends(0);
    let names: Vec<Value> = said
        .stdout
        .lines()
        .map(|line| json(line)["name"].clone())
        .collect();
    assert_eq!(names, ["a", "b"]);

    desk.file("all/bad-field.ron", &case("bad-field.ron"))
        .file("all/bad-deadlock.ron", &case("bad-deadlock.ron"));
    desk.fabricsim(&["check", "all"])
        .ends(2)
        .tells("name: \"a\"")
        .tells("name: \"b\"")
        .complains("bad-field.ron:6:9")
        .complains("bad-deadlock.ron:7:");
}

#[test]
fn it_says_what_a_run_would_find() {
    let desk = Desk::new();
    desk.file("a.ron", &small("a", "Load([0.1])"))
        .file("b.ron", &small("a", "Load([0.1, 0.2])"));
    desk.fabricsim(&["run", "a.ron", "--out", "there"]).ends(0);
    desk.fabricsim(&["check", "b.ron", "--out", "there"])
        .ends(0)
        .tells("1 of 2 points are in there already");
}

#[test]
fn a_million_nodes_are_checked_in_no_time() {
    let desk = Desk::new();
    desk.file("million.ron", &case("million.ron"));
    let said = desk.fabricsim(&["check", "--json", "million.ron"]).ends(0);
    let checked = json(&said.stdout);
    assert_eq!(checked["points"][0]["deadlock_free"], true);
    // Two links away, three switches.
    assert_eq!(checked["points"][0]["channel_bound"], 1.0);
}

/// Dally & Towles's worst case of dimension order on an 8x8 torus (theory.md, section 1).
#[test]
fn the_worst_permutation_is_told_with_its_bound() {
    let desk = Desk::new();
    desk.file("t.ron", &case("torus-8x8.ron"));
    desk.fabricsim(&["check", "t.ron"])
        .ends(0)
        .tells("\n  worst permutation: bound 0.2857 flits/terminal/cycle on (");
    let checked = json(&desk.fabricsim(&["check", "--json", "t.ron"]).ends(0).stdout);
    let worst = &checked["points"][0]["worst_case"];
    assert!((worst["channel_bound"].as_f64().unwrap() - 2.0 / 7.0).abs() < 1e-9);
    assert_eq!(worst["destinations"].as_array().unwrap().len(), 64);
    assert_eq!(worst["link"].as_array().unwrap().len(), 2);

    let adaptive = small("a", "").replace("DimensionOrder", "MinimalAdaptive");
    desk.file(
        "a.ron",
        &adaptive.replace("virtual_channels: 2", "virtual_channels: 3"),
    );
    let checked = json(&desk.fabricsim(&["check", "--json", "a.ron"]).ends(0).stdout);
    let worst = &checked["points"][0]["worst_case"];
    assert!(worst["channel_bound"].is_null());
    assert!(
        worst["reason"]
            .as_str()
            .unwrap()
            .starts_with("the routing is adaptive")
    );
}

const RING: &str = "Experiment(
    name: \"ring\",
    fabric: Fabric(topology: Ring(switches: 8), routing: ShortestPath, switch: Switch(virtual_channels: 1)),
    traffic: [Traffic(pattern: Uniform, load: 0.1)],
)";

#[test]
fn a_shown_deadlock_is_told_with_its_packets_and_the_least_change() {
    let desk = Desk::new();
    desk.file("ring.ron", RING);
    desk.fabricsim(&["check", "ring.ron"])
        .ends(2)
        .complains("around 8 channels, no cycle is shorter")
        .complains("a packet from terminal 0 to terminal 2 holds ")
        .complains("and so on, 4 more")
        .complains("help: 4 virtual channels break it; `UpDown` needs 1; `allow_deadlock: true`");
    for (vcs, code) in [(3, 2), (4, 0)] {
        desk.file(
            "some.ron",
            &RING.replace("channels: 1", &format!("channels: {vcs}")),
        );
        desk.fabricsim(&["check", "some.ron"]).ends(code);
    }
    let classes = "virtual_channels: 2, message_classes: 2";
    desk.file("two.ron", &RING.replace("virtual_channels: 1", classes));
    desk.fabricsim(&["check", "two.ron"])
        .ends(2)
        .complains("help: 4 virtual channels for each message class break it");
}

#[test]
fn a_shown_deadlock_is_drawn() {
    let desk = Desk::new();
    desk.file("ring.ron", RING)
        .file("bad-deadlock.ron", &case("bad-deadlock.ron"))
        .file("good.ron", &small("good", ""));
    for file in ["ring.ron", "bad-deadlock.ron"] {
        desk.fabricsim(&["check", "--draw", "cycle.svg", file])
            .ends(2)
            .complains("drawn cycle.svg");
        let svg = desk.read("cycle.svg");
        assert!(
            svg.contains("packets in 8 channels of VC 0 can wait in a cycle"),
            "{svg}"
        );
    }
    desk.fabricsim(&["check", "--draw", "none.svg", "good.ron"])
        .ends(0)
        .complains("nothing to draw in none.svg: no deadlock was shown");
    desk.fabricsim(&["check", "--draw", "cycle.txt", "ring.ron"])
        .ends(2)
        .complains("pictures end in `.svg` or `.png`");
}
