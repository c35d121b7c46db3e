//! What an engine is asked to do, [`Command`], and what it tells of itself, [`Event`]. The same on every way to it.

use serde::{Deserialize, Serialize};

use super::export::ErrorBody;
use super::snapshot::{Progress, Settings, Snapshot, State};

/// A wish. It is answered when it was taken up, not when it is done: that is told by events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Pair, or pair again; one that is under way is ended first.
    StartPairing {
        /// The server, where it is another one than that of the configuration.
        base_url: Option<String>,
        /// The name of this computer there, where it is another one than the computer's own.
        device_name: Option<String>,
    },
    /// End the pairing that is under way, or forget how the last one ended.
    CancelPairing,
    /// The browser that [`Event::OpenAddress`] asked for did not start.
    BrowserFailed {
        /// Why.
        why: String,
    },
    /// Remove the pairing's secret everywhere.
    Unpair,
    /// Export now.
    Export {
        /// Unchanged tables too.
        full: bool,
    },
    /// Stop the export that is going on.
    CancelExport,
    /// Let the schedule rest.
    Pause {
        /// How long.
        pause: PauseFor,
    },
    /// End the rest of the schedule.
    Resume,
    /// Write what a person changed to config.toml.
    SaveSettings {
        /// All of them.
        settings: Settings,
    },
}

/// How long the schedule rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum PauseFor {
    /// So many seconds.
    Seconds {
        /// How many.
        #[cfg_attr(test, ts(type = "number"))]
        seconds: u64,
    },
    /// Until the next midnight of the schedule's clock.
    UntilTomorrow,
    /// Until a person ends it.
    UntilResumed,
}

/// Something that has happened; its fact is stored before it is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Something changed; this is all there is to show now.
    Changed {
        /// The whole.
        snapshot: Box<Snapshot>,
    },
    /// The run that is going on went further; at most ten times a second.
    Progressed {
        /// How far it is.
        run: Progress,
    },
    /// The verification page should be opened in a browser now; told once for each code.
    OpenAddress {
        /// The page, with the code in it where the server gives that.
        address: String,
    },
    /// Something a person should be told even though no window is open.
    Notice {
        /// What.
        notice: Notice,
    },
    /// The engine has ended.
    Ended,
}

/// A notification: one for each change of state for the worse, and the end of a pairing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Notice {
    /// The state that was come to.
    pub state: State,
    /// How many tables are concerned, where the state is of a run.
    #[cfg_attr(test, ts(type = "number"))]
    pub tables: u64,
    /// Why.
    pub problem: Option<ErrorBody>,
}
