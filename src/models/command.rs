//! Requests to an engine, [`Command`], and the events that it sends, [`EngineEvent`]. The tray, the window and the
//! command line use the same two types.

use serde::{Deserialize, Serialize};

use super::export::ErrorBody;
use super::pairing::PairingRequest;
use super::run_event::RunEvent;
use super::settings::UserSettings;
use super::snapshot::{RunProgress, Snapshot, State};

/// A request to the engine. The engine replies when it has accepted or refused the command; events report how the work
/// ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Start a pairing. An attempt that is still running is cancelled first.
    StartPairing(Box<PairingRequest>),
    /// Cancel the running pairing, or clear the result of the last one.
    CancelPairing,
    /// The browser could not be started for [`EngineEvent::OpenAddress`].
    BrowserFailed {
        /// The reason, for a person.
        why: String,
    },
    /// Unpair: delete the stored secret from every secret store.
    Unpair,
    /// Start an export unless one is running.
    Export {
        /// Send unchanged tables too.
        full: bool,
        /// Globs of the tables to send; an empty list means all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(test, ts(optional, as = "Option<Vec<String>>"))]
        only: Vec<String>,
        /// A person confirmed that delivered tables that are not in the folder any more are gone.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
        accept_missing: bool,
        /// How long to retry an unreachable server, in seconds; `None` means five attempts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional, type = "number"))]
        retry_for: Option<u64>,
    },
    /// Cancel the running export.
    CancelExport,
    /// Pause scheduled exports.
    Pause {
        /// The length of the pause.
        pause: PauseFor,
    },
    /// Resume scheduled exports.
    Resume,
    /// Change one key of config.toml.
    ChangeKey {
        /// The key as `section.name`.
        key: String,
        /// The new value as text; none removes the key.
        value: Option<String>,
    },
    /// Save settings to config.toml.
    SaveSettings {
        /// All settings; unchanged ones included.
        settings: UserSettings,
    },
}

/// Length of a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum PauseFor {
    /// A fixed number of seconds.
    Seconds {
        /// The number of seconds.
        #[cfg_attr(test, ts(type = "number"))]
        seconds: u64,
    },
    /// Until the next midnight in the schedule's time zone.
    UntilTomorrow,
    /// Until a person resumes the schedule.
    UntilResumed,
}

/// The answer to a request for an export: the ticket that its result is asked for with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportTicket {
    /// The number of the request.
    pub ticket: u64,
    /// What happens with the request.
    pub admission: ExportAdmission,
}

/// What happens with a request for an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportAdmission {
    /// Its run has started.
    Started,
    /// The run in progress delivers what was asked for.
    Joined,
    /// Its run starts when the run in progress has ended.
    Queued,
}

/// An event of the engine. The engine stores the fact before it sends the event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EngineEvent {
    /// The view changed; the event carries the whole new view.
    Changed {
        /// The new view.
        snapshot: Box<Snapshot>,
    },
    /// The running export made progress; sent at most ten times a second.
    Progressed {
        /// The new progress.
        run: RunProgress,
        /// The events of tables and batches since the last such event, in order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(test, ts(optional, as = "Option<Vec<RunEvent>>"))]
        events: Vec<RunEvent>,
    },
    /// Open the verification page in a browser; sent once for each code.
    OpenAddress {
        /// The page's address, with the code in it where the server provides that.
        address: String,
    },
    /// Show a notification, even when no window is open.
    Notice {
        /// The notification.
        notice: Notice,
    },
    /// The engine has ended.
    Ended,
}

/// A notification: one for each change of state for the worse, and one for the end of a pairing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Notice {
    /// The new state.
    pub state: State,
    /// The number of affected tables, where the state comes from a run.
    #[cfg_attr(test, ts(type = "number"))]
    pub tables: u64,
    /// The reason.
    pub problem: Option<ErrorBody>,
}
