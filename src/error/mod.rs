//! What went wrong, once, for everybody: [`Error`].
//!
//! Rules:
//! 1. A leaf module has its own `thiserror` enum and turns it into [`Error`] itself; severity, retry and hint are
//!    decided there, where the cause is known.
//! 2. A message says what happened, to which file, and why, without a trailing period; paths stand in backticks.
//!    The hint says what to do.
//! 3. An error is recorded once, by the one that handles it, and never holds a secret or a row's value.
//! 4. A [`Code`] exists only where a script or a person acts on it.

mod global_logger;
mod reporter;

use std::path::{Path, PathBuf};

use crate::models::ErrorSeverity;
use crate::models::config::Invalid;
use crate::models::export::ErrorBody;
pub use global_logger::GlobalErrorLogger;
pub use reporter::ErrorReporter;

/// The closed list of what can go wrong; [`Code::as_str`] is the word in JSON, history and reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// A key of the configuration is wrong or missing.
    ConfigError,
    /// The source folder is missing or cannot be read.
    SourceMissing,
    /// http where `https_only` holds.
    HttpRefused,
    /// No credential is stored.
    NotPaired,
    /// The server refused the credential.
    AuthenticationFailed,
    /// The server could not be reached.
    ConnectionFailed,
    /// The server did not answer in time.
    TimeoutError,
    /// The server answered 5xx, or not as a Data Forge server does.
    ServiceUnavailable,
    /// Another batch of the site is open.
    BatchActive,
    /// The site was moved to the second version of the client interface.
    ApiV2Required,
    /// The server refused a request with another 4xx.
    ServerRefused,
    /// The server holds less or more than was sent, and no way to mend it was left.
    DeliveryInDoubt,
    /// A checksum of the server differs from ours.
    ChecksumMismatch,
    /// A file is over the server's limit.
    FileTooLarge,
    /// The disk has no room.
    DiskFull,
    /// Another process holds the data folder.
    FolderHeld,
    /// The keychain cannot be used.
    KeychainError,
    /// The local database cannot be used.
    StoreError,
    /// A file or folder cannot be read or written.
    FileUnreadable,
    /// A table's header makes no sense.
    FileDamaged,
    /// A table kept changing while it was read.
    FileChanging,
    /// A value or row of a table could not be carried; the table was delivered.
    ValuesDropped,
    /// A person or a stop signal ended it.
    Cancelled,
    /// The command line is wrong.
    Usage,
    /// A fault of this program.
    UnknownError,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 25] = [
        Self::ConfigError,
        Self::SourceMissing,
        Self::HttpRefused,
        Self::NotPaired,
        Self::AuthenticationFailed,
        Self::ConnectionFailed,
        Self::TimeoutError,
        Self::ServiceUnavailable,
        Self::BatchActive,
        Self::ApiV2Required,
        Self::ServerRefused,
        Self::DeliveryInDoubt,
        Self::ChecksumMismatch,
        Self::FileTooLarge,
        Self::DiskFull,
        Self::FolderHeld,
        Self::KeychainError,
        Self::StoreError,
        Self::FileUnreadable,
        Self::FileDamaged,
        Self::FileChanging,
        Self::ValuesDropped,
        Self::Cancelled,
        Self::Usage,
        Self::UnknownError,
    ];

    /// The code of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == word)
    }

    /// The word in JSON, history and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ConfigError => "CONFIG_ERROR",
            Self::SourceMissing => "SOURCE_MISSING",
            Self::HttpRefused => "HTTP_REFUSED",
            Self::NotPaired => "NOT_PAIRED",
            Self::AuthenticationFailed => "AUTHENTICATION_FAILED",
            Self::ConnectionFailed => "CONNECTION_FAILED",
            Self::TimeoutError => "TIMEOUT_ERROR",
            Self::ServiceUnavailable => "SERVICE_UNAVAILABLE",
            Self::BatchActive => "BATCH_ACTIVE",
            Self::ApiV2Required => "API_V2_REQUIRED",
            Self::ServerRefused => "SERVER_REFUSED",
            Self::DeliveryInDoubt => "DELIVERY_IN_DOUBT",
            Self::ChecksumMismatch => "CHECKSUM_MISMATCH",
            Self::FileTooLarge => "FILE_TOO_LARGE",
            Self::DiskFull => "DISK_FULL",
            Self::FolderHeld => "FOLDER_HELD",
            Self::KeychainError => "KEYCHAIN_ERROR",
            Self::StoreError => "STORE_ERROR",
            Self::FileUnreadable => "FILE_UNREADABLE",
            Self::FileDamaged => "FILE_DAMAGED",
            Self::FileChanging => "FILE_CHANGING",
            Self::ValuesDropped => "VALUES_DROPPED",
            Self::Cancelled => "CANCELLED",
            Self::Usage => "USAGE",
            Self::UnknownError => "UNKNOWN_ERROR",
        }
    }

    /// How bad it is unless the place that makes the error knows better.
    pub fn severity(self) -> ErrorSeverity {
        match self {
            Self::ConfigError
            | Self::SourceMissing
            | Self::HttpRefused
            | Self::NotPaired
            | Self::AuthenticationFailed
            | Self::ApiV2Required
            | Self::DiskFull
            | Self::KeychainError
            | Self::StoreError
            | Self::UnknownError => ErrorSeverity::Critical,
            Self::ValuesDropped | Self::FileChanging => ErrorSeverity::Warning,
            Self::Cancelled => ErrorSeverity::Info,
            _ => ErrorSeverity::Error,
        }
    }

    /// The exit code of its class (docs/command-line.md).
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::NotPaired | Self::AuthenticationFailed => 4,
            Self::ConnectionFailed | Self::TimeoutError | Self::ServiceUnavailable => 5,
            Self::FolderHeld => 6,
            Self::ConfigError | Self::SourceMissing | Self::HttpRefused => 7,
            Self::KeychainError => 8,
            Self::ValuesDropped | Self::FileChanging => 3,
            Self::Cancelled => 130,
            _ => 1,
        }
    }
}

