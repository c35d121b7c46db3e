//! The page on which a person decides about a device: enter or see the code, choose the site, authorize or deny.
//!
//! It acts as if a user were signed in. A form is accepted only with the CSRF token that its page also set as a cookie.

mod forms;

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};

use super::Call;
use super::html::{escape, scripted_page};
use crate::grants::{Choice, Dialect, SiteChoice, TokenLifetime, Undecidable, codes};
use crate::replies::{self, Reply};
use crate::{lock, urlencoded};

/// The largest accepted form, in bytes.
const LIMIT: usize = 64 << 10;
/// The cookie that a form has to repeat.
const COOKIE: &str = "local_data_forge_form";
/// Counts down to the expiry of a code, announces it in time, and disables an expired page.
const SCRIPT: &str = include_str!("verification/countdown.js");

/// Shows the page or processes its form.
pub(super) async fn answer(call: &Call, request: Request) -> Reply {
    let word = cookie(request.headers());
    match call.method.as_str() {
        "GET" | "HEAD" => {
            let parameter = call.switches.pairing.dialect.parameter();
            let code = call.parameter(parameter).or(call.parameter("code")).or(call.parameter("user_code"));
            let word = word.unwrap_or_else(codes::hex::<16>);
            let mut reply = match code.filter(|code| !code.trim().is_empty()) {
                None => entry(call, 200, "Pair a device", "", ""),
                Some(code) => confirm(call, code, &word, None),
            };
            let cookie = format!("{COOKIE}={word}; Path=/; HttpOnly; SameSite=Lax");
            if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                reply.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            reply
        }
        "POST" => {
            let Ok(body) = to_bytes(request.into_body(), LIMIT).await else { return replies::empty(413) };
            let form = Form(urlencoded::fields(&String::from_utf8_lossy(&body)));
            match word {
                Some(word) if form.get("form_word") == Some(word.as_str()) => decide(call, &form, &word),
                _ => forged(call),
            }
        }
        _ => replies::empty(405),
    }
}

/// The fields of a form.
struct Form(Vec<(String, String)>);

impl Form {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    let mut pairs =
        cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, word) = pairs.find(|(name, _)| *name == COOKIE)?;
    (word.len() == 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| word.to_owned())
}

fn shown(call: &Call, status: u16, title: &str, content: &str) -> Reply {
    let mut reply = scripted_page(status, title, "/pair", content, SCRIPT);
    // The page shows a code and its own CSRF token.
    reply.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if call.method == "HEAD" {
        *reply.body_mut() = axum::body::Body::empty();
    }
    reply
}

/// Returns the page to enter a code, with the problem of the previous one.
fn entry(call: &Call, status: u16, title: &str, problem: &str, typed: &str) -> Reply {
    let problem = match problem {
        "" => String::new(),
        problem => format!(r#"<p class="note" role="alert" id="problem">{}</p>"#, escape(problem)),
    };
    let content =
        format!("{problem}{}", forms::entry(call.switches.pairing.dialect, typed, !problem.is_empty()));
    shown(call, status, title, &content)
}

/// Returns the page of a pending code; `problem` is the problem of the previous form.
fn confirm(call: &Call, code: &str, word: &str, problem: Option<&str>) -> Reply {
    let found = {
        let pairings = lock(&call.app.pairings);
        pairings.grants.waiting(code, call.now).cloned()
    };
    match found {
        Err(reason) => undecidable(call, reason, code),
        Ok(grant) => {
            let sites = lock(&call.app.sites).clone();
            let content = forms::confirm(&call.switches.pairing, &grant, &sites, call.now, word, problem);
            shown(call, if problem.is_some() { 400 } else { 200 }, "Authorize this device?", &content)
        }
    }
}

fn undecidable(call: &Call, reason: Undecidable, code: &str) -> Reply {
    let (status, title, text) = match reason {
        Undecidable::Expired => (
            410,
            "This code has expired",
            "The time for this code is over. Start pairing on the device again and enter the new code that it shows.",
        ),
        Undecidable::Decided => (
            if call.switches.pairing.dialect.is_dfm() { 400 } else { 410 },
            "This code was already used",
            "Somebody authorized or denied this device before. To pair it again, start pairing on the device.",
        ),
        _ => (
            404,
            "This code is not known",
            "No device was given this code. Compare it with the one on the device, letter by letter.",
        ),
    };
    let typed = if reason == Undecidable::Unknown { code } else { "" };
    entry(call, status, title, text, typed)
}

fn forged(call: &Call) -> Reply {
    let text = "Nothing was changed: the form did not come from this page, or the page was open for too long. \
                Enter the code again.";
    entry(call, 403, "Please try again", text, "")
}

/// Executes the action of the form.
fn decide(call: &Call, form: &Form, word: &str) -> Reply {
    let dialect = call.switches.pairing.dialect;
    let code = form.get("code").unwrap_or_default();
    if form.get("action") == Some("deny") && dialect != Dialect::Aip {
        return match call.app.deny(code, false) {
            Ok(()) => done(
                call,
                "Device denied",
                "The device was told that it may not connect. Nothing was changed.",
            ),
            Err(reason) => undecidable(call, reason, code),
        };
    }
    if form.get("action") != Some("approve") {
        return confirm(call, code, word, Some("Choose Authorize or Deny."));
    }
    match call.app.approve(code, &choice(form, dialect)) {
        Ok(approval) => {
            let name = approval.device_name.as_deref().unwrap_or(&approval.site_name);
            let text =
                format!("“{name}” is now connected. The device notices by itself within a few seconds.");
            done(call, "Device authorized", &text)
        }
        Err(Undecidable::NoScope) => {
            confirm(call, code, word, Some("Leave at least one permission, or deny the device."))
        }
        Err(reason @ (Undecidable::Beyond | Undecidable::NoSuchSite | Undecidable::Unwritten)) => {
            confirm(call, code, word, Some(&format!("The device was not authorized: {reason}.")))
        }
        Err(Undecidable::BadSiteName) => {
            let rule = if dialect == Dialect::DfmC {
                "A name has up to 255 characters and neither / nor \\ nor two dots in a row."
            } else {
                "A name has up to 100 letters, digits and hyphens, and neither begins nor ends with a hyphen."
            };
            confirm(call, code, word, Some(rule))
        }
        Err(reason) => undecidable(call, reason, code),
    }
}

fn choice(form: &Form, dialect: Dialect) -> Choice {
    let site = match (form.get("site"), form.get("site_name")) {
        (Some("") | None, Some(name)) => SiteChoice::Named(name.to_owned()),
        (Some(domain), _) => SiteChoice::Domain(domain.to_owned()),
        (None, None) => SiteChoice::CodeRequest,
    };
    let is_romm = dialect == Dialect::Romm;
    Choice {
        site,
        device_name: form.get("device_name").map(str::to_owned).filter(|_| is_romm),
        scopes: is_romm.then(|| form.all("scope").map(str::to_owned).collect()),
        lifetime: form.get("expires_in").and_then(TokenLifetime::from_word).unwrap_or_default(),
    }
}

fn done(call: &Call, title: &str, text: &str) -> Reply {
    let content = format!(
        r#"<p class="note" role="status">{}</p>
<p id="closing" data-seconds="3">You can close this page.</p>
<p><a href="/">See the batches</a></p>"#,
        escape(text)
    );
    shown(call, 200, title, &content)
}
