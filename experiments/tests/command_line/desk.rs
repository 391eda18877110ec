//! A folder to work in, and what is done in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use tempfile::TempDir;

/// The binary under test.
pub const FABRICSIM: &str = env!("CARGO_BIN_EXE_fabricsim");

/// An empty folder that `fabricsim` is called in.
pub struct Desk {
    folder: TempDir,
}

/// What a call said.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Desk {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a file on the desk.
    pub fn file(&self, name: &str, text: &str) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The rows of a table, as text, without its header.
    pub fn rows(&self, name: &str) -> Vec<csv::StringRecord> {
        csv::Reader::from_path(self.path(name))
            .unwrap()
            .records()
            .map(Result::unwrap)
            .collect()
    }

    /// One column of a table.
    pub fn column(&self, name: &str, column: &str) -> Vec<String> {
        let mut table = csv::Reader::from_path(self.path(name)).unwrap();
        let place = table
            .headers()
            .unwrap()
            .iter()
            .position(|header| header == column)
            .unwrap();
        table
            .records()
            .map(|row| row.unwrap()[place].to_owned())
            .collect()
    }

    /// Calls `fabricsim` and waits for it.
    pub fn fabricsim(&self, arguments: &[&str]) -> Said {
        let mut command = assert_cmd::Command::new(FABRICSIM);
        let output = command
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        Said::from(output)
    }

    /// A call that is not waited for.
    pub fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = std::process::Command::new(FABRICSIM);
        command.args(arguments).current_dir(self.folder.path());
        command
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let said = Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!said.stderr.contains("panicked"), "{said:?}");
        said
    }
}

impl Said {
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    pub fn tells(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "`{text}` is not in\n{}", self.stdout);
        self
    }

    pub fn complains(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "`{text}` is not in\n{}", self.stderr);
        self
    }
}

/// An experiment of the contract.
pub fn case(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases")
        .join(name);
    fs::read_to_string(path).unwrap()
}

/// A quick experiment: a small torus, swept over `axes`.
pub fn small(name: &str, axes: &str) -> String {
    format!(
        "Experiment(
    name: \"{name}\",
    fabric: Fabric(
        topology: Torus(sides: [4, 4]),
        routing: DimensionOrder,
        switch: Switch(virtual_channels: 2, buffer_flits: 4),
    ),
    traffic: [Traffic(pattern: Uniform, packet: Flits(2), load: 0.2)],
    sweep: [{axes}],
    measure: Measure(warmup: Cycles(200), cycles: Cycles(2000), precision: 0.5),
)
"
    )
}
