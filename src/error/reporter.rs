//! [`ErrorReporter`] sends an error report to the server, once (docs/reliability.md#rule-8-error-reports).
//!
//! It never retries and never reports its own failures: the caller records them.
use std::time::Duration;

use parking_lot::Mutex;
use reqwest::Method;

use crate::api::{ApiError, Bearer, Client, Family, Limits, Reply};
use crate::error::Result;
use crate::models::{GlobalErrorReport, Secret};

const DOING: &str = "report the error";
/// Time limit of a report.
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(5),
    request: Duration::from_secs(10),
    stall: Duration::from_secs(10),
    least_rate: 0, // reports are no uploads
};

/// Sends error reports.
#[derive(Debug)]
pub struct ErrorReporter {
    https_only: bool,
    client: Mutex<Option<Client>>,
}

impl ErrorReporter {
    /// Creates a reporter; with `https_only` it refuses http addresses.
    ///
    /// # Errors
    /// None today; reserved for failures of the HTTP client.
    pub fn new(https_only: bool) -> Result<Self> {
        Ok(Self { https_only, client: Mutex::new(None) })
    }

    /// Sends a report within the server's limits: to the paths of `family`, and once to those of the other family where
    /// the first do not exist; after 401 or 403 once more with a new token. Any 2xx is success.
    ///
    /// # Errors
    /// The failure of the single attempt.
    pub async fn send_global_error(
        &self,
        base_url: &str,
        bearer: &dyn Bearer,
        family: Family,
        report: &GlobalErrorReport,
    ) -> std::result::Result<(), ApiError> {
        self.send(base_url, bearer, report, [family, family.other()].map(|family| family.errors().to_owned()))
            .await
    }

    /// Like [`Self::send_global_error`], for a batch of the server.
    ///
    /// # Errors
    /// The failure of the single attempt.
    pub async fn send_batch_error(
        &self,
        base_url: &str,
        bearer: &dyn Bearer,
        family: Family,
        batch: &str,
        report: &GlobalErrorReport,
    ) -> std::result::Result<(), ApiError> {
        self.send(base_url, bearer, report, [family, family.other()].map(|family| family.batch_errors(batch)))
            .await
    }

    async fn send(
        &self,
        base_url: &str,
        bearer: &dyn Bearer,
        report: &GlobalErrorReport,
        [path, other_path]: [String; 2],
    ) -> std::result::Result<(), ApiError> {
        let client = self.client(base_url)?;
        let report = report.clone().validate_and_truncate();
        let token = bearer.token().await?;
        let reply = post(&client, &path, &token, &report).await?;
        let reply = match reply.status {
            404 | 405 | 410 => post(&client, &other_path, &token, &report).await?,
            401 | 403 => {
                let token = bearer.renewed(&token).await?;
                post(&client, &path, &token, &report).await?
            }
            _ => reply,
        };
        match reply {
            // 201 with the report, or 204 without a body; an HTML page does not come from a Data Forge server.
            reply if reply.is_success() && (reply.body.is_empty() || reply.json().is_some()) => Ok(()),
            reply if reply.is_success() => Err(reply.unreadable(DOING, client.server(), "report")),
            reply => Err(reply.refused(DOING)),
        }
    }

    /// Returns one client for as long as the address stays the same.
    fn client(&self, base_url: &str) -> std::result::Result<Client, ApiError> {
        let mut held = self.client.lock();
        match &*held {
            Some(client) if client.base_url() == base_url.trim_end_matches('/') => Ok(client.clone()),
            _ => {
                let client = Client::new(base_url, self.https_only, LIMITS)?;
                *held = Some(client.clone());
                Ok(client)
            }
        }
    }
}

async fn post(
    client: &Client,
    path: &str,
    token: &Secret,
    report: &GlobalErrorReport,
) -> std::result::Result<Reply, ApiError> {
    let request = client.request(Method::POST, path).bearer_auth(token.expose()).json(report);
    client.send(DOING, request).await
}
