//! Provokes each type of error report by its cause (docs/wire.md#error-types).

use std::sync::Arc;
use std::time::Duration;

use data_exporter::api::RetryPolicy;
use data_exporter::export::{ExportEvent, ProgressListener, RunRequest, export};
use data_exporter::models::ErrorSeverity;
use data_exporter::models::export::RunState;
use data_exporter::platform;
use data_exporter::store::Store;
use local_data_forge::{Endpoint, Fault, LocalServer, RetryAfter, Rule};
use test_support::export_harness::{ExportHarness, state};

use crate::{detail, reported};
use test_support::engine_harness::EngineHarness;

/// Returns severity and code of the only report of a type.
fn only(server: &LocalServer, kind: &str) -> (String, String) {
    let reports = reported(server, kind);
    assert_eq!(reports.len(), 1, "{reports:?}");
    (reports[0].severity.clone(), detail(&reports[0], "code").to_owned())
}

fn is(severity: &str, code: &str) -> (String, String) {
    (severity.to_owned(), code.to_owned())
}

/// Runs an export whose request to start a batch fails.
async fn fail_start(fault: Fault) -> ExportHarness {
    let mut harness = ExportHarness::with_tables(1);
    harness.retry_policy = RetryPolicy::Attempts(2);
    harness.server.fault(Rule::always(fault).on(Endpoint::Start));
    assert_eq!(state(&harness.export().await).0, RunState::Failed);
    harness
}

#[tokio::test]
async fn connection_failed_when_connections_break() {
    let harness = fail_start(Fault::ResetBefore).await;
    assert_eq!(only(&harness.server, "CONNECTION_FAILED"), is("ERROR", "CONNECTION_FAILED"));
}

#[tokio::test]
async fn authentication_failed_when_a_token_is_rejected() {
    let harness = fail_start(Fault::Empty(403)).await;
    assert_eq!(only(&harness.server, "AUTHENTICATION_FAILED"), is("CRITICAL", "AUTHENTICATION_FAILED"));
}

#[tokio::test]
async fn service_unavailable_when_the_server_answers_5xx() {
    let harness = fail_start(Fault::Status(503)).await;
    assert_eq!(only(&harness.server, "SERVICE_UNAVAILABLE"), is("ERROR", "SERVICE_UNAVAILABLE"));
}

#[tokio::test]
async fn a_server_that_answers_only_after_long_waits_is_a_warning() {
    let harness = ExportHarness::with_tables(1);
    harness.server.fault(Rule::first(1, Fault::RetryAfter(503, RetryAfter::Seconds(90))).on(Endpoint::Start));
    assert_eq!(state(&harness.export().await), (RunState::Complete, 0));
    assert_eq!(only(&harness.server, "SERVICE_UNAVAILABLE"), is("WARNING", "SERVICE_UNAVAILABLE"));

    let report = &reported(&harness.server, "SERVICE_UNAVAILABLE")[0];
    assert!(
        report.message.starts_with("the server is hard to reach: could not start the batch"),
        "{report:?}"
    );
    assert!(!detail(report, "hint").contains("export again"), "nothing is left to do: {report:?}");

    let mut harness = ExportHarness::with_tables(1);
    harness.retry_policy = RetryPolicy::Attempts(2);
    harness.server.fault(Rule::always(Fault::RetryAfter(503, RetryAfter::Seconds(90))).on(Endpoint::Start));
    assert_eq!(state(&harness.export().await).0, RunState::Failed);
    assert_eq!(only(&harness.server, "SERVICE_UNAVAILABLE"), is("ERROR", "SERVICE_UNAVAILABLE"));
    let lines: Vec<_> =
        crate::history(&harness.store()).into_iter().map(|line| (line.severity, line.reported)).collect();
    let waited = (ErrorSeverity::Warning, false);
    assert_eq!(
        lines,
        [(ErrorSeverity::Error, true), waited],
        "the warning was recorded while the export waited"
    );

    let harness = ExportHarness::with_tables(1);
    harness.server.fault(Rule::first(1, Fault::Status(503)).on(Endpoint::Start));
    assert_eq!(state(&harness.export().await), (RunState::Complete, 0));
    assert!(harness.server.errors().is_empty(), "a short wait is not reported");
}

