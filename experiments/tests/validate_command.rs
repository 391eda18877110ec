//! `fabricsim validate` on the command line: its table, its file, its exit codes.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("validation/booksim2")
}

/// Standard output, standard error and exit code of `validate booksim2`.
fn validate(data: &Path, arguments: &[&str]) -> (String, String, i32) {
    let mut command = Command::cargo_bin("fabricsim").unwrap();
    command
        .args(["validate", "booksim2", "--seeds", "2", "--data"])
        .arg(data)
        .args(arguments);
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        text(&output.stdout),
        text(&output.stderr),
        output.status.code().unwrap(),
    )
}

/// The reference data with one file changed.
fn changed(file: &str, change: impl Fn(String) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(data()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    let path = folder.path().join(file);
    fs::write(&path, change(fs::read_to_string(&path).unwrap())).unwrap();
    folder
}

const ROW: &[&str] = &["--rows", "tornado 0.05"];

#[test]
fn agreement_ends_with_code_0_and_a_table_on_paper_and_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("table.csv");
    let (out, err, code) = validate(&data(), &[ROW, &["--csv", csv.to_str().unwrap()]].concat());
    assert_eq!(code, 0, "{out}{err}");
    assert!(
        out.contains("43.485") && out.contains("1 comparisons count: 1 pass"),
        "{out}"
    );
    let table = fs::read_to_string(csv).unwrap();
    assert_eq!(table.lines().count(), 2);
    assert!(
        table
            .lines()
            .nth(1)
            .unwrap()
            .starts_with("b_torus8x8_dor,tornado,latency,0.05,mean latency,43.485,")
    );
}

#[test]
fn a_miss_ends_with_code_1_unless_it_is_explained() {
    let wrong = changed("curves.csv", |text| {
        text.replace("43.485,0,43,47,43.485", "45,0,43,47,45")
    });
    let (out, _, code) = validate(wrong.path(), ROW);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("MISS"), "{out}");

    let why = "b_torus8x8_dor tornado latency 0.05,mean latency,a test changed it\n";
    fs::write(
        wrong.path().join("explanations.csv"),
        format!("row,check,why\n{why}"),
    )
    .unwrap();
    let (out, _, code) = validate(wrong.path(), ROW);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("explained: a test changed it"), "{out}");
}

#[test]
fn wrong_data_ends_with_code_2() {
    let (_, err, code) = validate(Path::new("/no/such/folder"), &[]);
    assert_eq!(code, 2);
    assert!(err.starts_with("error: cannot read /no/such/folder"), "{err}");

    let (_, err, code) = validate(&data(), &["--rows", "nothing"]);
    assert_eq!(
        (err.as_str(), code),
        ("error: no row has `nothing` in its name\n", 2)
    );

    let unlisted = changed("configurations.csv", |text| {
        text.replace("b_torus8x8_dor", "b_torus")
    });
    let (_, err, code) = validate(unlisted.path(), ROW);
    assert_eq!(code, 2);
    assert!(
        err.contains("no line for configuration `b_torus8x8_dor`"),
        "{err}"
    );

    let broken = changed("torus8x8.ron", |text| text.replace("sides", "sidse"));
    let (_, err, code) = validate(broken.path(), ROW);
    assert_eq!(code, 2);
    assert!(
        err.contains("torus8x8.ron:6:") && err.contains("did you mean `sides`?"),
        "{err}"
    );
}
