//! The client against the written wire: every exchange of `tests/fixtures/wire` that this program takes part in, and
//! the answers that no server should give.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod batch;
mod fixtures;
mod refresh;
mod reports;
mod scripted;
mod token;
