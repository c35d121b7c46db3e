//! Interprets the result of an upload: stored, to be retried, refused, or unknown.
//!
//! An answer never decides whether an upload with an unknown outcome is stored; only the number of files that the
//! server counts in the batch does (docs/reliability.md#rule-5-doubt).

use std::time::Duration;

use super::parts::{BatchFlow, UploadPart};
use super::queue::UploadPipeline;
use super::state::Delivery;
use super::upload::no_batch;
use crate::api::{ApiError, BatchStatus};
use crate::error::Result;
use crate::export::progress::ExportEvent;

/// A part below this size is not split again after a 413, in bytes.
const SMALLEST_PART: u64 = 1024;

impl Delivery<'_> {
    /// Handles the end of an upload.
    pub(super) async fn part_ended(
        &mut self,
        pipeline: &mut UploadPipeline,
        mut part: UploadPart,
        result: Result<bool, ApiError>,
    ) -> Result<BatchFlow> {
        let error = match result {
            Ok(verified) => {
                return self.stored(pipeline, part, verified.then_some(true)).map(|()| BatchFlow::On);
            }
            Err(error) => error,
        };
        tracing::debug!(name = part.name, %error, "an upload failed");
        if error.outcome_unknown() {
            self.ctx.store.part_unknown(part.id)?;
            pipeline.unknown.push((part, error));
            return Ok(BatchFlow::On);
        }
        if error.is_v2_gate() {
            return Err(error.into());
        }
        match &error {
            ApiError::Checksum { .. } => self.spoiled(pipeline, &part, &error),
            ApiError::Refused { status: 413, .. } => self.too_large(pipeline, &part, &error),
            ApiError::Refused { status: 400 | 404 | 409, .. } => {
                let id = self.open.as_ref().ok_or_else(no_batch)?.id.clone();
                match self.calls.fetch_batch(&id, false).await? {
                    Some(batch) if batch.is_open() => self.refused(pipeline, &part, &error),
                    batch => Ok(closed_by_server(&id, batch.and_then(|batch| batch.status))),
                }
            }
            error if error.is_transient() => {
                part.wait = self.calls.again(&mut part.tries, error)?;
                self.ctx.progress.on(ExportEvent::Waiting { wait: part.wait, why: &error.to_string() });
                pipeline.queue.push_front(part);
                Ok(BatchFlow::On)
            }
            ApiError::Refused { .. } | ApiError::LocalFile { .. } => self.refused(pipeline, &part, &error),
            _ => Err(error.into()),
        }
    }

    fn stored(
        &mut self,
        pipeline: &mut UploadPipeline,
        part: UploadPart,
        verified: Option<bool>,
    ) -> Result<()> {
        self.ctx.store.part_uploaded(part.id, verified)?;
        let open = self.open.as_mut().ok_or_else(no_batch)?;
        open.stored += 1;
        let left = pipeline.left.entry(part.file).or_insert(1);
        *left -= 1;
        if *left == 0 {
            open.tables.insert(part.file);
            if let Some(job) = self.todo.get(&part.file) {
                self.ctx.progress.on(ExportEvent::Sent { source: &job.table.source });
            }
        }
        // Deletes its file in the spool.
        drop(part);
        Ok(())
    }

    /// The server holds other bytes under this name than were sent, so that the batch must not be completed.
    fn spoiled(
        &mut self,
        pipeline: &mut UploadPipeline,
        part: &UploadPart,
        error: &ApiError,
    ) -> Result<BatchFlow> {
        let again = self.todo.get_mut(&part.file).is_some_and(|job| {
            job.spoiled += 1;
            job.spoiled < 2
        });
        if !again {
            pipeline.forget(part.file);
            self.fail_table(part.file, &error.clone().into(), false)?;
        }
        Ok(BatchFlow::Lost { why: error.to_string(), closed: None })
    }

    /// The server refused the part for good and does not hold it.
    fn refused(
        &mut self,
        pipeline: &mut UploadPipeline,
        part: &UploadPart,
        error: &ApiError,
    ) -> Result<BatchFlow> {
        self.ctx.store.part_refused(part.id)?;
        self.forget_part(part);
        let partly = pipeline.waiting(part.file) + 1 < part.of;
        pipeline.forget(part.file);
        self.fail_table(part.file, &error.clone().into(), false)?;
        Ok(lost_if(partly, error))
    }

    /// The server accepts no part of this size: the table is converted again into smaller ones, once.
    fn too_large(
        &mut self,
        pipeline: &mut UploadPipeline,
        part: &UploadPart,
        error: &ApiError,
    ) -> Result<BatchFlow> {
        let smaller = (part.spooled.size / 2).max(SMALLEST_PART);
        let job = self.todo.get_mut(&part.file).filter(|job| !job.smaller && smaller < part.spooled.size);
        let Some(job) = job else { return self.refused(pipeline, part, error) };
        job.smaller = true;
        job.settings.part_limit = Some(smaller);
        let job = job.clone();
        self.ctx.store.part_refused(part.id)?;
        self.forget_part(part);
        let partly = pipeline.waiting(part.file) + 1 < part.of;
        pipeline.forget(part.file);
        if !partly {
            pipeline.convert(job);
        }
        Ok(lost_if(partly, error))
    }

    fn forget_part(&mut self, part: &UploadPart) {
        if let Some(open) = &mut self.open {
            open.sent.remove(&part.id);
        }
    }

    /// Resolves the uploads with an unknown outcome; no upload is in progress.
    pub(super) async fn reconcile(&mut self, pipeline: &mut UploadPipeline) -> Result<BatchFlow> {
        let open = self.open.as_ref().ok_or_else(no_batch)?;
        let (id, known) = (open.id.clone(), open.stored);
        let unknown = pipeline.unknown.len() as u64;
        let batch = self.calls.fetch_batch(&id, false).await?;
        let count = match &batch {
            Some(batch) if batch.is_open() => batch.files,
            batch => return Ok(closed_by_server(&id, batch.as_ref().and_then(|batch| batch.status.clone()))),
        };
        match count {
            Some(count) if count == known => self.none_stored(pipeline),
            Some(count) if count == known + unknown => {
                for (part, _) in std::mem::take(&mut pipeline.unknown) {
                    self.stored(pipeline, part, None)?;
                }
                Ok(BatchFlow::On)
            }
            Some(count) if known < count && count < known + unknown => self.send_again(pipeline).await,
            _ => Ok(BatchFlow::Lost {
                why: format!(
                    "it is in doubt what batch `{id}` holds: {known} files were confirmed, {unknown} more may \
                     have arrived, and the server counts {}",
                    count.map_or("none".to_owned(), |count| count.to_string())
                ),
                closed: None,
            }),
        }
    }

    /// Every unknown upload has to be repeated. A part that gets the same 500 until the last attempt is the table's
    /// fault.
    fn none_stored(&mut self, pipeline: &mut UploadPipeline) -> Result<BatchFlow> {
        for (mut part, error) in std::mem::take(&mut pipeline.unknown) {
            match self.calls.again(&mut part.tries, &error) {
                Ok(wait) => {
                    part.wait = wait;
                    pipeline.queue.push_front(part);
                }
                Err(_) if error.status() == Some(500) => {
                    if let lost @ BatchFlow::Lost { .. } = self.refused(pipeline, &part, &error)? {
                        return Ok(lost);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(BatchFlow::On)
    }

    /// Some of the unknown uploads are stored: one of them is repeated, and the server counts again.
    async fn send_again(&mut self, pipeline: &mut UploadPipeline) -> Result<BatchFlow> {
        let (mut part, error) = pipeline.unknown.remove(0);
        let Ok(wait) = self.calls.again(&mut part.tries, &error) else {
            return Ok(BatchFlow::Lost {
                why: format!("it is uncertain whether `{}` arrived", part.name),
                closed: None,
            });
        };
        self.calls.pause(wait, "an answer of the server was lost").await?;
        part.wait = Duration::ZERO;
        let (part, result) = self.send(part)?.await;
        match result {
            Ok(verified) => self.stored(pipeline, part, verified.then_some(true))?,
            // Most likely refused as a duplicate name; only the count tells.
            Err(error @ ApiError::Refused { .. }) => pipeline.unknown.push((part, error)),
            Err(error) if error.is_transient() => pipeline.unknown.push((part, error)),
            Err(error) => return Err(error.into()),
        }
        Ok(BatchFlow::On)
    }
}

fn closed_by_server(id: &str, status: Option<BatchStatus>) -> BatchFlow {
    let why = format!("the server closed batch `{id}` before it was complete");
    BatchFlow::Lost { why, closed: Some(status.unwrap_or(BatchStatus::NotCompleted)) }
}

fn lost_if(partly: bool, error: &ApiError) -> BatchFlow {
    if partly {
        BatchFlow::Lost { why: format!("the batch contains only a part of a table: {error}"), closed: None }
    } else {
        BatchFlow::On
    }
}
