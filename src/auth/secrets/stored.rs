//! [`StoredCredential`]: the credential of a pairing, and its one-line form in a store.
//!
//! Windows stores at most 2,560 bytes of UTF-16 in an item. Only the short secret or refresh token is stored, never an
//! access token that can be fetched again.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::models::Secret;

/// The credential of a pairing, of one of three kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredCredential {
    /// Basic, with the configured domain as user: Data Forge until 2026.
    Basic {
        /// The client secret.
        secret: Secret,
    },
    /// A refresh token that is replaced at each use.
    Refresh {
        /// The token; the next refresh ends it.
        token: Secret,
        /// The protocol that trades it.
        renewal: Renewal,
        /// Its end, where the server named one.
        expires_at: Option<DateTime<Utc>>,
    },
    /// An access token that cannot be renewed.
    Bearer {
        /// The token.
        token: Secret,
        /// Its end; `None` when it has none or the server named none.
        expires_at: Option<DateTime<Utc>>,
    },
}

/// How a refresh token is traded for an access token and the next refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Renewal {
    /// `POST /api/v1/device/auth/refresh` (docs/wire.md#data-forge-refresh).
    Dfm,
    /// The grant `refresh_token` of RFC 6749 section 6.
    OAuth {
        /// The token endpoint's address.
        token_endpoint: String,
        /// The client to which the token was issued.
        client_id: String,
        /// Whether the body is JSON instead of a form.
        json: bool,
    },
}

#[derive(Serialize)]
struct StoredLine<'a> {
    kind: &'a str,
    token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    json: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
}

impl StoredCredential {
    /// Returns the one-line form: a client secret as it is, everything else as JSON.
    pub fn to_text(&self) -> Secret {
        let line = match self {
            // A file written by hand, or by another program, contains only the secret.
            Self::Basic { secret } if !secret.expose().starts_with('{') => return secret.clone(),
            Self::Basic { secret } => StoredLine::new("basic", secret),
            Self::Refresh { token, renewal: Renewal::Dfm, expires_at } => {
                StoredLine { expires_at: *expires_at, ..StoredLine::new("refresh", token) }
            }
            Self::Refresh {
                token,
                renewal: Renewal::OAuth { token_endpoint, client_id, json },
                expires_at,
            } => StoredLine {
                endpoint: Some(token_endpoint),
                client_id: Some(client_id),
                json: *json,
                expires_at: *expires_at,
                ..StoredLine::new("refresh", token)
            },
            Self::Bearer { token, expires_at } => {
                StoredLine { expires_at: *expires_at, ..StoredLine::new("bearer", token) }
            }
        };
        Secret::new(serde_json::to_string(&line).unwrap_or_default())
    }

    /// Parses [`Self::to_text`]; `None` when the text is empty or no credential.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_matches(['\r', '\n']);
        if !text.starts_with('{') {
            return (!text.is_empty()).then(|| Self::Basic { secret: Secret::new(text) });
        }
        let line: Owned = serde_json::from_str(text).ok()?;
        let token = line.token.filter(|token| !token.is_empty())?;
        match line.kind.as_str() {
            "basic" => Some(Self::Basic { secret: token }),
            "bearer" => Some(Self::Bearer { token, expires_at: line.expires_at }),
            "refresh" => {
                let renewal = match (line.endpoint, line.client_id) {
                    (Some(token_endpoint), Some(client_id)) => {
                        Renewal::OAuth { token_endpoint, client_id, json: line.json }
                    }
                    (None, None) => Renewal::Dfm,
                    _ => return None,
                };
                Some(Self::Refresh { token, renewal, expires_at: line.expires_at })
            }
            _ => None,
        }
    }

    /// Returns the secret, refresh token or access token.
    pub fn secret(&self) -> &Secret {
        match self {
            Self::Basic { secret } => secret,
            Self::Refresh { token, .. } | Self::Bearer { token, .. } => token,
        }
    }
}

#[derive(Deserialize)]
struct Owned {
    kind: String,
    token: Option<Secret>,
    endpoint: Option<String>,
    client_id: Option<String>,
    #[serde(default)]
    json: bool,
    expires_at: Option<DateTime<Utc>>,
}

impl<'a> StoredLine<'a> {
    fn new(kind: &'a str, token: &'a Secret) -> Self {
        Self { kind, token: token.expose(), endpoint: None, client_id: None, json: false, expires_at: None }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_credential() -> impl Strategy<Value = StoredCredential> {
        let expiry = proptest::option::of(0_i64..4_000_000_000)
            .prop_map(|at| at.map(|at| DateTime::from_timestamp(at, 0).unwrap()));
        let renewal = prop_oneof![
            Just(Renewal::Dfm),
            ("https://[a-z]{1,9}/[a-z]{0,9}", "\\PC{1,20}", any::<bool>()).prop_map(
                |(token_endpoint, client_id, json)| Renewal::OAuth { token_endpoint, client_id, json }
            ),
        ];
        ("\\PC{1,60}", 0..3, renewal, expiry).prop_map(|(token, kind, renewal, expires_at)| {
            let token = Secret::new(token);
            match kind {
                0 => StoredCredential::Basic { secret: token },
                1 => StoredCredential::Refresh { token, renewal, expires_at },
                _ => StoredCredential::Bearer { token, expires_at },
            }
        })
    }

    proptest! {
        #[test]
        fn stored_credentials_round_trip(credential in any_credential()) {
            let text = credential.to_text();
            prop_assert!(!text.expose().contains('\n'));
            prop_assert_eq!(StoredCredential::parse(text.expose()), Some(credential));
        }

        #[test]
        fn no_text_panics_the_reader(text in ".*") {
            let _ = StoredCredential::parse(&text);
            let _ = StoredCredential::parse(&format!("{{{text}"));
        }
    }

    #[test]
    fn a_bare_line_is_a_client_secret() {
        let read = StoredCredential::parse("cs_canary\r\n").unwrap();
        assert_eq!(read, StoredCredential::Basic { secret: Secret::new("cs_canary") });
        assert_eq!(read.to_text().expose(), "cs_canary");
        assert!(!format!("{read:?}").contains("canary"));
    }

    #[test]
    fn damaged_text_is_not_a_credential() {
        for text in ["", "\n", "{", r#"{"kind":"refresh"}"#, r#"{"kind":"x","token":"t"}"#] {
            assert_eq!(StoredCredential::parse(text), None, "{text}");
        }
    }
}
