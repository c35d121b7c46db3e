//! Fixtures that the integration tests share.
//!
//! - [`TestHome`]: a private data folder and the command run in it; an [`Answer`] is its output and exit code.
//! - [`Installation`]: a home with a folder of tables and the stand-in server.
//! - [`Service`]: a running `run`.
//! - [`EngineHarness`]: engines by the library, without the command.
//! - [`ExportHarness`]: one export by the library, without the command.
//! - [`Scripted`]: a server that replies with given bytes.
//! - [`wait`]: waiting for another process or thread.
//!
//! It uses the stand-in server (`local-data-forge`) and the writer of tables (`test-tables`), which both know nothing
//! of this crate. A fixture that only one test binary needs belongs to that binary.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its fixtures too")]
#![allow(clippy::missing_panics_doc, reason = "every fixture panics when it fails")]

pub mod engine_harness;
pub mod export_harness;
mod home;
mod installation;
pub mod scripted;
#[cfg(unix)]
mod service;
pub mod wait;

pub use engine_harness::EngineHarness;
pub use export_harness::ExportHarness;
pub use home::{Answer, TestHome, bare, fields};
pub use installation::{Installation, SKIP_UNCHANGED, error_code, write_text_table};
pub use scripted::Scripted;
#[cfg(unix)]
pub use service::{Service, as_nobody};
pub use wait::wait_until;
