//! [`Reports`]: the one place that records errors and reports them to the server.
//!
//! Records first in the local history. A background task then reports to the server, once for all repeats within an
//! hour (docs/reliability.md#rule-8-error-reports). A report that the server did not get stays marked in the history
//! and is never sent later. Does not decide what is an error; a failure to report is not one.

mod lifecycle;
mod outbox;
mod record;
mod server;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::config::Config;
use crate::error::{Code, Error};
use crate::store::Store;
use crate::store::errors::NewError;
use outbox::{Outbox, Recipient};
use record::Recorder;
pub use record::{Recorded, cleared, record};
pub use server::Server;

/// Records errors and reports them to the server. Clones share the same queue.
#[derive(Clone)]
pub struct Reports {
    recorder: Arc<Recorder>,
    outbox: Arc<Outbox>,
}

impl Reports {
    /// Creates reports over a history. No report is sent before [`Self::serve`].
    pub fn new(store: Store) -> Self {
        let aside = store.moved_aside().map(Path::to_path_buf);
        let recorder = Arc::new(Recorder::new(store));
        let reports = Self { outbox: Arc::new(Outbox::new(Arc::clone(&recorder))), recorder };
        if let Some(aside) = aside {
            let name = aside.file_name().unwrap_or_default().to_string_lossy();
            let damaged = Error::new(
                Code::StoreError,
                format!(
                    "the local database was damaged and was moved to `{name}`; a new history was started"
                ),
            );
            let damaged = damaged.hint("every table will be sent again; check the disk if this recurs");
            reports.report(&damaged.path(aside));
        }
        reports
    }

    /// Returns the history.
    pub fn store(&self) -> &Store {
        self.recorder.store()
    }

    /// Sends reports to the configured server from now on, and reports panics that nobody catches. Needs a runtime.
    pub fn serve(&self, config: Arc<Config>, data: &Path) {
        self.outbox.serve(Recipient::Configured(config, data.to_path_buf()));
    }

    /// Sends reports to this server from now on; the caller may have a token of it already. Needs a runtime.
    pub fn through(&self, server: Server) {
        self.outbox.serve(Recipient::Known(Arc::new(server)));
    }

    /// Records an error. An error that cannot be recorded is logged and still reported.
    pub fn record(&self, error: impl Into<NewError>) -> Recorded {
        self.recorder.record(&error.into())
    }

    /// Queues the report of a recorded error, for a batch where it belongs to one. Does not wait.
    pub fn send(&self, recorded: Recorded, batch: Option<&str>) {
        self.outbox.put(recorded, batch);
    }

    /// Records an error and queues its report.
    pub fn report(&self, error: impl Into<NewError>) {
        self.send(self.record(error), None);
    }

    /// Watches changes of old entries of the history: the mark that the server got a report.
    pub fn history_changes(&self) -> watch::Receiver<u64> {
        self.outbox.history_changes()
    }

    /// Waits until the queue is empty, up to a limit.
    pub async fn flush(&self, limit: Duration) {
        self.outbox.flush(limit).await;
    }
}
