//! [`Romm`]: the pairing of `RomM` (docs/wire.md#romm-grant): status 201, relative addresses, errors in
//! `detail`, a bearer token without a refresh token, and a stable identifier of this installation.

use std::time::Duration;

use chrono::DateTime;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::{Body, Endpoint, Granted, ServerDialect, name, text, token};
use crate::api::{Client, Reply};
use crate::auth::client_metadata::ClientMetadata;
use crate::auth::device_flow::authorization::Names;
use crate::auth::secrets::StoredCredential;
use crate::models::Secret;

const NAMES: Names = Names {
    device_code: "device_code",
    user_code: "user_code",
    uri: &["verification_path", "verification_url", "verification_uri"],
    uri_complete: &["verification_path_complete", "verification_url_complete", "verification_uri_complete"],
    expires_in: "expires_in",
    interval: "interval",
};

/// Default scopes.
pub const DEFAULT_SCOPE: &str = "me.read";
/// Default client name.
pub const CLIENT: &str = "data-exporter";
/// The server counts its limit over a minute.
const DEFAULT_RATE_LIMIT: Duration = Duration::from_mins(1);
const LONGEST_NAME: usize = 255;

/// A `RomM` server.
#[derive(Debug, Clone)]
pub struct Romm {
    code: [Endpoint; 1],
    token: Endpoint,
    me: Endpoint,
    install_id: String,
    client: String,
    scopes: Vec<String>,
}

impl Romm {
    /// Creates the dialect over a client; `install_id` is the same at every pairing of this installation.
    pub fn new(client: &Client, install_id: impl Into<String>) -> Self {
        Self {
            code: [Endpoint::below(client, "/api/auth/device/init")],
            token: Endpoint::below(client, "/api/auth/device/token"),
            me: Endpoint::below(client, "/api/users/me"),
            install_id: install_id.into(),
            client: CLIENT.to_owned(),
            scopes: vec![DEFAULT_SCOPE.to_owned()],
        }
    }

    /// Sets another client name.
    #[must_use]
    pub fn client(mut self, client: Option<String>) -> Self {
        self.client = client.unwrap_or(self.client);
        self
    }

    /// Sets the scopes, separated by spaces.
    #[must_use]
    pub fn scope(mut self, scope: Option<&str>) -> Self {
        if let Some(scope) = scope {
            self.scopes = scope.split_whitespace().map(str::to_owned).collect();
        }
        self
    }
}

impl ServerDialect for Romm {
    fn code_endpoints(&self) -> &[Endpoint] {
        &self.code
    }

    fn code_body(&self, metadata: &ClientMetadata) -> Body {
        let version = metadata.firmware_version.as_deref().unwrap_or(env!("CARGO_PKG_VERSION"));
        Body::Json(json!({
            "client_device_identifier": self.install_id,
            "name": metadata.device_name.chars().take(LONGEST_NAME).collect::<String>(),
            "client": self.client,
            "platform": std::env::consts::OS,
            "client_version": version,
            "requested_scopes": self.scopes,
        }))
    }

    fn names(&self) -> &'static Names {
        &NAMES
    }

    fn token_endpoint(&self) -> &Endpoint {
        &self.token
    }

    fn token_body(&self, device_code: &Secret) -> Body {
        Body::Json(json!({ "device_code": device_code.expose() }))
    }

    fn granted(&self, json: &Value, _: &Reply) -> Option<Granted> {
        let access = token(json, "access_token")?;
        let ends = text(json, "expires_at").and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        let credential = StoredCredential::Bearer { token: access.clone(), expires_at: ends.map(Into::into) };
        let scopes = json.get("scopes").and_then(Value::as_array).into_iter().flatten();
        Some(Granted {
            access: Some(access),
            site_id: name(json, "device_id"),
            scopes: scopes.filter_map(Value::as_str).map(str::to_owned).collect(),
            ..Granted::new(credential)
        })
    }

    fn default_rate_limit(&self) -> Option<Duration> {
        Some(DEFAULT_RATE_LIMIT)
    }

    fn whose<'a>(&'a self, granted: &'a Granted) -> BoxFuture<'a, Option<String>> {
        Box::pin(async {
            let reply = self.me.get("ask whose token it is", granted.access.as_ref()).await.ok()?;
            name(&reply.json().filter(|_| reply.is_success())?, "username")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_may_have_no_expiry() {
        let client = Client::new("https://romm.example", true, crate::api::Limits::default()).unwrap();
        let read = |ends: Value| {
            let json = json!({
                "access_token": "rmm_canary", "device_id": "d1", "scopes": ["me.read"], "expires_at": ends,
            });
            Romm::new(&client, "i1").granted(&json, &Reply::default()).unwrap()
        };
        let never = read(Value::Null);
        assert!(matches!(never.credential, StoredCredential::Bearer { expires_at: None, .. }));
        assert_eq!(
            (never.site_id.as_deref(), never.scopes.as_slice()),
            (Some("d1"), &["me.read".to_owned()][..])
        );
        let limited = read(json!("2026-06-01T00:00:00+00:00"));
        assert!(matches!(limited.credential, StoredCredential::Bearer { expires_at: Some(_), .. }));
    }
}
