//! [`Calls`], the calls about a batch with their repetitions (docs/reliability.md rules 4 to 6). Uploads have their
//! own, in `pipeline`, since many go at once.

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

/// How often something was tried, and since when.
#[derive(Debug, Clone, Copy)]
pub struct Tries {
    made: u32,
    began: Instant,
}

/// A start that gave no batch.
pub enum NotOpened {
    /// 409: another batch of the site is open; true when it may be one that an answer of ours was lost for.
    Active(bool),
    /// Anything else.
    Failed(Error),
}

/// A batch that is closed.
pub struct Closed {
    /// As what.
    pub status: BatchStatus,
    /// How many files it holds, where the server said so.
    pub files: Option<u64>,
}

impl<'a> Calls<'a> {
    /// Calls that are repeated by a retry policy.
    pub fn new(ctx: &'a RunContext, retry_policy: RetryPolicy) -> Self {
        Self { ctx, retry_policy }
    }

    /// Begins to count.
    pub fn tries(&self) -> Tries {
        Tries { made: 0, began: self.ctx.backoff.instant() }
    }

    /// One more try has failed: how long to wait before the next.
    ///
    /// # Errors
    /// The failure itself when there is to be no next.
    pub fn again(&self, tries: &mut Tries, error: &ApiError) -> Result<Duration> {
        tries.made += 1;
        let backoff = &self.ctx.backoff;
        let elapsed = backoff.instant().saturating_duration_since(tries.began);
        let wait = self.retry_policy.wait(tries.made, elapsed, error.retry_after(), backoff.random());
        let wait = wait.ok_or_else(|| Error::from(error.clone()))?;
        self.ctx.progress.on(ExportEvent::Retrying { error, wait });
        Ok(wait)
    }

    /// Waits, and says so when it is long enough to be noticed.
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

    async fn pause_after(&self, tries: &mut Tries, error: &ApiError) -> Result<()> {
        let wait = self.again(tries, error)?;
        self.pause(wait, &error.to_string()).await
    }

    /// Opens a batch.
    pub async fn open(&self) -> Result<Batch, NotOpened> {
        let mut tries = self.tries();
        let mut lost_an_answer = false;
        loop {
            if self.ctx.stop.is_cancelled() {
                return Err(NotOpened::Failed(cancelled()));
            }
            match self.ctx.sink.open().await {
                Ok(batch) => return Ok(batch),
                Err(error) if error.status() == Some(409) && !error.is_v2_gate() => {
                    return Err(NotOpened::Active(lost_an_answer));
                }
                Err(error) if error.is_transient() => {
                    lost_an_answer |= error.outcome_unknown();
                    self.pause_after(&mut tries, &error).await.map_err(NotOpened::Failed)?;
                }
                Err(error) => return Err(NotOpened::Failed(error.into())),
            }
        }
    }

    /// Looks at a batch; none when the server knows none of that id. One that only the journal speaks of
    /// (`journalled`) may be another site's, and then counts as unknown too.
    ///
    /// # Errors
    /// What did not go away by repeating.
    pub async fn fetch_batch(&self, id: &str, journalled: bool) -> Result<Option<Batch>> {
        let mut tries = self.tries();
        loop {
            match self.ctx.sink.fetch_batch(id).await {
                Ok(batch) => return Ok(Some(batch)),
                Err(error) if error.status() == Some(404) => return Ok(None),
                // Of a site that this one has taken the place of: as good as gone.
                Err(ApiError::Forbidden { .. }) if journalled => return Ok(None),
                Err(error) if error.is_transient() => self.pause_after(&mut tries, &error).await?,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Closes a batch. An answer that was lost, or says that the batch is closed already, is settled by looking.
    ///
    /// # Errors
    /// What did not go away by repeating; whether the batch is closed is then unknown.
    pub async fn close(&self, id: &str, ending: Ending) -> Result<Closed> {
        let mut tries = self.tries();
        loop {
            let error = match self.ctx.sink.close(id, ending).await {
                Ok(batch) => {
                    let status = batch.status.unwrap_or_else(|| ending.status());
                    return Ok(Closed { status, files: batch.files });
                }
                Err(error) => error,
            };
            let settled = matches!(error.status(), Some(400 | 404 | 409));
            if !settled && !error.is_transient() {
                return Err(error.into());
            }
            match self.ctx.sink.fetch_batch(id).await {
                Ok(Batch { status: Some(status), files, .. }) if status != BatchStatus::InProgress => {
                    return Ok(Closed { status, files });
                }
                // Still open: the ending did not arrive.
                Ok(_) => {}
                Err(gone) if gone.status() == Some(404) => {
                    return Ok(Closed { status: BatchStatus::NotCompleted, files: None });
                }
                Err(failed) if failed.is_transient() => {}
                Err(failed) => return Err(failed.into()),
            }
            self.pause_after(&mut tries, &error).await?;
        }
    }
}

/// The error of a run that was stopped.
pub fn cancelled() -> Error {
    Error::new(Code::Cancelled, "the export was stopped")
        .hint("the batch is cancelled on the server; the next export sends everything again")
}
