//! Whole exports against the stand-in server on real sockets: what arrives, what is said, what is left open.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod delivery;
mod export_harness;
mod faults;
mod recovery;
mod refusals;
mod unchanged;
