//! The actor and its exports: admits requests, starts runs and takes their ends.

use std::sync::Arc;

use super::Actor;
use super::run_task::{RunTask, probe_server};
use super::runs::QueuedRun;
use crate::engine::scheduler::Obstacle;
use crate::error::{Code, Result};
use crate::export::{RunOutcome, RunRequest};
use crate::models::command::ExportTicket;
use crate::models::export::{RunReport, RunState, Trigger};
use crate::platform;
use crate::store::timestamps::Timestamp;

impl Actor {
    /// Starts a manual export, or lets it join or follow the run in progress.
    pub(super) fn export(&mut self, wanted: QueuedRun) -> Result<ExportTicket> {
        if let Err(error) = self.check_ready() {
            self.folder.report_obstacle();
            return Err(error);
        }
        self.reload();
        self.folder.check_configuration()?;
        let newest = self.newest_run();
        let (ticket, queued) = self.runs.admit(wanted, newest.as_ref());
        if let Some(queued) = queued {
            self.start_run(queued);
        }
        Ok(ticket)
    }

    fn newest_run(&self) -> Option<RunReport> {
        self.folder.data.writable_store().and_then(|store| store.last_run().ok().flatten())
    }

    pub(super) fn start_run(&mut self, queued: QueuedRun) {
        let (Some(reports), Some(inbox)) = (self.folder.data.reports().cloned(), self.inbox()) else {
            return;
        };
        let newest = self.newest_run();
        let mut config = self.folder.config.clone();
        config.credential.secret_file.clone_from(&queued.secret_file);
        let request = queued.request.clone();
        let (progress, stop) = self.runs.start(queued, newest.as_ref(), inbox.clone());
        let task = RunTask {
            config: Arc::new(config),
            reports,
            data: self.folder.options.folders.data.clone(),
            progress,
            stop,
            request,
            lock: self.folder.data.lock(),
        };
        tokio::spawn(task.run(Arc::clone(&self.shared), inbox));
    }

    /// Starts a catch-up run if the folder is there and the server answers, which a task finds out.
    pub(super) fn start_catch_up(&mut self) {
        if !self.folder.has_source() {
            self.scheduling.retry_later(platform::now(), Obstacle::Folder);
        } else if let Some(inbox) = self.inbox().filter(|_| !self.scheduling.probing_server) {
            self.scheduling.probing_server = true;
            tokio::spawn(probe_server(Arc::new(self.folder.config.clone()), inbox));
        }
    }

    /// Starts the pending catch-up run if the server answers, otherwise retries later.
    pub(super) fn server_answers(&mut self, answers: bool) {
        self.scheduling.probing_server = false;
        let is_pending = self.folder.has_timestamp(Timestamp::CatchUpPending);
        // A running export delivers the missed changes too.
        if !is_pending || self.runs.is_active() || self.ending.is_some() {
            return;
        }
        if answers && !self.folder.has_timestamp(Timestamp::PausedUntil) {
            self.start_run(QueuedRun::new(RunRequest::unattended(Trigger::CatchUp), None));
        } else {
            tracing::info!("the catch-up export waits until the server answers");
            self.scheduling.retry_later(platform::now(), Obstacle::Network);
        }
    }

    pub(super) fn run_ended(&mut self, ended: &Result<RunOutcome>) {
        let report = ended.as_ref().ok().map(|outcome| &outcome.report);
        let state = report.map(|report| report.state);
        let error = report.and_then(|report| report.error.as_ref());
        let interrupted = self.ending.is_some() && state == Some(RunState::Cancelled);
        if error.is_some_and(|error| error.code == Code::SourceMissing) {
            self.scheduling.retry_later(platform::now(), Obstacle::Folder);
        } else if !interrupted {
            self.scheduling.run_finished(&self.folder);
        }
        if let Some(RunState::Complete | RunState::CompleteWithWarnings | RunState::NothingToDo) = state {
            self.folder.source_was_read();
        }
        if let Err(error) = ended {
            if let Some(store) = self.folder.data.writable_store()
                && let Err(error) = store.interrupt_stale_runs()
            {
                tracing::error!(%error, "cannot mark a run in the journal as interrupted");
            }
            if error.code != Code::Usage {
                self.folder.record(error);
            }
        }
        if let Some(next) = self.runs.ended(ended) {
            self.start_run(next);
        }
    }
}
