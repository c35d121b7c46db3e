//! [`Delivery`]: the state of a run during delivery: the remaining tables, and the open batch.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::parts::{ActiveBatch, UploadPart};
use crate::error::{Error, Result};
use crate::export::calls::{Calls, cancelled};
use crate::export::context::{RunContext, RunRequest};
use crate::export::job::Job;
use crate::export::progress::ExportEvent;
use crate::export::spool::Spool;
use crate::reports::Recorded;
use crate::source::shadow_copies::ShadowCopies;
use crate::store::errors::NewError;
use crate::store::{FileId, RunId};

/// Maximum number of errors that wait for a batch; further ones are not reported to the server.
const MAX_UNREPORTED: usize = 1000;

/// The delivery of a run.
pub struct Delivery<'a> {
    pub(super) ctx: &'a RunContext,
    pub(super) calls: Calls<'a>,
    pub(super) run: RunId,
    pub(super) spool: Spool,
    pub(super) shadow_copies: Arc<ShadowCopies>,
    /// Tables that are neither delivered nor failed.
    pub todo: BTreeMap<FileId, Job>,
    pub(super) open: Option<ActiveBatch>,
    /// Parts of a resumed batch that are still in the spool.
    pub(super) left: Vec<UploadPart>,
    /// Whether something is missing or was repaired, so that the run ends with warnings.
    pub warned: bool,
    /// The number of delivered tables.
    pub delivered: u64,
    /// The number of failed tables, and the first one's error.
    pub failed: (u64, Option<Error>),
    /// Whether a batch was opened.
    pub opened: bool,
    /// Errors of tables from before a batch was open.
    unreported: Vec<Recorded>,
}

impl<'a> Delivery<'a> {
    /// Creates a delivery without tables.
    pub fn new(ctx: &'a RunContext, request: &RunRequest, run: RunId, spool: Spool) -> Self {
        Self {
            ctx,
            calls: Calls::new(ctx, request.retry_policy),
            run,
            spool,
            shadow_copies: Arc::new(ShadowCopies::new(ctx.shadow_copy_provider.clone())),
            todo: BTreeMap::new(),
            open: None,
            left: Vec::new(),
            warned: false,
            delivered: 0,
            failed: (0, None),
            opened: false,
            unreported: Vec::new(),
        }
    }

    /// Records that a table is not delivered. Its parts must not be in an open batch. `refused` means that it was not
    /// converted, so that its report contains only the error.
    pub(super) fn fail_table(&mut self, file: FileId, error: &Error, refused: bool) -> Result<()> {
        let Some(job) = self.todo.remove(&file) else { return Ok(()) };
        self.warned = true;
        self.failed.0 += 1;
        self.failed.1.get_or_insert_with(|| error.clone());
        let report = refused.then(|| job.refused(error));
        self.ctx.store.file_failed(file, report.as_ref(), error)?;
        self.report(error, Some(&job.table.source));
        self.ctx.progress.on(ExportEvent::Failed { error });
        Ok(())
    }

    /// Records and reports an error that does not stop the run.
    pub(super) fn warn(&mut self, error: &Error, source: Option<&str>) {
        self.report(error, source);
        self.ctx.progress.on(ExportEvent::Warning(error));
    }

    /// Records an error. It is reported to the server with the batch; the error of a table waits until a batch is open.
    fn report(&mut self, error: &Error, source: Option<&str>) {
        let recorded = self.ctx.reports.record(NewError::from(error).in_run(self.run).about(source));
        match (&self.open, source) {
            (Some(open), _) => self.ctx.reports.send(recorded, Some(&open.id)),
            (None, None) => self.ctx.reports.send(recorded, None),
            (None, Some(_)) if self.unreported.len() < MAX_UNREPORTED => self.unreported.push(recorded),
            (None, Some(_)) => {}
        }
    }

    /// Reports the errors that waited for a batch; without one when there is none.
    pub fn report_pending(&mut self) {
        let batch = self.open.as_ref().map(|open| open.id.as_str());
        for recorded in self.unreported.drain(..) {
            self.ctx.reports.send(recorded, batch);
        }
    }

    pub(super) fn check_stop(&self) -> Result<()> {
        if self.ctx.stop.is_cancelled() { Err(cancelled()) } else { Ok(()) }
    }
}
