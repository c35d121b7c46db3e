//! Queries and pages of the history of errors.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ErrorSeverity;

/// Filter for errors; the default matches all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct ErrorQuery {
    /// Severities to match; an empty list matches any.
    pub severities: Vec<ErrorSeverity>,
    /// Type to match, ignoring case.
    pub kind: Option<String>,
    /// Text to find in message, hint, type or metadata, ignoring case.
    pub text: Option<String>,
    /// Match errors seen at or after this time.
    pub since: Option<DateTime<Utc>>,
    /// Match errors first seen before this time.
    pub until: Option<DateTime<Utc>>,
}

/// A page of errors, most recent first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ErrorPage {
    /// The errors; repeats within an hour are folded.
    pub errors: Vec<RecordedError>,
    /// The number of matching errors on all pages.
    #[cfg_attr(test, ts(type = "number"))]
    pub total: u64,
    /// The number of errors of each severity that would match without the severity filter.
    #[cfg_attr(test, ts(type = "Partial<Record<ErrorSeverity, number>>"))]
    pub by_severity: BTreeMap<ErrorSeverity, u64>,
    /// The cursor of the next page; `None` on the last page.
    pub next: Option<String>,
}

/// A recorded error, as `errors --json` shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RecordedError {
    /// Its number.
    #[cfg_attr(test, ts(type = "number"))]
    pub id: i64,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The severity.
    pub severity: ErrorSeverity,
    /// The message.
    pub message: String,
    /// The details.
    #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
    pub metadata: Map<String, Value>,
    /// The time of its first occurrence within the hour.
    pub first_at: DateTime<Utc>,
    /// The time of its last occurrence within the hour.
    pub last_at: DateTime<Utc>,
    /// The number of occurrences within the hour.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: u64,
    /// Whether the error was reported to the server.
    pub reported: bool,
    /// Whether it is over: the table of the error was delivered later, or a later run than its own completed.
    #[serde(default)]
    pub solved: bool,
    /// The last run in which it occurred.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub run_id: Option<i64>,
    /// The remedy.
    pub hint: Option<String>,
}
