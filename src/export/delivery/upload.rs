//! Sends one part of a [`Delivery`].

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::parts::UploadPart;
use super::queue::PartOutcome;
use super::state::Delivery;
use crate::api::Outgoing;
use crate::error::{Code, Error, Result};
use crate::export::progress::ExportEvent;

impl Delivery<'_> {
    /// Uploads a part once; its row is durable before the request.
    pub(super) fn send(&mut self, part: UploadPart) -> Result<BoxFuture<'static, PartOutcome>> {
        let open = self.open.as_mut().ok_or_else(no_batch)?;
        self.ctx.store.part_uploading(part.id, open.row)?;
        open.sent.insert(part.id);
        let (sink, id, backoff) =
            (Arc::clone(&self.ctx.sink), open.id.clone(), Arc::clone(&self.ctx.backoff));
        let progress = Arc::clone(&self.ctx.progress);
        let outgoing = Outgoing {
            path: part.spooled.path(),
            name: part.name.clone(),
            size: part.spooled.size,
            sha256: part.spooled.sha256.clone(),
        };
        Ok(async move {
            if !part.wait.is_zero() {
                backoff.sleep(part.wait).await;
            }
            let on_bytes = Arc::new(move |bytes| progress.on(ExportEvent::BytesSent(bytes)));
            let result = sink.send(&id, &outgoing, on_bytes).await;
            (part, result)
        }
        .boxed())
    }
}

pub(super) fn no_batch() -> Error {
    Error::new(Code::UnknownError, "internal error: an upload without a batch")
}
