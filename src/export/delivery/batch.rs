//! Opens and closes the batches of a [`Delivery`]. A table leaves [`Delivery::todo`] only when it failed, or when the batch
//! that contains all of it is completed on the server.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use tokio_util::sync::CancellationToken;

use super::parts::{ActiveBatch, BatchFlow};
use super::state::Delivery;
use crate::api::{BatchStatus, Ending, RetryPolicy};
use crate::error::{Code, Error, Result};
use crate::export::calls::{Calls, ClosedBatch, OpenFailure};
use crate::export::context::RunContext;
use crate::export::progress::ExportEvent;
use crate::models::ErrorSeverity;
use crate::platform;
use crate::store::journal::{BatchEnd, Finish};
use crate::store::recovery::LastBatch;

impl Delivery<'_> {
    /// Opens a batch; its row is durable before the request.
    pub(super) async fn open_batch(&mut self) -> Result<()> {
        self.wait_for_the_next_minute().await?;
        let mut cancelled_own = false;
        loop {
            let row = self.ctx.store.begin_batch(self.run, &self.ctx.destination)?;
            match self.calls.open().await {
                Ok(batch) => {
                    self.ctx.store.batch_started(row, &batch.id, batch.started_at)?;
                    self.ctx.progress.on(ExportEvent::BatchOpened { id: &batch.id });
                    self.opened = true;
                    self.open = Some(ActiveBatch {
                        row,
                        id: batch.id,
                        since: self.ctx.backoff.instant(),
                        stored: 0,
                        sent: HashSet::new(),
                        tables: BTreeSet::new(),
                    });
                    self.report_pending();
                    return Ok(());
                }
                Err(OpenFailure::Failed(error)) => {
                    self.ctx.store.batch_finished(row, BatchEnd::NotStarted)?;
                    return Err(error);
                }
                Err(OpenFailure::Active(ours)) => {
                    self.ctx.store.batch_finished(row, BatchEnd::NotStarted)?;
                    if cancelled_own || !self.cancel_journalled().await? {
                        return Err(active(ours));
                    }
                    cancelled_own = true;
                }
            }
        }
    }

    /// Cancels the open batches of this destination that the journal knows; returns whether there was one.
    async fn cancel_journalled(&self) -> Result<bool> {
        let mut found = false;
        for batch in self.ctx.store.open_batches()? {
            if let Some(id) = batch.server_id.filter(|_| batch.destination == self.ctx.destination) {
                let closed = self.calls.close(&id, Ending::Cancel).await?;
                self.ctx.store.batch_finished(batch.id, end_of(&closed.status))?;
                found = true;
            }
        }
        Ok(found)
    }

    /// The server allows a name once a minute, by its own clock (docs/wire.md#same-minute).
    async fn wait_for_the_next_minute(&self) -> Result<()> {
        let Some(last) = self.ctx.store.last_batch(&self.ctx.destination)? else { return Ok(()) };
        let repeats = self.todo.values().any(|job| last.names.iter().any(|name| job.name.owns(name)));
        let Some(wait) = until_next_minute(&last, platform::now()).filter(|_| repeats) else { return Ok(()) };
        self.calls.pause(wait, "the server accepts a file of the same name only once a minute").await
    }

    /// Closes the open batch as complete, with or without warnings; as failed when it is empty.
    pub(super) async fn finish_batch(&mut self) -> Result<BatchFlow> {
        let Some(open) = &self.open else { return Ok(BatchFlow::On) };
        let (ending, finish) = if open.stored == 0 && self.failed.0 == 0 {
            // Resumed from an earlier run, and nothing is left to send.
            (Ending::Cancel, Finish::Cancel)
        } else if open.stored == 0 {
            (Ending::Fail, Finish::Fail)
        } else if self.warned {
            (Ending::CompleteWithWarnings, Finish::CompleteWithWarnings)
        } else {
            (Ending::Complete, Finish::Complete)
        };
        self.ctx.store.batch_finishing(open.row, finish)?;
        let ClosedBatch { status, files } = self.calls.close(&open.id, ending).await?;
        if open.stored > 0 && !status.is_delivered() {
            let why = format!("the server closed batch `{}` as {}", open.id, word(&status));
            return Ok(BatchFlow::Lost { why, closed: Some(status) });
        }
        let (row, id, stored) = (open.row, open.id.clone(), open.stored);
        if let Some(files) = files.filter(|files| *files != stored) {
            let message = format!(
                "batch `{id}` was completed with {files} files by the server's count, but {stored} were sent"
            );
            let error = Error::new(Code::DeliveryInDoubt, message);
            self.warn(&error.hint("compare the batch on the server with this run"), None);
        }
        self.ctx.store.batch_finished(row, end_of(&status))?;
        self.ctx.progress.on(ExportEvent::BatchClosed { id: &id, state: word(&status) });
        if let Some(open) = self.open.take() {
            self.delivered += open.tables.len() as u64;
            for file in &open.tables {
                self.todo.remove(file);
            }
        }
        Ok(BatchFlow::On)
    }

    /// Closes a batch that is lost or must not be completed; its tables go into the next one.
    pub(super) async fn abandon(&mut self, why: &str, closed: Option<BatchStatus>) -> Result<()> {
        let Some(open) = &self.open else { return Ok(()) };
        let status = if let Some(status) = closed {
            status
        } else {
            self.ctx.store.batch_finishing(open.row, Finish::Cancel)?;
            self.calls.close(&open.id, Ending::Cancel).await?.status
        };
        self.ctx.store.batch_finished(open.row, end_of(&status))?;
        self.ctx.progress.on(ExportEvent::BatchClosed { id: &open.id, state: word(&status) });
        self.open = None;
        let message = format!("{why}; its tables are sent again in a new batch");
        let error = Error::new(Code::DeliveryInDoubt, message);
        self.warn(&error.severity(ErrorSeverity::Warning), None);
        Ok(())
    }

    /// Closes the batch as failed or cancelled after an error of the run, with few attempts. When that fails too, the
    /// journal keeps the batch for the next run.
    pub async fn abort(&mut self, error: &Error) {
        let Some(open) = self.open.take() else { return };
        let (ending, finish) = if error.code == Code::Cancelled {
            (Ending::Cancel, Finish::Cancel)
        } else {
            (Ending::Fail, Finish::Fail)
        };
        let closing = async {
            self.ctx.store.batch_finishing(open.row, finish)?;
            // The signal that stopped the run must not stop its clean-up.
            let ctx = RunContext { stop: CancellationToken::new(), ..self.ctx.clone() };
            let calls = Calls::new(&ctx, RetryPolicy::Attempts(3));
            let ClosedBatch { status, .. } = calls.close(&open.id, ending).await?;
            self.ctx.store.batch_finished(open.row, end_of(&status))?;
            self.ctx.progress.on(ExportEvent::BatchClosed { id: &open.id, state: word(&status) });
            Ok::<(), Error>(())
        };
        if let Err(error) = closing.await {
            tracing::warn!(batch = open.id, %error, "the batch could not be closed; the next export closes it");
        }
    }
}

