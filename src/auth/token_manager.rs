//! [`TokenManager`]: holds the site's token. It fetches the token when first needed, renews it a minute before its end,
//! shares one request among all callers, and does not retry a refused credential for five minutes.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::Mutex;

use super::credential::SecretSources;
use super::{AuthClient, Credential, Token};
use crate::api::{ApiError, Bearer, Client, InMemoryServerCache, ServerCache, ServerText};
use crate::config::Config;
use crate::error::{Code, Error, Result};
use crate::models::Secret;
use crate::platform;

/// How long a refusal is repeated without asking the server again (docs/reliability.md#rule-7-outcome-of-a-run).
const REFUSAL_LASTS: Duration = Duration::from_mins(5);

/// Returns the refusal while it is younger than five minutes. A refusal in the future does not count: the clock
/// was set back.
pub fn resting(refused_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<Error> {
    (now - refused_at).to_std().ok().filter(|since| *since < REFUSAL_LASTS)?;
    let minutes = REFUSAL_LASTS.as_secs() / 60;
    let message = format!(
        "the server refused the credential at {}; it is not asked again for {minutes} minutes",
        refused_at.format("%H:%M:%S UTC")
    );
    Some(
        Error::new(Code::AuthenticationFailed, message)
            .hint("pair again with `data_exporter authorize-device`"),
    )
}

/// Provides a token that is valid for at least another minute.
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
    /// Creates a manager from the configuration, without asking the server.
    ///
    /// # Errors
    /// A missing or refused address, or no credential.
    pub fn new(config: &Config) -> Result<Self> {
        let data = platform::folders().ok().map(|folders| folders.data);
        Self::within(config, data.as_deref(), Arc::new(InMemoryServerCache::default()))
    }

    /// Like [`Self::new`], with the data folder and a server cache.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn within(config: &Config, data: Option<&Path>, server_cache: Arc<dyn ServerCache>) -> Result<Self> {
        let client = Client::from_config(config)?;
        let sources = SecretSources { env: &|name| std::env::var_os(name), data };
        let credential = Credential::resolve(config, &sources)?;
        Ok(Self::with_client(AuthClient::new(client, credential, config, server_cache)))
    }

    /// Creates a manager over a client.
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
                server_text: ServerText::default(),
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
    /// Returns the path family of the endpoint that issued the token; `None` before the first token.
    pub fn family(&self) -> Option<crate::api::Family> {
        let known = self.auth.server_cache.recall(self.auth.client.base_url())?;
        Some(known.batch.unwrap_or_else(|| known.token.family()))
    }
}
