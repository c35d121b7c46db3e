//! The tokens of grants: [`Tokens`] stores [`AccessToken`]s and [`RefreshToken`]s by their digest only. Pure.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::ids;

/// The holder of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TokenOwner {
    /// The domain of the site.
    pub domain: String,
    /// The client it was issued to.
    pub client: Option<String>,
    /// The scopes.
    pub scopes: Vec<String>,
    /// RomM: the bound device.
    pub device_id: Option<String>,
}

/// An access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccessToken {
    /// SHA-256 of the token.
    pub digest: String,
    pub holder: TokenOwner,
    /// The family: shared with the tokens before and after it in the rotation.
    pub family: String,
    /// The expiry, if any.
    pub ends_at: Option<DateTime<Utc>>,
    pub revoked: bool,
}

/// A refresh token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RefreshToken {
    /// SHA-256 of the token.
    pub digest: String,
    pub holder: TokenOwner,
    /// The family: shared with the tokens before and after it in the rotation.
    pub family: String,
    pub ends_at: DateTime<Utc>,
    /// Whether it was exchanged for a new pair.
    pub rotated: bool,
    pub revoked: bool,
}

/// The reason why a refresh token is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Worthless {
    Unknown,
    Expired,
    /// Revoked, or rotated before.
    Revoked,
}

/// All tokens issued.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    access: HashMap<String, AccessToken>,
    refresh: HashMap<String, RefreshToken>,
}

impl Tokens {
    /// Stores an access token.
    pub(crate) fn add_access(
        &mut self,
        token: &str,
        holder: TokenOwner,
        family: &str,
        ends_at: Option<DateTime<Utc>>,
    ) -> AccessToken {
        let family = family.to_owned();
        let token = AccessToken { digest: digest(token), holder, family, ends_at, revoked: false };
        self.restore_access(token.clone());
        token
    }

    /// Stores a refresh token.
    pub(crate) fn add_refresh(
        &mut self,
        token: &str,
        holder: TokenOwner,
        family: &str,
        ends_at: DateTime<Utc>,
    ) -> RefreshToken {
        let family = family.to_owned();
        let token =
            RefreshToken { digest: digest(token), holder, family, ends_at, rotated: false, revoked: false };
        self.restore_refresh(token.clone());
        token
    }

    pub(crate) fn restore_access(&mut self, token: AccessToken) {
        self.access.insert(token.digest.clone(), token);
    }

    pub(crate) fn restore_refresh(&mut self, token: RefreshToken) {
        self.refresh.insert(token.digest.clone(), token);
    }

    /// Returns a valid access token.
    pub(crate) fn access(&self, token: &str, now: DateTime<Utc>) -> Option<&AccessToken> {
        let token = self.access.get(&digest(token))?;
        let is_good = !token.revoked && token.ends_at.is_none_or(|ends_at| now < ends_at);
        is_good.then_some(token)
    }

    /// Returns a refresh token in any state.
    pub(crate) fn refresh(&self, token: &str) -> Option<&RefreshToken> {
        self.refresh.get(&digest(token))
    }

    /// Exchanges a refresh token for a new pair. A reused one revokes its whole family when `ends_family`.
    pub(crate) fn rotate(
        &mut self,
        token: &str,
        ends_family: bool,
        now: DateTime<Utc>,
    ) -> Result<RefreshToken, Worthless> {
        let found = self.refresh.get_mut(&digest(token)).ok_or(Worthless::Unknown)?;
        if found.revoked {
            return Err(Worthless::Revoked);
        }
        if now >= found.ends_at {
            return Err(Worthless::Expired);
        }
        if found.rotated {
            let family = found.family.clone();
            if ends_family {
                self.revoke(|_, of| of == family);
            }
            return Err(Worthless::Revoked);
        }
        found.rotated = true;
        Ok(found.clone())
    }

    /// Revokes the tokens of a site.
    pub(crate) fn revoke_site(&mut self, domain: &str) {
        self.revoke(|holder, _| holder.domain == domain);
    }

    /// Revokes the tokens whose holder and family `chosen` selects.
    pub(crate) fn revoke(&mut self, chosen: impl Fn(&TokenOwner, &str) -> bool) {
        for token in self.access.values_mut() {
            token.revoked |= chosen(&token.holder, &token.family);
        }
        for token in self.refresh.values_mut() {
            token.revoked |= chosen(&token.holder, &token.family);
        }
    }

    /// Revokes all access tokens.
    pub(crate) fn revoke_access(&mut self) {
        self.access.values_mut().for_each(|token| token.revoked = true);
    }

    /// Returns all tokens, for saving.
    pub(crate) fn all(&self) -> (Vec<AccessToken>, Vec<RefreshToken>) {
        (self.access.values().cloned().collect(), self.refresh.values().cloned().collect())
    }
}

/// The stored form of a token.
fn digest(token: &str) -> String {
    ids::hex(&Sha256::digest(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder() -> TokenOwner {
        TokenOwner { domain: "a_b".to_owned(), client: None, scopes: Vec::new(), device_id: None }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn reusing_a_rotated_token_revokes_its_family_only() {
        for (ends_family, survivor) in [(true, Err(Worthless::Revoked)), (false, Ok(true))] {
            let mut tokens = Tokens::default();
            tokens.add_refresh("one", holder(), "f", at(100));
            tokens.add_refresh("other", holder(), "g", at(100));
            let family = tokens.rotate("one", ends_family, at(1)).unwrap().family;
            tokens.add_refresh("two", holder(), &family, at(100));
            tokens.add_access("access", holder(), &family, None);
            assert_eq!(tokens.rotate("one", ends_family, at(2)), Err(Worthless::Revoked));
            assert_eq!(tokens.access("access", at(2)).is_none(), ends_family);
            assert_eq!(tokens.rotate("two", ends_family, at(3)).map(|token| token.rotated), survivor);
            assert!(tokens.rotate("other", ends_family, at(3)).is_ok());
        }
    }

    #[test]
    fn expired_and_unknown_tokens_do_not_count_as_reuse() {
        let mut tokens = Tokens::default();
        tokens.add_refresh("one", holder(), "f", at(100));
        tokens.add_refresh("two", holder(), "f", at(200));
        assert_eq!(tokens.rotate("one", true, at(100)), Err(Worthless::Expired));
        assert_eq!(tokens.rotate("none", true, at(100)), Err(Worthless::Unknown));
        assert!(tokens.rotate("two", true, at(100)).is_ok());
    }

    #[test]
    fn a_site_is_revoked_with_all_its_tokens() {
        let mut tokens = Tokens::default();
        tokens.add_access("access", holder(), "f", Some(at(10)));
        tokens.add_refresh("refresh", holder(), "f", at(10));
        assert!(tokens.access("access", at(9)).is_some() && tokens.access("access", at(10)).is_none());
        tokens.revoke_site("a_c");
        assert!(tokens.access("access", at(1)).is_some());
        tokens.revoke_site("a_b");
        assert!(tokens.access("access", at(1)).is_none());
        assert_eq!(tokens.rotate("refresh", true, at(1)), Err(Worthless::Revoked));
    }
}
