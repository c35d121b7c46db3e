//! [`Endpoint`]: an address of a server; [`Body`]: the request body for it.

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::api::{ApiError, Client, Limits, Reply};
use crate::config::is_loopback;
use crate::models::Secret;

/// The address of a request.
#[derive(Debug, Clone)]
pub struct Endpoint {
    client: Client,
    path: String,
}

/// The two forms of a body. It may contain a secret and is never printed.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// `application/json`
    Json(Value),
    /// `application/x-www-form-urlencoded`
    Form(Vec<(&'static str, String)>),
}

impl Endpoint {
    /// Creates an endpoint from a path below a server's base URL.
    pub fn below(client: &Client, path: &str) -> Self {
        Self { client: client.clone(), path: path.to_owned() }
    }

    /// Creates an endpoint from an absolute address of any origin: https, or http to this machine without `https_only`.
    ///
    /// # Errors
    /// [`ApiError::BadAddress`], [`ApiError::HttpRefused`].
    pub fn at(url: &str, https_only: bool) -> Result<Self, ApiError> {
        let bad = |why: &str| ApiError::BadAddress { url: url.to_owned(), why: why.to_owned() };
        let parsed = Url::parse(url).map_err(|error| bad(&error.to_string()))?;
        if parsed.scheme() == "http" && !is_loopback(&parsed) {
            return Err(ApiError::HttpRefused { url: url.to_owned() });
        }
        if !parsed.username().is_empty() || parsed.password().is_some() || parsed.fragment().is_some() {
            return Err(bad("it contains a login or a `#`"));
        }
        let path = match parsed.query() {
            Some(query) => format!("{}?{query}", parsed.path()),
            None => parsed.path().to_owned(),
        };
        let origin = parsed.origin().ascii_serialization();
        Ok(Self { client: Client::new(&origin, https_only, Limits::default())?, path })
    }

    /// Returns the absolute address.
    pub fn url(&self) -> String {
        format!("{}{}", self.client.base_url(), self.path)
    }

    /// Returns host and port, for messages.
    pub fn server(&self) -> &str {
        self.client.server()
    }

    /// Returns the base against which relative addresses in an answer are resolved.
    pub fn origin(&self) -> Option<Url> {
        Url::parse(self.client.base_url()).ok()
    }

    /// Posts a body, once.
    ///
    /// # Errors
    /// Only transport failures.
    pub async fn post(&self, doing: &'static str, body: Body) -> Result<Reply, ApiError> {
        let request = self.client.request(Method::POST, &self.path);
        let request = match body {
            Body::Json(json) => request.json(&json),
            Body::Form(fields) => {
                let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(text)
            }
        };
        self.client.send(doing, request).await
    }

    /// Gets the resource, with a token where there is one.
    ///
    /// # Errors
    /// Only transport failures.
    pub async fn get(&self, doing: &'static str, token: Option<&Secret>) -> Result<Reply, ApiError> {
        let mut request = self.client.request(Method::GET, &self.path);
        if let Some(token) = token {
            request = request.bearer_auth(token.expose());
        }
        self.client.send(doing, request).await
    }
}
