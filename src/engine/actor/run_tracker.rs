//! [`RunTracker`] collects the progress of the current run; it is published at most ten times a second.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::mpsc::UnboundedSender;

use super::input::Input;
use crate::models::command::EngineEvent;
use crate::models::export::Trigger;
use crate::models::run_event::RunEvent;
use crate::models::snapshot::{RunProgress, Waiting};
use crate::{export, platform};

/// The shortest time between two progress events.
pub(super) const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

/// The progress of one run.
pub(super) struct RunTracker {
    progress: Mutex<RunProgress>,
    /// The events that were not taken yet, in order.
    events: Mutex<Vec<RunEvent>>,
    changed: AtomicBool,
    inbox: UnboundedSender<Input>,
}

impl RunTracker {
    pub fn new(trigger: Trigger, inbox: UnboundedSender<Input>) -> Self {
        let progress = RunProgress {
            trigger,
            started_at: platform::now(),
            to_send: None,
            sent: 0,
            skipped: 0,
            failed: 0,
            rows: 0,
            bytes_sent: 0,
            current: None,
            waiting: None,
            stopping: false,
        };
        Self {
            progress: Mutex::new(progress),
            events: Mutex::default(),
            changed: AtomicBool::new(false),
            inbox,
        }
    }

    /// Returns the progress.
    pub fn progress(&self) -> RunProgress {
        self.lock().clone()
    }

    /// Returns the progress and the new events if there are any since the last call.
    pub fn take_changed(&self) -> Option<EngineEvent> {
        self.changed.swap(false, Ordering::AcqRel).then(|| {
            let events = std::mem::take(&mut *self.events.lock());
            EngineEvent::Progressed { run: self.progress(), events }
        })
    }

    /// Marks the run as stopping.
    pub fn stopping(&self) {
        self.lock().stopping = true;
    }

    /// Returns whether the run is being stopped or has handled every table.
    pub fn is_ending(&self) -> bool {
        let progress = self.lock();
        progress.stopping
            || progress.to_send.is_some_and(|to_send| progress.sent + progress.failed >= to_send)
    }

    fn lock(&self) -> MutexGuard<'_, RunProgress> {
        self.progress.lock()
    }
}

impl export::ProgressListener for RunTracker {
    fn on(&self, event: export::ExportEvent<'_>) {
        use export::ExportEvent;
        let mut progress = self.lock();
        progress.waiting = None;
        self.events.lock().extend(event.run_event());
        match event {
            ExportEvent::Scanned { to_send, .. } => progress.to_send = Some(to_send as u64),
            ExportEvent::Converting { source } => progress.current = Some(source.to_owned()),
            ExportEvent::Converted { rows, .. } => {
                progress.rows += rows;
                progress.current = None;
            }
            ExportEvent::Skipped { .. } => progress.skipped += 1,
            ExportEvent::BytesSent(bytes) => progress.bytes_sent += bytes,
            ExportEvent::Sent { .. } => progress.sent += 1,
            ExportEvent::Failed { .. } => {
                progress.failed += 1;
                let _ = self.inbox.send(Input::Recorded);
            }
            ExportEvent::Warning(_) => {
                let _ = self.inbox.send(Input::Recorded);
            }
            ExportEvent::Waiting { wait, why } => {
                progress.waiting = Some(Waiting { until: platform::now() + wait, why: why.to_owned() });
            }
            ExportEvent::Retrying { .. }
            | ExportEvent::BatchOpened { .. }
            | ExportEvent::BatchClosed { .. } => {}
        }
        drop(progress);
        self.changed.store(true, Ordering::Release);
    }
}
