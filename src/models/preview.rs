//! The preview of a table: its first rows, as they would be sent.

use serde::{Deserialize, Serialize};

use super::export::{EncodingSource, Finding};

/// Table and settings of a preview.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct PreviewRequest {
    /// The source folder; `None` for the configured one.
    pub source_dir: Option<String>,
    /// The table, relative to the folder, with `/`; `None` for the one that shows most.
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
