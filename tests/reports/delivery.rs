//! Error reports are sent once, in the background, without affecting exports; and the history records which were sent.

use std::time::{Duration, Instant};

use data_exporter::export::{RunRequest, export};
use data_exporter::models::Secret;
use data_exporter::models::export::RunState;
use local_data_forge::{Endpoint, Families, Fault, Rule};
use test_support::export_harness::{ExportHarness, state};

use crate::{history, reported};
use test_support::engine_harness::EngineHarness;

/// Creates a harness with two good tables and a damaged one.
fn harness() -> ExportHarness {
    let harness = ExportHarness::with_tables(2);
    std::fs::write(harness.path("BAD.DBF"), b"this is no table").unwrap();
    harness
}

fn report_requests(harness: &ExportHarness) -> usize {
    harness.requests(Endpoint::Error) + harness.requests(Endpoint::BatchError)
}

#[tokio::test]
async fn a_failed_report_does_not_change_the_result_of_the_export() {
    for fault in [
        Fault::Status(500),
        Fault::Status(400),
        Fault::Status(429),
        Fault::CaptivePortal,
        Fault::ResetBefore,
        Fault::CutJson,
    ] {
        let harness = harness();
        harness.server.fault(Rule::always(fault.clone()).on(Endpoint::BatchError));
        let outcome = harness.export().await;
        assert_eq!(state(&outcome), (RunState::CompleteWithWarnings, 3), "{fault:?}");
        assert_eq!(harness.arrived().len(), 2, "{fault:?}");
        assert_eq!(harness.requests(Endpoint::BatchError), 1, "once: {fault:?}");
        let lines = history(&harness.store());
        assert_eq!(lines.len(), 1, "a failed report is not an error itself: {lines:?}");
        assert!(!lines[0].reported, "{fault:?}");
    }
}

#[tokio::test]
async fn a_report_without_an_answer_blocks_nothing() {
    let harness = harness();
    harness.server.fault(Rule::always(Fault::Silence).on(Endpoint::BatchError));
    let context = harness.context();
    let started = Instant::now();
    let outcome = export(&context, &RunRequest::default()).await.unwrap();
    assert_eq!(state(&outcome).1, 3);
    let took = started.elapsed();
    let started = Instant::now();
    context.reports.flush(Duration::from_millis(300)).await;
    assert!(started.elapsed() < took + Duration::from_secs(5), "the wait at the end is bounded");
    assert!(!history(&harness.store())[0].reported);
}

#[tokio::test]
async fn errors_during_an_outage_are_recorded_and_not_sent_later() {
    let mut harness = harness();
    harness.retry_policy = data_exporter::api::RetryPolicy::Attempts(1);
    harness.server.fault(Rule::always(Fault::ResetBefore));
    assert_eq!(state(&harness.export().await), (RunState::Failed, 5));
    let lines = history(&harness.store());
    assert_eq!(
        lines.iter().map(|line| line.kind.as_str()).collect::<Vec<_>>(),
        ["CONNECTION_FAILED", "FILE_DAMAGED"]
    );
    assert!(lines.iter().all(|line| !line.reported), "{lines:?}");

    harness.server.clear_faults();
    assert_eq!(state(&harness.export().await), (RunState::CompleteWithWarnings, 3));
    let lines = history(&harness.store());
    let of = |kind: &str| lines.iter().find(|line| line.kind == kind).unwrap();
    assert!(!of("CONNECTION_FAILED").reported && of("FILE_DAMAGED").reported, "{lines:?}");
    assert!(harness.server.errors().iter().all(|report| report.kind == "FILE_ERROR"));
}

#[tokio::test]
async fn repeats_within_an_hour_are_one_line_and_one_report() {
    let harness = harness();
    for count in 1..=3 {
        harness.export().await;
        harness.next_minute();
        let lines = history(&harness.store());
        let line = lines.iter().find(|line| line.kind == "FILE_DAMAGED").unwrap();
        // The hour may have changed between two exports.
        assert!(line.count == count || lines.len() > 1, "{lines:?}");
        assert!(line.reported);
    }
    let hours = history(&harness.store()).iter().filter(|line| line.kind == "FILE_DAMAGED").count();
    assert_eq!(reported(&harness.server, "FILE_ERROR").len(), hours);
}

#[tokio::test]
async fn a_repeat_of_an_unsent_error_is_sent() {
    let harness = harness();
    harness.server.fault(Rule::first(1, Fault::Status(500)).on(Endpoint::BatchError));
    harness.export().await;
    assert!(!history(&harness.store())[0].reported);
    harness.next_minute();
    harness.export().await;
    assert!(history(&harness.store())[0].reported);
    assert_eq!(reported(&harness.server, "FILE_ERROR").len(), 1);
}

