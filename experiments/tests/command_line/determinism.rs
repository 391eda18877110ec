//! The same experiment gives the same bytes, whatever the number of threads and whatever machine it is.

use sha2::{Digest, Sha256};

use crate::desk::Desk;

/// SHA-256 of what was simulated in `points.csv`, and of `links.csv`, of the experiment below. It changes only where the
/// results of simulations are meant to change: then take the new one from the message of the failed test.
const GOLDEN: &str = "e4249432497b30f47f66d061412d5cd6503560e1ceb81ac326e7adecf17101d8";

/// Below and above saturation, a torus and a mesh, a mixture of flows, the smallest and the largest seed.
const EXPERIMENT: &str = "Experiment(
    name: \"golden\",
    fabric: Fabric(
        topology: Torus(sides: [4, 6]),
        routing: DimensionOrder,
        switch: Switch(virtual_channels: 4, buffer_flits: 4, vc_allocator: SeparableInputFirst),
        link: Link(latency: Cycles(2)),
    ),
    traffic: [
        Traffic(pattern: Uniform, packet: Flits(3), injection: Poisson, load: 0.3),
        Traffic(pattern: Tornado, load: 0.1),
    ],
    sweep: [Topology([Torus(sides: [4, 6]), Mesh(sides: [3, 5])]), Load([0.1, 0.9]), Seed([1, 18446744073709551615])],
    measure: Measure(warmup: Cycles(500), cycles: Cycles(2000)),
)";

/// Whether a column is of what was simulated: no time on the wall, no bound known beforehand, not what another has in other
/// units.
fn is_simulated(header: &str) -> bool {
    let repeats = header.ends_with("_ns") || header.ends_with("_gbps") && header != "rate_gbps";
    !repeats && header != "wall_s" && !header.ends_with("_bound")
}

fn digest(desk: &Desk, folder: &str) -> String {
    let mut table = csv::Reader::from_path(desk.path(folder).join("points.csv")).unwrap();
    let headers = table.headers().unwrap().clone();
    let mut hasher = Sha256::new();
    for row in std::iter::once(headers.clone()).chain(table.records().map(Result::unwrap)) {
        let cells = headers.iter().zip(&row);
        for (header, cell) in cells.filter(|&(header, _)| is_simulated(header)) {
            hasher.update(format!("{header}={cell}\n"));
        }
    }
    hasher.update(desk.read(&format!("{folder}/links.csv")));
    hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Runs a file with so many threads for each point.
fn run_on(desk: &Desk, file: &str, threads: usize, code: i32) -> String {
    let (count, folder) = (threads.to_string(), format!("{file}-{threads}"));
    let arguments = ["run", file, "--threads-a-point", &count, "--out", &folder];
    let said = desk.fabricsim(&arguments).ends(code);
    let told = format!(" on {threads} threads in ");
    assert_eq!(said.stdout.contains(&told), threads > 1, "{}", said.stdout);
    digest(desk, &folder)
}

#[test]
fn any_number_of_threads_gives_the_golden_result() {
    let desk = Desk::new();
    desk.file("golden.ron", EXPERIMENT);
    desk.fabricsim(&["run", "golden.ron", "--threads", "2", "--out", "points"])
        .ends(0);
    assert_eq!(digest(&desk, "points"), GOLDEN, "the results have changed");
    for threads in [1, 2, 3, 4, 7] {
        let digest = run_on(&desk, "golden.ron", threads, 0);
        assert_eq!(digest, GOLDEN, "{threads} threads change the result");
    }
}

/// A fabric of odd sides, far below saturation and far above.
fn of_odd_sides(name: &str, topology: &str, routing: &str, switch: &str) -> String {
    format!(
        "Experiment(
            name: \"{name}\",
            fabric: Fabric(
                topology: {topology}, routing: {routing}, allow_deadlock: true,
                switch: Switch({switch}),
            ),
            traffic: [Traffic(pattern: Uniform, packet: Flits(3), load: 0.1)],
            sweep: [Load([0.1, 1.0])],
            measure: Measure(warmup: Cycles(200), cycles: Cycles(1500)),
        )"
    )
}

#[test]
fn every_routing_gives_the_same_on_any_number_of_threads() {
    let (torus, mesh) = ("Torus(sides: [7, 5])", "Mesh(sides: [7, 5])");
    let cut_through = "switching: CutThrough";
    let routings = [
        ("DimensionOrder", torus, ""),
        ("Valiant", torus, "speculative: true"),
        ("Romm", torus, "sw_allocator: Pim(iterations: 2)"),
        ("O1Turn", torus, "routing_delay: 0"),
        ("MinimalAdaptive", torus, "credit_delay: 2"),
        ("BubbleDimensionOrder", torus, cut_through),
        ("AdaptiveBubble", torus, cut_through),
        ("WestFirst", mesh, "vc_alloc_delay: 2, sw_alloc_delay: 2"),
        ("NorthLast", mesh, "internal_speedup: 2"),
        ("NegativeFirst", mesh, "switching: StoreAndForward"),
        (
            "OddEven",
            mesh,
            "vc_allocator: Wavefront, sw_allocator: Wavefront",
        ),
    ];
    let desk = Desk::new();
    for (routing, topology, switch) in routings {
        let file = format!("{routing}.ron");
        let switch = format!("virtual_channels: 4, buffer_flits: 6, {switch}");
        desk.file(&file, &of_odd_sides(routing, topology, routing, &switch));
        let one = run_on(&desk, &file, 1, 0);
        for threads in [2, 3, 4, 7] {
            let several = run_on(&desk, &file, threads, 0);
            assert_eq!(several, one, "{threads} threads change {routing}");
        }
    }
}

#[test]
fn a_deadlock_is_the_same_on_any_number_of_threads() {
    let desk = Desk::new();
    let experiment = of_odd_sides(
        "dead",
        "Torus(sides: [7, 5])",
        "DimensionOrder",
        "virtual_channels: 1, buffer_flits: 3",
    );
    let longer = experiment.replace("Cycles(1500)", "Cycles(6000)");
    desk.file("dead.ron", &longer);
    let one = run_on(&desk, "dead.ron", 1, 1);
    let verdicts = desk.column("dead.ron-1/points.csv", "verdict");
    assert!(verdicts.contains(&"deadlocked".to_owned()), "{verdicts:?}");
    for threads in [2, 3, 4, 7] {
        let several = run_on(&desk, "dead.ron", threads, 1);
        assert_eq!(several, one, "{threads} threads change the result");
    }
}
