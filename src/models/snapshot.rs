//! [`Snapshot`], all that a tray, a window or a command shows of an engine: one value, always whole. Holds no secret,
//! no device code and no token.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::export::{ErrorBody, RunReport, Trigger};
use super::schedule_description::ScheduleDescription;

/// The state of an installation, in the order of docs/tray-and-ui.md: the first that holds is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// No credential is configured.
    Unpaired,
    /// Nothing can succeed before a person has acted: the pairing was revoked, the keychain is locked, the folder is
    /// missing, the configuration is wrong.
    NeedsAttention,
    /// The last run failed.
    Error,
    /// Nothing was delivered for two periods of the schedule.
    Overdue,
    /// A person stopped the schedule for a while.
    Paused,
    /// A run is going on.
    Running,
    /// The last run left something out.
    Warnings,
    /// The last run delivered everything.
    Ok,
    /// There was no run that tells anything.
    NeverRun,
}

impl State {
    /// Every state, in the order in which they are judged.
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

/// The process that holds a data folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LockOwner {
    /// Its process number; 0 when it could not be read.
    pub pid: u32,
    /// The program and what it does, such as `data_exporter export`.
    pub program: String,
}

/// All there is to show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Snapshot {
    /// The program's version.
    pub version: String,
    /// The name this computer has at the server unless another is given.
    pub device_name: String,
    /// The one state that the icon shows.
    pub state: State,
    /// Why the state is [`State::NeedsAttention`], [`State::Error`] or [`State::Overdue`].
    pub problem: Option<ErrorBody>,
    /// The process that holds the data folder, where it is another one.
    pub holder: Option<LockOwner>,
    /// Whether nothing can be changed from here: the holder cannot be reached, or may not be told what to do.
    pub read_only: bool,
    /// Whom this computer is paired with.
    pub paired: Option<Paired>,
    /// The pairing that is under way, or how the last one ended.
    pub pairing: PairingState,
    /// The run that is going on.
    pub run: Option<RunProgress>,
    /// The newest run that has ended, without its tables.
    pub last_run: Option<RunReport>,
    /// When exports are due; none without a crontab.
    pub schedule: Option<ScheduleView>,
    /// Since when and until when the schedule rests.
    pub paused: Option<Pause>,
    /// What a person may change.
    pub settings: UserSettings,
    /// Errors and warnings of the last 24 hours, repeats folded.
    #[cfg_attr(test, ts(type = "number"))]
    pub recent_errors: u64,
    /// Changes whenever a list of runs shown before is out of date.
    #[cfg_attr(test, ts(type = "number"))]
    pub history_revision: u64,
    /// Changes whenever a list of errors shown before is out of date.
    #[cfg_attr(test, ts(type = "number"))]
    pub errors_revision: u64,
}

/// A pairing that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Paired {
    /// The domain, site or account; the Basic user.
    pub domain: String,
    /// The word of the kind of server.
    pub dialect: String,
    /// The server's address.
    pub base_url: Option<String>,
    /// When it was made; none where it is older than the memory of it.
    pub since: Option<DateTime<Utc>>,
}

/// How far a pairing is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum PairingState {
    /// None is under way.
    Idle,
    /// A code is being asked for.
    Requesting {
        /// Why it takes longer.
        trouble: Option<String>,
    },
    /// The code is there and waits for a person.
    Waiting {
        /// What to show.
        code: PairingCode,
        /// What happened at the last poll, when it was not an answer.
        trouble: Option<String>,
        /// Whether the browser was opened.
        browser: BrowserState,
    },
    /// The person said yes; the credential is being stored and tried.
    Keeping,
    /// It is done.
    Done {
        /// The site or account.
        domain: String,
        /// What a person should know besides, in English.
        notes: Vec<String>,
    },
    /// It ended without a pairing.
    Failed {
        /// Which way.
        fault: PairingFault,
        /// What happened, in English.
        message: String,
        /// What to do, in English.
        hint: Option<String>,
    },
}

/// What a person needs to say yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PairingCode {
    /// The code to enter.
    pub user_code: String,
    /// Where to enter it.
    pub verification_uri: String,
    /// The same with the code in it.
    pub verification_uri_complete: Option<String>,
    /// The complete address as a QR code.
    pub qr: Option<Qr>,
    /// When the code ends.
    pub expires_at: DateTime<Utc>,
}

