//! [`RunEvent`]: an event of a table or a batch in a run, the same whether the run is in this process or in another one.

use serde::{Deserialize, Serialize};

use super::export::ErrorBody;

/// An event of a run. Sources are paths relative to the source folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RunEvent {
    /// The scan has ended.
    Scanned {
        /// Tables found.
        #[cfg_attr(test, ts(type = "number"))]
        tables: u64,
        /// Tables that will be sent.
        #[cfg_attr(test, ts(type = "number"))]
        to_send: u64,
    },
    /// The conversion of a table has started.
    Converting {
        /// The table.
        source: String,
    },
    /// A table was converted into the spool.
    Converted {
        /// The table.
        source: String,
        /// Rows in the CSV.
        #[cfg_attr(test, ts(type = "number"))]
        rows: u64,
        /// Bytes to send.
        #[cfg_attr(test, ts(type = "number"))]
        bytes: u64,
    },
    /// A table is skipped because it has not changed.
    Skipped {
        /// The table.
        source: String,
    },
    /// The server has confirmed every part of a table.
    Sent {
        /// The table.
        source: String,
    },
    /// A table was refused or could not be sent.
    Failed {
        /// The reason.
        error: ErrorBody,
    },
    /// An error that does not stop the run.
    Warning {
        /// The reason.
        error: ErrorBody,
    },
    /// The run waits.
    Waiting {
        /// The length of the wait, in milliseconds.
        #[cfg_attr(test, ts(type = "number"))]
        milliseconds: u64,
        /// The reason, as the end of "waiting N s: ...", in English.
        why: String,
    },
    /// A batch was opened.
    BatchOpened {
        /// The server's identifier.
        id: String,
    },
    /// A batch was closed.
    BatchClosed {
        /// The server's identifier.
        id: String,
        /// Its state, in the server's word.
        state: String,
    },
}
