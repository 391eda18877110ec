//! `fabricsim run`: what it says, what it refuses, how it ends.

use std::process::Stdio;

use crate::desk::{Desk, case, small};

#[test]
fn the_first_experiment_of_a_user() {
    let desk = Desk::new();
    desk.file("torus-8x8.ron", &case("torus-8x8.ron"));
    let said = desk.fabricsim(&["run", "torus-8x8.ron"]).ends(0);
    let said = said
        .tells("torus-8x8   64 terminals, 8x8 torus, dimension order, uniform 1-flit packets, 5 points, seed 1\n")
        .tells("deadlock-free (dateline, 8 virtual channels)   unloaded 31.00 cycles mean, 55 cycles worst   bound 1.0000 flits/terminal/cycle\n")
        .tells("\n  load 0.01  converged  ")
        .tells("does not saturate up to 0.6 flits/terminal/cycle\n")
        .tells("\nresults/torus-8x8/: points.csv links.csv latencies.csv latency.svg ");
    let loads: Vec<&str> = said
        .stdout
        .lines()
        .filter_map(|line| line.strip_prefix("  load ")?.split_whitespace().next())
        .collect();
    assert_eq!(
        loads,
        ["0.01", "0.1", "0.3", "0.5", "0.6"],
        "a line a point, in the order of the sweep"
    );
    for file in [
        "points.csv",
        "links.csv",
        "latency.svg",
        "latency.png",
        "latencies.csv",
        "latency-cdf.svg",
        "utilisation.png",
        "experiment.ron",
        "manifest.json",
    ] {
        assert!(desk.path("results/torus-8x8").join(file).is_file(), "{file}");
    }
}

#[test]
fn more_threads_a_point_than_threads_is_refused() {
    let desk = Desk::new();
    desk.file("s.ron", &small("s", ""));
    desk.fabricsim(&["run", "s.ron", "--threads", "1", "--threads-a-point", "2"])
        .ends(2)
        .complains("`--threads-a-point 2` is more than `--threads 1` allows in all");
}

/// Nobody hears what is wrong, but the exit code still tells it.
#[cfg(target_os = "linux")]
#[test]
fn a_mistake_ends_with_its_code_though_nothing_can_be_said() {
    let desk = Desk::new();
    for command in ["run", "check", "topology"] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let status = std::process::Command::new(crate::desk::FABRICSIM)
            .args([command, "missing.ron"])
            .current_dir(desk.path(""))
            .stderr(full)
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(2), "{command}");
    }
}

/// One slow link that few packets cross: the sources' backlog is not seen in what all terminals accept, but the bound tells.
#[test]
fn a_load_above_the_bound_is_saturated() {
    let desk = Desk::new();
    let slow = "routing: DimensionOrder, links: [Links(of: Between(from: [1, 0], to: [2, 0]), \
                bandwidth: FlitsPerCycle(0.1))],";
    let text = small("slow", "Load([0.05, 0.2])")
        .replace("routing: DimensionOrder,", slow)
        .replace("sides: [4, 4]", "sides: [8, 16]")
        .replace("pattern: Uniform", "pattern: Neighbor");
    desk.file("slow.ron", &text);
    desk.fabricsim(&["run", "slow.ron"])
        .ends(0)
        .tells("saturates between 0.05 and 0.2 flits/terminal/cycle, 50 to 100 % of the bound");
    assert_eq!(
        desk.column("results/slow/points.csv", "verdict"),
        ["converged", "saturated"]
    );
    let reasons = desk.column("results/slow/points.csv", "reason");
    assert!(reasons[1].contains("more is offered than some channel can carry"));
}

#[test]
fn saturation_is_bracketed_and_is_no_failure() {
    let desk = Desk::new();
    desk.file("s.ron", &small("s", "Load([0.1, 0.95])"));
    let said = desk.fabricsim(&["run", "s.ron"]).ends(0);
    said.tells("saturated    accepted 0.")
        .tells("hottest link (")
        .tells("saturates between 0.1 and 0.95 flits/terminal/cycle, ");
    assert_eq!(
        desk.column("results/s/points.csv", "verdict"),
        ["converged", "saturated"]
    );
}

