//! A run whose process dies leaves a batch open; the next run continues or closes it.

use std::time::Duration;

use data_exporter::export::{RunRequest, export};
use data_exporter::models::export::RunState;
use local_data_forge::{Batch, BatchStatus, Endpoint, Fault, Rule};
use test_support::export_harness::{ExportHarness, error_code, state};

/// Runs an export until a condition holds and then leaks it, as a killed process would: nothing is dropped, so no spool
/// file is deleted.
fn killed(harness: &ExportHarness, until: impl Fn() -> bool + Send) {
    let left = std::thread::scope(|scope| scope.spawn(|| run_and_leave(harness, until)).join().unwrap());
    assert!(left, "the run was killed before its end");
}

/// As [`killed`], but the run may also finish first.
fn killed_or_over(harness: &ExportHarness, until: impl Fn() -> bool + Send) {
    std::thread::scope(|scope| scope.spawn(|| run_and_leave(harness, until)).join().unwrap());
}

/// Returns whether the run was abandoned before its end.
fn run_and_leave(harness: &ExportHarness, until: impl Fn() -> bool) -> bool {
    let context: &'static _ = Box::leak(Box::new(harness.context()));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let request: &'static _ = Box::leak(Box::new(RunRequest::default()));
    let mut run = Box::pin(export(context, request));
    let left = runtime.block_on(async {
        while !until() {
            if tokio::time::timeout(Duration::from_millis(2), &mut run).await.is_ok() {
                return false;
            }
        }
        true
    });
    std::mem::forget((run, runtime));
    left
}

/// Kills an export during its n-th upload.
fn killed_at_upload(harness: &mut ExportHarness, n: usize) {
    harness.config.api.uploads_in_flight = 1;
    harness.server.fault(Rule::nth(n as u64, Fault::Delay(Duration::from_millis(50))).on(Endpoint::Upload));
    killed(harness, || harness.requests(Endpoint::Upload) >= n);
    harness.server.clear_faults();
}

#[tokio::test]
async fn the_batch_of_a_killed_run_is_continued() {
    for pause in [0, 20, 200] {
        resume_after(Duration::from_millis(pause)).await;
    }
}

/// The server stores the interrupted upload 50 ms after the kill: before, during or after the check of the next run.
async fn resume_after(pause: Duration) {
    let mut harness = ExportHarness::with_tables(5);
    killed_at_upload(&mut harness, 4);
    assert_eq!(harness.statuses(), [BatchStatus::InProgress]);
    tokio::time::sleep(pause).await;
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::Complete, 0), "{:?}", outcome.report.error);
    assert_eq!(harness.arrived().len(), 5);
    assert_eq!(harness.statuses(), [BatchStatus::Completed], "no second batch");
    assert_eq!(harness.spooled(), 0);
    let history = harness.store().recent_runs(100).unwrap();
    assert_eq!(
        history.iter().map(|run| run.state).collect::<Vec<_>>(),
        [RunState::Complete, RunState::Interrupted]
    );
    assert_eq!(outcome.report.totals.sent, 5);
}

#[tokio::test]
async fn a_table_changed_after_the_kill_starts_a_new_batch() {
    let mut harness = ExportHarness::with_tables(5);
    harness.server.switch(|switches| switches.unique_keys = false);
    killed_at_upload(&mut harness, 4);
    harness.table("T00.DBF", &["another"]);
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::Complete, 0), "{:?}", outcome.report.error);
    assert_eq!(harness.statuses(), [BatchStatus::Cancelled, BatchStatus::Completed]);
    let arrived = harness.arrived();
    assert_eq!(arrived.len(), 5);
    assert_eq!(arrived["T00.csv.gz"], ["NAME", "another"]);
}

#[tokio::test]
async fn a_batch_swept_after_the_kill_does_not_count_as_delivered() {
    let mut harness = ExportHarness::with_tables(3);
    harness.server.switch(|switches| switches.unique_keys = false);
    killed_at_upload(&mut harness, 2);
    harness.server.clock().advance(Duration::from_mins(61));
    harness.server.sweep();
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::Complete, 0), "{:?}", outcome.report.error);
    assert_eq!(harness.statuses(), [BatchStatus::NotCompleted, BatchStatus::Completed]);
    assert_eq!(harness.arrived().len(), 3);
}

