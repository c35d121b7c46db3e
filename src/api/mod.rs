//! The wire protocol of a Data Forge server: one HTTP client, its replies, the batch calls and the retry policy.
//!
//! [`Client`] sends and reads; [`Batches`] implements the batch endpoints of both path families; [`RetryPolicy`]
//! decides when to retry. This module does not know where a secret comes from (`auth` does, through [`Bearer`]) or what
//! a table is.

pub mod batch;
mod causes;
pub mod certificate;
pub mod client;
pub mod error;
mod limits;
pub mod numbers;
pub mod paths;
pub mod probe;
pub mod proxy;
pub mod reply;
pub mod retry;
pub mod server_text;
mod transport;
pub mod upload;

pub use batch::{Batches, Bearer, Ending};
pub use certificate::{Certificate, CertificateFault};
pub use client::Client;
pub use error::ApiError;
pub use limits::Limits;
pub use paths::{Family, InMemoryServerCache, ServerCache, ServerPaths, TokenPath};
pub use proxy::Proxy;
pub use reply::{Batch, BatchStatus, Reply, StoredFile};
pub use retry::{Backoff, RealBackoff, RetryPolicy};
pub use server_text::ServerText;
pub use upload::Outgoing;
