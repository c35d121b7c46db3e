//! The data folder and the configuration of the actor, [`Folder`]: the lock or the connection to its owner, the current
//! configuration, and the last result of testing the source folder.

use chrono::{DateTime, Utc};
use tokio::sync::mpsc::UnboundedSender;

use super::input::Input;
use crate::config::{Config, Loaded};
use crate::engine::blocking::blocking;
use crate::engine::control::{Connection, Control, ControlClient, Host};
use crate::engine::data_folder::DataFolder;
use crate::engine::source_check::SourceCheck;
use crate::engine::view::{self, ViewInput};
use crate::engine::{Mode, Options, WeakEngine, configuration, migration};
use crate::error::{Error, Result};
use crate::models::pairing::PairingState;
use crate::models::snapshot::{RunProgress, Snapshot};
use crate::platform::channel::Listener;
use crate::store::Store;
use crate::store::timestamps::Timestamp;
use crate::{logging, platform};

/// Modification time and size of a file; none if it does not exist.
type Stamp = Option<(std::time::SystemTime, u64)>;

/// The data folder and the configuration.
pub(super) struct Folder {
    pub options: Options,
    pub data: DataFolder,
    /// The configuration; the last valid one while the file is invalid.
    pub config: Config,
    /// The error of the current configuration file.
    pub config_error: Option<Error>,
    /// The stamp of the configuration file when it was last read; none before that.
    config_stamp: Option<Stamp>,
    /// The snapshot of the lock owner, if it is another process with a control channel.
    pub owner_snapshot: Option<Snapshot>,
    control: Option<Control>,
    source_check: SourceCheck,
    /// Why the source folder could not be read when it was last tested.
    source_problem: Option<String>,
}

/// The effect of reading the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reload {
    /// The file has not changed, or is invalid.
    Unchanged,
    /// A new configuration with the same schedule.
    Changed,
    /// A new configuration with another schedule.
    ScheduleChanged,
}

impl Folder {
    pub fn new(options: Options, data: DataFolder) -> Self {
        let source_check =
            if options.mode == Mode::Status { SourceCheck::patient() } else { SourceCheck::brief() };
        Self {
            options,
            data,
            config: Config::default(),
            config_error: None,
            config_stamp: None,
            owner_snapshot: None,
            control: None,
            source_check,
            source_problem: None,
        }
    }

    /// Connects to the lock owner, whose events become inputs; if it has no control channel, its folder is only read.
    pub async fn connect_to_owner(&mut self, inbox: UnboundedSender<Input>) -> Option<ControlClient> {
        match ControlClient::connect(&self.options.folders.data).await {
            Ok(Connection { client, owner, snapshot, mut lines }) => {
                self.owner_snapshot =
                    Some(Snapshot { holder: Some(owner), read_only: !client.may_change(), ..snapshot });
                tokio::spawn(async move {
                    while let Some(line) = lines.recv().await {
                        let _ = inbox.send(Input::OwnerLine(Some(line)));
                    }
                    let _ = inbox.send(Input::OwnerLine(None));
                });
                Some(client)
            }
            Err(error) => {
                self.owner_snapshot = None;
                tracing::debug!(%error, "the lock owner has no control channel");
                None
            }
        }
    }

    /// Takes over a snapshot of the lock owner.
    pub fn owner_changed(&mut self, snapshot: Snapshot) {
        let Some(Snapshot { holder, read_only, .. }) = self.owner_snapshot.take() else { return };
        self.owner_snapshot = Some(Snapshot { holder, read_only, ..snapshot });
    }

    /// Opens the control channel after the lock was taken.
    pub fn open_channel(&mut self, handle: WeakEngine) {
        match Listener::bind(&self.options.folders.data, self.options.shared) {
            Ok(listener) => {
                let host = Host {
                    owner: self.data.myself(),
                    engine: handle,
                    opens_pages: self.options.opens_pages,
                    is_command: self.options.mode != Mode::Serve,
                };
                self.control = Some(Control::open(listener, host));
            }
            Err(error) => tracing::warn!(%error, "other programs cannot use this one: no control channel"),
        }
    }

