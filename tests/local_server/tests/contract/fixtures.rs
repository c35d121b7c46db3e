//! Every exchange of `tests/fixtures/wire`, played against the server.

use std::time::Duration;

use local_data_forge::wire_fixture::{Exchange, Values, load_all};
use local_data_forge::{LocalServer, TokenReply};

use super::grant_fixtures::dialect_of;
use super::support::{Device, OTHER_SITE, send, server};

const REPORT: &str = r#"{"type": "CONNECTION_FAILED",
    "message": "Failed to connect to database server: timeout after 30s", "severity": "CRITICAL",
    "metadata": {"host": "db.example.com", "port": 5432, "retryCount": 3, "lastError": "ETIMEDOUT"}}"#;

#[test]
fn the_server_matches_every_fixture() {
    let mut wrong = Vec::new();
    for exchange in load_all().unwrap() {
        if dialect_of(&exchange.name).is_some() {
            continue;
        }
        let server = server(|_| {});
        let values = set_the_scene(&server, &exchange);
        let request = exchange.request.fill(&values);
        let answer = send(&server, &exchange.request.method, &request.path, &request.headers, &request.body);
        let matched = exchange.reply.matches(answer.status, &answer.headers, &answer.body, &values);
        wrong.extend(matched.err().map(|mismatch| format!("{}: {mismatch}", exchange.name)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Brings a server into the state that the exchange requires; returns the values of its placeholders.
fn set_the_scene(server: &LocalServer, exchange: &Exchange) -> Values {
    let name = exchange.name.as_str();
    let mut values = Values::new();
    let mut put = |name: &str, value: &str| values.insert(name.to_owned(), value.to_owned());
    put("bytes", "bytes");
    match name.strip_prefix("f3-").or(name.strip_prefix("f2-")) {
        Some("gone") => server.switch(|switches| switches.dfc_gone = true),
        Some(rest) => {
            let device = Device::new(server);
            put("token", &device.token);
            let (what, how) = rest.split_at(rest.find('-').map_or(rest.len(), |_| split(rest)));
            let owner = if how == "-foreign" { Device::at(server, OTHER_SITE) } else { Device::new(server) };
            if how == "-same-minute" {
                server.clock().hold();
                let batch = owner.start();
                owner.upload(&batch, &[("GOODS.csv.gz", b"bytes")]);
                owner.close(&batch, "complete");
            }
            let needs_batch = how != "-unknown" && what != "batch-start" && what != "error-global";
            if needs_batch || how == "-active" {
                let batch = owner.start();
                put("batch", &batch);
                if matches!(what, "batch-get" | "file-get") || how == "-duplicate" {
                    owner.upload(&batch, &[("GOODS.csv.gz", b"bytes")]);
                    put("file", &server.files(&batch)[0].id);
                }
                if what == "error-get" {
                    owner.report(&format!("/api/dfc/error/{batch}"), REPORT);
                    put("error", &server.errors()[0].id);
                }
                if how == "-closed" {
                    owner.close(&batch, "complete");
                }
            }
            if what == "file-get" && how == "-unknown" {
                put("batch", &owner.start());
            }
            match how {
                "-inactive-site" => server.change_sites(|sites| sites[0].active = false),
                "-v2" => server.switch(|switches| switches.api_v2_required = true),
                "-limit" => server.switch(|switches| switches.account_batch_limit = 0),
                "-too-large" => server.switch(|switches| switches.max_part = 4),
                "-timed-out" => {
                    server.clock().advance(Duration::from_hours(1));
                    assert_eq!(server.sweep().len(), 1);
                }
                _ => {}
            }
        }
        None => match name {
            "empty-403" => server.switch(|switches| switches.refusal_status = 403),
            "token-specification" => {
                server.switch(|switches| switches.token_reply = TokenReply::Specification);
            }
            "token-gone" => server.switch(|switches| switches.basic_gone = true),
            "token-subscription-inactive" => {
                server.change_sites(|sites| sites[0].subscription_active = false);
            }
            _ => assert!(name.starts_with("token-") || name == "unknown-path", "no scene for {name}"),
        },
    }
    values
}

/// Returns the position where the name of the endpoint ends and the name of the case begins.
fn split(rest: &str) -> usize {
    const HOW: [&str; 15] = [
        "-active",
        "-bad-id",
        "-closed",
        "-duplicate",
        "-empty",
        "-foreign",
        "-inactive-site",
        "-limit",
        "-no-files",
        "-same-minute",
        "-timed-out",
        "-too-large",
        "-two-parts",
        "-unauthenticated",
        "-unknown",
    ];
    let how = HOW.iter().chain(["-v2"].iter()).find(|how| rest.ends_with(**how));
    rest.len() - how.map_or(0, |how| how.len())
}
