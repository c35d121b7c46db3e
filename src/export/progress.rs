//! [`ProgressListener`]: receives the events of a run; the caller decides what to show. Nothing here prints.

use std::time::Duration;

use crate::api::ApiError;
use crate::error::Error;
use crate::models::run_event::RunEvent;

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

impl ExportEvent<'_> {
    /// Returns the event as other processes receive it; none for events that only change the progress.
    pub fn run_event(&self) -> Option<RunEvent> {
        let owned = |source: &str| source.to_owned();
        Some(match *self {
            Self::Scanned { tables, to_send } => {
                RunEvent::Scanned { tables: tables as u64, to_send: to_send as u64 }
            }
            Self::Converting { source } => RunEvent::Converting { source: owned(source) },
            Self::Converted { source, rows, bytes } => {
                RunEvent::Converted { source: owned(source), rows, bytes }
            }
            Self::Skipped { source } => RunEvent::Skipped { source: owned(source) },
            Self::Sent { source } => RunEvent::Sent { source: owned(source) },
            Self::Failed { error } => RunEvent::Failed { error: error.body() },
            Self::Warning(error) => RunEvent::Warning { error: error.body() },
            Self::Waiting { wait, why } => {
                let milliseconds = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                RunEvent::Waiting { milliseconds, why: owned(why) }
            }
            Self::BatchOpened { id } => RunEvent::BatchOpened { id: owned(id) },
            Self::BatchClosed { id, state } => RunEvent::BatchClosed { id: owned(id), state: owned(state) },
            Self::BytesSent(_) | Self::Retrying { .. } => return None,
        })
    }
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
