//! [`Client`], the one HTTP client: base URL, https rule, time limits, bounded answers, no redirects.
//!
//! It does not judge a status; that is for the caller, by [`Reply`]. It never logs a header or a body.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use reqwest::{Method, RequestBuilder, Response};
use url::Url;

use super::error::ApiError;
use super::reply::Reply;
use super::transport;
use crate::models::Config;
use crate::models::config::is_loopback;
use crate::platform;

/// The largest answer that is read, in bytes; what lies beyond is cut (docs/reliability.md rule 9).
pub const MAX_REPLY: usize = 1024 * 1024;

/// Time limits (docs/reliability.md rule 4).
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Until a connection stands.
    pub connect: Duration,
    /// From the request to the end of its answer.
    pub request: Duration,
    /// Of an upload without a byte moving.
    pub stall: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            request: Duration::from_secs(30),
            stall: Duration::from_mins(1),
        }
    }
}

/// Sends requests to one server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Arc<str>,
    server: Arc<str>,
    limits: Limits,
    ahead: Arc<Mutex<Option<TimeDelta>>>,
}

impl Client {
    /// A client of the configured server.
    ///
    /// # Errors
    /// An address that is missing, no http or https address, or http where `https_only` holds; a system without
    /// certificates.
    pub fn from_config(config: &Config) -> Result<Self, ApiError> {
        Self::new(
            config.api.base_url.as_deref().unwrap_or_default(),
            config.api.https_only,
            Limits::default(),
        )
    }

    /// A client of a server: scheme, host, port and perhaps a leading path.
    ///
    /// # Errors
    /// As [`Self::from_config`].
    pub fn new(base_url: &str, https_only: bool, limits: Limits) -> Result<Self, ApiError> {
        Self::with_tls(base_url, https_only, limits, None)
    }

    /// As [`Self::new`], with other settings of encryption than those of the system.
    pub(super) fn with_tls(
        base_url: &str,
        https_only: bool,
        limits: Limits,
        tls: Option<rustls::ClientConfig>,
    ) -> Result<Self, ApiError> {
        let bad = |why: &str| ApiError::BadAddress { url: without_login(base_url), why: why.to_owned() };
        if base_url.trim().is_empty() {
            return Err(ApiError::NoAddress);
        }
        let url = Url::parse(base_url.trim()).map_err(|error| bad(&error.to_string()))?;
        match url.scheme() {
            "http" if https_only => return Err(ApiError::HttpRefused { url: without_login(base_url) }),
            "https" | "http" => {}
            _ => return Err(bad("it begins with neither `https://` nor `http://`")),
        }
        let host = url.host().ok_or_else(|| bad("it names no host"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad("a user or password in it would end up in logs; use `[credential]`"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(bad("it may not hold `?` or `#`"));
        }
        // An error means that somebody installed a provider already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("data_exporter/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(limits.connect)
            .pool_idle_timeout(Duration::from_secs(20))
            .https_only(https_only);
        if is_loopback(&url) {
            builder = builder.no_proxy();
        }
        if url.scheme() == "http" {
            // A fresh system may have no certificates at all, and here none is needed.
            builder = builder.tls_certs_only([]);
        } else if let Some(tls) = tls {
            builder = builder.tls_backend_preconfigured(tls);
        }
        let http = builder.build().map_err(|error| ApiError::NoTls { why: transport::why(&error) })?;
        let server = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_string(),
        };
        let base = url.as_str().trim_end_matches('/').into();
        Ok(Self { http, base, server: server.into(), limits, ahead: Arc::default() })
    }

    /// The base URL, without a trailing slash: the key of what is remembered of a server.
    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// Host and port, for messages.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The time limits.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// A request to a path that begins with `/`; the caller adds authorisation and body.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).header("Accept", "application/json")
    }

