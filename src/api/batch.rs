//! [`Batches`]: the batch calls of both path families (docs/wire.md#batches), each repeated once with a new
//! token after 401 or 403. Does not retry otherwise, and does not know which files a batch should hold.

use std::sync::Arc;

use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use reqwest::Method;

use super::client::Client;
use super::error::ApiError;
use super::paths::{Family, ServerCache, ServerPaths, TokenPath};
use super::reply::{Batch, BatchStatus, Reply, StoredFile};
use super::upload::{OnBytes, Outgoing};
use crate::config::Paths;
use crate::models::Secret;

/// Provides the site's access token; concurrent callers share one request for it.
pub trait Bearer: Send + Sync {
    /// Returns a token that is valid for at least another minute.
    fn token(&self) -> BoxFuture<'_, Result<Secret, ApiError>>;
    /// Returns a newer token than the one the server has just refused.
    fn renewed<'a>(&'a self, refused: &'a Secret) -> BoxFuture<'a, Result<Secret, ApiError>>;
    /// The Basic user, for messages.
    fn user(&self) -> &str;
}

/// The way to close a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Everything was delivered.
    Complete,
    /// A file or value is missing and reported.
    CompleteWithWarnings,
    /// The run failed.
    Fail,
    /// A person or a signal cancelled the run.
    Cancel,
}

impl Ending {
    fn path(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::CompleteWithWarnings => "complete-with-warnings",
            Self::Fail => "fail",
            Self::Cancel => "cancel",
        }
    }

    /// Returns the state that the batch will have.
    pub fn status(self) -> BatchStatus {
        match self {
            Self::Complete => BatchStatus::Completed,
            Self::CompleteWithWarnings => BatchStatus::CompletedWithWarnings,
            Self::Fail => BatchStatus::Failed,
            Self::Cancel => BatchStatus::Cancelled,
        }
    }

    fn doing(self) -> &'static str {
        match self {
            Self::Complete | Self::CompleteWithWarnings => "complete the batch",
            Self::Fail => "close the batch as failed",
            Self::Cancel => "cancel the batch",
        }
    }
}

/// The batches of one site.
pub struct Batches {
    client: Client,
    bearer: Arc<dyn Bearer>,
    paths: Paths,
    server_cache: Arc<dyn ServerCache>,
    family: Mutex<Option<Family>>,
}

impl Batches {
    /// Creates the batch calls over a client.
    pub fn new(
        client: Client,
        bearer: Arc<dyn Bearer>,
        paths: Paths,
        server_cache: Arc<dyn ServerCache>,
    ) -> Self {
        Self { client, bearer, paths, server_cache, family: Mutex::new(None) }
    }

    /// Opens a batch. Only this call may try the other family when its path does not exist.
    ///
    /// # Errors
    /// 409 with its two meanings, 429, and any other [`ApiError`].
    pub async fn start(&self) -> Result<Batch, ApiError> {
        // The token comes first: the path that issued it tells which family to expect.
        self.bearer.token().await?;
        let (family, confirmed) = self.expected();
        match self.start_at(family).await {
            Err(error) if self.paths == Paths::Auto && tries_other(&error, confirmed) => {
                tracing::debug!(
                    family = family.as_str(),
                    "no batches at these paths; trying the other family"
                );
                match self.start_at(family.other()).await {
                    Err(other) if other.is_no_such_path() => Err(error),
                    answer => answer,
                }
            }
            answer => answer,
        }
    }

    /// Returns the state of a batch.
    ///
    /// # Errors
    /// Any [`ApiError`]; [`ApiError::Forbidden`] for a batch of another site.
    pub async fn get(&self, id: &str) -> Result<Batch, ApiError> {
        let path = self.expected().0.batch(id);
        self.batch_call("fetch the batch", Method::GET, &path).await
    }

    /// Closes a batch. The server answers 400 for a batch that is closed already: see [`Self::get`].
    ///
    /// # Errors
    /// Any [`ApiError`].
    pub async fn close(&self, id: &str, ending: Ending) -> Result<Batch, ApiError> {
        let path = format!("{}/{}", self.expected().0.batch(id), ending.path());
        self.batch_call(ending.doing(), Method::POST, &path).await
    }

