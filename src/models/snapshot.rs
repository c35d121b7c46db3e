//! [`Snapshot`]: everything that a tray, a window or a command shows of an engine, as one complete value. Contains no
//! secret, no device code and no token.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Code;
use super::export::{ErrorBody, RunReport, Trigger};
use super::schedule_description::ScheduleDescription;

/// State of an installation, in the order of docs/tray-and-ui.md#states: the first that applies is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// No credential is configured.
    Unpaired,
    /// Nothing can succeed until a person acts: the pairing was revoked, the keychain is locked, the folder is missing,
    /// or the configuration is wrong.
    NeedsAttention,
    /// The last run failed.
    Error,
    /// Nothing was delivered for two periods of the schedule.
    Overdue,
    /// A person paused the schedule.
    Paused,
    /// A run is in progress.
    Running,
    /// The last run omitted something.
    Warnings,
    /// The last run delivered everything.
    Ok,
    /// No run has ended yet, other than cancelled ones.
    NeverRun,
}

impl State {
    /// Every state, in the order of precedence.
    pub const ALL: [Self; 9] = [
        Self::Unpaired,
        Self::NeedsAttention,
        Self::Error,
        Self::Overdue,
        Self::Paused,
        Self::Running,
        Self::Warnings,
        Self::Ok,
        Self::NeverRun,
    ];
}

/// The process that locks a data folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LockOwner {
    /// Its process identifier; 0 when unknown.
    pub pid: u32,
    /// The program and its command, such as `data_exporter export`.
    pub program: String,
}

/// Everything that is shown of an engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Snapshot {
    /// The program's version.
    pub version: String,
    /// The default name of this computer at the server.
    pub device_name: String,
    /// The state that the icon shows.
    pub state: State,
    /// The reason for [`State::NeedsAttention`], [`State::Error`] or [`State::Overdue`].
    pub problem: Option<ErrorBody>,
    /// The other process that locks the data folder, if any.
    pub holder: Option<LockOwner>,
    /// Whether nothing can be changed from here: the lock owner cannot be reached, or this account may not change
    /// anything.
    pub read_only: bool,
    /// The pairing that is in effect.
    pub paired: Option<Paired>,
    /// The progress of a pairing, or the result of the last one.
    pub pairing: PairingState,
    /// The progress of the running export.
    pub run: Option<RunProgress>,
    /// The last run that has ended, without its tables.
    pub last_run: Option<RunReport>,
    /// The schedule; `None` without a crontab.
    pub schedule: Option<ScheduleView>,
    /// The pause of the schedule.
    pub paused: Option<Pause>,
    /// The settings that a person may change.
    pub settings: UserSettings,
    /// The number of errors and warnings of the last 24 hours; repeats are folded.
    #[cfg_attr(test, ts(type = "number"))]
    pub recent_errors: u64,
    /// Changes whenever a list of runs that was read before is out of date.
    #[cfg_attr(test, ts(type = "number"))]
    pub history_revision: u64,
    /// Changes whenever a list of errors that was read before is out of date.
    #[cfg_attr(test, ts(type = "number"))]
    pub errors_revision: u64,
}

/// A pairing in effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Paired {
    /// Domain, site or account; the Basic user.
    pub domain: String,
    /// The server dialect, by its word in the configuration.
    pub dialect: String,
    /// The server's base URL.
    pub base_url: Option<String>,
    /// The time of the pairing; `None` for pairings of older versions.
    pub since: Option<DateTime<Utc>>,
}

/// Progress of a pairing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum PairingState {
    /// No pairing is in progress.
    Idle,
    /// The program is requesting a code.
    Requesting {
        /// The reason for a delay.
        trouble: Option<String>,
    },
    /// A code is shown; the program polls until a person approves it.
    Waiting {
        /// The code.
        code: PairingCode,
        /// The failure of the last poll, if any.
        trouble: Option<String>,
        /// Whether the browser was opened.
        browser: BrowserState,
    },
    /// The person approved; the program stores and tries the credential.
    Keeping,
    /// The pairing succeeded.
    Done {
        /// The site or account; the server's host if the server names none.
        domain: String,
        /// The kind of this name.
        #[serde(default)]
        kind: PairedKind,
        /// The granted scopes; empty if the server names none.
        #[serde(default)]
        scopes: Vec<String>,
        /// The end of the credential, if it has one.
        #[serde(default)]
        expires_at: Option<DateTime<Utc>>,
        /// Notes for the person, in English.
        notes: Vec<String>,
    },
    /// The pairing failed.
    Failed {
        /// The kind of failure.
        fault: PairingFault,
        /// The code of the error.
        #[serde(default)]
        #[cfg_attr(test, ts(type = "string"))]
        code: Code,
        /// The message, in English.
        message: String,
        /// The remedy, in English.
        hint: Option<String>,
    },
}

/// The code that a person approves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PairingCode {
    /// The code to enter.
    pub user_code: String,
    /// The page's address.
    pub verification_uri: String,
    /// The page's address with the code in it.
    pub verification_uri_complete: Option<String>,
    /// The complete address as a QR code.
    pub qr: Option<Qr>,
    /// The time at which the code expires.
    pub expires_at: DateTime<Utc>,
    /// The lifetime of the code when it was issued, in seconds.
    #[serde(default)]
    #[cfg_attr(test, ts(type = "number"))]
    pub expires_in: u64,
    /// The time between two polls, in seconds; grows when the server asks for it.
    #[serde(default)]
    #[cfg_attr(test, ts(type = "number"))]
    pub interval: u64,
}

