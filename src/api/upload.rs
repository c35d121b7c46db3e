//! [`Outgoing`]: a file to upload, streamed from the disk as one multipart part, monitored for progress and compared
//! with the server's reply (docs/wire.md#upload).

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use futures_util::StreamExt;
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method};
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use tokio::sync::Notify;
use tokio_util::io::ReaderStream;

use super::client::Client;
use super::error::ApiError;
use super::limits::Limits;
use super::reply::{Reply, StoredFile};
use crate::models::Secret;

const CHUNK: usize = 64 * 1024;

/// A file to upload. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Its path.
    pub path: PathBuf,
    /// Its upload name, at most 500 characters.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256 in lower-case hex.
    pub sha256: String,
}

/// Receives the number of bytes sent since the last call.
pub type OnBytes = Arc<dyn Fn(u64) + Send + Sync>;

/// What was handed to the connection so far.
#[derive(Default)]
struct Moved {
    bytes: AtomicU64,
    notify: Notify,
}

impl Outgoing {
    /// Compares the server's reply with the file; returns true when the reply contains our SHA-256.
    ///
    /// # Errors
    /// [`ApiError::Checksum`] when a size or checksum differs.
    pub fn verify(&self, stored: &StoredFile) -> Result<bool, ApiError> {
        let differs = |what, theirs: String, ours: String| {
            Err(ApiError::Checksum { name: self.name.clone(), what, theirs, ours })
        };
        if let Some(size) = stored.size.filter(|size| *size != self.size) {
            return differs("size", size.to_string(), self.size.to_string());
        }
        match &stored.sha256 {
            Some(theirs) if *theirs != self.sha256 => differs("SHA-256", theirs.clone(), self.sha256.clone()),
            stored => Ok(stored.is_some()),
        }
    }

    /// Uploads the file once.
    pub(super) async fn send(
        &self,
        client: &Client,
        path: &str,
        token: &Secret,
        on_bytes: &OnBytes,
    ) -> Result<Reply, ApiError> {
        let moved = Arc::new(Moved::default());
        let request = client
            .request(Method::POST, path)
            .bearer_auth(token.expose())
            .multipart(self.form(Arc::clone(&moved), Arc::clone(on_bytes)).await?);
        let Limits { stall, least_rate, .. } = client.limits();
        let sending = client.send_unlimited("upload the file", request);
        tokio::pin!(sending);
        let (mut since, mut before) = (Instant::now(), 0);
        loop {
            tokio::select! {
                biased;
                answer = &mut sending => return answer,
                () = moved.notify.notified() => {}
                () = tokio::time::sleep(stall) => return Err(client.timed_out("upload the file", stall)),
            }
            let span = since.elapsed();
            if span >= stall {
                let bytes = moved.bytes.load(Ordering::Relaxed);
                let rate = ((bytes - before) as f64 / span.as_secs_f64()) as u64;
                if rate < least_rate {
                    return Err(client.too_slow("upload the file", rate));
                }
                (since, before) = (Instant::now(), bytes);
            }
        }
    }

    async fn form(&self, moved: Arc<Moved>, on_bytes: OnBytes) -> Result<Form, ApiError> {
        let failed = |why: String| ApiError::LocalFile { path: self.path.display().to_string(), why };
        let file = File::open(&self.path).await.map_err(|error| failed(error.to_string()))?;
        let chunks = ReaderStream::with_capacity(file.take(self.size), CHUNK).inspect(move |chunk| {
            if let Ok(chunk) = chunk {
                moved.bytes.fetch_add(chunk.len() as u64, Ordering::Relaxed);
                moved.notify.notify_one();
                on_bytes(chunk.len() as u64);
            }
        });
        let part = Part::stream_with_length(Body::wrap_stream(chunks), self.size)
            .file_name(self.name.clone())
            .mime_str("application/gzip")
            .map_err(|error| failed(error.to_string()))?;
        // Without percent-encoding, `filename` holds the name in UTF-8, as the server expects it.
        Ok(Form::new().percent_encode_noop().part("files", part))
    }
}
