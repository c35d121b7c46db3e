//! Pairing of the Windows service: only the service itself can use its keychain.

use crate::config::Config;
use crate::error::{Code, Error, Result};
use crate::models::pairing::SecretStoreKind;
use crate::platform::{self, Folders};
use crate::service::{ServiceStatus, windows};

/// Checks that the secret can be stored where the service finds it: the service pairs itself while it runs.
///
/// # Errors
/// [`Code::KeychainError`] if the service is stopped.
pub fn check_reach(config: &Config, folders: &Folders) -> Result<()> {
    let stopped = || windows::status().is_ok_and(|status| status == ServiceStatus::Stopped);
    if config.credential.secret_store == SecretStoreKind::Keychain
        && platform::is_system_service(folders)
        && stopped()
    {
        return Err(Error::new(
            Code::KeychainError,
            "the service is not running, and only the service can use its keychain",
        )
        .hint("start the service (`sc start data-exporter`) and pair again, or use `--secret-store file`"));
    }
    Ok(())
}
