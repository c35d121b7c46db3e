//! [`Code`], the closed list of errors, as one table: the word here, the type of the report to the server, the severity
//! and the exit code.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ErrorSeverity;
use ErrorSeverity::{Critical, Error, Info, Warning};

/// Defines [`Code`] and its properties from one table.
macro_rules! codes {
    ($($(#[$doc:meta])+ $code:ident: $word:literal, $reported:literal, $severity:ident, $exit:literal;)+) => {
        /// Kinds of errors, and of events that are reported for information.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub enum Code { $($(#[$doc])+ $code,)+ }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$code,)+];

            fn line(self) -> (&'static str, &'static str, ErrorSeverity, u8) {
                match self { $(Self::$code => ($word, $reported, $severity, $exit),)+ }
            }
        }
    };
}

// The second word is the type of the report. It belongs to the specification's vocabulary, except where that has no
// word: `FILE_ERROR`, which the former exporter used for any fault of one table, and the events that are no errors.
codes! {
    /// A key of the configuration is wrong or missing.
    ConfigError: "CONFIG_ERROR", "CONFIG_ERROR", Critical, 7;
    /// config.toml holds a secret in plain text.
    PlaintextSecret: "PLAINTEXT_SECRET", "CONFIG_ERROR", Warning, 7;
    /// config.toml has the layout of the former program.
    FormerConfiguration: "FORMER_CONFIGURATION", "CONFIG_ERROR", Warning, 7;
    /// The source folder is missing or cannot be read.
    SourceMissing: "SOURCE_MISSING", "CONFIG_ERROR", Critical, 7;
    /// The source folder holds no table, although tables from it were delivered before.
    SourceEmpty: "SOURCE_EMPTY", "CONFIG_ERROR", Critical, 7;
    /// An http address under `https_only`.
    HttpRefused: "HTTP_REFUSED", "CONFIG_ERROR", Critical, 7;
    /// The command line is wrong.
    Usage: "USAGE", "CONFIG_ERROR", Error, 2;
    /// No credential is stored.
    NotPaired: "NOT_PAIRED", "AUTHENTICATION_FAILED", Critical, 4;
    /// The server refused the credential.
    AuthenticationFailed: "AUTHENTICATION_FAILED", "AUTHENTICATION_FAILED", Critical, 4;
    /// The keychain cannot be used.
    KeychainError: "KEYCHAIN_ERROR", "AUTHENTICATION_FAILED", Critical, 8;
    /// The server could not be reached.
    ConnectionFailed: "CONNECTION_FAILED", "CONNECTION_FAILED", Error, 5;
    /// The server did not answer in time.
    TimeoutError: "TIMEOUT_ERROR", "TIMEOUT_ERROR", Error, 5;
    /// The server answered 5xx, or not as a Data Forge server does.
    ServiceUnavailable: "SERVICE_UNAVAILABLE", "SERVICE_UNAVAILABLE", Error, 5;
    /// Another batch of the site is open.
    BatchActive: "BATCH_ACTIVE", "SERVICE_UNAVAILABLE", Error, 1;
    /// The site was moved to version 2 of the client interface.
    ApiV2Required: "API_V2_REQUIRED", "SERVICE_UNAVAILABLE", Critical, 1;
    /// The server refused a request with another 4xx status.
    ServerRefused: "SERVER_REFUSED", "SERVICE_UNAVAILABLE", Error, 1;
    /// The server holds less or more than was sent, and no repair was left.
    DeliveryInDoubt: "DELIVERY_IN_DOUBT", "SERVICE_UNAVAILABLE", Error, 1;
    /// The server's checksum differs from ours.
    ChecksumMismatch: "CHECKSUM_MISMATCH", "FILE_ERROR", Error, 1;
    /// A file is over the server's limit.
    FileTooLarge: "FILE_TOO_LARGE", "FILE_ERROR", Error, 1;
    /// A file or folder cannot be read or written.
    FileUnreadable: "FILE_UNREADABLE", "FILE_ERROR", Error, 1;
    /// A table that was delivered before is not in the source folder any more.
    TableGone: "TABLE_GONE", "FILE_ERROR", Warning, 3;
    /// A table's header is invalid.
    FileDamaged: "FILE_DAMAGED", "FILE_ERROR", Error, 1;
    /// A table is encrypted.
    FileEncrypted: "FILE_ENCRYPTED", "FILE_ERROR", Error, 1;
    /// A table kept changing while it was read.
    FileChanging: "FILE_CHANGING", "FILE_ERROR", Warning, 3;
    /// A value or row of a table could not be carried over; the table was delivered.
    ValuesDropped: "VALUES_DROPPED", "FILE_ERROR", Warning, 3;
    /// The disk is full.
    DiskFull: "DISK_FULL", "DISK_FULL", Critical, 1;
    /// There is not enough memory.
    MemoryError: "MEMORY_ERROR", "MEMORY_ERROR", Critical, 1;
    /// The clock, or another monitored condition, is wrong.
    HealthCheckFailed: "HEALTH_CHECK_FAILED", "HEALTH_CHECK_FAILED", Warning, 1;
    /// The program could not start its work.
    StartupError: "STARTUP_ERROR", "STARTUP_ERROR", Critical, 1;
    /// Another process holds the data folder.
    FolderHeld: "FOLDER_HELD", "STARTUP_ERROR", Error, 6;
    /// The local database cannot be used.
    StoreError: "STORE_ERROR", "STARTUP_ERROR", Critical, 1;
    /// The program started.
    StartupSuccess: "STARTUP_SUCCESS", "STARTUP_SUCCESS", Info, 0;
    /// The program ended unexpectedly.
    ShutdownError: "SHUTDOWN_ERROR", "SHUTDOWN_ERROR", Error, 1;
    /// The program ended normally.
    ShutdownSuccess: "SHUTDOWN_SUCCESS", "SHUTDOWN_SUCCESS", Info, 0;
    /// An export was due while another one was running.
    RunSkipped: "RUN_SKIPPED", "RUN_SKIPPED", Info, 0;
    /// A person or a signal stopped the operation.
    Cancelled: "CANCELLED", "CANCELLED", Info, 130;
    /// An internal error.
    #[default]
    UnknownError: "UNKNOWN_ERROR", "UNKNOWN_ERROR", Critical, 1;
}

impl Code {
    /// Returns the word used in JSON and in the local history.
    pub fn as_str(self) -> &'static str {
        self.line().0
    }

    /// Parses a word of [`Self::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == word)
    }

    /// Returns the type of the report to the server.
    pub fn wire_type(self) -> &'static str {
        self.line().1
    }

    /// Returns the default severity; the place that creates the error may override it.
    pub fn severity(self) -> ErrorSeverity {
        self.line().2
    }

    /// Returns the exit code (docs/command-line.md#exit-codes).
    pub fn exit_code(self) -> u8 {
        self.line().3
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A word that is not known here, such as one of a newer program, is [`Code::UnknownError`].
impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Ok(Self::parse(&word).unwrap_or(Self::UnknownError))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VOCABULARY: [&str; 11] = [
        "CONNECTION_FAILED",
        "AUTHENTICATION_FAILED",
        "SERVICE_UNAVAILABLE",
        "TIMEOUT_ERROR",
        "DISK_FULL",
        "MEMORY_ERROR",
        "CONFIG_ERROR",
        "STARTUP_ERROR",
        "SHUTDOWN_ERROR",
        "HEALTH_CHECK_FAILED",
        "UNKNOWN_ERROR",
    ];

    #[test]
    fn only_words_of_the_vocabulary_are_codes() {
        for word in VOCABULARY {
            assert!(Code::ALL.iter().any(|code| code.wire_type() == word), "{word}");
            // A word of the server's vocabulary must not be used here with another meaning.
            assert!(Code::parse(word).is_none_or(|code| code.wire_type() == word), "{word}");
        }
        for code in Code::ALL {
            let ours = code.wire_type() == "FILE_ERROR" || code.severity() == Info;
            assert!(VOCABULARY.contains(&code.wire_type()) || ours, "{code:?}");
            assert_eq!(Code::parse(code.as_str()), Some(*code));
        }
    }

    #[test]
    fn json_has_the_word_and_an_unknown_word_is_an_unknown_error() {
        for code in Code::ALL {
            let json = serde_json::to_string(code).unwrap();
            assert_eq!(json, format!("{:?}", code.as_str()));
            assert_eq!(serde_json::from_str::<Code>(&json).unwrap(), *code);
        }
        assert_eq!(serde_json::from_str::<Code>("\"OF_A_NEWER_PROGRAM\"").unwrap(), Code::UnknownError);
        assert!(serde_json::from_str::<Code>("7").is_err());
    }

    /// The table of docs/wire.md#error-types: each line names a type of report and, in its second cell, the codes
    /// reported under it.
    #[test]
    fn the_documented_code_table_is_current() {
        let text = include_str!("../../docs/wire.md");
        for code in Code::ALL {
            let line = text.lines().find(|line| line.starts_with(&format!("| `{}` |", code.wire_type())));
            let cell = line.and_then(|line| line.split('|').nth(2)).unwrap_or_default();
            assert!(cell.contains(&format!("`{}`", code.as_str())), "{code:?}: {line:?}");
        }
    }
}
