//! RFC 8628 literally, and as AIP implements it: metadata, codes, and the token endpoint (docs/wire.md#rfc-8628-grant
//! and docs/wire.md#aip-grant).

use serde_json::{Map, Value, json};

use super::body::{Sent, text};
use super::{given_out, oauth_error, unstored};
use crate::grants::tokens::TokenOwner;
use crate::grants::{Bodies, CodeRequest, Dialect, Poll, slug};
use crate::lock;
use crate::replies::{self, Reply};
use crate::routes::Call;

/// The grant type of RFC 8628 section 3.4.
pub(super) const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

const NAMES: [&str; 6] =
    ["device_code", "user_code", "verification_uri", "verification_uri_complete", "expires_in", "interval"];

/// The metadata of RFC 8414.
pub(super) fn metadata(call: &Call) -> Reply {
    let (base, is_aip) = (&call.base, call.switches.pairing.dialect == Dialect::Aip);
    let (codes, tokens) = if is_aip {
        let codes = if call.switches.pairing.specification_path { "device_authorization" } else { "device" };
        (format!("{base}/oauth/{codes}"), format!("{base}/oauth/token"))
    } else {
        (format!("{base}/oauth2/device_authorization"), format!("{base}/oauth2/token"))
    };
    let mut body = json!({
        "issuer": base,
        "device_authorization_endpoint": codes,
        "token_endpoint": tokens,
        "grant_types_supported": [DEVICE_GRANT, "refresh_token"],
        "response_types_supported": if is_aip { vec!["device_code"] } else { Vec::new() },
        "token_endpoint_auth_methods_supported": ["none"],
    });
    if is_aip {
        body["registration_endpoint"] = format!("{base}/oauth/clients/register").into();
    }
    replies::json(200, &body)
}

/// Issues a code.
pub(super) fn device(call: &Call, sent: &Sent) -> Reply {
    let rules = &call.switches.pairing;
    let is_aip = rules.dialect == Dialect::Aip;
    let members = match fields(call, sent) {
        Ok(members) => members,
        Err(refused) => return *refused,
    };
    let Some(client) = text(members, "client_id") else {
        return if is_aip {
            replies::any(422, "text/plain; charset=utf-8", "missing field `client_id`")
        } else {
            unstored(oauth_error(400, "invalid_request", "client_id is missing"))
        };
    };
    let Some(known) = known_client(call, client) else {
        let status = if is_aip { 400 } else { 401 };
        return unstored(oauth_error(status, "invalid_client", "The client is not known"));
    };
    if !known.may_pair {
        return oauth_error(400, "unauthorized_client", "The client may not use this grant");
    }
    let default = if is_aip { "atproto:atproto" } else { "data.write" };
    let scopes: Vec<String> =
        text(members, "scope").unwrap_or(default).split_whitespace().map(str::to_owned).collect();
    if !is_aip && scopes.iter().any(|scope| !rules.scopes.contains(scope)) {
        return unstored(oauth_error(400, "invalid_scope", "A scope is not known"));
    }
    let grant = call.app.ask(CodeRequest {
        client: Some(client.to_owned()),
        site_name: slug(&known.name),
        device_name: Some(known.name),
        scopes,
        ..CodeRequest::default()
    });
    let page = format!("{}{}", call.base, rules.dialect.page());
    unstored(replies::json(200, &given_out(call, &grant, NAMES, &page).into()))
}

/// Answers the token endpoint.
pub(super) fn token(call: &Call, sent: &Sent) -> Reply {
    let is_aip = call.switches.pairing.dialect == Dialect::Aip;
    let members = match fields(call, sent) {
        Ok(members) => members,
        Err(refused) => return *refused,
    };
    let client = text(members, "client_id");
    let known = client.and_then(|client| known_client(call, client));
    let (Some(client), Some(known)) = (client, known) else {
        return unstored(match client {
            None if !is_aip => oauth_error(400, "invalid_request", "client_id is missing"),
            _ => oauth_error(401, "invalid_client", "The client is not known"),
        });
    };
    let renews = known.may_renew && call.switches.pairing.refresh_tokens;
    unstored(match text(members, "grant_type") {
        Some(DEVICE_GRANT) => poll(call, members, client, renews),
        Some("refresh_token") => refresh(call, members, client),
        None => oauth_error(400, "invalid_request", "grant_type is missing"),
        Some(_) if is_aip => oauth_error(400, "invalid_request", "The grant type is not supported"),
        Some(_) => oauth_error(400, "unsupported_grant_type", "The grant type is not supported"),
    })
}

