//! [`Credential`], the Basic user and secret, and the order in which places are asked for the secret
//! (docs/pairing.md, "Secret store order"). It never falls silently from one store to the next.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Code, Error};
use crate::models::config::{DeviceCredential, SecretStore};
use crate::models::{Config, Secret};

/// Names a file that holds the secret.
pub const SECRET_FILE_VARIABLE: &str = "DATA_EXPORTER_CLIENT_SECRET_FILE";
/// Holds the secret itself; other processes of the account can read it.
pub const SECRET_VARIABLE: &str = "DATA_EXPORTER_CLIENT_SECRET";
/// Set by systemd for a service with `LoadCredential=client_secret:...`.
const CREDENTIALS_VARIABLE: &str = "CREDENTIALS_DIRECTORY";
/// The secret's file in the data folder, below `secrets/`, and in the directory of systemd.
const SECRET_FILE: &str = "client_secret";

/// What Basic needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    user: String,
    secret: Secret,
}

/// Why there is no credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// Neither a pairing nor an account is configured.
    #[error("this computer is not paired, and no account is configured")]
    NotPaired,
    /// A pairing is configured, but its secret is nowhere.
    #[error("the secret of the pairing with `{domain}` was not found{where_}")]
    NoSecret {
        /// The Basic user.
        domain: String,
        /// Where it was looked for.
        where_: String,
    },
    /// Only some of account, username and password are there.
    #[error("`[credential]` lacks {missing}")]
    Incomplete {
        /// The missing keys.
        missing: String,
    },
    /// A name with a colon could not be told from the secret.
    #[error("`[credential]` names the user `{user}`, and a user's name cannot hold a colon")]
    Colon {
        /// The name.
        user: String,
    },
    /// The file that should hold the secret cannot be read or is empty.
    #[error("cannot read the secret in `{path}`: {why}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        why: String,
    },
}

impl From<CredentialError> for Error {
    fn from(error: CredentialError) -> Self {
        let message = error.to_string();
        match error {
            CredentialError::NotPaired | CredentialError::NoSecret { .. } => {
                Self::new(Code::NotPaired, message).hint("pair with `data_exporter authorize-device`")
            }
            CredentialError::Incomplete { .. } => Self::new(Code::ConfigError, message).hint(
                "give all of account, username and password, or pair with `data_exporter authorize-device`",
            ),
            CredentialError::Colon { .. } => {
                Self::new(Code::ConfigError, message).hint("correct the name in `[credential]`")
            }
            CredentialError::Unreadable { path, .. } => Self::new(Code::ConfigError, message)
                .hint("put the secret into that file and let only this account read it")
                .path(path),
        }
    }
}

/// Where a secret may come from besides the configuration.
pub struct Places<'a> {
    /// Reads an environment variable.
    pub env: &'a dyn Fn(&str) -> Option<OsString>,
    /// The folder of the file store, where there is a data folder.
    pub secrets_dir: Option<&'a Path>,
}

impl Credential {
    /// A credential as given.
    pub fn new(user: impl Into<String>, secret: Secret) -> Self {
        Self { user: user.into(), secret }
    }

    /// The credential of a configuration: its pairing when it has one, else its account.
    ///
    /// # Errors
    /// What is missing or cannot be read.
    pub fn resolve(config: &Config, places: &Places<'_>) -> Result<Self, CredentialError> {
        let credential = &config.credential;
        let found = match &credential.device {
            Some(device) => {
                let secret = device_secret(device, credential.secret_store, places)?;
                Self::new(device.domain.clone(), secret)
            }
            None => account(config)?,
        };
        if found.user.contains(':') {
            return Err(CredentialError::Colon { user: found.user });
        }
        Ok(found)
    }

    /// The Basic user.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The secret, for the one request that needs it.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }
}

fn account(config: &Config) -> Result<Credential, CredentialError> {
    let credential = &config.credential;
    let (account, username, password) = (&credential.account, &credential.username, &credential.password);
    match (account, username, password) {
        (Some(account), Some(username), Some(password)) => {
            Ok(Credential::new(format!("{account}_{username}"), password.clone()))
        }
        (None, None, None) => Err(CredentialError::NotPaired),
        _ => {
            let keys = [
                ("`account`", account.is_none()),
                ("`username`", username.is_none()),
                ("`password`", password.is_none()),
            ];
            let missing: Vec<&str> =
                keys.iter().filter(|(_, missing)| *missing).map(|(key, _)| *key).collect();
            Err(CredentialError::Incomplete { missing: missing.join(" and ") })
        }
    }
}

fn device_secret(
    device: &DeviceCredential,
    store: SecretStore,
    places: &Places<'_>,
) -> Result<Secret, CredentialError> {
    if let Some(secret) = outside(places)? {
        return Ok(secret);
    }
    if let Some(secret) = stored(store, places)? {
        return Ok(secret);
    }
    if let Some(secret) = device.client_secret.clone().filter(|secret| !secret.is_empty()) {
        return Ok(secret);
    }
    let where_ = match (store, places.secrets_dir) {
        (SecretStore::File, Some(dir)) => format!(" in `{}`", dir.join(SECRET_FILE).display()),
        _ => String::new(),
    };
    Err(CredentialError::NoSecret { domain: device.domain.clone(), where_ })
}

