//! Pairing by the engine: code, browser, success, and each failure.

use data_exporter::models::command::{Command, EngineEvent};
use data_exporter::models::pairing::{BrowserState, PairingFault, PairingRequest, PairingState};
use data_exporter::models::snapshot::State;

use test_support::engine_harness::EngineHarness;

fn pair() -> Command {
    Command::StartPairing(Box::default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_shown_before_the_browser_opens_and_the_approval_pairs() {
    let harness = EngineHarness::new();
    let mut engine = harness.engine().await;
    assert_eq!(engine.engine.snapshot().state, State::Unpaired);
    engine.send(pair()).await;
    assert!(!matches!(engine.engine.snapshot().pairing, PairingState::Idle));
    let mut shown = None;
    let address = engine
        .event(|event| match event {
            EngineEvent::Changed { snapshot } => {
                shown = Some(snapshot.pairing);
                None
            }
            EngineEvent::OpenAddress { address } => Some(address),
            _ => None,
        })
        .await;
    let Some(PairingState::Waiting { code, browser, .. }) = shown else { panic!("the browser came first") };
    assert_eq!(browser, BrowserState::Asked);
    assert_eq!(Some(&address), code.verification_uri_complete.as_ref());
    assert!(address.contains(&code.user_code) && code.qr.is_some());
    harness.server.approve(&code.user_code).unwrap();
    let done = engine.until(|now| matches!(now.pairing, PairingState::Done { .. })).await;
    let paired = done.paired.unwrap();
    assert_eq!(paired.base_url, Some(harness.server.base_url()));
    assert!(paired.since.is_some());
    assert_eq!(done.state, State::NeverRun);
    let text = format!("{:?}{}", done.pairing, harness.config_text());
    assert!(!text.contains("cs_") && text.contains(&paired.domain), "{text}");

    engine.export().await;
    assert_eq!(engine.run_ended(0).await.state, State::Ok);
    engine.send(Command::Unpair).await;
    assert_eq!(engine.until_state(State::Unpaired).await.paired, None);
    assert!(!harness.path("secrets/client_secret").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_and_a_cancelled_pairing_change_nothing() {
    let harness = EngineHarness::new();
    let before = harness.config_text();
    let mut engine = harness.engine().await;
    engine.send(pair()).await;
    harness.server.deny(&engine.code().await).unwrap();
    let failed = |fault| move |pairing: &PairingState| matches!(pairing, PairingState::Failed { fault: found, .. } if *found == fault);
    engine.until(|now| failed(PairingFault::AccessDenied)(&now.pairing)).await;
    engine.send(Command::CancelPairing).await;
    engine.until(|now| now.pairing == PairingState::Idle).await;

    engine.send(pair()).await;
    engine.code().await;
    engine.send(Command::CancelPairing).await;
    engine.until(|now| failed(PairingFault::Cancelled)(&now.pairing)).await;
    assert_eq!(harness.config_text(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn starting_again_requests_a_new_code_and_abandons_the_first() {
    let harness = EngineHarness::new();
    let mut engine = harness.engine().await;
    engine.send(pair()).await;
    let first = engine.code().await;
    engine.send(pair()).await;
    let second = engine
        .until(|now| matches!(&now.pairing, PairingState::Waiting { code, .. } if code.user_code != first))
        .await;
    let PairingState::Waiting { code, .. } = second.pairing else { panic!() };
    harness.server.approve(&code.user_code).unwrap();
    engine.until(|now| matches!(now.pairing, PairingState::Done { .. })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_server_and_an_http_address_have_their_own_faults() {
    let harness = EngineHarness::new();
    let mut engine = harness.engine().await;
    let pair = |url: &str| {
        let request = PairingRequest { base_url: Some(url.to_owned()), ..PairingRequest::default() };
        Command::StartPairing(Box::new(request))
    };
    for (url, wanted) in [
        ("http://shop.example.com", PairingFault::Configuration),
        ("no address", PairingFault::Configuration),
        // Port 9 is the discard service or closed.
        ("https://127.0.0.1:9", PairingFault::Network),
    ] {
        engine.send(pair(url)).await;
        let ended = engine
            .until(|now| matches!(&now.pairing, PairingState::Failed { fault, .. } if *fault == wanted))
            .await;
        let PairingState::Failed { message, hint, .. } = ended.pairing else { panic!() };
        assert!(!message.is_empty() && hint.is_some(), "{url}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_does_not_start_is_shown() {
    let harness = EngineHarness::new();
    let mut engine = harness.engine().await;
    engine.send(pair()).await;
    engine.code().await;
    engine.send(Command::BrowserFailed { why: "no such program".to_owned() }).await;
    let failed = BrowserState::Failed { why: "no such program".to_owned() };
    engine
        .until(|now| matches!(&now.pairing, PairingState::Waiting { browser, .. } if *browser == failed))
        .await;
}
