//! The complete engine: a real data folder, real sockets and the test server, commands in and events out.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, its helpers too"
)]

mod engine_harness;
mod folder;
mod pairing;
mod runs;
mod settings;
