//! The folder of results: what is in it, what is kept, what is dropped.

use std::collections::BTreeSet;
use std::fs;

use sha2::{Digest, Sha256};

use crate::desk::{Desk, small};

/// The names of the stored points.
fn stored(desk: &Desk, name: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(desk.path(format!("results/{name}/points"))).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// Times that the points took: a point that is simulated again takes another.
fn times(desk: &Desk, name: &str) -> Vec<String> {
    times_in(desk, &format!("results/{name}"))
}

fn times_in(desk: &Desk, folder: &str) -> Vec<String> {
    desk.column(&format!("{folder}/points.csv"), "wall_s")
}

#[test]
fn the_table_has_the_columns_of_the_design_and_honest_cells() {
    let desk = Desk::new();
    desk.file("a.ron", &small("a", "Load([0.1, 0.95])"));
    desk.fabricsim(&["run", "a.ron"]).ends(0);
    let table = desk.read("results/a/points.csv");
    assert_eq!(
        table.lines().next(),
        Some(
            "load,rate_gbps,routing,pattern,topology,virtual_channels,buffer_flits,packet_flits,seed,\
             verdict,offered,generated,accepted,accepted_min,latency_mean,latency_ci95,latency_p50,latency_p99,\
             latency_p999,latency_max,network_latency_mean,hops_mean,packets,cycles,flit_hops,wall_s,\
             offered_gbps,generated_gbps,accepted_gbps,accepted_min_gbps,offered_wire_gbps,accepted_wire_gbps,\
             latency_mean_ns,latency_ci95_ns,latency_p50_ns,latency_p99_ns,latency_p999_ns,latency_max_ns,\
             network_latency_mean_ns,channel_bound,capacity_bound,channel_bound_gbps,capacity_bound_gbps,reason"
        )
    );
    let rows = desk.rows("results/a/points.csv");
    let row: Vec<&str> = rows[0].iter().collect();
    assert_eq!(
        row[..9],
        [
            "0.1",
            "",
            "DimensionOrder",
            "Uniform",
            "Torus(sides: [4, 4])",
            "2",
            "4",
            "2",
            "1"
        ]
    );
    assert_eq!((row[9], row[10]), ("converged", "0.1"));
    // Saturated: no latency, not a made-up one.
    let row: Vec<&str> = rows[1].iter().collect();
    assert_eq!(row[9], "saturated");
    assert!(row[14..22].iter().all(|cell| cell.is_empty()), "{row:?}");
    assert!(!table.contains("NaN") && !table.contains("inf"));
    for number in rows
        .iter()
        .flat_map(|row| row.iter().skip(10).take(15))
        .filter(|cell| !cell.is_empty())
    {
        assert_eq!(number.parse::<f64>().unwrap().to_string(), number);
    }
}

/// The bound of check stands in every row, also of points that saturate; an adaptive routing has none.
#[test]
fn a_bound_stands_beside_what_was_measured() {
    let desk = Desk::new();
    let axes = "Routing([DimensionOrder, MinimalAdaptive]), Load([0.1, 0.95])";
    let text = small("a", axes).replace("virtual_channels: 2", "virtual_channels: 3");
    desk.file("a.ron", &text.replace("Uniform", "Transpose"));
    let told = desk.fabricsim(&["run", "a.ron"]).ends(0).stdout;
    let bounds = desk.column("results/a/points.csv", "capacity_bound");
    let two_thirds = "0.6666666666666666";
    assert_eq!(bounds, [two_thirds, two_thirds, "", ""]);
    assert_eq!(told.matches("generated, bound 0.6667").count(), 2, "{told}");
}

/// What a folder keeps means the same wherever it is.
#[test]
fn an_experiment_on_a_fabric_from_a_file_runs_from_its_results() {
    let desk = Desk::new();
    fs::create_dir(desk.path("fabrics")).unwrap();
    desk.fabricsim(&[
        "topology",
        "KAryNTree(k: 2, n: 2)",
        "--export",
        "fabrics/site.dot",
    ])
    .ends(0);
    let text = small(
        "a",
        "Topology([File(path: \"fabrics/site.dot\"), Torus(sides: [4, 4])])",
    );
    let text = text.replace("routing: DimensionOrder", "routing: UpDown");
    desk.file("a.ron", &text);
    let told = desk.fabricsim(&["run", "a.ron"]).ends(0).stdout;
    assert!(
        told.contains(" experiment.ron site.graphml manifest.json "),
        "{told}"
    );

    fs::rename(desk.path("results/a"), desk.path("kept")).unwrap();
    fs::remove_dir_all(desk.path("fabrics")).unwrap();
    desk.fabricsim(&["run", "kept/experiment.ron"]).ends(0);
    assert_eq!(stored(&desk, "a"), {
        let entries = fs::read_dir(desk.path("kept/points")).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    });
    desk.fabricsim(&["plot", "kept"]).ends(0);
}

#[test]
fn links_are_there_in_order_with_their_utilisation() {
    let desk = Desk::new();
    desk.file("a.ron", &small("a", "Load([0.1, 0.2])"));
    desk.fabricsim(&["run", "a.ron"]).ends(0);
    let rows = desk.rows("results/a/links.csv");
    assert_eq!(rows.len(), 2 * 16 * 4);
    for row in &rows {
        let flits: f64 = row[5].parse().unwrap();
        let utilisation: f64 = row[6].parse().unwrap();
        assert_eq!(utilisation, flits / 2000.0);
    }
    let place = |row: &csv::StringRecord| [0, 1, 2].map(|column| row[column].parse::<u32>().unwrap());
    assert!(rows.windows(2).all(|pair| place(&pair[0]) < place(&pair[1])));
}

#[test]
fn latencies_rise_to_all_packets_and_agree_with_the_points() {
    let desk = Desk::new();
    desk.file("a.ron", &small("a", "Load([0.1, 0.95])"));
    desk.fabricsim(&["run", "a.ron"]).ends(0);
    let rows: Vec<[u64; 3]> = desk
        .rows("results/a/latencies.csv")
        .iter()
        .map(|row| [0, 1, 2].map(|column| row[column].parse().unwrap()))
        .collect();
    assert!(rows.iter().all(|row| row[0] == 0), "the saturated point has none");
    assert!(
        rows.windows(2)
            .all(|pair| pair[0][1] < pair[1][1] && pair[0][2] < pair[1][2])
    );
    let statistic = |column| -> u64 { desk.column("results/a/points.csv", column)[0].parse().unwrap() };
    let packets = statistic("packets");
    let largest = rows[rows.len() - 1];
    assert_eq!(largest[1..], [statistic("latency_max"), packets]);
    for (column, share) in [
        ("latency_p50", 0.5),
        ("latency_p99", 0.99),
        ("latency_p999", 0.999),
    ] {
        let reached = rows
            .iter()
            .find(|row| row[2] as f64 >= share * packets as f64)
            .unwrap();
        assert_eq!(reached[1], statistic(column), "{column}");
    }
}

#[test]
fn the_manifest_says_where_it_comes_from() {
    let desk = Desk::new();
    desk.file("a.ron", &small("a", "Load([0.1, 0.2])"));
    desk.fabricsim(&["run", "a.ron", "--threads", "2"]).ends(0);
    let manifest: serde_json::Value = serde_json::from_str(&desk.read("results/a/manifest.json")).unwrap();
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(
        (&manifest["seed"], &manifest["points"], &manifest["side_by_side"]),
        (&1.into(), &2.into(), &2.into())
    );
    let digest = Sha256::digest(desk.read("results/a/experiment.ron"));
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(manifest["experiment_sha256"], hex);
    assert!(manifest["started"].as_str().unwrap() <= manifest["ended"].as_str().unwrap());
}

#[test]
fn a_complete_result_is_left_as_it_is() {
    let desk = Desk::new();
    desk.file("a.ron", &small("a", "Load([0.1, 0.2])"));
    let first = desk.fabricsim(&["run", "a.ron"]).ends(0);
    let (table, manifest) = (
        desk.read("results/a/points.csv"),
        desk.read("results/a/manifest.json"),
    );
    let second = desk
        .fabricsim(&["run", "a.ron"])
        .ends(0)
        .tells("results/a/: complete already, nothing was simulated");
    assert_eq!(desk.read("results/a/points.csv"), table);
    assert_eq!(desk.read("results/a/manifest.json"), manifest);
    let lines = |text: &str| {
        text.lines()
            .filter(|line| line.starts_with("  load"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(&first.stdout), lines(&second.stdout));
}

/// Whatever was lost or cut short but the points themselves is made anew from these.
#[test]
fn a_damaged_result_is_mended_without_simulating() {
    let desk = Desk::new();
    desk.file("a.ron", &small("a", "Load([0.1, 0.2])"));
    desk.fabricsim(&["run", "a.ron"]).ends(0);
    let at_first = times(&desk, "a");
    for name in ["points.csv", "links.csv", "latency.svg"] {
        let path = format!("results/a/{name}");
        let whole = desk.read(&path);
        if name.ends_with(".csv") {
            desk.file(&path, &whole[..whole.len() / 2]);
        } else {
            std::fs::remove_file(desk.path(&path)).unwrap();
        }
        let said = desk.fabricsim(&["run", "a.ron"]).ends(0);
        assert!(
            !said.stdout.contains("complete already"),
            "{name}: {}",
            said.stdout
        );
        assert_eq!(desk.read(&path), whole, "{name}");
        assert_eq!(times(&desk, "a"), at_first, "nothing was simulated again");
    }
    desk.fabricsim(&["plot", "results/a"]).ends(0);
    desk.fabricsim(&["run", "a.ron"])
        .ends(0)
        .tells("complete already, nothing was simulated");
}

#[test]
fn results_of_another_experiment_are_not_replaced() {
    let desk = Desk::new();
    desk.file("a.ron", &small("a", "Load([0.1])"));
    desk.file("b.ron", &small("b", "Load([0.2])"));
    desk.fabricsim(&["run", "a.ron", "--out", "there"]).ends(0);
    let before = (desk.read("there/points.csv"), times_in(&desk, "there"));
    desk.fabricsim(&["run", "b.ron", "--out", "there"])
        .ends(2)
        .complains("`there` has the results of `a`, which those of `b` would replace");
    assert_eq!((desk.read("there/points.csv"), times_in(&desk, "there")), before);
    desk.file("mine/points.csv", "my own\n");
    desk.fabricsim(&["run", "b.ron", "--out", "mine"])
        .ends(2)
        .complains("`mine` has a `points.csv` that is not of a run of fabricsim");
    assert_eq!(desk.read("mine/points.csv"), "my own\n");
}

#[test]
fn a_changed_sweep_keeps_what_did_not_change_and_drops_the_rest() {
    let desk = Desk::new();
    desk.file("a.ron", &small("a", "Load([0.1, 0.2])"));
    desk.fabricsim(&["run", "a.ron"]).ends(0);
    let (before, at_first) = (stored(&desk, "a"), times(&desk, "a"));

    desk.file("a.ron", &small("a", "Load([0.2, 0.3])"));
    desk.fabricsim(&["run", "a.ron"])
        .ends(0)
        .tells("1 of 2 points are there from an earlier run")
        .tells("dropped 1 stored results");
    let after = stored(&desk, "a");
    assert_eq!((after.len(), after.intersection(&before).count()), (2, 1));
    assert_eq!(times(&desk, "a")[0], at_first[1], "0.2 was not simulated again");
    assert_eq!(desk.column("results/a/points.csv", "load"), ["0.2", "0.3"]);
}

#[test]
fn what_does_not_change_a_point_keeps_it() {
    let desk = Desk::new();
    desk.file("a.ron", &small("a", "Load([0.1, 0.2])"));
    desk.fabricsim(&["run", "a.ron"]).ends(0);
    let (points, at_first) = (stored(&desk, "a"), times(&desk, "a"));
    // Another description, another order of the sweep, a default spelled out.
    let text = small("a", "Load([0.2, 0.1])").replace("fabric:", "about: \"words\", fabric:");
    desk.file("a.ron", &text.replace("packet:", "injection: Bernoulli, packet:"));
    desk.fabricsim(&["run", "a.ron"])
        .ends(0)
        .tells("2 of 2 points are there from an earlier run");
    assert_eq!(stored(&desk, "a"), points);
    assert_eq!(times(&desk, "a"), [&*at_first[1], &*at_first[0]]);
}

#[test]
fn missing_and_broken_points_are_simulated_again() {
    let desk = Desk::new();
    desk.file("a.ron", &small("a", "Load([0.1, 0.2, 0.3])"));
    desk.fabricsim(&["run", "a.ron"]).ends(0);
    let rows = without_time(&desk);
    let points: Vec<String> = stored(&desk, "a").into_iter().collect();
    fs::remove_file(desk.path(format!("results/a/points/{}", points[0]))).unwrap();
    let torn = desk.path(format!("results/a/points/{}", points[1]));
    let whole = fs::read(&torn).unwrap();
    fs::write(&torn, &whole[..whole.len() / 2]).unwrap();
    // What a killed process leaves.
    desk.file("results/a/points/0f.json.fabricsim-tmp", "{\"half\":")
        .file("results/a/points.csv.fabricsim-tmp", "lo");

    desk.fabricsim(&["run", "a.ron"])
        .ends(0)
        .tells("1 of 3 points are there from an earlier run");
    assert_eq!(without_time(&desk), rows);
    assert_eq!(stored(&desk, "a").into_iter().collect::<Vec<_>>(), points);
    assert!(!desk.path("results/a/points.csv.fabricsim-tmp").exists());
}

fn without_time(desk: &Desk) -> Vec<Vec<String>> {
    let rows = desk.rows("results/a/points.csv");
    let cells = |row: &csv::StringRecord| {
        row.iter()
            .enumerate()
            .filter(|&(c, _)| c != 25)
            .map(|(_, cell)| cell.to_owned())
            .collect()
    };
    rows.iter().map(cells).collect()
}

#[test]
fn equal_points_are_simulated_once_and_have_a_row_each() {
    let desk = Desk::new();
    desk.file("a.ron", &small("a", "Load([0.1, 0.2, 0.1])"));
    desk.fabricsim(&["run", "a.ron", "--threads", "2"]).ends(0);
    assert_eq!(stored(&desk, "a").len(), 2);
    let times = times(&desk, "a");
    assert_eq!((times.len(), &times[0]), (3, &times[2]));
    assert_eq!(desk.rows("results/a/links.csv").len(), 3 * 64);
}

#[test]
fn a_folder_has_one_writer() {
    let desk = Desk::new();
    desk.file("a.ron", &small("a", "Load([0.1])"));
    fs::create_dir_all(desk.path("results/a")).unwrap();
    let lock = fs::File::create(desk.path("results/a/.lock")).unwrap();
    lock.try_lock().unwrap();
    desk.fabricsim(&["run", "a.ron"])
        .ends(2)
        .complains("another fabricsim is writing to `results/a`");
    drop(lock);
    desk.fabricsim(&["run", "a.ron"]).ends(0);
}

#[test]
fn out_is_the_folder_itself() {
    let desk = Desk::new();
    desk.file("a.ron", &small("a", "Load([0.1])"));
    desk.fabricsim(&["run", "a.ron", "--out", "here/and/there"])
        .ends(0)
        .tells("here/and/there/: points.csv");
    assert!(desk.path("here/and/there/points.csv").is_file() && !desk.path("results").exists());
}
