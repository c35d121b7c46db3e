//! The lock, the control channel and the configuration of the actor.

use chrono::{DateTime, Utc};
use tokio::sync::mpsc::UnboundedSender;

use super::{Actor, Input};
use crate::engine::control::{Connection, Control, ControlClient};
use crate::engine::{configuration, tasks};
use crate::error::Error;
use crate::logging;
use crate::models::command::EngineEvent;
use crate::models::config::Loaded;
use crate::models::snapshot::Snapshot;
use crate::platform::channel::Listener;
use crate::store::errors::NewError;
use crate::store::timestamps::Timestamp;

impl Actor {
    /// Takes the lock if it is free, otherwise connects to its owner.
    pub(super) async fn take_over(&mut self) {
        if self.data_folder.writable_store().is_some() || self.shared.client().is_some() {
            return;
        }
        if self.data_folder.try_again(&self.folders).await {
            self.owner_snapshot = None;
            self.on_lock_taken().await;
        } else {
            self.connect_to_owner().await;
            self.report_obstacle();
        }
    }

    /// Connects to the lock owner; if it has no control channel, its folder is only read.
    pub(super) async fn connect_to_owner(&mut self) {
        let Some(inbox) = self.inbox() else { return };
        match ControlClient::connect(&self.folders.data).await {
            Ok(Connection { client, owner, snapshot, mut events }) => {
                self.owner_snapshot =
                    Some(Snapshot { holder: Some(owner), read_only: !client.may_change(), ..snapshot });
                self.shared.set_client(Some(client));
                tokio::spawn(async move {
                    while let Some(event) = events.recv().await {
                        let _ = inbox.send(Input::OwnerEvent(Some(event)));
                    }
                    let _ = inbox.send(Input::OwnerEvent(None));
                });
            }
            Err(error) => {
                self.owner_snapshot = None;
                tracing::debug!(%error, "the lock owner has no control channel");
            }
        }
    }

    /// Takes over a snapshot of the lock owner and forwards its other events.
    pub(super) fn on_owner_event(&mut self, event: EngineEvent) {
        match event {
            EngineEvent::Changed { snapshot } => {
                let Some(Snapshot { holder, read_only, .. }) = self.owner_snapshot.take() else { return };
                self.owner_snapshot = Some(Snapshot { holder, read_only, ..*snapshot });
            }
            // The connection closes next.
            EngineEvent::Ended => {}
            event => self.shared.send(event),
        }
    }

    /// Returns whether this process neither owns the lock nor is connected to its owner, a temporary state.
    pub(super) fn has_no_owner(&self) -> bool {
        self.data_folder.writable_store().is_none() && self.shared.client().is_none()
    }

    pub(super) fn inbox(&self) -> Option<UnboundedSender<Input>> {
        self.handle.inbox.upgrade()
    }

    /// Does what is needed once after the lock was taken: moves an old plain-text secret, ends dead runs, opens the channel.
    pub(super) async fn on_lock_taken(&mut self) {
        self.reload();
        let Some(store) = self.data_folder.writable_store().cloned() else { return };
        self.start_reporting();
        let (config, data) = (self.folders.config.clone(), self.folders.data.clone());
        let checked = tasks::blocking(move || tasks::check_former_configuration(&config, &data, &store));
        match checked.await {
            Ok(warnings) => warnings.iter().for_each(|warning| self.record(warning)),
            Err(error) => self.record(&NewError::from_error(&error, None, None)),
        }
        self.reload();
        if self.scheduler.is_none() {
            self.set_schedule();
        }
        match Listener::bind(&self.folders.data, self.open_to_group) {
            Ok(listener) => {
                self.control = Some(Control::open(listener, self.data_folder.myself(), self.handle.clone()));
            }
            Err(error) => tracing::warn!(%error, "other programs cannot use this one: no control channel"),
        }
    }

    /// Reads the configuration if the file changed. An invalid file, or one that was deleted, is reported and the last valid
    /// configuration stays in effect.
    pub(super) fn reload(&mut self) {
        let stamp = std::fs::metadata(&self.folders.config)
            .ok()
            .and_then(|file| Some((file.modified().ok()?, file.len())));
        if self.config_stamp == Some(stamp) {
            return;
        }
        let was_there = self.config_stamp.replace(stamp).flatten().is_some();
        match configuration::read(&self.folders.config, was_there) {
            Ok(Loaded { config, .. }) => {
                logging::set_level(&config.logging.level);
                tracing::info!("the configuration was read");
                self.config_error = None;
                let reschedule = self.config.scheduler != config.scheduler;
                self.config = config;
                self.serve();
                if reschedule {
                    self.set_schedule();
                }
            }
            Err(invalid) => {
                let error = Error::from(invalid);
                self.record(&NewError::from_error(&error, None, None));
                self.config_error = Some(error);
            }
        }
    }

    pub(super) fn set_timestamp(&self, timestamp: Timestamp, moment: Option<DateTime<Utc>>) {
        let Some(store) = self.data_folder.writable_store() else { return };
        if let Err(error) = store.set_timestamp(timestamp, moment) {
            tracing::error!(%error, "cannot store a time");
        }
    }
}
