//! A stand-in Data Forge server on real sockets, for tests and demonstrations.
//!
//! [`LocalServer`] runs one; [`Options`] configures it, [`Pairing`] configures how devices are paired, [`Rule`] and
//! [`Fault`] inject faults. Its state can be read as [`Batch`], [`StoredFile`], [`StoredReport`] and
//! [`RecordedRequest`]. [`wire_fixture`] reads the exchanges of `tests/fixtures/wire`, which both this server and the
//! client are tested against.
//!
//! It must not be reachable from another machine by accident, and shares no code with the client.
//!
//! ```
//! use local_data_forge::{Endpoint, Fault, LocalServer, Options, Rule};
//!
//! let server = LocalServer::start(Options::default())?;
//! server.fault(Rule::nth(2, Fault::ResetAfter).on(Endpoint::Upload));
//! assert!(server.base_url().starts_with("http://127.0.0.1:"));
//! assert!(server.batches().is_empty());
//! # Ok::<(), std::io::Error>(())
//! ```

mod app;
mod clock;
mod connection;
mod decide;
mod endpoint;
mod faults;
mod grants;
mod ids;
mod journal;
mod jwt;
mod options;
mod pairings;
mod recorder;
mod replies;
mod routes;
mod server;
mod state;
mod urlencoded;
pub mod wire_fixture;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use clock::Clock;
pub use endpoint::{Endpoint, PathFamily, UnknownEndpoint};
pub use faults::{Fault, RetryAfter, Rule, RuleError};
pub use grants::{
    Announced, Approval, Bodies, Choice, CodeRequest, Dialect, Metadata, Pairing, Registration, SiteChoice,
    TokenLifetime, Undecidable, WaitingCode,
};
pub use options::{Families, Options, Site, Switches, TokenReply};
pub use recorder::{PartSeen, RecordedRequest};
pub use server::LocalServer;
pub use state::{Batch, BatchStatus, StoredFile, StoredReport};

/// Locks; the value of a panicked holder is used as it is.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
