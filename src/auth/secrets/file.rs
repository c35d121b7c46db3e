//! [`FileStore`]: the credential in a private file of the data folder, only when configured.
//!
//! Written to a temporary file, synced and renamed; only its owner may read it.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::{SecretError, SecretStore, StoredCredential};
use crate::error::Error;
use crate::models::Secret;
use crate::platform;

const FILE: &str = "client_secret";

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
        // Only the owner may read the temporary file; the rename keeps that mode.
        let mut file = tempfile::Builder::new()
            .prefix(".secret")
            .tempfile_in(&self.folder)
            .map_err(|error| failed(&error))?;
        file.write_all(text.expose().as_bytes())
            .and_then(|()| file.write_all(b"\n"))
            .and_then(|()| file.as_file().sync_all())
            .map_err(|error| failed(&error))?;
        file.persist(path).map_err(|error| failed(&error.error))?;
        if cfg!(unix) {
            fs::File::open(&self.folder)
                .and_then(|folder| folder.sync_all())
                .map_err(|error| failed(&error))?;
        }
        Ok(())
    }

    fn read(path: &Path) -> Result<Option<Secret>, SecretError> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(file_error("cannot read", path, &error)),
        }
    }

    fn delete(path: &Path) -> Result<bool, SecretError> {
        match fs::remove_file(path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(file_error("cannot remove", path, &error)),
        }
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
