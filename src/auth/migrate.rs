//! [`migrate_plaintext`]: moves the plain-text secret of an old config.toml to the configured secret store.
//!
//! Used by `run`, the tray and `authorize-device`; `export`, `status` and `convert` never change the configuration. The
//! secret is removed from the file only after it was read back from the store.

use std::path::Path;

use chrono::TimeDelta;

use super::credential::{plain, user};
use super::secrets::{self, StoredCredential};
use super::sources;
use crate::config::file::ConfigFile;
use crate::config::{KEYS, Loaded, Origin};
use crate::error::{Code, Error, Result};
use crate::models::errors::ErrorQuery;
use crate::platform;
use crate::store::Store;
use crate::store::errors::NewError;

/// Result of the migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Migration {
    /// config.toml contains no secret, or a secret from outside replaces it.
    Nothing,
    /// The secret was moved from config.toml to the store.
    Moved {
        /// As [`secrets::SecretStore::place`].
        place: String,
    },
    /// The store cannot be used; the plain-text secret remains in use.
    Stays(Box<Error>),
    /// The store contains another secret, which is used; a person has to decide.
    Differs {
        /// As [`secrets::SecretStore::place`].
        place: String,
    },
}

/// Moves the plain-text secret of the configuration at `path`; `data` is the data folder.
///
/// # Errors
/// When config.toml cannot be written; then both the file and the store contain the secret.
pub fn migrate_plaintext(loaded: &Loaded, path: &Path, data: &Path) -> Result<Migration> {
    let config = &loaded.config;
    let in_file = KEYS
        .iter()
        .filter(|key| key.secret)
        .any(|key| loaded.origins.get(&key.label()) == Some(&Origin::File));
    let (true, Some(secret), Some(user)) = (in_file, plain(config), user(config)) else {
        return Ok(Migration::Nothing);
    };
    if sources::are_given(config.credential.secret_file.as_deref(), &|name| std::env::var_os(name)) {
        return Ok(Migration::Nothing);
    }
    let store = secrets::open(config.credential.secret_store, &user, config.api.base_url.as_deref(), data);
    let wanted = StoredCredential::Basic { secret: secret.clone() };
    let stored = match store.load() {
        Ok(None) => store.save(&wanted).and_then(|()| store.load()),
        found => found,
    };
    match stored {
        Err(error) => return Ok(Migration::Stays(Box::new(error.into()))),
        Ok(stored) if stored.as_ref() != Some(&wanted) => {
            return Ok(Migration::Differs { place: store.place() });
        }
        Ok(_) => {}
    }
    let mut file = ConfigFile::open(path)?;
    for key in KEYS.iter().filter(|key| key.secret) {
        file.remove(key);
    }
    file.save()?;
    Ok(Migration::Moved { place: store.place() })
}

impl Migration {
    /// Returns the warning for a person.
    pub fn warning(&self, path: &Path) -> Option<String> {
        let path = path.display();
        match self {
            Self::Nothing => None,
            Self::Moved { place } => Some(format!(
                "the secret in `{path}` was moved to {place}; backups and copies of that file may still contain it"
            )),
            Self::Stays(error) => Some(format!("`{path}` contains the secret in plain text: {error}")),
            Self::Differs { place } => Some(format!(
                "`{path}` holds another secret than {place}, whose is used; remove it from the file, or \
                 `data_exporter unpair` and pair again"
            )),
        }
    }

