//! Whole exports against the stand-in server on real sockets: delivered files, reports and open batches.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod delivery;
mod faults;
mod missing;
mod recovery;
mod refusals;
mod unchanged;
