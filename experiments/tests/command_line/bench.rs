//! `fabricsim bench`.

use crate::desk::Desk;

/// One configuration, once, and the rows that it leaves.
const ONE: &[&str] = &["bench", "--only", "8x8-low", "--repeat", "1"];

fn bench(desk: &Desk, arguments: &[&str]) -> crate::desk::Said {
    desk.fabricsim(&[ONE, arguments].concat())
}

fn number(cell: &str) -> f64 {
    cell.parse().unwrap()
}

#[test]
fn a_table_is_written_and_compared_with() {
    let desk = Desk::new();
    bench(&desk, &["--out", "tables/before.csv"])
        .ends(0)
        .tells("medians of 1 run\n")
        .tells("M flit-")
        .tells("\n8x8-low  ")
        .tells("tables/before.csv: 1 row\n");
    assert_eq!(desk.column("tables/before.csv", "name"), ["8x8-low"]);
    let [hops, cycles] =
        ["flit_hops", "cycles"].map(|name| number(&desk.column("tables/before.csv", name)[0]));
    // 64 terminals, a flit in 20 cycles each, 5 switches on the way.
    assert!((hops / cycles / 16.0 - 1.0).abs() < 0.02, "{hops} flit-hops");
    let [rate, ns] =
        ["flit_hops_per_s", "ns_per_flit_hop"].map(|name| desk.column("tables/before.csv", name)[0].clone());
    assert!((number(&rate) * number(&ns) - 1e9).abs() < 1.0);

    // As if that version had been a hundred times as slow.
    let slow_rate = (number(&rate) / 100.0).to_string();
    let slower = desk.read("tables/before.csv").replace(&rate, &slow_rate);
    desk.file("slower.csv", &slower);
    bench(&desk, &["--against", "slower.csv"])
        .ends(0)
        .tells("x faster")
        .tells("in the geometric mean: 1 faster, 0 slower, 0 as fast");
}

#[test]
fn configurations_are_listed() {
    let desk = Desk::new();
    let all = desk.fabricsim(&["bench", "--list"]).ends(0);
    let all = all
        .tells("64x64-idle ")
        .tells("alloc-wavefront ")
        .tells("routing-valiant ");
    let all = all.tells("equal-1000x1000 ").stdout.lines().count();
    let quick = desk.fabricsim(&["bench", "--list", "--quick"]).ends(0);
    assert!(!quick.stdout.contains("1000x1000"), "{}", quick.stdout);
    assert_eq!(quick.stdout.lines().count(), all - 3);
    let few = desk.fabricsim(&["bench", "--list", "--only", "bubble"]).ends(0);
    assert_eq!(few.stdout.lines().count(), 2);
}

#[test]
fn a_wrong_command_line_ends_with_code_2_before_anything_is_measured() {
    let desk = Desk::new();
    desk.file("other.csv", "load,verdict\n0.1,converged\n");
    let cases: [(&[&str], &str); 8] = [
        (
            &["--only", "8x8-lwo"],
            "no configuration has `8x8-lwo` in its name; did you mean `8x8-low`?",
        ),
        (&["--only", "fat tree"], "`fabricsim bench --list` prints them"),
        (
            &["--only", "1000x1000", "--quick"],
            "`--quick` leaves out `equal-1000x1000`",
        ),
        (&["--repeat", "0"], "0 is not in 1..=1000"),
        (&["--onli", "8x8"], "--only"),
        (
            &["--only", "8x8-low", "--against", "none.csv"],
            "error: cannot read none.csv",
        ),
        (
            &["--only", "8x8-low", "--against", "other.csv"],
            "other.csv is no table of `fabricsim bench`",
        ),
        (
            &["--only", "8x8-low", "--out", "."],
            "cannot write .: it is a folder",
        ),
    ];
    for (arguments, complaint) in cases {
        let said = desk
            .fabricsim(&[&["bench"], arguments].concat())
            .ends(2)
            .complains(complaint);
        assert_eq!(said.stdout, "");
    }
}

#[test]
fn a_table_of_other_configurations_is_refused() {
    let desk = Desk::new();
    bench(&desk, &["--out", "low.csv"]).ends(0);
    desk.fabricsim(&["bench", "--only", "8x8-mid", "--against", "low.csv"])
        .ends(2)
        .complains("low.csv has none of the chosen configurations");
}
