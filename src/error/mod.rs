//! [`Error`]: the one error type above the leaf modules.
//!
//! Rules:
//! 1. A leaf module has its own `thiserror` enum and converts it to [`Error`] itself; it decides severity, retry and
//!    hint, because it knows the cause.
//! 2. A message says what happened, to which file, and why, without a trailing period; paths stand in backticks. The
//!    hint says what to do.
//! 3. The code that handles an error records it, once. An error never contains a secret or a row's value.
//! 4. A [`Code`] exists only where a script, a person or the server acts on it.
//! 5. The task boundary catches internal errors: [`fault`].

pub mod fault;
mod global_logger;
mod reporter;

use std::path::{Path, PathBuf};

pub use crate::models::Code;
use crate::models::ErrorSeverity;
pub use crate::models::clean::{one_line, printable, steers};
use crate::models::export::ErrorBody;
pub use global_logger::GlobalErrorLogger;
pub use reporter::ErrorReporter;

/// Whether a retry may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// A retry fails in the same way.
    No,
    /// The next run may succeed.
    Later,
}

/// A failure with everything its handler needs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// The code.
    pub code: Code,
    /// The severity.
    pub severity: ErrorSeverity,
    /// Whether a retry may help.
    pub retry: Retry,
    /// The message: what failed, on what and why.
    pub message: String,
    /// The remedy.
    pub hint: Option<String>,
    /// The affected file or folder.
    pub path: Option<PathBuf>,
}

/// The result type above the leaf modules.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The work was stopped from outside.
    pub fn stopped() -> Self {
        Self::new(Code::Cancelled, "the run was stopped")
    }

    /// Creates a permanent error with the code's default severity.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            retry: Retry::No,
            message: message.into(),
            hint: None,
            path: None,
        }
    }

    /// Sets the remedy.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Sets the affected file or folder.
    #[must_use]
    pub fn path(mut self, path: impl AsRef<Path>) -> Self {
        self.path = Some(path.as_ref().to_path_buf());
        self
    }

    /// Marks the error as temporary.
    #[must_use]
    pub fn retry_later(mut self) -> Self {
        self.retry = Retry::Later;
        self
    }

    /// Overrides the code's default severity.
    #[must_use]
    pub fn severity(mut self, severity: ErrorSeverity) -> Self {
        self.severity = severity;
        self
    }

    /// Creates the error of a failed file operation; `doing` is a phrase such as "cannot read". A full disk and a lack
    /// of memory have their own codes.
    pub fn io(doing: &str, path: impl AsRef<Path>, error: &std::io::Error) -> Self {
        let path = path.as_ref();
        if error.kind() == std::io::ErrorKind::StorageFull
            || error.kind() == std::io::ErrorKind::QuotaExceeded
        {
            return Self::new(
                Code::DiskFull,
                format!("{doing} `{}`: the disk is full", one_line(&path.display().to_string())),
            )
            .hint("free some space on that disk; nothing that was delivered is lost")
            .path(path)
            .retry_later();
        }
        if error.kind() == std::io::ErrorKind::OutOfMemory {
            let message =
                format!("{doing} `{}`: there is not enough memory", one_line(&path.display().to_string()));
            return Self::new(Code::MemoryError, message)
                .hint("close other programs, or export from a computer with more memory")
                .path(path)
                .severity(ErrorSeverity::Error)
                .retry_later();
        }
        let made = Self::new(
            Code::FileUnreadable,
            format!("{doing} `{}`: {error}", one_line(&path.display().to_string())),
        )
        .path(path);
        match error.kind() {
            std::io::ErrorKind::PermissionDenied => {
                made.hint("give the account that runs Data Exporter access to it")
            }
            std::io::ErrorKind::NotFound => made.hint("check the path"),
            _ => made,
        }
    }

    /// Converts the error to its JSON form.
    pub fn body(&self) -> ErrorBody {
        ErrorBody {
            code: self.code,
            message: self.message.clone(),
            hint: self.hint.clone(),
            path: self.path.as_ref().map(|path| path.display().to_string()),
        }
    }
}

/// Converts an error that another process reported.
impl From<ErrorBody> for Error {
    fn from(body: ErrorBody) -> Self {
        let ErrorBody { code, message, hint, path } = body;
        let made = Self::new(code, message);
        Self { hint, path: path.map(PathBuf::from), ..made }
    }
}

impl From<&Error> for ErrorBody {
    fn from(error: &Error) -> Self {
        error.body()
    }
}
