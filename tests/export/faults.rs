//! Late, lost, truncated or wrong replies: every table arrives once, or the run reports that it did not.

use std::time::Duration;

use data_exporter::api::RetryPolicy;
use data_exporter::models::export::RunState;
use local_data_forge::{BatchStatus, Endpoint, Families, Fault, RetryAfter, Rule};
use test_support::export_harness::{ExportHarness, error_code, file, state};

/// Exports with one fault, in each path family; every table has to arrive exactly once.
async fn survives(rule: Rule) -> ExportHarness {
    survives_at(Families::F2, rule.clone()).await;
    survives_at(Families::F3, rule).await
}

async fn survives_at(families: Families, rule: Rule) -> ExportHarness {
    let harness = ExportHarness::with_tables(5);
    harness.server.switch(|switches| switches.families = families);
    let name = format!("{rule:?}");
    harness.server.fault(rule);
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::Complete, 0), "{name}: {:?}", outcome.report.error);
    let arrived = harness.arrived();
    assert_eq!(arrived.len(), 5, "{name}");
    assert!(arrived.values().all(|lines| lines.len() == 4), "{name}");
    assert_eq!(harness.spooled(), 0, "{name}");
    harness
}

#[tokio::test]
async fn a_busy_server_is_retried() {
    for endpoint in [Endpoint::Token, Endpoint::Start, Endpoint::Upload, Endpoint::Complete] {
        for status in [408, 425, 429, 500, 502, 503] {
            survives(Rule::first(2, Fault::Status(status)).on(endpoint)).await;
        }
    }
}

#[tokio::test]
async fn both_forms_of_retry_after_are_respected() {
    for after in [RetryAfter::Seconds(7), RetryAfter::Date(7)] {
        let harness = survives(Rule::first(1, Fault::RetryAfter(429, after)).on(Endpoint::Start)).await;
        let waits = harness.waits.retries();
        assert!(waits.len() == 1 && (6.0..9.0).contains(&waits[0].as_secs_f64()), "{waits:?}");
    }
}

#[tokio::test]
async fn a_lost_reply_to_a_stored_upload_does_not_duplicate_the_file() {
    for fault in [
        Fault::ResetAfter,
        Fault::SilenceAfter,
        Fault::CutBody,
        Fault::CutJson,
        Fault::CaptivePortalAfter,
        Fault::StatusAfter(500),
        Fault::StatusAfter(502),
    ] {
        survives(Rule::first(1, fault.clone()).on(Endpoint::Upload)).await;
        survives(Rule::first(3, fault).on(Endpoint::Upload)).await;
    }
}

#[tokio::test]
async fn lost_replies_and_failed_uploads_are_distinguished_by_the_file_count() {
    let harness = ExportHarness::with_tables(5);
    harness.server.fault(Rule::nth(1, Fault::ResetAfter).on(Endpoint::Upload));
    harness.server.fault(Rule::nth(2, Fault::Status(503)).on(Endpoint::Upload));
    harness.server.fault(Rule::nth(3, Fault::ResetInBody(100)).on(Endpoint::Upload));
    harness.server.fault(Rule::nth(4, Fault::StatusAfter(500)).on(Endpoint::Upload));
    assert_eq!(state(&harness.export().await), (RunState::Complete, 0));
    assert_eq!(harness.arrived().len(), 5);
}

#[tokio::test]
async fn an_upload_is_retried_after_its_connection_breaks_or_stalls() {
    survives(Rule::first(1, Fault::ResetInBody(50)).on(Endpoint::Upload)).await;
    survives(Rule::first(1, Fault::StallInBody(50)).on(Endpoint::Upload)).await;
    survives(Rule::first(1, Fault::ResetBefore).on(Endpoint::Upload)).await;
    survives(Rule::first(1, Fault::Silence).on(Endpoint::Upload)).await;
}

#[tokio::test]
async fn a_lost_reply_to_complete_is_resolved_by_reading_the_batch() {
    for fault in [Fault::ResetAfter, Fault::CutJson, Fault::StatusAfter(500), Fault::CaptivePortalAfter] {
        let harness = survives(Rule::first(1, fault).on(Endpoint::Complete)).await;
        assert_eq!(harness.statuses(), [BatchStatus::Completed]);
    }
}

#[tokio::test]
async fn an_export_survives_a_captive_portal_and_a_redirect() {
    for endpoint in [Endpoint::Token, Endpoint::Start, Endpoint::Upload, Endpoint::Complete] {
        survives(Rule::first(1, Fault::CaptivePortal).on(endpoint)).await;
        survives(Rule::first(1, Fault::Redirect("http://portal.invalid/".to_owned())).on(endpoint)).await;
    }
    survives(Rule::first(1, Fault::GzipBomb(50)).on(Endpoint::Start)).await;
}

