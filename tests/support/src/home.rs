//! A private data folder for a test, and the command run in it: [`TestHome`] and [`Answer`].

use std::path::{Path, PathBuf};
use std::process::Command;

use data_exporter::store::Store;
use serde_json::Value;

/// A data folder that is removed with the test; the command sees only the environment set here.
pub struct TestHome {
    folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

/// Output and exit code of one call.
pub struct Answer {
    /// The exit code, or -1 after a signal.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl TestHome {
    /// Creates a home without a file.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    /// Creates a home with `text` as its config.toml.
    pub fn with_config(text: &str) -> Self {
        let home = Self::new();
        home.write("config.toml", text);
        home
    }

    /// Adds a variable to the command's environment.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Returns the data folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file below the home; returns its path.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Opens the database for writing.
    pub fn store(&self) -> Store {
        Store::open(self.path()).unwrap()
    }

    /// Returns the command for this home, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare(arguments);
        command.env("DATA_EXPORTER_HOME", self.path());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs the command to its end.
    pub fn run(&self, arguments: &[&str]) -> Answer {
        Answer::from_command(self.command(arguments))
    }

    /// Runs with `--json` and parses standard output as one JSON value, for any exit code.
    pub fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let answer = self.run(&[arguments, &["--json"]].concat());
        (answer.code, answer.json())
    }

    /// Replaces this home's folder and all times in `text`, for snapshots.
    pub fn masked(&self, text: &str) -> String {
        let text = text.replace(&self.path().display().to_string(), "HOME");
        mask_times(&text)
    }
}

impl Default for TestHome {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns the path of the built command: cargo puts it into the folder above the one of the test binary.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap();
    folder.join(format!("data_exporter{}", std::env::consts::EXE_SUFFIX))
}

/// Returns the command without any variable of this program.
pub fn bare(arguments: &[&str]) -> Command {
    let mut command = Command::new(program());
    command.args(arguments).env_clear().env("TZ", "UTC").stdin(std::process::Stdio::null());
    if cfg!(windows) {
        // On Windows no connection works without these, not even to loopback.
        let system = ["SystemRoot", "ProgramData", "TEMP"];
        command.envs(system.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    }
    command
}

impl Answer {
    /// Runs a command to its end.
    pub fn from_command(mut command: Command) -> Self {
        let output = command.output().unwrap();
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Parses standard output as one JSON value.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// Replaces times: `2026-03-01 10:00:00` becomes `YYYY-MM-DD HH:MM:SS`.
fn mask_times(text: &str) -> String {
    let mut masked = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let shape: String =
            rest.chars().take(19).map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
        if shape == "0000-00-00 00:00:00" {
            masked.push_str("YYYY-MM-DD HH:MM:SS");
            rest = &rest[19..];
        } else {
            let letter = rest.chars().next().unwrap();
            masked.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    masked
}

/// Returns the member names of an object, sorted.
pub fn fields(value: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}
