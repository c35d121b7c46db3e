//! [`Invalid`]: every problem of a configuration at once, each a [`Problem`] with key, value and remedy.

use std::fmt;
use std::path::PathBuf;

use super::Config;
use crate::error::{Code, Error};

/// A problem with one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key, such as `[api] base_url`; empty when the problem concerns the whole file.
    pub key: String,
    /// The given value; `None` when there is none or it is secret.
    pub value: Option<String>,
    /// The line in the file.
    pub line: Option<usize>,
    /// The fault, as the end of a sentence that begins with the key.
    pub what: String,
    /// The remedy.
    pub remedy: String,
}

impl Problem {
    /// Returns the problem without its remedy.
    pub fn sentence(&self) -> String {
        let line = self.line.map_or_else(String::new, |line| format!("line {line}: "));
        let value = self.value.as_ref().map_or_else(String::new, |value| format!(" = {value:?}"));
        let gap = if self.key.is_empty() { "" } else { " " };
        format!("{line}{}{value}{gap}{}", self.key, self.what)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.sentence(), self.remedy)
    }
}

/// A configuration that cannot be used.
#[derive(Debug, Clone, PartialEq)]
pub struct Invalid {
    /// The file; `None` when only the environment or the defaults are at fault.
    pub path: Option<PathBuf>,
    /// The errors; never empty.
    pub problems: Vec<Problem>,
    /// The warnings.
    pub warnings: Vec<Problem>,
    /// Whether the only error is an http address under `https_only`.
    pub http_refused: bool,
    /// The values of the other keys; none where the file could not be read.
    pub partial: Option<Box<Config>>,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration")?;
        if let Some(path) = &self.path {
            write!(f, " `{}`", path.display())?;
        }
        match self.problems.as_slice() {
            [only] => write!(f, " cannot be used: {only}"),
            many => {
                write!(f, " has {} problems:", many.len())?;
                many.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

impl std::error::Error for Invalid {}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        let code = if invalid.http_refused { Code::HttpRefused } else { Code::ConfigError };
        let made = Self::new(code, invalid.to_string())
            .hint("fix the problems above, then run `data_exporter config validate`");
        match invalid.path {
            Some(path) => made.path(path),
            None => made,
        }
    }
}
