//! Unchanged tables are skipped, and only those.

use data_exporter::export::{NoProgress, RunRequest, dry_run};
use data_exporter::models::export::{RunState, UploadState};
use local_data_forge::BatchStatus;
use test_support::export_harness::{ExportHarness, file, state};
use tokio_util::sync::CancellationToken;

async fn delivered() -> ExportHarness {
    let mut harness = ExportHarness::with_tables(3);
    harness.config.export.skip_unchanged = true;
    harness.server.switch(|switches| switches.unique_keys = false);
    assert_eq!(state(&harness.export().await), (RunState::Complete, 0));
    harness.server.forget_requests();
    harness
}

#[tokio::test]
async fn without_changes_no_request_is_sent() {
    let harness = delivered().await;
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::NothingToDo, 0));
    assert_eq!(file(&outcome, "T00.DBF").upload, Some(UploadState::SkippedUnchanged));
    assert!(file(&outcome, "T00.DBF").decision.as_ref().unwrap().contains("unchanged since"));
    assert!(harness.server.requests().is_empty());
}

#[tokio::test]
async fn a_change_with_the_same_size_time_and_header_is_detected() {
    let harness = delivered().await;
    let path = harness.path("T01.DBF");
    let before = std::fs::metadata(&path).unwrap().modified().unwrap();
    harness.table("T01.DBF", &["one", "TWO", "three"]);
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(before).unwrap();
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::Complete, 0));
    let last = harness.server.batches().pop().unwrap();
    assert_eq!(last.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["T01.csv.gz"]);
}

#[tokio::test]
async fn a_touched_table_is_not_sent_again() {
    let harness = delivered().await;
    let now = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_900_000_000);
    std::fs::File::options().write(true).open(harness.path("T01.DBF")).unwrap().set_modified(now).unwrap();
    assert_eq!(state(&harness.export().await), (RunState::NothingToDo, 0));
}

#[tokio::test]
async fn full_sends_all_tables() {
    let harness = delivered().await;
    let outcome = harness.export_with(RunRequest { full: true, ..RunRequest::default() }).await;
    assert_eq!(outcome.report.totals.sent, 3);
}

#[tokio::test]
async fn only_an_unreadable_table_is_a_warning_without_a_batch() {
    let harness = delivered().await;
    std::fs::write(harness.path("BAD.DBF"), b"no table").unwrap();
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::CompleteWithWarnings, 3));
    assert_eq!(harness.statuses(), [BatchStatus::Completed]);
}

#[tokio::test]
async fn a_table_of_a_failed_batch_does_not_count_as_delivered() {
    use local_data_forge::{Endpoint, Fault, Rule};
    let mut harness = ExportHarness::with_tables(3);
    harness.config.export.skip_unchanged = true;
    harness.config.api.uploads_in_flight = 1;
    harness.server.switch(|switches| switches.unique_keys = false);
    harness.server.fault(Rule::nth(3, Fault::Empty(401)).on(Endpoint::Upload));
    harness.server.fault(Rule::nth(4, Fault::Empty(401)).on(Endpoint::Upload));
    assert_eq!(harness.export().await.report.state, RunState::Failed);
    harness.server.clear_faults();
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::Complete, 0));
    assert_eq!(outcome.report.totals.sent, 3);
    assert_eq!(harness.arrived().len(), 3);
}

#[tokio::test]
async fn a_dry_run_decides_and_converts_without_requests() {
    let harness = delivered().await;
    harness.table("T01.DBF", &["one", "two", "three", "four"]);
    let context = harness.context();
    let outcome = dry_run(
        &harness.config,
        &context.store,
        &context.destination,
        &RunRequest::default(),
        &NoProgress,
        &CancellationToken::new(),
    )
    .unwrap();
    assert_eq!(state(&outcome), (RunState::Complete, 0));
    assert_eq!(file(&outcome, "T00.DBF").upload, Some(UploadState::SkippedUnchanged));
    let changed = file(&outcome, "T01.DBF");
    assert_eq!(changed.report.rows.written, 4);
    assert!(changed.decision.as_ref().unwrap().contains("4 rows, 3 when last delivered"));
    assert!(harness.server.requests().is_empty());
    assert_eq!(context.store.recent_runs(100).unwrap().len(), 1);
}

#[tokio::test]
async fn a_run_whose_only_upload_fails_has_failed_although_tables_were_skipped() {
    use local_data_forge::{Endpoint, Fault, Rule};
    let harness = delivered().await;
    harness.table("T01.DBF", &["new"]);
    harness.server.fault(Rule::always(Fault::Status(422)).on(Endpoint::Upload));
    assert_eq!(state(&harness.export().await), (RunState::Failed, 1));
    assert_eq!(harness.statuses(), [BatchStatus::Completed, BatchStatus::Failed]);
}
