//! [`CredentialError`]: why there is no credential.

use std::path::PathBuf;

use super::secrets::SecretError;
use crate::error::{Code, Error};

/// Why there is no credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// Neither a pairing nor an account is configured.
    #[error("this computer is not paired, and no account is configured")]
    NotPaired,
    /// A pairing is configured, but no source has its secret.
    #[error("the secret of the pairing with `{domain}` was not found{where_}")]
    NoSecret {
        /// The Basic user.
        domain: String,
        /// The sources that were asked.
        where_: String,
    },
    /// Account, username and password are incomplete.
    #[error("`[credential]` lacks {missing}")]
    Incomplete {
        /// The missing keys.
        missing: String,
    },
    /// A name with a colon, which Basic authentication cannot transport.
    #[error("`[credential]` names the user `{user}`, and a user name cannot contain a colon")]
    Colon {
        /// The name.
        user: String,
    },
    /// The file with the secret cannot be read or is empty.
    #[error("cannot read the secret in `{path}`: {why}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        why: String,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] SecretError),
}

impl From<CredentialError> for Error {
    fn from(error: CredentialError) -> Self {
        let message = error.to_string();
        match error {
            CredentialError::NotPaired | CredentialError::NoSecret { .. } => {
                Self::new(Code::NotPaired, message).hint("pair with `data_exporter authorize-device`")
            }
            CredentialError::Incomplete { .. } => Self::new(Code::ConfigError, message)
                .hint("set account, username and password, or pair with `data_exporter authorize-device`"),
            CredentialError::Colon { .. } => {
                Self::new(Code::ConfigError, message).hint("correct the name in `[credential]`")
            }
            CredentialError::Unreadable { path, .. } => Self::new(Code::ConfigError, message)
                .hint("write the secret to that file and make it readable by this account only")
                .path(path),
            CredentialError::Store(error) => error.into(),
        }
    }
}
