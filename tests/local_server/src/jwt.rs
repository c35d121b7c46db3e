//! Tokens as Data Forge issues them: [`Claims`] signed with HS256 (RFC 7519, RFC 7515).
//!
//! Supports only the needs of this server: one algorithm, one key, and the claims of docs/wire.md#basic-token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// The claims of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Claims {
    /// The site's id.
    pub sub: String,
    /// The site's id again.
    pub site_id: String,
    /// The account's id.
    pub account_id: String,
    /// The site's domain.
    pub domain: String,
    /// The time of issue, in seconds since 1970.
    pub iat: i64,
    /// The expiry, in seconds since 1970.
    pub exp: i64,
}

impl Claims {
    /// Returns the claims without verification.
    pub(crate) fn unproven(token: &str) -> Option<Self> {
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
        serde_json::from_slice(&claims).ok()
    }
}

/// The key of a site's tokens.
#[derive(Clone)]
pub(crate) struct Key([u8; 32]);

impl Key {
    /// Derives the key from a secret; the same secret gives the same key, so tokens survive a restart.
    pub(crate) fn from_secret(secret: &str, generation: u32) -> Self {
        use sha2::Digest as _;
        Self(Sha256::new_with_prefix(generation.to_be_bytes()).chain_update(secret).finalize().into())
    }

    fn mac(&self, signed: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(signed.as_bytes());
        Some(mac)
    }

    /// Signs a token.
    pub(crate) fn sign(&self, claims: &Claims) -> Option<String> {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#);
        let claims = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims).ok()?);
        let signed = format!("{header}.{claims}");
        let signature = URL_SAFE_NO_PAD.encode(self.mac(&signed)?.finalize().into_bytes());
        Some(format!("{signed}.{signature}"))
    }

    /// Returns the claims of a token that was signed with this key and has not expired at `now` (seconds since 1970).
    pub(crate) fn verify(&self, token: &str, now: i64) -> Option<Claims> {
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        self.mac(signed)?.verify_slice(&signature).ok()?;
        let claims = Claims::unproven(token)?;
        (now < claims.exp).then_some(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Claims {
        let id = "8f14e45f-ceea-467f-9575-1d1f6b0a3c21".to_owned();
        let domain = "warehouse.example.com".to_owned();
        Claims { sub: id.clone(), site_id: id, account_id: "a".to_owned(), domain, iat: 1000, exp: 2000 }
    }

    #[test]
    fn a_token_is_valid_until_it_expires_and_only_under_its_key() {
        let key = Key::from_secret("one", 0);
        let token = key.sign(&claims()).unwrap();
        assert_eq!(key.verify(&token, 1999), Some(claims()));
        assert_eq!(key.verify(&token, 2000), None);
        assert_eq!(Key::from_secret("one", 1).verify(&token, 1500), None);
        assert_eq!(Key::from_secret("two", 0).verify(&token, 1500), None);
    }

    #[test]
    fn changing_any_character_invalidates_the_signature() {
        let key = Key::from_secret("one", 0);
        let token = key.sign(&claims()).unwrap();
        for at in 0..token.len() - 1 {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(key.verify(&String::from_utf8(changed).unwrap(), 1500), None, "at {at}");
        }
    }

    proptest::proptest! {
        #[test]
        fn other_texts_are_not_tokens(text in "[A-Za-z0-9_.-]{0,80}|.{0,40}") {
            proptest::prop_assert_eq!(Key::from_secret("one", 0).verify(&text, 0), None);
        }
    }
}
