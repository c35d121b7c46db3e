//! Where the credential of a pairing is kept: [`SecretStore`], one place for one pairing.
//!
//! A store never decides that another one serves as well: what it cannot do is an error with its own code
//! (docs/pairing.md, "Secret store order").

mod file;
mod keychain;
mod stored;

use std::path::{Path, PathBuf};

pub use file::FileStore;
pub use keychain::{Keychain, KeychainError};
pub use stored::{Renewal, StoredCredential};

use crate::error::{Code, Error};
use crate::models::config;

/// The folder of the file store in the data folder.
pub const FOLDER: &str = "secrets";

/// Keeps the credential of one pairing.
pub trait SecretStore: Send + Sync {
    /// The place as a person knows it, for messages: "the keychain", "`/…/secrets/client_secret`".
    fn place(&self) -> String;

    /// Writes, reads back and deletes a trial value, so that nothing fails once a code was approved.
    ///
    /// # Errors
    /// [`SecretError`] when a credential could not be kept here.
    fn probe(&self) -> Result<(), SecretError>;

    /// Keeps the credential in place of the former one; durable when the call returns.
    ///
    /// # Errors
    /// [`SecretError`] when it could not be kept; then the former one still holds.
    fn save(&self, credential: &StoredCredential) -> Result<(), SecretError>;

    /// The credential; none when nothing is kept.
    ///
    /// # Errors
    /// [`SecretError`] when the place cannot be read.
    fn load(&self) -> Result<Option<StoredCredential>, SecretError>;

    /// Forgets the credential; true when there was one.
    ///
    /// # Errors
    /// [`SecretError`] when it may still be there.
    fn remove(&self) -> Result<bool, SecretError>;
}

/// The place that a configuration asks for, for one pairing.
///
/// `user` is the Basic user (empty before it is known: a probe needs none), `base_url` the server's address, `data` the
/// data folder.
pub fn open(
    kind: config::SecretStore,
    user: &str,
    base_url: Option<&str>,
    data: &Path,
) -> Box<dyn SecretStore> {
    match kind {
        config::SecretStore::Keychain => Box::new(Keychain::new(user, base_url, data)),
        config::SecretStore::File => Box::new(FileStore::new(data.join(FOLDER))),
    }
}

/// Why a store could not do its work. The texts hold no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The operating system's keychain is absent, locked, slow or refuses.
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    /// The file of the file store cannot be read or written.
    #[error("{}", .0.message)]
    File(Box<Error>),
    /// What is kept was written by another program, or is damaged.
    #[error("the credential kept in {place} cannot be read")]
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
