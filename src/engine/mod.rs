//! [`Engine`]: the handle of one actor task that owns all state; commands, tray and service work through it.
//!
//! Commands go in, events come out, and one [`Snapshot`] contains everything to show. With two processes on one data
//! folder, the second works through the first over the control channel ([`control`]), or only looks where it may not
//! change anything, and takes over when the folder is free. The actor and the command line share [`pairing`],
//! [`unpairing`] and [`preview`]. Knows no window, no tray and no printing.

mod actor;
pub mod configuration;
pub mod control;
mod data_folder;
pub mod diagnostics;
pub mod doctor;
pub mod migration;
mod notices;
pub mod pairing;
pub mod preview;
mod qr;
mod run_tracker;
pub mod scheduler;
mod settings;
pub mod source_check;
pub mod state;
pub mod suspend;
mod tasks;
pub mod unpairing;
pub mod view;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use crate::error::{Code, Error, Result};
use crate::models::Config;
use crate::models::command::{Command, EngineEvent, ExportTicket};
use crate::models::export::RunReport;
use crate::models::listing::{
    ErrorPage, ErrorQuery, HistoryPage, HistoryQuery, List, ListFormat, Preview, PreviewRequest,
    SettingsCheck,
};
use crate::models::snapshot::{Snapshot, UserSettings};
use crate::platform::{self, Folders};
use crate::store::{RunId, Store};
pub use actor::ExportOptions;
use actor::{Actor, Input};
use control::ControlClient;
use control::wire::ControlRequest;
use data_folder::DataFolder;
use doctor::Diagnosis;

/// Number of events that a slow listener may lag behind before it misses some and reads the snapshot instead.
const BEHIND: usize = 256;

/// Options of an engine.
#[derive(Debug, Clone)]
pub struct Options {
    /// Its configuration and its data.
    pub folders: Folders,
    /// The program's name in the folder's lock.
    pub program: String,
    /// Whether to start due exports; false for commands that only ask something.
    pub keeps_schedule: bool,
    /// Whether members of the group `data_exporter` may look, as at a system service.
    pub shared: bool,
}

impl Options {
    /// Creates the options of a long-running program for one account.
    pub fn new(folders: Folders, program: impl Into<String>) -> Self {
        Self { folders, program: program.into(), keeps_schedule: true, shared: false }
    }
}

/// Handle of an engine; clones share it. The engine ends with [`Engine::shutdown`], or with its last handle.
#[derive(Clone)]
pub struct Engine {
    inbox: mpsc::UnboundedSender<Input>,
    shared: Arc<Shared>,
    folders: Folders,
}

/// A handle that does not keep its engine alive.
#[derive(Clone)]
pub struct WeakEngine {
    inbox: mpsc::WeakUnboundedSender<Input>,
    shared: Arc<Shared>,
    folders: Folders,
}

impl WeakEngine {
    /// Returns the engine, unless it has ended.
    pub fn upgrade(&self) -> Option<Engine> {
        let inbox = self.inbox.upgrade()?;
        Some(Engine { inbox, shared: Arc::clone(&self.shared), folders: self.folders.clone() })
    }
}

/// State that the actor publishes.
struct Shared {
    snapshot: watch::Sender<Snapshot>,
    events: broadcast::Sender<EngineEvent>,
    /// The connection to the lock owner, where another process locks the folder and accepts requests.
    client: Mutex<Option<ControlClient>>,
    /// The internal error that ended the engine.
    fault: OnceLock<Error>,
}

impl Shared {
    fn client(&self) -> Option<ControlClient> {
        self.client.lock().clone()
    }

    /// Returns why the engine accepts nothing any more.
    fn why_gone(&self) -> Error {
        self.fault.get().cloned().unwrap_or_else(|| Error::new(Code::Cancelled, "the program is ending"))
    }

    /// Returns the lock owner where it accepts requests; otherwise the folder is only read.
    fn remote_client(&self) -> Option<ControlClient> {
        self.client().filter(ControlClient::may_send)
    }

    fn set_client(&self, client: Option<ControlClient>) {
        *self.client.lock() = client;
    }
}

impl Engine {
    /// Starts an engine on the current runtime.
    ///
    /// # Errors
    /// Only when there is nothing to show; a folder that another process locks, or that cannot be written, is in the
    /// snapshot.
    pub async fn start(options: Options) -> Result<Self> {
        let folders = options.folders.clone();
        let data_folder = DataFolder::new(&folders, &options.program).await?;
        let first = view::snapshot(data_folder.view_input(&Config::default(), None, None), platform::now())?;
        let shared = Arc::new(Shared {
            snapshot: watch::Sender::new(first),
            events: broadcast::Sender::new(BEHIND),
            client: Mutex::new(None),
            fault: OnceLock::new(),
        });
        let (inbox, inputs) = mpsc::unbounded_channel();
        let engine = Self { inbox, shared, folders };
        let actor = Actor::new(options, data_folder, engine.downgrade()).await;
        tokio::spawn(actor.run_to_the_end(inputs));
        Ok(engine)
    }

    /// Returns a handle that does not keep the engine alive.
    pub fn downgrade(&self) -> WeakEngine {
        WeakEngine {
            inbox: self.inbox.downgrade(),
            shared: Arc::clone(&self.shared),
            folders: self.folders.clone(),
        }
    }