/// What was handed in from outside wins over every store.
fn outside(places: &Places<'_>) -> Result<Option<Secret>, CredentialError> {
    if let Some(path) = (places.env)(SECRET_FILE_VARIABLE).filter(|path| !path.is_empty()) {
        return read(Path::new(&path)).map(Some);
    }
    if let Some(directory) = (places.env)(CREDENTIALS_VARIABLE).filter(|path| !path.is_empty()) {
        let path = Path::new(&directory).join(SECRET_FILE);
        if path.exists() {
            return read(&path).map(Some);
        }
    }
    if let Some(secret) = (places.env)(SECRET_VARIABLE).and_then(|text| text.into_string().ok()) {
        let secret = Secret::new(secret);
        if !secret.is_empty() {
            tracing::warn!(
                "the secret comes from {SECRET_VARIABLE}, which other programs of this account can read; \
                 {SECRET_FILE_VARIABLE} is safer"
            );
            return Ok(Some(secret));
        }
    }
    Ok(None)
}

/// The one place that knows the stores. The operating system's keychain joins as the arm of
/// [`SecretStore::Keychain`].
fn stored(store: SecretStore, places: &Places<'_>) -> Result<Option<Secret>, CredentialError> {
    match (store, places.secrets_dir) {
        (SecretStore::Keychain, _) | (SecretStore::File, None) => Ok(None),
        (SecretStore::File, Some(dir)) => {
            let path = dir.join(SECRET_FILE);
            if path.exists() { read(&path).map(Some) } else { Ok(None) }
        }
    }
}

fn read(path: &Path) -> Result<Secret, CredentialError> {
    let unreadable = |why: String| CredentialError::Unreadable { path: path.to_path_buf(), why };
    let text = Secret::new(fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?);
    let line = text.expose().trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        return Err(unreadable("the file is empty".to_owned()));
    }
    Ok(Secret::new(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paired(secret: Option<&str>, store: SecretStore) -> Config {
        let mut config = Config::default();
        config.credential.secret_store = store;
        config.credential.device = Some(DeviceCredential {
            domain: "shop.example.com".to_owned(),
            client_secret: secret.map(Secret::new),
            site_id: None,
        });
        config
    }

    fn resolve(
        config: &Config,
        env: &[(&str, &Path)],
        dir: Option<&Path>,
    ) -> Result<String, CredentialError> {
        let env = |name: &str| {
            env.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_os_str().to_owned())
        };
        let found = Credential::resolve(config, &Places { env: &env, secrets_dir: dir })?;
        Ok(format!("{}={}", found.user(), found.secret().expose()))
    }

    #[test]
    fn an_account_is_account_and_username() {
        let mut config = Config::default();
        config.credential.account = Some("acme".to_owned());
        config.credential.username = Some("scanner".to_owned());
        let missing = resolve(&config, &[], None).unwrap_err();
        assert_eq!(missing.to_string(), "`[credential]` lacks `password`");
        config.credential.password = Some(Secret::new("pa:ss"));
        assert_eq!(resolve(&config, &[], None).unwrap(), "acme_scanner=pa:ss");
    }

    #[test]
    fn the_places_are_asked_in_their_order() {
        let dir = tempfile::tempdir().unwrap();
        let config = paired(Some("plain"), SecretStore::File);
        assert_eq!(resolve(&config, &[], Some(dir.path())).unwrap(), "shop.example.com=plain");
        fs::write(dir.path().join(SECRET_FILE), "stored\n").unwrap();
        assert_eq!(resolve(&config, &[], Some(dir.path())).unwrap(), "shop.example.com=stored");
        let variable = (SECRET_VARIABLE, Path::new("variable"));
        assert_eq!(resolve(&config, &[variable], Some(dir.path())).unwrap(), "shop.example.com=variable");
        let file = dir.path().join("handed-in");
        fs::write(&file, "file\r\n").unwrap();
        let env = [variable, (SECRET_FILE_VARIABLE, file.as_path())];
        assert_eq!(resolve(&config, &env, Some(dir.path())).unwrap(), "shop.example.com=file");
    }

    #[test]
    fn a_file_that_was_named_and_is_not_there_is_an_error_and_no_fall_through() {
        let config = paired(Some("plain"), SecretStore::Keychain);
        let env = [(SECRET_FILE_VARIABLE, Path::new("not/there"))];
        assert!(matches!(resolve(&config, &env, None), Err(CredentialError::Unreadable { .. })));
    }

    #[test]
    fn nothing_configured_is_not_paired() {
        assert_eq!(resolve(&Config::default(), &[], None), Err(CredentialError::NotPaired));
        let error = Error::from(resolve(&paired(None, SecretStore::Keychain), &[], None).unwrap_err());
        assert_eq!(error.code, Code::NotPaired);
    }

    #[test]
    fn a_colon_in_the_name_is_refused() {
        let mut config = paired(Some("s"), SecretStore::Keychain);
        config.credential.device.as_mut().unwrap().domain = "a:b".to_owned();
        assert!(matches!(resolve(&config, &[], None), Err(CredentialError::Colon { .. })));
    }
}
