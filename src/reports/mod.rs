//! [`Reports`], the one place where errors are recorded, and from which the server is told of them.
//!
//! The local history comes first, always. The server is told behind the back of whoever met the error, once for all
//! repeats within an hour (docs/reliability.md rule 8); what it was not told stays in the history as not reported, and
//! nothing is sent later. Nothing here decides what is an error, and a failure to tell is none.

mod lifecycle;
mod outbox;
mod record;
mod server;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::error::{Code, Error};
use crate::models::Config;
use crate::store::Store;
use crate::store::errors::NewError;
use outbox::{Outbox, Recipient};
use record::Recorder;
pub use record::{Recorded, cleared, record};
pub use server::Server;

/// Records errors and has the server told of them. Clones are the same.
#[derive(Clone)]
pub struct Reports {
    recorder: Arc<Recorder>,
    outbox: Arc<Outbox>,
}

impl Reports {
    /// Over a history. The server is not told before it is known: see [`Self::serve`].
    pub fn new(store: Store) -> Self {
        let aside = store.moved_aside().map(Path::to_path_buf);
        let recorder = Arc::new(Recorder::new(store));
        let reports = Self { outbox: Arc::new(Outbox::new(Arc::clone(&recorder))), recorder };
        if let Some(aside) = aside {
            let name = aside.file_name().unwrap_or_default().to_string_lossy();
            let damaged = Error::new(
                Code::StoreError,
                format!(
                    "the local database was damaged and was moved to `{name}`; history and errors begin anew"
                ),
            );
            let damaged = damaged.hint("every table is sent once more; check the disk if this happens again");
            reports.report(&NewError::from_error(&damaged.path(aside), None, None));
        }
        reports
    }

    /// The history.
    pub fn store(&self) -> &Store {
        self.recorder.store()
    }

    /// From now on the server of a configuration is told, and of faults that nobody catches too. Within a runtime.
    pub fn serve(&self, config: Arc<Config>, data: &Path) {
        self.outbox.serve(Recipient::Configured(config, data.to_path_buf()));
    }

    /// From now on this server is told, by one who may have a token of it already. Within a runtime.
    pub fn through(&self, server: Server) {
        self.outbox.serve(Recipient::Known(Arc::new(server)));
    }

    /// Records an error. One that the history does not take is logged, and told all the same.
    pub fn record(&self, error: &NewError) -> Recorded {
        self.recorder.record(error)
    }

    /// Has the server told, of a batch where it is about one. Waits for nothing.
    pub fn send(&self, recorded: Recorded, batch: Option<&str>) {
        self.outbox.put(recorded, batch);
    }

    /// Records an error and has the server told.
    pub fn report(&self, error: &NewError) {
        self.send(self.record(error), None);
    }

    /// How often the history was changed behind everybody's back: a line says from now on that the server was told.
    pub fn history_changes(&self) -> watch::Receiver<u64> {
        self.outbox.history_changes()
    }

    /// Waits until nothing waits to be told, at most so long.
    pub async fn flush(&self, limit: Duration) {
        self.outbox.flush(limit).await;
    }
}
