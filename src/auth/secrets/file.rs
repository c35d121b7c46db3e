//! [`FileStore`]: the credential in a private file of the data folder, only when configured.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use url::Url;

use super::{FormerCredential, SecretError, SecretStore, StoredCredential};
use crate::error::Error;
use crate::models::Secret;
use crate::platform;
use crate::platform::file::{self, Readers};

const FILE: &str = "client_secret";
/// The origin of the server that issued the secret, and the digest of the secret that this was written for.
const SERVER_FILE: &str = "server";
/// How the names of unfinished files begin, today and in former versions.
const LEFTOVERS: [&str; 2] = [file::UNFINISHED, ".secret"];

/// `secrets/client_secret` in the data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStore {
    folder: PathBuf,
    /// The origin of the server for which it is used.
    server: Option<String>,
}

impl FileStore {
    /// Creates a store in a folder, which is created with the first credential: `secrets` in the data folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), server: None }
    }

    /// Binds the credential to the origin of a server: another one never receives it.
    #[must_use]
    pub fn for_server(mut self, base_url: Option<&str>) -> Self {
        let url = base_url.and_then(|url| Url::parse(url.trim()).ok());
        self.server = url.map(|url| url.origin().ascii_serialization());
        self
    }

    /// Returns the origin to which this secret was bound; `None` for one that was written by hand, or before there was
    /// a server.
    fn origin_of(&self, secret: &Secret) -> Result<Option<String>, SecretError> {
        let path = self.folder.join(SERVER_FILE);
        let Some(text) = Self::read(&path)? else { return Ok(None) };
        let bound = text.expose().trim_end().split_once(' ');
        Ok(bound.filter(|(digest, _)| *digest == digest_of(secret)).map(|(_, origin)| origin.to_owned()))
    }

    /// Returns the file's path.
    pub fn path(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    fn parsed(&self, text: &Secret, path: PathBuf) -> Result<Option<StoredCredential>, SecretError> {
        match StoredCredential::parse(text.expose()) {
            Some(credential) => Ok(Some(credential)),
            None => Err(SecretError::Damaged { place: self.place(), path: Some(path) }),
        }
    }

    fn is_other(&self, origin: &str) -> bool {
        self.server.as_ref().is_some_and(|server| server != origin)
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
        let text = credential.to_text();
        // Written first: until the secret is there too, its digest fits none.
        if let Some(server) = &self.server {
            let bound = Secret::new(format!("{} {server}", digest_of(&text)));
            self.write(&self.folder.join(SERVER_FILE), &bound)?;
        }
        self.write(&self.path(), &text)
    }

    fn load(&self) -> Result<Option<StoredCredential>, SecretError> {
        let path = self.path();
        match Self::read(&path)? {
            None => Ok(None),
            Some(text) => {
                if let Some(server) = self.origin_of(&text)?.filter(|origin| self.is_other(origin)) {
                    return Err(SecretError::OtherServer { place: self.place(), server });
                }
                self.parsed(&text, path)
            }
        }
    }

    fn former(&self) -> Result<Option<FormerCredential>, SecretError> {
        let path = self.path();
        let Some(text) = Self::read(&path)? else { return Ok(None) };
        let server = self.origin_of(&text)?;
        Ok(self.parsed(&text, path)?.map(|credential| FormerCredential { credential, server }))
    }

    fn put_back(&self, former: &FormerCredential) -> Result<(), SecretError> {
        let own = Self { folder: self.folder.clone(), server: former.server.clone() };
        own.save(&former.credential)
    }

    fn remove(&self) -> Result<bool, SecretError> {
        Self::delete(&self.folder.join(SERVER_FILE))?;
        Self::delete(&self.path())
    }
}

/// Tells a secret from another one.
fn digest_of(secret: &Secret) -> String {
    format!("{:x}", Sha256::digest(secret.expose().trim_end().as_bytes()))
}

fn file_error(doing: &str, path: &Path, error: &std::io::Error) -> SecretError {
    SecretError::File(Box::new(Error::io(doing, path, error)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

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

    #[test]
    fn a_secret_is_for_the_server_that_issued_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = |url| FileStore::new(folder.path()).for_server(url);
        let shop = store(Some("https://shop.example/base"));
        shop.save(&basic("one")).unwrap();
        assert_eq!(store(Some("https://shop.example")).load(), Ok(Some(basic("one"))), "the origin counts");
        for other in ["https://evil.example", "http://shop.example", "https://shop.example:8443"] {
            let error = Error::from(store(Some(other)).load().unwrap_err());
            assert_eq!(error.code, Code::NotPaired);
            assert!(error.message.contains("belongs to `https://shop.example`"), "{}", error.message);
        }
        // A pairing with another server that fails puts the former one back, for its own server.
        let other = store(Some("https://other.example"));
        let former = other.former().unwrap().unwrap();
        other.save(&basic("refused")).unwrap();
        other.put_back(&former).unwrap();
        assert_eq!(shop.load(), Ok(Some(basic("one"))));
        assert!(other.load().is_err());
        // Pairing with another server replaces both; a secret written by hand belongs to the configured server.
        other.save(&basic("two")).unwrap();
        assert_eq!(other.load(), Ok(Some(basic("two"))));
        fs::write(shop.path(), "by hand\n").unwrap();
        assert_eq!(shop.load(), Ok(Some(basic("by hand"))));
        assert_eq!(shop.remove(), Ok(true));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
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