#[tokio::test]
async fn a_run_killed_while_completing_is_found_complete() {
    let mut harness = ExportHarness::with_tables(2);
    harness.config.export.skip_unchanged = true;
    harness.server.fault(Rule::nth(1, Fault::SilenceAfter).on(Endpoint::Complete));
    killed(&harness, || harness.statuses() == [BatchStatus::Completed]);
    harness.server.clear_faults();
    harness.next_minute();
    assert_eq!(state(&harness.export().await), (RunState::NothingToDo, 0));
    assert_eq!(harness.arrived().len(), 2, "no table is delivered twice");
}

#[tokio::test]
async fn an_open_batch_of_a_lost_start_reply_is_recognized_as_ours() {
    let harness = ExportHarness::with_tables(1);
    harness.server.fault(Rule::nth(1, Fault::ResetAfter).on(Endpoint::Start));
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::Failed, 1));
    let error = outcome.report.error.unwrap();
    assert_eq!(error.code.as_str(), "BATCH_ACTIVE");
    assert!(error.message.contains("opened without getting the answer"), "{}", error.message);
    harness.server.clock().advance(Duration::from_mins(61));
    harness.server.sweep();
    assert_eq!(state(&harness.export().await), (RunState::Complete, 0));
}

/// Kills a run at every request in turn, and then also the run after it.
#[tokio::test]
async fn after_a_kill_at_any_request_the_next_runs_deliver_everything_once() {
    for first in 1..=9 {
        for second in [2, 5, 100] {
            killed_twice(first, second).await;
        }
    }
}

async fn killed_twice(first: usize, second: usize) {
    let mut harness = ExportHarness::with_tables(5);
    harness.config.export.skip_unchanged = true;
    for requests in [first, second] {
        harness.server.forget_requests();
        harness.server.fault(Rule::nth(requests as u64, Fault::Delay(Duration::from_millis(30))));
        killed_or_over(&harness, || harness.server.requests().len() >= requests);
        harness.server.clear_faults();
        tokio::time::sleep(Duration::from_millis(if second == 5 { 60 } else { 0 })).await;
        harness.next_minute();
    }
    let mut outcome = harness.export().await;
    // The reply to a start was lost; only the sweep of the server helps. The second start may be opened after the first
    // sweep.
    for _ in [first, second] {
        if error_code(&outcome) != "BATCH_ACTIVE" {
            break;
        }
        harness.server.clock().advance(Duration::from_mins(61));
        harness.server.sweep();
        outcome = harness.export().await;
    }
    let case = format!("killed at {first} and {second}: {outcome:?}");
    // What earlier runs had delivered by then depends on the moments of the kills; the state must agree with the rest.
    let nothing = outcome.report.totals.sent == 0;
    let state = if nothing { RunState::NothingToDo } else { RunState::Complete };
    assert_eq!(outcome.report.state, state, "{case}");
    assert_eq!(harness.arrived().len(), 5, "{case}");
    // Nobody knows the id of a start that the server delayed until after the next run; it stays open and empty until
    // the sweep of the server.
    let batches = harness.server.batches();
    let open = |batch: &&Batch| batch.status == BatchStatus::InProgress;
    assert!(batches.iter().filter(open).all(|batch| batch.files.is_empty()), "{case}");
}

/// Between the server's commit and the journal there is always a moment in which a process can die.
#[tokio::test]
async fn a_run_whose_batch_was_completed_is_complete_after_all() {
    let mut harness = ExportHarness::with_tables(3);
    harness.config.export.skip_unchanged = true;
    std::fs::write(harness.path("BAD.DBF"), b"no table").unwrap();
    let closing = Endpoint::CompleteWithWarnings;
    harness.server.fault(Rule::always(Fault::SilenceAfter).on(closing));
    killed(&harness, || {
        harness.requests(closing) > 0 && harness.statuses() == [BatchStatus::CompletedWithWarnings]
    });
    harness.server.clear_faults();
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::CompleteWithWarnings, 3), "only the broken table was tried");
    assert_eq!((outcome.report.totals.sent, outcome.report.totals.skipped_unchanged), (0, 3));
    let first = harness.store().recent_runs(9).unwrap().pop().unwrap();
    assert_eq!((first.state, first.totals.sent), (RunState::CompleteWithWarnings, 3));
    assert_eq!(harness.statuses(), [BatchStatus::CompletedWithWarnings], "nothing was sent again");
}
