//! [`SecretStore`]: the place in which the credential of one pairing is stored.
//!
//! A store never falls back to another one: a failure is an error with its own code (docs/pairing.md#secret-stores).

mod file;
mod keychain;
mod stored;

use std::path::{Path, PathBuf};

pub use file::FileStore;
pub use keychain::{Keychain, KeychainError};
pub use stored::{Renewal, StoredCredential};

use crate::error::{Code, Error};
use crate::models::pairing::SecretStoreKind;

/// Folder of the file store, in the data folder.
pub const FOLDER: &str = "secrets";

/// Stores the credential of one pairing.
pub trait SecretStore: Send + Sync {
    /// Returns the place for messages: "the keychain", "`/…/secrets/client_secret`".
    fn place(&self) -> String;

    /// Writes, reads back and deletes a trial value, so that storing cannot fail after a code was approved.
    ///
    /// # Errors
    /// [`SecretError`] when a credential could not be stored here.
    fn probe(&self) -> Result<(), SecretError>;

    /// Replaces the credential; durable when the call returns.
    ///
    /// # Errors
    /// [`SecretError`] when it could not be stored; then the former one remains.
    fn save(&self, credential: &StoredCredential) -> Result<(), SecretError>;

    /// Returns the credential; `None` when nothing is stored.
    ///
    /// # Errors
    /// [`SecretError`] when the place cannot be read.
    fn load(&self) -> Result<Option<StoredCredential>, SecretError>;

    /// Returns the credential that a new one is about to replace, of whichever server.
    ///
    /// # Errors
    /// [`SecretError`] when the place cannot be read.
    fn former(&self) -> Result<Option<FormerCredential>, SecretError> {
        Ok(self.load()?.map(|credential| FormerCredential { credential, server: None }))
    }

    /// Stores a former credential again, for its own server.
    ///
    /// # Errors
    /// As [`Self::save`].
    fn put_back(&self, former: &FormerCredential) -> Result<(), SecretError> {
        self.save(&former.credential)
    }

    /// Deletes the credential; returns true when there was one.
    ///
    /// # Errors
    /// [`SecretError`] when it may still be there.
    fn remove(&self) -> Result<bool, SecretError>;
}

/// A credential that is being replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerCredential {
    credential: StoredCredential,
    /// The origin of its server, where the store knows it.
    server: Option<String>,
}

/// Returns the configured store for one pairing.
///
/// `user` is the Basic user (empty before it is known: a probe needs none), `base_url` the server's address, `data` the
/// data folder.
pub fn open(kind: SecretStoreKind, user: &str, base_url: Option<&str>, data: &Path) -> Box<dyn SecretStore> {
    match kind {
        SecretStoreKind::Keychain => Box::new(Keychain::new(user, base_url, data)),
        SecretStoreKind::File => Box::new(FileStore::new(data.join(FOLDER)).for_server(base_url)),
    }
}

/// Why a store failed. The texts contain no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The operating system's keychain is absent, locked, slow or refuses.
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    /// The file of the file store cannot be read or written.
    #[error("{}", .0.message)]
    File(Box<Error>),
    /// The credential was issued by another server than the configured one.
    #[error("the credential in {place} belongs to `{server}`, and the configured server is another one")]
    OtherServer {
        /// As [`SecretStore::place`].
        place: String,
        /// The origin of its server.
        server: String,
    },
    /// The stored value was written by another program or is damaged.
    #[error("the credential stored in {place} cannot be read")]
    Damaged {
        /// As [`SecretStore::place`].
        place: String,
        /// The file, where there is one.
        path: Option<PathBuf>,
    },
}

impl From<SecretError> for Error {
    fn from(error: SecretError) -> Self {
        let message = error.to_string();
        match error {
            SecretError::Keychain(error) => error.into(),
            SecretError::File(error) => *error,
            SecretError::OtherServer { .. } => Self::new(Code::NotPaired, message)
                .hint("correct `[api] base_url`, or pair with that server: `data_exporter authorize-device`"),
            SecretError::Damaged { path, .. } => {
                let made = Self::new(Code::NotPaired, message)
                    .hint("pair again with `data_exporter authorize-device`");
                match path {
                    Some(path) => made.path(path),
                    None => made,
                }
            }
        }
    }
}
