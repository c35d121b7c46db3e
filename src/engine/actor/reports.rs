//! What the actor reports: errors, and the beginning and the end of its own work.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;

use super::{Actor, Input};
use crate::error::fault;
use crate::models::command::EngineEvent;
use crate::store::errors::NewError;

/// How long the end waits for the server to be told.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

impl Actor {
    /// Runs. When a fault of this program ends it, that is recorded and shown for as long as anybody looks.
    pub async fn run_to_the_end(self, inputs: UnboundedReceiver<Input>) {
        let (reports, shared) = (self.data_folder.reports().cloned(), Arc::clone(&self.shared));
        let Err(fault) = fault::caught_in(self.run(inputs)).await else { return };
        let mut error = fault.error("the engine");
        if let Some(reports) = &reports {
            reports.report(&NewError::from_error(&error, None, None));
        }
        let report_it = error.hint.unwrap_or_default();
        error.hint =
            Some(format!("start the program again, since nothing is exported before that; {report_it}"));
        shared.end_by(error);
        if let Some(reports) = reports {
            reports.flush(FLUSH_TIMEOUT).await;
        }
        shared.send(EngineEvent::Ended);
    }

    pub(super) fn record(&self, error: &NewError) {
        if let Some(reports) = self.data_folder.reports() {
            reports.report(error);
        }
    }

    /// Has the server told that is configured now, with the credential that is kept now.
    pub(super) fn serve(&self) {
        if let Some(reports) = self.data_folder.reports() {
            reports.serve(Arc::new(self.config.clone()), &self.folders.data);
        }
    }

    /// The folder came to be held.
    pub(super) fn start_reporting(&self) {
        self.serve();
        let Some(reports) = self.data_folder.reports() else { return };
        let (mut changes, inbox) = (reports.history_changes(), self.handle.inbox.clone());
        tokio::spawn(async move {
            while changes.changed().await.is_ok()
                && let Some(inbox) = inbox.upgrade()
            {
                let _ = inbox.send(Input::Recorded);
            }
        });
        if self.keeps_schedule {
            reports.started(&self.data_folder.myself().program);
        } else if let Err(error) = reports.end_dead_runs() {
            self.record(&NewError::from_error(&error.into(), None, None));
        }
    }

    /// Nobody can hold the folder: nothing can be kept, and the server is told all the same.
    pub(super) fn report_obstacle(&self) {
        let trouble = self.data_folder.trouble().filter(|_| self.keeps_schedule);
        if let (Some(trouble), Some(reports)) = (trouble, self.data_folder.reports()) {
            reports.cannot_start(trouble);
        }
    }

    /// The work ends.
    pub(super) async fn end_reporting(&self) {
        let Some(reports) = self.data_folder.reports() else { return };
        if self.keeps_schedule && self.data_folder.held().is_some() {
            reports.ended(&self.data_folder.myself().program);
        }
        reports.flush(FLUSH_TIMEOUT).await;
    }
}