    /// Returns the warning unless it was recorded within the last 24 hours.
    ///
    /// # Errors
    /// When the local database cannot be used.
    pub fn warning_of_the_day(&self, path: &Path, store: &Store) -> Result<Option<NewError>> {
        let Some(warning) = self.warning(path) else { return Ok(None) };
        let kind = Code::PlaintextSecret.as_str();
        let query = ErrorQuery {
            kind: Some(kind.to_owned()),
            since: Some(platform::now() - TimeDelta::hours(24)),
            text: Some(warning.clone()),
            ..ErrorQuery::default()
        };
        let known = store.error_page(&query, None, 0)?.total > 0;
        Ok((!known).then(|| NewError::new(kind, Code::PlaintextSecret.severity(), warning)))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::config::{Sources, load};

    const OLD: &str = "# our shop\n[credential]\nsecret_store = \"file\"\n[credential.device]\ndomain = \"shop\" # till\n\
                       client_secret = \"cs_canary\"\n[api]\nbase_url = \"https://dfm.example.com\"\n";

    fn migrated(text: &str, before: impl FnOnce(&Path)) -> (Migration, String, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, text).unwrap();
        before(folder.path());
        let sources = Sources {
            path: Some(&path),
            text: Some(text),
            environment: &|_| None,
            variables: &[],
            overrides: &crate::config::Overrides::default(),
            known_page: &|_| true,
            check_schedule: &|_| Vec::new(),
        };
        let migration = migrate_plaintext(&load(sources).unwrap(), &path, folder.path()).unwrap();
        let after = fs::read_to_string(&path).unwrap();
        (migration, after, folder)
    }

    #[test]
    fn the_secret_moves_and_other_settings_are_kept() {
        let (migration, after, folder) = migrated(OLD, |_| {});
        assert!(matches!(&migration, Migration::Moved { .. }), "{migration:?}");
        assert_eq!(after, OLD.replace("client_secret = \"cs_canary\"\n", ""));
        let backup = fs::read_to_string(folder.path().join("config.toml.bak")).unwrap();
        assert!(!backup.contains("canary"));
        assert_eq!(
            fs::read_to_string(folder.path().join("secrets/client_secret")).unwrap().trim_end(),
            "cs_canary"
        );
        let warning = migration.warning(Path::new("config.toml")).unwrap();
        assert!(warning.ends_with("backups and copies of that file may still contain it"), "{warning}");
        assert!(!warning.contains("canary"));
    }

    #[test]
    fn an_account_s_password_moves_too() {
        let (migration, after, folder) = migrated(
            "[credential]\naccount = \"acme\"\nusername = \"till\"\npassword = \"canary\"\nsecret_store = \"file\"\n",
            |_| {},
        );
        assert!(matches!(migration, Migration::Moved { .. }));
        assert!(!after.contains("canary") && after.contains("till"), "{after}");
        assert!(folder.path().join("secrets/client_secret").exists());
    }

    #[test]
    fn another_secret_in_the_store_is_kept_and_reported() {
        let (migration, after, folder) = migrated(OLD, |folder| {
            fs::create_dir(folder.join("secrets")).unwrap();
            fs::write(folder.join("secrets/client_secret"), "newer\n").unwrap();
        });
        assert!(matches!(migration, Migration::Differs { .. }));
        assert_eq!(after, OLD);
        assert_eq!(fs::read_to_string(folder.path().join("secrets/client_secret")).unwrap(), "newer\n");
    }

    #[cfg(unix)]
    #[test]
    fn without_a_usable_store_the_secret_stays_and_is_reported_once_a_day() {
        let (migration, after, folder) = migrated(OLD, |folder| {
            fs::write(folder.join("secrets"), "a file where the folder should be").unwrap();
        });
        assert!(matches!(migration, Migration::Stays(_)), "{migration:?}");
        assert_eq!(after, OLD);
        let store = Store::open(folder.path()).unwrap();
        let path = Path::new("config.toml");
        let first = migration.warning_of_the_day(path, &store).unwrap().unwrap();
        assert!(
            first.message.starts_with("`config.toml` contains the secret in plain text: cannot"),
            "{first:?}"
        );
        store.record_error(&first).unwrap();
        assert_eq!(migration.warning_of_the_day(path, &store).unwrap(), None);
    }

    #[test]
    fn a_file_without_a_secret_is_not_changed() {
        let (migration, after, folder) = migrated(&OLD.replace("client_secret", "# client_secret"), |_| {});
        assert_eq!(migration, Migration::Nothing);
        assert!(after.contains("# client_secret") && !folder.path().join("config.toml.bak").exists());
    }
}
