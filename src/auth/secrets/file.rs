//! [`FileStore`]: the credential in a private file of the data folder, only when configured.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{SecretError, SecretStore, StoredCredential};
use crate::error::Error;
use crate::models::Secret;
use crate::platform;
use crate::platform::file::{self, Readers};

const FILE: &str = "client_secret";
/// How the names of unfinished files begin, today and in former versions.
const LEFTOVERS: [&str; 2] = [file::UNFINISHED, ".secret"];

/// `secrets/client_secret` in the data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStore {
    folder: PathBuf,
}

impl FileStore {
    /// Creates a store in a folder, which is created with the first credential: `secrets` in the data folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Returns the file's path.
    pub fn path(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    fn write(&self, path: &Path, text: &Secret) -> Result<(), SecretError> {
        platform::make_private_folder(&self.folder).map_err(|error| SecretError::File(Box::new(error)))?;
        let failed = |error: &std::io::Error| file_error("cannot write", path, error);
        file::sweep(&self.folder, &LEFTOVERS).map_err(|error| failed(&error))?;
        let line = Secret::new(format!("{}\n", text.expose()));
        file::write(path, Readers::Owner, line.expose().as_bytes()).map_err(|error| failed(&error))
    }

    fn read(path: &Path) -> Result<Option<Secret>, SecretError> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(file_error("cannot read", path, &error)),
        }
    }

    fn delete(path: &Path) -> Result<bool, SecretError> {
        file::sweep(file::folder_of(path), &LEFTOVERS)
            .and_then(|()| file::remove(path))
            .map_err(|error| file_error("cannot remove", path, &error))
    }
}

impl SecretStore for FileStore {
    fn place(&self) -> String {
        format!("`{}`", self.path().display())
    }

    fn probe(&self) -> Result<(), SecretError> {
        let path = self.folder.join("probe");
        let trial = Secret::new("a trial value, no secret");
        self.write(&path, &trial)?;
        let read = Self::read(&path)?;
        Self::delete(&path)?;
        match read {
            Some(read) if read.expose().trim_end() == trial.expose() => Ok(()),
            _ => Err(SecretError::Damaged { place: self.place(), path: Some(path) }),
        }
    }

    fn save(&self, credential: &StoredCredential) -> Result<(), SecretError> {
        self.write(&self.path(), &credential.to_text())
    }

    fn load(&self) -> Result<Option<StoredCredential>, SecretError> {
        let path = self.path();
        match Self::read(&path)? {
            None => Ok(None),
            Some(text) => match StoredCredential::parse(text.expose()) {
                Some(credential) => Ok(Some(credential)),
                None => Err(SecretError::Damaged { place: self.place(), path: Some(path) }),
            },
        }
    }

    fn remove(&self) -> Result<bool, SecretError> {
        Self::delete(&self.path())
    }
}

fn file_error(doing: &str, path: &Path, error: &std::io::Error) -> SecretError {
    SecretError::File(Box::new(Error::io(doing, path, error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basic(text: &str) -> StoredCredential {
        StoredCredential::Basic { secret: Secret::new(text) }
    }

    #[test]
    fn the_file_store_saves_replaces_and_deletes() {
        let folder = tempfile::tempdir().unwrap();
        let store = FileStore::new(folder.path().join("secrets"));
        assert_eq!(store.load(), Ok(None));
        assert_eq!(store.remove(), Ok(false));
        store.probe().unwrap();
        assert_eq!(store.load(), Ok(None), "a probe leaves nothing");
        store.save(&basic("one")).unwrap();
        store.probe().unwrap();
        store.save(&basic("two")).unwrap();
        assert_eq!(store.load(), Ok(Some(basic("two"))));
        assert_eq!(fs::read_dir(store.folder.clone()).unwrap().count(), 1);
        assert_eq!(store.remove(), Ok(true));
        assert_eq!(store.load(), Ok(None));
    }

    #[test]
    fn a_secret_that_a_dead_process_left_half_written_is_removed_too() {
        let folder = tempfile::tempdir().unwrap();
        let store = FileStore::new(folder.path());
        let left = || {
            [".secretAb12Cd", ".data_exporter-Ab12Cd.tmp"].map(|name| {
                let path = folder.path().join(name);
                fs::write(&path, "cs_left").unwrap();
                path
            })
        };
        for end in [&|| store.save(&basic("one")).unwrap(), &|| assert_eq!(store.remove(), Ok(true))]
            as [&dyn Fn(); 2]
        {
            let left = left();
            end();
            assert!(left.iter().all(|path| !path.exists()), "{left:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_the_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let store = FileStore::new(folder.path().join("secrets"));
        store.save(&basic("one")).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&store.path()), mode(&store.folder)), (0o600, 0o700));
    }

    #[test]
    fn damage_is_reported_without_quoting_the_content() {
        let folder = tempfile::tempdir().unwrap();
        let store = FileStore::new(folder.path());
        fs::write(store.path(), r#"{"kind":"canary"#).unwrap();
        let error = Error::from(store.load().unwrap_err());
        assert!(!format!("{error:?}").contains("canary"));
        assert_eq!(error.hint.as_deref(), Some("pair again with `data_exporter authorize-device`"));
    }
}
