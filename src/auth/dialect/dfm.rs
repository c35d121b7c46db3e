//! [`Dfm`]: Data Forge's own grant (docs/wire.md#data-forge-grant), JSON in camelCase. The answer's
//! fields tell the kind of the credential: a domain with its secret, or a rotating refresh token.

use chrono::DateTime;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Body, Endpoint, Granted, ServerDialect, name, text, token};
use crate::api::{Client, Reply};
use crate::auth::client_metadata::ClientMetadata;
use crate::auth::device_flow::authorization::Names;
use crate::auth::secrets::{Renewal, StoredCredential};
use crate::models::Secret;
use crate::models::clean::is_one_line;

const NAMES: Names = Names {
    device_code: "deviceCode",
    user_code: "userCode",
    uri: &["verificationUri"],
    uri_complete: &["verificationUriComplete"],
    expires_in: "expiresIn",
    interval: "interval",
};

/// Maximum length of the names that the server accepts, in characters.
const LONGEST_SITE_NAME: usize = 100;
const LONGEST_DESCRIPTION: usize = 500;

/// A Data Forge server.
#[derive(Debug, Clone)]
pub struct Dfm {
    code: [Endpoint; 1],
    token: Endpoint,
    site_name: Option<String>,
    site_description: Option<String>,
}

impl Dfm {
    /// Creates the dialect over a client.
    pub fn new(client: &Client) -> Self {
        Self {
            code: [Endpoint::below(client, "/api/v1/device/authorize")],
            token: Endpoint::below(client, "/api/v1/device/token"),
            site_name: None,
            site_description: None,
        }
    }

    /// Sets a site name and description other than those derived from the device name.
    #[must_use]
    pub fn site(mut self, name: Option<String>, description: Option<String>) -> Self {
        self.site_name = name;
        self.site_description = description;
        self
    }
}

impl ServerDialect for Dfm {
    fn code_endpoints(&self) -> &[Endpoint] {
        &self.code
    }

    fn code_body(&self, metadata: &ClientMetadata) -> Body {
        let device = &metadata.device_name;
        let description = self.site_description.as_ref().unwrap_or(device);
        let mut body = json!({
            "siteName": self.site_name.clone().unwrap_or_else(|| slug(device)),
            "siteDescription": description.chars().take(LONGEST_DESCRIPTION).collect::<String>(),
            "deviceName": device,
        });
        for (key, value) in
            [("deviceType", &metadata.device_type), ("firmwareVersion", &metadata.firmware_version)]
        {
            if let Some(value) = value {
                body[key] = json!(value);
            }
        }
        Body::Json(body)
    }

    fn names(&self) -> &'static Names {
        &NAMES
    }

    fn token_endpoint(&self) -> &Endpoint {
        &self.token
    }

    fn token_body(&self, device_code: &Secret) -> Body {
        Body::Json(json!({ "deviceCode": device_code.expose() }))
    }

    fn granted(&self, json: &Value, _: &Reply) -> Option<Granted> {
        let mut granted = match text(json, "clientSecret") {
            Some(secret) => {
                // Basic authentication ends the user at the first colon.
                let domain = name(json, "domain").filter(|domain| !domain.contains(':'))?;
                let credential = StoredCredential::Basic { secret: Secret::new(secret) };
                Granted { name: Some(domain), ..Granted::new(credential) }
            }
            None => {
                let ends = text(json, "refreshTokenExpiresAt")
                    .and_then(|text| DateTime::parse_from_rfc3339(text).ok())
                    .map(Into::into);
                let refresh = token(json, "refreshToken")?;
                let credential =
                    StoredCredential::Refresh { token: refresh, renewal: Renewal::Dfm, expires_at: ends };
                Granted {
                    access: token(json, "accessToken"),
                    name: name(json, "siteName").or_else(|| name(json, "domain")),
                    ..Granted::new(credential)
                }
            }
        };
        granted.site_id = name(json, "siteId");
        granted.api_base_url = name(json, "apiBaseUrl");
        Some(granted)
    }
}

