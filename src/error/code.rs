//! [`Code`], the closed list of what can go wrong, as one table: the word here, the word that the server is told, how
//! bad it is, and how the command ends.

use crate::models::ErrorSeverity;
use ErrorSeverity::{Critical, Error, Info, Warning};

/// Makes [`Code`] and what is known of each from one table.
macro_rules! codes {
    ($($(#[$doc:meta])+ $code:ident: $word:literal, $told:literal, $severity:ident, $exit:literal;)+) => {
        /// What can go wrong, and what is told for information.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])+ $code,)+ }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$code,)+];

            fn line(self) -> (&'static str, &'static str, ErrorSeverity, u8) {
                match self { $(Self::$code => ($word, $told, $severity, $exit),)+ }
            }
        }
    };
}

// The second word is one of the specification's vocabulary, or one of few for what that has no word for: `FILE_ERROR`,
// the former exporter's for all that is wrong with one table, and the ends that are no errors.
codes! {
    /// A key of the configuration is wrong or missing.
    ConfigError: "CONFIG_ERROR", "CONFIG_ERROR", Critical, 7;
    /// config.toml holds a secret in plain text.
    PlaintextSecret: "PLAINTEXT_SECRET", "CONFIG_ERROR", Warning, 7;
    /// config.toml is of the former program.
    FormerConfiguration: "FORMER_CONFIGURATION", "CONFIG_ERROR", Warning, 7;
    /// The source folder is missing or cannot be read.
    SourceMissing: "SOURCE_MISSING", "CONFIG_ERROR", Critical, 7;
    /// http where `https_only` holds.
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
    /// The site was moved to the second version of the client interface.
    ApiV2Required: "API_V2_REQUIRED", "SERVICE_UNAVAILABLE", Critical, 1;
    /// The server refused a request with another 4xx.
    ServerRefused: "SERVER_REFUSED", "SERVICE_UNAVAILABLE", Error, 1;
    /// The server holds less or more than was sent, and no way to mend it was left.
    DeliveryInDoubt: "DELIVERY_IN_DOUBT", "SERVICE_UNAVAILABLE", Error, 1;
    /// A checksum of the server differs from ours.
    ChecksumMismatch: "CHECKSUM_MISMATCH", "FILE_ERROR", Error, 1;
    /// A file is over the server's limit.
    FileTooLarge: "FILE_TOO_LARGE", "FILE_ERROR", Error, 1;
    /// A file or folder cannot be read or written.
    FileUnreadable: "FILE_UNREADABLE", "FILE_ERROR", Error, 1;
    /// A table's header makes no sense.
    FileDamaged: "FILE_DAMAGED", "FILE_ERROR", Error, 1;
    /// A table kept changing while it was read.
    FileChanging: "FILE_CHANGING", "FILE_ERROR", Warning, 3;
    /// A value or row of a table could not be carried; the table was delivered.
    ValuesDropped: "VALUES_DROPPED", "FILE_ERROR", Warning, 3;
    /// The disk has no room.
    DiskFull: "DISK_FULL", "DISK_FULL", Critical, 1;
    /// There is not enough memory.
    MemoryError: "MEMORY_ERROR", "MEMORY_ERROR", Critical, 1;
    /// The clock, or what else is watched, is not as it should be.
    HealthCheckFailed: "HEALTH_CHECK_FAILED", "HEALTH_CHECK_FAILED", Warning, 1;
    /// The program could not begin its work.
    StartupError: "STARTUP_ERROR", "STARTUP_ERROR", Critical, 1;
    /// Another process holds the data folder.
    FolderHeld: "FOLDER_HELD", "STARTUP_ERROR", Error, 6;
    /// The local database cannot be used.
    StoreError: "STORE_ERROR", "STARTUP_ERROR", Critical, 1;
    /// The program began its work.
    StartupSuccess: "STARTUP_SUCCESS", "STARTUP_SUCCESS", Info, 0;
    /// The program ended without having been told to.
    ShutdownError: "SHUTDOWN_ERROR", "SHUTDOWN_ERROR", Error, 1;
    /// The program ended as it was told to.
    ShutdownSuccess: "SHUTDOWN_SUCCESS", "SHUTDOWN_SUCCESS", Info, 0;
    /// An export was due while the one before it went on.
    RunSkipped: "RUN_SKIPPED", "RUN_SKIPPED", Info, 0;
    /// A person or a stop signal ended it.
    Cancelled: "CANCELLED", "CANCELLED", Info, 130;
    /// A fault of this program.
    UnknownError: "UNKNOWN_ERROR", "UNKNOWN_ERROR", Critical, 1;
}

impl Code {
    /// The word in JSON and in the local history.
    pub fn as_str(self) -> &'static str {
        self.line().0
    }

    /// The code of a word of [`Self::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == word)
    }

    /// The type of the report to the server.
    pub fn wire_type(self) -> &'static str {
        self.line().1
    }

    /// How bad it is unless the place that makes the error knows better.
    pub fn severity(self) -> ErrorSeverity {
        self.line().2
    }

    /// The exit code of its class (docs/command-line.md).
    pub fn exit_code(self) -> u8 {
        self.line().3
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
    fn every_word_of_the_vocabulary_is_told_and_few_others() {
        for word in VOCABULARY {
            assert!(Code::ALL.iter().any(|code| code.wire_type() == word), "{word}");
            // A word of the server is never used here for something that it is not told as.
            assert!(Code::parse(word).is_none_or(|code| code.wire_type() == word), "{word}");
        }
        for code in Code::ALL {
            let ours = code.wire_type() == "FILE_ERROR" || code.severity() == Info;
            assert!(VOCABULARY.contains(&code.wire_type()) || ours, "{code:?}");
            assert_eq!(Code::parse(code.as_str()), Some(*code));
        }
    }

    /// The table of ARCHITECTURE.md: each line names a type of report, in its second cell the codes told as that.
    #[test]
    fn the_table_for_people_is_this_one() {
        let text = include_str!("../../ARCHITECTURE.md");
        for code in Code::ALL {
            let line = text.lines().find(|line| line.starts_with(&format!("| `{}` |", code.wire_type())));
            let cell = line.and_then(|line| line.split('|').nth(2)).unwrap_or_default();
            assert!(cell.contains(&format!("`{}`", code.as_str())), "{code:?}: {line:?}");
        }
    }
}
