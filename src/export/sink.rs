//! [`Sink`], where batches of files go: today the REST interface of a Data Forge server, one day another.

use chrono::TimeDelta;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::api::upload::OnBytes;
use crate::api::{ApiError, Batch, Batches, Ending, Outgoing};

/// One try of each call; what to make of an error is the caller's.
pub trait Sink: Send + Sync {
    /// Opens a batch.
    fn open(&self) -> BoxFuture<'_, Result<Batch, ApiError>>;
    /// Sends one file; true when the server named our SHA-256.
    fn send<'a>(
        &'a self,
        batch: &'a str,
        file: &'a Outgoing,
        on_bytes: OnBytes,
    ) -> BoxFuture<'a, Result<bool, ApiError>>;
    /// Looks at a batch.
    fn fetch_batch<'a>(&'a self, batch: &'a str) -> BoxFuture<'a, Result<Batch, ApiError>>;
    /// Closes a batch.
    fn close<'a>(&'a self, batch: &'a str, ending: Ending) -> BoxFuture<'a, Result<Batch, ApiError>>;
    /// How much its clock was ahead of ours at its last answer; none where it did not say.
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
