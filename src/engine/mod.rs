//! What the commands, the tray and the service do: [`Engine`], the handle of one actor task that owns all state.
//!
//! Commands go in, events come out, and one [`Snapshot`] is all there is to show. Two processes on one data folder: the
//! second works through the first by its local channel ([`control`]), or only looks on where it may not, and takes over
//! when the folder is free. [`pairing`], [`unpairing`] and [`preview`] are
//! what the actor and the command line do alike. No window, no tray and no printing is known here.

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
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{broadcast, mpsc, oneshot, watch};

use crate::error::{Code, Error, Result};
use crate::models::Config;
use crate::models::command::{Command, EngineEvent};
use crate::models::export::RunReport;
use crate::models::listing::{
    ErrorPage, ErrorQuery, HistoryPage, HistoryQuery, List, ListFormat, Preview, PreviewRequest,
    SettingsCheck,
};
use crate::models::snapshot::{Snapshot, UserSettings};
use crate::platform::{self, Folders};
use crate::store::{RunId, Store};
use actor::{Actor, Input};
use control::ControlClient;
use control::wire::ControlRequest;
use data_folder::DataFolder;
use doctor::Diagnosis;
use source_check::SourceCheck;

/// How many events a slow listener may be behind before it misses some; then it takes a snapshot.
const BEHIND: usize = 256;

/// What an engine is made of.
#[derive(Debug, Clone)]
pub struct Options {
    /// Its configuration and its data.
    pub folders: Folders,
    /// The name that others see at the folder's lock.
    pub program: String,
    /// Whether exports are started when they are due; a command that only asks something keeps out of that.
    pub keeps_schedule: bool,
    /// Whether the members of the group `data_exporter` may look, as at a system service.
    pub shared: bool,
}

impl Options {
    /// A program that goes on by itself, for one account.
    pub fn new(folders: Folders, program: impl Into<String>) -> Self {
        Self { folders, program: program.into(), keeps_schedule: true, shared: false }
    }
}

/// The handle of an engine; clones are the same engine. It ends with [`Engine::shutdown`], or with its last handle.
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
    /// The engine, unless it has ended.
    pub fn upgrade(&self) -> Option<Engine> {
        let inbox = self.inbox.upgrade()?;
        Some(Engine { inbox, shared: Arc::clone(&self.shared), folders: self.folders.clone() })
    }
}

/// What the actor shows.
struct Shared {
    snapshot: watch::Sender<Snapshot>,
    events: broadcast::Sender<EngineEvent>,
    /// The holder of the folder, where it is another process that can be asked.
    client: Mutex<Option<ControlClient>>,
    /// The fault of this program that ended the engine.
    fault: OnceLock<Error>,
}

impl Shared {
    fn client(&self) -> Option<ControlClient> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Why nothing is taken up any more.
    fn why_gone(&self) -> Error {
        self.fault.get().cloned().unwrap_or_else(|| Error::new(Code::Cancelled, "the program is ending"))
    }

    /// The holder, where it can be asked; else there is only the folder to look at.
    fn remote_client(&self) -> Option<ControlClient> {
        self.client().filter(ControlClient::may_send)
    }

    fn set_client(&self, client: Option<ControlClient>) {
        *self.client.lock().unwrap_or_else(PoisonError::into_inner) = client;
    }
}

impl Engine {
    /// Starts an engine on the current runtime.
    ///
    /// # Errors
    /// Only when there is nothing to show at all; a folder that another process holds, or that cannot be written, is in
    /// the snapshot.
    pub async fn start(options: Options) -> Result<Self> {
        let folders = options.folders.clone();
        let data_folder = DataFolder::new(&folders, &options.program).await?;
        let first = view::snapshot(
            data_folder.view_input(&Config::default(), None, &mut SourceCheck::brief()),
            platform::now(),
        )?;
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

    /// A handle that does not keep the engine alive.
    pub fn downgrade(&self) -> WeakEngine {
        WeakEngine {
            inbox: self.inbox.downgrade(),
            shared: Arc::clone(&self.shared),
            folders: self.folders.clone(),
        }
    }

    /// All there is to show now.
    pub fn snapshot(&self) -> Snapshot {
        self.shared.snapshot.borrow().clone()
    }

    /// Everything that happens from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<EngineEvent> {
        self.shared.events.subscribe()
    }

    /// Asks for something. Answered when it was taken up, not when it is done.
    ///
    /// # Errors
    /// Why it was not taken up.
    pub async fn send(&self, command: Command) -> Result<()> {
        let (reply, answer) = oneshot::channel();
        let gone = || self.shared.why_gone();
        self.inbox.send(Input::Request(command, reply)).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// A page of the history.
    ///
    /// # Errors
    /// A cursor that is none; when the local database cannot be read.
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

    /// One run with its tables.
    ///
    /// # Errors
    /// When there is none; when the local database cannot be read.
    pub async fn run(&self, id: i64) -> Result<RunReport> {
        if let Some(client) = self.shared.remote_client() {
            return client.request(ControlRequest::Run(id)).await;
        }
        self.ask(move |store| Ok(store.run(RunId(id))?)).await
    }

    /// A page of the errors.
    ///
    /// # Errors
    /// A cursor that is none; when the local database cannot be read.
    pub async fn errors(&self, query: ErrorQuery, cursor: Option<String>, limit: u32) -> Result<ErrorPage> {
        if let Some(client) = self.shared.remote_client() {
            return client.request(ControlRequest::Errors { query, cursor, limit }).await;
        }
        self.ask(move |store| Ok(store.error_page(&query, cursor.as_deref(), limit)?)).await
    }

    /// Writes all of a list to a file.
    ///
    /// # Errors
    /// When it cannot be written, or the local database cannot be read.
    pub async fn save_list(&self, list: List, format: ListFormat, path: PathBuf) -> Result<()> {
        self.ask(move |store| store.save_list(&list, format, &path)).await
    }

    /// The first rows of a table.
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

    /// What settings would do, and what is wrong with them.
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

    /// Why exports do or do not work here.
    pub async fn doctor(&self, offline: bool) -> Diagnosis {
        doctor::examine(doctor::DoctorRequest { folders: self.folders.clone(), named_config: false, offline })
            .await
    }

    /// Ends the engine: a pairing is cancelled, a run is stopped, the folder is let go. After `limit` it is left as it
    /// is; the journal mends that at the next start.
    pub async fn shutdown(&self, limit: Duration) {
        let (reply, answer) = oneshot::channel();
        if self.inbox.send(Input::Stop(reply)).is_ok() {
            let _ = tokio::time::timeout(limit, answer).await;
        }
    }

    /// A look into the store by a connection of its own, so that nobody waits for a long list.
    async fn ask<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Store) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let data = self.folders.data.clone();
        tasks::blocking(move || look(&Store::view(&data)?)).await
    }
}
