//! [`Outbox`]: the bounded queue of reports to the server, and the one task that sends each of them once.
//!
//! Reports beyond the bound are dropped. When the server does not answer, the waiting reports are dropped too, so that
//! an unreachable server costs one attempt instead of one for each report.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio_util::task::AbortOnDropHandle;

use super::record::{HistoryLine, Recorded, Recorder};
use super::server::Server;
use crate::api::ApiError;
use crate::config::Config;
use crate::error::Error;
use crate::error::fault::{self, Fault};
use crate::models::GlobalErrorReport;
use crate::store::Store;
use crate::store::errors::NewError;

/// Maximum number of waiting reports.
const WAITING: usize = 1000;

/// The recipient of reports.
#[derive(Clone)]
pub enum Recipient {
    /// None yet.
    Nobody,
    /// The server of a configuration with this data folder, resolved when the first report is sent.
    Configured(Arc<Config>, PathBuf),
    /// This server.
    Known(Arc<Server>),
}

/// The queue and its task, which ends with it.
pub struct Outbox {
    shared: Arc<Shared>,
    queue: mpsc::Sender<QueueEntry>,
    task: Mutex<Task>,
}

enum Task {
    NotStarted(mpsc::Receiver<QueueEntry>),
    Started { _task: AbortOnDropHandle<()> },
}

struct Shared {
    recorder: Arc<Recorder>,
    recipient: Mutex<Recipient>,
    /// Entries that wait or are being sent.
    waiting: watch::Sender<HashSet<LineId>>,
    /// The number of changes of old entries of the history.
    history_changed: watch::Sender<u64>,
}

/// The number of an entry; true for one in memory.
type LineId = (bool, i64);

enum QueueEntry {
    QueuedReport(Box<QueuedReport>),
    /// From a thread that may hold any lock; not recorded yet.
    Fault(Fault),
}

struct QueuedReport {
    key: LineId,
    store: Store,
    report: GlobalErrorReport,
    batch: Option<String>,
}

impl Outbox {
    /// Creates a queue; its task starts with [`Self::serve`].
    pub fn new(recorder: Arc<Recorder>) -> Self {
        let (queue, entries) = mpsc::channel(WAITING + 1);
        let waiting = watch::Sender::new(HashSet::new());
        let (recipient, history_changed) = (Mutex::new(Recipient::Nobody), watch::Sender::new(0));
        let shared = Arc::new(Shared { recorder, recipient, waiting, history_changed });
        Self { shared, queue, task: Mutex::new(Task::NotStarted(entries)) }
    }

    /// Changes the recipient.
    pub fn serve(&self, recipient: Recipient) {
        *lock(&self.shared.recipient) = recipient;
        let mut task = lock(&self.task);
        if let (Task::NotStarted(entries), Ok(runtime)) = (&mut *task, Handle::try_current()) {
            let (_, none) = mpsc::channel(1);
            let work = work(std::mem::replace(entries, none), Arc::clone(&self.shared));
            *task = Task::Started { _task: AbortOnDropHandle::new(runtime.spawn(work)) };
            let queue = self.queue.downgrade();
            fault::on_uncaught(move |fault| {
                if let Some(queue) = queue.upgrade() {
                    let _ = queue.try_send(QueueEntry::Fault(fault));
                }
            });
        }
    }

    /// Queues an error unless it is queued already, was reported, or the queue is full.
    pub fn put(&self, recorded: Recorded, batch: Option<&str>) {
        let Some(item) = self.shared.item(recorded, batch) else { return };
        let key = item.key;
        if self.queue.try_send(QueueEntry::QueuedReport(Box::new(item))).is_err() {
            self.shared.done(key);
        }
    }

    /// Watches the number of changes of old entries.
    pub fn history_changes(&self) -> watch::Receiver<u64> {
        self.shared.history_changed.subscribe()
    }

    /// Waits until the queue is empty, up to a limit.
    pub async fn flush(&self, limit: Duration) {
        if matches!(&*lock(&self.task), Task::NotStarted(_)) {
            return;
        }
        let mut waiting = self.shared.waiting.subscribe();
        let _ = tokio::time::timeout(limit, waiting.wait_for(HashSet::is_empty)).await;
    }
}

