//! Applies a [`PairingRequest`] to a configuration.

use std::path::{Path, PathBuf};

use super::address;
use crate::auth::device_flow::ClientMetadata;
use crate::engine::configuration;
use crate::error::Result;
use crate::models::Config;
use crate::models::command::PairingRequest;
use crate::platform;

impl PairingRequest {
    /// Returns the configuration with the request applied; the request overrides the environment, which overrides the file.
    ///
    /// # Errors
    /// An address that is not allowed, or every problem of the configuration.
    pub(crate) fn apply(&self, config: &Path) -> Result<Config> {
        let no_https = self.no_https.unwrap_or_default();
        address::check_flag(self.base_url.as_deref(), no_https)?;
        let config = configuration::read_under(config, false, &|name| self.flag(name))?.config;
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

    /// Returns the part of the request that overrides an environment variable.
    fn flag(&self, variable: &str) -> Option<String> {
        match variable {
            "DATA_EXPORTER_API_BASE_URL" => self.base_url.clone(),
            "DATA_EXPORTER_API_HTTPS_ONLY" => {
                self.no_https.filter(|no_https| *no_https).map(|_| "false".to_owned())
            }
            "DATA_EXPORTER_API_DIALECT" => self.dialect.clone(),
            "DATA_EXPORTER_CREDENTIAL_SECRET_STORE" => self.secret_store.clone(),
            "DATA_EXPORTER_SRC_SOURCE_DIR" => self.source_folder().map(|folder| folder.display().to_string()),
            "DATA_EXPORTER_SCHEDULER_CRONTAB" => self.crontab.clone(),
            "DATA_EXPORTER_ENCODING_DBF_ENCODING" => self.encoding.clone(),
            _ => None,
        }
    }

    /// Returns the folder to store: an existing relative path is made absolute, since a service has another working folder.
    pub(super) fn source_folder(&self) -> Option<PathBuf> {
        self.source_dir.as_deref().map(|folder| {
            let here = Path::new(folder).is_relative() && folder.exists();
            let absolute = here.then(|| std::path::absolute(folder).ok()).flatten();
            absolute.unwrap_or_else(|| folder.to_path_buf())
        })
    }
}
