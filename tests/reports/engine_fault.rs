//! A panic in the actor: it is reported once with its source location and without values, stays visible, and stops the run.
//!
//! The tests cause it with a log subscriber that panics at a certain message, in the middle of the actor's work.

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

use crate::{TIMEOUT, detail, history, reported};
use test_support::engine_harness::{EngineHarness, RunningEngine};

/// The log message of the actor after it read a configuration.
const MESSAGE: &str = "the configuration was read";

/// Panics at [`MESSAGE`] once it is armed.
struct PanickingLog(Arc<AtomicBool>);

impl<S: Subscriber> Layer<S> for PanickingLog {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut message = MessageVisitor(String::new());
        event.record(&mut message);
        assert!(message.0 != MESSAGE || !self.0.swap(false, Ordering::SeqCst), "canary of {}", message.0);
    }
}

struct MessageVisitor(String);

impl Visit for MessageVisitor {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

/// Installs the log subscriber for this thread, the only one of a current-thread runtime.
fn install_panicking_log() -> (Arc<AtomicBool>, DefaultGuard) {
    let armed = Arc::new(AtomicBool::new(false));
    let log = tracing_subscriber::registry().with(PanickingLog(Arc::clone(&armed)));
    (armed, tracing::subscriber::set_default(log))
}

/// Makes the actor read a changed configuration, which panics.
async fn panic_actor(armed: &AtomicBool, running: &RunningEngine) {
    armed.store(true, Ordering::SeqCst);
    let mut settings = running.engine.snapshot().settings;
    settings.crontab = Some("0 8 * * *".to_owned());
    let settings = Command::SaveSettings { settings };
    let error = running.engine.send(settings).await.unwrap_err();
    assert!(!armed.load(Ordering::SeqCst), "{error}");
}

#[tokio::test]
async fn a_panic_is_reported_once_and_stays_visible() {
    let (armed, _guard) = install_panicking_log();
    let harness = EngineHarness::new();
    harness.paired("");
    let mut running = harness.engine().await;
    panic_actor(&armed, &running).await;
    running.event(|event| matches!(event, EngineEvent::Ended).then_some(())).await;

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

    let shown = running.engine.snapshot();
    let problem = shown.problem.unwrap();
    assert_eq!((shown.state, problem.code.as_str()), (State::NeedsAttention, "UNKNOWN_ERROR"));
    assert!(problem.hint.unwrap().starts_with("start the program again"));
    let refused = running.engine.send(Command::CancelExport).await.unwrap_err();
    assert!(refused.message.starts_with("internal error in the engine"), "{refused}");
    assert!(!harness.path("control.sock").exists(), "the control channel is closed");

    // The lock is free for the next engine, and nothing is lost.
    let mut next = harness.engine().await;
    next.export().await;
    assert_eq!(next.run_ended(0).await.last_run.unwrap().state, RunState::Complete);
    next.shutdown().await;
}

#[tokio::test]
async fn the_lock_is_released_only_after_the_running_export_ended() {
    let (armed, _guard) = install_panicking_log();
    let harness = EngineHarness::new();
    harness.paired("");
    harness.server.fault(Rule::always(Fault::Silence).on(Endpoint::Upload));
    let mut running = harness.engine().await;
    running.export().await;
    let begun = Instant::now();
    while !harness.server.requests().iter().any(|request| request.endpoint == Endpoint::Upload) {
        assert!(begun.elapsed() < TIMEOUT, "nothing was sent");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic_actor(&armed, &running).await;
    running.event(|event| matches!(event, EngineEvent::Ended).then_some(())).await;
    while FolderLock::owner(harness.home.path()).is_some() {
        assert!(begun.elapsed() < TIMEOUT, "the export did not stop");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(harness.store().last_run().unwrap().unwrap().state, RunState::Cancelled);
}
