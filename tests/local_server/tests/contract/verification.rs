//! The page on which a person decides about a device, used as by a browser without scripts.

use std::time::Duration;

use local_data_forge::{Dialect, LocalServer};
use serde_json::json;

use super::grant_support::{DIALECTS, ask, poll, server_of, word};
use super::support::{Answer, get, post_form, post_form_with, post_json, send};

fn place(dialect: Dialect) -> (&'static str, &'static str) {
    match dialect {
        Dialect::DfmA | Dialect::DfmC => ("/device-verify", "code"),
        Dialect::Rfc | Dialect::Aip => ("/device", "user_code"),
        Dialect::Romm => ("/pair/device", "user_code"),
    }
}

/// Returns the text between `before` and the next quote.
fn value_after(page: &str, before: &str) -> Option<String> {
    let start = page.find(before)? + before.len();
    page[start..].split('"').next().map(str::to_owned)
}

/// A person with a browser.
struct Person<'s> {
    server: &'s LocalServer,
    dialect: Dialect,
    cookie: String,
    page: String,
}

impl<'s> Person<'s> {
    /// Opens the address that contains the code.
    fn opens(server: &'s LocalServer, dialect: Dialect, code: &str) -> Self {
        let (path, parameter) = place(dialect);
        let answer = get(server, &format!("{path}?{parameter}={}", code.replace(' ', "+")));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        Self { server, dialect, cookie, page: answer.text() }
    }

    /// Sends the form unchanged, with these fields beside the hidden ones.
    fn sends(&self, fields: &[(&str, &str)]) -> Answer {
        let hidden = |name: &str| value_after(&self.page, &format!("name=\"{name}\" value=\"")).unwrap();
        let (word, code) = (hidden("form_word"), hidden("code"));
        let fields: Vec<_> = [("form_word", word.as_str()), ("code", &code)]
            .into_iter()
            .chain(fields.iter().copied())
            .collect();
        let cookie = ("Cookie".to_owned(), format!("other=1; {}", self.cookie));
        post_form_with(self.server, place(self.dialect).0, &fields, &[cookie])
    }
}

