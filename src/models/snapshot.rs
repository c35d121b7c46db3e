//! [`Snapshot`]: everything that a tray, a window or a command shows of an engine, as one complete value. Contains no
//! secret, no device code and no token.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::export::{ErrorBody, RunReport, Trigger};
use super::pairing::{Paired, PairingState};
use super::schedule::ScheduleView;
use super::settings::UserSettings;

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
    /// The setup is under way: no table folder has been chosen, and no run has ended.
    Setup,
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
    /// The last run delivered everything, and nothing runs the next one: no schedule is set, or no process runs it.
    Inactive,
    /// The last run delivered everything.
    Ok,
    /// No run has ended yet, other than cancelled ones.
    NeverRun,
}

impl State {
    /// Every state, in the order of precedence.
    pub const ALL: [Self; 11] = [
        Self::Unpaired,
        Self::NeedsAttention,
        Self::Setup,
        Self::Error,
        Self::Overdue,
        Self::Paused,
        Self::Running,
        Self::Warnings,
        Self::Inactive,
        Self::Ok,
        Self::NeverRun,
    ];
}

/// What a person does next, in a state that is no problem but not complete either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum NextStep {
    /// Pair this computer.
    Pair,
    /// Choose the table folder.
    ChooseFolder,
    /// Start the first export, by hand or by a schedule.
    Export,
    /// Set a schedule.
    SetSchedule,
    /// Start a process that runs the schedule.
    RunSchedule,
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
    /// What a person does next, where the state calls for it.
    #[serde(default)]
    pub next_step: Option<NextStep>,
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

/// A pause of the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Pause {
    /// The end of the pause; `None` means until a person resumes the schedule.
    pub until: Option<DateTime<Utc>>,
}