/// The kind of the name of a pairing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PairedKind {
    /// A site, named by the credential.
    #[default]
    Site,
    /// An account, as the server reports it.
    Account,
    /// The server's host, since the server names no site and no account.
    Server,
}

/// A QR code, drawn in a square of `side` units that includes the quiet zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Qr {
    /// Modules on a side.
    pub side: u32,
    /// The dark modules as the `d` attribute of an SVG path.
    pub path: String,
}

/// Whether a browser shows the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "browser", rename_all = "snake_case")]
pub enum BrowserState {
    /// The browser was started.
    Asked,
    /// No browser could be started.
    Failed {
        /// The reason, in English.
        why: String,
    },
}

/// Kinds of failed pairings, one for each text in the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PairingFault {
    /// The person or the server refused.
    AccessDenied,
    /// The code expired.
    ExpiredToken,
    /// The server does not know the code any more.
    InvalidGrant,
    /// The server could not be reached.
    Network,
    /// The secret cannot be stored.
    Keychain,
    /// The server does not follow the protocol.
    Unsupported,
    /// A person cancelled the pairing.
    Cancelled,
    /// The address or another setting is wrong.
    Configuration,
    /// Anything else.
    Internal,
}

impl PairingFault {
    /// Returns the word of the event `failed` (docs/command-line.md#authorize-device); none for a fault that is reported
    /// as an ordinary error.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::AccessDenied => Some("access_denied"),
            Self::ExpiredToken => Some("expired_token"),
            Self::InvalidGrant => Some("invalid_grant"),
            Self::Network => Some("network"),
            Self::Keychain => Some("keychain"),
            Self::Unsupported => Some("unsupported"),
            Self::Cancelled => Some("cancelled"),
            Self::Configuration | Self::Internal => None,
        }
    }

    /// Returns whether a new code may succeed.
    pub fn may_restart(self) -> bool {
        matches!(self, Self::ExpiredToken | Self::InvalidGrant)
    }
}

impl From<Code> for PairingFault {
    /// Returns the kind of a failure outside the device flow.
    fn from(code: Code) -> Self {
        match code {
            Code::KeychainError => Self::Keychain,
            Code::ConnectionFailed | Code::TimeoutError | Code::ServiceUnavailable => Self::Network,
            Code::AuthenticationFailed | Code::NotPaired => Self::AccessDenied,
            Code::Usage | Code::ConfigError | Code::HttpRefused => Self::Configuration,
            Code::Cancelled => Self::Cancelled,
            _ => Self::Internal,
        }
    }
}

/// Progress of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RunProgress {
    /// The trigger.
    pub trigger: Trigger,
    /// The start time.
    pub started_at: DateTime<Utc>,
    /// The number of tables to send; `None` during the scan.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub to_send: Option<u64>,
    /// Tables sent.
    #[cfg_attr(test, ts(type = "number"))]
    pub sent: u64,
    /// Unchanged tables.
    #[cfg_attr(test, ts(type = "number"))]
    pub skipped: u64,
    /// Tables refused or not delivered.
    #[cfg_attr(test, ts(type = "number"))]
    pub failed: u64,
    /// Rows converted.
    #[cfg_attr(test, ts(type = "number"))]
    pub rows: u64,
    /// Bytes sent; repeated uploads count again.
    #[cfg_attr(test, ts(type = "number"))]
    pub bytes_sent: u64,
    /// The table being converted, relative to the source folder.
    pub current: Option<String>,
    /// The wait that is in progress, if any.
    pub waiting: Option<Waiting>,
    /// Whether the run was asked to stop.
    pub stopping: bool,
}

/// A wait within a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Waiting {
    /// The end of the wait.
    pub until: DateTime<Utc>,
    /// The reason, as the end of "waiting: ...", in English.
    pub why: String,
}

/// A schedule and its next runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ScheduleView {
    /// The cron expression as typed.
    pub crontab: String,
    /// The IANA zone, or `local`.
    pub timezone: String,
    /// The description in parts, for any language.
    pub plain: ScheduleDescription,
    /// The description as an English sentence.
    pub sentence: String,
    /// The next five runs.
    pub next: Vec<DateTime<Utc>>,
}

/// A pause of the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Pause {
    /// The end of the pause; `None` means until a person resumes the schedule.
    pub until: Option<DateTime<Utc>>,
}

/// Settings that a person may change in the window. The other keys of config.toml keep their values.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct UserSettings {
    /// The source folder.
    pub source_dir: Option<String>,
    /// Globs of tables to include.
    pub include_patterns: Vec<String>,
    /// Globs of tables to exclude.
    pub exclude_patterns: Vec<String>,
    /// The cron expression.
    pub crontab: Option<String>,
    /// The IANA zone; `None` means local time.
    pub timezone: Option<String>,
    /// The default code page.
    pub dbf_encoding: String,
    /// Code pages of certain tables, by glob.
    pub overrides: BTreeMap<String, String>,
    /// Whether to skip unchanged tables.
    pub skip_unchanged: bool,
    /// The server's base URL.
    pub base_url: Option<String>,
    /// The language of tray and window.
    pub language: Language,
    /// Whether changes of state are shown as desktop notifications.
    pub notifications: bool,
}

/// The language of tray and window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// The system's language.
    #[default]
    Auto,
    /// English
    En,
    /// Russian
    Ru,
    /// Hebrew
    He,
}

/// Facts that only the desktop program knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Desktop {
    /// The language of tray and window; never [`Language::Auto`].
    pub language: Language,
    /// Whether the program starts at login.
    pub start_at_login: bool,
    /// Whether there is a tray. Without one, closing the window ends the program.
    pub has_tray: bool,
}