    /// Closes the control channel, then releases the lock, since the next lock owner opens its own channel.
    pub async fn release(&mut self) {
        if let Some(control) = self.control.take() {
            control.close().await;
        }
        self.data.release();
    }

    /// Moves a plain-text secret of the former program to the store, and reports a configuration of that program.
    pub async fn check_former_configuration(&self, store: Store) {
        let (config, data) = (self.options.folders.config.clone(), self.options.folders.data.clone());
        let checked = blocking(move || migration::check_former_configuration(&config, &data, &store));
        match checked.await {
            Ok(warnings) => warnings.into_iter().for_each(|warning| self.record(warning)),
            Err(error) => self.record(&error),
        }
    }

    /// Reads the configuration if the file changed. An invalid file, or one that was deleted, is reported and the last
    /// valid configuration stays in effect.
    pub fn reload(&mut self) -> Reload {
        let stamp = std::fs::metadata(&self.options.folders.config)
            .ok()
            .and_then(|file| Some((file.modified().ok()?, file.len())));
        if self.config_stamp == Some(stamp) {
            return Reload::Unchanged;
        }
        let was_there = self.config_stamp.replace(stamp).flatten().is_some();
        let is_required = was_there || self.options.config_required;
        match configuration::read(&self.options.folders.config, is_required) {
            Ok(Loaded { config, .. }) => {
                logging::set_level(&config.logging.level);
                tracing::info!("the configuration was read");
                self.config_error = None;
                let reschedule = self.config.scheduler != config.scheduler;
                self.config = config;
                self.test_source();
                if reschedule { Reload::ScheduleChanged } else { Reload::Changed }
            }
            Err(invalid) => {
                let error = Error::from(invalid);
                self.record(&error);
                self.config_error = Some(error);
                Reload::Unchanged
            }
        }
    }

    /// Checks that the configuration file is valid.
    ///
    /// # Errors
    /// Every problem of it at once.
    pub fn check_configuration(&self) -> Result<()> {
        self.config_error.clone().map_or(Ok(()), Err)
    }

    /// Tests whether the source folder can be read, waiting at most 200 ms; a status waits for the result.
    pub fn test_source(&mut self) {
        if self.options.mode == Mode::Read {
            return;
        }
        let folder = self.config.src.source_dir.as_deref();
        self.source_problem = folder.and_then(|folder| self.source_check.probe(folder));
    }

    /// Returns whether the last test of the source folder has not ended yet.
    pub fn is_testing_source(&self) -> bool {
        self.source_check.is_probing()
    }

    /// Returns whether the source folder could be read when it was last tested.
    pub fn has_source(&self) -> bool {
        self.config.src.source_dir.is_some() && self.source_problem.is_none()
    }

    /// Records that a run has read the source folder.
    pub fn source_was_read(&mut self) {
        self.source_problem = None;
    }

    /// Stores a time, or removes it.
    pub fn set_timestamp(&self, timestamp: Timestamp, moment: Option<DateTime<Utc>>) {
        let Some(store) = self.data.writable_store() else { return };
        if let Err(error) = store.set_timestamp(timestamp, moment) {
            tracing::error!(%error, "cannot store a time");
        }
    }

    /// Returns whether a time is stored; true also when the database cannot be read.
    pub fn has_timestamp(&self, timestamp: Timestamp) -> bool {
        self.data.writable_store().is_some_and(|store| !matches!(store.timestamp(timestamp), Ok(None)))
    }

    /// Returns the snapshot of the lock owner, or builds one of this process.
    ///
    /// # Errors
    /// When the local database cannot be read.
    pub fn snapshot(&self, pairing: PairingState, run: Option<RunProgress>) -> Result<Snapshot> {
        if let Some(snapshot) = &self.owner_snapshot {
            return Ok(snapshot.clone());
        }
        let input =
            self.data.view_input(&self.config, self.config_error.as_ref(), self.source_problem.as_deref());
        view::snapshot(ViewInput { pairing, run, ..input }, platform::now())
    }
}
