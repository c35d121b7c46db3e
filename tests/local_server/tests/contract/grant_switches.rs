//! The switches of the grants, and the recorded and saved data about them (docs/wire.md#stand-in-server).

use std::time::Duration;

use local_data_forge::{
    Announced, Bodies, Dialect, Endpoint, Families, Fault, LocalServer, Metadata, Options, Rule, Site,
};
use serde_json::{Value, json};

use super::grant_support::{
    DIALECTS, access_token, ask, ask_for_code, basic_status, change, paired, poll, renew, server_of, text,
    word,
};
use super::support::{Device, get, post_form, post_json};

#[test]
fn the_paths_of_other_dialects_do_not_exist() {
    for (dialect, path) in [
        (Dialect::DfmA, "/api/v1/device/authorize"),
        (Dialect::Rfc, "/oauth2/device_authorization"),
        (Dialect::Aip, "/oauth/device"),
        (Dialect::Romm, "/api/auth/device/init"),
    ] {
        for other in [Dialect::DfmA, Dialect::Rfc, Dialect::Aip, Dialect::Romm] {
            let status = post_json(&server_of(other), path, &json!({})).status;
            assert_eq!(matches!(status, 401 | 404), other != dialect, "{path} with {other:?}: {status}");
        }
    }
    let refresh = |dialect| post_json(&server_of(dialect), "/api/v1/device/auth/refresh", &json!({})).status;
    assert_eq!((refresh(Dialect::DfmA), refresh(Dialect::DfmC)), (401, 400));
}

#[test]
fn a_server_can_be_limited_to_pairing_or_the_specified_paths() {
    let server = server_of(Dialect::Rfc);
    server.switch(|switches| (switches.families, switches.unknown_status) = (Families::PairingOnly, 404));
    let (device, user) = ask(&server, Dialect::Rfc);
    server.approve(&user).unwrap();
    let device = Device { server: &server, token: access_token(&poll(&server, Dialect::Rfc, &device)) };
    assert_eq!(device.post("/api/v1/device/batches/start").status, 404);

    let server = server_of(Dialect::DfmA);
    server.switch(|switches| switches.families = Families::Specification);
    let credential = paired(&server);
    assert_eq!(basic_status(&server, &credential), 200);
}

#[test]
fn metadata_address_and_body_format_are_configurable() {
    let server = server_of(Dialect::Rfc);
    let found = |server: &LocalServer| {
        ["oauth-authorization-server", "openid-configuration"]
            .map(|name| get(server, &format!("/.well-known/{name}")).status == 200)
    };
    for (metadata, expected) in [
        (Metadata::Both, [true, true]),
        (Metadata::Oauth, [true, false]),
        (Metadata::Openid, [false, true]),
        (Metadata::Missing, [false, false]),
    ] {
        change(&server, |rules| rules.metadata = metadata);
        assert_eq!(found(&server), expected, "{metadata:?}");
    }
    let json = json!({"client_id": "data-exporter"});
    for (bodies, form_works, json_works) in
        [(Bodies::Both, true, true), (Bodies::Form, true, false), (Bodies::Json, false, true)]
    {
        change(&server, |rules| rules.bodies = bodies);
        let path = "/oauth2/device_authorization";
        let form = post_form(&server, path, &[("client_id", "data-exporter")]).status == 200;
        assert_eq!((form, post_json(&server, path, &json).status == 200), (form_works, json_works));
    }
}

#[test]
fn an_openid_scope_brings_an_id_token_and_refresh_tokens_can_be_left_out() {
    let server = server_of(Dialect::Rfc);
    change(&server, |rules| rules.refresh_tokens = false);
    let fields = [("client_id", "data-exporter"), ("scope", "openid data.write")];
    let code = post_form(&server, "/oauth2/device_authorization", &fields).json();
    server.approve(code["user_code"].as_str().unwrap()).unwrap();
    let tokens = poll(&server, Dialect::Rfc, code["device_code"].as_str().unwrap()).json();
    assert_eq!(tokens["id_token"].as_str().unwrap().split('.').count(), 3);
    assert_eq!((tokens.get("refresh_token"), &tokens["scope"]), (None, &"openid data.write".into()));
}

