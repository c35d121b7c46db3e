//! [`Keychain`]: the credential in the operating system's keychain: Credential Manager, Keychain, Secret Service.
//!
//! Each call runs on a thread of its own with a limit of ten seconds, since a keychain may ask a person something that
//! nobody sees. Each call opens the keychain anew, so that one that was absent or restarted is found again. Never falls
//! back to another store.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error as KeyringError};
use sha2::{Digest, Sha256};
use url::Url;

use super::{SecretError, SecretStore, StoredCredential};
use crate::error::{Code, Error};
use crate::models::Secret;

/// Service name of this program's items.
pub const SERVICE: &str = "data_exporter";
/// Time limit of a call (docs/pairing.md#keychain).
const LIMIT: Duration = Duration::from_secs(10);
/// Maximum number of hanging calls, so that a keychain that never answers does not cost a thread at every attempt.
const MAX_HANGING: usize = 4;
/// Maximum size of an item in the Windows Credential Manager, in UTF-16 units (2,560 bytes).
const MAX_UNITS: usize = 1280;

static HANGING: AtomicUsize = AtomicUsize::new(0);

/// Why the keychain could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    /// This account has no keychain.
    #[error("this account has no keychain: {why}")]
    Absent {
        /// The missing part.
        why: String,
    },
    /// It is locked, and nobody unlocked it.
    #[error("the keychain is locked")]
    Locked,
    /// It did not answer in time.
    #[error("the keychain did not answer within {seconds} s")]
    Slow {
        /// The limit, in seconds.
        seconds: u64,
    },
    /// It returned an error.
    #[error("the keychain could not {doing} the secret: {why}")]
    Failed {
        /// The operation: store, read or remove.
        doing: &'static str,
        /// The cause.
        why: String,
    },
    /// The item that was read back differs from the one that was written.
    #[error("the keychain returned a different value than was stored")]
    Unfaithful,
    /// The credential is larger than some system's keychain accepts.
    #[error("the secret is too long for a keychain: {units} UTF-16 units, the limit is {MAX_UNITS}")]
    TooLong {
        /// Its length.
        units: usize,
    },
}

impl From<KeychainError> for Error {
    fn from(error: KeychainError) -> Self {
        let first = match &error {
            KeychainError::Absent { .. } => "start the desktop's keychain (such as gnome-keyring)",
            KeychainError::Locked => "unlock the keychain of this account",
            KeychainError::Slow { .. } => "check whether the keychain shows a question, and answer it",
            KeychainError::Failed { .. } | KeychainError::Unfaithful => "check the desktop's keychain",
            KeychainError::TooLong { .. } => "ask the server's operator for a shorter secret",
        };
        let made = Self::new(Code::KeychainError, error.to_string()).hint(format!(
            "{first}, or keep the secret in a file that only this account can read: \
             `data_exporter authorize-device --secret-store file`"
        ));
        if matches!(error, KeychainError::TooLong { .. }) { made } else { made.retry_later() }
    }
}

/// The keychain item of one pairing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keychain {
    user: String,
    probe: String,
    limit: Duration,
}

impl Keychain {
    /// Creates the item for `user` (the domain, or `account_username`) at a server, for one data folder: two folders of
    /// one machine may be paired with the same site in turn.
    pub fn new(user: &str, base_url: Option<&str>, data: &Path) -> Self {
        let origin = base_url.and_then(|url| Url::parse(url).ok());
        let origin = origin.map_or_else(String::new, |url| url.origin().ascii_serialization());
        // The folder may not exist yet, and may be named in several ways.
        let data = data.canonicalize().unwrap_or_else(|_| data.to_path_buf());
        let hash = Sha256::digest(data.as_os_str().as_encoded_bytes());
        let folder = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
        let item = |user: &str| format!("{user}@{origin} {folder:08x}");
        Self { user: item(user), probe: item("probe"), limit: LIMIT }
    }

