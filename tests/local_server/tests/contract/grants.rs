//! The effects of an approval, dialect by dialect (docs/wire.md#device-grants).

use std::time::Duration;

use local_data_forge::{Choice, Dialect, Endpoint, Fault, Rule, SiteChoice, TokenLifetime, Undecidable};
use serde_json::{Value, json};

use super::grant_support::{
    DEVICE_GRANT, DIALECTS, access_token, ask, basic_status, change, paired, poll, renew, server_of, text,
    word,
};
use super::support::{Answer, Device, post_form, post_json, send};

#[test]
fn a_newly_paired_device_of_every_dialect_can_upload() {
    for dialect in DIALECTS {
        let server = server_of(dialect);
        let (device, user) = ask(&server, dialect);
        server.approve(&user).unwrap();
        let answer = poll(&server, dialect, &device);
        assert_eq!(answer.status, 200, "{answer:?}");
        let device = if dialect == Dialect::DfmA {
            Device::at(&server, (&text(&answer, "domain"), &text(&answer, "clientSecret")))
        } else {
            Device { server: &server, token: access_token(&answer) }
        };
        let batch = device.start();
        assert_eq!(device.upload(&batch, &[("GOODS.csv.gz", b"bytes")]).status, 201, "{dialect:?}");
        assert_eq!(device.close(&batch, "complete").status, 200);
        let domain = &server.batches()[0].domain;
        assert!(server.sites().iter().any(|site| site.domain == *domain && site.active), "{dialect:?}");
    }
}

#[test]
fn a_new_approval_of_a_site_revokes_only_its_former_device() {
    let server = server_of(Dialect::DfmA);
    let first = paired(&server);
    let former = Device::at(&server, (&first.0, &first.1));
    let other = Device::new(&server);
    let second = paired(&server);
    assert_eq!(first.0, second.0, "one site");
    assert_ne!(first.1, second.1, "another secret");
    assert_eq!((basic_status(&server, &first), basic_status(&server, &second)), (401, 200));
    assert_eq!(former.post("/api/v1/device/batches/start").status, 401, "its token is revoked");
    other.start();
    Device::at(&server, (&second.0, &second.1)).start();
}

#[test]
fn an_approval_activates_an_inactive_site_and_revokes_former_refresh_tokens() {
    let server = server_of(Dialect::DfmC);
    let pair = || {
        let (device, user) = ask(&server, Dialect::DfmC);
        server.approve(&user).unwrap();
        poll(&server, Dialect::DfmC, &device)
    };
    let former = pair();
    server.change_sites(|sites| sites.iter_mut().for_each(|site| site.active = false));
    let newer = pair();
    assert!(server.sites().last().unwrap().active);
    let refused = renew(&server, Dialect::DfmC, &text(&former, "refreshToken"));
    assert_eq!((refused.status, word(&refused).as_str()), (401, "refresh_token_revoked"));
    let former = Device { server: &server, token: access_token(&former) };
    assert_eq!(former.post("/api/v1/device/batches/start").status, 401);
    assert_eq!(renew(&server, Dialect::DfmC, &text(&newer, "refreshToken")).status, 200);
}

#[test]
fn data_forge_repeats_the_secret_or_issues_another_pair_until_the_code_expires() {
    let server = server_of(Dialect::DfmA);
    let (device, user) = ask(&server, Dialect::DfmA);
    server.approve(&user).unwrap();
    let answers = [(); 3].map(|()| poll(&server, Dialect::DfmA, &device).json());
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    change(&server, |rules| rules.one_shot = Some(true));
    assert_eq!(word(&poll(&server, Dialect::DfmA, &device)), "invalid_grant");

    let server = server_of(Dialect::DfmC);
    let (device, user) = ask(&server, Dialect::DfmC);
    server.approve(&user).unwrap();
    let [one, two] = [(); 2].map(|()| text(&poll(&server, Dialect::DfmC, &device), "refreshToken"));
    assert_ne!(one, two);
    assert_eq!(renew(&server, Dialect::DfmC, &one).status, 200);
    assert_eq!(renew(&server, Dialect::DfmC, &two).status, 200);
}