#[tokio::test]
async fn reports_work_with_both_path_families_and_the_paths_of_the_specification() {
    for families in [Families::F2, Families::F3, Families::Both] {
        let harness = harness();
        harness.server.switch(|switches| switches.families = families);
        let batch = harness.export().await.report.batch_id;
        assert_eq!(reported(&harness.server, "FILE_ERROR")[0].batch_id, batch, "{families:?}");
        assert!(history(&harness.store()).iter().all(|line| line.reported), "{families:?}");
    }
    let harness = harness();
    harness.server.switch(|switches| switches.families = Families::Specification);
    assert_eq!(state(&harness.export().await).0, RunState::Failed, "it has no batches");
    assert_eq!(
        reported(&harness.server, "AUTHENTICATION_FAILED").len(),
        1,
        "it answers 403 for unknown paths"
    );
}

#[tokio::test]
async fn a_refused_token_is_renewed_and_the_report_repeated_once() {
    for status in [401, 403] {
        let harness = harness();
        harness.server.fault(Rule::first(1, Fault::Empty(status)).on(Endpoint::BatchError));
        harness.export().await;
        assert_eq!(
            (harness.requests(Endpoint::BatchError), harness.server.errors().len()),
            (2, 1),
            "{status}"
        );
        assert!(history(&harness.store())[0].reported);
    }
    let harness = harness();
    harness.server.fault(Rule::always(Fault::Empty(401)).on(Endpoint::BatchError));
    assert_eq!(state(&harness.export().await), (RunState::CompleteWithWarnings, 3));
    assert_eq!(harness.requests(Endpoint::BatchError), 2, "one replay, then no more");
}

#[tokio::test]
async fn a_missing_path_is_tried_once_in_the_other_family() {
    let harness = harness();
    harness.server.fault(Rule::always(Fault::Empty(404)).on(Endpoint::BatchError));
    assert_eq!(state(&harness.export().await), (RunState::CompleteWithWarnings, 3));
    assert_eq!(harness.requests(Endpoint::BatchError), 2);
}

#[tokio::test]
async fn nothing_is_sent_while_the_server_refuses_the_credential() {
    let mut harness = harness();
    harness.config.credential.device.as_mut().unwrap().client_secret = Some(Secret::new("wrong-for-ever"));
    assert_eq!(state(&harness.export().await), (RunState::Failed, 4));
    assert_eq!(report_requests(&harness), 0);
    let asked = harness.requests(Endpoint::Token);
    harness.export_with(RunRequest { rests: true, ..RunRequest::default() }).await;
    assert_eq!(harness.requests(Endpoint::Token), asked, "no token is requested either");
    let lines = history(&harness.store());
    let kinds: Vec<&str> = lines.iter().map(|line| line.kind.as_str()).collect();
    assert_eq!(kinds, ["AUTHENTICATION_FAILED", "FILE_DAMAGED"]);
    assert!(lines.iter().all(|line| !line.reported), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_shows_that_an_error_was_sent() {
    let harness = EngineHarness::new();
    harness.paired("");
    harness.damaged("BROKEN.DBF");
    let mut engine = harness.engine().await;
    engine.export().await;
    engine.run_ended(0).await;
    let all_sent = || history(&harness.store()).iter().all(|line| line.reported);
    let seen = engine.engine.snapshot().errors_revision;
    if !all_sent() {
        engine.until(|now| now.errors_revision != seen && all_sent()).await;
    }
    engine.shutdown().await;
}

#[tokio::test]
async fn a_flood_of_errors_is_bounded() {
    let harness = ExportHarness::with_tables(1);
    for number in 0..1200 {
        std::fs::write(harness.path(&format!("B{number:04}.DBF")), b"this is no table").unwrap();
    }
    let context = harness.context();
    let outcome = export(&context, &RunRequest::default()).await.unwrap();
    assert_eq!(state(&outcome).1, 3);
    context.reports.flush(crate::TIMEOUT).await;
    let lines = history(&harness.store());
    let reported = lines.iter().filter(|line| line.reported).count();
    assert_eq!((lines.len(), reported), (1200, 1000));
    assert_eq!(harness.server.errors().len(), reported);
}

#[tokio::test]
async fn a_message_of_twenty_thousand_letters_is_cut_for_the_server_only() {
    use data_exporter::error::{Code, Error};
    use data_exporter::store::errors::NewError;
    let harness = ExportHarness::new();
    let context = harness.context();
    for text in ["Щ".repeat(20_000), "ש".repeat(20_000), "Щש🛒".repeat(7_000)] {
        let error = NewError::from(&Error::new(Code::UnknownError, &text)).metadata("log", text.clone());
        context.reports.report(error);
        context.reports.flush(crate::TIMEOUT).await;
        let report = harness.server.errors().pop().unwrap();
        let units = report.message.encode_utf16().count();
        assert!((9_999..=10_000).contains(&units), "{units}");
        assert!(text.starts_with(report.message.trim_end_matches("… [cut]")));
        assert_eq!(history(&harness.store())[0].message, text, "the history has the whole message");
    }
    assert!(history(&harness.store()).iter().all(|line| line.reported));
}