#[test]
fn too_few_cycles_are_a_time_limit() {
    let desk = Desk::new();
    let text = small("t", "").replace("precision: 0.5", "precision: 0.0001");
    desk.file("t.ron", &text);
    desk.fabricsim(&["run", "t.ron"])
        .ends(0)
        .tells("load 0.2  time-limit");
    assert!(!desk.column("results/t/points.csv", "reason")[0].is_empty());
}

#[test]
fn a_deadlock_is_refused_with_its_ring_unless_it_is_allowed() {
    let desk = Desk::new();
    let text = case("bad-deadlock.ron");
    desk.file("bad-deadlock.ron", &text);
    desk.file(
        "allowed.ron",
        &text.replace("routing:", "allow_deadlock: true, routing:"),
    );

    for command in ["run", "check"] {
        desk.fabricsim(&[command, "bad-deadlock.ron"])
            .ends(2)
            .complains("error: this experiment can deadlock\n   ╭─[bad-deadlock.ron:7:")
            .complains("dimension order on a torus with 1 virtual channel: ring y=0 in +x closes a cycle of channels")
            .complains("(0,0) → (1,0) → ")
            .complains("help: 2 virtual channels break it at the dateline, `BubbleDimensionOrder` needs 1; `allow_deadlock: true` runs it all the same");
    }
    assert!(!desk.path("results").exists(), "nothing was run");

    desk.fabricsim(&["run", "allowed.ron"])
        .ends(1)
        .tells("deadlocked   ")
        .tells(" wait in a cycle, each for the next: (");
    assert_eq!(
        desk.column("results/bad-deadlock/points.csv", "verdict"),
        ["deadlocked"]
    );
    // What is kept of it still is a failure.
    desk.fabricsim(&["run", "allowed.ron"])
        .ends(1)
        .tells("nothing was simulated");
}

#[test]
fn nothing_runs_unless_every_file_is_right() {
    let desk = Desk::new();
    desk.file("all/good.ron", &small("good", ""));
    desk.file("all/deep/bad-field.ron", &case("bad-field.ron"));
    desk.file("all/bad-deadlock.ron", &case("bad-deadlock.ron"));
    desk.fabricsim(&["run", "all"])
        .ends(2)
        .complains("bad-field.ron:6:9]")
        .complains("did you mean `routing`?")
        .complains("bad-deadlock.ron:7:");
    assert!(!desk.path("results").exists());
}

#[test]
fn folders_are_run_file_after_file() {
    let desk = Desk::new();
    desk.file("all/b.ron", &small("second", ""))
        .file("all/a.ron", &small("first", ""));
    let said = desk.fabricsim(&["run", "all", "--threads", "1"]).ends(0);
    let (first, second) = (
        said.stdout.find("\nresults/first/: "),
        said.stdout.find("\nresults/second/: "),
    );
    assert!(first.is_some() && first < second, "{}", said.stdout);
}

#[test]
fn results_that_would_mix_are_refused() {
    let desk = Desk::new();
    desk.file("a.ron", &small("same", ""))
        .file("b.ron", &small("same", ""))
        .file("c.ron", &small("other", ""));
    desk.fabricsim(&["run", "a.ron", "b.ron"])
        .ends(2)
        .complains("`a.ron` and `b.ron` are both named `same`");
    desk.fabricsim(&["run", "a.ron", "c.ron", "--out", "x"])
        .ends(2)
        .complains("`--out x` is the folder of one experiment, but there are 2");
    assert!(!desk.path("x").exists());
}

