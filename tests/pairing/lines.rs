//! The rules of docs/pairing.md that need the command; the others are tests of `auth::device_flow` and of `faults`
//! here.

use std::io::{BufRead as _, BufReader};
use std::process::Command;
use std::time::{Duration, Instant};

use local_data_forge::{Dialect, LocalServer};
use test_support::{TestHome, wait_until};

use super::site::{config, events, everything_in, pair, secret, server, speaking, start};

fn waiting() -> LocalServer {
    server(|pairing| pairing.auto_approve = None)
}

/// The lines given by the specification are literal; errors are in the person's language.
#[test]
fn the_lines_of_a_pairing_are_the_same_in_every_language() {
    let shown = |language| {
        let answer = pair(&TestHome::new(), &speaking(Dialect::DfmA), &["--lang", language]);
        assert_eq!(answer.code, 0, "{}", answer.err);
        let own = ["1. Open: ", "2. Enter code: ", "Domain: ", "Configuration saved to: "];
        let line =
            |line: &str| own.into_iter().find(|start| line.starts_with(start)).unwrap_or(line).to_owned();
        answer.out.lines().map(line).collect::<Vec<_>>()
    };
    let english = shown("en");
    assert!(english.contains(&"Starting device authorization flow...".to_owned()), "{english:?}");
    assert_eq!([shown("ru"), shown("he")], [english.clone(), english]);
}

/// docs/pairing.md#polling, over a real socket: a whole interval before the first poll and between polls.
#[test]
fn polls_respect_the_interval() {
    let server = server(|pairing| pairing.auto_approve = Some(2));
    assert_eq!(events(&TestHome::new(), &server, &[]).0, 0);
    let at: Vec<_> = server.requests().iter().map(|seen| seen.at).take(4).collect();
    for pair in at.windows(2) {
        let waited = (pair[1] - pair[0]).num_milliseconds();
        assert!(waited >= 1240, "{waited} ms");
    }
}

/// docs/pairing.md#cancelling-and-restarting: no restart unless requested, and at most as many as requested.
#[test]
fn an_expired_code_is_replaced_only_as_often_as_asked() {
    use local_data_forge::{Endpoint, Fault, Rule};
    let expired = || Fault::Reply {
        status: 400,
        content_type: "application/json".to_owned(),
        body: r#"{"error":"expired_token"}"#.to_owned(),
    };
    for (restarts, expirations, exit) in [("0", 1, 4), ("2", 2, 0), ("1", 2, 4)] {
        let server = server(|_| {});
        server.fault(Rule::first(expirations, expired()).on(Endpoint::Poll));
        let (code, events) = events(&TestHome::new(), &server, &["--restart", restarts]);
        assert_eq!(code, exit, "{restarts} {events:?}");
    }
}