    /// Uploads a file and compares it with the server's reply; returns true when the reply contains our SHA-256.
    ///
    /// # Errors
    /// Any [`ApiError`]; [`ApiError::outcome_unknown`] tells whether the server may have stored the file.
    pub async fn upload(&self, id: &str, file: &Outgoing, on_bytes: OnBytes) -> Result<bool, ApiError> {
        const DOING: &str = "upload the file";
        let path = self.expected().0.upload(id);
        let reply =
            self.authorised(&Call::Upload { doing: DOING, path: &path, file, on_bytes: &on_bytes }).await?;
        if !reply.is_success() {
            return Err(reply.refused(DOING));
        }
        let stored = StoredFile::read(&reply)
            .ok_or_else(|| reply.unreadable(DOING, self.client.server(), "stored file"))?;
        file.verify(&stored)
    }

    /// Returns how far the server's clock was ahead of ours at its last reply; `None` without a `Date` header.
    pub fn clock_ahead(&self) -> Option<TimeDelta> {
        self.client.clock_ahead()
    }

    /// Returns the family to use, and whether a batch was ever started in it.
    fn expected(&self) -> (Family, bool) {
        if let Some(family) = *self.family.lock() {
            return (family, true);
        }
        let known = self.server_cache.recall(self.client.base_url());
        match (self.paths, known) {
            (Paths::Device, _) => (Family::Device, true),
            (Paths::Dfc, _) => (Family::Dfc, true),
            (Paths::Auto, Some(ServerPaths { batch: Some(family), .. })) => (family, true),
            (Paths::Auto, Some(ServerPaths { token, batch: None })) => (token.family(), false),
            (Paths::Auto, None) => (Family::Device, false),
        }
    }

    async fn start_at(&self, family: Family) -> Result<Batch, ApiError> {
        const DOING: &str = "start the batch";
        let batch = match self.batch_call(DOING, Method::POST, &family.start()).await {
            // One variant of the server requires a heartbeat before a batch.
            Err(error) if error.status() == Some(428) => {
                let path = "/api/v1/device/heartbeat";
                let heartbeat = Call::Plain { doing: "send a heartbeat", method: Method::GET, path };
                self.authorised(&heartbeat).await?;
                self.batch_call(DOING, Method::POST, &family.start()).await?
            }
            answer => answer?,
        };
        *self.family.lock() = Some(family);
        let base = self.client.base_url();
        let token = self.server_cache.recall(base).map_or(TokenPath::Device, |known| known.token);
        self.server_cache.remember(base, ServerPaths { token, batch: Some(family) });
        Ok(batch)
    }

    async fn batch_call(&self, doing: &'static str, method: Method, path: &str) -> Result<Batch, ApiError> {
        let reply = self.authorised(&Call::Plain { doing, method, path }).await?;
        if !reply.is_success() {
            return Err(reply.refused(doing));
        }
        Batch::read(&reply).ok_or_else(|| reply.unreadable(doing, self.client.server(), "batch"))
    }

    /// Sends a request with the token; after 401 or 403 once more with a newer token.
    async fn authorised(&self, call: &Call<'_>) -> Result<Reply, ApiError> {
        let token = self.bearer.token().await?;
        let reply = call.send(&self.client, &token).await?;
        if !matches!(reply.status, 401 | 403) {
            return Ok(reply);
        }
        let token = self.bearer.renewed(&token).await?;
        let reply = call.send(&self.client, &token).await?;
        if matches!(reply.status, 401 | 403) {
            let user = self.bearer.user().to_owned();
            return Err(ApiError::Forbidden { doing: call.doing(), user, server_text: reply.error_text() });
        }
        Ok(reply)
    }
}

/// A request that can be sent twice.
enum Call<'a> {
    Plain { doing: &'static str, method: Method, path: &'a str },
    Upload { doing: &'static str, path: &'a str, file: &'a Outgoing, on_bytes: &'a OnBytes },
}

impl Call<'_> {
    fn doing(&self) -> &'static str {
        match self {
            Self::Plain { doing, .. } | Self::Upload { doing, .. } => doing,
        }
    }

    async fn send(&self, client: &Client, token: &Secret) -> Result<Reply, ApiError> {
        match self {
            Self::Plain { doing, method, path } => {
                let request = client.request(method.clone(), path).bearer_auth(token.expose());
                client.send(doing, request).await
            }
            Self::Upload { path, file, on_bytes, .. } => file.send(client, path, token, on_bytes).await,
        }
    }
}

/// Servers answer unknown paths below their security chain with 401 or 403, so that these mean no more than 404 before
/// the first batch.
fn tries_other(error: &ApiError, confirmed: bool) -> bool {
    error.is_no_such_path() || (!confirmed && matches!(error, ApiError::Forbidden { .. }))
}
