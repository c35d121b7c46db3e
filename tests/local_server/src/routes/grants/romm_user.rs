//! The endpoints of the RomM page for a code (docs/wire.md#verification-page); this server acts as if a user were
//! signed in.

use serde_json::{Value, json};

use super::body::Sent;
use super::romm::{Problems, detail};
use crate::grants::{Choice, TokenLifetime, Undecidable};
use crate::lock;
use crate::replies::{self, Reply};
use crate::routes::Call;

/// Shows, approves or denies a code.
pub(super) fn answer(call: &Call, sent: &Sent) -> Reply {
    let result = if call.method == "GET" {
        pending(call)
    } else if call.path.ends_with("/deny") {
        deny(call, sent)
    } else {
        approve(call, sent)
    };
    result.unwrap_or_else(|refused| *refused)
}

fn pending(call: &Call) -> Result<Reply, Box<Reply>> {
    let pairings = lock(&call.app.pairings);
    let grant = pairings.grants.waiting(call.id(0), call.now).map_err(|reason| Box::new(refused(reason)))?;
    let (request, user) = (&grant.request, &call.switches.pairing.user_scopes);
    let allowed: Vec<&String> = request.scopes.iter().filter(|scope| user.contains(scope)).collect();
    let body = json!({
        "client_device_identifier": request.install_id,
        "name": request.device_name,
        "client": request.client,
        "platform": request.device_type,
        "client_version": request.firmware_version,
        "requested_scopes": request.scopes,
        "allowed_scopes": allowed,
        "expires_at": replies::instant(grant.ends_at),
    });
    Ok(replies::json(200, &body))
}

fn approve(call: &Call, sent: &Sent) -> Result<Reply, Box<Reply>> {
    let (mut problems, members) = Problems::check(sent)?;
    let code = problems.text(members, "user_code", 64, true);
    let scopes = problems.scopes(members, "approved_scopes");
    let device_name =
        problems.text(members, "device_name", 255, false).filter(|name| !name.trim().is_empty());
    let word = problems.text(members, "expires_in", 16, false).unwrap_or_else(|| "never".to_owned());
    let lifetime = TokenLifetime::from_word(&word);
    if lifetime.is_none() {
        problems.no_literal("expires_in", "'30d', '90d', '1y' or 'never'", &word);
    }
    let (Some(code), Some(lifetime), true) = (code, lifetime, problems.is_empty()) else {
        return Err(Box::new(problems.reply()));
    };
    let choice = Choice { device_name, scopes: Some(scopes), lifetime, ..Choice::default() };
    let approval = call.app.approve(&code, &choice).map_err(|reason| Box::new(refused(reason)))?;
    let body = json!({"device_id": approval.device_id, "device_name": approval.device_name});
    Ok(replies::json(200, &body))
}

fn deny(call: &Call, sent: &Sent) -> Result<Reply, Box<Reply>> {
    let (mut problems, members) = Problems::check(sent)?;
    let Some(code) = problems.text(members, "user_code", 64, true) else {
        return Err(Box::new(problems.reply()));
    };
    call.app.deny(&code, false).map_err(|reason| Box::new(refused(reason)))?;
    Ok(replies::json(200, &Value::Null))
}

fn refused(reason: Undecidable) -> Reply {
    match reason {
        Undecidable::Unknown | Undecidable::Expired => detail(404, "Unknown or expired code"),
        Undecidable::Decided => detail(410, "This code was already used"),
        Undecidable::Beyond => detail(403, "Scopes exceed what was asked for or what you have"),
        reason => detail(400, &reason.to_string()),
    }
}
