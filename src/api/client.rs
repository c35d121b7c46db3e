//! [`Client`]: the one HTTP client, with base URL, https rule, time limits, bounded replies and no redirects.
//!
//! Does not judge statuses; the caller does, with [`Reply`]. Never logs a header or a body.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use parking_lot::Mutex;
use reqwest::{Method, RequestBuilder, Response};
use url::Url;

use super::error::ApiError;
use super::limits::Limits;
use super::reply::Reply;
use super::transport;
use crate::config::{Config, is_loopback};
use crate::platform;

/// Maximum size of a reply, in bytes; the rest is cut off (docs/reliability.md#rule-9-bounds).
pub const MAX_REPLY: usize = 1024 * 1024;

/// Maximum length of a server's address, in bytes.
const LONGEST_ADDRESS: usize = 2048;

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
    /// Creates a client of the configured server.
    ///
    /// # Errors
    /// A missing address, one that is neither http nor https, or http under `https_only`; a system without
    /// certificates.
    pub fn from_config(config: &Config) -> Result<Self, ApiError> {
        Self::new(
            config.api.base_url.as_deref().unwrap_or_default(),
            config.api.https_only,
            Limits::default(),
        )
    }

    /// Creates a client of a server: scheme, host, port and optionally a leading path.
    ///
    /// # Errors
    /// As [`Self::from_config`].
    pub fn new(base_url: &str, https_only: bool, limits: Limits) -> Result<Self, ApiError> {
        Self::with_tls(base_url, https_only, limits, None)
    }

    /// Like [`Self::new`], with TLS settings other than the system's.
    pub(super) fn with_tls(
        base_url: &str,
        https_only: bool,
        limits: Limits,
        tls: Option<rustls::ClientConfig>,
    ) -> Result<Self, ApiError> {
        let (url, server) = checked(base_url, https_only)?;
        // An error means that a provider is installed already, which serves as well.
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
            // A fresh system may have no certificates; plain http needs none.
            builder = builder.tls_certs_only([]);
        } else if let Some(tls) = tls {
            builder = builder.tls_backend_preconfigured(tls);
        }
        let http = builder.build().map_err(|error| ApiError::NoTls { why: transport::why(&error) })?;
        let base = url.as_str().trim_end_matches('/').into();
        Ok(Self { http, base, server: server.into(), limits, ahead: Arc::default() })
    }

    /// Returns the base URL without a trailing slash: the key of the server cache.
    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// Returns host and port, for messages.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Returns the time limits.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Starts a request to a path that begins with `/`; the caller adds authorisation and body.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).header("Accept", "application/json")
    }

    /// Sends a request within the ordinary time limit and reads the reply.
    ///
    /// # Errors
    /// Only transport failures: any status of the server is a [`Reply`].
    pub async fn send(&self, doing: &'static str, request: RequestBuilder) -> Result<Reply, ApiError> {
        let limit = self.limits.request;
        match tokio::time::timeout(limit, self.send_unlimited(doing, request)).await {
            Ok(answer) => answer,
            Err(_) => Err(self.timed_out(doing, limit)),
        }
    }

    /// Sends a request without an overall time limit; for uploads, whose progress is monitored.
    pub(super) async fn send_unlimited(
        &self,
        doing: &'static str,
        request: RequestBuilder,
    ) -> Result<Reply, ApiError> {
        let started = Instant::now();
        let sent = request
            .send()
            .await
            .map_err(|error| transport::read(doing, &self.server, &self.base, self.limits, &error));
        let milliseconds = started.elapsed().as_millis() as u64;
        let response = sent.inspect_err(|error| tracing::debug!(milliseconds, "{error}"))?;
        let status = response.status().as_u16();
        tracing::debug!(server = &*self.server, status, milliseconds, "{doing}");
        // Only a proxy sends this status, never a server (RFC 9110 section 15.5.8).
        if status == 407
            && let Some(proxy) = transport::on_the_way(&self.base)
        {
            return Err(ApiError::ProxyLogin { doing, proxy });
        }
        let reply = read(response).await;
        if let Some(date) = reply.date {
            *self.ahead.lock() = Some(date - platform::now());
        }
        Ok(reply)
    }

    /// Returns how far the server's clock was ahead of ours at its last reply; `None` without a `Date` header.
    pub fn clock_ahead(&self) -> Option<TimeDelta> {
        *self.ahead.lock()
    }

    /// Creates the error of a server that accepts too few bytes per second.
    pub(super) fn too_slow(&self, doing: &'static str, rate: u64) -> ApiError {
        ApiError::TooSlow { doing, server: self.server.to_string(), rate }
    }

    /// Creates the error of an expired time limit.
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

/// Returns the address of a server and its host and port; the rules of [`Client::new`].
///
/// # Errors
/// A missing, unusable or too long address, or http under `https_only`.
pub fn checked(base_url: &str, https_only: bool) -> Result<(Url, String), ApiError> {
    let bad = |why: &str| ApiError::BadAddress { url: without_login(base_url), why: why.to_owned() };
    let text = base_url.trim();
    if text.is_empty() {
        return Err(ApiError::NoAddress);
    }
    if text.len() > LONGEST_ADDRESS {
        let url = text.chars().take(60).collect();
        return Err(ApiError::BadAddress { url, why: "it is too long".to_owned() });
    }
    let url = Url::parse(text).map_err(|error| bad(&error.to_string()))?;
    match url.scheme() {
        "http" if https_only => return Err(ApiError::HttpRefused { url: without_login(base_url) }),
        "https" | "http" => {}
        _ => return Err(bad("it must begin with `https://` or `http://`")),
    }
    let host = url.host().ok_or_else(|| bad("it has no host name"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("a user or password in it would end up in logs; use `[credential]`"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(bad("it must not contain `?` or `#`"));
    }
    let server = url.port().map_or_else(|| host.to_string(), |port| format!("{host}:{port}"));
    Ok((url, server))
}

/// Returns an address in the form of [`Client::base_url`]; `None` when it is invalid.
pub fn base_of(url: &str) -> Option<String> {
    Some(Url::parse(url.trim()).ok()?.as_str().trim_end_matches('/').to_owned())
}

/// Returns an address for display; omits everything before an `@`.
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
    fn http_is_refused_when_only_https_is_allowed() {
        assert_eq!(
            refused("http://127.0.0.1:1", true),
            ApiError::HttpRefused { url: "http://127.0.0.1:1".to_owned() }
        );
        assert!(Client::new("http://127.0.0.1:1", false, Limits::default()).is_ok());
        let secure = Client::new("https://dfm.example.com/", true, Limits::default());
        assert!(matches!(secure, Ok(_) | Err(ApiError::NoTls { .. })), "{secure:?}");
    }

    #[test]
    fn an_invalid_address_is_explained_without_its_password() {
        assert_eq!(refused(" ", true), ApiError::NoAddress);
        for url in ["ftp://x", "dfm.example.com", "https://u:canary@x", "https://x/?a=1", "https://x/#x"] {
            let text = refused(url, true).to_string();
            assert!(text.contains("cannot be used"), "{text}");
            assert!(!text.contains("canary"), "{text}");
        }
        let text = refused(&format!("https://x/{}", "y".repeat(5000)), true).to_string();
        assert!(text.contains("it is too long") && text.len() < 200, "{text}");
    }

    #[test]
    fn a_trailing_slash_of_the_address_is_ignored() {
        let client = Client::new("http://127.0.0.1/base/", false, Limits::default()).unwrap();
        assert_eq!(client.base_url(), "http://127.0.0.1/base");
    }
}
