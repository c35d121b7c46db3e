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
    /// What is wrong, as the end of a sentence that begins with the key.
    pub what: String,
    /// What to write instead.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.key.is_empty() {
            f.write_str(&self.key)?;
            if let Some(value) = &self.value {
                write!(f, " = {value:?}")?;
            }
            f.write_str(" ")?;
        }
        write!(f, "{}: {}", self.what, self.remedy)
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