fn active(ours: bool) -> Error {
    let message = if ours {
        "another batch of this site is open, probably one that this computer opened without getting the answer"
    } else {
        "another batch of this site is open, and this computer did not open it"
    };
    Error::new(Code::BatchActive, message)
        .hint("another computer may be exporting for the same site; the server closes an abandoned batch after an hour")
        .retry_later()
}

/// Returns the time until the minute of the last batch is over by the server's clock; `None` when it is.
fn until_next_minute(last: &LastBatch, now: DateTime<Utc>) -> Option<Duration> {
    // The difference of the two clocks when that batch was opened.
    let server_now = now + (last.started_at - last.opened_at);
    let minute = |time: DateTime<Utc>| time.timestamp().div_euclid(60);
    if minute(server_now) != minute(last.started_at) {
        return None;
    }
    let left = TimeDelta::seconds(61 - i64::from(server_now.second()));
    left.to_std().ok()
}

/// As the journal stores it.
pub(super) fn end_of(status: &BatchStatus) -> BatchEnd {
    match status {
        BatchStatus::Completed => BatchEnd::Completed,
        BatchStatus::CompletedWithWarnings => BatchEnd::CompletedWithWarnings,
        BatchStatus::Failed => BatchEnd::Failed,
        BatchStatus::Cancelled => BatchEnd::Cancelled,
        BatchStatus::NotCompleted | BatchStatus::InProgress | BatchStatus::Other(_) => BatchEnd::NotCompleted,
    }
}

fn word(status: &BatchStatus) -> &str {
    match status {
        BatchStatus::InProgress => "IN_PROGRESS",
        BatchStatus::Completed => "COMPLETED",
        BatchStatus::CompletedWithWarnings => "COMPLETED_WITH_WARNINGS",
        BatchStatus::Failed => "FAILED",
        BatchStatus::Cancelled => "CANCELLED",
        BatchStatus::NotCompleted => "NOT_COMPLETED",
        BatchStatus::Other(word) => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn file_names_use_the_minute_of_the_servers_clock() {
        let last = LastBatch {
            opened_at: at("2026-01-12T10:00:50Z"),
            started_at: at("2026-01-12T10:02:10Z"),
            names: HashSet::new(),
        };
        assert_eq!(until_next_minute(&last, at("2026-01-12T10:01:05Z")), Some(Duration::from_secs(36)));
        assert_eq!(until_next_minute(&last, at("2026-01-12T10:01:41Z")), None);
        assert_eq!(until_next_minute(&last, at("2026-01-13T10:00:00Z")), None);
    }
}