#[test]
fn reusing_a_rotated_refresh_token_revokes_the_family_except_with_aip() {
    for dialect in [Dialect::DfmC, Dialect::Rfc, Dialect::Aip] {
        let server = server_of(dialect);
        let (device, user) = ask(&server, dialect);
        server.approve(&user).unwrap();
        let refresh = |answer: &Answer| {
            let json = answer.json();
            let token = json.get("refreshToken").or(json.get("refresh_token")).and_then(Value::as_str);
            token.unwrap_or_else(|| panic!("{answer:?}")).to_owned()
        };
        let first = refresh(&poll(&server, dialect, &device));
        let second = refresh(&renew(&server, dialect, &first));
        assert_ne!(first, second);
        assert!(renew(&server, dialect, &first).status >= 400, "it is rotated");
        let survives = renew(&server, dialect, &second).status == 200;
        assert_eq!(survives, dialect == Dialect::Aip, "{dialect:?}");
    }
}

#[test]
fn a_lost_reply_to_a_refresh_has_rotated_the_token() {
    let server = server_of(Dialect::DfmC);
    let (device, user) = ask(&server, Dialect::DfmC);
    server.approve(&user).unwrap();
    let token = text(&poll(&server, Dialect::DfmC, &device), "refreshToken");
    server.fault(Rule::nth(1, Fault::StatusAfter(503)).on(Endpoint::Refresh));
    assert_eq!(renew(&server, Dialect::DfmC, &token).status, 503);
    assert_eq!(word(&renew(&server, Dialect::DfmC, &token)), "refresh_token_revoked");
}

#[test]
fn tests_can_list_and_decide_pending_codes() {
    let server = server_of(Dialect::DfmA);
    let (device, user) = ask(&server, Dialect::DfmA);
    poll(&server, Dialect::DfmA, &device);
    let waiting = server.pending();
    assert_eq!((waiting.len(), &waiting[0].user_code, waiting[0].polls), (1, &user, 1));
    let request = &waiting[0].request;
    assert_eq!(
        (request.site_name.as_str(), request.device_type.as_deref(), request.firmware_version.as_deref()),
        ("warehouse-scanner-1", Some("raspberry-pi"), Some("2.1.0"))
    );
    assert!(server.expire(&user) && server.pending().is_empty());
    assert_eq!(server.approve(&user), Err(Undecidable::Expired));
    assert_eq!(word(&poll(&server, Dialect::DfmA, &device)), "expired_token");
    assert_eq!(server.deny("ZZZZ-ZZZZ"), Err(Undecidable::Unknown));
    assert!(!server.expire("ZZZZ-ZZZZ"));
    let (_, user) = ask(&server, Dialect::DfmA);
    server.deny(&user.to_lowercase().replace('-', "")).unwrap();
    assert_eq!(server.approve(&user), Err(Undecidable::Decided));
}

#[test]
fn a_site_can_be_chosen_or_named_at_approval() {
    let server = server_of(Dialect::DfmA);
    let approve = |site| {
        let (device, user) = ask(&server, Dialect::DfmA);
        server.approve_as(&user, &Choice { site, ..Choice::default() })?;
        Ok(poll(&server, Dialect::DfmA, &device))
    };
    let chosen = approve(SiteChoice::Domain("warehouse.example.com".to_owned())).unwrap();
    assert_eq!(text(&chosen, "domain"), "warehouse.example.com");
    assert_eq!(basic_status(&server, &("warehouse.example.com".to_owned(), "cs_secret123".to_owned())), 401);
    let named = approve(SiteChoice::Named("Till-2".to_owned())).unwrap();
    assert!(text(&named, "domain").ends_with("_till-2"));
    assert_eq!(approve(SiteChoice::Named("not / good".to_owned())).err(), Some(Undecidable::BadSiteName));
    assert_eq!(approve(SiteChoice::Domain("nobody".to_owned())).err(), Some(Undecidable::NoSuchSite));
}

#[test]
fn a_denial_is_accepted_until_the_sweep_marks_the_code_expired() {
    let server = server_of(Dialect::DfmA);
    let delete =
        |user: &str| send(&server, "DELETE", &format!("/api/v1/device/verify?code={user}"), &[], b"").status;
    let (_, early) = ask(&server, Dialect::DfmA);
    let (_, late) = ask(&server, Dialect::DfmA);
    server.clock().advance(Duration::from_mins(15));
    assert_eq!(delete(&early), 200);
    server.sweep();
    assert_eq!(delete(&late), 400);
}

