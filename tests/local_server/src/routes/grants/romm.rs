//! The endpoints of a RomM device: a code, its polls, and its user (docs/wire.md#romm-grant).

use serde_json::{Map, Value, json};

use super::body::Sent;
use super::given_out;
use crate::grants::{CodeRequest, Poll, ROMM_SCOPES, slug};
use crate::lock;
use crate::replies::{self, Reply};
use crate::routes::Call;

const PATHS: [&str; 6] =
    ["device_code", "user_code", "verification_path", "verification_path_complete", "expires_in", "interval"];
const URLS: [&str; 6] =
    ["device_code", "user_code", "verification_url", "verification_url_complete", "expires_in", "interval"];

/// The format of an error.
pub(super) fn detail(status: u16, text: &str) -> Reply {
    replies::json(status, &json!({"detail": text}))
}

/// The problems of a body, in the format of its validator.
pub(super) struct Problems(Vec<Value>);

impl Problems {
    /// Returns the members of a body, or the reply to an invalid one.
    pub(super) fn check(sent: &Sent) -> Result<(Self, &Map<String, Value>), Box<Reply>> {
        let members = sent.json().ok_or_else(|| {
            let mut problems = Self(Vec::new());
            problems.add(&[], "json_invalid", "JSON decode error", &Value::Null);
            Box::new(problems.reply())
        })?;
        Ok((Self(Vec::new()), members))
    }

    pub(super) fn add(&mut self, place: &[&str], kind: &str, text: &str, input: &Value) {
        let place: Vec<&str> = [&["body"], place].concat();
        self.0.push(json!({"type": kind, "loc": place, "msg": text, "input": input}));
    }

    /// Reads a text of 1 to `longest` characters; a missing one is a problem if it is required.
    pub(super) fn text(
        &mut self,
        members: &Map<String, Value>,
        name: &str,
        longest: usize,
        is_required: bool,
    ) -> Option<String> {
        match members.get(name) {
            None if is_required => self.add(&[name], "missing", "Field required", &members.clone().into()),
            None => {}
            Some(Value::Null) if !is_required => {}
            Some(Value::String(text)) if text.is_empty() && is_required => {
                self.add(
                    &[name],
                    "string_too_short",
                    "String should have at least 1 character",
                    &text.as_str().into(),
                );
            }
            Some(Value::String(text)) if text.chars().count() > longest => {
                let message = format!("String should have at most {longest} characters");
                self.add(&[name], "string_too_long", &message, &text.as_str().into());
            }
            Some(Value::String(text)) => return Some(text.clone()),
            Some(other) => self.add(&[name], "string_type", "Input should be a valid string", other),
        }
        None
    }

    /// Reads one or more known scopes.
    pub(super) fn scopes(&mut self, members: &Map<String, Value>, name: &str) -> Vec<String> {
        let Some(value) = members.get(name) else {
            self.add(&[name], "missing", "Field required", &members.clone().into());
            return Vec::new();
        };
        let Some(list) = value.as_array() else {
            self.add(&[name], "list_type", "Input should be a valid list", value);
            return Vec::new();
        };
        if list.is_empty() || list.len() > 22 {
            let (kind, bound) =
                if list.is_empty() { ("too_short", "at least 1") } else { ("too_long", "at most 22") };
            self.add(&[name], kind, &format!("List should have {bound} items after validation"), value);
        }
        let words: Vec<String> = list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        if words.len() != list.len() || words.iter().any(|word| !ROMM_SCOPES.contains(&word.as_str())) {
            self.add(&[name], "value_error", "Value error, unknown scope", value);
        }
        words
    }

    /// Adds a problem if a word is not one of the allowed ones.
    pub(super) fn no_literal(&mut self, name: &str, expected: &str, found: &str) {
        self.add(&[name], "literal_error", &format!("Input should be {expected}"), &found.into());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn reply(self) -> Reply {
        replies::json(422, &json!({"detail": self.0}))
    }
}

/// Issues a code.
pub(super) fn init(call: &Call, sent: &Sent) -> Reply {
    let (mut problems, members) = match Problems::check(sent) {
        Ok(read) => read,
        Err(refused) => return *refused,
    };
    let install_id = problems.text(members, "client_device_identifier", 255, true);
    let name = problems.text(members, "name", 255, true);
    let client = problems.text(members, "client", 50, true);
    let device_type = problems.text(members, "platform", 50, false);
    let firmware_version = problems.text(members, "client_version", 50, false);
    let scopes = problems.scopes(members, "requested_scopes");
    if !problems.is_empty() {
        return problems.reply();
    }
    let grant = call.app.ask(CodeRequest {
        client,
        site_name: slug(name.as_deref().unwrap_or_default()),
        device_name: name,
        device_type,
        firmware_version,
        install_id,
        scopes,
        ..CodeRequest::default()
    });
    let rules = &call.switches.pairing;
    let (names, origin) = if rules.absolute_urls { (URLS, call.base.as_str()) } else { (PATHS, "") };
    let page = format!("{origin}{}", rules.dialect.page());
    replies::json(201, &given_out(call, &grant, names, &page).into())
}

/// Answers a poll.
pub(super) fn token(call: &Call, sent: &Sent) -> Reply {
    let (mut problems, members) = match Problems::check(sent) {
        Ok(read) => read,
        Err(refused) => return *refused,
    };
    let Some(code) = problems.text(members, "device_code", 128, true) else { return problems.reply() };
    match call.app.poll(&code) {
        Poll::Pending => detail(400, "authorization_pending"),
        Poll::SlowDown(_) => detail(400, "slow_down"),
        Poll::Denied => detail(400, "access_denied"),
        // An expired code and an unknown one get the same reply.
        Poll::Expired | Poll::Unknown | Poll::Used => detail(400, "expired_token"),
        Poll::Approved(approval) => {
            let client = lock(&call.app.pairings)
                .grants
                .of_device(&code)
                .and_then(|grant| grant.request.client.clone());
            let Some(token) = call.app.issue_romm_token(&approval, client) else {
                return detail(500, "Internal Server Error");
            };
            let body = json!({
                "access_token": token,
                "device_id": approval.device_id,
                "scopes": approval.scopes,
                "expires_at": approval.ends_at.map(replies::instant),
            });
            replies::json(200, &body)
        }
    }
}

/// Shows the user behind a token, and the device it is bound to.
pub(super) fn me(call: &Call, bearer: Option<&str>) -> Reply {
    let Some(holder) = bearer.and_then(|token| call.app.holder_of(token)) else {
        return detail(401, "Invalid token");
    };
    if !holder.scopes.iter().any(|scope| scope == "me.read") {
        return detail(403, "Forbidden");
    }
    let body = json!({
        "id": 1,
        "username": "demo",
        "role": "editor",
        "enabled": true,
        "oauth_scopes": holder.scopes,
        "current_device_id": holder.device_id,
    });
    replies::json(200, &body)
}