/// A QR code, for a drawing of `side` units to each side whose quiet zone is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Qr {
    /// Modules to a side.
    pub side: u32,
    /// The dark modules as the `d` of an SVG path.
    pub path: String,
}

/// Whether a browser shows the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "browser", rename_all = "snake_case")]
pub enum BrowserState {
    /// It was asked to.
    Asked,
    /// None could be started.
    Failed {
        /// Why, in English.
        why: String,
    },
}

/// How a pairing can fail, as the window has words for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PairingFault {
    /// The person, or the server, said no.
    AccessDenied,
    /// Nobody answered in time.
    ExpiredToken,
    /// The server does not know the code any more.
    InvalidGrant,
    /// The server could not be reached.
    Network,
    /// The secret cannot be kept.
    Keychain,
    /// The server does not speak as expected.
    Unsupported,
    /// A person stopped it.
    Cancelled,
    /// The address or another setting is wrong.
    Configuration,
    /// Anything else.
    Internal,
}

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RunProgress {
    /// What started it.
    pub trigger: Trigger,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// Tables to be sent; none while the folder is looked through.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub to_send: Option<u64>,
    /// Tables sent.
    #[cfg_attr(test, ts(type = "number"))]
    pub sent: u64,
    /// Tables that have not changed.
    #[cfg_attr(test, ts(type = "number"))]
    pub skipped: u64,
    /// Tables refused or not delivered.
    #[cfg_attr(test, ts(type = "number"))]
    pub failed: u64,
    /// Rows converted.
    #[cfg_attr(test, ts(type = "number"))]
    pub rows: u64,
    /// Bytes sent; those of a repeated upload count again.
    #[cfg_attr(test, ts(type = "number"))]
    pub bytes_sent: u64,
    /// The table being converted, relative to the source folder.
    pub current: Option<String>,
    /// Until when it waits, and why, in English.
    pub waiting: Option<Waiting>,
    /// Whether it was told to stop.
    pub stopping: bool,
}

/// A pause in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Waiting {
    /// When it goes on.
    pub until: DateTime<Utc>,
    /// Why, as the end of "waiting: ...".
    pub why: String,
}

/// When exports are due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ScheduleView {
    /// As it was typed.
    pub crontab: String,
    /// The IANA zone, or `local`.
    pub timezone: String,
    /// In the parts of a sentence.
    pub plain: ScheduleDescription,
    /// In an English sentence.
    pub sentence: String,
    /// The next five times.
    pub next: Vec<DateTime<Utc>>,
}

/// A rest of the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Pause {
    /// When it goes on by itself; none: when a person says so.
    pub until: Option<DateTime<Utc>>,
}

/// What a person may change in the window. Everything else of config.toml stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct UserSettings {
    /// The folder of tables.
    pub source_dir: Option<String>,
    /// Globs of tables to take.
    pub include_patterns: Vec<String>,
    /// Globs of tables to leave out.
    pub exclude_patterns: Vec<String>,
    /// The cron expression.
    pub crontab: Option<String>,
    /// The IANA zone; none for the computer's own.
    pub timezone: Option<String>,
    /// The code page of tables that name none.
    pub dbf_encoding: String,
    /// The code page of certain tables, by glob.
    pub overrides: BTreeMap<String, String>,
    /// Whether unchanged tables are left out.
    pub skip_unchanged: bool,
    /// The server's address.
    pub base_url: Option<String>,
    /// The language of tray and window.
    pub language: Language,
    /// Whether changes of state are told by the desktop.
    pub notifications: bool,
}

/// The language of tray and window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// That of the system.
    #[default]
    Auto,
    /// English
    En,
    /// Russian
    Ru,
    /// Hebrew
    He,
}

/// What only the desktop program knows of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Desktop {
    /// The language of tray and window; never [`Language::Auto`].
    pub language: Language,
    /// Whether the program is started at login.
    pub start_at_login: bool,
    /// Whether there is a tray to live in; without one, closing the window ends the program.
    pub has_tray: bool,
}
