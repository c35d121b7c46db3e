//! [`Invalid`]: everything that is wrong with a configuration, at once, each [`Problem`] with key, value and remedy.

use std::fmt;
use std::path::PathBuf;

/// What is wrong with one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key, such as `[api] base_url`; empty when the whole file is concerned.
    pub key: String,
    /// The value as given; none where there is none or it is a secret.
    pub value: Option<String>,
    /// Where it stands in the file.
    pub line: Option<usize>,
    /// What is wrong, as the end of a sentence that begins with the key.
    pub what: String,
    /// What to write instead.
    pub remedy: String,
}

impl Problem {
    /// All of it but the remedy.
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The file; none when the environment or the defaults alone are concerned.
    pub path: Option<PathBuf>,
    /// What stands in the way; never empty.
    pub problems: Vec<Problem>,
    /// What does not.
    pub warnings: Vec<Problem>,
    /// Whether the one problem is an http address where `https_only` holds.
    pub http_refused: bool,
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
