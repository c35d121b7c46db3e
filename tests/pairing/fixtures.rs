//! Plays each fixture of a grant: compares the request and checks how the reply is understood.

use data_exporter::api::{Client, Limits};
use data_exporter::auth::device_flow::{ClientMetadata, DeviceFlowClient, PollAnswer};
use data_exporter::auth::dialect::clients::{ClientIds as _, InMemory};
use data_exporter::auth::dialect::{Aip, Dfm, Endpoint, Rfc8628, Romm, ServerDialect};
use std::sync::Arc;

use local_data_forge::wire_fixture::{self, Exchange, Values};
use test_support::scripted::{Scripted, filled, json};

const CLI: &str = "device-flow-cli-example";
const METADATA: &str = r#"{"issuer":"BASE","device_authorization_endpoint":"BASE/oauth/device",
    "token_endpoint":"BASE/oauth/token","registration_endpoint":"BASE/oauth/clients/register"}"#;

/// Fixtures that only another client, or the pages, would send.
fn is_ours(exchange: &Exchange) -> bool {
    let other = [
        "dfm-authorize-bad-name",
        "dfm-authorize-blank",
        "dfm-authorize-device",
        "dfm-authorize-malformed",
        "dfm-authorize-site",
        "dfm-token-blank",
        "dfm-token-short",
        "dfmc-authorize",
        "rfc-device-bad-scope",
        "rfc-device-no-client",
        "rfc-device-no-scope",
        "rfc-device-no-scope-json",
        "rfc-device-unknown-client",
        "rfc-token-no-code",
        "rfc-token-other-client",
        "rfc-token-other-grant",
        "rfc-token-unknown-client",
        "aip-device-json",
        "aip-device-no-client",
        "aip-device-no-grant",
        "aip-device-unknown-client",
        "aip-token-other-grant",
        "aip-token-unknown-client",
        "romm-init-least",
        "romm-init-no-name",
        "romm-init-no-scope",
        "romm-init-unknown-scope",
        "romm-token-blank",
    ];
    !other.contains(&exchange.name.as_str())
}

async fn dialect(exchange: &Exchange, server: &Scripted) -> Option<Arc<dyn ServerDialect>> {
    let client = Client::new(&server.url, false, Limits::default()).unwrap();
    let is_json = exchange.name.ends_with("-json");
    let at = |path: &str| Endpoint::at(&format!("{}{path}", server.url), false).unwrap();
    Some(match exchange.name.split('-').next()? {
        "dfm" | "dfmc" => Arc::new(Dfm::new(&client)),
        "rfc" => Arc::new(
            Rfc8628::new(at("/oauth2/device_authorization"), at("/oauth2/token"), "data-exporter")
                .scope(Some("data.write".to_owned()))
                .json(is_json),
        ),
        "aip" => {
            let ids = InMemory::default();
            Arc::new(Aip::prepare(&client, false, Some(CLI.to_owned()), None, &ids).await.unwrap())
        }
        "romm" => Arc::new(Romm::new(&client, "install-1")),
        _ => return None,
    })
}

fn metadata() -> ClientMetadata {
    ClientMetadata {
        device_name: "Warehouse Scanner #1".to_owned(),
        device_type: Some("raspberry-pi".to_owned()),
        firmware_version: Some("2.1.0".to_owned()),
    }
}

fn word(answer: &Result<PollAnswer<impl Sized>, data_exporter::error::Error>) -> &'static str {
    match answer {
        Ok(PollAnswer::Granted(_)) => "granted",
        Ok(PollAnswer::Pending) => "pending",
        Ok(PollAnswer::SlowDown { .. }) => "slow_down",
        Ok(PollAnswer::Denied) => "denied",
        Ok(PollAnswer::Expired) => "expired",
        Ok(PollAnswer::InvalidGrant) => "invalid_grant",
        Ok(PollAnswer::Refused(_)) => "refused",
        Ok(PollAnswer::Failed(_)) | Err(_) => "trouble",
    }
}

#[tokio::test]
async fn every_grant_fixture_is_sent_and_parsed() {
    let mut meanings = Vec::new();
    for exchange in wire_fixture::load_all().unwrap() {
        let (Some((family, what)), true) = (exchange.name.split_once('-'), is_ours(&exchange)) else {
            continue;
        };
        let asks_code = ["authorize", "device", "init"].iter().any(|start| what.starts_with(start));
        let polls = what.starts_with("token");
        let grants = ["dfm", "dfmc", "rfc", "aip", "romm"].contains(&family);
        if !grants || !(asks_code || polls) {
            continue;
        }
        let reply = filled(exchange.reply.status, &exchange.reply.fill(&Values::new()));
        let mut answers = vec![reply.clone(), reply.clone(), reply];
        if family == "aip" {
            answers.insert(0, json(404, ""));
            answers.insert(1, json(404, ""));
        }
        if exchange.name == "aip-device-specification" {
            answers.insert(2, json(404, ""));
        }
        let server = Scripted::start(answers).await;
        let client = DeviceFlowClient::speaking(dialect(&exchange, &server).await.unwrap());
        let before = server.seen().len();
        if polls {
            let code = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
            meanings.push(format!("{}: {}", exchange.name, word(&client.poll_for_token(code).await)));
        } else {
            let meaning = match client.authorize(&metadata()).await {
                Ok(code) => format!("a code for {} s", code.expires_in),
                Err(error) => format!("{} {}", error.code.as_str(), error.code.exit_code()),
            };
            meanings.push(format!("{}: {meaning}", exchange.name));
        }
        let seen = server.seen();
        let last = if exchange.name == "aip-device-path-missing" { before } else { seen.len() - 1 };
        let request = &seen[last];
        if let Err(mismatch) = exchange.request.matches(
            &request.method,
            &request.path,
            &request.headers,
            &request.body,
            &Values::new(),
        ) {
            panic!("{}: {mismatch}", exchange.name);
        }
    }
    insta::assert_snapshot!(meanings.join("\n"));
}

#[tokio::test]
async fn a_client_registers_as_in_the_fixture_and_its_id_is_cached() {
    let exchange = wire_fixture::load("aip-register").unwrap();
    let reply = filled(exchange.reply.status, &exchange.reply.fill(&Values::new()));
    // The metadata needs the server's own address, which is known only once it runs.
    let server = Scripted::start(vec![json(404, METADATA), json(404, ""), reply]).await;
    let client = Client::new(&server.url, false, Limits::default()).unwrap();
    let ids = InMemory::default();
    Aip::prepare(&client, false, None, None, &ids).await.unwrap();
    assert!(ids.recall(&server.url).is_some());
    let seen = server.seen();
    let request = seen.last().unwrap();
    let compared = exchange.request.matches(
        &request.method,
        &request.path,
        &request.headers,
        &request.body,
        &Values::new(),
    );
    assert!(compared.is_ok(), "{compared:?}");
}
