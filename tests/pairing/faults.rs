//! Each fault and its message; transient faults are reported and do not end the pairing.

use std::thread;

use local_data_forge::{Announced, Dialect, Endpoint, Fault, LocalServer, Pairing, RetryAfter, Rule};
use test_support::TestHome;

use super::site::{config, events, pair, secret, server};

struct Case {
    name: &'static str,
    pairing: fn(&mut Pairing),
    rules: Vec<Rule>,
    flags: &'static [&'static str],
}

fn case(name: &'static str, rules: Vec<Rule>) -> Case {
    Case { name, pairing: |_| {}, rules, flags: &[] }
}

fn with(name: &'static str, pairing: fn(&mut Pairing)) -> Case {
    Case { name, pairing, rules: Vec::new(), flags: &[] }
}

fn reply(status: u16, body: &str) -> Fault {
    Fault::Reply { status, content_type: "application/json".to_owned(), body: body.to_owned() }
}

fn gives_out(pairing: &mut Pairing, address: &str) {
    pairing.complete_uri = false;
    pairing.verification_uri = Some(address.to_owned());
}

/// Returns exit code, event word and standard error.
fn outcome(case: &Case) -> String {
    let server = server(case.pairing);
    for rule in &case.rules {
        server.fault(rule.clone());
    }
    let home = TestHome::new();
    let answer = pair(&home, &server, &[&["--json"], case.flags].concat());
    let last: serde_json::Value = serde_json::from_str(answer.out.lines().last().unwrap()).unwrap();
    let word = last["code"].as_str().or(last["event"].as_str()).unwrap();
    let address = server.base_url();
    let err = answer.err.replace(&address, "ADDRESS").replace(address.trim_start_matches("http://"), "HOST");
    if answer.code != 0 {
        assert!(secret(&home).is_none() && config(&home).is_empty(), "{}: nothing is stored", case.name);
    }
    format!("{}: exit {}, {word}\n{}", case.name, answer.code, err.trim_end().replace("\n\n", "\n"))
}

fn outcomes(cases: &[Case]) -> String {
    let shown: Vec<String> = thread::scope(|scope| {
        let runs: Vec<_> = cases.iter().map(|case| scope.spawn(|| outcome(case))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    shown.join("\n\n")
}

#[test]
fn every_fault_that_ends_a_pairing_has_its_message() {
    let poll = |fault| vec![Rule::always(fault).on(Endpoint::Poll)];
    let code = |fault| vec![Rule::always(fault).on(Endpoint::Authorize)];
    let shown = outcomes(&[
        with("denied", |pairing| {
            pairing.auto_approve = None;
            pairing.auto_deny = Some(0);
        }),
        with("denied at 403", |pairing| {
            pairing.auto_approve = None;
            pairing.auto_deny = Some(0);
            pairing.denied_status = 403;
        }),
        case("expired", poll(reply(400, r#"{"error":"expired_token"}"#))),
        case("unknown code", poll(reply(400, r#"{"error":"invalid_grant"}"#))),
        case(
            "unknown word",
            poll(reply(400, r#"{"error":"unauthorized_client","error_description":"No devices."}"#)),
        ),
        case("no words", poll(Fault::Empty(403))),
        case("not a Data Forge server", code(Fault::Empty(404))),
        case("captive portal at the start", code(Fault::CaptivePortal)),
        case("redirect to http at the start", code(Fault::Redirect("http://portal.example/".to_owned()))),
        case("an answer cut in half at the start", code(Fault::CutJson)),
        case("no code in the answer", code(reply(200, "{}"))),
        with("javascript", |pairing| gives_out(pairing, "javascript:alert(1)")),
        with("another scheme", |pairing| gives_out(pairing, "file:///etc/passwd")),
        with("http elsewhere", |pairing| gives_out(pairing, "http://evil.example/")),
        case(
            "control characters",
            code(reply(
                200,
                r#"{"deviceCode":"0123456789","userCode":"ABCD-2345","verificationUri":"https://a.example/\u001b[2J"}"#,
            )),
        ),
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn transient_faults_are_reported_and_retried() {
    let first = |fault| vec![Rule::first(1, fault).on(Endpoint::Poll)];
    let shown = outcomes(&[
        case("503", first(Fault::Status(503))),
        case("503 at the start", vec![Rule::first(1, Fault::Status(503)).on(Endpoint::Authorize)]),
        case("429 with a time", first(Fault::RetryAfter(429, RetryAfter::Seconds(3)))),
        case("429 without a time", first(Fault::Status(429))),
        case("captive portal", first(Fault::CaptivePortal)),
        case("redirect to http", first(Fault::Redirect("http://portal.example/".to_owned()))),
        case("the approved answer lost", first(Fault::CaptivePortalAfter)),
        case("the approved answer cut", first(Fault::CutJson)),
        case("slow_down", first(reply(400, r#"{"error":"slow_down","interval":2}"#))),
        with("no interval", |pairing| {
            pairing.announced_interval = Announced::Missing;
            pairing.announced_lifetime = Announced::Missing;
        }),
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn a_credential_lost_in_transit_is_reported() {
    let case = Case {
        name: "lost",
        pairing: |pairing| pairing.dialect = Dialect::Rfc,
        rules: vec![Rule::first(1, Fault::CutJson).on(Endpoint::Poll)],
        flags: &["--dialect", "rfc8628", "--client-id", "data-exporter"],
    };
    let shown = outcome(&case);
    assert!(shown.starts_with("lost: exit 4, invalid_grant"), "{shown}");
    assert!(shown.contains("an answer of the server was lost"), "{shown}");
}

#[test]
fn an_unreachable_server_exits_5() {
    let gone = LocalServer::start(local_data_forge::Options::default()).unwrap();
    let url = gone.base_url();
    drop(gone);
    let home = TestHome::new();
    let answer = home.run(&super::site::flags(&url, &[]));
    assert_eq!(answer.code, 5, "{}", answer.err);
    assert!(answer.err.contains("hint: check the network and the server's address, then pair again"));
}

#[test]
fn out_of_range_intervals_and_lifetimes_are_corrected() {
    for (announced, shown) in [(0, 5), (1, 1)] {
        let server = server(|pairing| {
            pairing.announced_interval = Announced::Seconds(announced);
            pairing.announced_lifetime = Announced::Seconds(31_536_000);
        });
        let (code, events) = events(&TestHome::new(), &server, &[]);
        assert_eq!((code, &events[0]["interval"]), (0, &shown.into()));
        assert_eq!(events[0]["expires_in"], 31_536_000, "the countdown shows the server's value");
    }
}

#[test]
fn a_rejected_new_credential_keeps_the_former_pairing() {
    let (first, home) = (server(|_| {}), TestHome::new());
    assert_eq!(pair(&home, &first, &[]).code, 0);
    let before = (config(&home), secret(&home));
    let second = server(|_| {});
    second.fault(Rule::always(Fault::Status(401)).on(Endpoint::Token));
    let answer = pair(&home, &second, &[]);
    assert_eq!(answer.code, 4, "{}", answer.err);
    assert_eq!((config(&home), secret(&home)), before);
}

#[test]
fn an_unverified_credential_is_saved_without_reporting_success() {
    let (server, home) = (server(|_| {}), TestHome::new());
    server.fault(Rule::always(Fault::Status(503)).on(Endpoint::Token));
    let answer = pair(&home, &server, &[]);
    assert_eq!(answer.code, 5, "{}", answer.err);
    assert!(!answer.out.contains('✓') && answer.err.contains("nothing is lost"), "{}", answer.err);
    assert!(config(&home).contains("domain = ") && secret(&home).is_some());
}
