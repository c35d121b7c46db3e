//! Queries and pages of the history of runs.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::export::{RunReport, RunState, Trigger};

/// Filter for runs; the default matches all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct HistoryQuery {
    /// States to match; an empty list matches any.
    pub states: Vec<RunState>,
    /// Triggers to match; an empty list matches any.
    pub triggers: Vec<Trigger>,
    /// Text to find in the number, a batch identifier, the error or a table's name, ignoring case.
    pub text: Option<String>,
    /// Match runs that started at or after this time.
    pub since: Option<DateTime<Utc>>,
    /// Match runs that started before this time.
    pub until: Option<DateTime<Utc>>,
}

/// A page of runs, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HistoryPage {
    /// The runs, without their tables.
    pub runs: Vec<RunReport>,
    /// The number of matching runs on all pages.
    #[cfg_attr(test, ts(type = "number"))]
    pub total: u64,
    /// The cursor of the next page; `None` on the last page.
    pub next: Option<String>,
}
