//! Manual and scheduled runs, the pause, and notifications.

use std::time::Duration;

use chrono::TimeDelta;
use data_exporter::engine::ExportOptions;
use data_exporter::error::Code;
use data_exporter::models::command::{Command, EngineEvent, ExportAdmission, PauseFor};
use data_exporter::models::errors::ErrorQuery;
use data_exporter::models::export::{RunState, Trigger};
use data_exporter::models::history::HistoryQuery;
use data_exporter::models::snapshot::State;
use data_exporter::platform;
use data_exporter::store::Store;
use data_exporter::store::timestamps::Timestamp;
use local_data_forge::{Endpoint, Fault, Rule};

use test_support::engine_harness::EngineHarness;

const EVERY_SECOND: &str = "[scheduler]\ncrontab = \"* * * * * *\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_manual_export_publishes_its_progress_and_its_end() {
    let harness = EngineHarness::new();
    harness.paired("");
    harness.damaged("BROKEN.DBF");
    let mut engine = harness.engine().await;
    assert_eq!(engine.engine.snapshot().state, State::NeverRun);
    engine.export().await;
    engine.passed(|now| now.run.is_some() && now.state == State::Running).await;
    let ended = engine.run_ended(0).await;
    assert_eq!(ended.state, State::Warnings);
    let run = ended.last_run.unwrap();
    assert_eq!((run.trigger, run.state), (Trigger::Manual, RunState::CompleteWithWarnings));
    assert_eq!((run.totals.sent, run.totals.failed), (1, 1));
    assert_eq!(ended.recent_errors, 1);
    assert!(ended.errors_revision > 0);

    let history = engine.engine.history(HistoryQuery::default(), None, 10).await.unwrap();
    assert_eq!((history.total, history.next), (1, None));
    let files = engine.engine.run(run.run_id).await.unwrap().files.unwrap();
    assert_eq!(files.len(), 2);
    let errors = engine.engine.errors(ErrorQuery::default(), None, 10).await.unwrap();
    assert_eq!(errors.errors[0].metadata["fileName"], "BROKEN.DBF");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_to_a_worse_state_is_notified_once() {
    let harness = EngineHarness::new();
    harness.paired("");
    harness.damaged("BROKEN.DBF");
    let mut engine = harness.engine().await;
    let notices = |events: Vec<EngineEvent>| -> Vec<(State, u64)> {
        let notice = |event| match event {
            EngineEvent::Notice { notice } => Some((notice.state, notice.tables)),
            _ => None,
        };
        events.into_iter().filter_map(notice).collect()
    };
    engine.export().await;
    engine.event(|event| matches!(event, EngineEvent::Notice { .. }).then_some(())).await;
    engine.export().await;
    engine.run_ended(1).await;
    assert_eq!(notices(engine.drain_events()), []);
    std::fs::remove_file(harness.source.path().join("BROKEN.DBF")).unwrap();
    engine.export().await;
    assert_eq!(engine.run_ended(2).await.state, State::Ok);
    harness.damaged("BROKEN.DBF");
    engine.export().await;
    engine.run_ended(3).await;
    engine.barrier().await;
    assert_eq!(notices(engine.drain_events()), [(State::Warnings, 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn disabled_notifications_are_not_sent() {
    let harness = EngineHarness::new();
    harness.paired("[ui]\nnotifications = false\n");
    harness.damaged("BROKEN.DBF");
    let mut engine = harness.engine().await;
    engine.export().await;
    engine.run_ended(0).await;
    engine.barrier().await;
    assert!(!engine.drain_events().iter().any(|event| matches!(event, EngineEvent::Notice { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_starts_exports_and_a_pause_outlasts_a_restart() {
    let harness = EngineHarness::new();
    harness.paired(EVERY_SECOND);
    let mut engine = harness.engine().await;
    let ended = engine.run_ended(0).await;
    assert_eq!(ended.last_run.unwrap().trigger, Trigger::Schedule);
    engine.send(Command::Pause { pause: PauseFor::UntilResumed }).await;
    let paused = engine.until_state(State::Paused).await;
    assert_eq!(paused.paused.unwrap().until, None);
    engine.until(|now| now.run.is_none()).await;
    let runs = engine.engine.snapshot().last_run.unwrap().run_id;
    engine.shutdown().await;

    let mut engine = harness.engine().await;
    assert_eq!(engine.engine.snapshot().state, State::Paused);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(engine.engine.snapshot().last_run.unwrap().run_id, runs);
    // Manual exports still work.
    engine.export().await;
    engine.run_ended(runs).await;
    engine.send(Command::Resume).await;
    let ended = engine.run_ended(runs + 1).await;
    assert_eq!(ended.last_run.unwrap().trigger, Trigger::Schedule);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_has_an_end() {
    let harness = EngineHarness::new();
    harness.paired("");
    let mut engine = harness.engine().await;
    let started = platform::now();
    engine.send(Command::Pause { pause: PauseFor::Seconds { seconds: 1800 } }).await;
    let until = engine.until(|now| now.paused.is_some()).await.paused.unwrap().until.unwrap();
    assert!((until - started - TimeDelta::minutes(30)).abs() < TimeDelta::minutes(1));
    engine.send(Command::Pause { pause: PauseFor::UntilTomorrow }).await;
    let until = engine.until(|now| now.paused.is_some_and(|pause| pause.until != Some(until))).await;
    let until = until.paused.unwrap().until.unwrap();
    assert!(until > platform::now() && until - platform::now() <= TimeDelta::hours(25));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_catch_up_run_after_a_start_replaces_missed_slots() {
    let harness = EngineHarness::new();
    harness.paired("[scheduler]\ncrontab = \"0 3 * * *\"\n");
    miss_slots(&harness);
    let mut engine = harness.engine().await;
    let ended = engine.run_ended(0).await;
    assert_eq!(ended.last_run.unwrap().trigger, Trigger::CatchUp);
    engine.shutdown().await;
    let engine = harness.engine().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(engine.engine.snapshot().last_run.unwrap().run_id, 1);
}

/// Stores that the slots of three days were missed.
fn miss_slots(harness: &EngineHarness) {
    let store = Store::open(harness.home.path()).unwrap();
    store.set_timestamp(Timestamp::LastDue, Some(platform::now() - TimeDelta::days(3))).unwrap();
}

async fn until_catch_up_pending(harness: &EngineHarness) {
    while harness.store().timestamp(Timestamp::CatchUpPending).unwrap().is_none() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catch_up_run_waits_for_the_server_also_after_a_restart() {
    let harness = EngineHarness::new();
    let away = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = away.local_addr().unwrap();
    drop(away);
    harness.paired("[scheduler]\ncrontab = \"0 3 * * *\"\n");
    let config = harness.config_text().replace(&harness.server.base_url(), &format!("http://{address}"));
    std::fs::write(harness.folders().config, config).unwrap();
    miss_slots(&harness);
    let engine = harness.engine().await;
    until_catch_up_pending(&harness).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(harness.store().last_run().unwrap().is_none(), "no run starts while the server is unreachable");
    engine.shutdown().await;
    assert!(harness.store().timestamp(Timestamp::CatchUpPending).unwrap().is_some());
    // Without this, the pending catch-up would wait a minute.
    miss_slots(&harness);
    let mut engine = harness.engine().await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(harness.store().last_run().unwrap().is_none());

    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let server = harness.server.base_url().replace("http://", "");
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let mut far = tokio::net::TcpStream::connect(&server).await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut near, &mut far).await });
        }
    });
    let ended = engine.run_ended(0).await.last_run.unwrap();
    assert_eq!((ended.trigger, ended.state), (Trigger::CatchUp, RunState::Complete));
    assert_eq!(harness.store().timestamp(Timestamp::CatchUpPending).unwrap(), None);
    assert_eq!(harness.store().recent_runs(10).unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catch_up_run_waits_for_the_folder_and_shutdown_works_meanwhile() {
    let harness = EngineHarness::new();
    harness.paired("[scheduler]\ncrontab = \"0 3 * * *\"\n");
    miss_slots(&harness);
    std::fs::rename(harness.source.path(), harness.path("away")).unwrap();
    let engine = harness.engine().await;
    until_catch_up_pending(&harness).await;
    assert_eq!(engine.engine.snapshot().problem.unwrap().code, Code::SourceMissing);
    engine.shutdown().await;
    assert!(harness.store().last_run().unwrap().is_none());
    assert!(
        harness.store().timestamp(Timestamp::CatchUpPending).unwrap().is_some(),
        "the next start catches up"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_stopped_by_shutdown_is_caught_up_and_one_stopped_by_a_person_is_not() {
    let harness = EngineHarness::new();
    harness.paired(EVERY_SECOND);
    harness.server.fault(Rule::always(Fault::Silence).on(Endpoint::Upload));
    let mut engine = harness.engine().await;
    engine.until_state(State::Running).await;
    assert!(harness.store().timestamp(Timestamp::CatchUpPending).unwrap().is_some());
    engine.send(Command::Pause { pause: PauseFor::UntilResumed }).await;
    engine.send(Command::CancelExport).await;
    engine.run_ended(0).await;
    assert_eq!(harness.store().timestamp(Timestamp::CatchUpPending).unwrap(), None);
    engine.send(Command::Resume).await;
    engine.until(|now| now.run.is_some()).await;
    engine.shutdown().await;
    assert!(harness.store().timestamp(Timestamp::CatchUpPending).unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_during_a_run_is_skipped_and_recorded() {
    let harness = EngineHarness::new();
    harness.paired(EVERY_SECOND);
    harness.server.fault(Rule::always(Fault::Delay(Duration::from_millis(2500))).on(Endpoint::Upload));
    let mut engine = harness.engine().await;
    engine.run_ended(0).await;
    let query = ErrorQuery { kind: Some("RUN_SKIPPED".to_owned()), ..ErrorQuery::default() };
    let skipped = engine.engine.errors(query, None, 1).await.unwrap();
    assert_eq!(skipped.total, 1, "repeats are folded");
    assert!(skipped.errors[0].count >= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_can_be_cancelled() {
    let harness = EngineHarness::new();
    harness.paired("");
    harness.server.fault(Rule::always(Fault::Silence).on(Endpoint::Upload));
    let mut engine = harness.engine().await;
    engine.export().await;
    engine.until_state(State::Running).await;
    engine.send(Command::CancelExport).await;
    let ended = engine.run_ended(0).await;
    assert_eq!(ended.last_run.unwrap().state, RunState::Cancelled);
}

#[tokio::test(flavor = "multi_thread")]
async fn shutdown_stops_the_run() {
    let harness = EngineHarness::new();
    harness.paired("");
    harness.server.fault(Rule::always(Fault::Silence).on(Endpoint::Upload));
    let mut engine = harness.engine().await;
    engine.export().await;
    engine.until_state(State::Running).await;
    engine.shutdown().await;
    assert_eq!(harness.store().last_run().unwrap().unwrap().state, RunState::Cancelled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_credential_needs_attention_and_is_not_sent_again() {
    let harness = EngineHarness::new();
    harness.paired("");
    std::fs::write(harness.path("secrets/client_secret"), "cs_wrong\n").unwrap();
    let mut engine = harness.engine().await;
    engine.export().await;
    let ended = engine.until_state(State::NeedsAttention).await;
    assert_eq!(ended.problem.unwrap().code, Code::AuthenticationFailed);
    engine.until(|now| now.run.is_none()).await;
    let asked = harness.server.requests().len();
    engine.export().await;
    engine.run_ended(1).await;
    assert_eq!(harness.server.requests().len(), asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_during_a_run_joins_it_or_starts_after_it() {
    let harness = EngineHarness::new();
    harness.paired("");
    harness.server.fault(Rule::always(Fault::Silence).on(Endpoint::Upload));
    let engine = harness.engine().await;
    let plain = ExportOptions::default();
    let first = engine.engine.export(plain.clone()).await.unwrap();
    let joined = engine.engine.export(plain.clone()).await.unwrap();
    let full = engine.engine.export(ExportOptions { full: true, ..plain.clone() }).await.unwrap();
    assert_eq!(
        [first, joined, full].map(|ticket| ticket.admission),
        [ExportAdmission::Started, ExportAdmission::Joined, ExportAdmission::Queued]
    );
    engine.engine.cancel_export(first.ticket).await.unwrap();
    harness.server.clear_faults();
    let last = engine.engine.export(plain).await.unwrap();
    assert_eq!(last.admission, ExportAdmission::Queued, "a run that is being stopped is not joined");

    let mut runs = Vec::new();
    for ticket in [first, joined, full, last] {
        let report = engine.engine.export_result(ticket.ticket).await.unwrap();
        runs.push((report.run_id, report.state));
    }
    assert_eq!(runs[..2], [(1, RunState::Cancelled); 2]);
    assert!(runs[2].0 == 2 && runs[3].0 == 3, "{runs:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_cannot_be_recorded_answers_with_its_error() {
    let harness = EngineHarness::new();
    let first = harness.engine().await;
    let second = harness.engine().await;
    for engine in [&first, &second] {
        let ticket = engine.engine.export(ExportOptions::default()).await.unwrap();
        let error = engine.engine.export_result(ticket.ticket).await.unwrap_err();
        assert_eq!(error.code, Code::NotPaired, "{error}");
    }
    first.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_engine_answers_every_export() {
    let harness = EngineHarness::new();
    harness.paired("");
    harness.server.fault(Rule::always(Fault::Silence).on(Endpoint::Upload));
    let engine = harness.engine().await;
    let start = |full| engine.engine.export(ExportOptions { full, ..ExportOptions::default() });
    let (running, queued) = (start(false).await.unwrap(), start(true).await.unwrap());
    let (stopped, refused, ()) = tokio::join!(
        engine.engine.export_result(running.ticket),
        engine.engine.export_result(queued.ticket),
        engine.engine.shutdown(Duration::from_secs(20)),
    );
    assert_eq!(stopped.unwrap().state, RunState::Cancelled);
    assert_eq!(refused.unwrap_err().code, Code::FolderHeld);
}
