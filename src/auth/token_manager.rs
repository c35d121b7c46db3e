//! [`TokenManager`], the one holder of the site's token: fetched when first needed, renewed a minute before its end,
//! one fetch at a time for all who wait. A refused credential is not tried again for five minutes.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::Mutex;

use super::credential::SecretSources;
use super::{AuthClient, Credential, Token};
use crate::api::reply::ServerText;
use crate::api::{ApiError, Bearer, Client, InMemoryServerCache, ServerCache};
use crate::error::{Code, Error, Result};
use crate::models::{Config, Secret};
use crate::platform;

/// How long a refusal is repeated without asking the server again (docs/reliability.md rule 7).
pub const REFUSAL_LASTS: Duration = Duration::from_mins(5);

/// Why the server is not asked, when it refused the credential less than [`REFUSAL_LASTS`] ago. A time to come is not
/// recent: the clock was set back, and nobody should wait for it to catch up.
pub fn resting(refused_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<Error> {
    (now - refused_at).to_std().ok().filter(|since| *since < REFUSAL_LASTS)?;
    let minutes = REFUSAL_LASTS.as_secs() / 60;
    let message = format!(
        "the server refused the credential at {}, and is not asked again within {minutes} minutes",
        refused_at.format("%H:%M:%S UTC")
    );
    Some(
        Error::new(Code::AuthenticationFailed, message)
            .hint("pair again with `data_exporter authorize-device`"),
    )
}

/// Hands out a token that is good for another minute.
pub struct TokenManager {
    auth: AuthClient,
    held: Mutex<Held>,
}

enum Held {
    Nothing,
    Token(Token),
    Refusal(ApiError, Instant),
}

impl TokenManager {
    /// Of a configuration; the server is not asked yet.
    ///
    /// # Errors
    /// A missing or refused address, or no credential.
    pub fn new(config: &Config) -> Result<Self> {
        let data = platform::folders().ok().map(|folders| folders.data);
        Self::within(config, data.as_deref(), Arc::new(InMemoryServerCache::default()))
    }

    /// As [`Self::new`], with the data folder and with what is remembered of servers.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn within(config: &Config, data: Option<&Path>, server_cache: Arc<dyn ServerCache>) -> Result<Self> {
        let client = Client::from_config(config)?;
        let sources = SecretSources { env: &|name| std::env::var_os(name), data };
        let credential = Credential::resolve(config, &sources)?;
        Ok(Self::with_client(AuthClient::new(client, credential, config, server_cache)))
    }

    /// Of a client that is made already.
    pub fn with_client(auth: AuthClient) -> Self {
        Self { auth, held: Mutex::new(Held::Nothing) }
    }

    async fn fetch_unless(&self, good: impl Fn(&Token) -> bool) -> Result<Secret, ApiError> {
        let mut held = self.held.lock().await;
        match &*held {
            Held::Token(token) if good(token) && token.is_fresh(Instant::now()) => {
                return Ok(token.secret.clone());
            }
            Held::Refusal(error, since) if since.elapsed() < REFUSAL_LASTS => return Err(error.clone()),
            _ => {}
        }
        let fetched = match self.auth.fetch().await {
            Ok(token) if self.auth.gives_one_token_only() && !good(&token) => Err(ApiError::Unauthorised {
                doing: "sign in",
                user: self.auth.user().to_owned(),
                said: ServerText::default(),
            }),
            fetched => fetched,
        };
        match fetched {
            Ok(token) => {
                self.auth.note_refusal(false);
                let secret = token.secret.clone();
                *held = Held::Token(token);
                Ok(secret)
            }
            Err(error) => {
                *held = if error.ends_the_pairing() {
                    self.auth.note_refusal(true);
                    Held::Refusal(error.clone(), Instant::now())
                } else {
                    Held::Nothing
                };
                Err(error)
            }
        }
    }
}

impl Bearer for TokenManager {
    fn token(&self) -> BoxFuture<'_, Result<Secret, ApiError>> {
        self.fetch_unless(|_| true).boxed()
    }

    fn renewed<'a>(&'a self, refused: &'a Secret) -> BoxFuture<'a, Result<Secret, ApiError>> {
        self.fetch_unless(move |token| token.secret != *refused).boxed()
    }

    fn user(&self) -> &str {
        self.auth.user()
    }
}

impl TokenManager {
    /// The path family that goes with how the token was had; none before the first token.
    pub fn family(&self) -> Option<crate::api::Family> {
        let known = self.auth.server_cache.recall(self.auth.client.base_url())?;
        Some(known.batch.unwrap_or_else(|| known.token.family()))
    }
}
