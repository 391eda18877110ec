//! `fabricsim plot`.

use std::fs;

use crate::desk::{Desk, small};

#[test]
fn pictures_are_drawn_again_as_they_were() {
    let desk = Desk::new();
    desk.file("a.ron", &small("a", "Load([0.1, 0.3])"));
    desk.fabricsim(&["run", "a.ron"]).ends(0);
    let pictures = ["latency", "throughput", "latency-cdf", "utilisation"];
    let pictures = pictures.map(|name| format!("results/a/{name}.svg"));
    let drawn = pictures.each_ref().map(|picture| desk.read(picture));
    for picture in &pictures {
        fs::remove_file(desk.path(picture)).unwrap();
    }
    desk.fabricsim(&["plot", "results/a"])
        .ends(0)
        .tells("results/a: latency.svg")
        .tells("utilisation.svg utilisation.png");
    assert_eq!(pictures.each_ref().map(|picture| desk.read(picture)), drawn);
}

#[test]
fn a_picture_that_does_not_apply_is_left_out_with_its_reason() {
    let desk = Desk::new();
    let text = small("a", "Load([0.1])");
    let cube = text.replace("sides: [4, 4]", "sides: [2, 2, 2]");
    assert_ne!(cube, text);
    desk.file("a.ron", &cube);
    desk.fabricsim(&["run", "a.ron"]).ends(0).tells(
        "left out utilisation: `Torus(sides: [2, 2, 2])` is not drawn link by link: it has 3 dimensions",
    );
    assert!(!desk.path("results/a/utilisation.svg").exists());
}

/// A tree in its levels, drawn again from its folder alone.
#[test]
fn links_of_a_graph_are_drawn_on_its_fabric() {
    let desk = Desk::new();
    let text = small("a", "Load([0.1, 0.3])");
    let tree = text.replace("Torus(sides: [4, 4])", "KAryNTree(k: 2, n: 3)");
    let tree = tree.replace("DimensionOrder", "NearestCommonAncestor");
    desk.file("a.ron", &tree);
    desk.fabricsim(&["run", "a.ron"]).ends(0);
    let picture = desk.read("results/a/utilisation.svg");
    assert!(picture.contains("load 0.3, converged") && picture.contains("the hottest link"));
    assert!(picture.contains("l2s0"), "its switches are named");
    fs::remove_file(desk.path("results/a/utilisation.svg")).unwrap();
    desk.fabricsim(&["plot", "results/a"]).ends(0);
    assert_eq!(desk.read("results/a/utilisation.svg"), picture);
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
