//! The lines of the control channel, one JSON value each: [`RequestLine`]s to the lock owner, [`ResponseLine`]s back.
//! No line contains a secret.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::engine::ExportOptions;
use crate::error::{Code, Error, Result};
use crate::models::command::{Command, EngineEvent};
use crate::models::errors::ErrorQuery;
use crate::models::export::ErrorBody;
use crate::models::history::HistoryQuery;
use crate::models::preview::PreviewRequest;
use crate::models::settings::UserSettings;
use crate::models::snapshot::{LockOwner, Snapshot};

/// Maximum length of a line, in bytes.
pub const MAX_LINE_BYTES: usize = 16 << 20;

/// A request with the number of its answer.
#[derive(Debug, Serialize, Deserialize)]
pub struct RequestLine {
    /// Any number.
    pub id: u64,
    /// The request.
    #[serde(rename = "ask")]
    pub request: ControlRequest,
}

/// The number of a request that is not known here.
#[derive(Debug, Deserialize)]
pub struct RequestNumber {
    /// The number.
    pub id: u64,
}

/// The requests that the lock owner accepts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ControlRequest {
    /// Run a command.
    Send(Command),
    /// Start an export; the answer is an `ExportTicket`.
    Export {
        /// Unchanged tables too.
        #[serde(default)]
        full: bool,
        /// Only tables that one of these globs matches; empty for all.
        #[serde(default)]
        only: Vec<String>,
        /// A person confirmed that delivered tables that are not in the folder any more are gone.
        #[serde(default)]
        accept_missing: bool,
        /// How long to keep trying to reach the server, in seconds.
        #[serde(default)]
        retry_for: Option<u64>,
    },
    /// The result of an export when it has ended; the answer is a `RunReport`.
    ExportResult(u64),
    /// Stop the export of a ticket.
    CancelExport(u64),
    /// Unpair; the answer is an `Unpaired`.
    Unpair,
    /// A page of runs.
    History {
        /// The filter.
        query: HistoryQuery,
        /// Cursor of the previous page.
        cursor: Option<String>,
        /// Page size.
        limit: u32,
    },
    /// One run with its tables.
    Run(i64),
    /// A page of errors.
    Errors {
        /// The filter.
        query: ErrorQuery,
        /// Cursor of the previous page.
        cursor: Option<String>,
        /// Page size.
        limit: u32,
    },
    /// The first rows of a table.
    Preview(PreviewRequest),
    /// Check settings before they are saved.
    Check(UserSettings),
}

/// A line from the lock owner.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseLine {
    /// The first line.
    Hello {
        /// The lock owner.
        #[serde(rename = "holder")]
        owner: LockOwner,
        /// Whether this connection may change anything.
        may_change: bool,
        /// The snapshot.
        snapshot: Box<Snapshot>,
    },
    /// An event.
    Event(EngineEvent),
    /// The answer to a request.
    Answer {
        /// The request's number.
        id: u64,
        /// The result.
        value: Value,
    },
    /// A request, or an invalid line, was refused.
    Refused {
        /// The request's number, where the line had one.
        id: Option<u64>,
        /// The reason.
        error: ErrorBody,
    },
}

impl ControlRequest {
    /// Returns whether only an account that may change something may send this request.
    pub fn changes(&self) -> bool {
        matches!(self, Self::Send(_) | Self::Export { .. } | Self::CancelExport(_) | Self::Unpair)
    }
}

impl TryFrom<&ExportOptions> for ControlRequest {
    type Error = Error;

    /// Fails for a secret from a file, since no secret crosses the channel.
    fn try_from(options: &ExportOptions) -> Result<Self> {
        let ExportOptions { full, only, accept_missing, retry_for, secret_file } = options.clone();
        if secret_file.is_some() {
            return Err(Error::new(
                Code::Usage,
                "`--client-secret-file` cannot be used while another process uses the data folder",
            )
            .hint("omit `--client-secret-file`, or stop that process"));
        }
        Ok(Self::Export { full, only, accept_missing, retry_for: retry_for.map(|length| length.as_secs()) })
    }
}