    /// Sets another time limit than ten seconds.
    #[must_use]
    pub fn within_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Returns the user of the item, as keychain programs show it.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Runs one call on a thread of its own, within the time limit.
    fn call<T: Send + 'static>(
        &self,
        doing: &'static str,
        call: impl FnOnce(&CredentialStore) -> Result<T, KeyringError> + Send + 'static,
    ) -> Result<T, KeychainError> {
        let slow = || KeychainError::Slow { seconds: self.limit.as_secs() };
        if HANGING.fetch_add(1, Ordering::AcqRel) >= MAX_HANGING {
            HANGING.fetch_sub(1, Ordering::AcqRel);
            return Err(slow());
        }
        let (answer, answered) = mpsc::sync_channel(1);
        let thread = thread::Builder::new().name("keychain".to_owned()).spawn(move || {
            let result = open().and_then(|store| call(&*store));
            HANGING.fetch_sub(1, Ordering::AcqRel);
            // The caller may have stopped waiting.
            let _ = answer.send(result);
        });
        if let Err(error) = thread {
            HANGING.fetch_sub(1, Ordering::AcqRel);
            return Err(KeychainError::Failed { doing, why: error.to_string() });
        }
        match answered.recv_timeout(self.limit) {
            Ok(result) => result.map_err(|error| classify(doing, &error)),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(slow()),
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                Err(KeychainError::Failed { doing, why: "internal error in its library".to_owned() })
            }
        }
    }

    fn write(&self, user: &str, text: &Secret) -> Result<(), KeychainError> {
        let units = text.expose().encode_utf16().count();
        if units > MAX_UNITS {
            return Err(KeychainError::TooLong { units });
        }
        let (user, text) = (user.to_owned(), text.clone());
        self.call("keep", move |store| {
            let entry = store.build(SERVICE, &user, None)?;
            match entry.set_password(text.expose()) {
                Err(KeyringError::Ambiguous(entries)) => {
                    delete_all(&entries)?;
                    entry.set_password(text.expose())
                }
                result => result,
            }
        })
    }

    fn read(&self, user: &str) -> Result<Option<Secret>, KeychainError> {
        let user = user.to_owned();
        self.call("read", move |store| match store.build(SERVICE, &user, None)?.get_password() {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(KeyringError::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    fn delete(&self, user: &str) -> Result<bool, KeychainError> {
        let user = user.to_owned();
        self.call("remove", move |store| match store.build(SERVICE, &user, None)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(KeyringError::NoEntry) => Ok(false),
            Err(KeyringError::Ambiguous(entries)) => delete_all(&entries).map(|()| true),
            Err(error) => Err(error),
        })
    }

    /// Writes an item and reads it back.
    fn store(&self, user: &str, text: &Secret) -> Result<(), KeychainError> {
        self.write(user, text)?;
        if self.read(user)?.as_ref() == Some(text) { Ok(()) } else { Err(KeychainError::Unfaithful) }
    }
}

impl SecretStore for Keychain {
    fn place(&self) -> String {
        "the keychain".to_owned()
    }

    fn probe(&self) -> Result<(), SecretError> {
        let stored = self.store(&self.probe, &Secret::new("a trial value, no secret"));
        let deleted = self.delete(&self.probe);
        stored?;
        deleted?;
        Ok(())
    }

    fn save(&self, credential: &StoredCredential) -> Result<(), SecretError> {
        Ok(self.store(&self.user, &credential.to_text())?)
    }

    fn load(&self) -> Result<Option<StoredCredential>, SecretError> {
        let Some(text) = self.read(&self.user)? else { return Ok(None) };
        match StoredCredential::parse(text.expose()) {
            Some(credential) => Ok(Some(credential)),
            None => Err(SecretError::Damaged { place: self.place(), path: None }),
        }
    }

    fn remove(&self) -> Result<bool, SecretError> {
        Ok(self.delete(&self.user)?)
    }
}

fn delete_all(entries: &[Entry]) -> Result<(), KeyringError> {
    entries.iter().try_for_each(Entry::delete_credential)
}

#[cfg(windows)]
fn open() -> Result<Arc<CredentialStore>, KeyringError> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn open() -> Result<Arc<CredentialStore>, KeyringError> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(all(unix, not(target_os = "macos")))]
fn open() -> Result<Arc<CredentialStore>, KeyringError> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

/// Converts the library's error. Its texts never quote the secret.
fn classify(doing: &'static str, error: &KeyringError) -> KeychainError {
    match error {
        KeyringError::NoStorageAccess(_) => KeychainError::Locked,
        KeyringError::PlatformFailure(cause) | KeyringError::BadDataFormat(_, cause) => {
            let why = innermost(cause.as_ref());
            if is_absence(&why) {
                KeychainError::Absent { why }
            } else if why.contains("IsLocked") || why.contains("locked") {
                KeychainError::Locked
            } else {
                KeychainError::Failed { doing, why }
            }
        }
        KeyringError::Ambiguous(_) => {
            KeychainError::Failed { doing, why: "it contains several of them".to_owned() }
        }
        error => KeychainError::Failed { doing, why: error.to_string() },
    }
}

/// Returns whether the Secret Service or its bus is missing; the library's texts are the only evidence.
fn is_absence(why: &str) -> bool {
    [
        "no secret service provider",
        "ServiceUnknown",
        "not provided by any .service files",
        "No such file",
        "refused",
    ]
    .iter()
    .any(|word| why.contains(word))
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
