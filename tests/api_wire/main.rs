//! The client against every exchange of `tests/fixtures/wire` that this program takes part in, and against replies that
//! no server should send.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod batch;
mod fixtures;
mod refresh;
mod reports;
mod token;
