//! The committed reference data is whole, and the engine agrees with it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use fabricsim::experiment;
use fabricsim::import::booksim2::{Source, import};
use fabricsim::validate::booksim2::{Answer, Judgement, Report, Row, Suite, validate};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("validation")
        .join(name)
}

fn suite() -> Suite {
    Suite::read(&folder("booksim2")).unwrap()
}

/// Configurations beyond the reference.
fn more() -> Suite {
    Suite::read(&folder("booksim2-more")).unwrap()
}

fn validated(suite: &Suite, chosen: impl Fn(&Row) -> bool + Send, seeds: &[u64], threads: usize) -> Report {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    pool.install(|| validate(suite, chosen, seeds, &|| {})).unwrap()
}

#[test]
fn importing_the_parameters_again_gives_the_same_experiments() {
    let base = folder("booksim2").join("base.cfg").display().to_string();
    for (suite, name) in [(suite(), "booksim2"), (more(), "booksim2-more")] {
        for configuration in suite.configurations() {
            let Some(file) = &configuration.experiment else {
                continue;
            };
            let overrides = configuration.parameters.as_deref().unwrap_or_default();
            let arguments = std::iter::once(base.as_str()).chain(overrides.split_whitespace());
            let sources: Vec<_> = arguments
                .map(|argument| Source::from_argument(argument).unwrap())
                .collect();
            let imported = import(&sources, file.trim_end_matches(".ron")).unwrap();
            assert_eq!(
                imported.ron,
                fs::read_to_string(folder(name).join(file)).unwrap(),
                "{name}/{file}"
            );
        }
    }
}

#[test]
fn every_row_is_compared_or_says_why_not() {
    for (suite, all, compared) in [(suite(), 180, 174), (more(), 116, 116)] {
        let of_rows: BTreeSet<_> = suite.rows.iter().map(|row| row.config.as_str()).collect();
        let listed: BTreeSet<_> = suite
            .configurations()
            .map(|listed| listed.config.as_str())
            .collect();
        assert_eq!(of_rows, listed);
        for row in &suite.rows {
            match suite.experiment(row) {
                Ok(file) => assert!(experiment::load(&file).is_ok(), "{}", file.display()),
                Err(why) => assert!(!why.is_empty(), "{row}"),
            }
        }
        let with_experiment = suite
            .rows
            .iter()
            .filter(|row| suite.experiment(row).is_ok())
            .count();
        assert_eq!((suite.rows.len(), with_experiment), (all, compared));
        assert_eq!(suite.stray_explanations().count(), 0);
    }
}

/// All of it is `fabricsim validate booksim2`, which takes minutes.
#[test]
fn the_engine_agrees_with_booksim2() {
    let suite = suite();
    let report = validated(&suite, |row| suite.is_quick(row), &[1, 2, 3, 4, 5], 2);
    assert!(report.count(Judgement::Pass) >= 30, "{report}");
    assert!(report.holds(), "{report}");
}

/// A taste of each: speculation over long stages, one virtual channel, buffers of a flit, speed-up.
#[test]
fn the_engine_agrees_away_from_the_reference() {
    let chosen = [
        "rd2-spec uniform latency 0.1",
        "mesh4-vc1 uniform latency 0.05",
        "vc8-buf1 uniform latency 0.1",
        "speedup2-ps4 uniform latency 0.1",
    ];
    let report = validated(
        &more(),
        |row| chosen.contains(&row.to_string().as_str()),
        &[1, 2, 3, 4, 5],
        2,
    );
    assert_eq!(report.answers.len(), chosen.len());
    assert!(report.holds(), "{report}");
}

#[test]
fn the_comparison_notices_a_difference() {
    let mut suite = suite();
    let is_chosen = |row: &Row| row.to_string() == "b_torus8x8_dor tornado latency 0.05";
    let row = suite.rows.iter_mut().find(|row| is_chosen(row)).unwrap();
    row.latency_mean = row.latency_mean.map(|latency| latency * 1.02);
    let report = validated(&suite, is_chosen, &[1, 2], 1);
    assert_eq!(report.count(Judgement::Miss), 1, "{report}");
    assert!(!report.holds());
    assert!(report.to_string().contains("MISS"));
}

#[test]
fn the_report_is_the_same_for_every_number_of_threads() {
    let suite = suite();
    let chosen = |row: &Row| row.to_string().starts_with("b_torus8x8_dor bitcomp latency 0.0");
    let one = validated(&suite, chosen, &[1, 2], 1);
    assert_eq!(one, validated(&suite, chosen, &[1, 2], 2));
    assert_eq!(one.answers.len(), 2);
}

#[test]
fn rows_that_are_not_compared_are_printed_too() {
    let suite = suite();
    let report = validated(&suite, |row| row.config.starts_with("f_"), &[1, 2], 1);
    let needs = |answer: &Answer| matches!(answer, Answer::NotCompared(why) if why.starts_with("BookSim2 "));
    assert!(report.answers.len() == 6 && report.answers.iter().all(|(_, answer)| needs(answer)));
    let mut csv = Vec::new();
    report.write_csv(&mut csv).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert_eq!(csv.lines().count(), report.answers.len() + 1);
}
