//! Runs that are killed or stopped, at any moment, and go on.

use std::fs;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::desk::Desk;

/// Times that the run is killed.
const KILLS: u32 = 6;

/// More attempts than this to kill a run before its end would be a fault of the test.
const ATTEMPTS: u32 = 60;

const EXPERIMENT: &str = "Experiment(
    name: \"killed\",
    fabric: Fabric(topology: Torus(sides: [8, 8]), routing: DimensionOrder, switch: Switch(virtual_channels: 2)),
    traffic: [Traffic(pattern: Uniform, packet: Flits(2), load: 0.1)],
    sweep: [LoadRange(from: 0.05, to: 0.4, steps: 8), Seed([1, 2, 3])],
    measure: Measure(warmup: Cycles(500), cycles: Cycles(4000), precision: 0.5),
)";

fn spawn(desk: &Desk) -> Child {
    let mut command = desk.command(&["run", "killed.ron", "--threads", "2"]);
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// A fraction from 0 to 1; a Weyl sequence is random enough, and the same every time.
fn fraction(number: u32) -> f64 {
    (f64::from(number) * 0.618_033_988_749_895 + 0.37).fract()
}

/// The table without the column of times.
fn rows(desk: &Desk) -> Vec<Vec<String>> {
    let mut table = csv::Reader::from_path(desk.path("results/killed/points.csv")).unwrap();
    let headers = table.headers().unwrap().clone();
    let timeless = |row: csv::StringRecord| {
        let cells = headers.iter().zip(&row).filter(|&(header, _)| header != "wall_s");
        cells.map(|(_, cell)| cell.to_owned()).collect()
    };
    table.records().map(|row| timeless(row.unwrap())).collect()
}

/// What must hold of a folder at any moment: whatever table is there is whole, and has rows of the true result only.
fn check_folder(desk: &Desk, truth: &[Vec<String>]) {
    if desk.path("results/killed/points.csv").exists() {
        for row in rows(desk) {
            assert!(truth.contains(&row), "{row:?}");
        }
    }
    let Ok(points) = fs::read_dir(desk.path("results/killed/points")) else {
        return;
    };
    for path in points
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().unwrap() == "json")
    {
        let text = fs::read_to_string(&path).unwrap();
        serde_json::from_str::<serde_json::Value>(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}

#[test]
fn killed_again_and_again_it_ends_with_the_same_rows() {
    let undisturbed = Desk::new();
    undisturbed.file("killed.ron", EXPERIMENT);
    let clock = Instant::now();
    undisturbed
        .fabricsim(&["run", "killed.ron", "--threads", "2"])
        .ends(0);
    let whole = clock.elapsed();
    let truth = rows(&undisturbed);
    assert_eq!(truth.len(), 24);

    let desk = Desk::new();
    desk.file("killed.ron", EXPERIMENT);
    let mut kills = 0;
    for attempt in 0..ATTEMPTS {
        let mut child = spawn(&desk);
        sleep(whole.mul_f64(0.6 * fraction(attempt)));
        let was_running = child.try_wait().unwrap().is_none();
        // SIGKILL: no chance to tidy up.
        child.kill().unwrap();
        child.wait().unwrap();
        check_folder(&desk, &truth);
        if was_running {
            kills += 1;
        } else {
            // It got to its end between two kills: from the beginning.
            fs::remove_dir_all(desk.path("results")).unwrap();
        }
        if kills == KILLS {
            break;
        }
    }
    assert_eq!(kills, KILLS);

    desk.fabricsim(&["run", "killed.ron", "--threads", "2"]).ends(0);
    assert_eq!(rows(&desk), truth);
    assert_eq!(
        desk.read("results/killed/links.csv"),
        undisturbed.read("results/killed/links.csv")
    );
    assert_eq!(
        desk.read("results/killed/experiment.ron"),
        undisturbed.read("results/killed/experiment.ron")
    );
    for folder in ["results/killed", "results/killed/points"] {
        let mut names = fs::read_dir(desk.path(folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        assert!(names.all(|name| !name.to_string_lossy().ends_with("-tmp")));
    }
    desk.fabricsim(&["run", "killed.ron"])
        .ends(0)
        .tells("nothing was simulated");
}

/// Ctrl-C, and what a batch system sends before it kills.
#[cfg(unix)]
#[test]
fn a_signal_to_stop_keeps_what_is_finished_and_says_how_to_go_on() {
    for signal in ["-INT", "-TERM"] {
        stopped_by(signal);
    }
}

#[cfg(unix)]
fn stopped_by(signal: &str) {
    let desk = Desk::new();
    desk.file("killed.ron", &EXPERIMENT.replace("Cycles(4000)", "Cycles(40000)"));
    let mut command = desk.command(&["run", "killed.ron", "--threads", "1"]);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while !desk.path("results/killed/points.csv").exists() && begun.elapsed() < Duration::from_secs(60) {
        sleep(Duration::from_millis(5));
    }
    let pid = child.id().to_string();
    assert!(
        std::process::Command::new("kill")
            .args([signal, &pid])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();

    assert_eq!(output.status.code(), Some(130), "{signal}: {output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    let kept = desk.rows("results/killed/points.csv").len();
    assert!((1..24).contains(&kept), "{kept}");
    assert!(
        said.ends_with(&format!(
            "stopped: {kept} of 24 points are kept in results/killed/; run `fabricsim run killed.ron` again to go on\n"
        )),
        "{said}"
    );
}
