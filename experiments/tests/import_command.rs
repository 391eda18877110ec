//! `fabricsim import` on the command line: what it writes, `check` and `run` take.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

fn fabricsim(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("fabricsim").unwrap();
    command.current_dir(folder);
    command
}

/// Standard output, standard error and exit code.
fn outcome(command: &mut Command) -> (String, String, i32) {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        text(&output.stdout),
        text(&output.stderr),
        output.status.code().unwrap(),
    )
}

fn folder_with(name: &str, text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    folder
}

const SMALL: &str = "// A small torus.
topology = torus;
k = 4; n = 2;
routing_function = dim_order;
num_vcs = 4;
packet_size = 2;
traffic = tornado;
injection_rate = 0.05;
sample_period = 200;
sim_count = 2;
";

#[test]
fn what_is_imported_checks_and_runs() {
    let folder = folder_with("small.cfg", SMALL);
    let here = folder.path();
    let mut import = fabricsim(here);
    let (out, err, code) =
        outcome(import.args(["import", "booksim2", "small.cfg", "vc_buf_size=4", "--out", "."]));
    assert_eq!((out.as_str(), code), ("", 0), "{err}");
    assert!(err.starts_with("note: small.cfg:10:13: sim_count = 2: "), "{err}");

    let (_, err, code) = outcome(fabricsim(here).args(["check", "small.ron"]));
    assert_eq!(code, 0, "{err}");
    let (out, err, code) = outcome(fabricsim(here).args(["run", "small.ron"]));
    assert_eq!(code, 0, "{out}{err}");
    let points = fs::read_to_string(here.join("results/small/points.csv")).unwrap();
    assert_eq!(points.lines().count(), 3, "{points}");
}

#[test]
fn every_reference_configuration_passes_check() {
    let booksim2 = Path::new(env!("CARGO_MANIFEST_DIR")).join("validation/booksim2");
    let (_, err, code) = outcome(fabricsim(&booksim2).args(["check", "."]));
    assert_eq!(code, 0, "{err}");
}

#[test]
fn standard_output_and_files_get_the_same_text() {
    let folder = folder_with("small.cfg", SMALL);
    let here = folder.path();
    let (printed, _, _) = outcome(fabricsim(here).args(["import", "booksim2", "small.cfg"]));
    outcome(fabricsim(here).args(["import", "booksim2", "small.cfg", "--out", "new/small.ron"]));
    assert_eq!(fs::read_to_string(here.join("new/small.ron")).unwrap(), printed);
    outcome(fabricsim(here).args(["import", "booksim2", "small.cfg", "--out", "other name.ron"]));
    let named = fs::read_to_string(here.join("other name.ron")).unwrap();
    assert!(named.contains("name: \"other-name\""), "{named}");
}

#[test]
fn keys_without_effect_are_named_when_asked_for() {
    let folder = folder_with(
        "small.cfg",
        &format!("{SMALL}print_activity = 1;\nsim_count = 1;\n"),
    );
    let here = folder.path();
    let (_, err, _) = outcome(fabricsim(here).args(["import", "booksim2", "small.cfg"]));
    assert_eq!(err, "");
    let (_, err, _) = outcome(fabricsim(here).args(["import", "booksim2", "small.cfg", "--verbose"]));
    assert_eq!(
        err,
        "note: print_activity = 1: changes nothing that is simulated\n"
    );
}

#[test]
fn mistakes_end_with_code_2_and_their_place() {
    let folder = folder_with(
        "bad.cfg",
        "topology = torus;\nrouting_function = dim_order;\nnum_vc = 4;\n",
    );
    for (arguments, place) in [
        (&["bad.cfg"][..], "bad.cfg:3:1"),
        (&["bad.cfg", "k=8.5"], "bad.cfg:3:1"),
        (&["absent.cfg"], "cannot read absent.cfg"),
        (&["k=8"], "there is no configuration file"),
    ] {
        let (out, err, code) = outcome(
            fabricsim(folder.path())
                .args(["import", "booksim2"])
                .args(arguments),
        );
        assert_eq!((out.as_str(), code), ("", 2), "{arguments:?}");
        assert!(err.starts_with("error: ") && err.contains(place), "{err}");
    }
}