#[test]
fn romm_keeps_the_device_across_pairings_within_the_requested_scopes() {
    let server = server_of(Dialect::Romm);
    let pair = |choice: &Choice| {
        let (device, user) = ask(&server, Dialect::Romm);
        server.approve_as(&user, choice)?;
        Ok(poll(&server, Dialect::Romm, &device))
    };
    let year = Choice { lifetime: TokenLifetime::Year, ..Choice::default() };
    let (first, second) = (pair(&Choice::default()).unwrap(), pair(&year).unwrap());
    assert_eq!(text(&first, "device_id"), text(&second, "device_id"));
    let bearer = |token: &str| [("Authorization".to_owned(), format!("Bearer {token}"))];
    let me = |answer: &Answer| send(&server, "GET", "/api/users/me", &bearer(&access_token(answer)), b"");
    assert_eq!(text(&me(&first), "current_device_id"), text(&first, "device_id"));
    server.clock().advance(Duration::from_hours(24 * 365));
    assert_eq!((me(&first).status, me(&second).status), (200, 401), "one expires after a year, one never");
    let choice = |scopes: &[&str]| Choice {
        scopes: Some(scopes.iter().map(|scope| (*scope).to_owned()).collect()),
        ..Choice::default()
    };
    assert_eq!(pair(&choice(&["me.write"])).err(), Some(Undecidable::Beyond), "not requested");
    assert_eq!(pair(&choice(&[])).err(), Some(Undecidable::NoScope));
    change(&server, |rules| rules.user_scopes = vec!["roms.read".to_owned()]);
    assert_eq!(pair(&choice(&["me.read"])).err(), Some(Undecidable::Beyond), "the user does not have it");
    assert_eq!(pair(&Choice::default()).unwrap().json()["scopes"], json!(["roms.read"]));
}

#[test]
fn a_client_of_aip_without_the_refresh_grant_gets_no_refresh_token() {
    let server = server_of(Dialect::Aip);
    let body = json!({
        "client_name": "Till", "grant_types": [DEVICE_GRANT], "response_types": ["device_code"],
        "token_endpoint_auth_method": "none", "application_type": "native"
    });
    let client = text(&post_json(&server, "/oauth/clients/register", &body), "client_id");
    let code = post_form(&server, "/oauth/device", &[("client_id", &client)]).json();
    let approved = server.approve(code["user_code"].as_str().unwrap()).unwrap();
    assert_eq!(approved.site_name, "till");
    let fields = [
        ("grant_type", DEVICE_GRANT),
        ("device_code", code["device_code"].as_str().unwrap()),
        ("client_id", client.as_str()),
    ];
    let tokens = post_form(&server, "/oauth/token", &fields);
    assert_eq!((tokens.status, tokens.json().get("refresh_token")), (200, None));
    let bearer = ("Authorization".to_owned(), format!("Bearer {}", access_token(&tokens)));
    assert_eq!(send(&server, "GET", "/api/atprotocol/session", &[bearer], b"").json()["token_type"], "dpop");
}

#[test]
fn the_older_decision_endpoint_accepts_a_site() {
    let server = server_of(Dialect::DfmA);
    let decide = |more: Value| {
        let (device, user) = ask(&server, Dialect::DfmA);
        let mut body = json!({"user_code": user.to_lowercase(), "action": "approve"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = post_json(&server, "/api/v1/device/confirm", &body);
        (answer.status, poll(&server, Dialect::DfmA, &device).json()["domain"].clone())
    };
    let id = server.sites()[0].id();
    assert_eq!(decide(json!({"siteId": id})), (200, "warehouse.example.com".into()));
    let (status, domain) = decide(json!({"siteName": "till-2"}));
    assert!(status == 200 && domain.as_str().unwrap().ends_with("_till-2"), "{domain}");
    assert_eq!(decide(json!({"siteId": "nobody"})).0, 400);
}

#[test]
fn romm_answers_404_for_a_forgotten_denied_code() {
    let server = server_of(Dialect::Romm);
    let (_, user) = ask(&server, Dialect::Romm);
    let pending = || send(&server, "GET", &format!("/api/auth/device/pending/{user}"), &[], b"").status;
    assert_eq!(pending(), 200);
    server.deny(&user).unwrap();
    server.clock().advance(Duration::from_secs(59));
    assert_eq!(pending(), 410);
    server.clock().advance(Duration::from_secs(1));
    assert_eq!(pending(), 404);
}
