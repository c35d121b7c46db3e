//! [`CliContext`]: the folders, the configuration, the store and the screen of a command.

use std::path::{Path, PathBuf};

use super::session::with_engine;
use super::{Global, Screen};
use crate::config::{Invalid, Loaded};
use crate::engine::{Mode, configuration};
use crate::error::Result;
use crate::platform::{self, Folders};
use crate::store::Store;
use crate::text::Words;

/// The environment of a command.
#[derive(Clone)]
pub struct CliContext {
    /// The locations of config.toml and the data; `--config` is already applied.
    pub folders: Folders,
    /// Receives results and messages.
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

    /// Returns whether `--json` was given.
    pub fn json(&self) -> bool {
        self.screen.json_wanted()
    }

    /// Returns the texts in the screen's language.
    pub fn words(&self) -> &'static Words {
        self.screen.words()
    }

    /// Returns whether `--config` names the configuration, so that the file must exist.
    pub fn named_config(&self) -> bool {
        self.named_config
    }

    /// Reads the configuration from file and environment; prints its warnings on standard error.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn config(&self) -> Result<Loaded> {
        let loaded = self.try_config()?;
        for warning in &loaded.warnings {
            self.screen.warning(&warning.to_string());
        }
        Ok(loaded)
    }

    /// Reads the configuration without printing. A missing file counts as empty, unless `--config` named it.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn try_config(&self) -> std::result::Result<Loaded, Invalid> {
        configuration::read(&self.folders.config, self.named_config)
    }

    /// Opens the history read-only.
    ///
    /// # Errors
    /// When the local database cannot be read.
    pub fn view(&self) -> Result<Store> {
        Ok(Store::view(&self.folders.data)?)
    }

    /// Like [`Self::config`], for an unattended command: also records the failure in the history.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn config_unattended(&self, command: &str) -> Result<Loaded> {
        self.config().inspect_err(|_| {
            // The engine reads the configuration when it starts, and records what is wrong with it; a process that locks the
            // folder has done so itself.
            if let Err(error) = with_engine(self, command, Mode::Work, async |_| Ok(())) {
                tracing::debug!(%error, "the error of the configuration could not be recorded");
            }
        })
    }

    /// Returns the folder of the file store of secrets.
    pub fn secrets(&self) -> PathBuf {
        self.folders.data.join("secrets")
    }

    /// Returns the data folder.
    pub fn data(&self) -> &Path {
        &self.folders.data
    }
}
