//! Work done by the process that holds the data folder, over its local channel: [`OwnerClient`]. A command that needs the
//! folder does its own work where it can take it, and is a screen of the holder where it cannot.

use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::UnboundedReceiver;

use super::CliContext;
use crate::engine::control::wire::ControlRequest;
use crate::engine::control::{Connection, ControlClient};
use crate::error::{Code, Error, Result};
use crate::models::command::{Command, EngineEvent};
use crate::models::snapshot::{LockOwner as Process, Snapshot};
use crate::platform::FolderLock;
use crate::reports::Reports;

/// The threads of a command that does several things at once.
///
/// # Errors
/// When the system gives none.
pub fn runtime() -> Result<Runtime> {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(|error| {
        Error::new(Code::UnknownError, format!("cannot start threads: {error}"))
    })
}

/// The folder, or whoever holds it.
pub enum Folder {
    /// It is ours.
    Held(FolderLock, Reports),
    /// It is another's, who can be asked.
    Elsewhere(Box<OwnerClient>),
}

impl Folder {
    /// Takes the folder for `command`, or finds its holder.
    ///
    /// # Errors
    /// [`Code::FolderHeld`] where the holder cannot be asked; when the folder cannot be written.
    pub fn find(context: &CliContext, command: &str, runtime: &Runtime) -> Result<Self> {
        let error = match context.hold(command) {
            Ok((lock, reports)) => return Ok(Self::Held(lock, reports)),
            // A folder of another account does not even show its lock.
            Err(error) if matches!(error.code, Code::FolderHeld | Code::FileUnreadable) => error,
            Err(error) => return Err(error),
        };
        match runtime.block_on(ControlClient::connect(context.data())) {
            Ok(Connection { client, owner, snapshot, events }) => {
                context.screen.remark(&(context.words().progress.held)(&owner));
                Ok(Self::Elsewhere(Box::new(OwnerClient { client, process: owner, snapshot, events })))
            }
            Err(_) => Err(error),
        }
    }
}

/// The process that holds the folder.
pub struct OwnerClient {
    /// For asking.
    pub client: ControlClient,
    /// Who it is.
    pub process: Process,
    /// The newest view.
    pub snapshot: Snapshot,
    events: UnboundedReceiver<EngineEvent>,
}

impl OwnerClient {
    /// Has it do something.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn send(&self, command: Command) -> Result<()> {
        self.client.request(ControlRequest::Send(command)).await
    }

    /// The next thing that happens; the view is kept up to date.
    ///
    /// # Errors
    /// When the holder has ended.
    pub async fn next(&mut self) -> Result<EngineEvent> {
        let event = self.events.recv().await.ok_or_else(|| {
            Error::new(
                Code::FolderHeld,
                format!("{} (pid {}) has stopped", self.process.program, self.process.pid),
            )
            .hint("check `data_exporter status`, then try again")
            .retry_later()
        })?;
        if let EngineEvent::Changed { snapshot } = &event {
            self.snapshot.clone_from(snapshot);
        }
        Ok(event)
    }
}
