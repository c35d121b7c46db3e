//! Queries and pages of the lists of runs and errors, the preview of a table, and the check of settings before they are
//! saved.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ErrorSeverity;
use super::export::{EncodingSource, Finding, RunReport, RunState, Trigger};
use super::snapshot::ScheduleView;

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
    /// The last run in which it occurred.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub run_id: Option<i64>,
    /// The remedy.
    pub hint: Option<String>,
}

/// A list to save to a file, with all its pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "list", rename_all = "snake_case")]
pub enum List {
    /// Runs.
    History {
        /// The filter.
        query: HistoryQuery,
    },
    /// Errors.
    Errors {
        /// The filter.
        query: ErrorQuery,
    },
}

/// File format of a saved list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ListFormat {
    /// RFC 4180 in UTF-8 with a byte order mark. A cell that a spreadsheet would read as a formula gets a leading `'`.
    Csv,
    /// A JSON array.
    Json,
}

/// Table and settings of a preview.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct PreviewRequest {
    /// The source folder; `None` for the configured one.
    pub source_dir: Option<String>,
    /// The table, relative to the folder, with `/`; `None` for the first table.
    pub source: Option<String>,
    /// The code page to use; overrides the table's own.
    pub encoding: Option<String>,
}

/// The first rows of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Preview {
    /// The table, relative to the folder.
    pub source: String,
    /// The table format.
    pub dialect: String,
    /// The code page.
    pub encoding: String,
    /// The source of the code page.
    pub encoding_source: EncodingSource,
    /// Rows that the header counts.
    #[cfg_attr(test, ts(type = "number"))]
    pub rows_in_header: u64,
    /// The columns.
    pub columns: Vec<String>,
    /// At most 20 rows with one cell for each column; long cells are truncated.
    pub rows: Vec<Vec<String>>,
    /// Problems found in these rows.
    pub warnings: Vec<Finding>,
}

/// Result of checking settings that are being edited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SettingsCheck {
    /// The problems; the settings can be saved when there are none.
    pub problems: Vec<SettingsProblem>,
    /// The next runs; `None` without a valid crontab.
    pub schedule: Option<ScheduleView>,
    /// The tables in the source folder; `None` when it cannot be read.
    pub tables: Option<TablesFound>,
}

/// A problem with a setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SettingsProblem {
    /// The field of [`super::snapshot::UserSettings`].
    pub field: String,
    /// The fault, in English.
    pub message: String,
    /// The remedy, in English.
    pub remedy: String,
}

/// The tables of a folder that match the patterns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TablesFound {
    /// The number of tables.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: u64,
    /// The first 200 of them, relative to the folder, with `/`.
    pub first: Vec<String>,
}
