//! Results of conversions and exports: the JSON of docs/command-line.md#json-of-a-table as types.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Code;

/// Row counts of a table.
///
/// Always `header = live + deleted + bad + missing`; these four describe the rows that the header counts. `written` is
/// the number of rows in the CSV.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RowCounts {
    /// Rows that the header counts.
    #[cfg_attr(test, ts(type = "number"))]
    pub header: u64,
    /// Rows whose deletion flag is a blank.
    #[cfg_attr(test, ts(type = "number"))]
    pub live: u64,
    /// Rows whose deletion flag is `*`.
    #[cfg_attr(test, ts(type = "number"))]
    pub deleted: u64,
    /// Rows with any other deletion flag; exported as live.
    #[cfg_attr(test, ts(type = "number"))]
    pub bad: u64,
    /// Whole rows after the header's last row and before any end marker.
    #[cfg_attr(test, ts(type = "number"))]
    pub beyond_header: u64,
    /// Rows that the header counts and the file does not contain.
    #[cfg_attr(test, ts(type = "number"))]
    pub missing: u64,
    /// Rows written to the CSV.
    #[cfg_attr(test, ts(type = "number"))]
    pub written: u64,
}

/// A kind of problem found in a table: a value that could not be carried over, or data omitted because of the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Finding {
    /// The code, such as `NUMBER_INVALID`; see `convert::findings`.
    pub code: String,
    /// The first affected row, counted from 1 in file order; null where the finding concerns no row.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub row: Option<u64>,
    /// The column's name as in the CSV; null where the finding concerns no column.
    pub column: Option<String>,
    /// The number of occurrences.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: u64,
    /// The message for a person. Never contains the value itself.
    pub message: String,
    /// The first values, shown only on the terminal by `convert`, `preview` and `export --dry-run`. Never serialised,
    /// so that they appear in no JSON, log, database or report.
    #[serde(skip)]
    pub samples: Vec<Sample>,
}

/// A value that could not be carried over, shown on a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The row, counted from 1.
    pub row: u64,
    /// The text as read, made printable.
    pub text: String,
}

/// Source of a table's code page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum EncodingSource {
    /// A flag or the configuration names it for this file.
    Setting,
    /// The `.cpg` file beside the table.
    Cpg,
    /// The language driver byte in the header.
    Ldid,
    /// The language driver name in a dBASE 7 header.
    Driver,
    /// The default code page, `dbf_encoding`.
    Default,
}

/// An error as shown in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ErrorBody {
    /// The kind of error.
    #[cfg_attr(test, ts(type = "string"))]
    pub code: Code,
    /// The message: what failed, on what and why.
    pub message: String,
    /// The remedy.
    pub hint: Option<String>,
    /// The affected file or folder.
    pub path: Option<String>,
}

/// The result for one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FileReport {
    /// The table: as given to `convert`; in an export relative to the source folder, with `/`.
    pub source: String,
    /// The CSV file; null where there is none or it went to a server.
    pub output: Option<String>,
    /// The table's name as the server derives it: the upload name without its extension.
    pub table: String,
    /// The table format, such as `Visual FoxPro`; null when the header could not be read.
    pub dialect: Option<String>,
    /// The code page, such as `CP866`; null when the header could not be read.
    pub encoding: Option<String>,
    /// The source of the code page.
    pub encoding_source: Option<EncodingSource>,
    /// The row counts.
    pub rows: RowCounts,
    /// Size of the table and its memo file, in bytes.
    #[cfg_attr(test, ts(type = "number"))]
    pub bytes_in: u64,
    /// Size of the output, in bytes; all parts together.
    #[cfg_attr(test, ts(type = "number"))]
    pub bytes_out: u64,
    /// SHA-256 of the output in lower-case hex; of the first part when there are several; null when the table was
    /// refused.
    pub sha256: Option<String>,
    /// Values that were lost or repaired: exit code 3.
    pub warnings: Vec<Finding>,
    /// Data omitted because of the settings, and other facts that change neither state nor exit code.
    pub notes: Vec<Finding>,
    /// The reason why the table was refused, or null.
    pub error: Option<ErrorBody>,
}

