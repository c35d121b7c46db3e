//! [`Rfc8628`]: the device grant of RFC 8628, with form or JSON bodies, given or discovered endpoints, and a bearer
//! token with or without a refresh token.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use super::metadata::ServerMetadata;
use super::{Body, Endpoint, Granted, ServerDialect, text, token};
use crate::api::{Reply, numbers};
use crate::auth::client_metadata::ClientMetadata;
use crate::auth::device_flow::GrantError;
use crate::auth::device_flow::authorization::Names;
use crate::auth::secrets::{Renewal, StoredCredential};
use crate::models::Secret;
use crate::platform;

/// The grant type in a token request (RFC 8628 section 3.4).
pub const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The names of RFC 8628; drafts and some servers use `verification_url`.
pub(super) const NAMES: Names = Names {
    device_code: "device_code",
    user_code: "user_code",
    uri: &["verification_uri", "verification_url"],
    uri_complete: &["verification_uri_complete", "verification_url_complete"],
    expires_in: "expires_in",
    interval: "interval",
};

/// A server of RFC 8628.
#[derive(Debug, Clone)]
pub struct Rfc8628 {
    pub(super) code: Vec<Endpoint>,
    pub(super) token: Endpoint,
    pub(super) client_id: String,
    pub(super) scope: Option<String>,
    pub(super) json: bool,
}

impl Rfc8628 {
    /// Uses the given endpoints.
    pub fn new(code: Endpoint, token: Endpoint, client_id: impl Into<String>) -> Self {
        Self { code: vec![code], token, client_id: client_id.into(), scope: None, json: false }
    }

    /// Uses the endpoints in the issuer's metadata (RFC 8414, then `OpenID` Connect Discovery).
    ///
    /// # Errors
    /// A failure on the wire; [`GrantError::Unsupported`] when the metadata names no device grant.
    pub async fn discover(
        issuer: &str,
        https_only: bool,
        client_id: impl Into<String>,
    ) -> Result<Self, GrantError> {
        let missing = |what: &str| GrantError::Unsupported {
            why: format!("the metadata of `{issuer}` names no {what} endpoint"),
        };
        let metadata =
            ServerMetadata::fetch(issuer, https_only).await?.ok_or_else(|| GrantError::Unsupported {
                why: format!("`{issuer}` publishes no metadata; give both endpoints instead"),
            })?;
        let code = metadata.device_authorization_endpoint.ok_or_else(|| missing("device authorization"))?;
        let token = metadata.token_endpoint.ok_or_else(|| missing("token"))?;
        Ok(Self::new(Endpoint::at(&code, https_only)?, Endpoint::at(&token, https_only)?, client_id))
    }

    /// Sets the scopes.
    #[must_use]
    pub fn scope(mut self, scope: Option<String>) -> Self {
        self.scope = scope;
        self
    }

    /// Sends JSON instead of forms.
    #[must_use]
    pub fn json(mut self, json: bool) -> Self {
        self.json = json;
        self
    }

    fn body(&self, fields: Vec<(&'static str, String)>) -> Body {
        if self.json {
            let members: Map<String, Value> =
                fields.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
            Body::Json(members.into())
        } else {
            Body::Form(fields)
        }
    }
}

impl ServerDialect for Rfc8628 {
    fn code_endpoints(&self) -> &[Endpoint] {
        &self.code
    }

    fn code_body(&self, _: &ClientMetadata) -> Body {
        let mut fields = vec![("client_id", self.client_id.clone())];
        fields.extend(self.scope.clone().map(|scope| ("scope", scope)));
        self.body(fields)
    }

    fn names(&self) -> &'static Names {
        &NAMES
    }

    fn token_endpoint(&self) -> &Endpoint {
        &self.token
    }

    fn token_body(&self, device_code: &Secret) -> Body {
        self.body(vec![
            ("grant_type", GRANT_TYPE.to_owned()),
            ("device_code", device_code.expose().to_owned()),
            ("client_id", self.client_id.clone()),
        ])
    }

