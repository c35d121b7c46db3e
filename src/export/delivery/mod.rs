//! The delivery of a run: [`Delivery`] is its state ([`state`]). `resume` takes over a batch of an earlier run, `pipeline`
//! converts and uploads, `outcome` judges the end of an upload, `batch` opens and closes batches.

mod batch;
mod converter;
mod outcome;
mod parts;
mod pipeline;
mod queue;
mod resume;
mod state;
mod upload;

use parts::BatchFlow;
pub use resume::reconcile_open_batches;
pub use state::Delivery;

use crate::error::{Code, Error, Result};

/// How often everything is sent again after a batch was lost.
const MAX_BATCHES: u32 = 3;

impl Delivery<'_> {
    /// Delivers all tables, in as many batches as necessary.
    ///
    /// # Errors
    /// A failure that stops the run; a batch may then still be open: see [`Self::abort`].
    pub async fn deliver(&mut self) -> Result<()> {
        for _ in 0..MAX_BATCHES {
            if self.todo.is_empty() && self.open.is_none() {
                return Ok(());
            }
            match self.pipeline().await? {
                BatchFlow::On => return Ok(()),
                BatchFlow::Lost { why, closed } => self.abandon(&why, closed).await?,
            }
        }
        if self.todo.is_empty() {
            return Ok(());
        }
        Err(Error::new(
            Code::DeliveryInDoubt,
            format!(
                "{MAX_BATCHES} batches in a row were lost; {} tables were not delivered",
                self.todo.len()
            ),
        )
        .hint("export again later; `data_exporter errors` shows what happened to each batch")
        .retry_later())
    }
}