    /// Sends within the limit of an ordinary request, and reads the answer.
    ///
    /// # Errors
    /// Only the transport: any status of the server is a [`Reply`].
    pub async fn send(&self, doing: &'static str, request: RequestBuilder) -> Result<Reply, ApiError> {
        let limit = self.limits.request;
        match tokio::time::timeout(limit, self.send_unlimited(doing, request)).await {
            Ok(answer) => answer,
            Err(_) => Err(self.timed_out(doing, limit)),
        }
    }

    /// Sends without a limit of its own; for uploads, which are watched for progress.
    pub(super) async fn send_unlimited(
        &self,
        doing: &'static str,
        request: RequestBuilder,
    ) -> Result<Reply, ApiError> {
        let begun = Instant::now();
        let sent = request
            .send()
            .await
            .map_err(|error| transport::read(doing, &self.server, &self.base, self.limits, &error));
        let milliseconds = begun.elapsed().as_millis() as u64;
        let response = sent.inspect_err(|error| tracing::debug!(milliseconds, "{error}"))?;
        let status = response.status().as_u16();
        tracing::debug!(server = &*self.server, status, milliseconds, "{doing}");
        // No server but only a proxy asks for this (RFC 9110 section 15.5.8).
        if status == 407
            && let Some(proxy) = transport::on_the_way(&self.base)
        {
            return Err(ApiError::ProxyLogin { doing, proxy });
        }
        let reply = read(response).await;
        if let Some(date) = reply.date {
            *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = Some(date - platform::now());
        }
        Ok(reply)
    }

    /// How much the server's clock was ahead of ours at its last answer; none where it did not say.
    pub fn clock_ahead(&self) -> Option<TimeDelta> {
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The error of a limit that ran out.
    pub(super) fn timed_out(&self, doing: &'static str, limit: Duration) -> ApiError {
        ApiError::TimedOut { doing, server: self.server.to_string(), seconds: limit.as_secs() }
    }
}

async fn read(mut response: Response) -> Reply {
    let mut reply = Reply::head(response.status().as_u16(), response.headers());
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                let room = MAX_REPLY - reply.body.len();
                reply.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                if chunk.len() > room {
                    reply.cut = true;
                    return reply;
                }
            }
            Ok(None) => return reply,
            Err(_) => {
                reply.cut = true;
                return reply;
            }
        }
    }
}

/// An address in the form of [`Client::base_url`]; none when it is no address.
pub fn base_of(url: &str) -> Option<String> {
    Some(Url::parse(url.trim()).ok()?.as_str().trim_end_matches('/').to_owned())
}

/// An address as it may be shown: whatever stands before an `@` is left out.
fn without_login(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => format!("{}{}", &url[..scheme + 3], &url[at + 1..]),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str, https_only: bool) -> ApiError {
        Client::new(url, https_only, Limits::default()).unwrap_err()
    }

    #[test]
    fn http_is_refused_where_only_https_is_allowed() {
        assert_eq!(
            refused("http://127.0.0.1:1", true),
            ApiError::HttpRefused { url: "http://127.0.0.1:1".to_owned() }
        );
        assert!(Client::new("http://127.0.0.1:1", false, Limits::default()).is_ok());
        let secure = Client::new("https://dfm.example.com/", true, Limits::default());
        assert!(matches!(secure, Ok(_) | Err(ApiError::NoTls { .. })), "{secure:?}");
    }

    #[test]
    fn an_address_without_use_says_why_and_keeps_the_password() {
        assert_eq!(refused(" ", true), ApiError::NoAddress);
        for url in ["ftp://x", "dfm.example.com", "https://u:canary@x", "https://x/?a=1"] {
            let text = refused(url, true).to_string();
            assert!(text.contains("cannot be used"), "{text}");
            assert!(!text.contains("canary"), "{text}");
        }
    }

    #[test]
    fn a_trailing_slash_changes_nothing() {
        let client = Client::new("http://127.0.0.1/base/", false, Limits::default()).unwrap();
        assert_eq!(client.base_url(), "http://127.0.0.1/base");
    }
}
