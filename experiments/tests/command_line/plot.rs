//! `fabricsim plot`.

use std::fs;

use crate::desk::{Desk, small};

#[test]
fn pictures_are_drawn_again_as_they_were() {
    let desk = Desk::new();
    desk.file("a.ron", &small("a", "Load([0.1, 0.3])"));
    desk.fabricsim(&["run", "a.ron"]).ends(0);
    let drawn = desk.read("results/a/latency.svg");
    fs::remove_file(desk.path("results/a/latency.svg")).unwrap();
    desk.fabricsim(&["plot", "results/a"])
        .ends(0)
        .tells("results/a: latency.svg");
    assert_eq!(desk.read("results/a/latency.svg"), drawn);
}

#[test]
fn several_results_share_pictures() {
    let desk = Desk::new();
    for name in ["first", "second"] {
        desk.file(&format!("{name}.ron"), &small(name, "Load([0.1, 0.3])"));
        desk.fabricsim(&["run", &format!("{name}.ron")]).ends(0);
    }
    desk.fabricsim(&["plot", "results/first", "results/second"])
        .ends(2)
        .complains("`--out DIR`");
    desk.fabricsim(&["plot", "results/first", "results/second", "--out", "both"])
        .ends(0);
    let picture = desk.read("both/latency.svg");
    assert!(picture.contains("first") && picture.contains("second"));
}

#[test]
fn what_is_no_result_is_refused() {
    let desk = Desk::new();
    desk.file("notes/a.txt", "");
    desk.fabricsim(&["plot", "notes"])
        .ends(2)
        .complains("`notes` is no folder of results");
}
