//! Writes config.toml after a pairing: [`Saving`] sets the requested keys and those of the credential; every other key
//! stays (docs/pairing.md).

use std::path::Path;

use crate::auth::dialect::Granted;
use crate::config::file::ConfigFile;
use crate::config::{Config, ConfigKey, KEYS, Word as _};
use crate::error::{Code, Error, Result};
use crate::models::pairing::{DialectName, PairingRequest, SecretStoreKind};
use crate::platform::{self, file};
use toml_edit::Value;

/// The jitter of scheduled runs in a new configuration, in seconds.
const JITTER_SECONDS: i64 = 60;

/// A readable config.toml in a writable folder.
pub struct Saving {
    file: ConfigFile,
    former: Config,
}

impl Saving {
    /// Opens the file and checks that its folder is writable, before a code is requested.
    ///
    /// # Errors
    /// When the file is not valid TOML, or its folder cannot be written.
    pub fn open(path: &Path) -> Result<Self> {
        let folder = file::folder_of(path);
        platform::make_private_folder(folder)?;
        tempfile::tempfile_in(folder).map_err(|error| Error::io("cannot write in", folder, &error))?;
        let file = ConfigFile::open(path)?;
        let former =
            if file.existed() { Config::from_file(path).unwrap_or_default() } else { Config::default() };
        Ok(Self { file, former })
    }

    /// Writes the keys; returns whether an account of the former program was removed.
    ///
    /// # Errors
    /// When the file cannot be written; then it is unchanged.
    pub fn write(
        &mut self,
        request: &PairingRequest,
        config: &Config,
        domain: &str,
        granted: &Granted,
    ) -> Result<bool> {
        let new = !self.file.existed();
        self.set("scheduler", "crontab", request.crontab.clone())?;
        self.set("scheduler", "jitter_seconds", new.then_some(JITTER_SECONDS))?;
        let folder = request.source_folder().map(|folder| folder.display().to_string());
        self.set("src", "source_dir", folder)?;
        let kind = config.credential.secret_store;
        let asked = request.secret_store.is_some() || kind != self.former.credential.secret_store;
        self.set("credential", "secret_store", asked.then(|| SecretStoreKind::word(kind)))?;
        let account = ["account", "username", "password"];
        let removed = self.former.credential.account.is_some() || self.former.credential.password.is_some();
        for name in account {
            self.file.remove(key("credential", name)?);
        }
        self.file.remove(key("credential.device", "client_secret")?);
        self.set("credential.device", "domain", Some(domain))?;
        match &granted.site_id {
            Some(id) => self.set("credential.device", "site_id", Some(id.as_str()))?,
            None => {
                self.file.remove(key("credential.device", "site_id")?);
            }
        }
        // The credential belongs to this server, so the file must name it, even if a flag or the environment did.
        let other_server = config.api.base_url != self.former.api.base_url;
        self.set("api", "base_url", config.api.base_url.clone().filter(|_| new || other_server))?;
        let https = new || config.api.https_only != self.former.api.https_only;
        self.set("api", "https_only", https.then_some(config.api.https_only))?;
        let dialect = config.api.dialect;
        let other = request.dialect.is_some() || dialect != self.former.api.dialect;
        self.set("api", "dialect", other.then(|| DialectName::word(dialect)))?;
        let page = request.encoding.clone().or_else(|| new.then(|| config.encoding.dbf_encoding.clone()));
        self.set("encoding", "dbf_encoding", page)?;
        self.set("export", "skip_unchanged", new.then_some(true))?;
        self.file.save()?;
        Ok(removed)
    }

    fn set(&mut self, section: &str, name: &str, value: Option<impl Into<Value>>) -> Result<()> {
        if let Some(value) = value {
            self.file.set(key(section, name)?, value)?;
        }
        Ok(())
    }
}

fn key(section: &str, name: &str) -> Result<&'static ConfigKey> {
    KEYS.iter()
        .find(|key| (key.section, key.name) == (section, name))
        .ok_or_else(|| Error::new(Code::UnknownError, format!("there is no key `{name}` in `[{section}]`")))
}