    fn granted(&self, json: &Value, reply: &Reply) -> Option<Granted> {
        let access = token(json, "access_token")?;
        // A server would refuse a token that is bound to a key, such as DPoP, as a bearer token.
        if text(json, "token_type").is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return None;
        }
        let credential = match token(json, "refresh_token") {
            Some(refresh) => StoredCredential::Refresh {
                token: refresh,
                renewal: Renewal::OAuth {
                    token_endpoint: self.token.url(),
                    client_id: self.client_id.clone(),
                    json: self.json,
                },
                expires_at: None,
            },
            None => StoredCredential::Bearer { token: access.clone(), expires_at: ends(json, reply) },
        };
        let scopes = text(json, "scope").or(self.scope.as_deref()).unwrap_or_default();
        Some(Granted {
            access: Some(access),
            scopes: scopes.split_whitespace().map(str::to_owned).collect(),
            ..Granted::new(credential)
        })
    }
}

/// Returns the end of the access token; `None` when the server names none.
fn ends(json: &Value, reply: &Reply) -> Option<DateTime<Utc>> {
    let lasts = TimeDelta::from_std(numbers::seconds(json.get("expires_in"))?).ok()?;
    reply.date.unwrap_or_else(platform::now).checked_add_signed(lasts)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn server() -> Rfc8628 {
        let at = |path: &str| Endpoint::at(&format!("https://id.example{path}"), true).unwrap();
        Rfc8628::new(at("/device"), at("/token?a=1"), "data-exporter").scope(Some("data.write".to_owned()))
    }

    fn granted(json: &Value) -> Option<Granted> {
        server().granted(json, &Reply::default())
    }

    #[test]
    fn a_refresh_token_is_preferred_over_the_access_token() {
        let both = granted(&json!({"access_token": "at", "token_type": "bearer", "refresh_token": "rt"}));
        let StoredCredential::Refresh { token, renewal, .. } = both.unwrap().credential else { panic!() };
        assert_eq!(token.expose(), "rt");
        let endpoint = "https://id.example/token?a=1".to_owned();
        let client_id = "data-exporter".to_owned();
        assert_eq!(renewal, Renewal::OAuth { token_endpoint: endpoint, client_id, json: false });
        let one = granted(&json!({"access_token": "at", "expires_in": 60})).unwrap();
        assert!(matches!(one.credential, StoredCredential::Bearer { expires_at: Some(_), .. }));
        assert_eq!(one.scopes, ["data.write"]);
        let never = granted(&json!({"access_token": "at", "scope": "a b"})).unwrap();
        assert!(matches!(never.credential, StoredCredential::Bearer { expires_at: None, .. }));
        assert_eq!(never.scopes, ["a", "b"]);
    }

    #[test]
    fn a_token_of_another_type_is_refused() {
        for json in [
            json!({}),
            json!({"access_token": "a b"}),
            json!({"access_token": "at", "token_type": "DPoP"}),
            json!({"refresh_token": "rt"}),
        ] {
            assert_eq!(granted(&json), None, "{json}");
        }
    }

    #[test]
    fn form_and_json_bodies_have_the_same_content() {
        let code = Secret::new("dc");
        let Body::Form(form) = server().token_body(&code) else { panic!() };
        let Body::Json(json) = server().json(true).token_body(&code) else { panic!() };
        assert_eq!(form.len(), 3);
        assert!(form.iter().all(|(name, value)| json[*name] == **value));
    }

    #[test]
    fn an_endpoint_on_another_host_must_use_https_or_loopback() {
        assert!(Endpoint::at("http://127.0.0.1:9/token", false).is_ok());
        assert!(Endpoint::at("http://127.0.0.1:9/token", true).is_err());
        assert!(Endpoint::at("http://id.example/token", false).is_err());
        assert!(Endpoint::at("https://user:canary@id.example/token", false).is_err());
    }
}
