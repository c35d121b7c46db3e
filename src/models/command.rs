//! What an engine is asked to do, [`Command`], and what it tells of itself, [`EngineEvent`]. The same on every way to it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::export::ErrorBody;
use super::snapshot::{RunProgress, Snapshot, State, UserSettings};

/// A request. It is answered when it was taken up, not when it is done: that is told by events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Pair, or pair again; one that is under way is ended first.
    StartPairing(Box<PairingRequest>),
    /// End the pairing that is under way, or forget how the last one ended.
    CancelPairing,
    /// The browser that [`EngineEvent::OpenAddress`] asked for did not start.
    BrowserFailed {
        /// Why.
        why: String,
    },
    /// Remove the pairing's secret everywhere.
    Unpair,
    /// Export now, unless an export is going on.
    Export {
        /// Unchanged tables too.
        full: bool,
        /// Only tables that one of these globs takes; none for all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(test, ts(optional, as = "Option<Vec<String>>"))]
        only: Vec<String>,
        /// How long to go on trying to reach the server, in seconds; none for five times.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional, type = "number"))]
        retry_for: Option<u64>,
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
        settings: UserSettings,
    },
}

/// What is asked of a pairing besides what the configuration says; the default asks nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields = nullable))]
#[serde(default)]
pub struct PairingRequest {
    /// The server's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// The name of this computer there, where it is another one than the computer's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_name: Option<String>,
    /// What this computer is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_type: Option<String>,
    /// The version of its software.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub firmware_version: Option<String>,
    /// The folder of tables, to be kept in the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_dir: Option<PathBuf>,
    /// The cron expression, to be kept in the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crontab: Option<String>,
    /// The code page of tables that name none, to be kept in the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Whether http to this computer is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_https: Option<bool>,
    /// Where the secret is kept, as its word in the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_store: Option<String>,
    /// The kind of server, as its word in the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialect: Option<String>,
    /// The site's name at the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site_name: Option<String>,
    /// The site's description at the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site_description: Option<String>,
    /// rfc8628: the issuer whose metadata names the endpoints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// rfc8628: where a code is asked for, and where tokens are had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<(String, String)>,
    /// rfc8628 and aip: the name under which the server knows this program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// romm: the name of this program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// What the token shall be allowed to do, parted by blanks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// rfc8628: whether requests are JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<bool>,
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
pub enum EngineEvent {
    /// Something changed; this is all there is to show now.
    Changed {
        /// The whole.
        snapshot: Box<Snapshot>,
    },
    /// The run that is going on went further; at most ten times a second.
    Progressed {
        /// How far it is.
        run: RunProgress,
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
