//! [`Server`]: the recipient of reports, and the credential to use.

use std::path::Path;
use std::sync::Arc;

use crate::api::client::base_of;
use crate::api::{ApiError, Bearer as _, Family, ServerCache};
use crate::auth::TokenManager;
use crate::config::{Config, Paths};
use crate::error::{ErrorReporter, Result};
use crate::models::GlobalErrorReport;
use crate::store::Store;

/// A server that accepts reports.
pub struct Server {
    reporter: Arc<ErrorReporter>,
    tokens: Arc<TokenManager>,
    config: Arc<Config>,
}

impl Server {
    /// Creates a recipient that shares tokens with other callers.
    pub fn new(reporter: Arc<ErrorReporter>, tokens: Arc<TokenManager>, config: Arc<Config>) -> Self {
        Self { reporter, tokens, config }
    }

    /// Creates the recipient of a configuration, with tokens of its own; reads the keychain. Blocking.
    ///
    /// # Errors
    /// A missing or refused address, or no credential.
    pub fn from_config(config: Arc<Config>, data: &Path, store: Store) -> Result<Self> {
        let server_cache: Arc<dyn ServerCache> = Arc::new(store);
        let tokens = Arc::new(TokenManager::within(&config, Some(data), server_cache)?);
        Ok(Self::new(Arc::new(ErrorReporter::new(config.api.https_only)?), tokens, config))
    }

    /// Returns its base URL, the key of the server cache.
    pub fn base_url(&self) -> Option<String> {
        base_of(self.config.api.base_url.as_deref()?)
    }

    /// Sends a report once, for a batch where one is given.
    ///
    /// # Errors
    /// The failure of the single attempt.
    pub async fn send(&self, report: &GlobalErrorReport, batch: Option<&str>) -> Result<(), ApiError> {
        let base_url = self.config.api.base_url.as_deref().unwrap_or_default();
        let tokens = &*self.tokens;
        let family = match self.config.api.paths {
            Paths::Device => Family::Device,
            Paths::Dfc => Family::Dfc,
            Paths::Auto => {
                // The endpoint that issued the token tells the path family of reports.
                tokens.token().await?;
                tokens.family().unwrap_or(Family::Device)
            }
        };
        match batch {
            None => self.reporter.send_global_error(base_url, tokens, family, report).await,
            Some(id) => self.reporter.send_batch_error(base_url, tokens, family, id, report).await,
        }
    }
}
