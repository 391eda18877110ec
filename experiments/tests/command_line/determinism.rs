//! The same experiment gives the same bytes, whatever the number of threads and whatever machine it is.

use sha2::{Digest, Sha256};

use crate::desk::Desk;

/// SHA-256 of `points.csv` without `wall_s` and of `links.csv`, of the experiment below. It changes only where the
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

/// Whether a column has what another has, in other units.
fn repeats(header: &str) -> bool {
    header.ends_with("_ns") || header.ends_with("_gbps") && header != "rate_gbps"
}

fn digest(desk: &Desk, folder: &str) -> String {
    let mut table = csv::Reader::from_path(desk.path(folder).join("points.csv")).unwrap();
    let headers = table.headers().unwrap().clone();
    let mut hasher = Sha256::new();
    for row in std::iter::once(headers.clone()).chain(table.records().map(Result::unwrap)) {
        let cells = headers.iter().zip(&row);
        for (header, cell) in cells.filter(|&(header, _)| header != "wall_s" && !repeats(header)) {
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

#[test]
fn one_and_two_threads_give_the_golden_result() {
    let desk = Desk::new();
    desk.file("golden.ron", EXPERIMENT);
    for threads in ["1", "2"] {
        desk.fabricsim(&["run", "golden.ron", "--threads", threads, "--out", threads])
            .ends(0);
    }
    assert_eq!(
        digest(&desk, "1"),
        digest(&desk, "2"),
        "threads change the result"
    );
    assert_eq!(digest(&desk, "1"), GOLDEN, "the results have changed");
}
