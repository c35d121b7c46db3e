//! Work that blocks, beside asynchronous code: [`blocking`], and a limit for work of any kind: [`within`].

use std::time::Duration;

use crate::error::{Code, Error, Result, fault};

/// Runs blocking work on a thread of the blocking pool.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(move || fault::caught(work)).await {
        Ok(done) => done.unwrap_or_else(|fault| Err(fault.error("a background task"))),
        Err(_) => Err(Error::new(Code::Cancelled, "the program is ending")),
    }
}

/// Runs work with a time limit.
pub(super) async fn within<T>(limit: Duration, work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| {
        let message = format!("no answer within {} s", limit.as_secs());
        Err(Error::new(Code::TimeoutError, message).hint(
            "the disk, share or service that was checked does not respond; an export would wait for it too",
        ))
    })
}
