//! The whole flow in each dialect, as a new user runs it, and its result on disk.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use local_data_forge::{Bodies, Dialect, Endpoint, Metadata, Registration};
use test_support::TestHome;

use super::site::{config, events, pair, secret, server, speaking};

#[test]
fn data_forge_issues_a_domain_and_a_secret() {
    let (server, home) = (speaking(Dialect::DfmA), TestHome::new());
    let missing = pair(&home, &server, &["--source-dir", "not/there"]);
    assert_eq!(missing.code, 7, "{}", missing.err);
    assert!(missing.err.contains("the source folder `not/there` cannot be read: "), "{}", missing.err);
    assert!(server.requests().is_empty(), "no code was asked for");
    let folder = home.path().display().to_string();
    let answer = pair(&home, &server, &["--source-dir", &folder, "--crontab", "*/5 * * * *"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let code = answer.out.lines().find_map(|line| line.strip_prefix("2. Enter code: ")).unwrap();
    let domain = answer.out.lines().find_map(|line| line.strip_prefix("Domain: ")).unwrap();
    let shown = home.masked(&answer.out).replace(code, "CODE").replace(domain, "DOMAIN");
    insta::assert_snapshot!(shown.replace(&server.base_url(), "ADDRESS"));
    let saved = config(&home).replace(&server.base_url(), "ADDRESS").replace(domain, "DOMAIN");
    let saved = saved.replace(&folder, "FOLDER");
    let saved: Vec<&str> = saved.lines().filter(|line| !line.starts_with("site_id")).collect();
    insta::assert_snapshot!("config", saved.join("\n"));
    assert!(!config(&home).contains(secret(&home).unwrap().trim()));
    let tokens = server.requests().iter().filter(|seen| seen.endpoint == Endpoint::Token).count();
    assert_eq!(tokens, 1, "the credential was verified before success was reported");
}

#[test]
fn data_forge_can_issue_a_refresh_token() {
    let (server, home) = (speaking(Dialect::DfmC), TestHome::new());
    let (code, events) = events(&home, &server, &[]);
    assert_eq!((code, &events.last().unwrap()["domain"]), (0, &"warehouse-scanner-1".into()));
    assert!(secret(&home).unwrap().starts_with(r#"{"kind":"refresh""#));
    assert!(!secret(&home).unwrap().contains("eyJ"), "a renewable token is not stored");
}

#[test]
fn rfc_8628_works_with_discovery_both_metadata_documents_and_given_endpoints() {
    let flags = ["--dialect", "rfc8628", "--client-id", "data-exporter", "--scope", "data.write"];
    for metadata in [Metadata::Oauth, Metadata::Openid] {
        let server = server(|pairing| {
            pairing.dialect = Dialect::Rfc;
            pairing.metadata = metadata;
        });
        let home = TestHome::new();
        let (code, events) = events(&home, &server, &flags);
        assert_eq!(code, 0, "{events:?}");
        assert!(events.last().unwrap()["domain"].is_null());
        assert!(secret(&home).unwrap().contains("/oauth2/token"));
    }
    let (server, home) = (speaking(Dialect::Rfc), TestHome::new());
    let base = server.base_url();
    let (code, token) = (format!("{base}/oauth2/device_authorization"), format!("{base}/oauth2/token"));
    let endpoints = ["--device-authorization-endpoint", code.as_str(), "--token-endpoint", token.as_str()];
    let arguments =
        [&["authorize-device", "--no-https", "--secret-store", "file"], &flags[..], &endpoints].concat();
    let answer = home.run(&arguments);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(!config(&home).contains("base_url"), "no address is needed and none is sent");
}

#[test]
fn rfc_8628_works_with_json_bodies() {
    let server = server(|pairing| {
        pairing.dialect = Dialect::Rfc;
        pairing.bodies = Bodies::Json;
        pairing.refresh_tokens = false;
    });
    let home = TestHome::new();
    let flags = ["--dialect", "rfc8628", "--client-id", "data-exporter", "--body", "json"];
    assert_eq!(events(&home, &server, &flags).0, 0);
    assert!(secret(&home).unwrap().starts_with(r#"{"kind":"bearer""#));
}

#[test]
fn aip_registers_once_polls_through_server_errors_and_shows_the_session() {
    for (status, path) in [(500, false), (400, true)] {
        let server = server(|pairing| {
            pairing.dialect = Dialect::Aip;
            pairing.pending_status = status;
            pairing.specification_path = path;
            pairing.auto_approve = Some(1);
        });
        let home = TestHome::new();
        for _ in 0..2 {
            let (code, events) = events(&home, &server, &["--dialect", "aip"]);
            assert_eq!(code, 0, "{events:?}");
            let account = events.last().unwrap()["domain"].as_str().unwrap().to_owned();
            assert!(account.contains("did:"), "{account}");
        }
        let registered = server.requests().iter().filter(|seen| seen.endpoint == Endpoint::Register).count();
        assert_eq!(registered, 1, "the name is kept");
    }
}

#[test]
fn aip_without_registration_is_reported_with_a_remedy() {
    for registration in [Registration::Refused, Registration::Missing] {
        let server = server(|pairing| {
            pairing.dialect = Dialect::Aip;
            pairing.registration = registration;
        });
        let home = TestHome::new();
        let (code, events) = events(&home, &server, &["--dialect", "aip"]);
        assert_eq!((code, &events.last().unwrap()["code"]), (4, &"unsupported".into()));
        assert!(events.last().unwrap()["message"].as_str().unwrap().contains("`--client-id`"));
        let known = ["--dialect", "aip", "--client-id", "device-flow-cli-example"];
        assert_eq!(self::events(&home, &server, &known).0, 0);
    }
}

#[test]
fn romm_joins_its_paths_keeps_the_install_id_and_shows_the_user() {
    for absolute in [false, true] {
        let server = server(|pairing| {
            pairing.dialect = Dialect::Romm;
            pairing.absolute_urls = absolute;
        });
        let home = TestHome::new();
        let mut ids = Vec::new();
        for _ in 0..2 {
            let (code, events) = events(&home, &server, &["--dialect", "romm"]);
            assert_eq!(code, 0, "{events:?}");
            let base = server.base_url();
            assert_eq!(events[0]["verification_uri"], format!("{base}/pair/device"));
            let link = events[0]["verification_uri_complete"].as_str().unwrap();
            assert!(link.starts_with(&format!("{base}/pair/device?user_code=")), "{link}");
            assert_eq!(events.last().unwrap()["domain"], "demo");
            assert_eq!(events.last().unwrap()["scopes"][0], "me.read");
            ids.push(std::fs::read_to_string(home.path().join("install_id")).unwrap());
        }
        assert_eq!(ids[0], ids[1]);
        assert!(secret(&home).unwrap().starts_with(r#"{"kind":"bearer""#));
    }
}

#[test]
fn an_aip_client_that_was_forgotten_registers_again() {
    let (server, home) = (speaking(Dialect::Aip), TestHome::new());
    home.write("clients.json", &format!(r#"{{"{}":"forgotten"}}"#, server.base_url()));
    let (code, events) = events(&home, &server, &["--dialect", "aip"]);
    assert_eq!(code, 0, "{events:?}");
    assert!(!std::fs::read_to_string(home.path().join("clients.json")).unwrap().contains("forgotten"));
}

/// Only what the specification's program shows on standard error is used to approve the pairing.
#[test]
fn the_sample_program_shows_address_and_code_and_prints_no_secret() {
    let server = server(|pairing| pairing.auto_approve = None);
    let program = Path::new(env!("CARGO_BIN_EXE_data_exporter")).with_file_name("examples/pair_local");
    // Already built when all tests run, but not when only these do.
    let build = ["build", "--quiet", "--example", "pair_local", "--offline", "--locked"];
    let mut cargo = Command::new(env!("CARGO"));
    assert!(cargo.args(build).current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap().success());
    let mut program = Command::new(&program)
        .args([&server.base_url(), "false"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stderr.take().unwrap()).lines().map(Result::unwrap);
    let address = lines.by_ref().find_map(|line| line.strip_prefix("1. Open: ").map(str::to_owned));
    assert_eq!(address, Some(format!("{}/device-verify", server.base_url())));
    let code = lines.find_map(|line| line.strip_prefix("2. Enter code: ").map(str::to_owned)).unwrap();
    server.approve(&code).unwrap();
    let output = program.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.starts_with("Authorized! Domain: ") && out.ends_with("Client Secret: [redacted]\n"), "{out}");
}
