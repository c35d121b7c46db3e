//! Tokens: lifetime and revocation (docs/wire.md#basic-token).

use std::time::Duration;

use super::support::{Device, OTHER_SITE, SITE, basic, send, server};

const TOKEN: &str = "/api/v1/device/auth/token";

#[test]
fn a_token_expires_as_announced() {
    let server = server(|switches| switches.token_lifetime = Duration::from_mins(1));
    server.clock().hold();
    let answer = send(&server, "POST", TOKEN, &[basic(SITE)], b"").json();
    let ends = chrono::DateTime::parse_from_rfc3339(answer["expiresAt"].as_str().unwrap()).unwrap();
    assert_eq!(ends - server.clock().now().fixed_offset(), chrono::TimeDelta::seconds(60));
    let device = Device::new(&server);
    let batch = device.start();
    server.clock().advance(Duration::from_secs(59));
    assert_eq!(device.get(&format!("/api/dfc/batch/{batch}")).status, 200);
    server.clock().advance(Duration::from_secs(2));
    let refused = device.get(&format!("/api/dfc/batch/{batch}"));
    assert_eq!((refused.status, refused.body.len()), (401, 0));
}

#[test]
fn revoked_tokens_and_rotated_secrets_need_a_new_token() {
    let server = server(|_| {});
    let device = Device::new(&server);
    server.revoke_tokens();
    assert_eq!(device.post("/api/dfc/batch/start").status, 401);
    let device = Device::new(&server);
    server.change_sites(|sites| "cs_other".clone_into(&mut sites[0].secret));
    assert_eq!(device.post("/api/dfc/batch/start").status, 401);
    assert_eq!(send(&server, "POST", TOKEN, &[basic(SITE)], b"").status, 401);
    Device::at(&server, (SITE.0, "cs_other")).start();
}

#[test]
fn an_inactive_site_gets_no_token_and_its_old_one_answers_403() {
    let server = server(|_| {});
    let device = Device::new(&server);
    let batch = device.start();
    server.change_sites(|sites| sites[0].active = false);
    let wrong = send(&server, "POST", TOKEN, &[basic((SITE.0, "wrong"))], b"");
    let inactive = send(&server, "POST", TOKEN, &[basic(SITE)], b"");
    assert_eq!((inactive.status, inactive.json()), (401, wrong.json()), "both replies are the same");
    assert_eq!(device.get(&format!("/api/dfc/batch/{batch}")).status, 403);
}

#[test]
fn only_the_first_colon_separates_user_and_password() {
    let server = server(|_| {});
    assert_eq!(send(&server, "POST", TOKEN, &[basic(OTHER_SITE)], b"").json()["domain"], "acme_scanner");
}

#[test]
fn a_forged_token_is_refused() {
    let server = server(|_| {});
    let device = Device::new(&server);
    let other = Device::at(&server, OTHER_SITE);
    let parts: Vec<&str> = device.token.split('.').collect();
    let others: Vec<&str> = other.token.split('.').collect();
    for token in [
        format!("{}.{}.{}", parts[0], others[1], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        "..".to_owned(),
        String::new(),
    ] {
        let forged = Device { server: &server, token };
        assert_eq!(forged.post("/api/dfc/batch/start").status, 401);
    }
}
