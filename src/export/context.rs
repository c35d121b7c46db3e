//! [`RunContext`]: everything that a run uses; [`RunRequest`]: its options.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::progress::ProgressListener;
use super::sink::Sink;
use super::spool::MIN_FREE;
use crate::api::{Backoff, Batches, Bearer, Client, RealBackoff, RetryPolicy, ServerCache};
use crate::auth::{CredentialError, TokenManager, credential};
use crate::config::Config;
use crate::error::{ErrorReporter, Result};
use crate::models::export::Trigger;
use crate::platform::shadow_copy::{self, ShadowCopyProvider};
use crate::reports::{Reports, Server};
use crate::store::Store;

/// Limits of a batch (docs/wire.md#limits) and of the disk.
#[derive(Debug, Clone, Copy)]
pub struct RunLimits {
    /// Maximum number of files.
    pub files: usize,
    /// Maximum time from opening to closing a batch; ten minutes less than the server's limit.
    pub age: Duration,
    /// Bytes that must stay free on the spool's disk.
    pub min_free: u64,
    /// How long one call to the source folder may take before it counts as unresponsive.
    pub unresponsive: Duration,
}

impl Default for RunLimits {
    fn default() -> Self {
        Self {
            files: 1000,
            age: Duration::from_mins(50),
            min_free: MIN_FREE,
            unresponsive: Duration::from_mins(2),
        }
    }
}

/// Everything that a run uses. The caller holds the lock of the data folder.
#[derive(Clone)]
pub struct RunContext {
    /// The configuration.
    pub config: Arc<Config>,
    /// The journal.
    pub store: Store,
    /// Records errors.
    pub reports: Reports,
    /// The data folder, for the spool.
    pub data: PathBuf,
    /// The destination of files.
    pub sink: Arc<dyn Sink>,
    /// Server and site as one text, the key of delivered tables.
    pub destination: String,
    /// Receives progress.
    pub progress: Arc<dyn ProgressListener>,
    /// Creates a shadow copy of a disk when another program has a table open exclusively.
    pub shadow_copy_provider: Option<Arc<dyn ShadowCopyProvider>>,
    /// Time and randomness of retries.
    pub backoff: Arc<dyn Backoff>,
    /// Stops the run; its batch is cancelled on the server.
    pub stop: CancellationToken,
    /// Limits of a batch and of the disk.
    pub limits: RunLimits,
}

impl RunContext {
    /// Creates a context for the configured server, without asking it; error reports share its tokens. Needs a runtime.
    ///
    /// # Errors
    /// A missing or refused address, or no credential.
    pub fn new(
        config: Arc<Config>,
        reports: Reports,
        data: PathBuf,
        progress: Arc<dyn ProgressListener>,
        stop: CancellationToken,
    ) -> Result<Self> {
        let client = Client::from_config(&config)?;
        let store = reports.store().clone();
        let server_cache: Arc<dyn ServerCache> = Arc::new(store.clone());
        let tokens = Arc::new(TokenManager::within(&config, Some(&data), Arc::clone(&server_cache))?);
        let reporter = Arc::new(ErrorReporter::new(config.api.https_only)?);
        reports.through(Server::new(reporter, Arc::clone(&tokens), Arc::clone(&config)));
        let destination = key(tokens.user(), &client);
        let sink = Arc::new(Batches::new(client, tokens, config.api.paths, server_cache));
        Ok(Self {
            config,
            store,
            reports,
            data,
            sink,
            destination,
            progress,
            shadow_copy_provider: shadow_copy::here(),
            backoff: Arc::new(RealBackoff),
            stop,
            limits: RunLimits::default(),
        })
    }
}

/// Returns server and site as one text, without asking the server: see [`RunContext::destination`].
///
/// # Errors
/// A missing or refused address, or no credential.
pub fn destination(config: &Config) -> Result<String> {
    let client = Client::from_config(config)?;
    let user = credential::user(config).ok_or(CredentialError::NotPaired)?;
    Ok(key(&user, &client))
}

fn key(user: &str, client: &Client) -> String {
    format!("{user} {}", client.base_url())
}

/// Options of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRequest {
    /// The trigger.
    pub trigger: Trigger,
    /// Send unchanged tables too.
    pub full: bool,
    /// Globs of the tables to send; an empty list means all.
    pub only: Vec<String>,
    /// Whether a person confirmed that delivered tables that are not in the folder any more are gone.
    pub accept_missing: bool,
    /// The retry policy of calls.
    pub retry_policy: RetryPolicy,
    /// Whether a server that has refused the credential is not asked for a while
    /// (docs/reliability.md#rule-7-outcome-of-a-run).
    pub rests: bool,
}

impl RunRequest {
    /// Creates the options of a long-running program, or of a person at its tray.
    pub fn unattended(trigger: Trigger) -> Self {
        let retry_policy = match trigger {
            Trigger::Manual => RetryPolicy::default(),
            Trigger::Schedule | Trigger::CatchUp => RetryPolicy::Within(RunLimits::default().age),
        };
        Self { trigger, retry_policy, rests: true, ..Self::default() }
    }
}

impl Default for RunRequest {
    fn default() -> Self {
        Self {
            trigger: Trigger::Manual,
            full: false,
            only: Vec::new(),
            accept_missing: false,
            retry_policy: RetryPolicy::default(),
            rests: false,
        }
    }
}
