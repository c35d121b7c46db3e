//! The complete engine: a real data folder, real sockets and the test server, commands in and events out.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod folder;
mod pairing;
mod runs;
mod settings;
