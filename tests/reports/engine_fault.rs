//! The actor itself breaks off: told once with its place and no value, shown from then on, and nothing goes on behind it.
//!
//! What breaks it off is the log, which anybody may listen to: a listener that panics at some words does so in the
//! midst of the actor's work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use data_exporter::models::command::{Command, EngineEvent};
use data_exporter::models::export::RunState;
use data_exporter::models::snapshot::State;
use data_exporter::platform::FolderLock;
use local_data_forge::{Endpoint, Fault, Rule};
use tracing::field::{Field, Visit};
use tracing::subscriber::{DefaultGuard, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::engine_harness::{EngineHarness, RunningEngine};
use crate::{TIMEOUT, detail, history, reported};

/// What the actor says when it has read a configuration.
const WORDS: &str = "the configuration was read";

/// Panics at [`WORDS`], once it is armed.
struct Breaking(Arc<AtomicBool>);

impl<S: Subscriber> Layer<S> for Breaking {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut message = ProgressLog(String::new());
        event.record(&mut message);
        assert!(message.0 != WORDS || !self.0.swap(false, Ordering::SeqCst), "canary of {}", message.0);
    }
}

struct ProgressLog(String);

impl Visit for ProgressLog {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

/// Listens to the log of this thread, which is all of a runtime of one thread.
fn breaking() -> (Arc<AtomicBool>, DefaultGuard) {
    let armed = Arc::new(AtomicBool::new(false));
    let log = tracing_subscriber::registry().with(Breaking(Arc::clone(&armed)));
    (armed, tracing::subscriber::set_default(log))
}

/// Has the actor read another configuration, which breaks it off.
async fn break_off(armed: &AtomicBool, listening: &RunningEngine) {
    armed.store(true, Ordering::SeqCst);
    let mut settings = listening.engine.snapshot().settings;
    settings.crontab = Some("0 8 * * *".to_owned());
    let settings = Command::SaveSettings { settings };
    let error = listening.engine.send(settings).await.unwrap_err();
    assert!(!armed.load(Ordering::SeqCst), "{error}");
}

#[tokio::test]
async fn it_is_told_once_and_shown_from_then_on() {
    let (armed, _guard) = breaking();
    let harness = EngineHarness::new();
    harness.paired("");
    let mut listening = harness.engine().await;
    break_off(&armed, &listening).await;
    listening.event(|event| matches!(event, EngineEvent::Ended).then_some(())).await;

    let reports = reported(&harness.server, "UNKNOWN_ERROR");
    assert_eq!((reports.len(), reports[0].severity.as_str()), (1, "CRITICAL"));
    let message = &reports[0].message;
    let place = "internal error in the engine at tests/reports/engine_fault.rs:";
    assert!(message.starts_with(place), "{message}");
    assert!(detail(&reports[0], "hint").contains("`data_exporter diagnostics`"));
    let lines: Vec<_> =
        history(&harness.store()).into_iter().filter(|line| line.kind == "UNKNOWN_ERROR").collect();
    assert!(lines.len() == 1 && lines[0].count == 1 && lines[0].reported, "{lines:?}");
    assert!(!format!("{reports:?} {lines:?}").contains("canary"), "{lines:?}");

    let shown = listening.engine.snapshot();
    let problem = shown.problem.unwrap();
    assert_eq!((shown.state, problem.code.as_str()), (State::NeedsAttention, "UNKNOWN_ERROR"));
    assert!(problem.hint.unwrap().starts_with("start the program again"));
    let refused = listening.engine.send(Command::CancelExport).await.unwrap_err();
    assert!(refused.message.starts_with("internal error in the engine"), "{refused}");
    assert!(!harness.path("control.sock").exists(), "no other program is answered by nobody");

    // The folder is free for the next, which finds everything as it was.
    let mut next = harness.engine().await;
    next.export().await;
    assert_eq!(next.run_ended(0).await.last_run.unwrap().state, RunState::Complete);
    next.shutdown().await;
}

#[tokio::test]
async fn the_export_under_way_ends_before_the_folder_is_free() {
    let (armed, _guard) = breaking();
    let harness = EngineHarness::new();
    harness.paired("");
    harness.server.fault(Rule::always(Fault::Silence).on(Endpoint::Upload));
    let mut listening = harness.engine().await;
    listening.export().await;
    let started = Instant::now();
    while !harness.server.requests().iter().any(|request| request.endpoint == Endpoint::Upload) {
        assert!(started.elapsed() < TIMEOUT, "nothing was sent");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    break_off(&armed, &listening).await;
    listening.event(|event| matches!(event, EngineEvent::Ended).then_some(())).await;
    while FolderLock::owner(harness.home.path()).is_some() {
        assert!(started.elapsed() < TIMEOUT, "it went on");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(harness.store().last_run().unwrap().unwrap().state, RunState::Cancelled);
}