/// Whether trying again may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It will fail the same way.
    No,
    /// The next run may succeed.
    Later,
}

/// A failure with everything its handler needs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// Which of the closed list.
    pub code: Code,
    /// How bad.
    pub severity: ErrorSeverity,
    /// Whether trying again may help.
    pub retry: Retry,
    /// What happened, to what and why.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The file or folder concerned.
    pub path: Option<PathBuf>,
}

/// The result of everything above the leaves.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of a class, with its default severity, that will not go away by itself.
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

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Names the file or folder.
    #[must_use]
    pub fn path(mut self, path: impl AsRef<Path>) -> Self {
        self.path = Some(path.as_ref().to_path_buf());
        self
    }

    /// Marks it as passing.
    #[must_use]
    pub fn retry_later(mut self) -> Self {
        self.retry = Retry::Later;
        self
    }

    /// Sets another severity than the code's own.
    #[must_use]
    pub fn severity(mut self, severity: ErrorSeverity) -> Self {
        self.severity = severity;
        self
    }

    /// A failed file operation: `doing` is a phrase such as "cannot read"; a full disk gets its own code.
    pub fn io(doing: &str, path: impl AsRef<Path>, error: &std::io::Error) -> Self {
        let path = path.as_ref();
        if error.kind() == std::io::ErrorKind::StorageFull
            || error.kind() == std::io::ErrorKind::QuotaExceeded
        {
            return Self::new(Code::DiskFull, format!("{doing} `{}`: the disk is full", path.display()))
                .hint("free some space on that disk; nothing that was delivered is lost")
                .path(path)
                .retry_later();
        }
        let made =
            Self::new(Code::FileUnreadable, format!("{doing} `{}`: {error}", path.display())).path(path);
        match error.kind() {
            std::io::ErrorKind::PermissionDenied => {
                made.hint("give the account that runs Data Exporter access to it")
            }
            std::io::ErrorKind::NotFound => made.hint("check the path"),
            _ => made,
        }
    }

    /// The error as JSON shows it.
    pub fn body(&self) -> ErrorBody {
        ErrorBody {
            code: self.code.as_str().to_owned(),
            message: self.message.clone(),
            hint: self.hint.clone(),
            path: self.path.as_ref().map(|path| path.display().to_string()),
        }
    }
}

/// An error that another process has told.
impl From<ErrorBody> for Error {
    fn from(body: ErrorBody) -> Self {
        let ErrorBody { code, message, hint, path } = body;
        let made = Self::new(Code::of(&code).unwrap_or(Code::UnknownError), message);
        Self { hint, path: path.map(PathBuf::from), ..made }
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        let code = if invalid.http_refused { Code::HttpRefused } else { Code::ConfigError };
        let made = Self::new(code, invalid.to_string())
            .hint("change what is named above; `data_exporter config validate` checks it again");
        match invalid.path {
            Some(path) => made.path(path),
            None => made,
        }
    }
}
