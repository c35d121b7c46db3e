//! [`Engine`]: the handle of one actor task that owns all state; commands, tray and service work through it.
//!
//! Commands go in, events come out, and one [`Snapshot`] contains everything to show. With two processes on one data
//! folder, the second works through the first over the control channel ([`control`]), or only looks where it may not
//! change anything, and takes over when the folder is free. The actor and the command line share [`pairing`],
//! [`unpairing`] and [`preview`]. Knows no window, no tray and no printing.

mod actor;
mod blocking;
pub mod configuration;
pub mod control;
mod data_folder;
pub mod diagnostics;
pub mod doctor;
mod export_options;
pub mod key_change;
pub mod list_file;
pub mod migration;
mod notices;
pub mod pairing;
pub mod preview;
mod qr;
pub mod scheduler;
mod settings;
mod shared;
pub mod source_check;
pub mod state;
pub mod suspend;
pub mod unpairing;
pub mod view;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::config::Config;
use crate::error::Result;
use crate::models::command::{Command, EngineEvent, ExportTicket};
use crate::models::diagnosis::Diagnosis;
use crate::models::errors::{ErrorPage, ErrorQuery};
use crate::models::export::RunReport;
use crate::models::history::{HistoryPage, HistoryQuery};
use crate::models::listing::{List, ListFormat};
use crate::models::preview::{Preview, PreviewRequest};
use crate::models::settings::{SettingsCheck, UserSettings};
use crate::models::snapshot::{LockOwner, Snapshot};
use crate::platform::{self, FolderLock, Folders};
use crate::store::{RunId, Store};
use actor::{Actor, Input};
use blocking::blocking;
use control::wire::ControlRequest;
use data_folder::DataFolder;
#[cfg(feature = "cli")]
pub(crate) use data_folder::ended_meanwhile;
pub use export_options::ExportOptions;
use shared::Shared;
use unpairing::Unpaired;

/// Options of an engine.
#[derive(Debug, Clone)]
pub struct Options {
    /// Its configuration and its data.
    pub folders: Folders,
    /// The program's name in the folder's lock.
    pub program: String,
    /// What the engine is for.
    pub mode: Mode,
    /// Whether the configuration file must exist, since a person named it.
    pub config_required: bool,
    /// Whether members of the group `data_exporter` may look, as at a system service.
    pub shared: bool,
    /// Whether this program opens verification pages itself when another process pairs through it.
    pub opens_pages: bool,
}

/// What an engine is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Locks the folder and starts exports on schedule: a service or a tray.
    Serve,
    /// Does what a command asks for, here or in the process that locks the folder; then ends.
    Work,
    /// Only reads lists: locks and creates nothing, and does not touch the source folder. Where this account may not read
    /// the data folder, it asks the lock owner.
    Read,
    /// As [`Mode::Read`]; also tests the source folder, and waits until that answers or counts as unresponsive.
    Status,
}

impl Mode {
    fn only_reads(self) -> bool {
        matches!(self, Self::Read | Self::Status)
    }
}

impl Options {
    /// Creates the options of a long-running program for one account.
    pub fn new(folders: Folders, program: impl Into<String>) -> Self {
        Self {
            folders,
            program: program.into(),
            mode: Mode::Serve,
            config_required: false,
            shared: false,
            opens_pages: false,
        }
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

impl Engine {
    /// Starts an engine on the current runtime.
    ///
    /// # Errors
    /// Only when there is nothing to show; a folder that another process locks, or that cannot be written, is in the
    /// snapshot.
    pub async fn start(options: Options) -> Result<Self> {
        let folders = options.folders.clone();
        let data_folder = DataFolder::new(&options).await?;
        let first = view::snapshot(data_folder.view_input(&Config::default(), None, None), platform::now())?;
        let shared = Arc::new(Shared::new(first));
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

    /// Returns the process that does the work of this engine, if it is another one.
    pub fn owner(&self) -> Option<LockOwner> {
        self.shared.client()?;
        self.snapshot().holder
    }

    /// Returns where the damaged database was moved when this engine took the lock.
    pub fn moved_aside(&self) -> Option<PathBuf> {
        self.shared.moved_aside.get().cloned()
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

    /// Unpairs: removes the secret from every secret store, here or in the process that locks the folder.
    ///
    /// # Errors
    /// When a secret store or the configuration cannot be changed.
    pub async fn unpair(&self) -> Result<Unpaired> {
        self.request(Input::Unpair).await
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
        let request = ControlRequest::History { query: query.clone(), cursor: cursor.clone(), limit };
        self.read(request, move |store, is_owned| {
            let mut page = store.history_page(&query, cursor.as_deref(), limit)?;
            page.runs = page.runs.into_iter().map(|run| view::truthful(run, !is_owned)).collect();
            Ok(page)
        })
        .await
    }

    /// Returns a run with its tables.
    ///
    /// # Errors
    /// When there is none; when the local database cannot be read.
    pub async fn run(&self, id: i64) -> Result<RunReport> {
        self.read(ControlRequest::Run(id), move |store, is_owned| {
            Ok(view::truthful(store.run(RunId(id))?, !is_owned))
        })
        .await
    }

    /// Returns a page of the errors.
    ///
    /// # Errors
    /// An invalid cursor; when the local database cannot be read.
    pub async fn errors(&self, query: ErrorQuery, cursor: Option<String>, limit: u32) -> Result<ErrorPage> {
        let request = ControlRequest::Errors { query: query.clone(), cursor: cursor.clone(), limit };
        self.read(request, move |store, _| Ok(store.error_page(&query, cursor.as_deref(), limit)?)).await
    }

    /// Saves a whole list to a file.
    ///
    /// # Errors
    /// When it cannot be written, or the local database cannot be read.
    pub async fn save_list(&self, list: List, format: ListFormat, path: PathBuf) -> Result<()> {
        let data = self.folders.data.clone();
        blocking(move || list_file::save_list(&Store::view(&data)?, &list, format, &path)).await
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
        blocking(move || {
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
        blocking(move || settings::check(&settings, &folders)).await
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

    /// Reads the store over a connection of its own, so that nothing waits for a long list; `look` also learns whether a
    /// process locks the folder. Where this account may not read the folder, the lock owner is asked.
    async fn read<T: DeserializeOwned + Send + 'static>(
        &self,
        request: ControlRequest,
        look: impl FnOnce(&Store, bool) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let data = self.folders.data.clone();
        let client = self.shared.remote_client();
        let viewed = self.shared.viewed.lock().clone();
        let opened = blocking(move || {
            let store = viewed.map_or_else(|| Store::view(&data), Ok)?;
            Ok((store, FolderLock::owner(&data).is_some()))
        });
        match (opened.await, client) {
            (Err(_), Some(client)) => client.request(request).await,
            (opened, _) => {
                let (store, is_owned) = opened?;
                blocking(move || look(&store, is_owned)).await
            }
        }
    }
}
