//! [`Aip`]: the device grant of AIP (docs/wire.md#aip-grant). RFC 8628 with form bodies; the client registers
//! itself once, and the account is shown after success.

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::clients::ClientIds;
use super::metadata::ServerMetadata;
use super::rfc8628::GRANT_TYPE;
use super::{Body, Endpoint, Granted, Rfc8628, ServerDialect, name, text};
use crate::api::{Client, Reply};
use crate::auth::client_metadata::ClientMetadata;
use crate::auth::device_flow::GrantError;
use crate::auth::device_flow::authorization::Names;
use crate::models::Secret;
use crate::models::clean::is_one_line;

/// Default scopes.
pub const DEFAULT_SCOPE: &str = "atproto:atproto";
const REGISTERING: &str = "register with the server";

/// An AIP server, with a client identifier that it knows.
#[derive(Debug, Clone)]
pub struct Aip {
    grant: Rfc8628,
    session: Endpoint,
}

impl Aip {
    /// Finds the endpoints; registers a client where `client_id` is `None` and none is stored.
    ///
    /// # Errors
    /// A failure on the wire; [`GrantError::Unsupported`] when the server does not let clients register.
    pub async fn prepare(
        client: &Client,
        https_only: bool,
        client_id: Option<String>,
        scope: Option<String>,
        ids: &dyn ClientIds,
    ) -> Result<Self, GrantError> {
        let metadata = ServerMetadata::fetch(client.base_url(), https_only).await?.unwrap_or_default();
        let at = |named: Option<String>, path: &str| match named {
            Some(url) => Endpoint::at(&url, https_only),
            None => Ok(Endpoint::below(client, path)),
        };
        let scope = scope.unwrap_or_else(|| DEFAULT_SCOPE.to_owned());
        let client_id = match client_id.or_else(|| ids.recall(client.base_url())) {
            Some(id) => id,
            None => {
                let endpoint = at(metadata.registration_endpoint, "/oauth/clients/register")?;
                let id = register(&endpoint, &scope).await?;
                ids.remember(client.base_url(), &id);
                id
            }
        };
        let mut grant = Rfc8628::new(
            at(metadata.device_authorization_endpoint, "/oauth/device")?,
            at(metadata.token_endpoint, "/oauth/token")?,
            client_id,
        )
        .scope(Some(scope));
        for path in ["/oauth/device", "/oauth/device_authorization"] {
            let other = Endpoint::below(client, path);
            if grant.code.iter().all(|endpoint| endpoint.url() != other.url()) {
                grant.code.push(other);
            }
        }
        Ok(Self { grant, session: Endpoint::below(client, "/api/atprotocol/session") })
    }
}

async fn register(endpoint: &Endpoint, scope: &str) -> Result<String, GrantError> {
    let body = json!({
        "client_name": "Data Exporter",
        "grant_types": [GRANT_TYPE, "refresh_token"],
        "response_types": ["device_code"],
        // Without it, the server would issue a secret to a client that may not use it.
        "token_endpoint_auth_method": "none",
        "application_type": "native",
        "scope": scope,
        "software_id": "data-exporter",
        "software_version": env!("CARGO_PKG_VERSION"),
    });
    let reply = endpoint.post(REGISTERING, Body::Json(body)).await?;
    let refused = reply.refused(REGISTERING);
    if !reply.is_success() {
        return Err(if refused.is_transient() {
            refused.into()
        } else {
            GrantError::Unsupported {
                why: format!(
                    "it registers no clients by themselves ({} answered {}); its operator can name one for \
                     `--client-id`",
                    endpoint.server(),
                    reply.status
                ),
            }
        });
    }
    // The registration's own token is dropped with the answer: this program does not manage registrations.
    let json = reply.json().ok_or_else(|| reply.unreadable(REGISTERING, endpoint.server(), "client id"))?;
    let id = text(&json, "client_id").filter(|id| id.len() <= 255 && is_one_line(id));
    Ok(id.ok_or_else(|| reply.unreadable(REGISTERING, endpoint.server(), "client id"))?.to_owned())
}

impl ServerDialect for Aip {
    fn code_endpoints(&self) -> &[Endpoint] {
        self.grant.code_endpoints()
    }

    fn code_body(&self, metadata: &ClientMetadata) -> Body {
        self.grant.code_body(metadata)
    }

    fn names(&self) -> &'static Names {
        self.grant.names()
    }

    fn token_endpoint(&self) -> &Endpoint {
        self.grant.token_endpoint()
    }

    fn token_body(&self, device_code: &Secret) -> Body {
        self.grant.token_body(device_code)
    }

    fn granted(&self, json: &Value, reply: &Reply) -> Option<Granted> {
        self.grant.granted(json, reply)
    }

    fn whose<'a>(&'a self, granted: &'a Granted) -> BoxFuture<'a, Option<String>> {
        Box::pin(async {
            let reply = self.session.get("ask for the session", granted.access.as_ref()).await.ok()?;
            let json = reply.json().filter(|_| reply.is_success())?;
            match (name(&json, "handle"), name(&json, "did")) {
                (Some(handle), Some(did)) => Some(format!("{handle} ({did})")),
                (handle, did) => handle.or(did),
            }
        })
    }
}
