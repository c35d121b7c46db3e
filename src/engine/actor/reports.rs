//! The error reports of the actor, and those of its own start and end.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, WeakUnboundedSender};

use super::folder::Folder;
use super::{Actor, Input};
use crate::error::{Error, fault};
use crate::models::command::EngineEvent;
use crate::store::errors::NewError;

/// How long the end of a long-running program waits for pending error reports; the system waits for the program.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);
/// How long the end of a command waits for them.
const COMMAND_FLUSH_TIMEOUT: Duration = Duration::from_secs(3);

impl Actor {
    /// Runs the actor; an internal error that ends it is recorded and stays in the snapshot.
    pub async fn run_to_the_end(self, inputs: UnboundedReceiver<Input>) {
        let (reports, shared) = (self.folder.data.reports().cloned(), Arc::clone(&self.shared));
        let Err(fault) = fault::caught_in(self.run(inputs)).await else { return };
        let mut error = fault.error("the engine");
        if let Some(reports) = &reports {
            reports.report(&error);
        }
        let how_to_report = error.hint.unwrap_or_default();
        error.hint =
            Some(format!("start the program again, since nothing is exported before that; {how_to_report}"));
        shared.end_with(error);
        if let Some(reports) = reports {
            reports.flush(FLUSH_TIMEOUT).await;
        }
        shared.send(EngineEvent::Ended);
    }
}

impl Folder {
    /// Records an error and sends it to the server.
    pub fn record(&self, error: impl Into<NewError>) {
        if let Some(reports) = self.data.reports() {
            reports.report(error);
        }
    }

    /// Sends error reports to the configured server with the stored credential from now on.
    pub fn serve_reports(&self) {
        if let Some(reports) = self.data.reports() {
            reports.serve(Arc::new(self.config.clone()), &self.options.folders.data);
        }
    }

    /// Starts reporting after the lock was taken; `is_service` also reports the start of the program.
    pub fn start_reporting(&self, is_service: bool, inbox: WeakUnboundedSender<Input>) {
        self.serve_reports();
        let Some(reports) = self.data.reports() else { return };
        let mut changes = reports.history_changes();
        tokio::spawn(async move {
            while changes.changed().await.is_ok()
                && let Some(inbox) = inbox.upgrade()
            {
                let _ = inbox.send(Input::Recorded);
            }
        });
        if is_service {
            reports.started(&self.data.myself().program);
        } else if let Err(error) = reports.end_dead_runs() {
            self.record(&Error::from(error));
        }
    }

    /// Reports a problem that prevents every process from taking the lock; it can be sent although it cannot be stored.
    pub fn report_obstacle(&self) {
        if let (Some(problem), Some(reports)) = (self.data.problem(), self.data.reports()) {
            reports.cannot_start(problem);
        }
    }

    /// Waits for pending reports at the end; `is_service` first reports the end of the program.
    pub async fn end_reporting(&self, is_service: bool) {
        let Some(reports) = self.data.reports() else { return };
        if is_service && self.data.writable_store().is_some() {
            reports.ended(&self.data.myself().program);
        }
        reports.flush(if is_service { FLUSH_TIMEOUT } else { COMMAND_FLUSH_TIMEOUT }).await;
    }
}
