//! [`unpair`] removes the pairing's secret from every place that can hold it. The caller holds the folder's lock.

use serde::{Deserialize, Serialize};

use crate::api::client::base_of;
use crate::auth::credential;
use crate::auth::secrets::{self, SecretError};
use crate::config::file::ConfigFile;
use crate::config::{Config, ConfigKey, KEYS};
use crate::error::Result;
use crate::models::pairing::SecretStoreKind as Kind;
use crate::platform::Folders;
use crate::store::Store;

/// The result of unpairing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unpaired {
    /// The Basic user of the pairing.
    pub user: Option<String>,
    /// The places from which something was removed.
    pub removed: Vec<String>,
    /// A sentence for each place that could not be checked.
    pub warnings: Vec<String>,
}

/// Removes the pairing of a configuration.
///
/// # Errors
/// When the configured secret store or the configuration cannot be changed.
pub fn unpair(config: &Config, folders: &Folders, store: &Store) -> Result<Unpaired> {
    let mut ended = Unpaired { user: credential::user(config), ..Unpaired::default() };
    // The stores first: a failed removal can be repeated as long as the configuration names the pairing.
    from_stores(config, folders, &mut ended)?;
    if from_config(folders)? {
        ended.removed.push(format!("`{}`", folders.config.display()));
    }
    if let (Some(user), Some(server)) = (&ended.user, config.api.base_url.as_deref().and_then(base_of)) {
        store.unpaired(user, &server)?;
    }
    Ok(ended)
}

/// Removes the secret from both stores: the unused one may hold the secret of an earlier pairing.
fn from_stores(config: &Config, folders: &Folders, ended: &mut Unpaired) -> Result<()> {
    for kind in [Kind::Keychain, Kind::File] {
        let chosen = config.credential.secret_store == kind;
        let Some(user) = ended.user.as_deref().or((kind == Kind::File).then_some("")) else { continue };
        let place = secrets::open(kind, user, config.api.base_url.as_deref(), &folders.data);
        match place.remove() {
            Ok(true) => ended.removed.push(place.place()),
            // Without a keychain there is nothing to remove.
            Ok(false) | Err(SecretError::Keychain(secrets::KeychainError::Absent { .. })) => {}
            Err(error) if chosen && !is_plain(config, &error) => return Err(error.into()),
            Err(error) => ended.warnings.push(format!("{error}; it may still hold a secret of this pairing")),
        }
    }
    Ok(())
}

/// Returns whether the secret is in config.toml, so that an unusable keychain does not prevent its removal.
fn is_plain(config: &Config, error: &SecretError) -> bool {
    matches!(error, SecretError::Keychain(_)) && credential::plain(config).is_some()
}

/// Removes every key of the pairing and of the account; other keys stay.
fn from_config(folders: &Folders) -> Result<bool> {
    let mut file = ConfigFile::open(&folders.config)?;
    let ours = |key: &&ConfigKey| {
        key.section == "credential.device"
            || (key.section == "credential" && ["account", "username", "password"].contains(&key.name))
    };
    let removed = KEYS.iter().filter(ours).filter(|key| file.remove(key)).count();
    file.save()?;
    Ok(removed > 0)
}