async fn work(mut entries: mpsc::Receiver<QueueEntry>, shared: Arc<Shared>) {
    while let Some(entry) = entries.recv().await {
        let Some(item) = shared.unpacked(entry) else { continue };
        let sent = shared.send(&item).await;
        shared.done(item.key);
        if sent.is_err() {
            while let Ok(entry) = entries.try_recv() {
                if let Some(item) = shared.unpacked(entry) {
                    shared.done(item.key);
                }
            }
        }
    }
}

/// There is no recipient.
struct NobodyThere;

impl Shared {
    fn item(&self, recorded: Recorded, batch: Option<&str>) -> Option<QueuedReport> {
        let Recorded { line, mut report } = recorded;
        let HistoryLine { store, spare, stored } = line.filter(|line| !line.stored.reported)?;
        let key = (spare, stored.id);
        if let (Some(batch), Some(details)) = (batch, &mut report.metadata) {
            details.insert("batchId".to_owned(), batch.into());
        }
        let new = self.waiting.send_if_modified(|waiting| waiting.len() < WAITING && waiting.insert(key));
        new.then(|| QueuedReport { key, store, report, batch: batch.map(str::to_owned) })
    }

    fn unpacked(&self, entry: QueueEntry) -> Option<QueuedReport> {
        match entry {
            QueueEntry::QueuedReport(item) => Some(*item),
            QueueEntry::Fault(fault) => {
                let error = NewError::from(&fault.error("a step"));
                self.item(self.recorder.record(&error), None)
            }
        }
    }

    fn done(&self, key: LineId) {
        self.waiting.send_modify(|waiting| {
            waiting.remove(&key);
        });
    }

    /// Sends one report. A server that refuses the report itself still counts as reachable.
    async fn send(&self, item: &QueuedReport) -> Result<(), NobodyThere> {
        let server = self.server().await.ok_or(NobodyThere)?;
        if self.is_refused(&server) {
            return Err(NobodyThere);
        }
        match server.send(&item.report, item.batch.as_deref()).await {
            Ok(()) => {
                if let Err(error) = item.store.error_reported(item.key.1) {
                    tracing::warn!(%error, "an error was reported but cannot be marked as reported");
                }
                self.history_changed.send_modify(|changes| *changes += 1);
                Ok(())
            }
            Err(error) => {
                tracing::debug!(%error, "an error was not reported");
                self.note_end_of_pairing(&error);
                match error.status() {
                    // The server asks for fewer reports.
                    None | Some(429 | 503) => Err(NobodyThere),
                    Some(_) => Ok(()),
                }
            }
        }
    }

    async fn server(&self) -> Option<Arc<Server>> {
        let (config, data) = match lock(&self.recipient).clone() {
            Recipient::Nobody => return None,
            Recipient::Known(server) => return Some(server),
            Recipient::Configured(config, data) => (config, data),
        };
        let (requested, store) = (Arc::clone(&config), self.recorder.store().clone());
        let made =
            tokio::task::spawn_blocking(move || Server::from_config(requested, &data, store)).await.ok()?;
        let server = Arc::new(made.inspect_err(|why| tracing::debug!(%why, "errors are not reported")).ok()?);
        let mut recipient = lock(&self.recipient);
        if matches!(&*recipient, Recipient::Configured(now, _) if Arc::ptr_eq(now, &config)) {
            *recipient = Recipient::Known(Arc::clone(&server));
        }
        Some(server)
    }

    /// A server that refused the credential is not asked again until a person has acted.
    fn is_refused(&self, server: &Server) -> bool {
        let base_url = server.base_url();
        base_url
            .is_some_and(|base_url| self.recorder.store().refused_at(&base_url).is_ok_and(|at| at.is_some()))
    }

    /// The first request to sign in discovers that a pairing has ended; that may be this one.
    fn note_end_of_pairing(&self, error: &ApiError) {
        if error.ends_the_pairing() {
            let _ = self.recorder.record(&NewError::from(&Error::from(error.clone())));
            self.history_changed.send_modify(|changes| *changes += 1);
        }
    }
}

fn lock<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    held.lock()
}
