//! [`OwnerClient`]: work done by the process that locks the data folder, over its local channel. A command locks the
//! folder and works itself where it can; otherwise it shows the work of the lock owner.

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

/// Creates the runtime of a command.
///
/// # Errors
/// When the system cannot start threads.
pub fn runtime() -> Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Error::new(Code::UnknownError, format!("cannot start threads: {error}")))
}

/// The data folder, locked here or by another process.
pub enum Folder {
    /// Locked by this process.
    Held(FolderLock, Reports),
    /// Locked by another process that accepts requests.
    Elsewhere(Box<OwnerClient>),
}

impl Folder {
    /// Locks the folder for `command`, or connects to its owner.
    ///
    /// # Errors
    /// [`Code::FolderHeld`] where the owner cannot be asked; when the folder cannot be written.
    pub fn find(context: &CliContext, command: &str, runtime: &Runtime) -> Result<Self> {
        let error = match context.hold(command) {
            Ok((lock, reports)) => return Ok(Self::Held(lock, reports)),
            // The lock of a folder of another account is not even visible.
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

/// The process that locks the folder.
pub struct OwnerClient {
    /// The connection.
    pub client: ControlClient,
    /// The lock owner.
    pub process: Process,
    /// The latest snapshot.
    pub snapshot: Snapshot,
    events: UnboundedReceiver<EngineEvent>,
}

impl OwnerClient {
    /// Sends a command.
    ///
    /// # Errors
    /// Why the lock owner refuses it.
    pub async fn send(&self, command: Command) -> Result<()> {
        self.client.request(ControlRequest::Send(command)).await
    }

    /// Returns the next event; keeps the snapshot up to date.
    ///
    /// # Errors
    /// When the lock owner has ended.
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
