//! Pairing by a code that a person enters elsewhere, RFC 8628 and similar grants: [`DeviceFlowClient`].
//!
//! Requests a code, polls until the person decides, and returns the credential. Stores nothing. The caller receives each
//! step as a [`GrantEvent`] and shows it; only [`DeviceFlowClient::run_device_flow`] shows the code itself.

mod address;
mod answer;
pub mod authorization;
mod banner;
pub mod decision;
mod error;
pub mod poll;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;

use std::borrow::Borrow;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio_util::sync::CancellationToken;

pub use super::client_metadata::ClientMetadata;
pub(super) use address::{LONGEST_ADDRESS, leads_here};
pub use authorization::DeviceAuthorization;
pub use banner::banner;
pub use decision::PollAnswer;
pub use error::GrantError;
pub use poll::PollEvent;

use super::dialect::{Dfm, Granted, ServerDialect};
use crate::api::retry::{Backoff as _, RealBackoff};
use crate::api::{ApiError, Client, Limits, Reply, RetryPolicy};
use crate::error::{Code, Error, Result};
use crate::models::Secret;
use crate::platform::{BootClock, Clock};

const ASKING: &str = "ask for a code";

/// Attempts to request a code when no server answers, and the time limit when the server is out of order.
const NO_ANSWER: RetryPolicy = RetryPolicy::Attempts(3);
const OUT_OF_ORDER: RetryPolicy = RetryPolicy::Within(Duration::from_secs(90));

/// The credentials from a pairing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceCredentials {
    /// The domain, site or account; empty where the server names none.
    pub domain: String,
    /// The client secret, refresh token or bearer token. Prints as redacted.
    pub client_secret: Secret,
    /// The server's whole grant, with the kind of the credential.
    pub granted: Granted,
}

impl From<Granted> for DeviceCredentials {
    fn from(granted: Granted) -> Self {
        Self {
            domain: granted.name.clone().unwrap_or_default(),
            client_secret: granted.credential.secret().clone(),
            granted,
        }
    }
}

/// Steps of a pairing, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrantEvent<'a> {
    /// The program requests a code.
    Requesting,
    /// The request for a code failed; it is repeated.
    Retrying {
        /// The failure.
        why: String,
    },
    /// The code to show.
    Code(&'a DeviceAuthorization),
    /// An event of the polling.
    Poll(PollEvent),
}

/// Pairs with one server.
#[derive(Clone)]
pub struct DeviceFlowClient {
    dialect: Arc<dyn ServerDialect>,
    presenter: Arc<dyn Fn(&DeviceAuthorization) + Send + Sync>,
}

impl DeviceFlowClient {
    /// Creates a client of a Data Forge server.
    ///
    /// # Errors
    /// An invalid address, or http under `https_only`.
    #[expect(clippy::needless_pass_by_value, reason = "the specification fixes the signature")]
    pub fn new(base_url: String, https_only: bool) -> Result<Self> {
        let client = Client::new(&base_url, https_only, Limits::default())?;
        Ok(Self::speaking(Arc::new(Dfm::new(&client))))
    }

    /// Creates a client for any dialect.
    pub fn speaking(dialect: Arc<dyn ServerDialect>) -> Self {
        Self { dialect, presenter: Arc::new(banner::print) }
    }

    /// Replaces how [`Self::run_device_flow`] shows address and code; by default it prints the [`banner()`] to standard
    /// error.
    #[must_use]
    pub fn with_presenter(
        mut self,
        presenter: impl Fn(&DeviceAuthorization) + Send + Sync + 'static,
    ) -> Self {
        self.presenter = Arc::new(presenter);
        self
    }

    /// Returns host and port of the server, for messages.
    pub fn server(&self) -> &str {
        self.dialect.token_endpoint().server()
    }

    /// Requests a code, once.
    ///
    /// # Errors
    /// [`GrantError`] as [`Error`].
    pub async fn authorize(&self, metadata: impl Borrow<ClientMetadata>) -> Result<DeviceAuthorization> {
        Ok(self.request_code(metadata.borrow()).await?)
    }

    /// Polls once and returns the answer. The server treats a poll before the end of the interval as too fast.
    ///
    /// # Errors
    /// When the server gave no usable answer; the next poll may succeed.
    pub async fn poll_for_token(
        &self,
        device_code: impl Into<Secret>,
    ) -> Result<PollAnswer<DeviceCredentials>> {
        Ok(match self.poll_once(&device_code.into()).await {
            PollAnswer::Granted(granted) => PollAnswer::Granted(granted.into()),
            PollAnswer::Pending => PollAnswer::Pending,
            PollAnswer::SlowDown { interval } => PollAnswer::SlowDown { interval },
            PollAnswer::Denied => PollAnswer::Denied,
            PollAnswer::Expired => PollAnswer::Expired,
            PollAnswer::InvalidGrant => PollAnswer::InvalidGrant,
            PollAnswer::Refused(message) => PollAnswer::Refused(message),
            PollAnswer::Failed(failure) => {
                return Err(Error::new(Code::ConnectionFailed, failure.why)
                    .hint("check the network; the next poll may succeed")
                    .retry_later());
            }
        })
    }

