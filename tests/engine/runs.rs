//! Runs by hand and by the schedule, the pause, and what a person is told of them.

use std::time::Duration;

use chrono::TimeDelta;
use data_exporter::models::command::{Command, EngineEvent, PauseFor};
use data_exporter::models::export::{RunState, Trigger};
use data_exporter::models::listing::{ErrorQuery, HistoryQuery};
use data_exporter::models::snapshot::State;
use data_exporter::platform;
use data_exporter::store::Store;
use data_exporter::store::timestamps::Timestamp;
use local_data_forge::{Endpoint, Fault, Rule};

use crate::engine_harness::EngineHarness;

const EVERY_SECOND: &str = "[scheduler]\ncrontab = \"* * * * * *\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn an_export_by_hand_tells_its_progress_and_its_end() {
    let harness = EngineHarness::new();
    harness.paired("");
    harness.damaged("BROKEN.DBF");
    let mut engine = harness.engine().await;
    assert_eq!(engine.engine.snapshot().state, State::NeverRun);
    engine.export().await;
    engine.until(|now| now.run.is_some() && now.state == State::Running).await;
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
async fn one_notice_for_each_change_for_the_worse() {
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
    engine.until_state(State::Running).await;
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
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(notices(engine.drain_events()), [(State::Warnings, 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn off_means_off() {
    let harness = EngineHarness::new();
    harness.paired("[ui]\nnotifications = false\n");
    harness.damaged("BROKEN.DBF");
    let mut engine = harness.engine().await;
    engine.export().await;
    engine.run_ended(0).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!engine.drain_events().iter().any(|event| matches!(event, EngineEvent::Notice { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_exports_and_a_pause_stops_it_over_a_restart() {
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
    // By hand it goes on.
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
async fn missed_slots_are_made_up_for_once_after_a_start() {
    let harness = EngineHarness::new();
    harness.paired("[scheduler]\ncrontab = \"0 3 * * *\"\n");
    missed(&harness);
    let mut engine = harness.engine().await;
    let ended = engine.run_ended(0).await;
    assert_eq!(ended.last_run.unwrap().trigger, Trigger::CatchUp);
    engine.shutdown().await;
    let engine = harness.engine().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(engine.engine.snapshot().last_run.unwrap().run_id, 1);
}

/// Slots of three days were missed.
fn missed(harness: &EngineHarness) {
    let store = Store::open(harness.home.path()).unwrap();
    store.set_timestamp(Timestamp::LastDue, Some(platform::now() - TimeDelta::days(3))).unwrap();
}

async fn until_catch_up_pending(harness: &EngineHarness) {
    while harness.store().timestamp(Timestamp::CatchUpPending).unwrap().is_none() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn missed_slots_wait_for_the_network_also_over_a_restart() {
    let harness = EngineHarness::new();
    let away = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = away.local_addr().unwrap();
    drop(away);
    harness.paired("[scheduler]\ncrontab = \"0 3 * * *\"\n");
    let config = harness.config_text().replace(&harness.server.base_url(), &format!("http://{address}"));
    std::fs::write(harness.folders().config, config).unwrap();
    missed(&harness);
    let engine = harness.engine().await;
    until_catch_up_pending(&harness).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(harness.store().last_run().unwrap().is_none(), "no run is begun in vain");
    engine.shutdown().await;
    assert!(harness.store().timestamp(Timestamp::CatchUpPending).unwrap().is_some());
    // As if the slot had not been looked at yet, so that nobody waits for a minute.
    missed(&harness);
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
async fn missed_slots_wait_for_the_folder_and_a_stop_is_heard_meanwhile() {
    let harness = EngineHarness::new();
    harness.paired("[scheduler]\ncrontab = \"0 3 * * *\"\n");
    missed(&harness);
    std::fs::rename(harness.source.path(), harness.path("away")).unwrap();
    let engine = harness.engine().await;
    until_catch_up_pending(&harness).await;
    assert_eq!(engine.engine.snapshot().problem.unwrap().code, "SOURCE_MISSING");
    engine.shutdown().await;
    assert!(harness.store().last_run().unwrap().is_none());
    assert!(
        harness.store().timestamp(Timestamp::CatchUpPending).unwrap().is_some(),
        "the next start makes up for it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_the_end_of_the_program_stopped_is_owed_and_one_that_a_person_stopped_is_not() {
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
async fn a_slot_during_a_run_is_left_out_and_recorded() {
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
async fn a_run_can_be_stopped() {
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
async fn the_end_of_the_engine_stops_its_run() {
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
async fn a_server_that_refuses_needs_attention_and_is_left_in_peace() {
    let harness = EngineHarness::new();
    harness.paired("");
    std::fs::write(harness.path("secrets/client_secret"), "cs_wrong\n").unwrap();
    let mut engine = harness.engine().await;
    engine.export().await;
    let ended = engine.until_state(State::NeedsAttention).await;
    assert_eq!(ended.problem.unwrap().code, "AUTHENTICATION_FAILED");
    engine.until(|now| now.run.is_none()).await;
    let asked = harness.server.requests().len();
    engine.export().await;
    engine.run_ended(1).await;
    assert_eq!(harness.server.requests().len(), asked);
}