/// `DATA_EXPORTER_TEST_SEEDS` sets the number of seeds.
#[tokio::test]
async fn random_faults_neither_lose_nor_duplicate_tables() {
    let seeds = std::env::var("DATA_EXPORTER_TEST_SEEDS").map_or(5, |seeds| seeds.parse().unwrap());
    for seed in 1..=seeds {
        let mut harness = ExportHarness::with_tables(12);
        harness.retry_policy = RetryPolicy::Attempts(25);
        harness.server.switch(|switches| {
            switches.unique_keys = seed % 2 == 0;
            switches.families = [Families::F2, Families::F3, Families::Both][seed as usize % 3];
        });
        harness.server.fault(Rule::chance(200, seed, Fault::Status(503)));
        for (n, fault) in [Fault::ResetAfter, Fault::StatusAfter(500), Fault::CutBody, Fault::ResetInBody(40)]
            .into_iter()
            .enumerate()
        {
            let seed = seed + 1000 * (n as u64 + 1);
            harness.server.fault(Rule::chance(100, seed, fault.clone()).on(Endpoint::Upload));
            if fault != Fault::ResetInBody(40) {
                harness.server.fault(Rule::chance(150, seed + 7, fault.clone()).on(Endpoint::Complete));
                harness.server.fault(Rule::chance(150, seed + 9, fault).on(Endpoint::Batch));
            }
        }
        let outcome = harness.export().await;
        assert_eq!(state(&outcome), (RunState::Complete, 0), "seed {seed}: {:?}", outcome.report.error);
        assert_eq!(harness.arrived().len(), 12, "seed {seed}");
    }
}

#[tokio::test]
async fn a_token_rejected_within_a_batch_is_renewed_once() {
    let harness = survives(Rule::nth(3, Fault::Empty(401)).on(Endpoint::Upload)).await;
    assert_eq!(harness.requests(Endpoint::Token), 2);
    let harness = survives(Rule::nth(2, Fault::Empty(403)).on(Endpoint::Upload)).await;
    assert_eq!(harness.requests(Endpoint::Token), 2);
}

#[tokio::test]
async fn a_token_that_stays_rejected_stops_the_run_with_a_critical_error() {
    let mut harness = ExportHarness::with_tables(30);
    harness.config.api.uploads_in_flight = 1;
    harness.server.fault(Rule::always(Fault::Empty(401)).on(Endpoint::Upload));
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::Failed, 4));
    assert_eq!(error_code(&outcome), "AUTHENTICATION_FAILED");
    assert_eq!(harness.requests(Endpoint::Upload), 2, "one attempt and one retry");
    assert_eq!(harness.statuses(), [BatchStatus::Failed]);
}

#[tokio::test]
async fn a_server_that_stays_down_ends_the_run_after_its_attempts() {
    let mut harness = ExportHarness::with_tables(2);
    harness.retry_policy = RetryPolicy::default();
    harness.server.fault(Rule::always(Fault::Status(503)));
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::Failed, 5));
    assert_eq!(harness.requests(Endpoint::Token), 5 + 1, "and one for the error report");
}

#[tokio::test]
async fn a_checksum_mismatch_fails_the_batch_and_everything_is_sent_again() {
    let harness = ExportHarness::with_tables(3);
    harness.server.switch(|switches| switches.unique_keys = false);
    harness.server.fault(Rule::nth(2, Fault::WrongChecksum).on(Endpoint::Upload));
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::Complete, 0));
    assert_eq!(harness.statuses(), [BatchStatus::Cancelled, BatchStatus::Completed]);
    assert_eq!(harness.arrived().len(), 3);
}

#[tokio::test]
async fn a_batch_swept_during_the_run_is_sent_again_in_full() {
    let harness = ExportHarness::with_tables(4);
    harness.server.switch(|switches| {
        switches.unique_keys = false;
        switches.batch_timeout = Duration::from_millis(150);
        switches.sweep_every = Duration::from_millis(20);
    });
    harness.server.fault(Rule::nth(3, Fault::Delay(Duration::from_millis(300))).on(Endpoint::Upload));
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::Complete, 0), "{:?}", outcome.report.error);
    assert_eq!(harness.statuses(), [BatchStatus::NotCompleted, BatchStatus::Completed]);
    assert_eq!(harness.arrived().len(), 4);
    assert!(file(&outcome, "T00.DBF").upload.is_some());
}

#[tokio::test]
async fn a_cancelled_run_cancels_its_batch() {
    let mut slow = ExportHarness::with_tables(6);
    slow.server.fault(Rule::nth(3, Fault::Delay(Duration::from_millis(200))).on(Endpoint::Upload));
    slow.config.api.uploads_in_flight = 1;
    let stopped = async {
        while slow.requests(Endpoint::Upload) < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        slow.stop.cancel();
    };
    let (outcome, ()) = tokio::join!(slow.export(), stopped);
    assert_eq!(state(&outcome), (RunState::Cancelled, 130));
    assert_eq!(slow.statuses(), [BatchStatus::Cancelled]);
    assert!(slow.arrived().is_empty());
    assert_eq!(slow.spooled(), 0);
}
