//! What goes over the local channel: one JSON value a line, [`Question`]s one way and [`Line`]s the other. No secret.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::models::command::{Command, EngineEvent};
use crate::models::export::ErrorBody;
use crate::models::listing::{ErrorQuery, HistoryQuery, PreviewRequest};
use crate::models::snapshot::{LockOwner, Snapshot, UserSettings};

/// The longest line that is read, in bytes.
pub const LONGEST: usize = 16 << 20;

/// A question with the number that its answer will have.
#[derive(Debug, Serialize, Deserialize)]
pub struct Question {
    /// Any number.
    pub id: u64,
    /// What is asked.
    pub ask: Ask,
}

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
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

/// What the holder says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The first line.
    Hello {
        /// Who says it.
        holder: LockOwner,
        /// Whether this connection may change anything.
        may_change: bool,
        /// All there is to show.
        snapshot: Box<Snapshot>,
    },
    /// Something has happened.
    Event(EngineEvent),
    /// The answer to a question.
    Answer {
        /// The question's number.
        id: u64,
        /// What was asked for.
        value: Value,
    },
    /// A question, or a line that was none, was refused.
    Refused {
        /// The question's number, where it had one.
        id: Option<u64>,
        /// Why.
        error: ErrorBody,
    },
}
