//! [`Wish`], what a person asks of a pairing besides what the configuration says.

use std::path::{Path, PathBuf};

use super::address;
use crate::auth::device_flow::ClientMetadata;
use crate::engine::configuration;
use crate::error::Result;
use crate::models::Config;
use crate::models::config::{Dialect, SecretStore, Word as _};

/// What is given; the default gives nothing.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// What the person is shown of this device at the server.
    pub metadata: ClientMetadata,
    /// The folder of tables.
    pub source_dir: Option<PathBuf>,
    /// The cron expression.
    pub crontab: Option<String>,
    /// The server's address.
    pub api_url: Option<String>,
    /// Whether http to this computer is allowed.
    pub no_https: bool,
    /// The code page of tables that name none.
    pub encoding: Option<String>,
    /// Where the secret is kept.
    pub secret_store: Option<SecretStore>,
    /// The kind of server.
    pub dialect: Option<Dialect>,
    /// The site's name at the server.
    pub site_name: Option<String>,
    /// The site's description at the server.
    pub site_description: Option<String>,
    /// rfc8628: the issuer whose metadata names the endpoints.
    pub issuer: Option<String>,
    /// rfc8628: where a code is asked for, and where tokens are had.
    pub endpoints: Option<(String, String)>,
    /// rfc8628 and aip: the name under which the server knows this program.
    pub client_id: Option<String>,
    /// romm: the name of this program.
    pub client_name: Option<String>,
    /// What the token shall be allowed to do, parted by blanks.
    pub scope: Option<String>,
    /// rfc8628: whether requests are JSON.
    pub json: bool,
}

impl Wish {
    /// The configuration with the wish in it: wish over environment over file.
    ///
    /// # Errors
    /// An address that is not paired with, and every problem of the configuration at once.
    pub fn apply(&self, config: &Path) -> Result<Config> {
        address::check_flag(self.api_url.as_deref(), self.no_https)?;
        let config = configuration::read_under(config, false, &|name| self.flag(name))?.config;
        address::check(&config, self.no_https)?;
        Ok(config)
    }

    /// The part that stands for a variable of the environment.
    fn flag(&self, variable: &str) -> Option<String> {
        match variable {
            "DATA_EXPORTER_API_BASE_URL" => self.api_url.clone(),
            "DATA_EXPORTER_API_HTTPS_ONLY" => self.no_https.then(|| "false".to_owned()),
            "DATA_EXPORTER_API_DIALECT" => self.dialect.map(|kind| kind.word().to_owned()),
            "DATA_EXPORTER_CREDENTIAL_SECRET_STORE" => self.secret_store.map(|store| store.word().to_owned()),
            "DATA_EXPORTER_SRC_SOURCE_DIR" => self.source_folder().map(|folder| folder.display().to_string()),
            "DATA_EXPORTER_SCHEDULER_CRONTAB" => self.crontab.clone(),
            "DATA_EXPORTER_ENCODING_DBF_ENCODING" => self.encoding.clone(),
            _ => None,
        }
    }

    /// The folder as it is kept: a relative one that is here is made absolute, since a service runs elsewhere.
    pub fn source_folder(&self) -> Option<PathBuf> {
        self.source_dir.as_deref().map(|folder| {
            let here = Path::new(folder).is_relative() && folder.exists();
            let absolute = here.then(|| std::path::absolute(folder).ok()).flatten();
            absolute.unwrap_or_else(|| folder.to_path_buf())
        })
    }
}
