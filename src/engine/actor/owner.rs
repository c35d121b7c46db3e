//! The actor and the process that locks the data folder: takes the lock, or connects to its owner and forwards requests.

use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::sync::oneshot;

use super::Actor;
use crate::engine::Mode;
use crate::engine::control::wire::ControlRequest;
use crate::error::Result;
use crate::models::command::EngineEvent;

/// How often, and at what distance, a command looks for a lock owner that does not answer yet.
const OWNER_ATTEMPTS: u32 = 10;
const OWNER_PAUSE: Duration = Duration::from_millis(200);

impl Actor {
    /// Takes the lock if it is free, otherwise connects to its owner.
    pub(super) async fn take_over(&mut self) {
        if self.folder.data.writable_store().is_some() || self.shared.client().is_some() {
            return;
        }
        if self.folder.data.try_again(&self.folder.options.folders).await {
            self.folder.owner_snapshot = None;
            self.on_lock_taken().await;
        } else {
            self.connect_to_owner().await;
        }
    }

    /// Connects to the lock owner, if there is one with a control channel.
    pub(super) async fn connect_to_owner(&mut self) {
        *self.shared.viewed.lock() = self.folder.data.viewed_store().cloned();
        let Some(inbox) = self.inbox() else { return };
        if let Some(client) = self.folder.connect_to_owner(inbox).await {
            self.shared.set_client(Some(client));
        }
        if self.scheduling.is_enabled {
            self.folder.report_obstacle();
        }
    }

    /// Does what is needed once after the lock was taken: moves an old plain-text secret, ends dead runs, opens the channel.
    pub(super) async fn on_lock_taken(&mut self) {
        self.reload();
        let Some(store) = self.folder.data.writable_store().cloned() else { return };
        if let Some(aside) = store.moved_aside() {
            let _ = self.shared.moved_aside.set(aside.to_owned());
        }
        self.folder.start_reporting(self.scheduling.is_enabled, self.handle.inbox.clone());
        if self.scheduling.is_enabled {
            self.folder.check_former_configuration(store).await;
            self.reload();
        }
        if !self.scheduling.has_schedule() {
            self.scheduling.configure(&self.folder);
        }
        self.folder.open_channel(self.handle.clone());
    }

    /// Takes over a snapshot of the lock owner and forwards its other events.
    pub(super) fn on_owner_event(&mut self, event: EngineEvent) {
        match event {
            EngineEvent::Changed { snapshot } => self.folder.owner_changed(*snapshot),
            // The connection closes next.
            EngineEvent::Ended => {}
            event => self.shared.send(event),
        }
    }

    /// Returns whether this process neither owns the lock nor is connected to its owner, a temporary state.
    pub(super) fn has_no_owner(&self) -> bool {
        self.folder.data.writable_store().is_none() && self.shared.client().is_none()
    }

    /// Gives a lock owner that is starting or ending the time to open its channel or to release the lock, so that a command
    /// works here or there.
    pub(super) async fn wait_for_owner(&mut self) {
        for _ in 0..OWNER_ATTEMPTS {
            let is_undecided = self.has_no_owner() && self.folder.data.problem().is_none();
            if self.folder.options.mode != Mode::Work || !is_undecided {
                return;
            }
            tokio::time::sleep(OWNER_PAUSE).await;
            self.take_over().await;
        }
    }

    /// Forwards a request to the lock owner if it is another process; otherwise returns the channel for the answer.
    pub(super) async fn forward<T: DeserializeOwned + Send + 'static>(
        &mut self,
        request: Result<ControlRequest>,
        reply: oneshot::Sender<Result<T>>,
    ) -> Option<oneshot::Sender<Result<T>>> {
        self.take_over().await;
        if self.shared.client().is_some_and(|client| client.is_closed()) {
            self.shared.set_client(None);
            self.take_over().await;
            self.wait_for_owner().await;
        }
        let Some(client) = self.shared.client() else { return Some(reply) };
        tokio::spawn(async move {
            let answer = match request {
                Ok(request) => client.request(request).await,
                Err(error) => Err(error),
            };
            let _ = reply.send(answer);
        });
        None
    }
}
