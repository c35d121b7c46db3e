//! [`RunTask`]: an export run beside the actor, and [`probe_server`]. Each ends with an input, even after a panic.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

use super::input::Input;
use super::run_tracker::{PROGRESS_INTERVAL, RunTracker};
use crate::api::probe::probe;
use crate::api::{ApiError, Limits};
use crate::config::Config;
use crate::engine::Shared;
use crate::engine::blocking::blocking;
use crate::error::{Result, fault};
use crate::export::{self, RunOutcome, RunRequest};
use crate::platform::FolderLock;
use crate::reports::Reports;

/// Tests whether the server answers; any answer counts, since the run reports other problems.
pub(super) async fn probe_server(config: Arc<Config>, inbox: UnboundedSender<Input>) {
    let probe = fault::caught_in(async {
        let Some(base_url) = &config.api.base_url else { return true };
        let answer = probe(base_url, config.api.https_only, Limits::default()).await.answer;
        !matches!(
            answer,
            Err(ApiError::Unreachable { .. } | ApiError::TimedOut { .. } | ApiError::Broken { .. })
        )
    });
    let _ = inbox.send(Input::Answers(probe.await.unwrap_or(true)));
}

/// An export run.
pub(super) struct RunTask {
    pub config: Arc<Config>,
    pub reports: Reports,
    pub data: PathBuf,
    pub progress: Arc<RunTracker>,
    pub stop: CancellationToken,
    pub request: RunRequest,
    /// Keeps the folder locked until the run has ended, even if the actor ends first.
    pub lock: Option<Arc<FolderLock>>,
}

impl RunTask {
    /// Runs the export and publishes its progress.
    pub async fn run(mut self, shared: Arc<Shared>, inbox: UnboundedSender<Input>) {
        let lock = self.lock.take();
        let progress = Arc::clone(&self.progress);
        let run = fault::caught_in(self.export());
        tokio::pin!(run);
        let ended = loop {
            tokio::select! {
                biased;
                ended = &mut run => break ended,
                () = tokio::time::sleep(PROGRESS_INTERVAL) => {
                    if let Some(event) = progress.take_changed() {
                        shared.send(event);
                    }
                }
            }
        };
        if let Some(event) = progress.take_changed() {
            shared.send(event);
        }
        let ended = ended.unwrap_or_else(|fault| Err(fault.error("the export")));
        drop(lock);
        let _ = inbox.send(Input::RunEnded(ended));
    }

    async fn export(self) -> Result<RunOutcome> {
        let Self { config, reports, data, progress, stop, request, .. } = self;
        let context =
            blocking(move || export::RunContext::new(config, reports, data, progress, stop)).await?;
        export::export(&context, &request).await
    }
}
