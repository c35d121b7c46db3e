//! [`PairingRequest`] with what it makes of a configuration.

use std::path::{Path, PathBuf};

use super::address;
use crate::auth::device_flow::ClientMetadata;
use crate::engine::configuration;
use crate::error::Result;
use crate::models::Config;
use crate::models::command::PairingRequest;
use crate::platform;

impl PairingRequest {
    /// The configuration with the request in it: request over environment over file.
    ///
    /// # Errors
    /// An address that is not paired with, and every problem of the configuration at once.
    pub(crate) fn apply(&self, config: &Path) -> Result<Config> {
        let no_https = self.no_https.unwrap_or_default();
        address::check_flag(self.base_url.as_deref(), no_https)?;
        let config = configuration::read_under(config, false, &|name| self.flag(name))?.config;
        address::check(&config, no_https)?;
        Ok(config)
    }

    /// What the person is shown of this device at the server.
    pub(super) fn metadata(&self) -> ClientMetadata {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        ClientMetadata {
            device_name: filled(&self.device_name).unwrap_or_else(platform::device_name),
            device_type: filled(&self.device_type),
            firmware_version: filled(&self.firmware_version),
        }
    }

    /// The part that stands for a variable of the environment.
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

    /// The folder as it is kept: a relative one that is here is made absolute, since a service runs elsewhere.
    pub(super) fn source_folder(&self) -> Option<PathBuf> {
        self.source_dir.as_deref().map(|folder| {
            let here = Path::new(folder).is_relative() && folder.exists();
            let absolute = here.then(|| std::path::absolute(folder).ok()).flatten();
            absolute.unwrap_or_else(|| folder.to_path_buf())
        })
    }
}
