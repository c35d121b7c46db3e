//! [`ProgressListener`], how a run tells of itself while it goes on; whoever runs it decides what to show. Nothing here prints.

use std::time::Duration;

use crate::api::ApiError;
use crate::error::Error;

/// Something that happened.
#[derive(Debug)]
pub enum ExportEvent<'a> {
    /// The folder was looked through.
    Scanned {
        /// Tables found.
        tables: usize,
        /// Tables that will be sent.
        to_send: usize,
    },
    /// A table is being converted.
    Converting {
        /// Relative to the source folder.
        source: &'a str,
    },
    /// A table waits in the spool.
    Converted {
        /// Relative to the source folder.
        source: &'a str,
        /// Rows in the CSV.
        rows: u64,
        /// Bytes to be sent.
        bytes: u64,
    },
    /// A table is left out because it has not changed.
    Skipped {
        /// Relative to the source folder.
        source: &'a str,
    },
    /// Bytes went out since the last such event; those of a repeated upload count again.
    BytesSent(u64),
    /// The server confirmed all of a table.
    Sent {
        /// Relative to the source folder.
        source: &'a str,
    },
    /// A table was refused or could not be sent.
    Failed {
        /// Relative to the source folder.
        source: &'a str,
        /// Why.
        error: &'a Error,
    },
    /// Something to be told that stops nothing.
    Warning(&'a Error),
    /// A call failed that is tried again.
    Retrying {
        /// Why.
        error: &'a ApiError,
        /// How long after.
        wait: Duration,
    },
    /// A pause.
    Waiting {
        /// How long.
        wait: Duration,
        /// Why, as the end of "waiting N s: ...".
        why: &'a str,
    },
    /// A batch was opened.
    BatchOpened {
        /// The server's id.
        id: &'a str,
    },
    /// A batch was closed.
    BatchClosed {
        /// The server's id.
        id: &'a str,
        /// Its state, in the server's word.
        state: &'a str,
    },
}

/// Is told what happens, on any thread.
pub trait ProgressListener: Send + Sync {
    /// It happened.
    fn on(&self, event: ExportEvent<'_>);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl ProgressListener for NoProgress {
    fn on(&self, _: ExportEvent<'_>) {}
}
