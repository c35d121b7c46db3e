//! [`Shared`]: the state that the actor publishes to the handles of an engine.

use std::path::PathBuf;
use std::sync::OnceLock;

use parking_lot::Mutex;
use tokio::sync::{broadcast, watch};

use super::control::ControlClient;
use crate::error::{Code, Error};
use crate::models::command::EngineEvent;
use crate::models::pairing::PairingState;
use crate::models::snapshot::{Snapshot, State};
use crate::store::Store;

/// Number of events that a slow listener may lag behind before it misses some and reads the snapshot instead.
const BEHIND: usize = 256;

/// State that the actor publishes.
pub(super) struct Shared {
    pub snapshot: watch::Sender<Snapshot>,
    pub events: broadcast::Sender<EngineEvent>,
    /// The connection to the lock owner, where another process locks the folder and accepts requests.
    client: Mutex<Option<ControlClient>>,
    /// The internal error that ended the engine.
    pub fault: OnceLock<Error>,
    /// The damaged database that was replaced when the lock was taken.
    pub moved_aside: OnceLock<PathBuf>,
    /// The database, where this engine only reads it: on a full disk only one connection may be open.
    pub viewed: Mutex<Option<Store>>,
}

impl Shared {
    /// Creates the state with the first snapshot.
    pub fn new(first: Snapshot) -> Self {
        Self {
            snapshot: watch::Sender::new(first),
            events: broadcast::Sender::new(BEHIND),
            client: Mutex::new(None),
            fault: OnceLock::new(),
            moved_aside: OnceLock::new(),
            viewed: Mutex::new(None),
        }
    }

    pub fn client(&self) -> Option<ControlClient> {
        self.client.lock().clone()
    }

    /// Returns why the engine accepts nothing any more.
    pub fn why_gone(&self) -> Error {
        self.fault.get().cloned().unwrap_or_else(|| Error::new(Code::Cancelled, "the program is ending"))
    }

    /// Returns the lock owner where it accepts requests; otherwise the folder is only read.
    pub fn remote_client(&self) -> Option<ControlClient> {
        self.client().filter(ControlClient::may_send)
    }

    pub fn set_client(&self, client: Option<ControlClient>) {
        *self.client.lock() = client;
    }

    /// Publishes a snapshot unless it equals the last one.
    pub fn publish(&self, snapshot: &Snapshot) {
        let differs = self.snapshot.send_if_modified(|last| {
            let differs = last != snapshot;
            if differs {
                last.clone_from(snapshot);
            }
            differs
        });
        if differs {
            self.send(EngineEvent::Changed { snapshot: Box::new(snapshot.clone()) });
        }
    }

    /// Publishes that an internal error ended the engine.
    pub fn end_with(&self, error: Error) {
        let last = self.snapshot.borrow().clone();
        self.publish(&Snapshot {
            state: State::NeedsAttention,
            problem: Some(error.body()),
            read_only: true,
            pairing: PairingState::Idle,
            run: None,
            ..last
        });
        let _ = self.fault.set(error);
    }

    /// Sends an event to the subscribers.
    pub fn send(&self, event: EngineEvent) {
        // An error means that there are no subscribers.
        let _ = self.events.send(event);
    }
}