#[test]
fn verification_addresses_are_configurable() {
    let server = server_of(Dialect::DfmA);
    for address in ["javascript:alert(1)", "file:///etc/passwd", "https://x.example/\u{1b}[2J\u{202e}", ""] {
        change(&server, |rules| rules.verification_uri = Some(address.to_owned()));
        let code = ask_for_code(&server, Dialect::DfmA).json();
        assert_eq!(code["verificationUri"], address);
        assert!(code["verificationUriComplete"].as_str().unwrap().starts_with(address));
    }
    change(&server, |rules| rules.complete_uri = false);
    assert_eq!(ask_for_code(&server, Dialect::DfmA).json().get("verificationUriComplete"), None);
    change(&server, |rules| rules.api_base_url = Some("https://elsewhere.example".to_owned()));
    let (device, user) = ask(&server, Dialect::DfmA);
    server.approve(&user).unwrap();
    assert_eq!(text(&poll(&server, Dialect::DfmA, &device), "apiBaseUrl"), "https://elsewhere.example");
}

#[test]
fn faults_apply_to_grant_endpoints_and_distinguish_polls_from_refreshes() {
    let server = server_of(Dialect::Rfc);
    server.fault(Rule::nth(1, Fault::CaptivePortal).on(Endpoint::Authorize));
    assert!(ask_for_code(&server, Dialect::Rfc).text().contains("sign in to use this network"));
    let (device, user) = ask(&server, Dialect::Rfc);
    server.fault(Rule::nth(1, Fault::Status(503)).on(Endpoint::Refresh));
    server.fault(Rule::nth(1, Fault::CutJson).on(Endpoint::Poll));
    server.approve(&user).unwrap();
    let cut = poll(&server, Dialect::Rfc, &device);
    assert!(cut.status == 200 && serde_json::from_slice::<Value>(&cut.body).is_err());
    assert_eq!(word(&poll(&server, Dialect::Rfc, &device)), "invalid_grant", "the answer is lost");
    assert_eq!(renew(&server, Dialect::Rfc, "nothing").status, 503);
    let endpoints: Vec<Endpoint> = server.requests().iter().map(|request| request.endpoint).collect();
    assert_eq!(endpoints[..2], [Endpoint::Authorize; 2]);
    assert_eq!(endpoints[2..], [Endpoint::Poll, Endpoint::Poll, Endpoint::Refresh]);
}

#[test]
fn records_contain_a_code_prefix_and_no_secret() {
    for dialect in DIALECTS {
        let server = server_of(dialect);
        let (device, user) = ask(&server, dialect);
        server.approve(&user).unwrap();
        let answer = poll(&server, dialect, &device);
        let mut secrets: Vec<String> =
            ["clientSecret", "accessToken", "refreshToken", "access_token", "refresh_token"]
                .iter()
                .filter_map(|name| answer.json()[*name].as_str().map(str::to_owned))
                .collect();
        if let Some(refresh) = secrets.iter().find(|_| dialect != Dialect::Romm && dialect != Dialect::DfmA) {
            renew(&server, dialect, &refresh.clone());
        }
        secrets.push(device.clone());
        let mut shown = format!("{:?} {}", server.requests(), get(&server, "/requests").text());
        for request in server.requests() {
            shown.push_str(&format!("{:?} {:?}", request.headers, request.body));
        }
        for name in ["journal.jsonl", "pairings.json"] {
            shown.push_str(&std::fs::read_to_string(server.data().join(name)).unwrap_or_default());
        }
        for secret in &secrets {
            assert!(!shown.contains(secret), "{dialect:?}: {secret} in {shown}");
        }
        assert!(shown.contains(&format!("{}…", &device[..8])), "{dialect:?}: {shown}");
    }
}

#[test]
fn pairings_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let start = |dialect, listen| {
        let mut options = Options {
            data: Some(folder.path().to_path_buf()),
            sites: vec![Site::new("warehouse.example.com", "cs_secret123")],
            ..Options::default()
        };
        options.switches.pairing.dialect = dialect;
        if let Some(listen) = listen {
            options.listen = listen;
        }
        LocalServer::start(options).unwrap()
    };
    let server = start(Dialect::DfmA, None);
    let credential = paired(&server);
    let token = Device::at(&server, (&credential.0, &credential.1)).token;
    let address = server.address();
    drop(server);
    let server = start(Dialect::DfmC, Some(address));
    assert_eq!(basic_status(&server, &credential), 200);
    Device { server: &server, token }.start();
    let (device, user) = ask(&server, Dialect::DfmC);
    server.approve(&user).unwrap();
    let refresh = text(&poll(&server, Dialect::DfmC, &device), "refreshToken");
    drop(server);
    let server = start(Dialect::DfmC, Some(address));
    assert_eq!(renew(&server, Dialect::DfmC, &refresh).status, 200);
    assert_eq!(
        word(&renew(&server, Dialect::DfmC, &refresh)),
        "refresh_token_revoked",
        "reuse is detected after a restart"
    );
}