    /// Returns the current snapshot.
    pub fn snapshot(&self) -> Snapshot {
        self.shared.snapshot.borrow().clone()
    }

    /// Subscribes to the events from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<EngineEvent> {
        self.shared.events.subscribe()
    }

    /// Sends a command. Returns when the engine has accepted it, not when it is done.
    ///
    /// # Errors
    /// Why the engine refused it.
    pub async fn send(&self, command: Command) -> Result<()> {
        self.request(|reply| Input::Request(command, reply)).await
    }

    /// Requests an export; [`Self::export_result`] returns its result.
    ///
    /// # Errors
    /// Why it cannot start.
    pub async fn export(&self, options: ExportOptions) -> Result<ExportTicket> {
        self.request(|reply| Input::Export(options, reply)).await
    }

    /// Waits for the end of an export and returns its result.
    ///
    /// # Errors
    /// Why it could not start or be recorded; a run that failed is a report with an error.
    pub async fn export_result(&self, ticket: u64) -> Result<RunReport> {
        self.request(|reply| Input::ExportResult(ticket, reply)).await
    }

    /// Stops the export of a ticket, or forgets it if it has not started.
    ///
    /// # Errors
    /// When the engine has ended.
    pub async fn cancel_export(&self, ticket: u64) -> Result<()> {
        self.request(|reply| Input::CancelExport(ticket, reply)).await
    }

    async fn request<T>(&self, input: impl FnOnce(oneshot::Sender<Result<T>>) -> Input) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let closed = || self.shared.why_gone();
        self.inbox.send(input(reply)).map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Returns a page of the history.
    ///
    /// # Errors
    /// An invalid cursor; when the local database cannot be read.
    pub async fn history(
        &self,
        query: HistoryQuery,
        cursor: Option<String>,
        limit: u32,
    ) -> Result<HistoryPage> {
        if let Some(client) = self.shared.remote_client() {
            return client.request(ControlRequest::History { query, cursor, limit }).await;
        }
        self.ask(move |store| Ok(store.history_page(&query, cursor.as_deref(), limit)?)).await
    }

    /// Returns a run with its tables.
    ///
    /// # Errors
    /// When there is none; when the local database cannot be read.
    pub async fn run(&self, id: i64) -> Result<RunReport> {
        if let Some(client) = self.shared.remote_client() {
            return client.request(ControlRequest::Run(id)).await;
        }
        self.ask(move |store| Ok(store.run(RunId(id))?)).await
    }

    /// Returns a page of the errors.
    ///
    /// # Errors
    /// An invalid cursor; when the local database cannot be read.
    pub async fn errors(&self, query: ErrorQuery, cursor: Option<String>, limit: u32) -> Result<ErrorPage> {
        if let Some(client) = self.shared.remote_client() {
            return client.request(ControlRequest::Errors { query, cursor, limit }).await;
        }
        self.ask(move |store| Ok(store.error_page(&query, cursor.as_deref(), limit)?)).await
    }

    /// Saves a whole list to a file.
    ///
    /// # Errors
    /// When it cannot be written, or the local database cannot be read.
    pub async fn save_list(&self, list: List, format: ListFormat, path: PathBuf) -> Result<()> {
        self.ask(move |store| store.save_list(&list, format, &path)).await
    }

    /// Returns the first rows of a table.
    ///
    /// # Errors
    /// When there is no such table or it cannot be read.
    pub async fn preview(&self, request: PreviewRequest) -> Result<Preview> {
        if let Some(client) = self.shared.remote_client() {
            return client.request(ControlRequest::Preview(request)).await;
        }
        let path = self.folders.config.clone();
        tasks::blocking(move || {
            let config = configuration::read(&path, false).map(|loaded| loaded.config).unwrap_or_default();
            preview::preview(&config, &request)
        })
        .await
    }

    /// Checks settings before they are saved.
    ///
    /// # Errors
    /// When config.toml cannot be read.
    pub async fn check(&self, settings: UserSettings) -> Result<SettingsCheck> {
        if let Some(client) = self.shared.remote_client() {
            return client.request(ControlRequest::Check(settings)).await;
        }
        let folders = self.folders.clone();
        tasks::blocking(move || settings::check(&settings, &folders)).await
    }

    /// Runs every check of the doctor.
    pub async fn doctor(&self, offline: bool) -> Diagnosis {
        doctor::examine(doctor::DoctorRequest { folders: self.folders.clone(), named_config: false, offline })
            .await
    }

    /// Ends the engine: cancels a pairing, stops a run, releases the folder. Gives up after `limit`; the next start
    /// repairs the journal.
    pub async fn shutdown(&self, limit: Duration) {
        let (reply, answer) = oneshot::channel();
        if self.inbox.send(Input::Stop(reply)).is_ok() {
            let _ = tokio::time::timeout(limit, answer).await;
        }
    }

    /// Reads the store over a connection of its own, so that nothing waits for a long list.
    async fn ask<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Store) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let data = self.folders.data.clone();
        tasks::blocking(move || look(&Store::view(&data)?)).await
    }
}