fn poll(call: &Call, members: &Map<String, Value>, client: &str, renews: bool) -> Reply {
    let rules = &call.switches.pairing;
    let is_aip = rules.dialect == Dialect::Aip;
    let invalid = |description| oauth_error(400, "invalid_grant", description);
    let Some(code) = text(members, "device_code") else {
        return oauth_error(400, "invalid_request", "device_code is missing");
    };
    let asked_by = lock(&call.app.pairings).grants.of_device(code).map(|grant| grant.request.client.clone());
    if !is_aip && asked_by.flatten().is_some_and(|asked_by| asked_by != client) {
        return invalid("The code was given to another client");
    }
    match call.app.poll(code) {
        Poll::Pending if is_aip && rules.pending_status == 500 => {
            let text =
                "error-aip-oauth-14 Authorization pending: the user has not authorized this device yet";
            oauth_error(500, "server_error", text)
        }
        Poll::Pending if is_aip => {
            replies::json(rules.pending_status, &json!({"error": "authorization_pending"}))
        }
        Poll::Pending => oauth_error(400, "authorization_pending", "The code was not decided yet"),
        Poll::SlowDown(_) => oauth_error(400, "slow_down", "Polling too fast, wait five seconds longer"),
        Poll::Denied if is_aip => invalid("The code is not valid"),
        Poll::Denied => oauth_error(400, "access_denied", "The request was denied"),
        Poll::Expired if is_aip => invalid("The code has expired"),
        Poll::Expired => oauth_error(400, "expired_token", "The code has expired"),
        Poll::Unknown | Poll::Used => invalid("The code is not valid"),
        Poll::Approved(approval) => {
            let holder = TokenOwner {
                domain: approval.domain,
                client: Some(client.to_owned()),
                scopes: approval.scopes,
                device_id: None,
            };
            issued(call, &holder, None, renews)
        }
    }
}

fn refresh(call: &Call, members: &Map<String, Value>, client: &str) -> Reply {
    let rules = &call.switches.pairing;
    let is_aip = rules.dialect == Dialect::Aip;
    let invalid = || oauth_error(400, "invalid_grant", "The refresh token is not valid");
    let Some(token) = text(members, "refresh_token") else {
        return oauth_error(400, "invalid_request", "refresh_token is missing");
    };
    let rotated = {
        let mut pairings = lock(&call.app.pairings);
        let is_own = |token: &TokenOwner| token.client.as_deref() == Some(client);
        if !pairings.tokens.refresh(token).is_some_and(|token| is_own(&token.holder)) {
            return invalid();
        }
        let rotated = pairings.tokens.rotate(token, !is_aip, call.now);
        if !call.app.save(&pairings) {
            return oauth_error(500, "server_error", "The tokens cannot be written down");
        }
        rotated
    };
    match rotated {
        // The token is already consumed, as on the real server.
        Ok(_) if is_aip && !rules.session_bound => invalid(),
        Ok(rotated) => issued(call, &rotated.holder, Some(&rotated.family), true),
        Err(_) => invalid(),
    }
}

fn issued(call: &Call, holder: &TokenOwner, family: Option<&str>, renews: bool) -> Reply {
    let rules = &call.switches.pairing;
    let is_aip = rules.dialect == Dialect::Aip;
    let Some(pair) = call.app.issue_pair(holder, family, renews) else {
        return oauth_error(500, "server_error", "No token can be issued");
    };
    let mut body = json!({
        "access_token": pair.access,
        "token_type": if is_aip { "bearer" } else { "Bearer" },
        "expires_in": rules.access_lifetime().as_secs(),
        "scope": holder.scopes.join(" "),
    });
    if let Some(refresh) = pair.refresh {
        body["refresh_token"] = refresh.into();
    }
    if holder.scopes.iter().any(|scope| scope == "openid") {
        let site = call.app.site(|site| site.domain == holder.domain);
        let token = site.and_then(|site| call.app.issue_token(&site, rules.access_lifetime()));
        body["id_token"] = token.map(|(token, _)| token).into();
    }
    replies::json(200, &body)
}

/// Returns the fields of a request, in a format that the dialect accepts.
fn fields<'s>(call: &Call, sent: &'s Sent) -> Result<&'s Map<String, Value>, Box<Reply>> {
    let rules = &call.switches.pairing;
    let is_aip = rules.dialect == Dialect::Aip;
    match sent {
        Sent::Form(members) if is_aip || rules.bodies != Bodies::Json => Ok(members),
        Sent::Json(members) if !is_aip && rules.bodies != Bodies::Form => Ok(members),
        _ if is_aip => {
            let text = "Form requests must have `Content-Type: application/x-www-form-urlencoded`";
            Err(Box::new(replies::any(415, "text/plain; charset=utf-8", text)))
        }
        _ => Err(Box::new(unstored(oauth_error(400, "invalid_request", "The body is not understood")))),
    }
}

/// Returns a client that may use the endpoint.
struct Known {
    name: String,
    may_pair: bool,
    may_renew: bool,
}

fn known_client(call: &Call, id: &str) -> Option<Known> {
    if call.switches.pairing.clients.iter().any(|client| client == id) {
        return Some(Known { name: id.to_owned(), may_pair: true, may_renew: true });
    }
    let pairings = lock(&call.app.pairings);
    let client = pairings.clients.iter().find(|client| client.id == id)?;
    let name = client.metadata.get("client_name").and_then(Value::as_str);
    Some(Known {
        name: name.unwrap_or(id).to_owned(),
        may_pair: client.lists("grant_types", DEVICE_GRANT),
        may_renew: client.lists("grant_types", "refresh_token"),
    })
}
