//! Exchanges Basic credentials for a token, and a token for its site (docs/wire.md#basic-token).

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::Call;
use crate::endpoint::PathFamily;
use crate::options::{Site, TokenReply};
use crate::replies::{self, Reply};

/// Answers the token endpoint.
pub(super) fn issue(call: &Call, headers: &HeaderMap) -> Reply {
    let refused = |status, message| replies::auth(status, message, &call.path);
    if call.switches.basic_gone {
        return refused(410, "Basic authentication is no longer supported, authorize the device again");
    }
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(encoded) = header.and_then(|value| value.strip_prefix("Basic ")) else {
        // The older controller does not check that the header exists.
        if header.is_none() && call.route.family == PathFamily::F1 {
            return call.unexpected();
        }
        return refused(401, "Missing or invalid Authorization header");
    };
    let Ok(decoded) = STANDARD.decode(encoded) else {
        return refused(400, "Authorization header is not valid base64");
    };
    let decoded = String::from_utf8_lossy(&decoded);
    let Some((domain, secret)) = decoded.split_once(':') else {
        return refused(401, "Invalid Basic credentials format");
    };
    let site = call.app.site(|site| site.active && site.domain == domain && site.accepts(secret));
    let Some(site) = site else {
        return refused(401, "Invalid credentials");
    };
    if !site.subscription_active {
        return refused(403, "subscription_inactive");
    }
    let Some((token, ends)) = call.app.issue_token(&site, call.switches.token_lifetime) else {
        return call.unexpected();
    };
    let body = match call.switches.token_reply {
        TokenReply::Code => json!({
            "token": token,
            "expiresAt": replies::instant(ends),
            "siteId": site.id(),
            "domain": site.domain,
        }),
        TokenReply::Specification => json!({
            "token": token,
            "expiresIn": call.switches.token_lifetime.as_secs(),
            "tokenType": "Bearer",
        }),
    };
    replies::json(200, &body)
}

/// Returns the site of a protected request, or the reply that refuses it.
pub(super) fn site(call: &Call, headers: &HeaderMap) -> Result<Site, Box<Reply>> {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer "));
    match token.and_then(|token| call.app.site_of_token(token)) {
        None => Err(Box::new(replies::empty(call.switches.refusal_status))),
        Some(site) if !site.active => Err(Box::new(call.general(403, "Site is inactive"))),
        Some(site) => Ok(site),
    }
}
