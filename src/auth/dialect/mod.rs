//! [`ServerDialect`]: the kinds of servers that grant a pairing; they differ in paths, bodies and names
//! (docs/wire.md#dialects). The flow itself is in `device_flow`.

pub mod aip;
pub mod clients;
pub mod dfm;
mod endpoint;
pub mod metadata;
pub mod rfc8628;
pub mod romm;

use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;

pub use aip::Aip;
pub use dfm::Dfm;
pub use endpoint::{Body, Endpoint};
pub use rfc8628::Rfc8628;
pub use romm::Romm;

use super::client_metadata::ClientMetadata;
use super::device_flow::authorization::Names;
use super::secrets::StoredCredential;
use crate::api::Reply;
use crate::models::Secret;
use crate::models::clean::is_one_line;

/// Requests and answers of one kind of server.
pub trait ServerDialect: Send + Sync {
    /// Returns the device authorization endpoints; the next is tried where one answers 404.
    fn code_endpoints(&self) -> &[Endpoint];
    /// Returns the body for the device authorization endpoint.
    fn code_body(&self, metadata: &ClientMetadata) -> Body;
    /// Returns the names of the answer's members.
    fn names(&self) -> &'static Names;
    /// Returns the token endpoint.
    fn token_endpoint(&self) -> &Endpoint;
    /// Returns the body for the token endpoint.
    fn token_body(&self, device_code: &Secret) -> Body;
    /// Parses a successful answer; `None` when it contains no credential.
    fn granted(&self, json: &Value, reply: &Reply) -> Option<Granted>;

    /// Returns the wait after a 429 without `Retry-After`.
    fn default_rate_limit(&self) -> Option<Duration> {
        None
    }

    /// Asks the server for the owner of the credential; `None` where it cannot be asked, which is not a failure.
    fn whose<'a>(&'a self, _granted: &'a Granted) -> BoxFuture<'a, Option<String>> {
        Box::pin(std::future::ready(None))
    }
}

/// The server's grant after the person's approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The credential to store.
    pub credential: StoredCredential,
    /// An access token that came with it, for immediate use; kept in memory only.
    pub access: Option<Secret>,
    /// The domain, site or account, where the answer names one.
    pub name: Option<String>,
    /// The server's identifier of the site or device.
    pub site_id: Option<String>,
    /// The base URL that the server wants to be used from now on.
    pub api_base_url: Option<String>,
    /// The granted scopes, where the answer names them.
    pub scopes: Vec<String>,
}

impl Granted {
    fn new(credential: StoredCredential) -> Self {
        Self { credential, access: None, name: None, site_id: None, api_base_url: None, scopes: Vec::new() }
    }
}

/// Returns a member that is text and not empty.
fn text<'a>(json: &'a Value, name: &str) -> Option<&'a str> {
    json.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// Returns a member that can be used as a token in a header.
fn token(json: &Value, name: &str) -> Option<Secret> {
    text(json, name).filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic())).map(Secret::new)
}

/// Returns a member for display, on one line and bounded.
fn name(json: &Value, member: &str) -> Option<String> {
    let fits = |text: &&str| text.chars().count() <= 255 && is_one_line(text);
    text(json, member).filter(fits).map(str::to_owned)
}
