//! The endpoints of the device grants: [`answer`] calls the module of the dialect. Paths of other dialects do not
//! exist.

mod aip;
mod body;
mod dfm;
mod oauth;
mod romm;
mod romm_user;
mod verify;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use serde_json::{Map, Value};

use super::{Call, drain};
use crate::endpoint::{Endpoint, PathFamily, Route};
use crate::grants::limits::Counted;
use crate::grants::{Dialect, Grant, Metadata};
use crate::lock;
use crate::options::Switches;
use crate::replies::{self, Reply};

/// Returns whether an endpoint belongs to a grant.
pub(super) fn is_grant(endpoint: Endpoint) -> bool {
    use Endpoint::{Authorize, Metadata, Poll, Refresh, Register, Session, Verify};
    matches!(endpoint, Authorize | Poll | Refresh | Verify | Metadata | Register | Session)
}

/// Returns whether the dialect has this path.
pub(super) fn is_served(route: &Route, path: &str, switches: &Switches) -> bool {
    let rules = &switches.pairing;
    match (route.family, rules.dialect) {
        (PathFamily::F3, Dialect::DfmA) => route.endpoint != Endpoint::Refresh,
        (PathFamily::F3, Dialect::DfmC)
        | (PathFamily::Rfc, Dialect::Rfc)
        | (PathFamily::Romm, Dialect::Romm) => true,
        (PathFamily::Aip, Dialect::Aip) => path != "/oauth/device" || !rules.specification_path,
        (PathFamily::WellKnown, Dialect::Rfc | Dialect::Aip) => {
            let is_openid = path.ends_with("/openid-configuration");
            match rules.metadata {
                Metadata::Both => !is_openid || rules.dialect == Dialect::Rfc,
                Metadata::Oauth => !is_openid,
                Metadata::Openid => is_openid,
                Metadata::Missing => false,
            }
        }
        _ => false,
    }
}

/// Answers a request for a grant, its token or its user.
pub(super) async fn answer(call: &Call, request: Request) -> Reply {
    if let Some(refused) = too_many(call) {
        drain(request.into_body()).await;
        return refused;
    }
    let headers = request.headers().clone();
    let sent = body::read(request).await;
    match (call.switches.pairing.dialect, call.route.endpoint) {
        (_, Endpoint::Metadata) => oauth::metadata(call),
        (Dialect::DfmA | Dialect::DfmC, Endpoint::Authorize) => dfm::authorize(call, &sent),
        (Dialect::DfmA | Dialect::DfmC, Endpoint::Poll) => dfm::token(call, &sent),
        (Dialect::DfmA | Dialect::DfmC, Endpoint::Refresh) => dfm::refresh(call, &sent),
        (Dialect::DfmA | Dialect::DfmC, _) => verify::answer(call, &sent),
        (Dialect::Romm, Endpoint::Authorize) => romm::init(call, &sent),
        (Dialect::Romm, Endpoint::Poll) => romm::token(call, &sent),
        (Dialect::Romm, Endpoint::Verify) => romm_user::answer(call, &sent),
        (Dialect::Romm, _) => romm::me(call, bearer(&headers)),
        (Dialect::Aip, Endpoint::Session) => aip::session(call, bearer(&headers)),
        (Dialect::Aip, Endpoint::Register) => aip::register(call, &sent, bearer(&headers)),
        (Dialect::Rfc | Dialect::Aip, Endpoint::Authorize) => oauth::device(call, &sent),
        (Dialect::Rfc | Dialect::Aip, _) => oauth::token(call, &sent),
    }
}

/// Returns the reply to an address that exceeds its rate limit.
fn too_many(call: &Call) -> Option<Reply> {
    let rules = &call.switches.pairing;
    let (counted, limit) = match call.route.endpoint {
        Endpoint::Authorize => (Counted::Codes, rules.code_limit()?),
        Endpoint::Poll => (Counted::Polls, rules.poll_limit()?),
        _ => return None,
    };
    let taken =
        lock(&call.app.pairings).limits.take(call.address, counted, limit, rules.limit_window, call.now);
    let wait = taken.err()?;
    let mut reply = match rules.dialect {
        Dialect::DfmA | Dialect::DfmC => oauth_error(429, "too_many_requests", "Too many requests"),
        Dialect::Romm => romm::detail(429, "Too many requests, try again later"),
        Dialect::Aip | Dialect::Rfc => replies::empty(429),
    };
    if rules.limit_retry_after {
        let seconds = u64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u64::MAX);
        reply.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Some(reply)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The format of an error of RFC 6749 section 5.2.
fn oauth_error(status: u16, word: &str, description: &str) -> Reply {
    replies::json(status, &serde_json::json!({"error": word, "error_description": description}))
}

/// Forbids caching of a reply with a secret (RFC 6749 section 5.1).
fn unstored(mut reply: Reply) -> Reply {
    reply.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply
}

/// Announces a code under the names of a dialect: code, user code, address, address with the code, lifetime, interval.
fn given_out(call: &Call, grant: &Grant, names: [&str; 6], page: &str) -> Map<String, Value> {
    let rules = &call.switches.pairing;
    let address = rules.verification_uri.as_deref().unwrap_or(page);
    let joint = if address.contains('?') { '&' } else { '?' };
    let complete = format!("{address}{joint}{}={}", rules.dialect.parameter(), grant.user_code);
    let values = [
        Some(grant.device_code.as_str().into()),
        Some(grant.user_code.as_str().into()),
        Some(address.into()),
        rules.complete_uri.then(|| complete.into()),
        rules.announced_lifetime.seconds(rules.code_lifetime()).map(Value::from),
        rules.announced_interval.seconds(rules.interval).map(Value::from),
    ];
    let members = names.into_iter().zip(values);
    members.filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}
