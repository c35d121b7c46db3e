//! [`commit`]: stores the granted credential, reads it back and tries it before anything of the former pairing is
//! deleted (docs/pairing.md#committing-a-pairing).
//!
//! Asks no questions and prints nothing; the caller changes config.toml.

use std::sync::Arc;

use super::dialect::Granted;
use super::secrets::{FormerCredential, SecretError, SecretStore, StoredCredential};
use super::{AuthClient, Credential};
use crate::api::retry::{Backoff as _, RealBackoff};
use crate::api::{ApiError, Client, RetryPolicy, ServerCache};
use crate::config::Config;
use crate::error::{Code, Error, Result};

/// Number of attempts to try the new credential when the server does not answer.
const ATTEMPTS: RetryPolicy = RetryPolicy::Attempts(3);

/// Result of trying a stored credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// The server accepted it.
    Proven,
    /// The server could not be asked; the credential stays, since the server has ended the former one.
    Unknown(ApiError),
}

/// Stores a credential, reads it back and, where the server answers, tries it.
///
/// `domain` is the Basic user. A credential that the server refuses is removed again and the former one restored.
///
/// # Errors
/// When the credential cannot be stored, differs when read back, or is refused by the server.
pub async fn commit(
    granted: &Granted,
    domain: &str,
    store: &dyn SecretStore,
    config: &Config,
    server_cache: Arc<dyn ServerCache>,
) -> Result<Proof> {
    let former = match store.former() {
        Err(SecretError::Damaged { .. }) => None,
        former => former?,
    };
    store.save(&granted.credential)?;
    if store.load()?.as_ref() != Some(&granted.credential) {
        restore(store, former.as_ref());
        return Err(Error::new(
            Code::KeychainError,
            format!("{} returned a different credential than was stored", store.place()),
        )
        .hint(
            "pair again with `data_exporter authorize-device --secret-store file`; \
               the server has ended the former credential",
        ));
    }
    match prove(&granted.credential, domain, config, server_cache).await {
        Ok(()) => Ok(Proof::Proven),
        Err(error) if error.ends_the_pairing() => {
            restore(store, former.as_ref());
            Err(error.into())
        }
        Err(error) => Ok(Proof::Unknown(error)),
    }
}

/// Fetches a token with a secret. A refresh token is not traded for this: its access token was issued a moment ago, and
/// trading would end it.
async fn prove(
    credential: &StoredCredential,
    domain: &str,
    config: &Config,
    server_cache: Arc<dyn ServerCache>,
) -> Result<(), ApiError> {
    let StoredCredential::Basic { secret } = credential else { return Ok(()) };
    let client = Client::from_config(config)?;
    let auth = AuthClient::new(client, Credential::new(domain, secret.clone()), config, server_cache);
    let started = RealBackoff.instant();
    let mut attempt = 1;
    loop {
        let Err(error) = auth.fetch().await else { return Ok(()) };
        let elapsed = started.elapsed();
        let wait = ATTEMPTS.wait(attempt, elapsed, error.retry_after(), RealBackoff.random());
        match wait.filter(|_| error.is_transient()) {
            Some(wait) => RealBackoff.sleep(wait).await,
            None => return Err(error),
        }
        attempt += 1;
    }
}

fn restore(store: &dyn SecretStore, former: Option<&FormerCredential>) {
    let restored = match former {
        Some(former) => store.put_back(former),
        None => store.remove().map(drop),
    };
    if let Err(error) = restored {
        tracing::warn!(%error, "the former credential could not be put back");
    }
}
