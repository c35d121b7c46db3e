//! [`CliContext`]: what every command stands on — its folders, its configuration, the store and the screen.

use std::path::{Path, PathBuf};

use super::{Global, Screen};
use crate::engine::configuration;
use crate::engine::view::truthful;
use crate::error::Result;
use crate::models::config::{Invalid, Loaded};
use crate::models::export::RunReport;
use crate::platform::{self, FolderLock, Folders};
use crate::reports::Reports;
use crate::store::Store;
use crate::store::errors::NewError;
use crate::text::Words;

/// The place a command runs in.
#[derive(Clone)]
pub struct CliContext {
    /// Where config.toml and the data are; `--config` is already applied.
    pub folders: Folders,
    /// Where results and messages go.
    pub screen: Screen,
    named_config: bool,
}

impl CliContext {
    pub(super) fn new(global: Global, screen: Screen) -> Result<Self> {
        let mut folders = platform::folders()?;
        let named_config = global.config.is_some();
        if let Some(config) = global.config {
            folders.config = config;
        }
        Ok(Self { folders, screen, named_config })
    }

    /// Whether results are wanted as JSON.
    pub fn json(&self) -> bool {
        self.screen.json_wanted()
    }

    /// What is said in the language of the screen.
    pub fn words(&self) -> &'static Words {
        self.screen.words()
    }

    /// Whether `--config` names the configuration, so that it has to be there.
    pub fn named_config(&self) -> bool {
        self.named_config
    }

    /// The configuration of file and environment, its warnings told on standard error.
    ///
    /// # Errors
    /// Every problem of it at once.
    pub fn config(&self) -> Result<Loaded> {
        let loaded = self.try_config()?;
        for warning in &loaded.warnings {
            self.screen.warning(&warning.to_string());
        }
        Ok(loaded)
    }

    /// The configuration, silently. A file that is not there is an empty one, unless `--config` named it.
    ///
    /// # Errors
    /// Every problem of it at once.
    pub fn try_config(&self) -> std::result::Result<Loaded, Invalid> {
        configuration::read(&self.folders.config, self.named_config)
    }

    /// The history, for looking only.
    ///
    /// # Errors
    /// When the local database cannot be read.
    pub fn view(&self) -> Result<Store> {
        Ok(Store::view(&self.folders.data)?)
    }

    /// Marks a run of the journal as interrupted when the process that it says is running holds the folder no more.
    pub fn truthful(&self, run: RunReport) -> RunReport {
        truthful(run, FolderLock::owner(self.data()).is_none())
    }

    /// Takes the data folder for this process, making it when it is absent, and opens its store.
    ///
    /// # Errors
    /// [`crate::error::Code::FolderHeld`]; when the folder cannot be written.
    pub fn hold(&self, command: &str) -> Result<(FolderLock, Reports)> {
        platform::make_private_folder(&self.folders.data)?;
        let lock = FolderLock::take(&self.folders.data, &format!("data_exporter {command}"))?;
        let store = Store::open(&self.folders.data)?;
        if let Some(aside) = store.moved_aside() {
            let aside = aside.display();
            self.screen.warning(&format!(
                "the local database was damaged and was moved to `{aside}`; a new history was started"
            ));
        }
        Ok((lock, Reports::new(store)))
    }

    /// As [`Self::config`], for a command that works at night: its failure is in the history as well.
    ///
    /// # Errors
    /// Every problem of it at once.
    pub fn config_unattended(&self, command: &str) -> Result<Loaded> {
        self.config().inspect_err(|error| {
            // Another process that holds the folder sees the same.
            if let Ok((_lock, reports)) = self.hold(command) {
                reports.report(&NewError::from_error(error, None, None));
            }
        })
    }

    /// The folder of the file store of secrets.
    pub fn secrets(&self) -> PathBuf {
        self.folders.data.join("secrets")
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.folders.data
    }
}
