//! The actor's folder and configuration: held, looked at or asked for through its holder; read anew when it changes.

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
    /// Takes the folder when it is free by now, and otherwise the word of its holder.
    pub(super) async fn take_over(&mut self) {
        if self.data_folder.held().is_some() || self.shared.client().is_some() {
            return;
        }
        if self.data_folder.try_again(&self.folders).await {
            self.elsewhere = None;
            self.settle_in().await;
        } else {
            self.connect_to_owner().await;
            self.report_obstacle();
        }
    }

    /// Connects to the holder; where it cannot be asked, its folder is looked at.
    pub(super) async fn connect_to_owner(&mut self) {
        let Some(inbox) = self.inbox() else { return };
        match ControlClient::connect(&self.folders.data).await {
            Ok(Connection { client, owner, snapshot, mut events }) => {
                self.elsewhere =
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
                self.elsewhere = None;
                tracing::debug!(%error, "the holder of the data folder cannot be asked");
            }
        }
    }

    /// What the holder tells is told on.
    pub(super) fn heard(&mut self, event: EngineEvent) {
        match event {
            EngineEvent::Changed { snapshot } => {
                let Some(Snapshot { holder, read_only, .. }) = self.elsewhere.take() else { return };
                self.elsewhere = Some(Snapshot { holder, read_only, ..*snapshot });
            }
            // The end of the connection follows.
            EngineEvent::Ended => {}
            event => self.shared.send(event),
        }
    }

    /// Whether the folder is neither held nor its holder heard: that will not last.
    pub(super) fn is_left_alone(&self) -> bool {
        self.data_folder.held().is_none() && self.shared.client().is_none()
    }

    pub(super) fn inbox(&self) -> Option<UnboundedSender<Input>> {
        self.handle.inbox.upgrade()
    }

    /// What is done once when the folder came to be held: an old plain secret goes, dead runs are ended.
    pub(super) async fn settle_in(&mut self) {
        self.reload();
        let Some(store) = self.data_folder.held().cloned() else { return };
        self.start_reporting();
        let (config, data) = (self.folders.config.clone(), self.folders.data.clone());
        let looked = tasks::blocking(move || tasks::check_former_configuration(&config, &data, &store));
        match looked.await {
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
            Err(error) => tracing::warn!(%error, "other programs cannot ask this one: no local channel"),
        }
    }

    /// Reads the configuration when it has changed. One that is wrong, or was there and is gone, is told, and the last
    /// good one stays.
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
                self.config_trouble = None;
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
                self.config_trouble = Some(error);
            }
        }
    }

    pub(super) fn set_timestamp(&self, timestamp: Timestamp, moment: Option<DateTime<Utc>>) {
        let Some(store) = self.data_folder.held() else { return };
        if let Err(error) = store.set_timestamp(timestamp, moment) {
            tracing::error!(%error, "cannot keep a time");
        }
    }
}
