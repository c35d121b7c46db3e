//! [`ServerMetadata`]: the published metadata of an authorization server (RFC 8414; `OpenID` Connect Discovery).

use serde_json::Value;
use url::Url;

use super::{Endpoint, text};
use crate::api::ApiError;
use crate::auth::device_flow::{GrantError, LONGEST_ADDRESS, leads_here};

const DOING: &str = "read the server's metadata";

/// The endpoints used here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerMetadata {
    /// The device authorization endpoint.
    pub device_authorization_endpoint: Option<String>,
    /// The token endpoint.
    pub token_endpoint: Option<String>,
    /// The registration endpoint.
    pub registration_endpoint: Option<String>,
}

impl ServerMetadata {
    /// Fetches the metadata; `None` when the issuer publishes none.
    ///
    /// # Errors
    /// A failure on the wire; [`GrantError::Unsupported`] when the metadata belongs to another issuer (RFC 8414 section
    /// 3.3).
    pub async fn fetch(issuer: &str, https_only: bool) -> Result<Option<Self>, GrantError> {
        for address in addresses(issuer)? {
            let endpoint = Endpoint::at(&address, https_only)?;
            let reply = endpoint.get(DOING, None).await?;
            match (reply.status, reply.json()) {
                (200, Some(json)) => return Self::read(issuer, &json).map(Some),
                // A server that is out of order may still have metadata.
                (408 | 425 | 429 | 500.., _) => return Err(GrantError::Api(reply.refused(DOING))),
                _ => {}
            }
        }
        Ok(None)
    }

    fn read(issuer: &str, json: &Value) -> Result<Self, GrantError> {
        let bare = |text: &str| text.trim_end_matches('/').to_owned();
        match text(json, "issuer") {
            Some(named) if bare(named) != bare(issuer) => {
                return Err(GrantError::Unsupported {
                    why: format!("the metadata of `{issuer}` is that of `{}`", named.escape_debug()),
                });
            }
            _ => {}
        }
        let endpoint = |name| text(json, name).map(|named| fitting(named, issuer)).transpose();
        Ok(Self {
            device_authorization_endpoint: endpoint("device_authorization_endpoint")?,
            token_endpoint: endpoint("token_endpoint")?,
            registration_endpoint: endpoint("registration_endpoint")?,
        })
    }
}

/// Returns an address that a server names as its own: bounded, and on this computer only if the server is.
fn fitting(named: &str, issuer: &str) -> Result<String, GrantError> {
    let refused = |why: &str| GrantError::Unsupported {
        why: format!("an endpoint in the metadata of `{issuer}` {why}"),
    };
    if named.len() > LONGEST_ADDRESS {
        return Err(refused("has an address that is too long"));
    }
    let here = |url: &str| Url::parse(url).is_ok_and(|url| leads_here(&url));
    if here(named) && !here(issuer) {
        return Err(refused("leads to this computer"));
    }
    Ok(named.to_owned())
}

/// RFC 8414 puts the well-known part before the issuer's path, `OpenID` after it.
fn addresses(issuer: &str) -> Result<[String; 2], GrantError> {
    let bad = |why: String| ApiError::BadAddress { url: issuer.to_owned(), why };
    let url = Url::parse(issuer).map_err(|error| bad(error.to_string()))?;
    let origin = url.origin().ascii_serialization();
    let path = url.path().trim_end_matches('/');
    Ok([
        format!("{origin}/.well-known/oauth-authorization-server{path}"),
        format!("{origin}{path}/.well-known/openid-configuration"),
    ])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_well_known_addresses_are_those_of_the_standards() {
        assert_eq!(
            addresses("https://id.example/realms/shop/").unwrap(),
            [
                "https://id.example/.well-known/oauth-authorization-server/realms/shop",
                "https://id.example/realms/shop/.well-known/openid-configuration",
            ]
        );
        assert_eq!(
            addresses("https://id.example").unwrap()[0],
            "https://id.example/.well-known/oauth-authorization-server"
        );
        assert!(addresses("id.example").is_err());
    }

    #[test]
    fn metadata_of_another_issuer_is_refused() {
        let json = |issuer: &str| json!({ "issuer": issuer, "token_endpoint": "https://id.example/t" });
        assert!(ServerMetadata::read("https://id.example/", &json("https://id.example")).is_ok());
        let error = ServerMetadata::read("https://id.example", &json("https://evil.example")).unwrap_err();
        assert_eq!(error.fault().word(), Some("unsupported"));
    }

    #[test]
    fn endpoints_are_bounded_and_on_this_computer_only_if_the_issuer_is() {
        let read = |issuer, token: &str| ServerMetadata::read(issuer, &json!({ "token_endpoint": token }));
        assert!(read("https://id.example", "https://token.example/t").is_ok());
        assert!(read("http://127.0.0.1:9", "http://localhost:9/t").is_ok());
        assert!(read("https://id.example", "https://127.0.0.1/t").is_err());
        assert!(read("https://id.example", &format!("https://id.example/{}", "t".repeat(3000))).is_err());
    }
}