#[test]
fn paths_that_do_not_work_are_named() {
    let desk = Desk::new();
    desk.file("a.ron", &small("a", ""))
        .file("file", "")
        .file("empty/readme.md", "");
    desk.fabricsim(&["run", "b.ron"]).ends(2).complains("[b.ron]");
    desk.fabricsim(&["run", "empty"])
        .ends(2)
        .complains("the folder holds no `.ron` file");
    desk.fabricsim(&["run", "a.ron", "--out", "file/results"])
        .ends(2)
        .complains("error: cannot create the folder `file/results/points`: ");
}

#[test]
fn a_fabric_too_large_for_memory_is_refused_with_the_figures() {
    let desk = Desk::new();
    desk.file("huge.ron", &small("huge", "").replace("[4, 4]", "[60000, 60000]"));
    for command in ["run", "check"] {
        desk.fabricsim(&[command, "huge.ron"])
            .ends(2)
            .complains("[huge.ron:4:")
            .complains("this fabric needs 4")
            .complains("TB of memory, and ")
            .complains("3600000000 terminals");
    }
}

#[test]
fn watched_packets_have_a_timetable() {
    let desk = Desk::new();
    desk.file("w.ron", &small("w", "Load([0.05, 0.1])"));
    let plain = desk.fabricsim(&["run", "w.ron"]).ends(0);
    assert!(!plain.stdout.contains("created"));
    let before = desk.rows("results/w/points.csv");

    // The result is there already, but the packets have not been watched.
    let said = desk
        .fabricsim(&["run", "w.ron", "--watch", "5:0", "3:1000000"])
        .ends(0);
    let said = said
        .tells("1 of 2 points are there from an earlier run")
        .tells("\npacket 5:0\n  cycle  flit  stage ")
        .tells("created           for terminal ")
        .tells("VC allocated      (")
        .tells("ejected           terminal ")
        .tells("\npacket 3:1000000\n  not created in this run\n");
    assert!(said.stdout.ends_with(&desk.read("results/w/watch.txt")));
    let verdicts = |rows: &[csv::StringRecord]| rows.iter().map(|row| row[13].to_owned()).collect::<Vec<_>>();
    assert_eq!(
        verdicts(&before),
        verdicts(&desk.rows("results/w/points.csv")),
        "watching changes nothing"
    );

    desk.fabricsim(&["run", "w.ron", "--watch", "16:0"])
        .ends(2)
        .complains("there is no terminal 16 to watch: the terminals of `w` are 0 to 15");
    desk.fabricsim(&["run", "w.ron", "--watch", "16"])
        .ends(2)
        .complains("a packet is TERMINAL:NUMBER");
}

#[test]
fn wrong_command_lines_end_with_2() {
    let desk = Desk::new();
    desk.file("a.ron", &small("a", ""));
    for arguments in [
        &[][..],
        &["rnu"],
        &["run"],
        &["run", "a.ron", "--threads", "0"],
        &["run", "a.ron", "--fast"],
    ] {
        desk.fabricsim(arguments).ends(2);
    }
}

#[test]
fn a_reader_that_goes_away_ends_nothing() {
    let desk = Desk::new();
    desk.file("a.ron", &small("a", "Load([0.1, 0.2, 0.3])"));
    for arguments in [
        &["run", "a.ron"][..],
        &["check", "a.ron"],
        &["list"],
        &["completions", "bash"],
    ] {
        let mut command = desk.command(arguments);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
    }
    assert_eq!(
        desk.rows("results/a/points.csv").len(),
        3,
        "the results are there"
    );
}

#[test]
fn help_and_completions_name_every_command() {
    let desk = Desk::new();
    let help = desk.fabricsim(&["--help"]).ends(0).stdout;
    let completions = desk.fabricsim(&["completions", "zsh"]).ends(0).stdout;
    for command in [
        "run",
        "check",
        "list",
        "plot",
        "import",
        "validate",
        "completions",
    ] {
        assert!(
            help.contains(&format!("\n  {command} ")) && completions.contains(command),
            "{command}"
        );
        let help = desk.fabricsim(&[command, "--help"]).ends(0).stdout;
        assert!(help.contains(&format!("Usage: fabricsim {command}")), "{help}");
    }
}
