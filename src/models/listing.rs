//! Lists of runs and of errors as they are asked for and answered, a page at a time; the preview of a table; the check
//! of settings before they are saved.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ErrorSeverity;
use super::export::{EncodingSource, Finding, RunReport, RunState, Trigger};
use super::snapshot::ScheduleView;

/// Which runs; the default is all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct HistoryQuery {
    /// In one of these states; empty for any.
    pub states: Vec<RunState>,
    /// Started by one of these; empty for any.
    pub triggers: Vec<Trigger>,
    /// This text in the number, a batch id, the error or the name of a table, in any case.
    pub text: Option<String>,
    /// Begun at or after this time.
    pub since: Option<DateTime<Utc>>,
    /// Begun before this time.
    pub until: Option<DateTime<Utc>>,
}

/// One page of runs, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HistoryPage {
    /// The runs, without their tables.
    pub runs: Vec<RunReport>,
    /// How many the query has on all pages.
    #[cfg_attr(test, ts(type = "number"))]
    pub total: u64,
    /// What to ask for the next page with; none on the last.
    pub next: Option<String>,
}

/// Which errors; the default is all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct ErrorQuery {
    /// Of one of these severities; empty for any.
    pub severities: Vec<ErrorSeverity>,
    /// Exactly this type, in any case.
    pub kind: Option<String>,
    /// This text in message, hint, type or metadata, in any case.
    pub text: Option<String>,
    /// Seen at or after this time.
    pub since: Option<DateTime<Utc>>,
    /// First seen before this time.
    pub until: Option<DateTime<Utc>>,
}

/// One page of errors, the last seen first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ErrorPage {
    /// The errors, repeats within an hour folded.
    pub errors: Vec<RecordedError>,
    /// How many the query has on all pages.
    #[cfg_attr(test, ts(type = "number"))]
    pub total: u64,
    /// How many of each severity the query would have if it asked for any severity.
    #[cfg_attr(test, ts(type = "Partial<Record<ErrorSeverity, number>>"))]
    pub by_severity: BTreeMap<ErrorSeverity, u64>,
    /// What to ask for the next page with; none on the last.
    pub next: Option<String>,
}

/// A kept error, as `errors --json` shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RecordedError {
    /// Its number.
    #[cfg_attr(test, ts(type = "number"))]
    pub id: i64,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// How bad.
    pub severity: ErrorSeverity,
    /// What happened.
    pub message: String,
    /// Details.
    #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
    pub metadata: Map<String, Value>,
    /// When it was first seen in its hour.
    pub first_at: DateTime<Utc>,
    /// When it was last seen in its hour.
    pub last_at: DateTime<Utc>,
    /// How often it was seen in that hour.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: u64,
    /// Whether the server was told.
    pub reported: bool,
    /// The last run it was seen in.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub run_id: Option<i64>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// A list to be written to a file, all pages of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "list", rename_all = "snake_case")]
pub enum List {
    /// Runs.
    History {
        /// Which.
        query: HistoryQuery,
    },
    /// Errors.
    Errors {
        /// Which.
        query: ErrorQuery,
    },
}

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ListFormat {
    /// RFC 4180 in UTF-8 behind a byte order mark; a cell that a spreadsheet would take for a formula gets a `'` in front.
    Csv,
    /// One array.
    Json,
}

/// Which table to look into, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct PreviewRequest {
    /// The folder; none for that of the configuration.
    pub source_dir: Option<String>,
    /// The table, relative to the folder with `/`; none for the first there is.
    pub source: Option<String>,
    /// The code page to read it by, whatever the table says.
    pub encoding: Option<String>,
}

/// The first rows of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Preview {
    /// The table, relative to the folder.
    pub source: String,
    /// The dialect in words.
    pub dialect: String,
    /// The code page.
    pub encoding: String,
    /// Where the code page was taken from.
    pub encoding_source: EncodingSource,
    /// Rows the table's header counts.
    #[cfg_attr(test, ts(type = "number"))]
    pub rows_in_header: u64,
    /// The columns.
    pub columns: Vec<String>,
    /// At most 20 rows of as many cells; long cells are cut.
    pub rows: Vec<Vec<String>>,
    /// What could not be carried in these rows.
    pub warnings: Vec<Finding>,
}

/// What settings that are being typed would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SettingsCheck {
    /// All that is wrong; they can be saved when it is empty.
    pub problems: Vec<SettingsProblem>,
    /// When exports would be due; none without a usable crontab.
    pub schedule: Option<ScheduleView>,
    /// What the folder holds; none when it cannot be read.
    pub tables: Option<TablesFound>,
}

/// Something wrong with a setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SettingsProblem {
    /// The field of [`super::snapshot::UserSettings`].
    pub field: String,
    /// What is wrong, in English.
    pub message: String,
    /// What to do, in English.
    pub remedy: String,
}

/// The tables of a folder that the patterns take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TablesFound {
    /// How many.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: u64,
    /// The first 200 of them, relative to the folder with `/`.
    pub first: Vec<String>,
}
