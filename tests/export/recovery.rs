//! A run whose process dies leaves a batch open; the next run goes on with it or closes it.

use std::time::Duration;

use data_exporter::export::{Request, export};
use data_exporter::models::export::RunState;
use local_data_forge::{BatchStatus, Endpoint, Fault, Rule};

use super::shop::{Shop, state};

/// Runs an export until something has happened and leaves it there for good, as a killed process would: nothing of it
/// is dropped, so no file of the spool is tidied away.
fn killed(shop: &Shop, until: impl Fn() -> bool + Send) {
    std::thread::scope(|scope| scope.spawn(|| run_and_leave(shop, until)).join().unwrap());
}

fn run_and_leave(shop: &Shop, until: impl Fn() -> bool) {
    let context: &'static _ = Box::leak(Box::new(shop.context()));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let request: &'static _ = Box::leak(Box::new(Request::default()));
    let mut run = Box::pin(export(context, request));
    runtime.block_on(async {
        while !until() {
            let ended = tokio::time::timeout(Duration::from_millis(2), &mut run).await;
            assert!(ended.is_err(), "the run was to be killed");
        }
    });
    std::mem::forget((run, runtime));
}

/// An export that is killed while its n-th upload is under way.
fn killed_at_upload(shop: &mut Shop, n: usize) {
    shop.config.api.uploads_in_flight = 1;
    shop.server.fault(Rule::nth(n as u64, Fault::Delay(Duration::from_millis(50))).on(Endpoint::Upload));
    killed(shop, || shop.requests(Endpoint::Upload) >= n);
    shop.server.clear_faults();
}

#[tokio::test]
async fn the_batch_of_a_killed_run_is_gone_on_with() {
    for pause in [0, 20, 200] {
        gone_on_with(Duration::from_millis(pause)).await;
    }
}

/// The upload that was under way is stored 50 ms after the kill: before, while or after the next run looks.
async fn gone_on_with(pause: Duration) {
    let mut shop = Shop::with_tables(5);
    killed_at_upload(&mut shop, 4);
    assert_eq!(shop.statuses(), [BatchStatus::InProgress]);
    tokio::time::sleep(pause).await;
    let outcome = shop.export().await;
    assert_eq!(state(&outcome), (RunState::Complete, 0), "{:?}", outcome.report.error);
    assert_eq!(shop.arrived().len(), 5);
    assert_eq!(shop.statuses(), [BatchStatus::Completed], "no second batch");
    assert_eq!(shop.spooled(), 0);
    let history = shop.store().history(None, None).unwrap();
    assert_eq!(
        history.iter().map(|run| run.state).collect::<Vec<_>>(),
        [RunState::Complete, RunState::Interrupted]
    );
    assert_eq!(outcome.report.totals.sent, 5);
}

#[tokio::test]
async fn a_table_that_changed_since_makes_a_new_batch() {
    let mut shop = Shop::with_tables(5);
    shop.server.switch(|switches| switches.unique_keys = false);
    killed_at_upload(&mut shop, 4);
    shop.table("T00.DBF", &["another"]);
    let outcome = shop.export().await;
    assert_eq!(state(&outcome), (RunState::Complete, 0), "{:?}", outcome.report.error);
    assert_eq!(shop.statuses(), [BatchStatus::Cancelled, BatchStatus::Completed]);
    let arrived = shop.arrived();
    assert_eq!(arrived.len(), 5);
    assert_eq!(arrived["T00.csv.gz"], ["NAME", "another"]);
}

#[tokio::test]
async fn a_batch_swept_meanwhile_is_not_counted() {
    let mut shop = Shop::with_tables(3);
    shop.server.switch(|switches| switches.unique_keys = false);
    killed_at_upload(&mut shop, 2);
    shop.server.clock().advance(Duration::from_mins(61));
    shop.server.sweep();
    let outcome = shop.export().await;
    assert_eq!(state(&outcome), (RunState::Complete, 0), "{:?}", outcome.report.error);
    assert_eq!(shop.statuses(), [BatchStatus::NotCompleted, BatchStatus::Completed]);
    assert_eq!(shop.arrived().len(), 3);
}

#[tokio::test]
async fn a_run_killed_at_its_completion_is_found_complete() {
    let mut shop = Shop::with_tables(2);
    shop.config.export.skip_unchanged = true;
    shop.server.fault(Rule::nth(1, Fault::SilenceAfter).on(Endpoint::Complete));
    killed(&shop, || shop.statuses() == [BatchStatus::Completed]);
    shop.server.clear_faults();
    shop.export().await;
    assert_eq!(shop.arrived().len(), 2, "nothing is delivered twice");
}

#[tokio::test]
async fn a_start_whose_answer_was_lost_is_said_to_be_ours() {
    let shop = Shop::with_tables(1);
    shop.server.fault(Rule::nth(1, Fault::ResetAfter).on(Endpoint::Start));
    let outcome = shop.export().await;
    assert_eq!(state(&outcome), (RunState::Failed, 1));
    let error = outcome.report.error.unwrap();
    assert_eq!(error.code, "BATCH_ACTIVE");
    assert!(error.message.contains("this program was not told of"), "{}", error.message);
    shop.server.clock().advance(Duration::from_mins(61));
    shop.server.sweep();
    assert_eq!(state(&shop.export().await), (RunState::Complete, 0));
}