#[tokio::test]
async fn timeout_error_when_no_answer_comes() {
    let harness = fail_start(Fault::Silence).await;
    assert_eq!(only(&harness.server, "TIMEOUT_ERROR"), is("ERROR", "TIMEOUT_ERROR"));
}

#[tokio::test]
async fn disk_full_below_the_minimum_and_a_warning_below_twice_that() {
    let mut harness = ExportHarness::with_tables(1);
    harness.limits.min_free = u64::MAX;
    assert_eq!(state(&harness.export().await), (RunState::Failed, 1));
    assert_eq!(only(&harness.server, "DISK_FULL"), is("CRITICAL", "DISK_FULL"));
    let message = &reported(&harness.server, "DISK_FULL")[0].message;
    assert!(message.ends_with("has less than 18446744073709 MB free; exports stop below that"), "{message}");

    let mut harness = ExportHarness::with_tables(1);
    harness.limits.min_free = platform::free_space(&harness.path(".")).unwrap() / 3 * 2;
    assert_eq!(state(&harness.export().await), (RunState::Complete, 0));
    assert_eq!(only(&harness.server, "DISK_FULL"), is("WARNING", "DISK_FULL"));
}

#[tokio::test]
async fn config_error_when_the_source_folder_is_missing() {
    let mut harness = ExportHarness::new();
    harness.config.src.source_dir = Some(harness.path("gone"));
    assert_eq!(state(&harness.export().await), (RunState::Failed, 7));
    assert_eq!(only(&harness.server, "CONFIG_ERROR"), is("CRITICAL", "SOURCE_MISSING"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_configuration_is_reported_to_the_server_of_the_last_valid_one() {
    let harness = EngineHarness::new();
    harness.paired("");
    let engine = harness.engine().await;
    let wrong = harness.config_text().replace("[export]", "[export]\ngzip_level = 77");
    std::fs::write(harness.folders().config, wrong).unwrap();
    engine.engine.send(data_exporter::models::command::Command::CancelExport).await.unwrap();
    let export = data_exporter::models::command::Command::Export {
        full: false,
        only: vec![],
        accept_missing: false,
        retry_for: None,
    };
    engine.engine.send(export).await.unwrap_err();
    assert_eq!(only(&harness.server, "CONFIG_ERROR"), is("CRITICAL", "CONFIG_ERROR"));
}

#[tokio::test(flavor = "multi_thread")]
async fn startup_error_when_the_database_cannot_be_opened() {
    let harness = EngineHarness::new();
    harness.paired("");
    // A folder with the name of the database file.
    std::fs::create_dir(harness.path("state.db")).unwrap();
    let engine = harness.engine().await;
    assert_eq!(only(&harness.server, "STARTUP_ERROR"), is("CRITICAL", "STORE_ERROR"));
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn startup_error_when_a_damaged_database_was_moved_aside() {
    let harness = EngineHarness::new();
    harness.paired("");
    std::fs::write(harness.path("state.db"), "no database ".repeat(100)).unwrap();
    let engine = harness.engine().await;
    assert_eq!(only(&harness.server, "STARTUP_ERROR"), is("CRITICAL", "STORE_ERROR"));
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn startup_and_shutdown_success_without_problems() {
    let harness = EngineHarness::new();
    harness.paired("");
    let engine = harness.engine().await;
    assert_eq!(only(&harness.server, "STARTUP_SUCCESS"), is("INFO", "STARTUP_SUCCESS"));
    engine.shutdown().await;
    assert_eq!(only(&harness.server, "SHUTDOWN_SUCCESS"), is("INFO", "SHUTDOWN_SUCCESS"));
    let history = crate::history(&harness.store());
    assert_eq!(history.len(), 2, "{history:?}");
    assert!(history.iter().all(|line| line.reported));
}

#[tokio::test]
async fn health_check_failed_when_the_clock_is_an_hour_off() {
    let harness = ExportHarness::with_tables(1);
    harness.server.clock().advance(Duration::from_hours(1));
    assert_eq!(state(&harness.export().await), (RunState::Complete, 0));
    assert_eq!(only(&harness.server, "HEALTH_CHECK_FAILED"), is("WARNING", "HEALTH_CHECK_FAILED"));
    let message = &reported(&harness.server, "HEALTH_CHECK_FAILED")[0].message;
    assert!(message.contains("min behind the server's"), "{message}");
}

/// Panics when an event contains a word.
struct Faulty(&'static str);

impl ProgressListener for Faulty {
    fn on(&self, event: ExportEvent<'_>) {
        let value = format!("canary {event:?}");
        assert!(!value.contains(self.0), "{value}");
    }
}

#[tokio::test]
async fn unknown_error_when_the_program_panics() {
    for (word, severity) in [("Scanned", "CRITICAL"), ("Converting", "ERROR")] {
        let harness = ExportHarness::with_tables(1);
        let mut context = harness.context();
        context.progress = Arc::new(Faulty(word));
        let outcome = export(&context, &RunRequest::default()).await.unwrap();
        assert_eq!(outcome.report.state, RunState::Failed, "{word}");
        context.reports.flush(crate::TIMEOUT).await;
        let reports = reported(&harness.server, "UNKNOWN_ERROR");
        assert_eq!(reports[0].severity, severity);
        assert!(reports[0].message.contains("tests/reports/causes.rs:"), "{}", reports[0].message);
        assert!(!format!("{reports:?}").contains("canary"), "{reports:?}");
        assert_eq!(harness.store().interrupt_stale_runs().unwrap(), [], "the run has ended in the journal");
    }
}

#[tokio::test]
async fn file_error_about_the_batch_that_lacks_the_table() {
    let harness = ExportHarness::with_tables(2);
    // The first table, so that no batch is open yet.
    std::fs::write(harness.path("BAD.DBF"), b"this is no table").unwrap();
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::CompleteWithWarnings, 3));
    let report = &reported(&harness.server, "FILE_ERROR")[0];
    assert_eq!((report.severity.as_str(), detail(report, "code")), ("ERROR", "FILE_DAMAGED"));
    assert_eq!(report.batch_id, outcome.report.batch_id);
    assert_eq!(detail(report, "fileName"), "BAD.DBF");
    assert_eq!(detail(report, "batchId"), outcome.report.batch_id.unwrap());
    assert!(detail(report, "hint").contains("exclude_patterns"), "{report:?}");
}

#[tokio::test]
async fn file_error_outside_a_batch_when_there_is_none() {
    let harness = ExportHarness::new();
    std::fs::write(harness.path("BAD.DBF"), b"this is no table").unwrap();
    assert_eq!(state(&harness.export().await).0, RunState::Failed);
    assert!(reported(&harness.server, "FILE_ERROR").iter().all(|report| report.batch_id.is_none()));
}

#[tokio::test]
async fn cancelled_when_a_person_stops_it() {
    let harness = ExportHarness::with_tables(1);
    harness.stop.cancel();
    assert_eq!(state(&harness.export().await).0, RunState::Cancelled);
    assert_eq!(only(&harness.server, "CANCELLED"), is("INFO", "CANCELLED"));
}

#[tokio::test(flavor = "multi_thread")]
async fn run_skipped_while_another_run_is_in_progress() {
    let harness = EngineHarness::new();
    harness.paired("[scheduler]\ncrontab = \"* * * * * *\"\n");
    harness.server.fault(Rule::always(Fault::Delay(Duration::from_millis(2500))).on(Endpoint::Upload));
    let engine = harness.engine().await;
    assert_eq!(only(&harness.server, "RUN_SKIPPED"), is("INFO", "RUN_SKIPPED"));
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_cannot_be_stored_is_sent_anyway() {
    let harness = ExportHarness::with_tables(1);
    let context = harness.context();
    let reports = data_exporter::reports::Reports::new(Store::view(context.data.as_path()).unwrap());
    // A read-only store rejects every write.
    reports.serve(Arc::new(harness.config.clone()), &context.data);
    let error = data_exporter::error::Error::new(data_exporter::error::Code::DiskFull, "the disk is full");
    reports.report(&error);
    assert_eq!(only(&harness.server, "DISK_FULL"), is("CRITICAL", "DISK_FULL"));
}