/// Derives a site name that the server accepts: lower-case letters, digits and single hyphens between them. Where
/// letters are dropped, a short hash of the name replaces them: `Склад 2` and `Магазин 2` must not become one site,
/// since a site has one device.
pub fn slug(device_name: &str) -> String {
    let mut made = String::new();
    for letter in device_name.chars() {
        if letter.is_ascii_alphanumeric() {
            made.push(letter.to_ascii_lowercase());
        } else if !made.is_empty() && !made.ends_with('-') {
            made.push('-');
        }
    }
    if device_name.chars().all(|letter| letter.is_ascii() || !letter.is_alphanumeric()) && !made.is_empty() {
        made.truncate(LONGEST_SITE_NAME);
        return made.trim_end_matches('-').to_owned();
    }
    let digest = Sha256::digest(device_name);
    let hash = format!("{:02x}{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2], digest[3]);
    made.truncate(LONGEST_SITE_NAME - 1 - hash.len());
    match made.trim_end_matches('-') {
        "" => format!("device-{hash}"),
        made => format!("{made}-{hash}"),
    }
}

/// Returns whether the server accepts a site name (docs/wire.md#data-forge-grant, the later and wider rule).
pub fn is_site_name(text: &str) -> bool {
    (1..=255).contains(&text.chars().count())
        && !text.trim().is_empty()
        && !text.contains(['/', '\\', ':'])
        && !text.contains("..")
        && is_one_line(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn granted(json: &Value) -> Option<Granted> {
        let client = Client::new("https://dfm.example", true, crate::api::Limits::default()).unwrap();
        Dfm::new(&client).granted(json, &Reply::default())
    }

    #[test]
    fn the_fields_determine_the_kind_of_credential() {
        let basic = granted(&json!({"domain": "shop", "clientSecret": "cs_canary", "siteId": "s1"})).unwrap();
        assert_eq!(basic.credential, StoredCredential::Basic { secret: Secret::new("cs_canary") });
        assert_eq!((basic.name.as_deref(), basic.site_id.as_deref()), (Some("shop"), Some("s1")));
        let later = json!({
            "siteId": "s1", "siteName": "Склад", "accessToken": "jwt_canary", "refreshToken": "rt_canary",
            "refreshTokenExpiresAt": "2026-06-01T00:00:00Z",
        });
        let rotating = granted(&later).unwrap();
        let StoredCredential::Refresh { token, renewal, expires_at } = &rotating.credential else { panic!() };
        assert_eq!((token.expose(), renewal), ("rt_canary", &Renewal::Dfm));
        assert!(expires_at.is_some() && rotating.access.is_some());
        assert!(!format!("{basic:?}{rotating:?}").contains("canary"));
    }

    #[test]
    fn an_incomplete_credential_is_refused() {
        for json in [
            json!({}),
            json!({"domain": "shop"}),
            json!({"clientSecret": "s"}),
            json!({"domain": "", "clientSecret": "s"}),
            json!({"domain": "a:b", "clientSecret": "s"}),
            json!({"domain": "a\u{1b}b", "clientSecret": "s"}),
            json!({"domain": "a\u{202e}b", "clientSecret": "s"}),
            json!({"accessToken": "t"}),
            json!({"refreshToken": "a b"}),
        ] {
            assert_eq!(granted(&json), None, "{json}");
        }
    }

    #[test]
    fn any_name_becomes_a_slug() {
        for (name, made) in [
            ("Warehouse Scanner #1", "warehouse-scanner-1"),
            ("  --Till--  ", "till"),
            ("Касса 2", "2-89a2ef3d"),
            ("a", "a"),
        ] {
            assert_eq!(slug(name), made);
        }
        assert_eq!(slug("Склад"), slug("Склад"));
        assert_ne!(slug("Склад"), slug("Касса"));
        assert_ne!(slug("Склад 2"), slug("Магазин 2"), "one site has one device");
    }

    proptest! {
        #[test]
        fn the_server_accepts_every_slug(name in ".{0,150}") {
            let made = slug(&name);
            let alphanumeric = |letter: char| letter.is_ascii_alphanumeric();
            prop_assert!((1..=100).contains(&made.len()));
            prop_assert!(made.starts_with(alphanumeric) && made.ends_with(alphanumeric));
            prop_assert!(made.chars().all(|letter| alphanumeric(letter) || letter == '-'));
            prop_assert!(is_site_name(&made));
        }
    }
}
