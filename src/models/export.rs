//! What a conversion and an export say of themselves: the JSON of docs/command-line.md as types.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The reconciliation of a table's rows.
///
/// Always `header = live + deleted + bad + missing`, these describing the rows the header counts;
/// `written` is the number of rows in the CSV.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RowCounts {
    /// Rows the table's header counts.
    #[cfg_attr(test, ts(type = "number"))]
    pub header: u64,
    /// Rows whose flag is a blank.
    #[cfg_attr(test, ts(type = "number"))]
    pub live: u64,
    /// Rows whose flag is `*`.
    #[cfg_attr(test, ts(type = "number"))]
    pub deleted: u64,
    /// Rows with any other flag; exported as live.
    #[cfg_attr(test, ts(type = "number"))]
    pub bad: u64,
    /// Whole rows after the header's last, before any end mark.
    #[cfg_attr(test, ts(type = "number"))]
    pub beyond_header: u64,
    /// Rows the header counts and the file does not hold.
    #[cfg_attr(test, ts(type = "number"))]
    pub missing: u64,
    /// Rows written to the CSV.
    #[cfg_attr(test, ts(type = "number"))]
    pub written: u64,
}

/// One kind of thing found in a table: a value that could not be carried, or something left out by the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Finding {
    /// What it is, such as `NUMBER_INVALID`; see `convert::findings`.
    pub code: String,
    /// The first row it was seen in, counted from 1 in the order of the file; null where it concerns no row.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub row: Option<u64>,
    /// The column's name as in the CSV; null where it concerns no column.
    pub column: Option<String>,
    /// How often it was seen.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: u64,
    /// The sentence for a person. Never holds the value itself.
    pub message: String,
    /// The first values themselves, for the terminal of `convert`, `preview` and `export --dry-run` only:
    /// never serialised, so never in JSON, a log, the database or a report.
    #[serde(skip)]
    pub samples: Vec<Sample>,
}

/// A value that could not be carried, where a terminal may show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The row, counted from 1.
    pub row: u64,
    /// The text as read, made printable.
    pub text: String,
}

/// Where the code page of a table was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum EncodingSource {
    /// A flag or the configuration named it for this file.
    Setting,
    /// The `.cpg` file beside the table.
    Cpg,
    /// The language driver byte of the header.
    Ldid,
    /// The language driver name of a dBASE 7 header.
    Driver,
    /// The folder's default, `dbf_encoding`.
    Default,
}

/// An error as JSON shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ErrorBody {
    /// A word of `error::Code`.
    pub code: String,
    /// What happened, to what and why.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The file or folder concerned.
    pub path: Option<String>,
}

/// What became of one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FileReport {
    /// The table: as given to `convert`; relative to the source folder with `/` in an export.
    pub source: String,
    /// The CSV that was written; null where there is none or it went to a server.
    pub output: Option<String>,
    /// The table's name as the server derives it: the name on the wire without its ending.
    pub table: String,
    /// The dialect in words, such as `Visual FoxPro`; null when the header could not be read.
    pub dialect: Option<String>,
    /// The code page, such as `CP866`; null when the header could not be read.
    pub encoding: Option<String>,
    /// Where the code page was taken from.
    pub encoding_source: Option<EncodingSource>,
    /// The reconciliation.
    pub rows: RowCounts,
    /// Bytes of the table and its memo file.
    #[cfg_attr(test, ts(type = "number"))]
    pub bytes_in: u64,
    /// Bytes of the output, all parts together.
    #[cfg_attr(test, ts(type = "number"))]
    pub bytes_out: u64,
    /// SHA-256 in lower-case hex of the output; of the first part when there are several; null when refused.
    pub sha256: Option<String>,
    /// What could not be carried or had to be mended: exit code 3.
    pub warnings: Vec<Finding>,
    /// What the settings leave out, and other facts that change neither state nor exit code.
    pub notes: Vec<Finding>,
    /// Why the table was refused, or null.
    pub error: Option<ErrorBody>,
}

impl FileReport {
    /// The report of a table that was not read.
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

/// What became of one table in an export: a [`FileReport`] and its way to the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ExportedFile {
    /// The conversion.
    #[serde(flatten)]
    pub report: FileReport,
    /// The name on the wire, of the first part when there are several; null when it never got one.
    pub wire_name: Option<String>,
    /// How many files on the wire carry the table.
    pub parts: u32,
    /// Whether it was sent; null in a dry run or before it was tried.
    pub upload: Option<UploadState>,
    /// Whether the server's checksum equalled ours; null where the server gave none.
    pub checksum_verified: Option<bool>,
    /// Why the table was or would be sent or skipped, in a sentence.
    pub decision: Option<String>,
}

/// How a table's upload ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum UploadState {
    /// The server has it.
    Sent,
    /// It has not changed since it was last delivered.
    SkippedUnchanged,
    /// It could not be delivered.
    Failed,
}

/// What started a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// A person.
    Manual,
    /// The schedule.
    Schedule,
    /// The schedule, making up for a missed time.
    CatchUp,
}

/// The state of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// It is going on.
    Running,
    /// Everything arrived.
    Complete,
    /// It ended, but a file or a value is missing, and is named.
    CompleteWithWarnings,
    /// Nothing was delivered, or a critical error stopped it.
    Failed,
    /// A person or a stop signal ended it.
    Cancelled,
    /// There was nothing to send.
    NothingToDo,
    /// The process died in it.
    Interrupted,
}

/// One run: a row of the history, and with `files` the answer of `export --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RunReport {
    /// The run's number in this data folder.
    #[cfg_attr(test, ts(type = "number"))]
    pub run_id: i64,
    /// The server's id of the last batch, or null.
    pub batch_id: Option<String>,
    /// The server's ids of all batches.
    pub batch_ids: Vec<String>,
    /// What started it.
    pub trigger: Trigger,
    /// Where it stands.
    pub state: RunState,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; null while running.
    pub finished_at: Option<DateTime<Utc>>,
    /// The tables; absent in a list of runs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub files: Option<Vec<ExportedFile>>,
    /// Totals over the tables.
    pub totals: Totals,
    /// Why it failed, or null.
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
