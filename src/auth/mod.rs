//! Authentication at the server: the [`Credential`], the [`AuthClient`] that exchanges it for a token, and the
//! [`TokenManager`] that renews the token for all callers.
//!
//! Secrets leave this module only within a request; `api` does the transport.

mod client_metadata;
pub mod credential;
mod credential_error;
pub mod device_flow;
pub mod dialect;
mod discovery;
pub mod migrate;
pub mod pairing;
mod refresh;
pub mod secrets;
mod server_cache;
pub mod sources;
mod token;
mod token_manager;

pub use credential::Credential;
pub use credential_error::CredentialError;
pub use token::Token;
pub use token_manager::{TokenManager, resting};

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::api::{ApiError, Client, ServerCache};
use crate::config::{Config, Paths};
use crate::models::Secret;
use crate::platform;
use secrets::StoredCredential;

/// Fetches tokens for any credential: by Basic, by trading a refresh token, or from a bearer token.
#[derive(Clone)]
pub struct AuthClient {
    client: Client,
    credential: Credential,
    paths: Paths,
    https_only: bool,
    server_cache: Arc<dyn ServerCache>,
}

/// How long a token without an end is used.
const UNENDING: Duration = Duration::from_hours(24);

impl AuthClient {
    /// Creates a client with a credential and a cache of the paths that worked.
    pub fn new(
        client: Client,
        credential: Credential,
        config: &Config,
        server_cache: Arc<dyn ServerCache>,
    ) -> Self {
        let (paths, https_only) = (config.api.paths, config.api.https_only);
        Self { client, credential, paths, https_only, server_cache }
    }

    /// Returns the Basic user: the domain, or `account_username`.
    pub fn user(&self) -> &str {
        self.credential.user()
    }

    /// Fetches a token; with Basic it finds the path when none is known yet (docs/wire.md#finding-the-family
    /// and docs/wire.md#basic-token).
    ///
    /// # Errors
    /// [`ApiError::Unauthorised`] when every path refused, [`ApiError::BasicEnded`] on 410, [`ApiError::PairingEnded`]
    /// for an expired bearer token, else the failure on the wire.
    pub async fn fetch(&self) -> Result<Token, ApiError> {
        match (self.credential.stored(), self.credential.place()) {
            (StoredCredential::Basic { .. }, _) => discovery::fetch(self).await,
            (StoredCredential::Refresh { .. }, Some(storage)) => refresh::fetch(self, storage).await,
            (StoredCredential::Refresh { token, .. }, None) => self.bearer(token, None),
            (StoredCredential::Bearer { token, expires_at }, _) => self.bearer(token, *expires_at),
        }
    }

    /// Returns a token that cannot be renewed.
    fn bearer(&self, secret: &Secret, ends: Option<DateTime<Utc>>) -> Result<Token, ApiError> {
        let left = ends.map_or(Ok(UNENDING), |ends| (ends - platform::now()).to_std());
        let Ok(left) = left else {
            let day = ends.unwrap_or_default().format("%Y-%m-%d");
            let why = format!("the pairing of `{}` was valid until {day}", self.user());
            return Err(ApiError::PairingEnded { doing: "sign in", why });
        };
        Ok(Token { secret: secret.clone(), ends: Instant::now() + left.min(UNENDING) })
    }

    /// Stores whether the server refused or accepted the credential, across restarts.
    fn note_refusal(&self, refused: bool) {
        self.server_cache.note_refusal(self.client.base_url(), refused);
    }

    /// Returns whether another request would return the same token.
    fn gives_one_token_only(&self) -> bool {
        matches!(self.credential.stored(), StoredCredential::Bearer { .. })
    }
}
