//! Endpoints that only AIP has: the registration of clients and the session behind a token (docs/wire.md#aip-grant
//! and 7.5).

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::body::{Sent, text};
use super::oauth::DEVICE_GRANT;
use super::oauth_error;
use crate::grants::{Registration, codes};
use crate::pairings::Client;
use crate::replies::{self, Reply};
use crate::routes::Call;
use crate::{ids, lock};

/// Registers a client, or shows, changes or removes one.
pub(super) fn register(call: &Call, sent: &Sent, bearer: Option<&str>) -> Reply {
    match call.switches.pairing.registration {
        Registration::Missing => replies::empty(404),
        Registration::Refused => {
            oauth_error(403, "registration_not_supported", "Clients cannot register here")
        }
        Registration::Open if call.method == "POST" => add(call, sent),
        Registration::Open => manage(call, sent, bearer.unwrap_or_default()),
    }
}

fn add(call: &Call, sent: &Sent) -> Reply {
    let mut metadata = match checked(sent) {
        Ok(metadata) => metadata,
        Err(refused) => return *refused,
    };
    let token = codes::words::<32>();
    // The real server returns a secret when the method is omitted, although the method then is `none`.
    let secret = (!metadata.contains_key("token_endpoint_auth_method")).then(codes::words::<24>);
    metadata.insert("token_endpoint_auth_method".to_owned(), "none".into());
    let client = Client {
        id: ids::random(),
        digest: ids::hex(&Sha256::digest(&token)),
        issued_at: call.now.timestamp(),
        metadata,
    };
    let mut body = shown(&client);
    body["client_secret"] = secret.into();
    body["registration_access_token"] = token.into();
    let mut pairings = lock(&call.app.pairings);
    pairings.clients.push(client);
    if call.app.save(&pairings) { replies::json(200, &body) } else { unwritten() }
}

/// Returns the metadata of a client for this grant, or its problem.
fn checked(sent: &Sent) -> Result<Map<String, Value>, Box<Reply>> {
    let wrong = |description: &str| Box::new(oauth_error(400, "invalid_client_metadata", description));
    let metadata = sent.json().ok_or_else(|| wrong("The body is no JSON object"))?;
    if let Some(addresses) = metadata.get("redirect_uris") {
        let is_address = |address: &Value| address.as_str().is_some_and(|address| address.contains("://"));
        if !addresses.as_array().is_some_and(|addresses| addresses.iter().all(is_address)) {
            return Err(Box::new(oauth_error(400, "invalid_redirect_uri", "An address is not valid")));
        }
    }
    let lists = |name: &str, word: &str| {
        metadata
            .get(name)
            .and_then(Value::as_array)
            .is_some_and(|list| list.iter().any(|entry| entry == word))
    };
    if lists("grant_types", DEVICE_GRANT) {
        if !lists("response_types", "device_code") {
            return Err(wrong("The device grant needs the response type device_code"));
        }
        if text(metadata, "application_type") != Some("native") {
            return Err(wrong("The device grant needs the application type native"));
        }
        if !matches!(metadata.get("token_endpoint_auth_method").map(Value::as_str), None | Some(Some("none")))
        {
            return Err(wrong("The device grant needs the authentication method none"));
        }
    }
    Ok(metadata.clone())
}

fn shown(client: &Client) -> Value {
    let mut body = client.metadata.clone();
    body.insert("client_id".to_owned(), client.id.as_str().into());
    body.insert("client_secret".to_owned(), Value::Null);
    body.insert("client_id_issued_at".to_owned(), client.issued_at.into());
    body.insert("client_secret_expires_at".to_owned(), Value::Null);
    body.insert("registration_client_uri".to_owned(), format!("/oauth/clients/{}", client.id).into());
    body.into()
}

fn manage(call: &Call, sent: &Sent, token: &str) -> Reply {
    let mut pairings = lock(&call.app.pairings);
    let Some(at) = pairings.clients.iter().position(|client| client.id == call.id(0)) else {
        return oauth_error(404, "client_not_found", "There is no such client");
    };
    let client = &mut pairings.clients[at];
    if client.digest != ids::hex(&Sha256::digest(token)) {
        return oauth_error(401, "invalid_token", "The registration token is not valid");
    }
    let reply = match call.method.as_str() {
        "GET" => return replies::json(200, &shown(client)),
        "PUT" => match checked(sent) {
            Err(refused) => return *refused,
            Ok(metadata) => {
                client.metadata = metadata;
                client.metadata.insert("token_endpoint_auth_method".to_owned(), "none".into());
                replies::json(200, &shown(client))
            }
        },
        _ => {
            pairings.clients.remove(at);
            replies::empty(204)
        }
    };
    if call.app.save(&pairings) { reply } else { unwritten() }
}

fn unwritten() -> Reply {
    oauth_error(500, "server_error", "The client cannot be written down")
}

/// Shows the session behind a token.
pub(super) fn session(call: &Call, bearer: Option<&str>) -> Reply {
    let Some(holder) = bearer.and_then(|token| call.app.holder_of(token)) else {
        return oauth_error(401, "invalid_token", "The token is not valid");
    };
    if !call.switches.pairing.session_bound {
        return oauth_error(404, "session_not_found", "No session is bound to this token");
    }
    let did = format!("did:plc:{}", &ids::derive("did", &holder.domain).replace('-', "")[..24]);
    let ends = call.now + call.switches.pairing.access_lifetime();
    let body = json!({
        "did": did,
        "handle": "demo.example.com",
        "access_token": codes::words::<32>(),
        "token_type": "dpop",
        "scopes": holder.scopes,
        "pds_endpoint": "https://pds.example.com",
        "dpop_key": format!("did:key:{}", codes::words::<24>()),
        "dpop_jwk": {"kty": "EC", "crv": "P-256", "x": codes::words::<32>(), "y": codes::words::<32>()},
        "expires_at": ends.timestamp(),
    });
    replies::json(200, &body)
}