#[test]
fn announced_intervals_and_lifetimes_are_configurable() {
    for dialect in DIALECTS {
        let names = if matches!(dialect, Dialect::DfmA | Dialect::DfmC) { "expiresIn" } else { "expires_in" };
        let server = server_of(dialect);
        for (announced, interval, lifetime) in [
            (Announced::Missing, None, None),
            (Announced::Seconds(0), Some(0), Some(0)),
            (Announced::Seconds(31_536_000), Some(31_536_000), Some(31_536_000)),
        ] {
            server.switch(|switches| {
                switches.pairing.announced_interval = announced;
                switches.pairing.announced_lifetime = announced;
            });
            let answer = ask_for_code(&server, dialect).json();
            assert_eq!(answer.get("interval").and_then(Value::as_i64), interval, "{dialect:?}");
            assert_eq!(answer.get(names).and_then(Value::as_i64), lifetime, "{dialect:?}");
        }
    }
}

#[test]
fn a_code_can_be_decided_automatically_after_a_number_of_polls() {
    for dialect in DIALECTS {
        let server = server_of(dialect);
        change(&server, |rules| {
            rules.auto_approve = Some(2);
            rules.strict_polling = Some(false);
        });
        let (device, _) = ask(&server, dialect);
        let polls = [(); 3].map(|()| poll(&server, dialect, &device).status == 200);
        assert_eq!(polls, [false, false, true], "{dialect:?}");
        change(&server, |rules| rules.auto_approve = Some(0));
        let (device, _) = ask(&server, dialect);
        assert_eq!(poll(&server, dialect, &device).status, 200, "{dialect:?}");
        change(&server, |rules| (rules.auto_approve, rules.auto_deny) = (None, Some(1)));
        let (device, _) = ask(&server, dialect);
        poll(&server, dialect, &device);
        let denied = word(&poll(&server, dialect, &device));
        let expected = if dialect == Dialect::Aip { "invalid_grant" } else { "access_denied" };
        assert_eq!(denied, expected, "{dialect:?}");
    }
}

#[test]
fn strict_polling_can_be_switched_per_dialect() {
    let server = server_of(Dialect::DfmA);
    let (device, _) = ask(&server, Dialect::DfmA);
    let burst =
        |server: &LocalServer, dialect, device: &str| [(); 3].map(|()| word(&poll(server, dialect, device)));
    assert_eq!(burst(&server, Dialect::DfmA, &device), ["authorization_pending"; 3]);
    change(&server, |rules| rules.strict_polling = Some(true));
    let early = poll(&server, Dialect::DfmA, &device).json();
    assert_eq!((&early["error"], &early["interval"]), (&"slow_down".into(), &10.into()));
    server.clock().advance(Duration::from_secs(10));
    assert_eq!(word(&poll(&server, Dialect::DfmA, &device)), "authorization_pending");

    let server = server_of(Dialect::Rfc);
    let (device, _) = ask(&server, Dialect::Rfc);
    let words = ["authorization_pending", "slow_down", "slow_down"];
    assert_eq!(burst(&server, Dialect::Rfc, &device), words);
    server.clock().advance(Duration::from_secs(14));
    assert_eq!(word(&poll(&server, Dialect::Rfc, &device)), "slow_down", "15 s by now");
    change(&server, |rules| rules.strict_polling = Some(false));
    assert_eq!(word(&poll(&server, Dialect::Rfc, &device)), "authorization_pending");
}

#[test]
fn rate_limits_apply_per_address_for_a_minute() {
    let server = server_of(Dialect::Romm);
    let statuses: Vec<u16> = (0..11).map(|_| ask_for_code(&server, Dialect::Romm).status).collect();
    assert_eq!((statuses.iter().filter(|status| **status == 201).count(), statuses[10]), (10, 429));
    let statuses: Vec<u16> = (0..61).map(|_| poll(&server, Dialect::Romm, &"0".repeat(64)).status).collect();
    assert_eq!((statuses.iter().filter(|status| **status == 400).count(), statuses[60]), (60, 429));
    server.clock().advance(Duration::from_mins(1));
    assert_eq!(ask_for_code(&server, Dialect::Romm).status, 201);
    change(&server, |rules| (rules.code_limit, rules.limit_retry_after) = (Some(1), true));
    server.clock().advance(Duration::from_millis(500));
    let refused = ask_for_code(&server, Dialect::Romm);
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("60")));
}
