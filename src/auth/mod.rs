//! Who we are to the server: the [`Credential`], the [`AuthClient`] that trades it for a token, and the
//! [`TokenManager`] that keeps the token fresh for everybody.
//!
//! No secret leaves this module but inside a request; the wire itself is `api`.

pub mod credential;
pub mod device_flow;
pub mod dialect;
mod discovery;
mod memory;
pub mod pairing;
pub mod secrets;
mod token;
mod token_manager;

pub use credential::{Credential, CredentialError};
pub use token::Token;
pub use token_manager::TokenManager;

use std::sync::Arc;

use crate::api::{ApiError, Client, Memory};
use crate::models::Config;
use crate::models::config::Paths;

/// Fetches tokens by Basic, for a pairing and a traditional account alike.
#[derive(Clone)]
pub struct AuthClient {
    client: Client,
    credential: Credential,
    paths: Paths,
    memory: Arc<dyn Memory>,
}

impl AuthClient {
    /// Of a server, with a credential, remembering which path worked.
    pub fn new(client: Client, credential: Credential, config: &Config, memory: Arc<dyn Memory>) -> Self {
        Self { client, credential, paths: config.api.paths, memory }
    }

    /// The Basic user: the domain, or `account_username`.
    pub fn user(&self) -> &str {
        self.credential.user()
    }

    /// Fetches a token, finding the path where none is known yet (docs/wire-contract.md sections 1.2 and 3.4).
    ///
    /// # Errors
    /// [`ApiError::Unauthorised`] when every path refused, [`ApiError::BasicEnded`] on 410, else what the wire gave.
    pub async fn fetch(&self) -> Result<Token, ApiError> {
        discovery::fetch(self).await
    }
}
