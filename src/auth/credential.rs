//! [`Credential`]: the identity of this installation and its proof, and the order in which sources are asked for it
//! (docs/pairing.md#order-of-sources). Never falls back silently from one store to the next.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use super::credential_error::CredentialError;
use super::secrets::{self, SecretError, SecretStore, StoredCredential};
use super::sources;
use crate::config::{Config, DeviceCredentialConfig};
use crate::models::Secret;
use crate::platform;

/// Lock file of the process that trades a refresh token, in the data folder.
const REFRESH_LOCK: &str = "refresh.lock";
/// Number of days before its end from which a pairing that cannot be renewed causes a warning.
const WARNED_DAYS: i64 = 7;

/// The identity of this installation and its proof.
#[derive(Clone)]
pub struct Credential {
    user: String,
    stored: StoredCredential,
    storage: Option<StoredSecret>,
}

/// Store of a credential that changes at every use.
#[derive(Clone)]
pub(super) struct StoredSecret {
    pub(super) store: Arc<dyn SecretStore>,
    /// The lock of the process that trades the refresh token.
    pub(super) lock: PathBuf,
    /// A successor that could not be stored yet.
    pub(super) unsaved: Arc<Mutex<Option<StoredCredential>>>,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("user", &self.user)
            .field("stored", &self.stored)
            .finish_non_exhaustive()
    }
}

/// Sources of a secret besides the configuration.
pub struct SecretSources<'a> {
    /// Reads an environment variable.
    pub env: &'a dyn Fn(&str) -> Option<OsString>,
    /// The data folder, where there is one.
    pub data: Option<&'a Path>,
}

impl Credential {
    /// Creates a Basic credential.
    pub fn new(user: impl Into<String>, secret: Secret) -> Self {
        Self { user: user.into(), stored: StoredCredential::Basic { secret }, storage: None }
    }

    /// Creates a credential from a store in a data folder, which also stores its successors.
    pub fn with_storage(
        user: impl Into<String>,
        stored: StoredCredential,
        store: Arc<dyn SecretStore>,
        data: &Path,
    ) -> Self {
        let storage = StoredSecret { store, lock: data.join(REFRESH_LOCK), unsaved: Arc::default() };
        Self { user: user.into(), stored, storage: Some(storage) }
    }

    /// Returns the configured credential: the pairing where there is one, else the account.
    ///
    /// # Errors
    /// The missing or unreadable part.
    pub fn resolve(config: &Config, sources: &SecretSources<'_>) -> Result<Self, CredentialError> {
        let found = match &config.credential.device {
            Some(device) => pairing(device, config, sources)?,
            None => account(config, sources)?,
        };
        if found.user.contains(':') {
            return Err(CredentialError::Colon { user: found.user });
        }
        Ok(found)
    }

    /// Returns the Basic user.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Returns the secret, for the one request that needs it.
    pub fn secret(&self) -> &Secret {
        self.stored.secret()
    }

    /// Returns the kind of the credential.
    pub fn stored(&self) -> &StoredCredential {
        &self.stored
    }

    pub(super) fn place(&self) -> Option<&StoredSecret> {
        self.storage.as_ref()
    }
}

/// Returns the configured Basic user, which needs no secret; `None` where neither a pairing nor an account is
/// configured.
pub fn user(config: &Config) -> Option<String> {
    let credential = &config.credential;
    match &credential.device {
        Some(device) => Some(device.domain.clone()),
        None => Some(format!("{}_{}", credential.account.as_ref()?, credential.username.as_ref()?)),
    }
}

/// Returns the plain-text secret in config.toml, of the pairing or the account.
pub fn plain(config: &Config) -> Option<&Secret> {
    let credential = &config.credential;
    let plain = match &credential.device {
        Some(device) => device.client_secret.as_ref(),
        None => credential.password.as_ref(),
    };
    plain.filter(|secret| !secret.is_empty())
}

fn account(config: &Config, sources: &SecretSources<'_>) -> Result<Credential, CredentialError> {
    let credential = &config.credential;
    let (account, username, password) = (&credential.account, &credential.username, &credential.password);
    if let (Some(account), Some(username)) = (account, username) {
        let user = format!("{account}_{username}");
        if let Some(password) = password {
            return Ok(Credential::new(user, password.clone()));
        }
        if let Some(credential) = load_stored(&user, config, sources)? {
            return Ok(credential);
        }
    }
    let keys = [
        ("`account`", account.is_none()),
        ("`username`", username.is_none()),
        ("`password`", password.is_none()),
    ];
    let missing: Vec<&str> = keys.iter().filter(|(_, missing)| *missing).map(|(key, _)| *key).collect();
    if missing.len() == keys.len() {
        return Err(CredentialError::NotPaired);
    }
    Err(CredentialError::Incomplete { missing: missing.join(" and ") })
}

/// Follows the order of docs/pairing.md#order-of-sources. A plain-text secret in the configuration is used where the
/// keychain fails: a person put it there, so that this is no silent fallback.
fn pairing(
    device: &DeviceCredentialConfig,
    config: &Config,
    sources: &SecretSources<'_>,
) -> Result<Credential, CredentialError> {
    let user = &device.domain;
    let file = config.credential.secret_file.as_deref();
    if let Some(stored) = sources::handed_in(file, sources.env)? {
        return Ok(Credential { user: user.clone(), stored, storage: None });
    }
    let plain = plain(config).map(|secret| Credential::new(user, secret.clone()));
    match (load_stored(user, config, sources), plain) {
        (Ok(Some(credential)), _) => Ok(credential),
        (Ok(None), Some(plain)) => Ok(plain),
        (Err(error), Some(plain)) => {
            tracing::debug!(%error, "the secret of config.toml serves");
            Ok(plain)
        }
        (Err(error), None) => Err(error.into()),
        (Ok(None), None) => Err(CredentialError::NoSecret {
            domain: user.clone(),
            where_: sources
                .data
                .map_or_else(String::new, |data| format!(" in {}", store(user, config, data).place())),
        }),
    }
}

