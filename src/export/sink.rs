//! [`Sink`]: the destination of batches; today the REST interface of a Data Forge server.

use chrono::TimeDelta;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::api::upload::OnBytes;
use crate::api::{ApiError, Batch, Batches, Ending, Outgoing};

/// One attempt at each call; the caller handles errors.
pub trait Sink: Send + Sync {
    /// Opens a batch.
    fn open(&self) -> BoxFuture<'_, Result<Batch, ApiError>>;
    /// Uploads a file; returns true when the reply contains our SHA-256.
    fn send<'a>(
        &'a self,
        batch: &'a str,
        file: &'a Outgoing,
        on_bytes: OnBytes,
    ) -> BoxFuture<'a, Result<bool, ApiError>>;
    /// Fetches the state of a batch.
    fn fetch_batch<'a>(&'a self, batch: &'a str) -> BoxFuture<'a, Result<Batch, ApiError>>;
    /// Closes a batch.
    fn close<'a>(&'a self, batch: &'a str, ending: Ending) -> BoxFuture<'a, Result<Batch, ApiError>>;
    /// Returns how far the server's clock was ahead of ours at its last reply; `None` without a `Date` header.
    fn clock_ahead(&self) -> Option<TimeDelta>;
}

impl Sink for Batches {
    fn open(&self) -> BoxFuture<'_, Result<Batch, ApiError>> {
        self.start().boxed()
    }

    fn send<'a>(
        &'a self,
        batch: &'a str,
        file: &'a Outgoing,
        on_bytes: OnBytes,
    ) -> BoxFuture<'a, Result<bool, ApiError>> {
        self.upload(batch, file, on_bytes).boxed()
    }

    fn fetch_batch<'a>(&'a self, batch: &'a str) -> BoxFuture<'a, Result<Batch, ApiError>> {
        self.get(batch).boxed()
    }

    fn close<'a>(&'a self, batch: &'a str, ending: Ending) -> BoxFuture<'a, Result<Batch, ApiError>> {
        self.close(batch, ending).boxed()
    }

    fn clock_ahead(&self) -> Option<TimeDelta> {
        self.clock_ahead()
    }
}
