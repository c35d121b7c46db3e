//! The kinds of server that grant a pairing, told apart by paths, bodies, names and little else: [`ServerDialect`]
//! (docs/wire-contract.md section 9). The flow itself is `device_flow`'s.

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

use super::device_flow::ClientMetadata;
use super::device_flow::authorization::Names;
use super::secrets::StoredCredential;
use crate::api::Reply;
use crate::models::Secret;

/// What one kind of server wants to hear, and how its answers are read.
pub trait ServerDialect: Send + Sync {
    /// Where a code is asked for; the next one is tried where one does not exist (404).
    fn code_endpoints(&self) -> &[Endpoint];
    /// What is sent there.
    fn code_body(&self, metadata: &ClientMetadata) -> Body;
    /// The names of the answer's members.
    fn names(&self) -> &'static Names;
    /// Where the credential is asked for.
    fn token_endpoint(&self) -> &Endpoint;
    /// What is sent there.
    fn token_body(&self, device_code: &Secret) -> Body;
    /// Reads a good answer; none when it holds no credential.
    fn granted(&self, json: &Value, reply: &Reply) -> Option<Granted>;

    /// How long a 429 is waited out that does not say how long.
    fn unsaid_limit(&self) -> Option<Duration> {
        None
    }

    /// Asks the server whom the credential belongs to; none where it cannot be asked, which is no failure.
    fn whose<'a>(&'a self, _granted: &'a Granted) -> BoxFuture<'a, Option<String>> {
        Box::pin(std::future::ready(None))
    }
}

/// What a server gave after the person's yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// What is kept.
    pub credential: StoredCredential,
    /// A token that can be used at once, where one came with it; kept in memory only.
    pub access: Option<Secret>,
    /// The domain, site or account, where the answer names one.
    pub name: Option<String>,
    /// The server's id of the site or device.
    pub site_id: Option<String>,
    /// The address that the server wants to be used from now on.
    pub api_base_url: Option<String>,
    /// What the token may do, where the answer says so.
    pub scopes: Vec<String>,
}

impl Granted {
    fn new(credential: StoredCredential) -> Self {
        Self { credential, access: None, name: None, site_id: None, api_base_url: None, scopes: Vec::new() }
    }
}

/// A member that is text and not empty.
fn text<'a>(json: &'a Value, name: &str) -> Option<&'a str> {
    json.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// A member that can stand in a header as a token.
fn token(json: &Value, name: &str) -> Option<Secret> {
    text(json, name).filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic())).map(Secret::new)
}

/// A member that a person may be shown, on one line and bounded.
fn name(json: &Value, member: &str) -> Option<String> {
    let fits = |text: &&str| text.chars().count() <= 255 && !text.chars().any(char::is_control);
    text(json, member).filter(fits).map(str::to_owned)
}