fn load_stored(
    user: &str,
    config: &Config,
    sources: &SecretSources<'_>,
) -> Result<Option<Credential>, SecretError> {
    let Some(data) = sources.data else { return Ok(None) };
    let store: Arc<dyn SecretStore> = store(user, config, data).into();
    let Some(stored) = store.load()? else { return Ok(None) };
    warn_of_the_end(user, &stored);
    Ok(Some(Credential::with_storage(user, stored, store, data)))
}

/// A token that cannot be renewed ends a pairing (docs/wire.md#bearer).
fn warn_of_the_end(user: &str, stored: &StoredCredential) {
    let StoredCredential::Bearer { expires_at: Some(ends), .. } = stored else { return };
    if (*ends - platform::now()).num_days() < WARNED_DAYS {
        let day = ends.format("%Y-%m-%d");
        tracing::warn!(
            "the pairing of `{user}` ends on {day}; pair again before that with `data_exporter authorize-device`"
        );
    }
}

fn store(user: &str, config: &Config, data: &Path) -> Box<dyn SecretStore> {
    secrets::open(config.credential.secret_store, user, config.api.base_url.as_deref(), data)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::sources::{SECRET_FILE_VARIABLE, SECRET_VARIABLE};
    use super::*;
    use crate::error::{Code, Error};
    use crate::models::pairing::SecretStoreKind as Kind;

    fn paired(secret: Option<&str>, store: Kind) -> Config {
        let mut config = Config::default();
        config.credential.secret_store = store;
        config.credential.device = Some(DeviceCredentialConfig {
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
        let found = Credential::resolve(config, &SecretSources { env: &env, data: dir })?;
        Ok(format!("{}={}", found.user(), found.secret().expose()))
    }

    #[test]
    fn an_account_user_name_is_account_and_username() {
        let mut config = Config::default();
        config.credential.account = Some("acme".to_owned());
        config.credential.username = Some("scanner".to_owned());
        let missing = resolve(&config, &[], None).unwrap_err();
        assert_eq!(missing.to_string(), "`[credential]` lacks `password`");
        config.credential.password = Some(Secret::new("pa:ss"));
        assert_eq!(resolve(&config, &[], None).unwrap(), "acme_scanner=pa:ss");
    }

    #[test]
    fn secret_sources_are_read_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let config = paired(Some("plain"), Kind::File);
        assert_eq!(resolve(&config, &[], Some(dir.path())).unwrap(), "shop.example.com=plain");
        fs::create_dir(dir.path().join(secrets::FOLDER)).unwrap();
        fs::write(dir.path().join(secrets::FOLDER).join("client_secret"), "stored\n").unwrap();
        assert_eq!(resolve(&config, &[], Some(dir.path())).unwrap(), "shop.example.com=stored");
        let variable = (SECRET_VARIABLE, Path::new("variable"));
        assert_eq!(resolve(&config, &[variable], Some(dir.path())).unwrap(), "shop.example.com=variable");
        let file = dir.path().join("handed-in");
        fs::write(&file, "file\r\n").unwrap();
        let env = [variable, (SECRET_FILE_VARIABLE, file.as_path())];
        assert_eq!(resolve(&config, &env, Some(dir.path())).unwrap(), "shop.example.com=file");
        let mut config = config;
        let flag = dir.path().join("flag");
        fs::write(&flag, "flag").unwrap();
        config.credential.secret_file = Some(flag);
        assert_eq!(resolve(&config, &env, Some(dir.path())).unwrap(), "shop.example.com=flag");
    }

    #[test]
    fn a_missing_secret_file_is_an_error_without_fallback() {
        let config = paired(Some("plain"), Kind::Keychain);
        let env = [(SECRET_FILE_VARIABLE, Path::new("not/there"))];
        assert!(matches!(resolve(&config, &env, None), Err(CredentialError::Unreadable { .. })));
    }

    #[test]
    fn a_refresh_token_from_the_environment_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("handed-in");
        fs::write(&file, r#"{"kind":"refresh","token":"canary"}"#).unwrap();
        let env = [(SECRET_FILE_VARIABLE, file.as_path())];
        let error = resolve(&paired(None, Kind::File), &env, None).unwrap_err().to_string();
        assert!(error.ends_with("which changes at every use and needs a secret store"), "{error}");
    }

    #[test]
    fn an_account_s_password_may_be_in_the_store() {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.credential.account = Some("acme".to_owned());
        config.credential.username = Some("scanner".to_owned());
        config.credential.secret_store = Kind::File;
        let secret = StoredCredential::Basic { secret: Secret::new("stored") };
        store("acme_scanner", &config, dir.path()).save(&secret).unwrap();
        assert_eq!(resolve(&config, &[], Some(dir.path())).unwrap(), "acme_scanner=stored");
    }

    #[test]
    fn nothing_configured_is_not_paired() {
        assert_eq!(resolve(&Config::default(), &[], None), Err(CredentialError::NotPaired));
        let error = Error::from(resolve(&paired(None, Kind::Keychain), &[], None).unwrap_err());
        assert_eq!(error.code, Code::NotPaired);
    }

    #[test]
    fn a_colon_in_the_user_name_is_refused() {
        let mut config = paired(Some("s"), Kind::Keychain);
        config.credential.device.as_mut().unwrap().domain = "a:b".to_owned();
        assert!(matches!(resolve(&config, &[], None), Err(CredentialError::Colon { .. })));
    }
}
