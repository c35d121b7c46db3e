//! The grant of Data Forge: a code, its polls, and the tokens of Auth V2 (docs/wire.md#data-forge-grant and
//! docs/wire.md#data-forge-refresh).

use serde_json::{Map, Value, json};

use super::body::{Sent, optional};
use super::{given_out, oauth_error};
use crate::grants::tokens::{TokenOwner, Worthless};
use crate::grants::{Approval, CodeRequest, Dialect, Poll, is_site_name, slug};
use crate::lock;
use crate::options::TokenReply;
use crate::replies::{self, Reply};
use crate::routes::Call;

const NAMES: [&str; 6] =
    ["deviceCode", "userCode", "verificationUri", "verificationUriComplete", "expiresIn", "interval"];

/// Issues a code.
pub(super) fn authorize(call: &Call, sent: &Sent) -> Reply {
    let dialect = call.switches.pairing.dialect;
    let Some(Ok(request)) = sent.json().map(code_request) else { return call.unexpected() };
    let problems = problems(&request, dialect);
    if !problems.is_empty() {
        return call.general(400, &problems.join(", "));
    }
    let grant = call.app.ask(request);
    let page = format!("{}{}", call.base, dialect.page());
    replies::json(200, &given_out(call, &grant, NAMES, &page).into())
}

/// Reads the request of a device; the specified form has no site name, so the device name becomes one.
fn code_request(members: &Map<String, Value>) -> Result<CodeRequest, ()> {
    let (site_name, device_name) = (optional(members, "siteName")?, optional(members, "deviceName")?);
    let kind = optional(members, "siteType")?;
    if !matches!(kind.as_deref(), None | Some("DBF" | "POSTGRES_CDC" | "MSSQL_CDC" | "DBF_CDC")) {
        return Err(());
    }
    let made = device_name.as_deref().filter(|name| !name.trim().is_empty()).map(slug);
    Ok(CodeRequest {
        site_name: site_name.or(made).unwrap_or_default(),
        site_description: optional(members, "siteDescription")?,
        device_name,
        device_type: optional(members, "deviceType")?,
        firmware_version: optional(members, "firmwareVersion")?,
        ..CodeRequest::default()
    })
}

fn problems(request: &CodeRequest, dialect: Dialect) -> Vec<&'static str> {
    let mut problems = Vec::new();
    if request.site_name.trim().is_empty() {
        problems.push("siteName: must not be blank");
    } else if !is_site_name(dialect, &request.site_name) {
        problems
            .push("siteName: must be letters, digits and hyphens, and neither begin nor end with a hyphen");
    }
    let description = request.site_description.as_deref().unwrap_or_default();
    if description.encode_utf16().count() > 500 {
        problems.push("siteDescription: size must be between 0 and 500");
    }
    problems
}

/// Answers a poll.
pub(super) fn token(call: &Call, sent: &Sent) -> Reply {
    let code = match sent.json().map(|members| optional(members, "deviceCode")) {
        Some(Ok(code)) => code.unwrap_or_default(),
        _ => return call.unexpected(),
    };
    if code.trim().is_empty() {
        return call.general(400, "deviceCode: must not be blank");
    }
    // The real server takes the first eight characters for its log and fails on shorter codes.
    if code.chars().count() < 8 {
        return call.unexpected();
    }
    match call.app.poll(&code) {
        Poll::Pending => oauth_error(400, "authorization_pending", "The code was not decided yet"),
        Poll::SlowDown(interval) => {
            let seconds = u64::try_from(interval.as_millis().div_ceil(1000)).unwrap_or(u64::MAX);
            let description = "Polling too frequently";
            let body = json!({"error": "slow_down", "error_description": description, "interval": seconds});
            replies::json(400, &body)
        }
        Poll::Denied => {
            oauth_error(call.switches.pairing.denied_status, "access_denied", "The code was denied")
        }
        Poll::Expired => oauth_error(400, "expired_token", "The code has expired"),
        Poll::Unknown | Poll::Used => oauth_error(400, "invalid_grant", "The code is not known"),
        Poll::Approved(approval) => credential(call, &approval),
    }
}

fn credential(call: &Call, approval: &Approval) -> Reply {
    let rules = &call.switches.pairing;
    let api_base_url = rules.api_base_url.as_deref().unwrap_or(&call.base);
    if rules.dialect == Dialect::DfmA {
        let mut body = json!({"domain": approval.domain, "clientSecret": approval.secret});
        if call.switches.token_reply == TokenReply::Code {
            body["siteId"] = approval.site_id.as_str().into();
            body["apiBaseUrl"] = api_base_url.into();
        }
        return replies::json(200, &body);
    }
    let holder =
        TokenOwner { domain: approval.domain.clone(), client: None, scopes: Vec::new(), device_id: None };
    let Some(pair) = call.app.issue_pair(&holder, None, true) else { return call.unexpected() };
    let body = json!({
        "siteId": approval.site_id,
        "siteName": approval.site_name,
        "accessToken": pair.access,
        "refreshToken": pair.refresh,
        "accessTokenExpiresAt": replies::instant(pair.access_ends),
        "refreshTokenExpiresAt": replies::instant(pair.refresh_ends),
        "apiBaseUrl": api_base_url,
    });
    replies::json(200, &body)
}

/// Exchanges a refresh token for a new pair.
pub(super) fn refresh(call: &Call, sent: &Sent) -> Reply {
    let token = match sent.json().map(|members| optional(members, "refreshToken")) {
        Some(Ok(token)) => token.unwrap_or_default(),
        _ => return call.unexpected(),
    };
    if token.trim().is_empty() {
        return call.general(400, "refreshToken: must not be blank");
    }
    let refused = |status, word: &str, message: &str| {
        let body = json!({"status": status, "error": word, "message": message, "path": call.path});
        replies::json(status, &body)
    };
    let invalid = || refused(400, "invalid_refresh_token", "The refresh token is not valid");
    let rotated = {
        let mut pairings = lock(&call.app.pairings);
        let domain = pairings.tokens.refresh(&token).map(|token| token.holder.domain.clone());
        if call.app.site(|site| site.active && Some(&site.domain) == domain.as_ref()).is_none() {
            return invalid();
        }
        let rotated = pairings.tokens.rotate(&token, true, call.now);
        if !call.app.save(&pairings) {
            return call.unexpected();
        }
        rotated
    };
    let rotated = match rotated {
        Ok(rotated) => rotated,
        Err(Worthless::Unknown) => return invalid(),
        Err(Worthless::Expired) => {
            return refused(401, "refresh_token_expired", "The refresh token has expired");
        }
        Err(Worthless::Revoked) => {
            return refused(401, "refresh_token_revoked", "The refresh token was revoked");
        }
    };
    let Some(pair) = call.app.issue_pair(&rotated.holder, Some(&rotated.family), true) else {
        return call.unexpected();
    };
    let body = json!({
        "accessToken": pair.access,
        "refreshToken": pair.refresh,
        "accessTokenExpiresAt": replies::instant(pair.access_ends),
        "refreshTokenExpiresAt": replies::instant(pair.refresh_ends),
    });
    replies::json(200, &body)
}