/// docs/pairing.md#cancelling-and-restarting: a cancel ends the pairing at once, and nothing is left behind.
#[test]
fn an_interrupt_ends_pairing_at_once_and_leaves_nothing_behind() {
    // The next poll is a minute away, so that a pairing that waited for it would be told from one that ends at once.
    let server = server(|pairing| {
        pairing.auto_approve = None;
        pairing.announced_interval = local_data_forge::Announced::Seconds(60);
    });
    let home = TestHome::new();
    let mut child = start(&home, &server, &["--json"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains(r#""event":"waiting""#)), "the pairing waits for the decision");
    let sent = Instant::now();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let status = child.wait().unwrap();
    assert!(sent.elapsed() < Duration::from_secs(30), "{:?}", sent.elapsed());
    assert_eq!(status.code(), Some(130));
    let last = lines.last().unwrap();
    assert!(last.contains(r#""code":"cancelled""#), "{last}");
    assert!(config(&home).is_empty() && secret(&home).is_none());
}

/// docs/pairing.md#cancelling-and-restarting: a second pairing of the same folder names the process that holds it.
#[test]
fn a_second_concurrent_pairing_exits_6_and_names_the_holder() {
    let (server, home) = (waiting(), TestHome::new());
    let mut child = start(&home, &server, &[]);
    wait_until("the server has a pending code", || !server.pending().is_empty());
    let second = pair(&home, &server, &[]);
    assert_eq!(second.code, 6, "{}", second.err);
    assert!(second.err.contains("is in use by data_exporter authorize-device"), "{}", second.err);
    assert_eq!(server.pending().len(), 1);
    server.approve(&server.pending()[0].user_code).unwrap();
    assert!(child.wait().unwrap().success());
}

/// docs/pairing.md#steps: without a keychain no request is sent.
#[test]
fn an_unusable_keychain_fails_before_a_code_is_requested() {
    let (server, home) = (server(|_| {}), TestHome::new());
    let url = server.base_url();
    let answer = home.run(&["authorize-device", "--api-url", &url, "--no-https", "--json"]);
    assert_eq!(answer.code, 8, "{}", answer.err);
    assert!(answer.out.contains(r#""code":"keychain""#), "{}", answer.out);
    assert!(answer.err.contains("data_exporter authorize-device --secret-store file"), "{}", answer.err);
    assert!(server.requests().is_empty());
}

/// docs/pairing.md#data-forge: an address named by the server counts at its own origin only.
#[test]
fn a_foreign_address_named_by_the_server_is_ignored() {
    let server = server(|pairing| pairing.api_base_url = Some("https://elsewhere.example".to_owned()));
    let home = TestHome::new();
    let answer = pair(&home, &server, &[]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.err.contains("`https://elsewhere.example`"), "{}", answer.err);
    assert!(config(&home).contains(&server.base_url()) && !config(&home).contains("elsewhere"));
}

/// docs/pairing.md#data-forge: an address that the client would refuse afterwards does not get into the configuration.
#[test]
fn an_address_named_by_the_server_that_the_client_refuses_is_ignored() {
    let server = server(|_| {});
    for end in ["/#x", "/?", "/?a=1"] {
        let named = format!("{}{end}", server.base_url());
        server.switch(|switches| switches.pairing.api_base_url = Some(named));
        let home = TestHome::new();
        let answer = pair(&home, &server, &[]);
        assert_eq!(answer.code, 0, "{end} {}", answer.err);
        assert!(answer.err.contains("it must not contain `?` or `#`"), "{}", answer.err);
        assert_eq!(home.run(&["status"]).code, 0, "{end} makes the configuration unusable");
    }
}

/// docs/pairing.md#where-secrets-may-appear: secrets in the replies are stored in the secret store only.
#[test]
fn secrets_are_written_only_to_the_secret_store() {
    for dialect in [Dialect::DfmA, Dialect::DfmC, Dialect::Rfc, Dialect::Aip, Dialect::Romm] {
        let server = server(|pairing| {
            pairing.dialect = dialect;
            pairing.auto_approve = Some(1);
        });
        let home = TestHome::new().variable("DATA_EXPORTER_LOG", "trace");
        let flags: &[&str] = match dialect {
            Dialect::Rfc => &["--dialect", "rfc8628", "--client-id", "data-exporter"],
            Dialect::Aip => &["--dialect", "aip"],
            Dialect::Romm => &["--dialect", "romm"],
            Dialect::DfmA | Dialect::DfmC => &["--qr"],
        };
        let mut shown = Vec::new();
        for json in [&["--json"][..], &[]] {
            let answer = pair(&home, &server, &[flags, json].concat());
            assert_eq!(answer.code, 0, "{dialect:?} {}", answer.err);
            shown.extend((answer.out + &answer.err).into_bytes());
        }
        let stored = secret(&home).unwrap();
        let stored = serde_json::from_str::<serde_json::Value>(&stored)
            .map_or(stored.trim().to_owned(), |line| {
                line["token"].as_str().unwrap_or(stored.trim()).to_owned()
            });
        std::fs::remove_file(home.path().join("secrets/client_secret")).unwrap();
        let mut written = everything_in(home.path());
        written.extend(shown);
        let holds = |text: &str| written.windows(text.len()).any(|bytes| bytes == text.as_bytes());
        assert!(!holds(&stored), "{dialect:?}");
        // Prefixes of device codes, tokens and raw bodies, by dialect.
        for canary in ["eyJ", "device_", "aip_at_", "aip_rt_", "rmm_", "deviceCode", "access_token", "dpop"] {
            assert!(!holds(canary), "{dialect:?}: {canary}");
        }
    }
}

/// docs/pairing.md#configtoml-after-a-pairing: only the credential changes; comments are kept; the former file is
/// kept without its secrets.
#[test]
fn pairing_again_changes_only_the_credential() {
    let server = server(|_| {});
    let home = TestHome::with_config(
        "# our shop\n[src]\nsource_dir = '/data' # tables\n\n[credential]\naccount = \"acme\"\n\
         username = \"scanner\"\npassword = \"pw_canary\"\n\n[scheduler]\ncrontab = \"0 3 * * *\"\n\
         \n[encoding]\ndbf_encoding = \"CP1251\"\n",
    );
    let answer = pair(&home, &server, &[]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let text = config(&home);
    for stored in ["# our shop", "source_dir = '/data' # tables", "crontab = \"0 3 * * *\"", "\"CP1251\""] {
        assert!(text.contains(stored), "{text}");
    }
    assert!(!text.contains("skip_unchanged") && !text.contains("jitter"), "{text}");
    assert!(
        !text.contains("acme") && !String::from_utf8_lossy(&everything_in(home.path())).contains("pw_canary")
    );
    assert!(answer.err.contains("account, username and password"), "{}", answer.err);
    let backup = std::fs::read_to_string(home.path().join("config.toml.bak")).unwrap();
    assert!(backup.contains("# our shop"));
}

/// The address rules of the command (docs/command-line.md#authorize-device).
#[test]
fn http_is_refused_unless_allowed_or_loopback() {
    let home = TestHome::new();
    for (flags, exit) in [
        (&["--api-url", "http://127.0.0.1:1"][..], 2),
        (&["--api-url", "http://shop.example", "--no-https"], 2),
        (&["--api-url", "https://shop.example", "--no-https"], 2),
        (&["--api-url", "shop"], 2),
        (&[], 2),
    ] {
        let answer = home.run(&[&["authorize-device"], flags].concat());
        assert_eq!(answer.code, exit, "{flags:?} {}", answer.err);
    }
}

/// The events are those of docs/command-line.md#authorize-device, one per line.
#[test]
fn events_are_one_json_object_per_line() {
    let (server, home) = (speaking(Dialect::DfmA), TestHome::new());
    let (code, events) = events(&home, &server, &[]);
    let names: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!((code, names), (0, vec!["code", "waiting", "authorized"]));
    for member in ["user_code", "verification_uri", "verification_uri_complete", "expires_in", "interval"] {
        assert!(!events[0][member].is_null(), "{member}");
    }
    assert!(events[2]["config"].as_str().unwrap().ends_with("config.toml"));
}

/// docs/pairing.md#data-forge: a site has one device, so a second one with the same name disconnects the first, which
/// reports it in its
/// next run and requests a token once.
#[test]
fn pairing_a_second_machine_with_the_same_name_disconnects_the_first() {
    use local_data_forge::Endpoint;
    let server = speaking(Dialect::DfmA);
    let tables = tempfile::tempdir().unwrap();
    let folder = tables.path().display().to_string();
    let table = test_tables::Table::new(test_tables::Dialect::DBase3)
        .field(test_tables::Field::character("NAME", 5))
        .raw_row(b" salt ");
    table.build().write(tables.path(), "GOODS.DBF").unwrap();
    let (first, second) = (TestHome::new(), TestHome::new());
    assert_eq!(pair(&first, &server, &["--source-dir", &folder]).code, 0);
    assert_eq!(pair(&second, &server, &["--source-dir", &folder]).code, 0);
    server.forget_requests();
    let answer = first.run(&["export"]);
    assert_eq!(answer.code, 4, "{}", answer.err);
    assert!(answer.err.contains("pair"), "{}", answer.err);
    let asked = server.requests().iter().filter(|seen| seen.endpoint == Endpoint::Token).count();
    assert!((1..=3).contains(&asked), "{asked}: each token path at most once");
    let status = first.run(&["status", "--json"]);
    assert!(status.out.contains("\"needs_attention\""), "{}", status.out);
}
