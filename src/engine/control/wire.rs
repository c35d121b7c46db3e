//! The lines of the local channel: one JSON value a line, [`RequestLine`]s to the lock owner and [`ResponseLine`]s back.
//! No line holds a secret.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::models::command::{Command, EngineEvent};
use crate::models::export::ErrorBody;
use crate::models::listing::{ErrorQuery, HistoryQuery, PreviewRequest};
use crate::models::snapshot::{LockOwner, Snapshot, UserSettings};

/// The longest line that is read, in bytes.
pub const MAX_LINE_BYTES: usize = 16 << 20;

/// A request with the number that its answer will have.
#[derive(Debug, Serialize, Deserialize)]
pub struct RequestLine {
    /// Any number.
    pub id: u64,
    /// The request.
    #[serde(rename = "ask")]
    pub request: ControlRequest,
}

/// The requests that the lock owner accepts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ControlRequest {
    /// Do something.
    Send(Command),
    /// A page of runs.
    History {
        /// Which.
        query: HistoryQuery,
        /// Of the page before.
        cursor: Option<String>,
        /// How many.
        limit: u32,
    },
    /// One run with its tables.
    Run(i64),
    /// A page of errors.
    Errors {
        /// Which.
        query: ErrorQuery,
        /// Of the page before.
        cursor: Option<String>,
        /// How many.
        limit: u32,
    },
    /// The first rows of a table.
    Preview(PreviewRequest),
    /// What settings would do.
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
        /// All there is to show.
        snapshot: Box<Snapshot>,
    },
    /// Something has happened.
    Event(EngineEvent),
    /// The answer to a request.
    Answer {
        /// The request's number.
        id: u64,
        /// The result.
        value: Value,
    },
    /// A request, or a line that was no request, was refused.
    Refused {
        /// The request's number, where it had one.
        id: Option<u64>,
        /// Why.
        error: ErrorBody,
    },
}
