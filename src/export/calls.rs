//! [`Calls`]: the calls about a batch, with retries (docs/reliability.md#rule-4-retries and
//! docs/reliability.md#rule-6-closing). Uploads are retried in
//! `pipeline`, since several run at once.

use std::time::{Duration, Instant};

use super::context::RunContext;
use super::progress::ExportEvent;
use crate::api::{ApiError, Batch, BatchStatus, Ending, RetryPolicy};
use crate::error::{Code, Error, Result};

/// The calls of one run.
#[derive(Clone, Copy)]
pub struct Calls<'a> {
    ctx: &'a RunContext,
    retry_policy: RetryPolicy,
}

/// Number of attempts at a call, and the time of the first.
#[derive(Debug, Clone, Copy)]
pub struct Attempts {
    count: u32,
    started: Instant,
}

/// Why no batch was opened.
pub enum OpenFailure {
    /// 409: another batch of the site is open; true when it may be ours, from a call whose answer was lost.
    Active(bool),
    /// Any other error.
    Failed(Error),
}

/// A closed batch.
pub struct ClosedBatch {
    /// Its final state.
    pub status: BatchStatus,
    /// The number of its files, where the server sent it.
    pub files: Option<u64>,
}

impl<'a> Calls<'a> {
    /// Creates the calls with a retry policy.
    pub fn new(ctx: &'a RunContext, retry_policy: RetryPolicy) -> Self {
        Self { ctx, retry_policy }
    }

    /// Starts counting attempts.
    pub fn tries(&self) -> Attempts {
        Attempts { count: 0, started: self.ctx.backoff.instant() }
    }

    /// Counts a failed attempt and returns the wait before the next one.
    ///
    /// # Errors
    /// The failure itself when no attempt is left.
    pub fn again(&self, tries: &mut Attempts, error: &ApiError) -> Result<Duration> {
        tries.count += 1;
        let backoff = &self.ctx.backoff;
        let elapsed = backoff.instant().saturating_duration_since(tries.started);
        let wait = self.retry_policy.wait(tries.count, elapsed, error.retry_after(), backoff.random());
        let wait = wait.ok_or_else(|| Error::from(error.clone()))?;
        self.ctx.progress.on(ExportEvent::Retrying { error, wait });
        Ok(wait)
    }

    /// Waits, and reports a wait that is long enough to be noticed.
    ///
    /// # Errors
    /// [`Code::Cancelled`] when the run is stopped.
    pub async fn pause(&self, wait: Duration, why: &str) -> Result<()> {
        if wait >= Duration::from_secs(1) {
            self.ctx.progress.on(ExportEvent::Waiting { wait, why });
        }
        tokio::select! {
            biased;
            () = self.ctx.stop.cancelled() => Err(cancelled()),
            () = self.ctx.backoff.sleep(wait) => Ok(()),
        }
    }

    async fn pause_after(&self, tries: &mut Attempts, error: &ApiError) -> Result<()> {
        let wait = self.again(tries, error)?;
        self.pause(wait, &error.to_string()).await
    }

    /// Opens a batch.
    pub async fn open(&self) -> Result<Batch, OpenFailure> {
        let mut tries = self.tries();
        let mut lost_an_answer = false;
        loop {
            if self.ctx.stop.is_cancelled() {
                return Err(OpenFailure::Failed(cancelled()));
            }
            match self.ctx.sink.open().await {
                Ok(batch) => return Ok(batch),
                Err(error) if error.status() == Some(409) && !error.is_v2_gate() => {
                    return Err(OpenFailure::Active(lost_an_answer));
                }
                Err(error) if error.is_transient() => {
                    lost_an_answer |= error.outcome_unknown();
                    self.pause_after(&mut tries, &error).await.map_err(OpenFailure::Failed)?;
                }
                Err(error) => return Err(OpenFailure::Failed(error.into())),
            }
        }
    }

    /// Fetches the state of a batch; `None` when the server does not know it. A batch that only the journal mentions
    /// (`journalled`) may belong to another site, and then counts as unknown too.
    ///
    /// # Errors
    /// A failure that retries did not resolve.
    pub async fn fetch_batch(&self, id: &str, journalled: bool) -> Result<Option<Batch>> {
        let mut tries = self.tries();
        loop {
            match self.ctx.sink.fetch_batch(id).await {
                Ok(batch) => return Ok(Some(batch)),
                Err(error) if error.status() == Some(404) => return Ok(None),
                // The batch belongs to a replaced site; treat it as closed.
                Err(ApiError::Forbidden { .. }) if journalled => return Ok(None),
                Err(error) if error.is_transient() => self.pause_after(&mut tries, &error).await?,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Closes a batch. When the answer is lost, or says that the batch is closed already, the batch's state is fetched.
    ///
    /// # Errors
    /// A failure that retries did not resolve; whether the batch is closed is then unknown.
    pub async fn close(&self, id: &str, ending: Ending) -> Result<ClosedBatch> {
        let mut tries = self.tries();
        loop {
            let error = match self.ctx.sink.close(id, ending).await {
                Ok(batch) => {
                    let status = batch.status.unwrap_or_else(|| ending.status());
                    return Ok(ClosedBatch { status, files: batch.files });
                }
                Err(error) => error,
            };
            let already_closed = matches!(error.status(), Some(400 | 404 | 409));
            if !already_closed && !error.is_transient() {
                return Err(error.into());
            }
            match self.ctx.sink.fetch_batch(id).await {
                Ok(Batch { status: Some(status), files, .. }) if status != BatchStatus::InProgress => {
                    return Ok(ClosedBatch { status, files });
                }
                // Still open: the request to close it did not arrive.
                Ok(_) => {}
                Err(missing) if missing.status() == Some(404) => {
                    return Ok(ClosedBatch { status: BatchStatus::NotCompleted, files: None });
                }
                Err(failed) if failed.is_transient() => {}
                Err(failed) => return Err(failed.into()),
            }
            self.pause_after(&mut tries, &error).await?;
        }
    }
}

/// The error of a stopped run.
pub fn cancelled() -> Error {
    Error::new(Code::Cancelled, "the export was stopped")
        .hint("the batch is cancelled on the server; the next export sends everything again")
}
