//! Applies a [`PairingRequest`] to a configuration.

use std::path::{Path, PathBuf};

use super::address;
use crate::auth::device_flow::ClientMetadata;
use crate::config::{Config, Overrides};
use crate::engine::configuration;
use crate::error::{Code, Error, Result, one_line};
use crate::models::pairing::PairingRequest;
use crate::platform;

impl PairingRequest {
    /// Checks the addresses and the configuration of this computer with the request applied, before a code is requested.
    ///
    /// # Errors
    /// As a pairing would report them.
    pub fn check(&self, config: &Path) -> Result<()> {
        self.apply(config).map(drop)
    }

    /// Returns the configuration with the request applied; the request overrides the environment, which overrides the file.
    ///
    /// # Errors
    /// An address that is not allowed, or every problem of the configuration.
    pub(super) fn apply(&self, config: &Path) -> Result<Config> {
        let no_https = self.no_https.unwrap_or_default();
        address::check_flag(self.base_url.as_deref(), no_https)?;
        let overrides = Overrides {
            base_url: self.base_url.clone(),
            https_only: no_https.then_some(false),
            dialect: self.dialect,
            secret_store: self.secret_store,
            source_dir: self.source_folder(),
            crontab: self.crontab.clone(),
            dbf_encoding: self.encoding.clone(),
        };
        let config = configuration::read_with(config, false, &overrides)?.config;
        address::check(&config, no_https)?;
        Ok(config)
    }

    /// Returns what the server shows about this device to the person who confirms the code.
    pub(super) fn metadata(&self) -> ClientMetadata {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        ClientMetadata {
            device_name: filled(&self.device_name).unwrap_or_else(platform::device_name),
            device_type: filled(&self.device_type),
            firmware_version: filled(&self.firmware_version),
        }
    }

    /// Checks that the folder of the request can be read, before a person is asked to confirm a code.
    ///
    /// # Errors
    /// [`Code::SourceMissing`] with the reason.
    pub(super) fn check_source_folder(&self) -> Result<()> {
        let Some(folder) = self.source_folder() else { return Ok(()) };
        match std::fs::read_dir(&folder) {
            Ok(_) => Ok(()),
            Err(error) => Err(Error::new(
                Code::SourceMissing,
                format!(
                    "the source folder `{}` cannot be read: {error}",
                    one_line(&folder.display().to_string())
                ),
            )
            .hint("give `--source-dir` the folder that contains the tables, with its disk or share connected")
            .path(folder)),
        }
    }

    /// Returns the folder to store: an existing relative path is made absolute, since a service has another working folder.
    pub fn source_folder(&self) -> Option<PathBuf> {
        self.source_dir.as_deref().map(|folder| {
            let here = folder.is_relative() && folder.exists();
            let absolute = here.then(|| std::path::absolute(folder).ok()).flatten();
            absolute.unwrap_or_else(|| folder.to_path_buf())
        })
    }
}
