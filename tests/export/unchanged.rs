//! Tables that have not changed are left out, and only those.

use data_exporter::export::{RunRequest, NoProgress, dry_run};
use data_exporter::models::export::{RunState, UploadState};
use local_data_forge::BatchStatus;
use tokio_util::sync::CancellationToken;

use super::shop::{Shop, file, state};

async fn delivered() -> Shop {
    let mut shop = Shop::with_tables(3);
    shop.config.export.skip_unchanged = true;
    shop.server.switch(|switches| switches.unique_keys = false);
    assert_eq!(state(&shop.export().await), (RunState::Complete, 0));
    shop.server.forget_requests();
    shop
}

#[tokio::test]
async fn nothing_new_is_nothing_to_do_and_no_request() {
    let shop = delivered().await;
    let outcome = shop.export().await;
    assert_eq!(state(&outcome), (RunState::NothingToDo, 0));
    assert_eq!(file(&outcome, "T00.DBF").upload, Some(UploadState::SkippedUnchanged));
    assert!(file(&outcome, "T00.DBF").decision.as_ref().unwrap().contains("same content"));
    assert!(shop.server.requests().is_empty());
}

#[tokio::test]
async fn a_change_that_leaves_size_time_and_header_as_they_were_is_seen() {
    let shop = delivered().await;
    let path = shop.path("T01.DBF");
    let before = std::fs::metadata(&path).unwrap().modified().unwrap();
    shop.table("T01.DBF", &["one", "TWO", "three"]);
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(before).unwrap();
    let outcome = shop.export().await;
    assert_eq!(state(&outcome), (RunState::Complete, 0));
    let last = shop.server.batches().pop().unwrap();
    assert_eq!(last.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["T01.csv.gz"]);
}

#[tokio::test]
async fn a_touched_table_is_not_sent_again() {
    let shop = delivered().await;
    let now = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_900_000_000);
    std::fs::File::options().write(true).open(shop.path("T01.DBF")).unwrap().set_modified(now).unwrap();
    assert_eq!(state(&shop.export().await), (RunState::NothingToDo, 0));
}

#[tokio::test]
async fn full_sends_everything() {
    let shop = delivered().await;
    let outcome = shop.export_with(RunRequest { full: true, ..RunRequest::default() }).await;
    assert_eq!(outcome.report.totals.sent, 3);
}

#[tokio::test]
async fn only_a_bad_table_left_is_a_warning_without_a_batch() {
    let shop = delivered().await;
    std::fs::write(shop.path("BAD.DBF"), b"no table").unwrap();
    let outcome = shop.export().await;
    assert_eq!(state(&outcome), (RunState::CompleteWithWarnings, 3));
    assert_eq!(shop.statuses(), [BatchStatus::Completed]);
}

#[tokio::test]
async fn a_table_of_a_failed_batch_does_not_count_as_delivered() {
    use local_data_forge::{Endpoint, Fault, Rule};
    let mut shop = Shop::with_tables(3);
    shop.config.export.skip_unchanged = true;
    shop.config.api.uploads_in_flight = 1;
    shop.server.switch(|switches| switches.unique_keys = false);
    shop.server.fault(Rule::nth(3, Fault::Empty(401)).on(Endpoint::Upload));
    shop.server.fault(Rule::nth(4, Fault::Empty(401)).on(Endpoint::Upload));
    assert_eq!(shop.export().await.report.state, RunState::Failed);
    shop.server.clear_faults();
    let outcome = shop.export().await;
    assert_eq!(state(&outcome), (RunState::Complete, 0));
    assert_eq!(outcome.report.totals.sent, 3);
    assert_eq!(shop.arrived().len(), 3);
}

#[tokio::test]
async fn a_dry_run_decides_and_converts_and_asks_nobody() {
    let shop = delivered().await;
    shop.table("T01.DBF", &["one", "two", "three", "four"]);
    let context = shop.context();
    let outcome = dry_run(
        &shop.config,
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
    assert!(shop.server.requests().is_empty());
    assert_eq!(context.store.recent_runs(100).unwrap().len(), 1);
}

#[tokio::test]
async fn a_batch_with_nothing_in_it_is_a_failed_run_although_others_were_skipped() {
    use local_data_forge::{Endpoint, Fault, Rule};
    let shop = delivered().await;
    shop.table("T01.DBF", &["new"]);
    shop.server.fault(Rule::always(Fault::Status(422)).on(Endpoint::Upload));
    assert_eq!(state(&shop.export().await), (RunState::Failed, 1));
    assert_eq!(shop.statuses(), [BatchStatus::Completed, BatchStatus::Failed]);
}