    /// Runs the whole flow: requests a code, shows it through the presenter (see [`Self::with_presenter`]) and polls
    /// until the person decides. [`Self::run`] passes each step to the caller instead and shows nothing.
    ///
    /// # Errors
    /// [`GrantError`] as [`Error`].
    pub async fn run_device_flow(
        &self,
        metadata: ClientMetadata,
    ) -> Result<(DeviceCredentials, DeviceAuthorization)> {
        let mut notify = |event: GrantEvent<'_>| {
            if let GrantEvent::Code(code) = event {
                (self.presenter)(code);
            }
        };
        let (granted, authorization) = self.run(&metadata, &CancellationToken::new(), &mut notify).await?;
        Ok((granted.into(), authorization))
    }

    /// Runs the whole flow and reports each step, until `stop` is cancelled.
    ///
    /// # Errors
    /// Why it ended without a credential.
    pub async fn run(
        &self,
        metadata: &ClientMetadata,
        stop: &CancellationToken,
        notify: &mut (dyn FnMut(GrantEvent<'_>) + Send),
    ) -> Result<(Granted, DeviceAuthorization), GrantError> {
        notify(GrantEvent::Requesting);
        let authorization = tokio::select! {
            biased;
            () = stop.cancelled() => return Err(GrantError::Cancelled),
            code = self.request_code_with_retries(metadata, notify) => code?,
        };
        let received = BootClock.now();
        notify(GrantEvent::Code(&authorization));
        let state = decision::PollState::new(Some(Duration::from_secs(authorization.interval)));
        let code = &authorization.device_code;
        let poll_once = || self.poll_once(code).boxed();
        let notify_poll = |progress| notify(GrantEvent::Poll(progress));
        let granted =
            poll::poll(&BootClock, stop, received, authorization.deadline(), state, poll_once, notify_poll)
                .await?;
        Ok((granted, authorization))
    }

    /// Returns the owner of a credential as the server names it; where it cannot be asked, the name that came with the
    /// credential.
    pub async fn whose(&self, granted: &Granted) -> Option<String> {
        match &granted.name {
            Some(name) => Some(name.clone()),
            None => self.dialect.whose(granted).await,
        }
    }

    async fn request_code_with_retries(
        &self,
        metadata: &ClientMetadata,
        notify: &mut (dyn FnMut(GrantEvent<'_>) + Send),
    ) -> Result<DeviceAuthorization, GrantError> {
        let started = BootClock.now();
        let mut attempt = 1;
        loop {
            let error = match self.request_code(metadata).await {
                Err(GrantError::Api(error)) if error.is_transient() => error,
                answer => return answer,
            };
            let policy = match error.status() {
                Some(429 | 500..) => OUT_OF_ORDER,
                _ => NO_ANSWER,
            };
            let default_limit = self.dialect.default_rate_limit().filter(|_| error.status() == Some(429));
            let requested = error.retry_after().or(default_limit);
            let elapsed = BootClock.now().saturating_sub(started);
            let Some(wait) = policy.wait(attempt, elapsed, requested, RealBackoff.random()) else {
                return Err(error.into());
            };
            notify(GrantEvent::Retrying { why: error.to_string() });
            BootClock.sleep(wait).await;
            attempt += 1;
        }
    }

    async fn request_code(&self, metadata: &ClientMetadata) -> Result<DeviceAuthorization, GrantError> {
        let endpoints = self.dialect.code_endpoints();
        let mut missing = None;
        for endpoint in endpoints {
            let reply = endpoint.post(ASKING, self.dialect.code_body(metadata)).await?;
            if reply.status == 404 && endpoints.len() > 1 {
                missing = Some(reply.refused(ASKING));
                continue;
            }
            let json = readable(&reply, endpoint.server())?;
            let origin = endpoint.origin().ok_or_else(|| GrantError::Unsupported {
                why: format!("`{}` is not an address", endpoint.server()),
            })?;
            return DeviceAuthorization::read(&json, self.dialect.names(), &origin);
        }
        Err(missing.map_or_else(
            || GrantError::Unsupported { why: "the endpoint for requesting a code is unknown".to_owned() },
            GrantError::Api,
        ))
    }

    async fn poll_once(&self, device_code: &Secret) -> PollAnswer<Granted> {
        let endpoint = self.dialect.token_endpoint();
        let reply = endpoint.post("ask for the credential", self.dialect.token_body(device_code)).await;
        answer::read(reply, endpoint.server(), self.dialect.default_rate_limit(), |json, reply| {
            self.dialect.granted(json, reply)
        })
    }
}

/// The JSON of a successful answer to the request for a code.
fn readable(reply: &Reply, server: &str) -> Result<serde_json::Value, ApiError> {
    if !reply.is_success() {
        return Err(reply.refused(ASKING));
    }
    reply.json().ok_or_else(|| reply.unreadable(ASKING, server, "code"))
}
