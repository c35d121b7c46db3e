//! [`ErrorSeverity`], the four words the server and a person sort errors by.

use serde::{Deserialize, Serialize};

/// How bad an error is. Ordered: `Info < Warning < Error < Critical`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ErrorSeverity {
    /// Expected; told for information.
    Info,
    /// Degraded, but the work went on.
    Warning,
    /// One operation failed. The default of the wire.
    #[default]
    Error,
    /// The run or the system failed; somebody has to act.
    Critical,
}

impl ErrorSeverity {
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
            Self::Critical => "CRITICAL",
        }
    }

    /// Reads the word of [`Self::as_str`], in any case.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Info, Self::Warning, Self::Error, Self::Critical]
            .into_iter()
            .find(|severity| severity.as_str().eq_ignore_ascii_case(word))
    }
}
