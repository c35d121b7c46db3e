//! [`List`]: a whole list to save to a file, and its [`ListFormat`].

use serde::{Deserialize, Serialize};

use super::errors::ErrorQuery;
use super::history::HistoryQuery;

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
