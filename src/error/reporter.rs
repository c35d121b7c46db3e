//! [`ErrorReporter`], which brings an error report to the server, once (docs/reliability.md rule 8).
//!
//! A report is never tried again and never about itself: whatever goes wrong is the caller's to note.

use std::sync::{Mutex, PoisonError};

use reqwest::Method;

use crate::api::{ApiError, Bearer, Client, Family, Limits, Reply};
use crate::error::Result;
use crate::models::{GlobalErrorReport, Secret};

const DOING: &str = "report the error";

/// Sends error reports.
#[derive(Debug)]
pub struct ErrorReporter {
    https_only: bool,
    client: Mutex<Option<Client>>,
}

impl ErrorReporter {
    /// Sends to https addresses only, where `https_only` holds.
    ///
    /// # Errors
    /// None today; making a client may fail one day.
    pub fn new(https_only: bool) -> Result<Self> {
        Ok(Self { https_only, client: Mutex::new(None) })
    }

    /// Sends a report within the server's limits: at the paths of `family`, and where those do not exist once at the
    /// other's; on 401 or 403 once more with a newer token. Any 2xx is success.
    ///
    /// # Errors
    /// What the single attempt gave.
    pub async fn send_global_error(
        &self,
        base_url: &str,
        bearer: &dyn Bearer,
        family: Family,
        report: &GlobalErrorReport,
    ) -> std::result::Result<(), ApiError> {
        let client = self.client(base_url)?;
        let report = report.clone().validate_and_truncate();
        let token = bearer.token().await?;
        let reply = send(&client, family, &token, &report).await?;
        let reply = match reply.status {
            404 | 405 | 410 => send(&client, family.other(), &token, &report).await?,
            401 | 403 => {
                let token = bearer.renewed(&token).await?;
                send(&client, family, &token, &report).await?
            }
            _ => reply,
        };
        if reply.is_success() { Ok(()) } else { Err(reply.refused(DOING)) }
    }

    /// One client for as long as the address stays.
    fn client(&self, base_url: &str) -> std::result::Result<Client, ApiError> {
        let mut held = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        match &*held {
            Some(client) if client.base_url() == base_url.trim_end_matches('/') => Ok(client.clone()),
            _ => {
                let client = Client::new(base_url, self.https_only, Limits::default())?;
                *held = Some(client.clone());
                Ok(client)
            }
        }
    }
}

async fn send(
    client: &Client,
    family: Family,
    token: &Secret,
    report: &GlobalErrorReport,
) -> std::result::Result<Reply, ApiError> {
    let request = client.request(Method::POST, family.errors()).bearer_auth(token.expose()).json(report);
    client.send(DOING, request).await
}
