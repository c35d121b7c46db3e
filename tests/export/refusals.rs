//! Permanent refusals of the server: of one table, or of the run.

use data_exporter::export::RunRequest;
use data_exporter::models::Secret;
use data_exporter::models::export::{RunState, Trigger, UploadState};
use data_exporter::platform;
use local_data_forge::{BatchStatus, Endpoint, Fault, Rule};
use test_support::export_harness::{ExportHarness, error_code, file, state};

fn refusal(status: u16) -> Fault {
    let body = r#"{"status":422,"error":"Unprocessable","message":"not this one"}"#.to_owned();
    Fault::Reply { status, content_type: "application/json".to_owned(), body }
}

#[tokio::test]
async fn any_other_4xx_fails_the_table_and_not_the_run() {
    for status in [400, 404, 409, 422] {
        let mut harness = ExportHarness::with_tables(3);
        harness.config.api.uploads_in_flight = 1;
        harness.server.fault(Rule::nth(2, refusal(status)).on(Endpoint::Upload));
        let outcome = harness.export().await;
        assert_eq!(state(&outcome), (RunState::CompleteWithWarnings, 3), "{status}");
        assert_eq!(harness.statuses(), [BatchStatus::CompletedWithWarnings]);
        assert_eq!(harness.arrived().len(), 2);
        assert_eq!(file(&outcome, "T01.DBF").upload, Some(UploadState::Failed));
    }
}

#[tokio::test]
async fn a_table_that_always_gets_a_500_fails_alone() {
    let mut harness = ExportHarness::with_tables(3);
    harness.config.api.uploads_in_flight = 1;
    harness.retry_policy = data_exporter::api::RetryPolicy::Attempts(3);
    for n in 2..=4 {
        harness.server.fault(Rule::nth(n, Fault::Status(500)).on(Endpoint::Upload));
    }
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::CompleteWithWarnings, 3));
    assert_eq!(harness.arrived().len(), 2);
}

#[tokio::test]
async fn a_part_too_large_for_the_server_is_split_by_rows() {
    let harness = ExportHarness::new();
    let rows: Vec<String> =
        (0..40_000_u64).map(|n| format!("{:040x}", n.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect();
    harness.table("BIG.DBF", &rows.iter().map(String::as_str).collect::<Vec<_>>());
    harness.table("SMALL.DBF", &["one"]);
    harness.server.switch(|switches| switches.max_part = 250_000);
    let outcome = harness.export().await;
    let big = file(&outcome, "BIG.DBF");
    assert_eq!(state(&outcome), (RunState::Complete, 0), "{:?}", big.report.error);
    assert!(big.parts > 1, "{} parts", big.parts);
    assert_eq!(big.wire_name.as_deref(), Some("BIG.part-0001.csv.gz"));
    let arrived = harness.arrived();
    let parts: Vec<&Vec<String>> =
        arrived.iter().filter(|(name, _)| name.starts_with("BIG.part-")).map(|(_, lines)| lines).collect();
    assert_eq!(parts.len(), big.parts as usize);
    assert!(parts.iter().all(|lines| lines[0] == "NAME"), "each part has the header row");
    let carried: Vec<&String> = parts.iter().flat_map(|lines| &lines[1..]).collect();
    assert!(carried.iter().copied().eq(&rows), "every row once and in order");
}

#[tokio::test]
async fn a_part_that_cannot_be_split_further_fails_alone() {
    let harness = ExportHarness::with_tables(2);
    harness.server.fault(Rule::nth(1, Fault::Status(413)).on(Endpoint::Upload));
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::CompleteWithWarnings, 3));
    assert_eq!(harness.arrived().len(), 1);
    assert!(harness.errors().contains(&"FILE_TOO_LARGE".to_owned()));
}

#[tokio::test]
async fn a_site_that_requires_api_v2_is_reported() {
    let harness = ExportHarness::with_tables(2);
    harness.server.switch(|switches| switches.api_v2_required = true);
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::Failed, 1));
    assert_eq!(error_code(&outcome), "API_V2_REQUIRED");
}

#[tokio::test]
async fn retired_credentials_require_a_new_pairing() {
    let harness = ExportHarness::with_tables(2);
    harness.server.switch(|switches| switches.basic_gone = true);
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::Failed, 4));
    assert_eq!(error_code(&outcome), "NOT_PAIRED");
}