impl FileReport {
    /// Creates the report of a table that was not read.
    pub fn unread(source: String, table: String) -> Self {
        Self {
            source,
            output: None,
            table,
            dialect: None,
            encoding: None,
            encoding_source: None,
            rows: RowCounts::default(),
            bytes_in: 0,
            bytes_out: 0,
            sha256: None,
            warnings: Vec::new(),
            notes: Vec::new(),
            error: None,
        }
    }
}

/// The result for one table of an export: a [`FileReport`] and its delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ExportedFile {
    /// The conversion.
    #[serde(flatten)]
    pub report: FileReport,
    /// The upload name, of the first part when there are several; null when the table never got one.
    pub wire_name: Option<String>,
    /// The number of uploaded files that carry the table.
    pub parts: u32,
    /// Whether the table was sent; null in a dry run or before the upload.
    pub upload: Option<UploadState>,
    /// Whether the server's checksum equalled ours; null where the server sent none.
    pub checksum_verified: Option<bool>,
    /// The reason why the table was or would be sent or skipped.
    pub decision: Option<String>,
}

/// Result of a table's upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum UploadState {
    /// The server has the table.
    Sent,
    /// The table has not changed since its last delivery.
    SkippedUnchanged,
    /// The table could not be delivered.
    Failed,
}

/// Trigger of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// A person.
    Manual,
    /// The schedule.
    Schedule,
    /// The schedule, to replace missed runs.
    CatchUp,
}

/// State of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// The run is in progress.
    Running,
    /// Everything was delivered.
    Complete,
    /// The run ended, but a file or a value is missing and reported.
    CompleteWithWarnings,
    /// Nothing was delivered, or a critical error stopped the run.
    Failed,
    /// A person or a signal stopped the run.
    Cancelled,
    /// Nothing had to be sent.
    NothingToDo,
    /// The process ended during the run.
    Interrupted,
}

impl RunState {
    /// Returns whether a run has ended by itself; one that a person cancelled says nothing of the exports.
    pub fn is_settled(self) -> bool {
        !matches!(self, Self::Running | Self::Cancelled)
    }
}

/// A run: a row of the history, and with `files` the output of `export --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RunReport {
    /// The run's number in this data folder.
    #[cfg_attr(test, ts(type = "number"))]
    pub run_id: i64,
    /// The server's identifier of the last batch, or null.
    pub batch_id: Option<String>,
    /// The server's identifiers of all batches.
    pub batch_ids: Vec<String>,
    /// The trigger.
    pub trigger: Trigger,
    /// The state.
    pub state: RunState,
    /// The start time.
    pub started_at: DateTime<Utc>,
    /// The end time; null while the run is in progress.
    pub finished_at: Option<DateTime<Utc>>,
    /// The tables; absent in a list of runs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub files: Option<Vec<ExportedFile>>,
    /// Totals over the tables.
    pub totals: Totals,
    /// The reason for the failure, or null.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<ErrorBody>,
}

/// Sums over the tables of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Totals {
    /// Tables found.
    #[cfg_attr(test, ts(type = "number"))]
    pub files: u64,
    /// Tables delivered.
    #[cfg_attr(test, ts(type = "number"))]
    pub sent: u64,
    /// Tables not sent because unchanged.
    #[cfg_attr(test, ts(type = "number"))]
    pub skipped_unchanged: u64,
    /// Tables refused or not delivered.
    #[cfg_attr(test, ts(type = "number"))]
    pub failed: u64,
    /// Rows in the delivered CSV files.
    #[cfg_attr(test, ts(type = "number"))]
    pub rows_written: u64,
    /// Bytes read.
    #[cfg_attr(test, ts(type = "number"))]
    pub bytes_in: u64,
    /// Bytes sent.
    #[cfg_attr(test, ts(type = "number"))]
    pub bytes_out: u64,
    /// Warnings over all tables.
    #[cfg_attr(test, ts(type = "number"))]
    pub warnings: u64,
}