#[test]
fn a_person_authorizes_a_device_in_every_dialect() {
    for dialect in DIALECTS {
        let server = server_of(dialect);
        let (device, user) = ask(&server, dialect);
        let person = Person::opens(&server, dialect, &user.to_lowercase().replace('-', " "));
        assert!(person.page.contains(&user), "{dialect:?}");
        let answer = person.sends(&[
            ("site", ""),
            ("site_name", "till-1"),
            ("scope", "me.read"),
            ("action", "approve"),
        ]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(answer.text().contains("Device authorized") && answer.text().contains(r#"data-seconds="3""#));
        assert_eq!(poll(&server, dialect, &device).status, 200, "{dialect:?}");
        assert!(server.sites().last().unwrap().domain.contains('_'));
    }
}

#[test]
fn a_person_denies_a_device_in_dialects_with_that_button() {
    for dialect in DIALECTS {
        let server = server_of(dialect);
        let (device, user) = ask(&server, dialect);
        let person = Person::opens(&server, dialect, &user);
        assert_eq!(person.page.contains(">Deny</button>"), dialect != Dialect::Aip, "{dialect:?}");
        let answer = person.sends(&[("action", "deny")]);
        if dialect == Dialect::Aip {
            assert_eq!((answer.status, server.pending().len()), (400, 1));
        } else {
            assert!(answer.status == 200 && answer.text().contains("Device denied"), "{answer:?}");
            assert_eq!(word(&poll(&server, dialect, &device)), "access_denied");
        }
    }
}

#[test]
fn the_device_and_its_site_are_described_and_the_time_left_is_shown() {
    let server = server_of(Dialect::DfmA);
    let (_, user) = ask(&server, Dialect::DfmA);
    server.clock().advance(Duration::from_secs(65));
    let page = Person::opens(&server, Dialect::DfmA, &user).page;
    for part in [
        "Warehouse Scanner #1",
        "raspberry-pi",
        "2.1.0",
        "warehouse-scanner-1",
        ">13:55<",
        "data-seconds=\"835\"",
    ] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
}

#[test]
fn an_existing_site_can_be_chosen_and_an_invalid_name_is_explained() {
    let server = server_of(Dialect::DfmA);
    let (device, user) = ask(&server, Dialect::DfmA);
    let person = Person::opens(&server, Dialect::DfmA, &user);
    assert!(person.page.contains(r#"<option value="warehouse.example.com">"#));
    let refused = person.sends(&[("site", ""), ("site_name", "till / 1"), ("action", "approve")]);
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("up to 100 letters, digits and hyphens"), "{}", refused.text());
    let answer =
        person.sends(&[("site", "warehouse.example.com"), ("site_name", "x"), ("action", "approve")]);
    assert_eq!(answer.status, 200);
    assert_eq!(poll(&server, Dialect::DfmA, &device).json()["domain"], "warehouse.example.com");
}

#[test]
fn expired_unknown_and_decided_codes_have_different_messages() {
    for dialect in DIALECTS {
        let server = server_of(dialect);
        let (path, parameter) = place(dialect);
        let open = |code: &str| get(&server, &format!("{path}?{parameter}={code}"));
        let (_, decided) = ask(&server, dialect);
        server.approve(&decided).unwrap();
        let (_, expired) = ask(&server, dialect);
        server.expire(&expired);
        for (code, status, title) in [
            ("ZZZZ-ZZZZ", 404, "This code is not known"),
            (expired.as_str(), 410, "This code has expired"),
            (
                decided.as_str(),
                if matches!(dialect, Dialect::DfmA | Dialect::DfmC) { 400 } else { 410 },
                "This code was already used",
            ),
        ] {
            let page = open(code);
            assert_eq!(page.status, status, "{dialect:?} {code}");
            assert!(page.text().contains(&format!(">{title}</h1>")), "{}", page.text());
            assert!(page.text().contains(r#"role="alert""#) && page.text().contains(r#"<label for="code">"#));
        }
    }
}

#[test]
fn a_code_that_expires_while_the_page_is_open_is_not_approved() {
    let server = server_of(Dialect::DfmA);
    let (_, user) = ask(&server, Dialect::DfmA);
    let person = Person::opens(&server, Dialect::DfmA, &user);
    server.clock().advance(Duration::from_mins(15));
    let answer = person.sends(&[("action", "approve")]);
    assert!(answer.status == 410 && answer.text().contains("This code has expired"));
}

#[test]
fn a_form_without_its_csrf_token_changes_nothing() {
    let server = server_of(Dialect::DfmA);
    let (_, user) = ask(&server, Dialect::DfmA);
    let person = Person::opens(&server, Dialect::DfmA, &user);
    let path = place(Dialect::DfmA).0;
    let word = "0123456789abcdef0123456789abcdef";
    let fields = [("form_word", word), ("code", &user), ("action", "approve")];
    let cookie = |text: &str| [("Cookie".to_owned(), text.to_owned())];
    for answer in [
        post_form(&server, path, &fields),
        post_form(&server, path, &fields[1..]),
        post_form_with(&server, path, &fields, &cookie(&person.cookie)),
        post_form_with(&server, path, &fields[1..], &cookie(&person.cookie)),
        post_form_with(
            &server,
            path,
            &[("form_word", ""), fields[1], fields[2]],
            &cookie("local_data_forge_form="),
        ),
    ] {
        assert_eq!(answer.status, 403, "{}", answer.text());
    }
    assert_eq!(server.pending().len(), 1);
    assert_eq!(send(&server, "DELETE", path, &[], b"").status, 405);
}

#[test]
fn with_romm_a_person_names_the_device_removes_scopes_and_limits_the_lifetime() {
    let server = server_of(Dialect::Romm);
    let (device, user) = ask(&server, Dialect::Romm);
    server.switch(|switches| switches.pairing.user_scopes = vec!["me.read".to_owned()]);
    let person = Person::opens(&server, Dialect::Romm, &user);
    assert!(
        person.page.contains(r#"value="me.read" checked"#)
            && person.page.contains(r#"value="roms.read" disabled"#)
    );
    assert!(person.page.contains(r#"<option value="never" selected>"#) && person.page.contains("install-1"));
    let none = person.sends(&[("device_name", "Till"), ("expires_in", "30d"), ("action", "approve")]);
    assert!(none.status == 400 && none.text().contains("Leave at least one permission"));
    let beyond = person.sends(&[("scope", "roms.read"), ("action", "approve")]);
    assert!(beyond.status == 400 && server.pending().len() == 1);
    let answer = person.sends(&[
        ("device_name", "Till"),
        ("scope", "me.read"),
        ("expires_in", "30d"),
        ("action", "approve"),
    ]);
    assert!(answer.text().contains("“Till” is now connected"), "{}", answer.text());
    let token = poll(&server, Dialect::Romm, &device).json();
    let ends = chrono::DateTime::parse_from_rfc3339(token["expires_at"].as_str().unwrap()).unwrap();
    assert_eq!((ends - server.clock().now().fixed_offset()).num_days(), 30);
    assert_eq!(token["scopes"], json!(["me.read"]));
}

#[test]
fn device_descriptions_are_shown_and_never_executed() {
    let server = server_of(Dialect::DfmC);
    let script = "\"><script>alert(1)</script>";
    let body =
        json!({"siteName": "<b>Till</b>".replace('/', ""), "siteDescription": script, "deviceName": script});
    let code = post_json(&server, "/api/v1/device/authorize", &body).json();
    let page = Person::opens(&server, Dialect::DfmC, code["userCode"].as_str().unwrap()).page;
    assert!(page.contains("&quot;&gt;&lt;script&gt;alert(1)") && !page.contains("<script>alert"), "{page}");
    let unknown = get(&server, "/device-verify?code=%22%3E%3Cscript%3Ealert(1)%3C/script%3E");
    assert!(unknown.status == 404 && !unknown.text().contains("<script>alert"));
    assert!(unknown.text().contains("&quot;&gt;&lt;script&gt;"), "the form contains the code for correction");
    server.approve(code["userCode"].as_str().unwrap()).unwrap();
    assert!(!get(&server, "/").text().contains("<script>"));
}

#[test]
fn the_page_runs_only_its_own_script_and_is_not_cached() {
    let server = server_of(Dialect::DfmA);
    let (_, user) = ask(&server, Dialect::DfmA);
    let answer = get(&server, &format!("/device-verify?code={user}"));
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'sha256-") && policy.contains("form-action 'self'"), "{policy}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.header("set-cookie").unwrap().ends_with("; Path=/; HttpOnly; SameSite=Lax"));
    assert_eq!(answer.text().matches("<script>").count(), 1);
}

#[test]
fn the_page_works_with_screen_reader_and_keyboard() {
    let server = server_of(Dialect::DfmA);
    let entry = get(&server, "/device-verify").text();
    for part in [
        "<title>Pair a device · Local Data Forge</title>",
        r#"<label for="code">Code shown on the device</label>"#,
        r#"aria-describedby="how""#,
        " autofocus",
        r#"<button class="main" type="submit">Continue</button>"#,
        r#"<a href="/pair" aria-current="page">"#,
    ] {
        assert!(entry.contains(part), "{part} is missing in {entry}");
    }
    let (_, user) = ask(&server, Dialect::DfmA);
    let page = Person::opens(&server, Dialect::DfmA, &user).page;
    for part in [
        r#"<h1 tabindex="-1" autofocus>Authorize this device?</h1>"#,
        r#"role="timer" aria-live="off""#,
        r#"<p id="aloud" role="status" aria-live="polite"></p>"#,
        r#"<label for="site">Site</label>"#,
        r#"<label for="site-name">Name of the site</label>"#,
        "<legend>Your decision</legend>",
    ] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
    let (authorize, deny) = (page.find(">Authorize</button>").unwrap(), page.find(">Deny</button>").unwrap());
    assert!(page.find(r#"id="site-name""#).unwrap() < authorize && authorize < deny, "in reading order");
}

#[test]
fn the_menu_leads_to_the_page_of_the_dialect() {
    for dialect in DIALECTS {
        let answer = get(&server_of(dialect), "/pair");
        assert_eq!((answer.status, answer.header("location")), (303, Some(place(dialect).0)));
    }
    let other = get(&server_of(Dialect::Rfc), "/device-verify");
    assert_eq!(other.status, 404, "the pages of other dialects do not exist");
}