#[tokio::test]
async fn a_wrong_secret_is_reported_after_each_token_path_was_tried_once() {
    let mut harness = ExportHarness::with_tables(2);
    harness.config.credential.device.as_mut().unwrap().client_secret = Some(Secret::new("canary-wrong"));
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::Failed, 4));
    assert_eq!(error_code(&outcome), "AUTHENTICATION_FAILED");
    assert!(harness.requests(Endpoint::Token) <= 3);
    assert!(!serde_json::to_string(&outcome.report).unwrap().contains("canary"));
}

#[tokio::test]
async fn a_batch_of_another_computer_ends_the_run_at_once() {
    let harness = ExportHarness::with_tables(2);
    let context = harness.context();
    let foreign = context.sink.open().await.unwrap();
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::Failed, 1));
    assert_eq!(error_code(&outcome), "BATCH_ACTIVE");
    assert_eq!(harness.requests(Endpoint::Start), 2);
    assert_eq!(harness.server.batch(&foreign.id).unwrap().status, BatchStatus::InProgress);
}

#[tokio::test]
async fn when_one_part_of_a_table_is_rejected_no_part_is_delivered() {
    let mut harness = ExportHarness::with_tables(2);
    let rows: Vec<String> =
        (0..60_000_u64).map(|n| format!("{:040x}", n.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect();
    harness.table("BIG.DBF", &rows.iter().map(String::as_str).collect::<Vec<_>>());
    harness.server.switch(|switches| {
        switches.unique_keys = false;
        switches.max_part = 260_000;
    });
    harness.config.api.uploads_in_flight = 1;
    // The whole file gets a 413; then its first part is stored and its second rejected.
    harness.server.fault(Rule::nth(5, refusal(422)).on(Endpoint::Upload));
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::CompleteWithWarnings, 3), "{:?}", outcome.report.error);
    assert_eq!(file(&outcome, "BIG.DBF").upload, Some(UploadState::Failed));
    assert_eq!(harness.arrived().into_keys().collect::<Vec<_>>(), ["T00.csv.gz", "T01.csv.gz"]);
    assert_eq!(harness.statuses(), [BatchStatus::Cancelled, BatchStatus::CompletedWithWarnings]);
}

/// docs/reliability.md#rule-7-outcome-of-a-run: automatic runs try a rejected credential once in five minutes, manual
/// runs always.
#[tokio::test]
async fn a_rejected_credential_is_reported_once_and_not_retried_for_a_while() {
    let mut harness = ExportHarness::with_tables(1);
    harness.config.credential.device.as_mut().unwrap().client_secret = Some(Secret::new("wrong"));
    let by_itself = || RunRequest { rests: true, trigger: Trigger::Schedule, ..RunRequest::default() };
    let first = harness.export_with(by_itself()).await;
    assert_eq!((first.exit_code, first.report.error.unwrap().code.as_str()), (4, "AUTHENTICATION_FAILED"));
    let asked = harness.server.requests().len();
    assert!(asked > 0);
    let base_url = harness.server.base_url();
    assert!(harness.store().refused_at(&base_url).unwrap().is_some(), "recorded after one run");

    let second = harness.export_with(by_itself()).await;
    assert_eq!(second.exit_code, 4);
    let message = second.report.error.unwrap().message;
    assert!(message.ends_with("it is not asked again for 5 minutes"), "{message}");
    assert_eq!(harness.server.requests().len(), asked, "no further request was sent");
    assert_eq!(harness.errors(), ["AUTHENTICATION_FAILED"], "one message");

    harness.export().await;
    assert!(harness.server.requests().len() > asked, "a manual run tries at once");
    let asked = harness.server.requests().len();
    let six_minutes_ago = platform::now() - chrono::TimeDelta::minutes(6);
    harness.store().remember_refused(&base_url, Some(six_minutes_ago)).unwrap();
    harness.export_with(by_itself()).await;
    assert!(harness.server.requests().len() > asked);
    let later = platform::now() + chrono::TimeDelta::hours(2);
    harness.store().remember_refused(&base_url, Some(later)).unwrap();
    harness.config.credential.device.as_mut().unwrap().client_secret = Some(Secret::new("cs_secret123"));
    let repaired = harness.export_with(by_itself()).await;
    assert_eq!(repaired.exit_code, 0, "a clock that was set back delays nothing");
    assert_eq!(harness.store().refused_at(&base_url).unwrap(), None);
}
