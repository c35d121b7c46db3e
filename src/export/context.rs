//! [`RunContext`], everything a run works with, and [`RunRequest`], what is asked of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::progress::ProgressListener;
use super::sink::Sink;
use super::spool::MIN_FREE;
use crate::api::{Backoff, Batches, Bearer, Client, RealBackoff, RetryPolicy, ServerCache};
use crate::auth::{CredentialError, TokenManager, credential};
use crate::error::{ErrorReporter, Result};
use crate::models::Config;
use crate::models::export::Trigger;
use crate::platform::shadow_copy::{self, ShadowCopyProvider};
use crate::reports::{Reports, Server};
use crate::store::Store;

/// How much one batch may hold (docs/wire-contract.md sections 4.3 and 4.4), and the disk.
#[derive(Debug, Clone, Copy)]
pub struct RunLimits {
    /// Files.
    pub files: usize,
    /// Time from its start to its completion; ten minutes less than the server's.
    pub age: Duration,
    /// Bytes that have to stay free on the disk of the spool.
    pub min_free: u64,
}

impl Default for RunLimits {
    fn default() -> Self {
        Self { files: 1000, age: Duration::from_mins(50), min_free: MIN_FREE }
    }
}

/// What a run works with. The caller holds the lock of the data folder.
#[derive(Clone)]
pub struct RunContext {
    /// The configuration.
    pub config: Arc<Config>,
    /// The journal.
    pub store: Store,
    /// Where errors are recorded.
    pub reports: Reports,
    /// The data folder, for the spool.
    pub data: PathBuf,
    /// Where files go.
    pub sink: Arc<dyn Sink>,
    /// Server and site as one text, the key of what was delivered.
    pub destination: String,
    /// Who is told.
    pub progress: Arc<dyn ProgressListener>,
    /// What copies a disk of which a table is held by another program.
    pub shadow_copy_provider: Option<Arc<dyn ShadowCopyProvider>>,
    /// Time and chance.
    pub backoff: Arc<dyn Backoff>,
    /// Ends the run; its batch is cancelled on the server.
    pub stop: CancellationToken,
    /// How much one batch may hold, and the disk.
    pub limits: RunLimits,
}

impl RunContext {
    /// A context of the configured server, which is told of errors by the same tokens; it is not asked yet. Within a
    /// runtime.
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

/// Server and site as one text, for a look that asks no server: see [`RunContext::destination`].
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

/// What is asked of a run.
#[derive(Debug, Clone)]
pub struct RunRequest {
    /// Who asked.
    pub trigger: Trigger,
    /// Send unchanged tables too.
    pub full: bool,
    /// Only tables that one of these globs takes; none for all.
    pub only: Vec<String>,
    /// How long calls are tried again.
    pub retry_policy: RetryPolicy,
    /// Whether a server that has refused the credential is left in peace for a while (docs/reliability.md rule 7).
    pub rests: bool,
}

impl RunRequest {
    /// A run of a program that goes on by itself, or of a person at its tray.
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
            retry_policy: RetryPolicy::default(),
            rests: false,
        }
    }
}
