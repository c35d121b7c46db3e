//! [`ProgressListener`]: receives the events of a run; the caller decides what to show. Nothing here prints.

use std::time::Duration;

use crate::api::ApiError;
use crate::error::Error;

/// An event of a run.
#[derive(Debug)]
pub enum ExportEvent<'a> {
    /// The scan has ended.
    Scanned {
        /// Tables found.
        tables: usize,
        /// Tables that will be sent.
        to_send: usize,
    },
    /// The conversion of a table has started.
    Converting {
        /// Path relative to the source folder.
        source: &'a str,
    },
    /// A table was converted into the spool.
    Converted {
        /// Path relative to the source folder.
        source: &'a str,
        /// Rows in the CSV.
        rows: u64,
        /// Bytes to send.
        bytes: u64,
    },
    /// A table is skipped because it has not changed.
    Skipped {
        /// Path relative to the source folder.
        source: &'a str,
    },
    /// Bytes sent since the last such event; repeated uploads count again.
    BytesSent(u64),
    /// The server has confirmed every part of a table.
    Sent {
        /// Path relative to the source folder.
        source: &'a str,
    },
    /// A table was refused or could not be sent.
    Failed {
        /// The reason.
        error: &'a Error,
    },
    /// An error that does not stop the run.
    Warning(&'a Error),
    /// A call failed and will be retried.
    Retrying {
        /// The reason.
        error: &'a ApiError,
        /// The wait before the retry.
        wait: Duration,
    },
    /// The run waits.
    Waiting {
        /// The length of the wait.
        wait: Duration,
        /// The reason, as the end of "waiting N s: ...".
        why: &'a str,
    },
    /// A batch was opened.
    BatchOpened {
        /// The server's identifier.
        id: &'a str,
    },
    /// A batch was closed.
    BatchClosed {
        /// The server's identifier.
        id: &'a str,
        /// Its state, in the server's word.
        state: &'a str,
    },
}

/// Receives the events of a run, on any thread.
pub trait ProgressListener: Send + Sync {
    /// Handles an event.
    fn on(&self, event: ExportEvent<'_>);
}

/// Ignores every event.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl ProgressListener for NoProgress {
    fn on(&self, _: ExportEvent<'_>) {}
}
