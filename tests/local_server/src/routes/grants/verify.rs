//! The endpoints for the script of Data Forge's page, and their older name `/confirm` (docs/wire.md#verification-page).
//!
//! The real server requires a user's session here; this one acts as if a user were signed in.

use serde_json::json;

use super::body::{Sent, optional, text};
use crate::grants::{Approval, Choice, SiteChoice, Undecidable};
use crate::lock;
use crate::replies::{self, Reply};
use crate::routes::Call;

/// Shows, approves or denies a code.
pub(super) fn answer(call: &Call, sent: &Sent) -> Reply {
    if call.method == "POST" {
        return decide(call, sent);
    }
    // The reply to any missing parameter.
    let Some(code) = call.parameter("code").or(call.parameter("user_code")) else { return call.unexpected() };
    if call.method == "DELETE" {
        return match call.app.deny(code, true) {
            Ok(()) => done(None),
            Err(reason) => refused(call, reason),
        };
    }
    match lock(&call.app.pairings).grants.waiting(code, call.now) {
        Err(reason) => refused(call, reason),
        Ok(grant) => {
            let body = json!({
                "userCode": grant.user_code,
                "siteName": grant.request.site_name,
                "siteDescription": grant.request.site_description,
                "expiresAt": replies::instant(grant.ends_at),
            });
            replies::json(200, &body)
        }
    }
}

fn decide(call: &Call, sent: &Sent) -> Reply {
    let Some(members) = sent.json() else { return call.unexpected() };
    let code = text(members, "userCode").or(text(members, "user_code")).unwrap_or_default();
    let action = match optional(members, "action") {
        Ok(action) => action.unwrap_or_default(),
        Err(()) => return call.unexpected(),
    };
    let site = match (text(members, "siteId"), text(members, "siteName")) {
        (Some(id), _) => match call.app.site(|site| site.id() == id) {
            Some(site) => SiteChoice::Domain(site.domain),
            None => return refused(call, Undecidable::NoSuchSite),
        },
        (None, Some(name)) => SiteChoice::Named(name.to_owned()),
        (None, None) => SiteChoice::CodeRequest,
    };
    if code.is_empty() {
        return call.general(400, "userCode: must not be blank");
    }
    let result = match action.as_str() {
        "approve" => call
            .app
            .approve(code, &Choice { site, ..Choice::default() })
            .map(|approval| done(Some(&approval))),
        "deny" => call.app.deny(code, false).map(|()| done(None)),
        _ => return call.general(400, "action: must be approve or deny"),
    };
    result.unwrap_or_else(|reason| refused(call, reason))
}

fn done(approval: Option<&Approval>) -> Reply {
    let (site_id, site_name) =
        (approval.map(|approval| &approval.site_id), approval.map(|approval| &approval.site_name));
    replies::json(200, &json!({"success": true, "siteId": site_id, "siteName": site_name}))
}

fn refused(call: &Call, reason: Undecidable) -> Reply {
    match reason {
        Undecidable::Unknown => replies::empty(404),
        Undecidable::Expired => replies::empty(410),
        Undecidable::Decided => replies::empty(400),
        Undecidable::Unwritten => call.unexpected(),
        reason => call.general(400, &reason.to_string()),
    }
}
