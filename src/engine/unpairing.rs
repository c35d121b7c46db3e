//! [`unpair`]: removes the secret from everywhere it may be, and says from where. The caller holds the folder's lock.

use crate::api::client::base_of;
use crate::auth::credential;
use crate::auth::secrets::{self, SecretError};
use crate::error::Result;
use crate::models::Config;
use crate::models::config::{ConfigKey, KEYS, SecretStoreKind as Kind};
use crate::platform::Folders;
use crate::store::Store;
use crate::store::config_file::ConfigFile;

/// A pairing that was ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unpaired {
    /// The Basic user that it was with.
    pub user: Option<String>,
    /// The places that held a secret or named the pairing.
    pub removed: Vec<String>,
    /// Places that could not be looked into, as sentences.
    pub warnings: Vec<String>,
}

/// Ends the pairing of a configuration.
///
/// # Errors
/// When the place that is configured for the secret, or the configuration, cannot be changed.
pub fn unpair(config: &Config, folders: &Folders, store: &Store) -> Result<Unpaired> {
    let mut ended = Unpaired { user: credential::user(config), ..Unpaired::default() };
    // The stores first: what cannot be removed there can be tried again as long as the configuration names it.
    from_stores(config, folders, &mut ended)?;
    if from_config(folders)? {
        ended.removed.push(format!("`{}`", folders.config.display()));
    }
    if let (Some(user), Some(server)) = (&ended.user, config.api.base_url.as_deref().and_then(base_of)) {
        store.unpaired(user, &server)?;
    }
    Ok(ended)
}

/// Both stores: the other one may hold what an earlier pairing left.
fn from_stores(config: &Config, folders: &Folders, ended: &mut Unpaired) -> Result<()> {
    for kind in [Kind::Keychain, Kind::File] {
        let chosen = config.credential.secret_store == kind;
        let Some(user) = ended.user.as_deref().or((kind == Kind::File).then_some("")) else { continue };
        let place = secrets::open(kind, user, config.api.base_url.as_deref(), &folders.data);
        match place.remove() {
            Ok(true) => ended.removed.push(place.place()),
            // Where there is no keychain, there is nothing in it.
            Ok(false) | Err(SecretError::Keychain(secrets::KeychainError::Absent { .. })) => {}
            Err(error) if chosen && !is_plain(config, &error) => return Err(error.into()),
            Err(error) => ended
                .warnings
                .push(format!("{error}; whether it holds a secret of this pairing is not known")),
        }
    }
    Ok(())
}

/// Whether the secret is in config.toml, so that an unusable keychain is no reason to leave it there.
fn is_plain(config: &Config, error: &SecretError) -> bool {
    matches!(error, SecretError::Keychain(_)) && credential::plain(config).is_some()
}

/// Removes every key of the pairing and of the account; everything else stays.
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
